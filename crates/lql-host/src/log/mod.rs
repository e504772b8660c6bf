//! The log of accepted events: the only truth of the host. Everything else can be dropped and made again from it.
//!
//! **On disk** a log is a folder of segments, named by the position of their first entry. A segment is a row of
//! *groups*: the entries that were written together and put on disk with one sync. A group has one checksum, so after a
//! power cut it is there or it is not.
//!
//! **Acknowledged** means synced: [`Log::append`] tells the caller the position of its entries once their group is on disk. Many
//! callers share one sync, so the log is as fast as the disk when few write and faster when many do.
//!
//! **A damaged group** at the very end was never acknowledged, and is cut off when the log is opened. One that others
//! follow was: then opening is an error that names file and offset, for nothing acknowledged may vanish quietly.

mod disk;
mod group;
mod reader;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

pub use disk::{Disk, File, OsDisk};
pub use reader::Reader;
pub use writer::{Bell, Full};

use segment::Segment;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use writer::Writer;

/// How a log is kept.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A segment that has this many bytes is followed by a new one.
    pub segment_bytes: u64,
    /// Bytes that may wait to be written; more are refused at once.
    pub waiting_bytes: usize,
    /// Bytes of one group, about. Small groups keep one writer's sync short, large ones share it among more entries.
    pub group_bytes: usize,
}

impl Default for Settings {
    /// Segments of 64 MiB, 32 MiB waiting, groups of 1 MiB.
    fn default() -> Self {
        Self { segment_bytes: 64 << 20, waiting_bytes: 32 << 20, group_bytes: 1 << 20 }
    }
}

/// Why a log cannot be used.
#[derive(Debug)]
pub enum LogError {
    /// The file system refused.
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        error: io::Error,
    },
    /// Acknowledged entries cannot be read.
    Damaged {
        /// The segment.
        path: PathBuf,
        /// Where the damaged group begins.
        offset: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Damaged { path, offset, reason } => write!(
                f,
                "{}: acknowledged events are damaged at byte {offset} ({reason}); bring the file back from a copy",
                path.display()
            ),
        }
    }
}

impl std::error::Error for LogError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Damaged { .. } => None,
        }
    }
}

/// A log that is open for writing and reading. Dropping it writes what waits.
#[derive(Debug)]
pub struct Log {
    shared: Arc<Shared>,
    writer: Writer,
}

/// What the writer and the readers of a log share.
#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// All segments, oldest first; there is always one.
    segments: Mutex<Vec<Segment>>,
    /// The position after the last entry that is on disk.
    end: AtomicU64,
}

impl Shared {
    fn segments(&self) -> MutexGuard<'_, Vec<Segment>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    /// Opens the log in a folder, which is made if it is not there. `bell` is rung whenever entries have come to disk.
    pub fn open(
        folder: &Path,
        disk: Arc<dyn Disk>,
        settings: Settings,
        bell: Bell,
    ) -> Result<Self, LogError> {
        let (segments, end, file) = segment::open_all(folder, &*disk)?;
        let shared = Arc::new(Shared {
            folder: folder.to_path_buf(),
            segments: Mutex::new(segments),
            end: AtomicU64::new(end),
        });
        let writer = Writer::start(Arc::clone(&shared), disk, file, settings, bell)
            .map_err(|error| LogError::Io { path: folder.to_path_buf(), error })?;
        Ok(Self { shared, writer })
    }

    /// Hands entries to the writer, which come to disk all or none. `done` is told the position of the first when they are
    /// there, or why they are not; it is called on the writer's thread and must not wait for anything.
    ///
    /// [`Full`] if too much waits already: nothing was taken, try again later.
    pub fn append(
        &self,
        entries: Vec<Vec<u8>>,
        done: impl FnOnce(io::Result<u64>) + Send + 'static,
    ) -> Result<(), Full> {
        self.writer.append(entries, Box::new(done))
    }

    /// The position that the next entry on disk will have.
    pub fn end(&self) -> u64 {
        self.shared.end.load(Ordering::Acquire)
    }

    /// Reads entries that are on disk, beginning with this position.
    pub fn read_from(&self, position: u64) -> Reader {
        Reader::new(Arc::clone(&self.shared), position)
    }

    /// Bytes on disk.
    pub fn size(&self) -> u64 {
        self.shared.segments().iter().map(|segment| segment.bytes).sum()
    }

    /// Bytes that wait to be written.
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }
}
