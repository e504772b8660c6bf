//! Memberships as they are stored: who is in which segment since when, what has changed, and when time alone changes
//! something next.

use lql_compiler::Time;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::wire::{Reader, WireError, put_text, put_time, put_varint};

/// The segments that a profile is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// One of the profile's identity values, to find it by.
    pub member: Option<(FieldId, String)>,
    /// Their slugs, sorted, each with the instant since when.
    pub segments: Vec<(String, Time)>,
    /// The instant at which time alone changes this, if any.
    pub flip: Option<Time>,
}

impl Standing {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.flip.is_none()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.push(u8::from(self.member.is_some()));
        if let Some((field, value)) = &self.member {
            put_varint(&mut out, u64::from(field.0));
            put_text(&mut out, value);
        }
        out.push(u8::from(self.flip.is_some()));
        self.flip.iter().for_each(|flip| put_time(&mut out, *flip));
        put_varint(&mut out, self.segments.len() as u64);
        for (slug, since) in &self.segments {
            put_text(&mut out, slug);
            put_time(&mut out, *since);
        }
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        let member = match from.byte()? {
            0 => None,
            _ => Some((FieldId(from.small()?), from.text()?.to_owned())),
        };
        let flip = match from.byte()? {
            0 => None,
            _ => Some(from.time()?),
        };
        let segments = (0..from.count()?).map(|_| Ok((from.text()?.to_owned(), from.time()?)));
        Ok(Self { segments: segments.collect::<Result<_, WireError>>()?, member, flip })
    }
}

/// Why a membership changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Events of an entry of the log.
    Events,
    /// Time alone.
    Clock,
    /// The profile became part of another.
    Joined,
}

impl Why {
    const ALL: [Self; 3] = [Self::Events, Self::Clock, Self::Joined];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Clock => "clock",
            Self::Joined => "joined",
        }
    }
}

/// A line of the ledger: a profile entered a segment or left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The table of the profile.
    pub table: TableId,
    /// The profile.
    pub profile: u128,
    /// The segment.
    pub segment: String,
    /// Whether it entered.
    pub enters: bool,
    /// When.
    pub at: Time,
    /// Why.
    pub why: Why,
}

impl Move {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_varint(&mut out, u64::from(self.table.0));
        out.extend(self.profile.to_be_bytes());
        put_text(&mut out, &self.segment);
        out.extend([u8::from(self.enters), self.why as u8]);
        put_time(&mut out, self.at);
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        let (table, profile) = (TableId(from.small()?), u128::from_be_bytes(from.array()?));
        let segment = from.text()?.to_owned();
        let enters = from.byte()? == 1;
        let why = *Why::ALL.get(usize::from(from.byte()?)).ok_or(WireError::Invalid("why"))?;
        Ok(Self { table, profile, segment, enters, at: from.time()?, why })
    }
}
