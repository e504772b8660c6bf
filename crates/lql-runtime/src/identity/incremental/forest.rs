//! Who is together, and since which link: the history that lets a late link be put in its place.
//!
//! Each join is an inner node of a binary tree over identity values, in the order of links from the leaves to the top.
//! So who was together just before any place in the order is found by climbing, and a group is rewound to that place by
//! taking its tree apart from the top. What is rewound is decided again in order; what does not touch it stays decided.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::arena::Arena;
use super::names::{Key, Names};
use super::store::{LinkId, Store, Turnover};
use crate::Stamp;
use crate::identity::{NodeId, Refusal};

pub(super) type GroupId = u32;

/// What became of a link that counts.
#[derive(Clone, Debug, Default)]
pub(super) enum Decision {
    /// It does not count, or is not decided yet.
    #[default]
    None,
    /// Its ends were together before.
    Within,
    /// It joined two groups.
    Joined(Box<Join>),
    /// It joined nothing.
    Refused(Refusal),
}

/// Two groups that became one.
#[derive(Clone, Debug)]
pub(super) struct Join {
    parts: [Part; 2],
    size: u32,
    /// Values of single-valued fields, by rank.
    singles: Vec<(u16, NodeId)>,
    /// The next join of the group.
    next: Option<LinkId>,
}

/// A group at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Value(NodeId),
    Join(LinkId),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    leaves: Arena<Leaf>,
    groups: Arena<Group>,
    /// Most identity values of a group.
    limit: usize,
    /// Number of the change, and of the run within it.
    change: u64,
    run: u64,
    /// The groups that the change has touched, as they were before it; and the values that are new.
    before: Vec<Vec<NodeId>>,
    fresh: Vec<NodeId>,
    steps: u64,
}

#[derive(Clone, Debug, Default)]
struct Leaf {
    group: GroupId,
    /// The first join of the value.
    next: Option<LinkId>,
}

/// A group as it is now: at the end of the history or, while decisions are made again, as far as they are made.
#[derive(Clone, Debug, Default)]
struct Group {
    top: Option<Part>,
    members: Vec<NodeId>,
    /// No link of a member that counts has a later place.
    latest: Option<(Stamp, NodeId, NodeId)>,
    /// The last change that touched it.
    touched: u64,
    /// The last run in which all later links of its members wait for their turn, or there were none.
    queued: u64,
}

/// What is to be done at a place in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    /// The link does not count any more.
    Undo(LinkId),
    /// The link counts from now on.
    Decide(LinkId),
    /// The link at this index of what a value keeps may fare differently now; so may those after it.
    Walk(NodeId, usize),
}

impl Forest {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// The next number, a group of its own.
    pub(super) fn add_leaf(&mut self, id: NodeId) {
        let top = Some(Part::Value(id));
        let group = Group { top, members: vec![id], touched: self.change, ..Group::default() };
        let group = self.groups.insert(group);
        self.leaves.insert(Leaf { group, next: None });
        self.fresh.push(id);
    }

    /// All that are together with a value, in no order.
    pub(super) fn members(&self, id: NodeId) -> &[NodeId] {
        &self.groups[self.leaves[id].group].members
    }

    /// The groups, in no order.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[NodeId]> {
        self.groups.iter().map(|(_, group)| group.members.as_slice()).filter(|members| !members.is_empty())
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// What is touched from now on belongs to a new change.
    pub(super) fn begin(&mut self) {
        self.change += 1;
        self.before.clear();
        self.fresh.clear();
    }

    /// The groups that were touched as they were, and as they are.
    pub(super) fn end(&mut self) -> (Vec<Vec<NodeId>>, Vec<Vec<NodeId>>) {
        let before = std::mem::take(&mut self.before);
        let fresh = std::mem::take(&mut self.fresh);
        let values = before.iter().flatten().chain(&fresh);
        let mut groups: Vec<GroupId> = values.map(|id| self.leaves[*id].group).collect();
        groups.sort_unstable();
        groups.dedup();
        let after = groups.into_iter().map(|group| self.groups[group].members.clone()).collect();
        (before, after)
    }

    /// Some links have come and some have gone: decides them, and all that depends on them.
    pub(super) fn run(&mut self, names: &Names, store: &mut Store, turnover: Turnover) {
        self.steps += turnover.steps;
        self.run += 1;
        let mut queue = BinaryHeap::new();
        for link in &turnover.gone {
            match store.links[*link].decision {
                Decision::Joined(_) => {
                    queue.push(Reverse((store.links[*link].key(names), Work::Undo(*link))));
                }
                _ => store.links[*link].decision = Decision::None,
            }
        }
        let come = turnover.come.iter().filter(|link| store.links[**link].counts());
        queue.extend(come.map(|link| Reverse((store.links[*link].key(names), Work::Decide(*link)))));
        Run { forest: self, names, store, queue }.all();
        store.forget(turnover.gone);
    }
}

