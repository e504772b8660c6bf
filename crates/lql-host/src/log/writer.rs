//! The one thread that writes a log. What waits when it comes by is written as one group and synced once.

use super::group::Group;
use super::segment::Segment;
use super::{Disk, File, Settings, Shared};
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Too much waits to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Told of an entry's position, or why it has none.
pub(super) type OnDisk = Box<dyn FnOnce(io::Result<u64>) + Send>;

/// Entries on their way to disk.
struct Waiting {
    entries: Vec<Vec<u8>>,
    done: OnDisk,
}

/// What wakes those who wait for something new: logs ring it, and whoever else has news. Clones are the same bell.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    inner: Arc<(Mutex<u64>, Condvar)>,
}

impl Bell {
    /// Wakes all who wait.
    pub fn ring(&self) {
        let (rung, wake) = &*self.inner;
        *rung.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        wake.notify_all();
    }

    /// How often it was rung: to be read before looking for news, and given to [`Bell::wait`] if there were none.
    pub fn rung(&self) -> u64 {
        *self.inner.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has been rung more often than that, or for so long.
    pub fn wait(&self, rung: u64, at_most: Duration) {
        let (count, wake) = &*self.inner;
        let count = count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(wake.wait_timeout_while(count, at_most, |count| *count == rung));
    }
}

/// The writer's end of a log.
pub(super) struct Writer {
    queue: Option<Sender<Waiting>>,
    waiting: Arc<AtomicUsize>,
    limit: usize,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Writer {
    pub fn start(
        shared: Arc<Shared>,
        disk: Arc<dyn Disk>,
        file: Box<dyn File>,
        settings: Settings,
        bell: Bell,
    ) -> io::Result<Self> {
        let (queue, entries) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let end = shared.end.load(Ordering::Acquire);
        let work =
            Work { shared, disk, file, settings, bell, waiting: Arc::clone(&waiting), end, broken: None };
        let thread = std::thread::Builder::new().name("lql-log".into()).spawn(move || work.run(&entries))?;
        Ok(Self { queue: Some(queue), waiting, limit: settings.waiting_bytes, thread: Some(thread) })
    }

    pub fn append(&self, entries: Vec<Vec<u8>>, done: OnDisk) -> Result<(), Full> {
        let size = entries.iter().map(Vec::len).sum();
        // What alone is over the limit is taken when nothing else waits.
        let before = self.waiting.fetch_add(size, Ordering::AcqRel);
        let sent = (before == 0 || before + size <= self.limit)
            .then(|| self.queue.as_ref().and_then(|queue| queue.send(Waiting { entries, done }).ok()))
            .flatten();
        if sent.is_none() {
            self.waiting.fetch_sub(size, Ordering::AcqRel);
            return Err(Full);
        }
        Ok(())
    }

    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread writes what waits, and ends when nobody can send any more.
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    file: Box<dyn File>,
    settings: Settings,
    bell: Bell,
    waiting: Arc<AtomicUsize>,
    end: u64,
    /// Why nothing can be written any more.
    broken: Option<(io::ErrorKind, String)>,
}

impl Work {
    fn run(mut self, queue: &Receiver<Waiting>) {
        while let Ok(first) = queue.recv() {
            let mut group = Group::new(self.end);
            let mut told = Vec::new();
            let mut size = 0;
            let mut next = Some(first);
            while let Some(Waiting { entries, done }) = next.take() {
                told.push((group.end(), done));
                for entry in entries {
                    size += entry.len();
                    group.push(&entry);
                }
                if group.len() < self.settings.group_bytes {
                    next = queue.try_recv().ok();
                }
            }
            let result = self.write(&mut group);
            self.waiting.fetch_sub(size, Ordering::AcqRel);
            if result.is_ok() {
                self.end = group.end();
                self.shared.end.store(self.end, Ordering::Release);
                self.bell.ring();
            }
            for (position, done) in told {
                done(match &result {
                    Ok(()) => Ok(position),
                    Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
                });
            }
        }
    }

    fn write(&mut self, group: &mut Group) -> io::Result<()> {
        if let Some((kind, reason)) = &self.broken {
            return Err(io::Error::new(*kind, reason.clone()));
        }
        let mut segment = self.shared.segments().last().cloned().ok_or(io::ErrorKind::NotFound)?;
        if segment.bytes >= self.settings.segment_bytes {
            segment = self.next_segment()?;
        }
        let bytes = group.finish(segment.salt);
        if let Err(error) = self.file.append(bytes) {
            // What was written of it would stand before the next group.
            if let Err(worse) = self.file.cut(segment.bytes) {
                return Err(self.broken_by(&worse));
            }
            return Err(error);
        }
        if let Err(error) = self.file.sync() {
            // After that nobody knows what is on disk: the system may have dropped it, and would call the next sync good.
            let _ = self.file.cut(segment.bytes);
            return Err(self.broken_by(&error));
        }
        if let Some(last) = self.shared.segments().last_mut() {
            last.bytes += bytes.len() as u64;
        }
        Ok(())
    }

    fn next_segment(&mut self) -> io::Result<Segment> {
        let mut segment = Segment::new(&self.shared.folder, self.end);
        self.file = segment.begin(&*self.disk)?;
        self.shared.segments().push(segment.clone());
        Ok(segment)
    }

    fn broken_by(&mut self, error: &io::Error) -> io::Error {
        let reason = format!("the log cannot be written until the host is started again: {error}");
        self.broken = Some((error.kind(), reason.clone()));
        io::Error::new(error.kind(), reason)
    }
}
