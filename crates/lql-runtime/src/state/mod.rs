//! Everything learnt from changes: fragments, links, first sights and replay keys of all tables.
//!
//! The law: a state is a function of the *set* of changes it has seen. Their order does not show, nor does the way
//! they were split over several states that are merged afterwards, in any order; not even in the bytes of
//! [`State::encode`]. Only copies of one message, where messages have ids, must not be split: a replay is noticed where
//! both copies arrive, which is so if they go by [`home_hash`](crate::home_hash).

mod table;
mod texts;
mod wire;

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use lql_compiler::schema::{Schema, Table, TableId};

use crate::encode::{Encoder, Letters, RawChange};
use crate::identity::{IdentityRules, NodeId, Resolution};
use crate::merge::OpTable;
use crate::wire::WireError;
use crate::{Change, Identity, Stamp};
use table::{TableRules, TableState};
pub use wire::merge as merge_encoded;

/// Everything learnt from changes.
#[derive(Clone, Debug)]
pub struct State {
    schema: Arc<Schema>,
    ops: Arc<OpTable>,
    encoder: Encoder,
    encoded: Vec<u8>,
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

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.applied += other.applied;
        self.replays += other.replays;
        self.no_identity += other.no_identity;
        self.too_long += other.too_long;
        self.blocked += other.blocked;
    }
}

impl State {
    /// A state that has seen nothing.
    pub fn new(schema: &Schema) -> Self {
        let rules = |(table, id): (&Table, u16)| {
            Arc::new(TableRules {
                table: TableId(id),
                neighbours: table.neighbour_limit,
                ranks: table.identities.clone(),
            })
        };
        let ops = Arc::new(OpTable::new(schema));
        Self {
            encoder: Encoder::new(Arc::new(IdentityRules::new(schema)), Arc::clone(&ops)),
            schema: Arc::new(schema.clone()),
            ops,
            encoded: Vec::new(),
            tables: schema.tables.iter().zip(0..).map(|table| TableState::new(rules(table))).collect(),
            counts: Counts::default(),
        }
    }

    /// Another empty state of the same schema, to share out changes by home.
    #[must_use]
    pub fn sibling(&self) -> Self {
        Self {
            schema: Arc::clone(&self.schema),
            ops: Arc::clone(&self.ops),
            encoder: self.encoder(),
            encoded: Vec::new(),
            tables: self.tables.iter().map(|table| TableState::new(Arc::clone(&table.rules))).collect(),
            counts: Counts::default(),
        }
    }

