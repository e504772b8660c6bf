//! Numbers for texts: 0, 1, 2, … in the order in which they were first seen.

use foldhash::fast::FixedState;
use hashbrown::{HashTable, hash_table::Entry};
use std::hash::{BuildHasher, Hasher};

#[derive(Default)]
pub struct Dict {
    table: HashTable<u32>,
    places: Vec<Place>,
    bytes: Vec<u8>,
}

/// Where a text lies, and its hash: a table that grows does not read the texts.
struct Place {
    start: u32,
    length: u32,
    hash: u64,
}

pub fn hash(text: &[u8]) -> u64 {
    let mut hasher = FixedState::with_seed(0).build_hasher();
    hasher.write(text);
    hasher.finish()
}

impl Dict {
    pub fn id(&mut self, text: &[u8]) -> u32 {
        self.id_of_hash(text, hash(text))
    }

    pub fn id_of_hash(&mut self, text: &[u8], hash: u64) -> u32 {
        let Dict { table, places, bytes } = self;
        let same = |id: &u32| {
            let place = &places[*id as usize];
            &bytes[place.start as usize..][..place.length as usize] == text
        };
        match table.entry(hash, same, |id| places[*id as usize].hash) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let id = places.len() as u32;
                entry.insert(id);
                places.push(Place { start: bytes.len() as u32, length: text.len() as u32, hash });
                bytes.extend_from_slice(text);
                id
            }
        }
    }

    pub fn text(&self, id: u32) -> &[u8] {
        let place = &self.places[id as usize];
        &self.bytes[place.start as usize..][..place.length as usize]
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }
}
