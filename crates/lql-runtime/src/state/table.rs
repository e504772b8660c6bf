//! What is known of one table: its identity values, their fragments and links, and the replay keys.

use std::hash::BuildHasher;

use ecow::EcoString;
use foldhash::fast::RandomState;
use hashbrown::{HashSet, HashTable};
use lql_compiler::schema::{Schema, Table};

use super::fragment::Fragment;
use crate::identity::{Limits, Link, Node, NodeId, Resolution, resolve};
use crate::{Change, Identity, Stamp};

/// The identity values of a table, numbered in order of arrival. The numbers mean nothing outside of one state.
#[derive(Clone, Debug, Default)]
pub(crate) struct TableState {
    /// Finds the number of an identity value.
    index: HashTable<NodeId>,
    hasher: RandomState,
    known: Vec<Known>,
    /// Keys of the changes that name their message.
    replays: HashSet<u128, RandomState>,
}

/// An identity value.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    field: lql_compiler::schema::FieldId,
    value: EcoString,
    /// Its first event, as home or as the other end of a link.
    pub(crate) first: Stamp,
    /// What it owns, if it was the home of an event.
    pub(crate) fragment: Option<Box<Fragment>>,
    /// Its first links, at most as many as the neighbour limit. Since a link's first stamp only ever gets smaller, one
    /// that was pushed out comes back only if it belongs here: so the list is a function of the set of links, and a
    /// value shared by millions costs no more than the limit.
    links: Vec<Neighbour>,
}

#[derive(Clone, Copy, Debug)]
struct Neighbour {
    other: NodeId,
    first: Stamp,
}

impl Known {
    pub(crate) fn identity(&self) -> Identity<'_> {
        Identity { field: self.field, value: &self.value }
    }
}

impl TableState {
    /// Whether the key was seen before; from now on it was.
    pub(crate) fn is_replay(&mut self, key: u128) -> bool {
        !self.replays.insert(key)
    }

    pub(crate) fn known(&self, id: NodeId) -> Option<&Known> {
        self.known.get(id as usize)
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// The change happens to its home, and links it with its other identity values.
    pub(crate) fn apply<'a>(
        &mut self,
        change: &Change<'a>,
        home: Identity<'a>,
        others: impl Iterator<Item = Identity<'a>>,
        schema: &Schema,
    ) {
        let home = self.number(home, change.stamp);
        if let Some(known) = self.known.get_mut(home as usize) {
            let first = || Box::new(Fragment::new(change.stamp.time, change.contributions.len()));
            let fragment = known.fragment.get_or_insert_with(first);
            fragment.apply(change, schema);
        }
        let Some(table) = schema.table(change.table) else { return };
        for other in others {
            let other = self.number(other, change.stamp);
            if other != home && !self.knows_link(home, other, change.stamp) {
                self.note_link(home, other, change.stamp, table);
                self.note_link(other, home, change.stamp, table);
            }
        }
    }

    /// Finds or makes the number of an identity value that is seen with this stamp.
    fn number(&mut self, identity: Identity<'_>, stamp: Stamp) -> NodeId {
        let hash = self.hasher.hash_one(identity);
        let known = &self.known;
        let found = self.index.find(hash, |id| {
            known.get(*id as usize).is_some_and(|k| k.field == identity.field && k.value == identity.value)
        });
        if let Some(id) = found.copied() {
            if let Some(known) = self.known.get_mut(id as usize) {
                known.first = known.first.min(stamp);
            }
            return id;
        }
        let id = self.known.len() as NodeId;
        self.known.push(Known {
            field: identity.field,
            value: identity.value.into(),
            first: stamp,
            fragment: None,
            links: Vec::new(),
        });
        let (known, hasher) = (&self.known, &self.hasher);
        self.index.insert_unique(hash, id, |id| {
            known.get(*id as usize).map_or(0, |known| hasher.hash_one(known.identity()))
        });
        id
    }

