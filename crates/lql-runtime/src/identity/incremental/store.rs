//! Which links are kept: at each end the first N, as in [`super`].

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::arena::Arena;
use super::forest::Decision;
use super::names::{Key, Names};
use crate::Stamp;
use crate::identity::sketch::Sketch;
use crate::identity::{NodeId, identity_hash};

pub(super) type LinkId = u32;

/// A link that at least one of its ends keeps. Its place never changes: one that turns out to be older is a new one.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// The better-ranked end.
    pub(super) a: NodeId,
    pub(super) b: NodeId,
    pub(super) first: Stamp,
    /// By which of its ends it is kept.
    kept: [bool; 2],
    /// Whether one of its ends is blocked.
    pub(super) blocked: bool,
    pub(super) decision: Decision,
}

impl Record {
    pub(super) fn is_kept(&self) -> bool {
        self.kept != [false; 2]
    }

    /// Whether it is among the first links of both its ends.
    pub(super) fn is_kept_by_both(&self) -> bool {
        self.kept == [true; 2]
    }

    pub(super) fn counts(&self) -> bool {
        self.is_kept_by_both() && !self.blocked
    }

    pub(super) fn other(&self, end: NodeId) -> NodeId {
        if self.a == end { self.b } else { self.a }
    }

    pub(super) fn key<'n>(&self, names: &'n Names) -> Key<'n> {
        names.key(self.first, self.a, self.b)
    }

    fn kept_by(&mut self, end: NodeId) -> &mut bool {
        let [a, b] = &mut self.kept;
        if self.a == end { a } else { b }
    }
}

/// What became of the links when one was noted.
#[derive(Debug, Default)]
pub(super) struct Turnover {
    /// Those that count from now on; some may have been pushed out again.
    pub(super) come: Vec<LinkId>,
    /// Those that do not count any more, if they did. Their records stay until [`Store::forget`].
    pub(super) gone: Vec<LinkId>,
    /// How much was looked at.
    pub(super) steps: u64,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    pub(super) links: Arena<Record>,
    /// Finds the link of two ends.
    pairs: HashTable<LinkId>,
    hasher: RandomState,
    ends: Arena<End>,
}

/// What an identity value keeps.
#[derive(Clone, Debug, Default)]
struct End {
    /// Its first links in order, and apart from them its first links that have a blocked end.
    kept: [Vec<LinkId>; 2],
    /// All its links, since there have been more of them than it keeps.
    all: Option<Box<Sketch>>,
    blocked: bool,
}

impl Store {
    /// The next number.
    pub(super) fn add_end(&mut self, blocked: bool) {
        self.ends.insert(End { blocked, ..End::default() });
    }

    pub(super) fn is_blocked(&self, end: NodeId) -> bool {
        self.ends[end].blocked
    }

    /// The first links of an end, in order. All are without a blocked end; not all count at their other end.
    pub(super) fn kept(&self, end: NodeId) -> &[LinkId] {
        let [kept, _] = &self.ends[end].kept;
        kept
    }

    /// The stamp of a link that one of its ends keeps.
    pub(super) fn first(&self, names: &Names, a: NodeId, b: NodeId) -> Option<Stamp> {
        let (a, b) = if names.place(a) <= names.place(b) { (a, b) } else { (b, a) };
        self.find(a, b).map(|link| self.links[link].first)
    }

    /// How many different links an end has had that it does not keep, about; exact while there are none.
    pub(super) fn rest(&self, end: NodeId) -> u64 {
        let end = &self.ends[end];
        let kept: usize = end.kept.iter().map(Vec::len).sum();
        end.all.as_ref().map_or(0, |all| all.count().saturating_sub(kept as u64).max(1))
    }

    /// A link was seen. It is only news if it is new to both its ends, or older than it was.
    pub(super) fn note(
        &mut self,
        names: &Names,
        (a, b, first): (NodeId, NodeId, Stamp),
        limit: usize,
        turnover: &mut Turnover,
    ) {
        let (a, b) = if names.place(a) <= names.place(b) { (a, b) } else { (b, a) };
        turnover.steps += 1;
        if let Some(old) = self.find(a, b) {
            if self.links[old].first <= first {
                return;
            }
            self.take_out(old, names, turnover);
        }
        let blocked = self.ends[a].blocked || self.ends[b].blocked;
        let link = self.links.insert(Record { a, b, first, blocked, ..Record::default() });
        for end in [a, b] {
            self.offer(end, link, names, limit, turnover);
        }
        if !self.links[link].is_kept() {
            self.links.remove(link);
            return;
        }
        let (hasher, links) = (&self.hasher, &self.links);
        let hash = |link: &Record| hasher.hash_one((link.a, link.b));
        self.pairs.insert_unique(hash(&links[link]), link, |link| hash(&links[*link]));
        if self.links[link].counts() {
            turnover.come.push(link);
        }
    }

    fn find(&self, a: NodeId, b: NodeId) -> Option<LinkId> {
        let is_it = |link: &LinkId| (self.links[*link].a, self.links[*link].b) == (a, b);
        self.pairs.find(self.hasher.hash_one((a, b)), is_it).copied()
    }

