//! What is known of one table: its identity values, their fragments and links, and the replay keys.

mod take;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet, HashTable};
use lql_compiler::schema::{FieldId, Schema, TableId};

use super::texts::{Pieces, Place, Texts};
use crate::encode::{RawChange, home_hash};
use crate::fragment::{self, Scratch};
use crate::identity::{Limits, Link, Node, NodeId, Nodes, Refused, Resolution, partition, resolve};
use crate::merge::atoms::{StampBytes, get_stamp, stamp_order};
use crate::merge::value::text;
use crate::wire::WireError;
use crate::{Identity, Stamp};
use take::Taken;

/// What the identities of a table keep to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableRules {
    pub(crate) table: TableId,
    /// Most links that an identity value keeps.
    pub(crate) neighbours: u32,
    /// The identity fields, best rank first.
    pub(crate) ranks: Vec<FieldId>,
}

/// The identity values of a table, numbered in order of arrival. The numbers mean nothing outside of one state.
#[derive(Clone, Debug)]
pub(crate) struct TableState {
    pub(crate) rules: Arc<TableRules>,
    /// Finds the number of an identity value.
    index: HashTable<NodeId>,
    known: Pieces<Known>,
    texts: Texts,
    /// Older parts of large fragments, each some times as large as the one before it.
    large: HashMap<NodeId, Vec<Box<[u8]>>, RandomState>,
    /// Keys of the changes that name their message.
    pub(crate) replays: HashSet<u128, RandomState>,
    scratch: Scratch,
    merged: Vec<u8>,
    /// Bytes of all fragments.
    owned: usize,
    /// Bytes of all links.
    linked: usize,
    /// Whose fragments were taken.
    taken: Taken,
}

/// An identity value. 64 bytes: there are very many.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// What it owns, if it was the home of an event; else empty.
    fragment: Box<[u8]>,
    /// Its first links, at most as many as the neighbour limit. Since a link's first stamp only ever gets smaller, one
    /// that was pushed out comes back only if it belongs here: so the list is a function of the set of links, and a
    /// value shared by millions costs no more than the limit.
    pub(crate) links: Box<[Neighbour]>,
    /// Its first event, as home or as the other end of a link.
    pub(crate) first: StampBytes,
    /// The lower half of its hash.
    hash: u32,
    value: Place,
    length: u16,
    pub(crate) field: FieldId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub(crate) other: NodeId,
    pub(crate) first: StampBytes,
}

/// Fragments above this many bytes are merged in parts, the next part being this many times as large: a set of a million
/// elements is not copied for every event.
const LARGE: usize = 8 * 1024;
const STEP: usize = 4;

