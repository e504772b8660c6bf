//! Entries of the log: events that were accepted together, as they came.

use lql_compiler::Time;
use lql_runtime::decode::Chunk;
use lql_runtime::wire::{Reader, WireError, put_text, put_time};

/// Events of one stream that were accepted together.
///
/// They are kept as they were sent: what is made of them follows from the queries of the day, and those change.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When they were accepted. The clock of everything that follows from them, so that it is the same when the log is
    /// read again.
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

const VERSION: u8 = 1;

impl Entry {
    /// The entry as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.chunk.bytes().len() + 128);
        out.push(VERSION);
        put_time(&mut out, self.received);
        put_text(&mut out, &self.stream);
        put_text(&mut out, &self.file);
        out.push(u8::from(self.timestamp.is_some()));
        self.timestamp.iter().for_each(|key| put_text(&mut out, key));
        self.chunk.encode(&mut out);
        out
    }

    /// Reads an entry that [`Entry::encode`] has written.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        match from.byte()? {
            VERSION => {}
            other => return Err(WireError::Version(other)),
        }
        Ok(Self {
            received: from.time()?,
            stream: from.text()?.to_owned(),
            file: from.text()?.to_owned(),
            timestamp: match from.byte()? {
                0 => None,
                1 => Some(from.text()?.to_owned()),
                _ => return Err(WireError::Invalid("timestamp")),
            },
            chunk: Chunk::decode(from.rest())?,
        })
    }
}