/// Decisions in the making, in the order of links.
struct Run<'r> {
    forest: &'r mut Forest,
    names: &'r Names,
    store: &'r mut Store,
    queue: BinaryHeap<Reverse<(Key<'r>, Work)>>,
}

impl<'r> Run<'r> {
    fn all(mut self) {
        let mut last = None;
        while let Some(Reverse((key, work))) = self.queue.pop() {
            self.forest.steps += 1;
            let link = match work {
                Work::Undo(link) => {
                    if matches!(self.store.links[link].decision, Decision::Joined(_)) {
                        let group = self.forest.leaves[self.store.links[link].a].group;
                        self.rewind(group, key);
                    }
                    continue;
                }
                Work::Decide(link) => link,
                Work::Walk(id, at) => {
                    let Some(link) = self.store.kept(id).get(at).copied() else { continue };
                    self.walk(id, at + 1);
                    link
                }
            };
            // Both ends may have brought it.
            if last != Some(link) && self.store.links[link].counts() {
                last = Some(link);
                self.decide(link, key);
            }
        }
    }

    fn key(&self, link: LinkId) -> Key<'r> {
        self.store.links[link].key(self.names)
    }

    /// The link at this index of what a value keeps waits for its turn.
    fn walk(&mut self, id: NodeId, at: usize) {
        if let Some(link) = self.store.kept(id).get(at) {
            self.queue.push(Reverse((self.key(*link), Work::Walk(id, at))));
        }
    }

    /// Decides a link. Everything before it is decided; of later decisions, those that it changes are undone.
    fn decide(&mut self, link: LinkId, key: Key<'r>) {
        let (a, b) = (self.store.links[link].a, self.store.links[link].b);
        let (part_a, part_b) = (self.part_at(a, key), self.part_at(b, key));
        let decision = if part_a == part_b {
            Decision::Within
        } else if let Some(conflict) = self.conflict(part_a, part_b) {
            Decision::Refused(conflict)
        } else if self.size(part_a) + self.size(part_b) > self.forest.limit {
            Decision::Refused(Refusal::IdentityLimit)
        } else {
            self.rewind(self.forest.leaves[a].group, key);
            self.rewind(self.forest.leaves[b].group, key);
            Decision::Joined(Box::new(self.join(link, part_a, part_b)))
        };
        self.store.links[link].decision = decision;
        for end in [a, b] {
            let group = self.forest.leaves[end].group;
            let place = (key.0, a, b);
            let latest = &mut self.forest.groups[group].latest;
            if latest.is_none_or(|(first, a, b)| self.names.key(first, a, b) < key) {
                *latest = Some(place);
            }
        }
    }

    /// The group that a value was in just before a place in the order.
    fn part_at(&mut self, id: NodeId, place: Key<'r>) -> Part {
        let mut part = Part::Value(id);
        let is_before = |link: LinkId| self.store.links[link].key(self.names) < place;
        match self.forest.groups[self.forest.leaves[id].group].top {
            Some(Part::Join(top)) if is_before(top) => return Part::Join(top),
            Some(Part::Join(_)) => {}
            _ => return part,
        }
        while let Some(next) = self.next(part).filter(|next| is_before(*next)) {
            self.forest.steps += 1;
            part = Part::Join(next);
        }
        part
    }

    fn next(&self, part: Part) -> Option<LinkId> {
        match part {
            Part::Value(id) => self.forest.leaves[id].next,
            Part::Join(link) => self.joined(link)?.next,
        }
    }

    fn set_next(&mut self, part: Part, next: Option<LinkId>) {
        match part {
            Part::Value(id) => self.forest.leaves[id].next = next,
            Part::Join(link) => {
                if let Decision::Joined(join) = &mut self.store.links[link].decision {
                    join.next = next;
                }
            }
        }
    }

    fn joined(&self, link: LinkId) -> Option<&Join> {
        match &self.store.links[link].decision {
            Decision::Joined(join) => Some(join),
            _ => None,
        }
    }

    fn size(&self, part: Part) -> usize {
        match part {
            Part::Value(_) => 1,
            Part::Join(link) => self.joined(link).map_or(0, |join| join.size as usize),
        }
    }

    fn singles(&self, part: Part) -> Vec<(u16, NodeId)> {
        match part {
            Part::Value(id) => {
                let name = self.names.name(id);
                if name.single { vec![(name.rank, id)] } else { Vec::new() }
            }
            Part::Join(link) => self.joined(link).map(|join| join.singles.clone()).unwrap_or_default(),
        }
    }

    fn conflict(&self, a: Part, b: Part) -> Option<Refusal> {
        let of_b = self.singles(b);
        self.singles(a).into_iter().find_map(|(rank, a)| {
            let (_, b) = of_b.iter().find(|(other, _)| *other == rank)?;
            Some(Refusal::Conflict { field: self.names.name(a).identity().field, a, b: *b })
        })
    }

    /// Brings a group back to a place in the order. The later links of its members wait for their turn.
    fn rewind(&mut self, id: GroupId, place: Key<'r>) {
        let group = &mut self.forest.groups[id];
        if group.touched != self.forest.change {
            group.touched = self.forest.change;
            self.forest.before.push(group.members.clone());
        }
        if group.queued != self.forest.run {
            group.queued = self.forest.run;
            if group.latest.is_some_and(|(first, a, b)| self.names.key(first, a, b) >= place) {
                for member in self.forest.groups[id].members.clone() {
                    self.forest.steps += 1;
                    let kept = self.store.kept(member);
                    let at = kept.partition_point(|link| self.store.links[*link].key(self.names) < place);
                    self.walk(member, at);
                }
            }
        }
        if let Some(Part::Join(top)) = self.forest.groups[id].top
            && self.key(top) >= place
        {
            self.take_apart(id, top, place);
        }
    }

    /// Undoes the joins of a group from a place in the order on.
    fn take_apart(&mut self, id: GroupId, top: LinkId, place: Key<'r>) {
        let mut parts = Vec::new();
        let mut open = vec![Part::Join(top)];
        while let Some(part) = open.pop() {
            self.forest.steps += 1;
            match part {
                Part::Join(link) if self.key(link) >= place => {
                    if let Decision::Joined(join) = std::mem::take(&mut self.store.links[link].decision) {
                        join.parts.into_iter().for_each(|part| self.set_next(part, None));
                        open.extend(join.parts);
                    }
                }
                part => parts.push(part),
            }
        }
        let whole = self.forest.groups.remove(id);
        for top in parts {
            let members = self.members(top);
            let links = members.iter().filter_map(|id| self.store.kept(*id).last());
            let latest = links.max_by_key(|link| self.key(**link)).map(|link| &self.store.links[*link]);
            let latest = latest.map(|link| (link.first, link.a, link.b));
            let (touched, queued) = (whole.touched, whole.queued);
            let group = Group { top: Some(top), members: members.clone(), latest, touched, queued };
            let group = self.forest.groups.insert(group);
            for member in members {
                self.forest.steps += 1;
                self.forest.leaves[member].group = group;
            }
        }
    }

    /// The identity values under a node of the tree.
    fn members(&self, top: Part) -> Vec<NodeId> {
        let mut members = Vec::with_capacity(self.size(top));
        let mut open = vec![top];
        while let Some(part) = open.pop() {
            match part {
                Part::Value(id) => members.push(id),
                Part::Join(link) => open.extend(self.joined(link).into_iter().flat_map(|join| join.parts)),
            }
        }
        members
    }

    /// Joins two groups, which are rewound to the place of the link.
    fn join(&mut self, link: LinkId, a: Part, b: Part) -> Join {
        self.set_next(a, Some(link));
        self.set_next(b, Some(link));
        let mut singles = self.singles(a);
        singles.extend(self.singles(b));
        singles.sort_unstable();
        let join = Join { parts: [a, b], size: (self.size(a) + self.size(b)) as u32, singles, next: None };

        let ends = [self.store.links[link].a, self.store.links[link].b];
        let [mut large, mut small] = ends.map(|end| self.forest.leaves[end].group);
        if self.forest.groups[large].members.len() < self.forest.groups[small].members.len() {
            std::mem::swap(&mut large, &mut small);
        }
        let small = self.forest.groups.remove(small);
        for member in &small.members {
            self.forest.steps += 1;
            self.forest.leaves[*member].group = large;
        }
        let names = self.names;
        let large = &mut self.forest.groups[large];
        large.members.extend(small.members);
        large.top = Some(Part::Join(link));
        let key = |place: Option<(Stamp, NodeId, NodeId)>| place.map(|(first, a, b)| names.key(first, a, b));
        if key(large.latest) < key(small.latest) {
            large.latest = small.latest;
        }
        join
    }
}
