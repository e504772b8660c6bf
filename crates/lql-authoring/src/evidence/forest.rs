//! The links that joined identity values: a forest, one tree a profile.

use super::{Fate, SeenLink};
use lql_runtime::identity::NodeId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The links that joined, as neighbours of each identity value.
#[derive(Debug)]
pub(super) struct Forest {
    /// Per identity value: the other end, and the place of the link.
    beside: BTreeMap<NodeId, Vec<(NodeId, usize)>>,
    roots: Vec<NodeId>,
}

/// Tells links that join from those whose ends were connected already.
pub(super) fn tell_known(count: usize, links: &mut [SeenLink]) {
    let mut roots: Vec<NodeId> = (0..count as NodeId).collect();
    for link in links.iter_mut().filter(|link| link.fate == Fate::Joined) {
        if !join(&mut roots, link.a, link.b) {
            link.fate = Fate::Known;
        }
    }
}

impl Forest {
    pub(super) fn new(count: usize, links: &[SeenLink]) -> Self {
        let mut beside: BTreeMap<NodeId, Vec<_>> = BTreeMap::new();
        let mut roots: Vec<NodeId> = (0..count as NodeId).collect();
        for (at, link) in links.iter().enumerate().filter(|(_, link)| link.fate == Fate::Joined) {
            beside.entry(link.a).or_default().push((link.b, at));
            beside.entry(link.b).or_default().push((link.a, at));
            join(&mut roots, link.a, link.b);
        }
        for id in 0..count as NodeId {
            let found = root(&roots, id);
            if let Some(slot) = roots.get_mut(id as usize) {
                *slot = found;
            }
        }
        Self { beside, roots }
    }

    /// One identity value that stands for all of its tree.
    pub(super) fn root(&self, id: NodeId) -> NodeId {
        self.roots.get(id as usize).copied().unwrap_or(id)
    }

    /// The links among the first `before` that connect these identity values, as far as they are connected.
    pub(super) fn connecting(&self, ids: &BTreeSet<NodeId>, before: usize) -> BTreeSet<usize> {
        let Some(start) = ids.first() else { return BTreeSet::new() };
        let towards = self.walk(*start, before);
        let mut links = BTreeSet::new();
        for id in ids {
            let mut at = *id;
            // The rest of the way is there already where one way meets another.
            while let Some((next, link)) = towards.get(&at) {
                if !links.insert(*link) {
                    break;
                }
                at = *next;
            }
        }
        links
    }

    /// The links among the first `before` of the tree around an identity value.
    pub(super) fn around(&self, id: NodeId, before: usize) -> BTreeSet<usize> {
        self.walk(id, before).into_values().map(|(_, link)| link).collect()
    }

    /// For each identity value that can be reached from one: the next on the way back, and the link.
    fn walk(&self, start: NodeId, before: usize) -> BTreeMap<NodeId, (NodeId, usize)> {
        let mut back = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for (other, link) in self.beside.get(&at).into_iter().flatten() {
                if *link < before && *other != start && !back.contains_key(other) {
                    back.insert(*other, (at, *link));
                    queue.push_back(*other);
                }
            }
        }
        back
    }
}

fn root(roots: &[NodeId], mut id: NodeId) -> NodeId {
    while let Some(next) = roots.get(id as usize).filter(|next| **next != id) {
        id = *next;
    }
    id
}

/// Whether two trees became one.
fn join(roots: &mut [NodeId], a: NodeId, b: NodeId) -> bool {
    let (a, b) = (root(roots, a), root(roots, b));
    if a != b
        && let Some(slot) = roots.get_mut(a as usize)
    {
        *slot = b;
    }
    a != b
}
