//! Numbers for texts: 0, 1, 2, … in the order in which they were first seen.

use crate::find::Span;
use foldhash::fast::FixedState;
use hashbrown::{HashTable, hash_table::Entry};
use std::hash::{BuildHasher, Hasher};

#[derive(Default)]
pub struct Dict {
    table: HashTable<u32>,
    known: Vec<Known>,
    /// All texts, one after the other.
    bytes: Vec<u8>,
}

/// A text that has a number. Half a cache line, and for a short text all that is compared.
struct Known {
    /// The first sixteen bytes, zeros after the end of the text.
    head: u128,
    /// A table that grows does not read the texts.
    hash: u64,
    start: u32,
    length: u32,
}

pub fn hash(text: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(text);
    hasher.finish()
}

/// The first sixteen bytes of a text; the block is padded.
#[inline(always)]
fn head(block: &[u8], text: Span) -> u128 {
    let start: &[u8; 16] = block[text.start as usize..].first_chunk().expect("the block is padded");
    let start = u128::from_le_bytes(*start);
    let length = text.end - text.start;
    if length >= 16 { start } else { start & ((1 << (8 * length)) - 1) }
}

impl Known {
    #[inline(always)]
    fn is(&self, bytes: &[u8], head: u128, text: &[u8]) -> bool {
        self.head == head
            && self.length as usize == text.len()
            && (text.len() <= 16 || bytes[self.start as usize + 16..][..text.len() - 16] == text[16..])
    }
}

impl Dict {
    /// The number of a text in a padded block.
    #[inline]
    pub fn id(&mut self, block: &[u8], text: Span) -> u32 {
        let Dict { table, known, bytes } = self;
        let (head, text) = (head(block, text), text.of(block));
        let same = |id: &u32| known[*id as usize].is(bytes, head, text);
        let hash = hash(text);
        match table.entry(hash, same, |id| known[*id as usize].hash) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let id = known.len() as u32;
                entry.insert(id);
                known.push(Known { head, hash, start: bytes.len() as u32, length: text.len() as u32 });
                bytes.extend_from_slice(text);
                id
            }
        }
    }

    /// The same, if it is likely to be the number of this text.
    #[inline(always)]
    pub fn id_near(&mut self, block: &[u8], text: Span, likely: u32) -> u32 {
        match self.known.get(likely as usize) {
            Some(known) if known.is(&self.bytes, head(block, text), text.of(block)) => likely,
            _ => self.id(block, text),
        }
    }

    pub fn text(&self, id: u32) -> &[u8] {
        let known = &self.known[id as usize];
        &self.bytes[known.start as usize..][..known.length as usize]
    }

    pub fn len(&self) -> usize {
        self.known.len()
    }
}
