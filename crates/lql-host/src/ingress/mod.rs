//! Inputs into entries: what is sent is cut into chunks of records, each record is looked at, and what is sound can be
//! appended to the log.
//!
//! Nothing is mapped here: what queries make of an event is decided when the log is read, and again when they change. An
//! event whose text is broken goes into the log, too, and from there to the rejects, with its reason.

use bumpalo::Bump;
use lql_compiler::program::Program;
use lql_compiler::{Time, Value, convert};
use lql_runtime::decode::{Chunk, Chunker, Decoder, Options, Projection, Reject, SourceError};
use serde_json::{Map, Value as Json};
use std::io::Read;

/// How an input is taken.
#[derive(Clone, Debug, Default)]
pub struct Intake {
    /// How it is read.
    pub options: Options,
    /// The event key that holds the event time, if the sender names one: an event without a readable one is bad.
    pub timestamp: Option<String>,
    /// Pairs that are added to every record.
    pub append: Map<String, Json>,
    /// Whether the input ends at its first bad record; else bad records are counted and it goes on.
    pub stops: bool,
}

/// What was taken of an input.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Records that are sound.
    pub messages: u64,
    /// Bad records; those that an input has ended at, too.
    pub rejected: u64,
    /// The first bad record.
    pub first_bad: Option<Reject>,
}

/// Why no more could be taken.
#[derive(Debug)]
pub enum IntakeError<E> {
    /// The input cannot be read.
    Source(SourceError),
    /// Whoever takes the chunks had enough.
    Sink(E),
}

impl<E> From<SourceError> for IntakeError<E> {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl Intake {
    /// Reads an input and hands on its chunks. What was taken before an error is in `taken`.
    pub fn take<E>(
        &self,
        input: impl Read + Send,
        taken: &mut Taken,
        mut sink: impl FnMut(Chunk) -> Result<(), E>,
    ) -> Result<(), IntakeError<E>> {
        let extra: Vec<&str> = self.timestamp.iter().map(String::as_str).collect();
        let projection = Projection::new(&Program::default(), &extra);
        let mut chunker = Chunker::open(input, self.options.clone())?;
        let mut arena = Bump::new();
        while let Some(chunk) = chunker.next_chunk()? {
            let chunk = chunk.with_pairs(&self.append);
            let mut decoder = Decoder::new(&projection, chunk.layout());
            let mut sound = 0;
            for record in chunk.records() {
                arena.reset();
                let checked = record.and_then(|record| {
                    let mut slots = vec![Value::Missing; projection.slots()];
                    decoder.decode(&record, &arena, &mut slots).map_err(|error| record.reject(&error))?;
                    let Some(key) = &self.timestamp else { return Ok(()) };
                    let value = slots.get(projection.extra()).copied().unwrap_or_default().first();
                    let is_time = convert::to_time(value, Time::default()).is_some();
                    if is_time { Ok(()) } else { Err(record.refuse(&format!("no readable time in `{key}`"))) }
                });
                let Err(reject) = checked else {
                    sound += 1;
                    continue;
                };
                taken.rejected += 1;
                taken.first_bad.get_or_insert(reject);
                if self.stops {
                    let before = chunk.first(sound);
                    taken.messages += sound as u64;
                    return if sound > 0 { sink(before).map_err(IntakeError::Sink) } else { Ok(()) };
                }
            }
            taken.messages += sound as u64;
            sink(chunk).map_err(IntakeError::Sink)?;
        }
        Ok(())
    }
}
