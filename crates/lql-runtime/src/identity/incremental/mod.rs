//! Who is one person, kept up to date link by link: at every moment the answer of [`resolve`](super::resolve()) over
//! all links seen so far, whatever their order.
//!
//! **What is kept.** Each identity value keeps its first N links, N the neighbour limit, and a sketch of how many there
//! were once there are more. A link that counts is among the first N of both its ends, so what is kept decides
//! everything, and a value shared by millions costs N links.
//!
//! **What a link costs.** One later than everything in its two groups is decided by what these are now. One that comes
//! late is put in its place in their history; if it joins two groups there, those are rewound to that place and their
//! later links decided again, and so are groups that fare differently because of it. [`Resolver::steps`] counts.
//!
//! **Blocked values** link nothing, and their links take no place among the first N of others. Those are kept apart, N
//! for each value, and come back when the value is unblocked. Where a value has had more than N links, some that would
//! come into the first N now are not known any more: [`Touched::incomplete`] names the values whose events must be
//! observed again to know. Until then the answer is that over the links that are kept.

mod arena;
mod forest;
mod names;
mod store;

#[cfg(test)]
mod cost;
#[cfg(test)]
mod tests;

use lql_compiler::schema::{Block, FieldId, Schema, Table};

use super::{Blocker, Limits, Link, Node, NodeId, Refusal, Refused, Resolution};
use crate::{Identity, Stamp};
use forest::{Decision, Forest};
use names::{Name, Names};
use store::{Record, Store, Turnover};

/// Who is one person in one table, kept up to date link by link.
#[derive(Clone, Debug)]
pub struct Resolver {
    fields: Vec<IdentityField>,
    neighbours: usize,
    rules: Vec<(Block, Blocker)>,
    names: Names,
    store: Store,
    forest: Forest,
}

/// A field whose values are identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityField {
    /// The field.
    pub field: FieldId,
    /// Whether a profile can have only one value of it.
    pub single: bool,
}

/// The profiles that a change has touched. Those that stayed the same are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The profiles that are no more. Each is sorted by number, and they by their first.
    pub before: Vec<Vec<NodeId>>,
    /// What has become of them, and of new identity values, sorted likewise.
    pub after: Vec<Vec<NodeId>>,
    /// Identity values whose first sight became earlier.
    pub older: Vec<NodeId>,
    /// Identity values whose events must be observed again, since links that may count now are not kept. Only blocking
    /// and unblocking can have that effect, and only on values that have had more links than count.
    pub incomplete: Vec<NodeId>,
}

impl Resolver {
    /// One that has seen nothing and blocks nothing. The fields are sorted by rank, best first.
    pub fn new(fields: Vec<IdentityField>, limits: Limits) -> Self {
        Self {
            fields,
            neighbours: limits.neighbours,
            rules: Vec::new(),
            names: Names::default(),
            store: Store::default(),
            forest: Forest::new(limits.identities),
        }
    }

    /// For a table, with its limits and block rules.
    pub fn of(table: &Table, schema: &Schema) -> Self {
        let single =
            |id: FieldId| schema.field(id).is_some_and(|field| field.identity && !field.kind.is_set());
        let fields =
            table.identities.iter().map(|field| IdentityField { field: *field, single: single(*field) });
        let limits =
            Limits { neighbours: table.neighbour_limit as usize, identities: table.identity_limit as usize };
        let mut resolver = Self::new(fields.collect(), limits);
        table.blocked.iter().for_each(|rule| drop(resolver.block(rule)));
        resolver
    }

