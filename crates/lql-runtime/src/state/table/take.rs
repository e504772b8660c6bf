//! Fragments that leave a state, for where there is more room. What they belong to stays known: identity values, their
//! links and first events, replay keys.

use lql_compiler::schema::TableId;

use super::{TableState, spread};
use crate::Identity;
use crate::encode::home_hash;
use crate::identity::NodeId;
use crate::state::State;

impl State {
    /// Bytes of memory that [`State::take_fragments`] frees, roughly; a part of [`State::size`].
    pub fn size_of_fragments(&self) -> usize {
        self.tables.iter().map(|table| table.owned).sum()
    }

    /// Hands out and forgets the fragments of a table. An identity value may own several, and may get new ones
    /// afterwards: [merged](crate::fragment::merge), in any order, they are what it owns.
    ///
    /// It stays a home, in [`State::is_home`] and so in [`State::groups`]; [`State::encode`] and profiles, though,
    /// know only what is here. After an error the fragments are gone all the same.
    pub fn take_fragments<E>(
        &mut self,
        table: TableId,
        take: impl FnMut(Identity<'_>, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self.tables.get_mut(usize::from(table.0)) {
            Some(state) => state.take_fragments(take),
            None => Ok(()),
        }
    }

    /// The number of an identity value, if it is known.
    pub fn number_of(&self, table: TableId, identity: Identity<'_>) -> Option<NodeId> {
        self.table(table)?.number_of(identity)
    }
}

impl TableState {
    fn take_fragments<E>(
        &mut self,
        mut take: impl FnMut(Identity<'_>, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut large = std::mem::take(&mut self.large);
        self.owned = 0;
        for id in 0..self.len() as NodeId {
            let Some(known) = self.known.get_mut(id as usize) else { break };
            let newest = std::mem::take(&mut known.fragment);
            let older = large.remove(&id).unwrap_or_default();
            for fragment in older.iter().chain([&newest]).filter(|fragment| !fragment.is_empty()) {
                self.taken.add(id);
                if let Some((identity, _)) = self.identity(id) {
                    take(identity, fragment)?;
                }
            }
        }
        Ok(())
    }

    fn number_of(&self, identity: Identity<'_>) -> Option<NodeId> {
        let value = identity.value.as_bytes();
        let low = home_hash(self.rules.table, identity.field, value) as u32;
        let is_it = |id: &NodeId| {
            self.known(*id).is_some_and(|known| {
                known.hash == low && known.field == identity.field && self.value(known) == value
            })
        };
        self.index.find(spread(low), is_it).copied()
    }
}

/// Identity values whose fragments were taken, a bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    bits: Vec<u64>,
}

impl Taken {
    pub(super) fn add(&mut self, id: NodeId) {
        let at = id as usize / 64;
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0);
        }
        if let Some(word) = self.bits.get_mut(at) {
            *word |= 1 << (id % 64);
        }
    }

    pub(super) fn has(&self, id: NodeId) -> bool {
        self.bits.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = NodeId> + '_ {
        let bit = |word: u64, bit: u32| (word >> bit & 1 == 1).then_some(bit);
        let words = self.bits.iter().zip(0..);
        words.flat_map(move |(word, at): (_, NodeId)| {
            (0..64).filter_map(move |number| bit(*word, number)).map(move |bit| at * 64 + bit)
        })
    }
}
