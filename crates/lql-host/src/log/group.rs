//! Groups of entries as bytes.
//!
//! ```text
//! magic "LQLG", length of the entries u32, position of the first u64, checksum u64 of all the rest
//! (length u32, entry) …
//! ```
//!
//! The checksum begins with the salt of the segment, which no client knows: what a client sends can look like a group,
//! but not like a sound one.

use std::ops::Range;
use xxhash_rust::xxh3::Xxh3;

/// Bytes before the entries.
pub(super) const HEADER: usize = 24;
const MAGIC: [u8; 4] = *b"LQLG";

/// A group that is being filled.
#[derive(Debug)]
pub(super) struct Group {
    bytes: Vec<u8>,
    first: u64,
    count: u64,
}

impl Group {
    /// An empty one, of entries from this position on.
    pub fn new(first: u64) -> Self {
        Self { bytes: vec![0; HEADER], first, count: 0 }
    }

    /// Adds an entry.
    pub fn push(&mut self, entry: &[u8]) {
        self.bytes.extend_from_slice(&(entry.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(entry);
        self.count += 1;
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The position after its last entry.
    pub fn end(&self) -> u64 {
        self.first + self.count
    }

    /// The whole group, to be written.
    pub fn finish(&mut self, salt: u64) -> &[u8] {
        let length = (self.bytes.len() - HEADER) as u32;
        let sum = checksum(salt, self.first, self.bytes.get(HEADER..).unwrap_or_default());
        let header = MAGIC.into_iter().chain(length.to_le_bytes());
        let header = header.chain(self.first.to_le_bytes()).chain(sum.to_le_bytes());
        self.bytes.iter_mut().zip(header).for_each(|(to, byte)| *to = byte);
        &self.bytes
    }
}

/// What the bytes of a segment have at an offset.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A whole group.
    Group {
        /// The position of its first entry.
        first: u64,
        /// Where its entries are in the bytes.
        entries: Range<usize>,
    },
    /// The bytes end.
    End,
    /// No group, or not all of one, with the reason.
    Damaged(&'static str),
}

/// Looks for a group at an offset.
pub(super) fn find(bytes: &[u8], at: usize, salt: u64) -> Found {
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.is_empty() {
        return Found::End;
    }
    let Some((length, first, sum)) = header(rest) else { return Found::Damaged("no group begins here") };
    let entries = at + HEADER..at + HEADER + length as usize;
    match bytes.get(entries.clone()) {
        None => Found::Damaged("the file ends in the middle of a group"),
        Some(content) if checksum(salt, first, content) != sum => Found::Damaged("wrong checksum"),
        Some(_) => Found::Group { first, entries },
    }
}

/// The length of the entries, the first position, and the checksum.
pub(super) fn header(bytes: &[u8]) -> Option<(u32, u64, u64)> {
    let (magic, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (first, rest) = rest.split_first_chunk()?;
    let (sum, _) = rest.split_first_chunk()?;
    (*magic == MAGIC)
        .then(|| (u32::from_le_bytes(*length), u64::from_le_bytes(*first), u64::from_le_bytes(*sum)))
}

/// The entries of a group's content.
pub(super) fn entries(mut content: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = content.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        content = rest;
        Some(entry)
    })
}

/// Whether the content is as it was written.
pub(super) fn is_sound(salt: u64, first: u64, content: &[u8], sum: u64) -> bool {
    checksum(salt, first, content) == sum
}

fn checksum(salt: u64, first: u64, content: &[u8]) -> u64 {
    let mut hash = Xxh3::with_seed(salt);
    hash.update(&first.to_le_bytes());
    hash.update(&(content.len() as u32).to_le_bytes());
    hash.update(content);
    hash.digest()
}
