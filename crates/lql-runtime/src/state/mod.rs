//! Everything learnt from changes: fragments, links, first sights and replay keys of all tables.
//!
//! The law: a state is a function of the *set* of changes it has seen. Their order does not show, nor does the way
//! they were split over several states that are merged afterwards — if they were split by home
//! ([`IdentityRules::home_hash`]), since a replay is noticed only where both copies arrive.

mod fragment;
mod table;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use lql_compiler::schema::{Schema, TableId};

use crate::identity::{IdentityRules, NodeId, Resolution, Unusable};
use crate::{Change, Identity, Stamp};
pub use fragment::Fragment;
use table::TableState;

/// Everything learnt from changes.
#[derive(Clone, Debug)]
pub struct State {
    schema: Arc<Schema>,
    rules: Arc<IdentityRules>,
    tables: Vec<TableState>,
    counts: Counts,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It counts.
    Applied,
    /// Its replay key was seen before: it changed nothing.
    Replay,
    /// It has no identity value that counts: it changed nothing.
    NoIdentity,
}

/// What became of all changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes that count.
    pub applied: u64,
    /// Changes whose replay key was seen before.
    pub replays: u64,
    /// Changes without an identity value that counts.
    pub no_identity: u64,
    /// Identity values of changes that were too long.
    pub too_long: u64,
    /// Identity values of changes that were blocked.
    pub blocked: u64,
}

impl State {
    /// A state that has seen nothing.
    pub fn new(schema: &Schema) -> Self {
        let rules = Arc::new(IdentityRules::new(schema));
        Self {
            schema: Arc::new(schema.clone()),
            rules,
            tables: schema.tables.iter().map(|_| TableState::default()).collect(),
            counts: Counts::default(),
        }
    }

    /// Another empty state of the same schema, to share out changes by home.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self {
            schema: Arc::clone(&self.schema),
            rules: Arc::clone(&self.rules),
            tables: self.schema.tables.iter().map(|_| TableState::default()).collect(),
            counts: Counts::default(),
        }
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The identity rules, for routing.
    pub fn rules(&self) -> &Arc<IdentityRules> {
        &self.rules
    }

    /// What became of the changes so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Learns from one change.
    pub fn apply(&mut self, change: &Change<'_>) -> Outcome {
        let Some(table) = self.tables.get_mut(usize::from(change.table.0)) else {
            return Outcome::NoIdentity;
        };
        for identity in change.identities {
            match self.rules.unusable(change, *identity) {
                None => {}
                Some(Unusable::TooLong) => self.counts.too_long += 1,
                Some(Unusable::Blocked) => self.counts.blocked += 1,
            }
        }
        let mut usable = change
            .identities
            .iter()
            .copied()
            .filter(|identity| self.rules.unusable(change, *identity).is_none());
        let Some(home) = usable.next() else {
            self.counts.no_identity += 1;
            return Outcome::NoIdentity;
        };
        if change.replay_key.is_some_and(|key| table.is_replay(key)) {
            self.counts.replays += 1;
            return Outcome::Replay;
        }
        table.apply(change, home, usable, &self.schema);
        self.counts.applied += 1;
        Outcome::Applied
    }

    /// Learns all that another state of the same schema has seen.
    ///
    /// The two must have seen different changes. A replay of which each has seen one copy would count twice, hence
    /// split by [`IdentityRules::home_hash`].
    pub fn merge(&mut self, other: Self) {
        for ((own, theirs), table) in self.tables.iter_mut().zip(other.tables).zip(&self.schema.tables) {
            own.merge(theirs, table, &self.schema);
        }
        self.counts.applied += other.counts.applied;
        self.counts.replays += other.counts.replays;
        self.counts.no_identity += other.counts.no_identity;
        self.counts.too_long += other.counts.too_long;
        self.counts.blocked += other.counts.blocked;
    }

    /// Who is one person in a table, and which links were refused. Numbers are those of [`State::identity`].
    pub fn resolve(&self, table: TableId) -> Resolution {
        match (self.tables.get(usize::from(table.0)), self.schema.table(table)) {
            (Some(state), Some(table)) => state.resolve(&state.nodes(table, &self.schema), table),
            _ => Resolution::default(),
        }
    }

    /// How many identity values of a table are known.
    pub fn identities(&self, table: TableId) -> usize {
        self.tables.get(usize::from(table.0)).map_or(0, TableState::len)
    }

    /// The identity value with this number, and the stamp of its first event.
    pub fn identity(&self, table: TableId, id: NodeId) -> Option<(Identity<'_>, Stamp)> {
        let known = self.tables.get(usize::from(table.0))?.known(id)?;
        Some((known.identity(), known.first))
    }

    /// What an identity value owns, if it was ever the home of an event.
    pub fn fragment(&self, table: TableId, id: NodeId) -> Option<&Fragment> {
        self.tables.get(usize::from(table.0))?.known(id)?.fragment.as_deref()
    }
}