impl TableState {
    pub(crate) fn new(rules: Arc<TableRules>) -> Self {
        Self {
            rules,
            index: HashTable::default(),
            known: Pieces::default(),
            texts: Texts::default(),
            large: HashMap::default(),
            replays: HashSet::default(),
            scratch: Scratch::default(),
            merged: Vec::new(),
            owned: 0,
            linked: 0,
            taken: Taken::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    pub(crate) fn known(&self, id: NodeId) -> Option<&Known> {
        self.known.get(id as usize)
    }

    pub(crate) fn value(&self, known: &Known) -> &[u8] {
        self.texts.get(known.value, known.length)
    }

    pub(crate) fn identity(&self, id: NodeId) -> Option<(Identity<'_>, Stamp)> {
        let known = self.known(id)?;
        let value = text(self.value(known));
        Some((Identity { field: known.field, value }, get_stamp(&known.first)?))
    }

    /// Bytes of memory, roughly.
    pub(crate) fn size(&self) -> usize {
        let replays = self.replays.capacity() * (size_of::<u128>() + 1);
        self.owned + self.linked + self.known.size() + self.texts.size() + self.index.capacity() * 5 + replays
    }

    /// The change happens to its home, and links it with its other identity values; `false` if it is a replay.
    /// `hash` is that of its home, and `home` its number, if that is known already.
    pub(crate) fn apply(
        &mut self,
        change: &RawChange<'_>,
        hash: u64,
        home: Option<NodeId>,
    ) -> Result<bool, WireError> {
        if change.replay_key.is_some_and(|key| !self.replays.insert(key)) {
            return Ok(false);
        }
        let learnt = self.learn(change, hash, home);
        if learnt.is_err()
            && let Some(key) = change.replay_key
        {
            // The message has not counted: it may come again.
            self.replays.remove(&key);
        }
        learnt.map(|()| true)
    }

    fn learn(&mut self, change: &RawChange<'_>, hash: u64, home: Option<NodeId>) -> Result<(), WireError> {
        let mut identities = change.identities();
        let (field, value) = identities.next().ok_or(WireError::Invalid("identities"))?;
        let home = match home {
            Some(home) => {
                self.see(home, &change.stamp);
                home
            }
            None => self.number(field, value, hash, &change.stamp)?,
        };
        self.add(home, change.fragment)?;
        for (field, value) in identities {
            let hash = home_hash(self.rules.table, field, value);
            let other = self.number(field, value, hash, &change.stamp)?;
            if other != home && !self.knows_link(home, other, &change.stamp) {
                self.note_link(home, other, change.stamp);
                self.note_link(other, home, change.stamp);
            }
        }
        Ok(())
    }

    /// What is probably the number of an identity value with this hash, whose text was not looked at.
    pub(crate) fn likely(&self, hash: u64) -> Option<NodeId> {
        let low = hash as u32;
        let has_hash = |id: &NodeId| self.known(*id).is_some_and(|known| known.hash == low);
        self.index.find(spread(low), has_hash).copied()
    }

    /// Whether that is the home of a change.
    pub(crate) fn is_home_of(&self, id: NodeId, change: &RawChange<'_>) -> bool {
        let home = change.identities().next();
        self.known(id).is_some_and(|known| home == Some((known.field, self.value(known))))
    }

    /// Reads both ends of what an identity value owns, so that they are near when they are needed.
    pub(crate) fn touch(&self, id: NodeId) -> u8 {
        let fragment = self.known(id).map(|known| &*known.fragment).unwrap_or_default();
        let middle = fragment.get(fragment.len() / 2).copied().unwrap_or_default();
        fragment.first().copied().unwrap_or_default() ^ fragment.last().copied().unwrap_or_default() ^ middle
    }

    fn position(&self, field: FieldId, value: &[u8], hash: u64) -> Option<NodeId> {
        let low = hash as u32;
        let is_it = |id: &NodeId| {
            self.known(*id).is_some_and(|k| k.hash == low && k.field == field && self.value(k) == value)
        };
        self.index.find(spread(low), is_it).copied()
    }

    /// An identity value is seen with this stamp.
    fn see(&mut self, id: NodeId, stamp: &StampBytes) {
        if let Some(known) = self.known.get_mut(id as usize)
            && stamp_order(stamp) < stamp_order(&known.first)
        {
            known.first = *stamp;
        }
    }

    /// Finds or makes the number of an identity value that is seen with this stamp.
    pub(crate) fn number(
        &mut self,
        field: FieldId,
        value: &[u8],
        hash: u64,
        stamp: &StampBytes,
    ) -> Result<NodeId, WireError> {
        if let Some(id) = self.position(field, value, hash) {
            self.see(id, stamp);
            return Ok(id);
        }
        let id = NodeId::try_from(self.known.len()).map_err(|_| WireError::Full)?;
        let low = hash as u32;
        self.known.push(Known {
            fragment: Box::default(),
            links: Box::default(),
            first: *stamp,
            hash: low,
            value: self.texts.keep(value).ok_or(WireError::Full)?,
            length: value.len() as u16,
            field,
        });
        let known = &self.known;
        let hash_of = |id: &NodeId| known.get(*id as usize).map_or(0, |known| spread(known.hash));
        self.index.insert_unique(spread(low), id, hash_of);
        Ok(id)
    }

    /// Merges a fragment into that of an identity value.
    pub(crate) fn add(&mut self, id: NodeId, fragment: &[u8]) -> Result<(), WireError> {
        let Some(known) = self.known.get_mut(id as usize) else { return Ok(()) };
        if known.fragment.is_empty() {
            self.owned += fragment.len();
            known.fragment = fragment.into();
            return Ok(());
        }
        self.merged.clear();
        fragment::merge(&known.fragment, fragment, &mut self.scratch, &mut self.merged)?;
        self.owned = (self.owned + self.merged.len()).saturating_sub(known.fragment.len());
        if self.merged.len() == known.fragment.len() {
            known.fragment.copy_from_slice(&self.merged);
        } else {
            known.fragment = self.merged.as_slice().into();
        }
        if self.merged.len() > LARGE {
            known.fragment = Box::default();
            self.settle(id)?;
        }
        Ok(())
    }

    /// Moves a fragment that has grown large to the older parts, which stay each some times as large as the one before.
    fn settle(&mut self, id: NodeId) -> Result<(), WireError> {
        let parts = self.large.entry(id).or_default();
        let mut moving: Box<[u8]> = self.merged.as_slice().into();
        let mut most = LARGE;
        for part in parts.iter_mut() {
            most = most.saturating_mul(STEP);
            if !part.is_empty() {
                self.merged.clear();
                fragment::merge(part, &moving, &mut self.scratch, &mut self.merged)?;
                self.owned = (self.owned + self.merged.len()).saturating_sub(part.len() + moving.len());
                moving = self.merged.as_slice().into();
            }
            if moving.len() <= most {
                *part = moving;
                return Ok(());
            }
            *part = Box::default();
        }
        parts.push(moving);
        Ok(())
    }

    /// What an identity value owns; `None` if it was never the home of an event.
    pub(crate) fn fragment(&self, id: NodeId) -> Option<Cow<'_, [u8]>> {
        let known = self.known(id)?;
        let Some(parts) = self.large.get(&id) else {
            return (!known.fragment.is_empty()).then_some(Cow::Borrowed(&known.fragment));
        };
        let mut whole = known.fragment.to_vec();
        let (mut scratch, mut merged) = (Scratch::default(), Vec::new());
        for part in parts.iter().filter(|part| !part.is_empty()) {
            merged.clear();
            // What is in a state are fragments, and they merge.
            if whole.is_empty() || fragment::merge(&whole, part, &mut scratch, &mut merged).is_err() {
                merged.clear();
                merged.extend_from_slice(part);
            }
            std::mem::swap(&mut whole, &mut merged);
        }
        Some(Cow::Owned(whole))
    }

    /// Whether it was ever the home of an event.
    pub(crate) fn is_home(&self, id: NodeId) -> bool {
        self.known(id).is_some_and(|known| !known.fragment.is_empty())
            || self.large.contains_key(&id)
            || self.taken.has(id)
    }

    /// Whether the link is there with this or an older stamp. Then the other end knows too, or has no room for it.
    fn knows_link(&self, from: NodeId, to: NodeId, stamp: &StampBytes) -> bool {
        let links = self.known(from).map(|known| &*known.links).unwrap_or_default();
        links.iter().any(|link| link.other == to && link.first <= *stamp)
    }

    /// Notes a link at one of its ends.
    pub(crate) fn note_link(&mut self, from: NodeId, to: NodeId, first: StampBytes) {
        let Some(known) = self.known.get_mut(from as usize) else { return };
        if let Some(link) = known.links.iter_mut().find(|link| link.other == to) {
            link.first = link.first.min(first);
            return;
        }
        let mut links = Vec::with_capacity(known.links.len() + 1);
        links.extend_from_slice(&known.links);
        links.push(Neighbour { other: to, first });
        if links.len() > self.rules.neighbours as usize {
            let order = |a: &Neighbour, b: &Neighbour| {
                a.first.cmp(&b.first).then_with(|| self.order(a.other, b.other))
            };
            let last = links.iter().copied().max_by(|a, b| order(a, b));
            links.retain(|link| Some(link.other) != last.map(|last| last.other));
        } else {
            self.linked += size_of::<Neighbour>();
        }
        if let Some(known) = self.known.get_mut(from as usize) {
            known.links = links.into_boxed_slice();
        }
    }

    /// The order of identity values: by rank, field and value.
    pub(crate) fn order(&self, a: NodeId, b: NodeId) -> Ordering {
        let (Some(a), Some(b)) = (self.known(a), self.known(b)) else { return a.cmp(&b) };
        let place = |known: &Known| (self.rank(known.field), known.field);
        place(a).cmp(&place(b)).then_with(|| self.value(a).cmp(self.value(b)))
    }

    fn rank(&self, field: FieldId) -> u16 {
        self.rules.ranks.iter().position(|other| *other == field).map_or(u16::MAX, |rank| rank as u16)
    }

    /// Every link that an end has kept, once.
    fn links(&self) -> impl Iterator<Item = Link> + '_ {
        self.known.iter().zip(0..).flat_map(move |(known, a): (_, NodeId)| {
            let is_first_mention = move |link: &&Neighbour| {
                let mentions = |k: &Known| k.links.iter().any(|back| back.other == a);
                a < link.other || !self.known(link.other).is_some_and(mentions)
            };
            known.links.iter().filter(is_first_mention).map(move |link| Link {
                a,
                b: link.other,
                first: get_stamp(&link.first).unwrap_or_default(),
            })
        })
    }