    /// What writes changes for [`State::apply_encoded`].
    pub fn encoder(&self) -> Encoder {
        let mut encoder = self.encoder.clone();
        (encoder.blocked, encoder.too_long) = (0, 0);
        encoder
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The operators of its fields.
    pub fn ops(&self) -> &OpTable {
        &self.ops
    }

    /// What became of the changes so far.
    pub fn counts(&self) -> Counts {
        Counts {
            too_long: self.counts.too_long + self.encoder.too_long,
            blocked: self.counts.blocked + self.encoder.blocked,
            ..self.counts
        }
    }

    /// Bytes of memory, roughly.
    pub fn size(&self) -> usize {
        self.tables.iter().map(TableState::size).sum()
    }

    /// Learns from one change.
    pub fn apply(&mut self, change: &Change<'_>) -> Outcome {
        let mut encoded = std::mem::take(&mut self.encoded);
        encoded.clear();
        let outcome = match self.encoder.encode(change, &mut encoded) {
            // What was just encoded by these rules can be applied.
            Some(home) => self.apply_encoded(home, &encoded).unwrap_or(Outcome::NoIdentity),
            None => {
                self.counts.no_identity += 1;
                Outcome::NoIdentity
            }
        };
        self.encoded = encoded;
        outcome
    }

    /// Learns from a change that an [`Encoder`] has written; `home` is what it gave. Bytes from elsewhere go through
    /// [`RawChange::unseal`] first, which looks at all of them.
    ///
    /// An error counts nothing, and leaves no more behind than that an identity value was seen: the bytes are no such
    /// change, or that of another schema, or the state is full.
    pub fn apply_encoded(&mut self, home: u64, change: &[u8]) -> Result<Outcome, WireError> {
        let change = RawChange::open(change)?;
        self.apply_raw(home, &change, None)
    }

    /// Learns from many changes that an [`Encoder`] has written. An error leaves out the one change that it is about and
    /// those that follow.
    ///
    /// The places that they need are looked up for some changes at a time before the first is applied: memory is slow, but
    /// it can fetch several places at once.
    pub fn apply_all(&mut self, letters: &Letters) -> Result<(), WireError> {
        const AT_ONCE: usize = 16;
        let mut letters = letters.iter();
        let mut changes = Vec::with_capacity(AT_ONCE);
        loop {
            changes.clear();
            for (home, change) in letters.by_ref().take(AT_ONCE) {
                changes.push((home, RawChange::open(change)?, None));
            }
            if changes.is_empty() {
                return Ok(());
            }
            // A loop for each step of the way: the steps of one change wait for each other, those of several do not.
            for (home, change, id) in &mut changes {
                *id = self.table(change.table).and_then(|table| table.likely(*home));
            }
            for (_, change, id) in &mut changes {
                *id = id
                    .filter(|id| self.table(change.table).is_some_and(|table| table.is_home_of(*id, change)));
            }
            for (_, change, id) in &changes {
                self.touch(change.table, id.as_slice());
            }
            for (home, change, id) in &changes {
                self.apply_raw(*home, change, *id)?;
            }
        }
    }

    fn apply_raw(
        &mut self,
        home: u64,
        change: &RawChange<'_>,
        id: Option<NodeId>,
    ) -> Result<Outcome, WireError> {
        let table = self.tables.get_mut(usize::from(change.table.0)).ok_or(WireError::Invalid("table"))?;
        let applied = table.apply(change, home, id)?;
        Ok(if applied {
            self.counts.applied += 1;
            Outcome::Applied
        } else {
            self.counts.replays += 1;
            Outcome::Replay
        })
    }

    /// Learns all that another state of the same schema has seen.
    ///
    /// The two must have seen different changes. Two copies of a message of which each has seen one are an error, for
    /// they were counted twice: split by [`home_hash`](crate::home_hash).
    pub fn merge(&mut self, other: Self) -> Result<(), WireError> {
        if self.ops.hash() != other.ops.hash() {
            return Err(WireError::Invalid("operators: made under another schema"));
        }
        self.counts += other.counts();
        for (own, theirs) in self.tables.iter_mut().zip(other.tables) {
            own.merge(theirs)?;
        }
        Ok(())
    }

    /// Who is one person in a table, and which links were refused. Numbers are those of [`State::identity`].
    pub fn resolve(&self, table: TableId) -> Resolution {
        self.table(table).map(|state| state.resolve(&self.schema)).unwrap_or_default()
    }

    /// How many identity values of a table are known.
    pub fn identities(&self, table: TableId) -> usize {
        self.table(table).map_or(0, TableState::len)
    }

    /// The identity value with this number, and the stamp of its first event.
    pub fn identity(&self, table: TableId, id: NodeId) -> Option<(Identity<'_>, Stamp)> {
        self.table(table)?.identity(id)
    }

    /// What an identity value owns, if it was ever the home of an event: a [fragment](crate::fragment). Without what
    /// was [taken](State::take_fragments).
    pub fn fragment(&self, table: TableId, id: NodeId) -> Option<Cow<'_, [u8]>> {
        self.table(table)?.fragment(id)
    }

    /// Reads a little of what identity values own, so that it is near when it is needed.
    pub fn touch(&self, table: TableId, ids: &[NodeId]) {
        let Some(table) = self.table(table) else { return };
        for id in ids {
            std::hint::black_box(table.touch(*id));
        }
    }

    /// Whether an event ever happened to it.
    pub fn is_home(&self, table: TableId, id: NodeId) -> bool {
        self.table(table).is_some_and(|state| state.is_home(id))
    }

    pub(crate) fn table(&self, table: TableId) -> Option<&TableState> {
        self.tables.get(usize::from(table.0))
    }
}
