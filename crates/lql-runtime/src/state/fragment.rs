//! A fragment: all contributions homed at one identity value.

use lql_compiler::schema::{FieldId, Schema};
use lql_compiler::{Time, Value};

use crate::merge::FieldState;
use crate::{Change, Stamp};

/// All contributions homed at one identity value, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Time of the oldest event.
    pub created: Time,
    /// Time of the newest event.
    pub modified: Time,
    /// How many events there were.
    pub events: u64,
    /// Two lists in step, sorted by field: searching the dense one touches one cache line.
    ids: Vec<FieldId>,
    states: Vec<FieldState>,
}

impl Fragment {
    /// For a first change with so many contributions.
    pub(crate) fn new(time: Time, contributions: usize) -> Self {
        let (ids, states) = (Vec::with_capacity(contributions), Vec::with_capacity(contributions));
        Self { created: time, modified: time, events: 0, ids, states }
    }

    /// The fields that have contributions, sorted.
    pub fn fields(&self) -> impl Iterator<Item = (FieldId, &FieldState)> {
        self.ids.iter().copied().zip(&self.states)
    }

    pub(crate) fn apply(&mut self, change: &Change<'_>, schema: &Schema) {
        let time = change.stamp.time;
        self.created = self.created.min(time);
        self.modified = self.modified.max(time);
        self.events += 1;
        for contribution in change.contributions {
            self.contribute(contribution.field, change.stamp, contribution.value, schema);
        }
    }

    fn contribute(&mut self, id: FieldId, stamp: Stamp, value: Value<'_>, schema: &Schema) {
        let Some(field) = schema.field(id) else { return };
        match self.ids.binary_search(&id) {
            Ok(at) => {
                if let Some(state) = self.states.get_mut(at) {
                    state.apply(stamp, value, field);
                }
            }
            Err(at) => {
                if let Some(state) = FieldState::first(stamp, value, field) {
                    self.insert(at, id, state);
                }
            }
        }
    }

    /// Room grows by a quarter, not by half: there are very many fragments, and few fields come late.
    fn insert(&mut self, at: usize, id: FieldId, state: FieldState) {
        if self.ids.len() == self.ids.capacity() {
            let more = (self.ids.len() / 4).max(2);
            self.ids.reserve_exact(more);
            self.states.reserve_exact(more);
        }
        self.ids.insert(at, id);
        self.states.insert(at, state);
    }

    /// All contributions of another fragment of the same table.
    pub(crate) fn merge(&mut self, other: Self, schema: &Schema) {
        self.created = self.created.min(other.created);
        self.modified = self.modified.max(other.modified);
        self.events += other.events;
        for (id, theirs) in other.ids.into_iter().zip(other.states) {
            match self.ids.binary_search(&id) {
                Ok(at) => {
                    if let (Some(own), Some(field)) = (self.states.get_mut(at), schema.field(id)) {
                        own.merge(theirs, field);
                    }
                }
                Err(at) => self.insert(at, id, theirs),
            }
        }
    }
}