    /// An event was homed at an identity value and had these others too.
    pub fn observe<'a>(
        &mut self,
        home: Identity<'_>,
        others: impl IntoIterator<Item = Identity<'a>>,
        stamp: Stamp,
    ) -> Touched {
        let mut touched = self.begin();
        let home = self.number_of(home, stamp, &mut touched);
        for other in others {
            let other = self.number_of(other, stamp, &mut touched);
            self.note(home, other, stamp);
        }
        self.end(touched)
    }

    /// Two identity values were in one event.
    pub fn link(&mut self, a: Identity<'_>, b: Identity<'_>, stamp: Stamp) -> Touched {
        self.observe(a, [b], stamp)
    }

    /// An identity value was in an event.
    pub fn see(&mut self, identity: Identity<'_>, stamp: Stamp) -> Touched {
        self.observe(identity, [], stamp)
    }

    /// Values that match the rule link nothing, those seen already and those to come. Looks at all values and links.
    pub fn block(&mut self, rule: &Block) -> Touched {
        if !self.rules.iter().any(|(known, _)| known == rule) {
            self.rules.push((rule.clone(), Blocker::new(&rule.pattern)));
        }
        self.rules_changed()
    }

    /// Takes a rule back: the links of the values that no other rule matches count again.
    pub fn unblock(&mut self, rule: &Block) -> Touched {
        self.rules.retain(|(known, _)| known != rule);
        self.rules_changed()
    }

    /// How many identity values were seen. Their numbers are those below.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no identity value was seen.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of an identity value, if it was seen.
    pub fn number(&self, identity: Identity<'_>) -> Option<NodeId> {
        self.names.find(identity)
    }

    /// The identity value with this number.
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        self.names.get(id).map(Name::node)
    }

    /// The stamp of the first event that had the identity value.
    pub fn first(&self, id: NodeId) -> Option<Stamp> {
        self.names.get(id).map(|name| name.first)
    }

    /// Whether a rule blocks the identity value.
    pub fn is_blocked(&self, id: NodeId) -> bool {
        self.names.get(id).is_some() && self.store.is_blocked(id)
    }

    /// The identity values that are one profile with this one, in the order of [`Node::order`]. A blocked one is alone.
    pub fn profile_of(&self, id: NodeId) -> Vec<NodeId> {
        let members = self.names.get(id).map(|_| self.forest.members(id)).unwrap_or_default();
        self.sorted(members.to_vec())
    }

    /// The identity values that are one profile, each group in the order of [`Node::order`], the groups by their first.
    pub fn groups(&self) -> Vec<Vec<NodeId>> {
        let mut groups: Vec<_> = self.forest.groups().map(|group| self.sorted(group.to_vec())).collect();
        let first = |group: &[NodeId]| group.first().map(|id| self.names.place(*id));
        groups.sort_unstable_by(|x, y| first(x).cmp(&first(y)));
        groups
    }

    /// How many profiles there are, each of one identity value at least.
    pub fn profiles(&self) -> usize {
        self.forest.groups().count()
    }

    /// The links that join nothing, in order. Links of blocked values are not among them, nor such as neither end keeps:
    /// they are in the count of [`Resolver::rest`].
    pub fn refused(&self) -> Vec<Refused> {
        let mut refused: Vec<_> = self.store.links.iter().filter_map(|(_, link)| link.refused()).collect();
        refused.sort_unstable_by(|x, y| {
            let key = |refused: &Refused| (refused.link.first, refused.link.a, refused.link.b);
            let ((x, x_a, x_b), (y, y_a, y_b)) = (key(x), key(y));
            self.names.key(x, x_a, x_b).cmp(&self.names.key(y, y_a, y_b))
        });
        refused
    }

    /// Those of the links that this identity value keeps that join nothing, in order.
    pub fn refused_of(&self, id: NodeId) -> Vec<Refused> {
        let kept = self.names.get(id).map(|_| self.store.kept(id)).unwrap_or_default();
        kept.iter().filter_map(|link| self.store.links[*link].refused()).collect()
    }

    /// The stamp of the first event that showed the link of two identity values; `None` if neither end keeps it.
    pub fn first_of_link(&self, a: NodeId, b: NodeId) -> Option<Stamp> {
        self.names.get(a).and(self.names.get(b))?;
        self.store.first(&self.names, a, b)
    }

    /// How many more different links this identity value has had than it keeps: refused, by the neighbour limit. An
    /// estimate within some 7 % of all its links, but a function of the set of links; 0 only if there are none.
    pub fn rest(&self, id: NodeId) -> u64 {
        self.names.get(id).map_or(0, |_| self.store.rest(id))
    }

    /// The links that one of their ends keeps and that have no blocked end, in no order.
    pub fn links(&self) -> impl Iterator<Item = Link> {
        let links = self.store.links.iter().filter(|(_, link)| link.is_kept() && !link.blocked);
        links.map(|(_, link)| Link { a: link.a, b: link.b, first: link.first })
    }

    /// Everything at once, as the batch resolver gives it.
    pub fn resolution(&self) -> Resolution {
        Resolution { groups: self.groups(), refused: self.refused() }
    }

    /// How much all changes have cost so far: links and identity values looked at, apart from listing the profiles
    /// that were touched.
    pub fn steps(&self) -> u64 {
        self.forest.steps()
    }

    fn begin(&mut self) -> Touched {
        self.forest.begin();
        Touched::default()
    }

    fn end(&mut self, mut touched: Touched) -> Touched {
        let by_number = |mut groups: Vec<Vec<NodeId>>| {
            groups.iter_mut().for_each(|group| group.sort_unstable());
            groups.sort_unstable();
            groups
        };
        let (before, after) = self.forest.end();
        let (before, after) = (by_number(before), by_number(after));
        let is_new = |group: &&Vec<NodeId>| before.binary_search(group).is_err();
        touched.after = after.iter().filter(is_new).cloned().collect();
        touched.before = before.into_iter().filter(|group| after.binary_search(group).is_err()).collect();
        touched
    }

    /// Finds or makes the number of an identity value that is seen with this stamp.
    fn number_of(&mut self, identity: Identity<'_>, stamp: Stamp, touched: &mut Touched) -> NodeId {
        if let Some(id) = self.names.find(identity) {
            let name = self.names.name_mut(id);
            if stamp < name.first {
                name.first = stamp;
                touched.older.push(id);
            }
            return id;
        }
        let rank = self.fields.iter().position(|field| field.field == identity.field);
        let single = rank.and_then(|rank| self.fields.get(rank)).is_some_and(|field| field.single);
        let id = self.names.insert(identity, rank.map_or(u16::MAX, |rank| rank as u16), single, stamp);
        self.store.add_end(is_blocked(&self.rules, identity));
        self.forest.add_leaf(id);
        id
    }

    fn note(&mut self, a: NodeId, b: NodeId, first: Stamp) {
        if a != b {
            let mut turnover = Turnover::default();
            self.store.note(&self.names, (a, b, first), self.neighbours, &mut turnover);
            self.forest.run(&self.names, &mut self.store, turnover);
        }
    }

    fn rules_changed(&mut self) -> Touched {
        let mut touched = self.begin();
        let changed = self.names.iter().filter_map(|(id, name)| {
            let blocked = is_blocked(&self.rules, name.identity());
            (blocked != self.store.is_blocked(id)).then_some((id, blocked))
        });
        let changed: Vec<_> = changed.collect();
        let mut turnover = Turnover::default();
        touched.incomplete = self.store.block(&self.names, &changed, self.neighbours, &mut turnover);
        self.forest.run(&self.names, &mut self.store, turnover);
        self.end(touched)
    }

    fn sorted(&self, mut members: Vec<NodeId>) -> Vec<NodeId> {
        members.sort_unstable_by(|a, b| self.names.place(*a).cmp(&self.names.place(*b)));
        members
    }
}

impl Record {
    /// The link, if it joins nothing.
    fn refused(&self) -> Option<Refused> {
        let reason = match self.decision {
            _ if self.blocked || !self.is_kept() => return None,
            _ if !self.is_kept_by_both() => Refusal::NeighbourLimit,
            Decision::Refused(reason) => reason,
            _ => return None,
        };
        Some(Refused { link: Link { a: self.a, b: self.b, first: self.first }, reason })
    }
}

fn is_blocked(rules: &[(Block, Blocker)], identity: Identity<'_>) -> bool {
    rules.iter().any(|(rule, blocker)| {
        rule.field.is_none_or(|field| field == identity.field) && blocker.matches(identity.value)
    })
}
