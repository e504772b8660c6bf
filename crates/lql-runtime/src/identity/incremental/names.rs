//! The identity values, numbered in the order of their first sight.

use std::hash::BuildHasher;

use ecow::EcoString;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use lql_compiler::schema::FieldId;

use super::arena::Arena;
use crate::identity::{Node, NodeId};
use crate::{Identity, Stamp};

#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    index: HashTable<NodeId>,
    hasher: RandomState,
    values: Arena<Name>,
}

/// An identity value.
#[derive(Clone, Debug, Default)]
pub(super) struct Name {
    field: u16,
    value: EcoString,
    pub(super) rank: u16,
    pub(super) single: bool,
    /// Stamp of its first event.
    pub(super) first: Stamp,
}

/// An identity value's place among all: [`Node::order`].
pub(super) type Place<'a> = (u16, u16, &'a str);

/// A link's place among all: its first stamp, then its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'a>(pub(super) Stamp, Place<'a>, Place<'a>);

impl Name {
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity { field: FieldId(self.field), value: &self.value }
    }

    pub(super) fn node(&self) -> Node<'_> {
        Node { identity: self.identity(), rank: self.rank, single: self.single }
    }
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Name> {
        ((id as usize) < self.len()).then(|| &self.values[id])
    }

    /// Of a number that [`Names::insert`] or [`Names::find`] gave.
    pub(super) fn name(&self, id: NodeId) -> &Name {
        &self.values[id]
    }

    pub(super) fn name_mut(&mut self, id: NodeId) -> &mut Name {
        &mut self.values[id]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Name)> {
        self.values.iter()
    }

    pub(super) fn find(&self, identity: Identity<'_>) -> Option<NodeId> {
        let hash = self.hasher.hash_one(identity);
        self.index.find(hash, |id| self.values[*id].identity() == identity).copied()
    }

    /// A value that is not yet known.
    pub(super) fn insert(&mut self, identity: Identity<'_>, rank: u16, single: bool, first: Stamp) -> NodeId {
        let name = Name { field: identity.field.0, value: identity.value.into(), rank, single, first };
        let id = self.values.insert(name);
        let (hasher, values) = (&self.hasher, &self.values);
        self.index.insert_unique(hasher.hash_one(identity), id, |id| hasher.hash_one(values[*id].identity()));
        id
    }

    pub(super) fn place(&self, id: NodeId) -> Place<'_> {
        let name = &self.values[id];
        (name.rank, name.field, &name.value)
    }

    pub(super) fn key(&self, first: Stamp, a: NodeId, b: NodeId) -> Key<'_> {
        Key(first, self.place(a), self.place(b))
    }
}
