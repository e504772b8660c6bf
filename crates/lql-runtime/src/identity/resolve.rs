//! Who is one person: a function of the set of links, and of nothing else.
//!
//! 1. Links are taken in the order of (first stamp, the pair of their ends).
//! 2. A link counts only if it is among the first N links of both its ends.
//! 3. A link that counts joins its ends, unless two different values of a single-valued identity field would meet or
//!    the profile would get too many identity values. Then it is refused, with the reason.

use std::cmp::Ordering;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use lql_compiler::schema::FieldId;

use crate::{Identity, Stamp};

/// Number of an identity value; its place in the list given to [`resolve`].
pub type NodeId = u32;

/// An identity value.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// Field and value.
    pub identity: Identity<'a>,
    /// The rank of its field, 0 the best.
    pub rank: u16,
    /// Whether a profile can have only one value of this field.
    pub single: bool,
}

impl Node<'_> {
    /// The order of identity values: by rank, then by value.
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |node: &Self| (node.rank, node.identity.field);
        key(self).cmp(&key(other)).then_with(|| self.identity.value.cmp(other.identity.value))
    }
}

/// Two identity values that met in an event. Which end is which means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// One end.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// When they first met.
    pub first: Stamp,
}

/// The limits of a table.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most links that count at one identity value.
    pub neighbours: usize,
    /// Most identity values of a profile.
    pub identities: usize,
}

/// What the links amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The identity values that are one profile, each group in the order of [`Node::order`], the groups by their
    /// first. Every identity value is in exactly one.
    pub groups: Vec<Vec<NodeId>>,
    /// The links that joined nothing, in the order they were taken; `a` is the better-ranked end.
    pub refused: Vec<Refused>,
}

/// A link that joins nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The link.
    pub link: Link,
    /// Why.
    pub reason: Refusal,
}

/// Why a link joins nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// One of its ends had as many links before.
    NeighbourLimit,
    /// Two values of a single-valued identity field would meet.
    Conflict {
        /// The field; if there are several, the best-ranked.
        field: FieldId,
        /// The value on the side of the link's `a`.
        a: NodeId,
        /// The value on the side of the link's `b`.
        b: NodeId,
    },
    /// The profile would have too many identity values.
    IdentityLimit,
}

/// Joins identity values by links. At most one link per pair; links to unknown identity values are passed over.
pub fn resolve(nodes: &[Node<'_>], links: impl IntoIterator<Item = Link>, limits: Limits) -> Resolution {
    let (mut groups, refused) = partition(&nodes, links, limits);
    let mut sorted: Vec<NodeId> = (0..nodes.len() as u32).collect();
    sorted.sort_unstable_by(|a, b| nodes.order(*a, *b));
    let mut place = vec![usize::MAX; nodes.len()];
    let mut members: Vec<Vec<NodeId>> = Vec::new();
    for node in sorted {
        let root = groups.root(node);
        let Some(place) = place.get_mut(root as usize) else { continue };
        if *place == usize::MAX {
            *place = members.len();
            members.push(Vec::with_capacity(groups.size(root)));
        }
        if let Some(group) = members.get_mut(*place) {
            group.push(node);
        }
    }
    Resolution { groups: members, refused }
}

/// What resolving needs to know of identity values.
pub(crate) trait Nodes {
    /// How many there are.
    fn count(&self) -> usize;
    /// The order of identity values: by rank, then by value.
    fn order(&self, a: NodeId, b: NodeId) -> Ordering;
    /// Rank and field, where a profile can have only one value of the field.
    fn single(&self, id: NodeId) -> Option<(u16, FieldId)>;
}

impl Nodes for &[Node<'_>] {
    fn count(&self) -> usize {
        self.len()
    }

    fn order(&self, a: NodeId, b: NodeId) -> Ordering {
        match (self.get(a as usize), self.get(b as usize)) {
            (Some(a), Some(b)) => a.order(b),
            _ => a.cmp(&b),
        }
    }

    fn single(&self, id: NodeId) -> Option<(u16, FieldId)> {
        let node = self.get(id as usize).filter(|node| node.single)?;
        Some((node.rank, node.identity.field))
    }
}

/// The groups that links make, and the links that make none.
pub(crate) fn partition<N: Nodes>(
    nodes: &N,
    links: impl IntoIterator<Item = Link>,
    limits: Limits,
) -> (Groups<'_, N>, Vec<Refused>) {
    let count = nodes.count();
    let order = |a: NodeId, b: NodeId| nodes.order(a, b);
    let mut links: Vec<Link> = links
        .into_iter()
        .filter(|link| link.a != link.b && link.a.max(link.b) < count as u32)
        .map(|link| if order(link.a, link.b).is_le() { link } else { Link { a: link.b, b: link.a, ..link } })
        .collect();
    // Among the links of one end, the order of pairs is the order of the other ends.
    links.sort_unstable_by(|x, y| {
        x.first.cmp(&y.first).then_with(|| order(x.a, y.a)).then_with(|| order(x.b, y.b))
    });

    let mut groups = Groups::new(nodes);
    let mut neighbours = vec![0u32; count];
    let mut refused = Vec::new();
    for link in links {
        let mut counts = true;
        for end in [link.a, link.b] {
            if let Some(taken) = neighbours.get_mut(end as usize) {
                counts &= (*taken as usize) < limits.neighbours;
                *taken += 1;
            }
        }
        let refusal =
            if counts { groups.join(link, limits.identities) } else { Some(Refusal::NeighbourLimit) };
        refused.extend(refusal.map(|reason| Refused { link, reason }));
    }
    (groups, refused)
}

/// Disjoint sets: path halving, small into large.
pub(crate) struct Groups<'n, N> {
    nodes: &'n N,
    parents: Vec<NodeId>,
    /// Of roots.
    sizes: Vec<u32>,
    /// Of roots with several members: those of single-valued fields, by rank. At most one per field.
    singles: HashMap<NodeId, Vec<(u16, NodeId)>, RandomState>,
}