    /// An end keeps the link if it is among its first N.
    ///
    /// The list is a function of the set of links: a link's place only ever gets earlier, so the last place of a full
    /// list does too, and what was once beyond it stays beyond it until it is seen with an earlier stamp.
    fn offer(&mut self, end: NodeId, link: LinkId, names: &Names, limit: usize, turnover: &mut Turnover) {
        turnover.steps += 1;
        let (links, all) = (&mut self.links, &mut self.ends[end]);
        let [open, shut] = &mut all.kept;
        let list = if links[link].blocked { shut } else { open };
        let key = links[link].key(names);
        let at = list.partition_point(|kept| links[*kept].key(names) < key);
        list.reserve_exact(usize::from(list.len() == list.capacity()) * (1 + list.len() / 4));
        list.insert(at, link);
        *links[link].kept_by(end) = true;
        let hash = |link: LinkId| identity_hash(names.name(links[link].other(end)).identity());
        let pushed_out = if list.len() > limit { list.pop() } else { None };
        if let Some(sketch) = &mut all.all {
            sketch.add(hash(link));
        } else if let Some(last) = pushed_out {
            let sketch = all.all.insert(Box::default());
            all.kept.iter().flatten().for_each(|kept| sketch.add(hash(*kept)));
            sketch.add(hash(last));
        }
        if let Some(last) = pushed_out {
            *self.links[last].kept_by(end) = false;
            if last != link {
                self.drop_if_unkept(last);
                turnover.gone.push(last);
            }
        }
    }

    /// No end keeps the link any more.
    fn take_out(&mut self, link: LinkId, names: &Names, turnover: &mut Turnover) {
        let record = &self.links[link];
        let (a, b, key) = (record.a, record.b, record.key(names));
        for end in [a, b] {
            let [open, shut] = &mut self.ends[end].kept;
            let list = if self.links[link].blocked { shut } else { open };
            let at = list.partition_point(|kept| self.links[*kept].key(names) < key);
            if list.get(at) == Some(&link) {
                list.remove(at);
            }
            *self.links[link].kept_by(end) = false;
        }
        turnover.steps += 2;
        turnover.gone.push(link);
        self.drop_if_unkept(link);
    }

    /// A link that no end keeps is not found any more. Its record stays, for the history may hang on it.
    fn drop_if_unkept(&mut self, link: LinkId) {
        if self.links[link].is_kept() {
            return;
        }
        let (a, b) = (self.links[link].a, self.links[link].b);
        if let Ok(entry) = self.pairs.find_entry(self.hasher.hash_one((a, b)), |found| *found == link) {
            entry.remove();
        }
    }

    /// The records of links that are gone, when nothing hangs on them any more.
    pub(super) fn forget(&mut self, mut gone: Vec<LinkId>) {
        gone.sort_unstable();
        gone.dedup();
        gone.retain(|link| !self.links[*link].is_kept());
        for link in gone {
            self.links.remove(link);
        }
    }

    /// Some ends are blocked from now on, or no longer. Looks at every link. Gives the ends that are not blocked and
    /// may have had links that now belong to their first ones, but are not kept.
    pub(super) fn block(
        &mut self,
        names: &Names,
        changes: &[(NodeId, bool)],
        limit: usize,
        turnover: &mut Turnover,
    ) -> Vec<NodeId> {
        for (end, blocked) in changes {
            self.ends[*end].blocked = *blocked;
        }
        let is_blocked = |link: &Record| self.ends[link.a].blocked || self.ends[link.b].blocked;
        let is_wrong = |link: &Record| link.is_kept() && is_blocked(link) != link.blocked;
        let wrong = self.links.iter().filter(|(_, link)| is_wrong(link));
        let wrong: Vec<_> = wrong.map(|(id, link)| (id, (link.a, link.b, link.first))).collect();
        turnover.steps += self.links.len() as u64;
        let ends = wrong.iter().flat_map(|(_, (a, b, _))| [*a, *b]);
        let mut incomplete: Vec<_> = changes.iter().map(|(end, _)| *end).chain(ends).collect();
        for (link, _) in &wrong {
            self.take_out(*link, names, turnover);
        }
        for (_, link) in wrong {
            self.note(names, link, limit, turnover);
        }
        incomplete.sort_unstable();
        incomplete.dedup();
        incomplete.retain(|end| self.ends[*end].all.is_some() && !self.ends[*end].blocked);
        self.offer_again(&incomplete, names, limit, turnover);
        incomplete
    }

    /// Ends may have room for links that only the other end has kept.
    fn offer_again(&mut self, ends: &[NodeId], names: &Names, limit: usize, turnover: &mut Turnover) {
        let half_kept = self.links.iter().filter(|(_, link)| link.is_kept() && !link.blocked);
        let by_one = half_kept.filter_map(|(id, link)| match link.kept {
            [true, false] => Some((id, link.b)),
            [false, true] => Some((id, link.a)),
            _ => None,
        });
        let by_one: Vec<_> = by_one.filter(|(_, end)| ends.binary_search(end).is_ok()).collect();
        for (link, end) in by_one {
            self.offer(end, link, names, limit, turnover);
            if self.links[link].counts() {
                turnover.come.push(link);
            }
        }
    }
}