    pub(crate) fn resolve(&self, schema: &Schema) -> Resolution {
        let node = |known: &Known| Node {
            identity: Identity { field: known.field, value: text(self.value(known)) },
            rank: self.rank(known.field),
            single: is_single(schema, known.field),
        };
        let nodes: Vec<Node<'_>> = self.known.iter().map(node).collect();
        self.limits(schema).map(|limits| resolve(&nodes, self.links(), limits)).unwrap_or_default()
    }

    fn limits(&self, schema: &Schema) -> Option<Limits> {
        let table = schema.table(self.rules.table)?;
        Some(Limits { neighbours: table.neighbour_limit as usize, identities: table.identity_limit as usize })
    }

    /// The groups that events happened to, members in order; and the refused links. Unlike [`TableState::resolve`] it
    /// keeps numbers only.
    pub(crate) fn groups(&self, schema: &Schema) -> (Vec<Range<u32>>, Vec<NodeId>, Vec<Refused>) {
        let Some(limits) = self.limits(schema) else { return Default::default() };
        let view = View { state: self, schema };
        let (mut joined, refused) = partition(&view, self.links(), limits);
        let count = self.len() as u32;
        // Where the next member of each root goes.
        let mut places = vec![u32::MAX; self.len()];
        let mut members = vec![0; self.len()];
        let mut groups = Vec::new();
        let mut taken = 0;
        for id in 0..count {
            let root = joined.root(id);
            let Some(place) = places.get_mut(root as usize) else { continue };
            if *place == u32::MAX {
                *place = taken;
                taken += joined.size(root) as u32;
                groups.push(*place..taken);
            }
            if let Some(member) = members.get_mut(*place as usize) {
                *member = id;
            }
            *place += 1;
        }
        groups.retain(|group| {
            let range = group.start as usize..group.end as usize;
            let Some(group) = members.get_mut(range) else { return false };
            group.sort_unstable_by(|a, b| self.order(*a, *b));
            group.iter().any(|member| self.is_home(*member))
        });
        (groups, members, refused)
    }

