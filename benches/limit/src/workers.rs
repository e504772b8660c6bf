//! The threads: each takes blocks of lines from the file. M1 writes what it makes of them at once. For M2 and M3 every
//! cookie belongs to one thread; the events of others are sent there.

use crate::{
    Options, Task,
    blocks::{self, Blocks},
    csv::Header,
    dict,
    event::{Event, Slots, text},
    find::PADDING,
    fold::Shard,
    json,
    links::People,
    profile::Profile,
    write,
};
use std::{
    io::{self, Read, Write},
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

/// So many events are read before they are folded.
const BATCH: usize = 64;
/// So many bytes are written at once.
const OUTPUT: usize = 256 << 10;

/// Events for another thread; their texts lie in `block`.
#[derive(Default)]
struct Packet {
    block: Vec<u8>,
    events: Vec<Event>,
}

/// What the threads share.
struct Work<R, W> {
    options: Options,
    header: Option<Header>,
    blocks: Mutex<Blocks<R>>,
    out: Mutex<W>,
}

/// Answers the question for all of `source`.
pub fn run(source: impl Read + Send, options: Options, out: impl Write + Send) -> io::Result<()> {
    let mut blocks = Blocks::new(source);
    let header = if options.csv { Some(Header::new(&blocks.header()?)) } else { None };
    let work = Work { options, header, blocks: Mutex::new(blocks), out: Mutex::new(out) };
    if options.task == Task::M1 {
        return on_threads((0..options.threads).map(|_| || work.events()).collect()).map(drop);
    }
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..options.threads).map(|_| channel()).unzip();
    let folders: Vec<_> = receivers
        .into_iter()
        .enumerate()
        .map(|(number, receiver)| {
            let (work, senders) = (&work, senders.clone());
            move || work.fold(number, senders, &receiver)
        })
        .collect();
    // The receivers wait until nobody can send.
    drop(senders);
    let shards = on_threads(folders)?;
    let people = (options.task == Task::M3).then(|| People::new(&shards));
    let (work, shards, people) = (&work, shards.as_slice(), people.as_ref());
    let writers = (0..options.threads).map(|number| move || work.profiles(number, shards, people));
    on_threads(writers.collect()).map(drop)
}

/// Runs all of them, the first on this thread.
fn on_threads<T: Send>(tasks: Vec<impl FnOnce() -> io::Result<T> + Send>) -> io::Result<Vec<T>> {
    thread::scope(|scope| {
        let mut tasks = tasks.into_iter();
        let first = tasks.next();
        let others: Vec<_> = tasks.map(|task| scope.spawn(task)).collect();
        let first = first.map(|task| task());
        let others = others
            .into_iter()
            .map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        first.into_iter().chain(others).collect()
    })
}

impl<R: Read + Send, W: Write + Send> Work<R, W> {
    /// The next lines, checked and padded; the length of their text.
    fn next(&self, block: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let more = self.blocks.lock().unwrap_or_else(PoisonError::into_inner).next(block)?;
        if more { blocks::prepare(block).map(Some) } else { Ok(None) }
    }

    fn write(&self, bytes: &mut Vec<u8>) -> io::Result<()> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(bytes)?;
        bytes.clear();
        Ok(())
    }

    /// Reads the event at `at`; the place after it.
    #[inline(always)]
    fn event(&self, block: &mut Vec<u8>, at: usize) -> (Event, usize) {
        let mut slots = Slots::default();
        let after = match &self.header {
            None => json::line(block, at, &mut slots),
            Some(header) => header.row(block, at, &mut slots),
        };
        (Event::new(block, &slots), after)
    }

    /// M1.
    fn events(&self) -> io::Result<()> {
        let (mut block, mut out) = (Vec::new(), Vec::with_capacity(OUTPUT + (1 << 16)));
        while let Some(length) = self.next(&mut block)? {
            let mut at = 0;
            while at < length {
                let event;
                (event, at) = self.event(&mut block, at);
                write::event(&mut out, &block, &event);
                // What was added for this event.
                block.truncate(length + PADDING);
                if out.len() >= OUTPUT {
                    self.write(&mut out)?;
                }
            }
        }
        self.write(&mut out)
    }

    /// Folds the cookies of one thread, and sends the events of other cookies.
    fn fold(
        &self,
        number: usize,
        senders: Vec<Sender<Packet>>,
        receiver: &Receiver<Packet>,
    ) -> io::Result<Shard> {
        let threads = senders.len();
        let mut shard = Shard::new(self.options.task);
        let mut block = Vec::new();
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(length) = self.next(&mut block)? {
            let mut packets: Vec<Packet> = (0..threads).map(|_| Packet::default()).collect();
            let mut at = 0;
            while at < length {
                batch.clear();
                while at < length && batch.len() < BATCH {
                    let event;
                    (event, at) = self.event(&mut block, at);
                    let owner = owner(event.texts[text::COOKIE].of(&block), threads);
                    if owner == number {
                        batch.push(event);
                    } else {
                        let packet = &mut packets[owner];
                        packet.events.push(event.moved(&block, &mut packet.block));
                    }
                }
                block.extend_from_slice(&[0; PADDING]);
                shard.fold(&block, &batch);
                block.truncate(length + PADDING);
            }
            packets.iter_mut().for_each(|packet| packet.block.extend_from_slice(&[0; PADDING]));
            for (packet, sender) in
                packets.into_iter().zip(&senders).filter(|(packet, _)| !packet.events.is_empty())
            {
                // Nobody listens: that thread has failed, and its error is the one to report.
                let _ = sender.send(packet);
            }
            while let Ok(packet) = receiver.try_recv() {
                fold_packet(&mut shard, &packet);
            }
        }
        drop(senders);
        for packet in receiver {
            fold_packet(&mut shard, &packet);
        }
        Ok(shard)
    }

    /// M2 and M3: writes the profiles that fall to one thread.
    fn profiles(&self, number: usize, shards: &[Shard], people: Option<&People>) -> io::Result<()> {
        let mut out = Vec::with_capacity(OUTPUT + (1 << 16));
        let mut profile = Profile::new(self.options.task);
        let mut write = |rows: &mut dyn Iterator<Item = (usize, u32)>| -> io::Result<()> {
            profile.clear();
            rows.for_each(|(shard, row)| profile.add(&shards[shard], row));
            profile.write(&mut out);
            if out.len() >= OUTPUT { self.write(&mut out) } else { Ok(()) }
        };
        if let Some(people) = people {
            let share = people.rows() as usize / shards.len() + 1;
            let mut rows = Vec::new();
            for root in (0..people.rows()).skip(number * share).take(share) {
                people.rows_of(root, &mut rows);
                if !rows.is_empty() {
                    write(&mut rows.iter().copied())?;
                }
            }
        } else {
            for row in 0..shards[number].cookies.len() as u32 {
                write(&mut std::iter::once((number, row)))?;
            }
        }
        self.write(&mut out)
    }
}

fn fold_packet(shard: &mut Shard, packet: &Packet) {
    packet.events.chunks(BATCH).for_each(|events| shard.fold(&packet.block, events));
}

/// The thread that folds a cookie.
fn owner(cookie: &[u8], threads: usize) -> usize {
    // The table of a shard uses the ends of the same hash.
    if threads == 1 { 0 } else { (dict::hash(cookie) >> 24) as usize % threads }
}
