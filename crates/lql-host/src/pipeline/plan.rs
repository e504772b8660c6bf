//! The first half of the work: entries of the log, mapped. It needs the programs only, so nobody waits for it.

use crate::entry::Events;
use crate::views::{Lane, Rejected, StreamCounts};
use bumpalo::Bump;
use lql_compiler::Value;
use lql_compiler::program::{Package, Program};
use lql_runtime::decode::{Decoder, Layout, Projection, Record, Reject};
use lql_runtime::{Encoder, LoadError, Mapper, Stamp, StreamSettings};
use std::collections::HashMap;
use std::ops::Range;
use xxhash_rust::xxh3::Xxh3;

/// What the events of one entry of the log do.
#[derive(Debug)]
pub struct Plan {
    /// The lane that it came by.
    pub lane: Lane,
    /// Its position there.
    pub position: u64,
    /// What it says of its events, which are taken out.
    pub entry: Events,
    /// What each event does, in order.
    pub events: Vec<Event>,
    /// Changes that `events` refer to.
    changes: Vec<u8>,
}

/// What one event does.
#[derive(Debug)]
pub enum Event {
    /// It was mapped.
    Mapped {
        /// Its place in the order of events.
        stamp: Stamp,
        /// Hashes of its message id and of its content, if its stream has message ids.
        message: Option<(u128, u128)>,
        /// What it does to tables.
        changes: Range<usize>,
        /// Its bytes, if it has a message id: it may turn out to be another message under the same id.
        raw: Option<Reject>,
    },
    /// It was not.
    Rejected(Reject),
}

impl Plan {
    /// The encoded changes of an event.
    pub fn changes(&self, range: &Range<usize>) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.changes.get(range.clone()).unwrap_or_default();
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk()?;
            let (change, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some(change)
        })
    }

    /// A rejected event of this entry.
    pub fn rejected(&self, reject: Reject) -> Rejected {
        Rejected {
            received: self.entry.received,
            stream: self.entry.stream.clone(),
            file: self.entry.file.clone(),
            reject,
        }
    }

    /// Counts of its stream, all zero, with the time of the entry.
    pub fn counts(&self) -> StreamCounts {
        StreamCounts { last: self.entry.received, ..StreamCounts::default() }
    }
}

/// Maps entries.
pub struct Planner<'p> {
    package: &'p Package,
    constants: &'p Bump,
    /// By stream and by the event key that holds the time, for a sender may name another.
    mappers: HashMap<(usize, Option<String>), Mapper<'p>>,
    encoder: Encoder,
    /// For streams that no query reads: tells whether an event is one.
    unread: Projection,
    arena: Bump,
}

/// How many mappers for times of senders are kept; a sender who names ever new keys must not fill the memory.
const MOST_MAPPERS: usize = 256;

impl<'p> Planner<'p> {
    /// For the programs of a package; `constants` keeps what their literals compile to.
    pub fn new(package: &'p Package, encoder: Encoder, constants: &'p Bump) -> Self {
        Self {
            package,
            constants,
            mappers: HashMap::new(),
            encoder,
            unread: Projection::new(&Program::default(), &[]),
            arena: Bump::new(),
        }
    }

    /// What an entry does.
    pub fn plan(&mut self, lane: Lane, position: u64, mut entry: Events) -> Result<Plan, LoadError> {
        let chunk = std::mem::replace(&mut entry.chunk, lql_runtime::decode::Chunk::of_row([]));
        let stream = self.package.streams.iter().position(|program| program.stream == entry.stream);
        if let Some(stream) = stream {
            self.load(stream, entry.timestamp.as_ref())?;
        }
        let mapper = stream.and_then(|stream| self.mappers.get(&(stream, entry.timestamp.clone())));
        let mut plan = Plan { lane, position, entry, events: Vec::new(), changes: Vec::new() };
        let mut reader = EventReader::new(mapper, &self.unread, chunk.layout());
        for record in chunk.records() {
            self.arena.reset();
            let event =
                record.and_then(|record| reader.read(&record, &mut plan, &mut self.encoder, &self.arena));
            plan.events.push(event.unwrap_or_else(Event::Rejected));
        }
        Ok(plan)
    }

    fn load(&mut self, stream: usize, timestamp: Option<&String>) -> Result<(), LoadError> {
        let key = (stream, timestamp.cloned());
        let Some(program) = self.package.streams.get(stream) else { return Ok(()) };
        if self.mappers.contains_key(&key) {
            return Ok(());
        }
        if self.mappers.len() >= MOST_MAPPERS {
            self.mappers.clear();
        }
        let settings = StreamSettings {
            timestamp: timestamp.or(program.input.timestamp.as_ref()).cloned(),
            id: program.input.id.clone(),
        };
        let mapper = Mapper::new(
            program,
            &self.package.schema,
            settings,
            lql_compiler::Time::default(),
            self.constants,
        )?;
        self.mappers.insert(key, mapper);
        Ok(())
    }
}

/// Reads the events of one entry.
enum EventReader<'m, 'p> {
    Mapped { mapper: &'m Mapper<'p>, decoder: Decoder<'m> },
    Unread { decoder: Decoder<'m>, slots: usize },
}

impl<'m, 'p> EventReader<'m, 'p> {
    fn new(mapper: Option<&'m Mapper<'p>>, unread: &'m Projection, layout: &Layout) -> Self {
        match mapper {
            Some(mapper) => Self::Mapped { mapper, decoder: mapper.decoder(layout) },
            None => Self::Unread { decoder: Decoder::new(unread, layout), slots: unread.slots() },
        }
    }

    fn read<'a>(
        &mut self,
        record: &Record<'a>,
        plan: &mut Plan,
        encoder: &mut Encoder,
        arena: &'a Bump,
    ) -> Result<Event, Reject>
    where
        'm: 'a,
    {
        let start = plan.changes.len();
        match self {
            Self::Unread { decoder, slots } => {
                let mut slots = vec![Value::Missing; *slots];
                decoder.decode(record, arena, &mut slots).map_err(|error| record.reject(&error))?;
                let stamp = Stamp { time: plan.entry.received, id: 0 };
                Ok(Event::Mapped { stamp, message: None, changes: start..start, raw: None })
            }
            Self::Mapped { mapper, decoder } => {
                let mapped = mapper.map_at(plan.entry.received, decoder, record, arena)?;
                for change in mapped.changes {
                    let at = plan.changes.len();
                    plan.changes.extend([0; 4]);
                    if encoder.encode(change, &mut plan.changes).is_none() {
                        plan.changes.truncate(at);
                        continue;
                    }
                    let length = (plan.changes.len() - at - 4) as u32;
                    let place = plan.changes.get_mut(at..at + 4).unwrap_or_default();
                    place.copy_from_slice(&length.to_le_bytes());
                }
                let message =
                    mapped.message.map(|id| (message_hash(&plan.entry.stream, id), record.content_hash()));
                Ok(Event::Mapped {
                    stamp: mapped.stamp,
                    message,
                    changes: start..plan.changes.len(),
                    raw: message.map(|_| record.refuse("another message came under the same id")),
                })
            }
        }
    }
}

fn message_hash(stream: &str, id: &str) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(stream.as_bytes());
    hash.update(&[0xff]);
    hash.update(id.as_bytes());
    hash.digest128()
}
