//! Entries of the log: events that were accepted together, as they came, and instants at which something is due.

use lql_compiler::Time;
use lql_runtime::decode::Chunk;
use lql_runtime::wire::{Reader, WireError, put_text, put_time};

/// An entry of the log.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Events were accepted.
    Events(Events),
    /// It is so late now, and something is due. The clock comes by the log, too, so that all that follows from it comes
    /// again when the log is read again.
    Tick(Time),
}

/// Events of one stream that were accepted together.
///
/// They are kept as they were sent: what is made of them follows from the queries of the day, and those change.
#[derive(Clone, Debug)]
pub struct Events {
    /// When they were accepted. The clock of everything that follows from them.
    pub received: Time,
    /// Their stream.
    pub stream: String,
    /// What the sender calls the input, for people; may be empty.
    pub file: String,
    /// The event key that holds the event time, if the sender names one.
    pub timestamp: Option<String>,
    /// The events.
    pub chunk: Chunk,
}

const EVENTS: u8 = 1;
const TICK: u8 = 2;

impl Entry {
    /// The instant that it brings.
    pub fn time(&self) -> Time {
        match self {
            Self::Events(events) => events.received,
            Self::Tick(time) => *time,
        }
    }

    /// The entry as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Tick(time) => {
                out.push(TICK);
                put_time(&mut out, *time);
            }
            Self::Events(events) => {
                out.reserve(events.chunk.bytes().len() + 128);
                out.push(EVENTS);
                put_time(&mut out, events.received);
                put_text(&mut out, &events.stream);
                put_text(&mut out, &events.file);
                out.push(u8::from(events.timestamp.is_some()));
                events.timestamp.iter().for_each(|key| put_text(&mut out, key));
                events.chunk.encode(&mut out);
            }
        }
        out
    }

    /// Reads an entry that [`Entry::encode`] has written.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        match from.byte()? {
            EVENTS => Ok(Self::Events(Events {
                received: from.time()?,
                stream: from.text()?.to_owned(),
                file: from.text()?.to_owned(),
                timestamp: match from.byte()? {
                    0 => None,
                    1 => Some(from.text()?.to_owned()),
                    _ => return Err(WireError::Invalid("timestamp")),
                },
                chunk: Chunk::decode(from.rest())?,
            })),
            TICK => {
                let time = from.time()?;
                from.finish()?;
                Ok(Self::Tick(time))
            }
            other => Err(WireError::Version(other)),
        }
    }
}
