//! Small records of the store as bytes.

use super::Lane;
use lql_compiler::Time;
use lql_runtime::decode::Reject;
use lql_runtime::wire::{Reader, WireError, put_bytes, put_text, put_time, put_varint};
use std::fmt;

/// An event that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// When it came.
    pub received: Time,
    /// Its stream.
    pub stream: String,
    /// What the sender called the input; may be empty.
    pub file: String,
    /// Its place there, the reason, and its bytes.
    pub reject: Reject,
}

/// Which rejected event: its lane, its entry there, and its number among the rejected of that entry. As text `live-17-0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RejectId {
    lane: Lane,
    position: u64,
    number: u32,
}

impl RejectId {
    pub(super) fn of((lane, position, number): (u8, u64, u32)) -> Self {
        Self { lane: if lane == Lane::Live as u8 { Lane::Live } else { Lane::Bulk }, position, number }
    }

    pub(super) fn key(self) -> (u8, u64, u32) {
        (self.lane as u8, self.position, self.number)
    }

    /// Reads the text of one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let lane = parts.next()?;
        let lane = Lane::ALL.into_iter().find(|known| known.name() == lane)?;
        let (position, number) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Self { lane, position, number })
    }
}

impl fmt::Display for RejectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.lane.name(), self.position, self.number)
    }
}

impl Rejected {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_time(&mut out, self.received);
        put_text(&mut out, &self.stream);
        put_text(&mut out, &self.file);
        put_varint(&mut out, self.reject.line);
        put_varint(&mut out, self.reject.column);
        put_text(&mut out, &self.reject.reason);
        put_bytes(&mut out, &self.reject.raw);
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        Ok(Self {
            received: from.time()?,
            stream: from.text()?.to_owned(),
            file: from.text()?.to_owned(),
            reject: Reject {
                line: from.varint()?,
                column: from.varint()?,
                reason: from.text()?.to_owned(),
                raw: from.bytes()?.to_vec(),
            },
        })
    }
}

/// What came of a stream's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// Events that were taken.
    pub events: u64,
    /// Events that were rejected.
    pub rejected: u64,
    /// Copies of messages that had been seen.
    pub duplicates: u64,
    /// Events, among those taken, in which no query found an identity.
    pub without_identity: u64,
    /// When the last of them came.
    pub last: Time,
}

impl StreamCounts {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let counts = [self.events, self.rejected, self.duplicates, self.without_identity];
        counts.into_iter().for_each(|count| put_varint(&mut out, count));
        put_time(&mut out, self.last);
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        Ok(Self {
            events: from.varint()?,
            rejected: from.varint()?,
            duplicates: from.varint()?,
            without_identity: from.varint()?,
            last: from.time()?,
        })
    }

    pub(super) fn add(&mut self, more: &Self) {
        self.events += more.events;
        self.rejected += more.rejected;
        self.duplicates += more.duplicates;
        self.without_identity += more.without_identity;
        self.last = self.last.max(more.last);
    }
}
