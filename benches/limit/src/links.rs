//! Who met whom: the e-mails and user numbers of each cookie, and the people that this makes.
//!
//! Events are folded by cookie, and people are made of cookies at the end: with path halving, the smaller joined to the
//! larger. That is no slower than joining with every event, and the threads need not agree on anything before the end.

use crate::{
    dict::Dict,
    event::text,
    find::{PADDING, Span},
    fold::Shard,
};

pub const EMAIL: usize = 0;
pub const USER: usize = 1;
/// The column of each of the two.
const FIELD: [usize; 2] = [text::EMAIL, text::USER];

const NONE: u32 = u32::MAX;

/// For each row two lists, each element once. They are short: a cookie meets few people.
#[derive(Default)]
pub struct Links {
    heads: Vec<[u32; 2]>,
    links: Vec<Link>,
}

struct Link {
    id: u32,
    next: u32,
}

impl Links {
    pub fn add(&mut self, row: u32, kind: usize, id: u32) {
        let row = row as usize;
        if row >= self.heads.len() {
            self.heads.resize(row + 1, [NONE; 2]);
        }
        if self.of(row as u32, kind).any(|known| known == id) {
            return;
        }
        let head = &mut self.heads[row][kind];
        self.links.push(Link { id, next: *head });
        *head = self.links.len() as u32 - 1;
    }

    /// The elements of a row.
    pub fn of(&self, row: u32, kind: usize) -> impl Iterator<Item = u32> {
        let mut next = self.heads.get(row as usize).map_or(NONE, |heads| heads[kind]);
        std::iter::from_fn(move || {
            let link = self.links.get(next as usize)?;
            next = link.next;
            Some(link.id)
        })
    }
}

/// The rows of all shards as one sequence, with the people they belong to.
pub struct People {
    /// For each shard, the number of its first row.
    bases: Vec<u32>,
    /// For each row another row of the same person, or itself.
    parents: Vec<u32>,
    sizes: Vec<u32>,
    /// For each row the next row of the same person.
    next: Vec<u32>,
}

impl People {
    /// Everybody who is connected.
    pub fn new(shards: &[Shard]) -> People {
        let mut bases = Vec::new();
        let mut count = 0;
        for shard in shards {
            bases.push(count);
            count += shard.cookies.len() as u32;
        }
        let parents: Vec<u32> = (0..count).collect();
        let next = parents.clone();
        let mut people = People { bases, parents, sizes: vec![1; count as usize], next };
        for kind in [EMAIL, USER] {
            people.meet(shards, kind);
        }
        people
    }

    /// Rows that met the same value are the same person.
    fn meet(&mut self, shards: &[Shard], kind: usize) {
        let mut all = Dict::default();
        let mut first_rows: Vec<u32> = Vec::new();
        for (number, shard) in shards.iter().enumerate() {
            let known = &shard.texts[FIELD[kind]];
            // One shard has numbers of its own; several need common ones.
            let mut common_id = |id| {
                let text = known.text(id);
                let padded = [text, &[0; PADDING]].concat();
                all.id(&padded, Span::new(0, text.len()))
            };
            let common: Option<Vec<u32>> =
                (shards.len() > 1).then(|| (0..known.len() as u32).map(&mut common_id).collect());
            let count = if common.is_some() { all.len() } else { known.len() };
            first_rows.resize(count, NONE);
            let Some(links) = &shard.links else { continue };
            for row in 0..shard.cookies.len() as u32 {
                for id in links.of(row, kind) {
                    let id = common.as_ref().map_or(id, |common| common[id as usize]);
                    let first = &mut first_rows[id as usize];
                    if *first == NONE {
                        *first = self.bases[number] + row;
                    } else {
                        let first = *first;
                        self.join(first, self.bases[number] + row);
                    }
                }
            }
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (mut large, mut small) = (self.root(a), self.root(b));
        if large == small {
            return;
        }
        if self.sizes[large as usize] < self.sizes[small as usize] {
            std::mem::swap(&mut large, &mut small);
        }
        self.parents[small as usize] = large;
        self.sizes[large as usize] += self.sizes[small as usize];
        // Two rings become one.
        self.next.swap(small as usize, large as usize);
    }

    fn root(&mut self, mut row: u32) -> u32 {
        while self.parents[row as usize] != row {
            let grandparent = self.parents[self.parents[row as usize] as usize];
            self.parents[row as usize] = grandparent;
            row = grandparent;
        }
        row
    }

    pub fn rows(&self) -> u32 {
        self.parents.len() as u32
    }

    /// Puts the rows of a person, as shard and number there, into `rows`, if `root` is the one that stands for them.
    pub fn rows_of(&self, root: u32, rows: &mut Vec<(usize, u32)>) {
        rows.clear();
        if self.parents[root as usize] != root {
            return;
        }
        let mut row = root;
        loop {
            let shard = self.bases.partition_point(|base| *base <= row) - 1;
            rows.push((shard, row - self.bases[shard]));
            row = self.next[row as usize];
            if row == root {
                return;
            }
        }
    }
}

/// The e-mails or user numbers of a row.
pub fn texts_of(shard: &Shard, row: u32, kind: usize) -> impl Iterator<Item = &[u8]> {
    let ids = shard.links.iter().flat_map(move |links| links.of(row, kind));
    ids.map(move |id| shard.texts[FIELD[kind]].text(id))
}