    /// Whether the link is there with this or an older stamp. Then the other end knows too, or has no room for it.
    fn knows_link(&self, from: NodeId, to: NodeId, stamp: Stamp) -> bool {
        let links = self.known.get(from as usize).map(|known| known.links.as_slice()).unwrap_or_default();
        links.iter().any(|link| link.other == to && link.first <= stamp)
    }

    /// Notes a link at one of its ends.
    fn note_link(&mut self, from: NodeId, to: NodeId, first: Stamp, table: &Table) {
        let Some(known) = self.known.get_mut(from as usize) else { return };
        if let Some(link) = known.links.iter_mut().find(|link| link.other == to) {
            link.first = link.first.min(first);
            return;
        }
        known.links.reserve_exact(usize::from(known.links.len() == known.links.capacity()));
        known.links.push(Neighbour { other: to, first });
        if known.links.len() <= table.neighbour_limit as usize {
            return;
        }
        let last = self.known.get(from as usize).and_then(|known| {
            let order = |link: &Neighbour| (link.first, self.node(link.other, table));
            let by_order = |a: &&Neighbour, b: &&Neighbour| {
                let ((a, a_node), (b, b_node)) = (order(a), order(b));
                a.cmp(&b).then_with(|| match (a_node, b_node) {
                    (Some(a), Some(b)) => a.order(&b),
                    _ => std::cmp::Ordering::Equal,
                })
            };
            known.links.iter().max_by(by_order).map(|link| link.other)
        });
        if let Some(known) = self.known.get_mut(from as usize) {
            known.links.retain(|link| Some(link.other) != last);
        }
    }

    fn node(&self, id: NodeId, table: &Table) -> Option<Node<'_>> {
        let known = self.known(id)?;
        let rank = table.identities.iter().position(|field| *field == known.field);
        Some(Node {
            identity: known.identity(),
            rank: rank.map_or(u16::MAX, |rank| rank as u16),
            single: false,
        })
    }

    /// The identity values in the order of their numbers.
    pub(crate) fn nodes(&self, table: &Table, schema: &Schema) -> Vec<Node<'_>> {
        let single = |node: Node<'_>| {
            schema.field(node.identity.field).is_some_and(|field| field.identity && !field.kind.is_set())
        };
        let nodes = (0..self.known.len() as NodeId).filter_map(|id| self.node(id, table));
        let mut nodes: Vec<_> = nodes.collect();
        for node in &mut nodes {
            node.single = single(*node);
        }
        nodes
    }

    /// Every link that an end has kept, once.
    fn links(&self) -> impl Iterator<Item = Link> + '_ {
        self.known.iter().enumerate().flat_map(move |(a, known)| {
            let a = a as NodeId;
            let is_first_mention = move |link: &&Neighbour| {
                let mentions = |k: &Known| k.links.iter().any(|back| back.other == a);
                a < link.other || !self.known(link.other).is_some_and(mentions)
            };
            known.links.iter().filter(is_first_mention).map(move |link| Link {
                a,
                b: link.other,
                first: link.first,
            })
        })
    }

    pub(crate) fn resolve(&self, nodes: &[Node<'_>], table: &Table) -> Resolution {
        let limits =
            Limits { neighbours: table.neighbour_limit as usize, identities: table.identity_limit as usize };
        resolve(nodes, self.links(), limits)
    }

    /// All that another state of the same table has seen.
    pub(crate) fn merge(&mut self, other: Self, table: &Table, schema: &Schema) {
        let numbers: Vec<NodeId> =
            other.known.iter().map(|known| self.number(known.identity(), known.first)).collect();
        for (theirs, id) in other.known.into_iter().zip(&numbers) {
            let Some(own) = self.known.get_mut(*id as usize) else { continue };
            match (&mut own.fragment, theirs.fragment) {
                (Some(own), Some(theirs)) => own.merge(*theirs, schema),
                (own @ None, theirs) => *own = theirs,
                (Some(_), None) => {}
            }
            for link in theirs.links {
                if let Some(to) = numbers.get(link.other as usize) {
                    self.note_link(*id, *to, link.first, table);
                }
            }
        }
        self.replays.extend(other.replays);
    }
}