    /// All that another state of the same table has seen. Fragments that only one of them has are not copied.
    pub(crate) fn merge(&mut self, other: Self) -> Result<(), WireError> {
        let number =
            |known: &Known| self.number(known.field, other.value(known), known.hash.into(), &known.first);
        let numbers: Vec<NodeId> = other.known.iter().map(number).collect::<Result<_, _>>()?;
        for (known, id) in other.known.into_iter().zip(&numbers) {
            self.add_owned(*id, known.fragment)?;
            for link in &known.links {
                if let Some(to) = numbers.get(link.other as usize) {
                    self.note_link(*id, *to, link.first);
                }
            }
        }
        for (their_id, parts) in other.large {
            if let Some(id) = numbers.get(their_id as usize) {
                parts.into_iter().try_for_each(|part| self.add_owned(*id, part))?;
            }
        }
        other.taken.iter().filter_map(|id| numbers.get(id as usize)).for_each(|id| self.taken.add(*id));
        for key in other.replays {
            if !self.replays.insert(key) {
                return Err(WireError::Invalid("parts: both have seen the same message"));
            }
        }
        Ok(())
    }

    fn add_owned(&mut self, id: NodeId, fragment: Box<[u8]>) -> Result<(), WireError> {
        match self.known.get_mut(id as usize) {
            _ if fragment.is_empty() => Ok(()),
            Some(known) if known.fragment.is_empty() => {
                self.owned += fragment.len();
                known.fragment = fragment;
                Ok(())
            }
            _ => self.add(id, &fragment),
        }
    }
}

/// A state as the resolver sees it.
struct View<'v> {
    state: &'v TableState,
    schema: &'v Schema,
}

impl Nodes for View<'_> {
    fn count(&self) -> usize {
        self.state.len()
    }

    fn order(&self, a: NodeId, b: NodeId) -> Ordering {
        self.state.order(a, b)
    }

    fn single(&self, id: NodeId) -> Option<(u16, FieldId)> {
        let field = self.state.known(id)?.field;
        is_single(self.schema, field).then(|| (self.state.rank(field), field))
    }
}

/// Whether a profile can have only one value of an identity field.
fn is_single(schema: &Schema, field: FieldId) -> bool {
    schema.field(field).is_some_and(|field| field.identity && !field.kind.is_set())
}

/// A hash for the index, which looks at both ends of it.
fn spread(low: u32) -> u64 {
    u64::from(low) << 32 | u64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_value_stays_within_a_cache_line() {
        assert!(size_of::<Known>() <= 64, "{}", size_of::<Known>());
    }
}