impl<'n, N: Nodes> Groups<'n, N> {
    fn new(nodes: &'n N) -> Self {
        let len = nodes.count();
        Self { nodes, parents: (0..len as u32).collect(), sizes: vec![1; len], singles: HashMap::default() }
    }

    fn parent(&self, node: NodeId) -> NodeId {
        self.parents.get(node as usize).copied().unwrap_or(node)
    }

    pub(crate) fn root(&mut self, mut node: NodeId) -> NodeId {
        loop {
            let parent = self.parent(node);
            if parent == node {
                return node;
            }
            let grandparent = self.parent(parent);
            if let Some(slot) = self.parents.get_mut(node as usize) {
                *slot = grandparent;
            }
            node = grandparent;
        }
    }

    pub(crate) fn size(&self, root: NodeId) -> usize {
        self.sizes.get(root as usize).map_or(0, |size| *size as usize)
    }

    fn singles(&self, root: NodeId) -> impl Iterator<Item = (u16, NodeId)> + '_ {
        let alone = if self.size(root) == 1 { self.nodes.single(root) } else { None };
        let gathered = self.singles.get(&root).map(Vec::as_slice).unwrap_or_default();
        alone.map(|(rank, _)| (rank, root)).into_iter().chain(gathered.iter().copied())
    }

    /// Joins the ends of a link, or says why not.
    fn join(&mut self, link: Link, identity_limit: usize) -> Option<Refusal> {
        let (a, b) = (self.root(link.a), self.root(link.b));
        if a == b {
            return None;
        }
        for (rank, of_a) in self.singles(a) {
            let meets = self.singles(b).find(|(other, of_b)| *other == rank && *of_b != of_a);
            if let (Some((_, of_b)), Some((_, field))) = (meets, self.nodes.single(of_a)) {
                return Some(Refusal::Conflict { field, a: of_a, b: of_b });
            }
        }
        let size = self.size(a) + self.size(b);
        if size > identity_limit {
            return Some(Refusal::IdentityLimit);
        }
        let mut singles: Vec<_> = self.singles(a).chain(self.singles(b)).collect();
        singles.sort_unstable();
        let (large, small) = if self.size(a) < self.size(b) { (b, a) } else { (a, b) };
        if let Some(slot) = self.parents.get_mut(small as usize) {
            *slot = large;
        }
        if let Some(slot) = self.sizes.get_mut(large as usize) {
            *slot = size as u32;
        }
        self.singles.remove(&small);
        if !singles.is_empty() {
            self.singles.insert(large, singles);
        }
        None
    }
}
