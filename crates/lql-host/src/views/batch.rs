//! One change of the views: what some entries of the log do.

use super::keys::{NodeKey, link_key};
use super::{
    FLIPS, FRAGMENTS, HISTORY, IDENTITIES, LEDGER, LINKS, Lane, MEMBERS, MESSAGE_TIMES, MESSAGES, Move,
    PROGRESS, REJECTS, Rejected, STANDINGS, STREAMS, Standing, StreamCounts, ViewError,
};
use lql_compiler::Time;
use lql_compiler::schema::TableId;
use lql_runtime::fragment::{self, Scratch};
use lql_runtime::wire::{put_stamp, put_time};
use lql_runtime::{Identity, Stamp};
use redb::{Durability, ReadableTable, WriteTransaction};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

/// Whether a message was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// It was not.
    New,
    /// It said the same.
    Copy,
    /// It said something else.
    Other,
}

/// Changes that come to the store together, or not at all. Nothing shows before [`Batch::commit`].
pub struct Batch {
    write: WriteTransaction,
    /// What is written at the end, each key once and in order: a fragment may change many times in a batch.
    fragments: BTreeMap<NodeKey, Vec<u8>>,
    identities: BTreeMap<NodeKey, (Stamp, u128)>,
    links: BTreeMap<Vec<u8>, Stamp>,
    messages: BTreeMap<u128, (i64, u128)>,
    rejects: Vec<((u8, u64, u32), Rejected)>,
    streams: BTreeMap<String, StreamCounts>,
    positions: BTreeMap<Lane, u64>,
    clock: Option<Time>,
    scratch: Scratch,
    merged: Vec<u8>,
}

impl Batch {
    pub(super) fn new(write: WriteTransaction) -> Self {
        Self {
            write,
            fragments: BTreeMap::new(),
            identities: BTreeMap::new(),
            links: BTreeMap::new(),
            messages: BTreeMap::new(),
            rejects: Vec::new(),
            streams: BTreeMap::new(),
            positions: BTreeMap::new(),
            clock: None,
            scratch: Scratch::default(),
            merged: Vec::new(),
        }
    }

    /// Merges a fragment into that of an identity value.
    pub fn merge(&mut self, table: TableId, home: Identity<'_>, fragment: &[u8]) -> Result<(), ViewError> {
        let slot = match self.fragments.entry(NodeKey::of(table, home)) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => {
                let known =
                    self.write.open_table(FRAGMENTS)?.get(slot.key().bytes())?.map(|it| it.value().to_vec());
                match known {
                    Some(known) => slot.insert(known),
                    None => {
                        slot.insert(fragment.to_vec());
                        return Ok(());
                    }
                }
            }
        };
        self.merged.clear();
        fragment::merge(slot, fragment, &mut self.scratch, &mut self.merged)?;
        slot.clone_from(&self.merged);
        Ok(())
    }

    /// What an identity value owns, this batch counted in.
    pub fn fragment(
        &self,
        table: TableId,
        identity: Identity<'_>,
    ) -> Result<Option<Cow<'_, [u8]>>, ViewError> {
        let key = NodeKey::of(table, identity);
        if let Some(fragment) = self.fragments.get(&key) {
            return Ok(Some(Cow::Borrowed(fragment)));
        }
        let known = self.write.open_table(FRAGMENTS)?.get(key.bytes())?.map(|it| it.value().to_vec());
        Ok(known.map(Cow::Owned))
    }

    /// An identity value is first seen with this stamp and belongs to this profile, as far as is known now.
    pub fn identify(&mut self, table: TableId, identity: Identity<'_>, first: Stamp, profile: u128) {
        self.identities.insert(NodeKey::of(table, identity), (first, profile));
    }

    /// The segments that a profile is in.
    pub fn standing(&self, table: TableId, profile: u128) -> Result<Standing, ViewError> {
        let standing =
            self.write.open_table(STANDINGS)?.get((table.0, profile))?.map(|it| it.value().to_vec());
        Ok(standing.map(|bytes| Standing::decode(&bytes)).transpose()?.unwrap_or_default())
    }

    /// Replaces what a profile is in.
    pub fn stand(
        &mut self,
        table: TableId,
        profile: u128,
        (before, after): (&Standing, &Standing),
    ) -> Result<(), ViewError> {
        if before == after {
            return Ok(());
        }
        let mut standings = self.write.open_table(STANDINGS)?;
        if after.is_empty() {
            standings.remove((table.0, profile))?;
        } else {
            standings.insert((table.0, profile), after.encode().as_slice())?;
        }
        let mut flips = self.write.open_table(FLIPS)?;
        let key = |flip: Time| (flip.seconds(), flip.nanos(), table.0, profile);
        if let Some(flip) = before.flip.filter(|_| before.flip != after.flip) {
            flips.remove(key(flip))?;
        }
        if let Some(flip) = after.flip.filter(|_| before.flip != after.flip) {
            flips.insert(key(flip), ())?;
        }
        let mut members = self.write.open_table(MEMBERS)?;
        let is_in = |standing: &Standing, slug: &str| standing.segments.iter().any(|(it, _)| it == slug);
        for (slug, _) in before.segments.iter().filter(|(slug, _)| !is_in(after, slug)) {
            members.remove((slug.as_str(), profile))?;
        }
        for (slug, _) in after.segments.iter().filter(|(slug, _)| !is_in(before, slug)) {
            members.insert((slug.as_str(), profile), ())?;
        }
        Ok(())
    }

    /// Adds a line to the ledger.
    pub fn note(&mut self, line: &Move) -> Result<(), ViewError> {
        let mut ledger = self.write.open_table(LEDGER)?;
        let number = ledger.last()?.map_or(0, |(number, _)| number.value() + 1);
        ledger.insert(number, line.encode().as_slice())?;
        self.write.open_table(HISTORY)?.insert((line.profile, number), ())?;
        Ok(())
    }

    /// The first standing that time alone has changed by that instant: when, its table, its profile.
    pub fn flip_due(&self, by: Time) -> Result<Option<(Time, TableId, u128)>, ViewError> {
        let flips = self.write.open_table(FLIPS)?;
        let Some((key, _)) = flips.first()? else { return Ok(None) };
        let (seconds, nanos, table, profile) = key.value();
        let at = Time::new(seconds, nanos).unwrap_or_default();
        Ok((at <= by).then_some((at, TableId(table), profile)))
    }

    /// It is so late, as far as the log says.
    pub fn tell_time(&mut self, clock: Time) {
        self.clock = Some(clock);
    }

    /// A link is first seen with this stamp, as far as is known now.
    pub fn link(&mut self, table: TableId, a: Identity<'_>, b: Identity<'_>, first: Stamp) {
        self.links.insert(link_key(table, a, b), first);
    }

    /// Notes a message by the hash of its id. `content` is that of what it says; `received` and `window` are seconds: one
    /// that came longer ago is not known any more, whether it was forgotten already or not.
    pub fn message(
        &mut self,
        id: u128,
        content: u128,
        received: i64,
        window: i64,
    ) -> Result<Message, ViewError> {
        let known = match self.messages.get(&id) {
            Some(known) => Some(*known),
            None => self.write.open_table(MESSAGES)?.get(id)?.map(|known| known.value()),
        };
        let known = known.filter(|(before, _)| received.saturating_sub(*before) <= window);
        Ok(match known {
            None => {
                self.messages.insert(id, (received, content));
                Message::New
            }
            Some((_, known)) if known == content => Message::Copy,
            Some(_) => Message::Other,
        })
    }

    /// Forgets the messages that came before that second.
    pub fn forget_messages(&mut self, before: i64) -> Result<(), ViewError> {
        let mut times = self.write.open_table(MESSAGE_TIMES)?;
        let mut messages = self.write.open_table(MESSAGES)?;
        let mut gone = Vec::new();
        for row in times.range(..(before, 0))? {
            gone.push(row?.0.value());
        }
        for (time, id) in gone {
            times.remove((time, id))?;
            // The same id may have come again since.
            let is_old = messages.get(id)?.is_some_and(|known| known.value().0 == time);
            if is_old {
                messages.remove(id)?;
            }
        }
        Ok(())
    }

    /// An event of an entry was rejected; `number` counts those of the entry.
    pub fn reject(&mut self, lane: Lane, position: u64, number: u32, rejected: Rejected) {
        self.rejects.push(((lane as u8, position, number), rejected));
    }

    /// Adds to the counts of a stream.
    pub fn count(&mut self, stream: &str, counts: &StreamCounts) {
        match self.streams.get_mut(stream) {
            Some(sum) => sum.add(counts),
            None => drop(self.streams.insert(stream.to_owned(), *counts)),
        }
    }

    /// The log is worked in up to here.
    pub fn advance(&mut self, lane: Lane, next: u64) {
        self.positions.insert(lane, next);
    }

    /// Writes everything. `synced` says whether it must be on disk when this returns; if not, it may be lost in a power
    /// cut, all of it together with what came after the last synced batch.
    pub fn commit(mut self, synced: bool) -> Result<(), ViewError> {
        let durability = if synced { Durability::Immediate } else { Durability::None };
        self.write.set_durability(durability)?;
        self.fill()?;
        self.write.commit()?;
        Ok(())
    }

    fn fill(&mut self) -> Result<(), ViewError> {
        let mut table = self.write.open_table(FRAGMENTS)?;
        for (key, fragment) in &self.fragments {
            table.insert(key.bytes(), fragment.as_slice())?;
        }
        let mut stamp_bytes = Vec::new();
        let mut table = self.write.open_table(IDENTITIES)?;
        for (key, (stamp, profile)) in &self.identities {
            stamp_bytes.clear();
            put_stamp(&mut stamp_bytes, *stamp);
            stamp_bytes.extend(profile.to_be_bytes());
            table.insert(key.bytes(), stamp_bytes.as_slice())?;
        }
        let mut table = self.write.open_table(LINKS)?;
        for (key, stamp) in &self.links {
            stamp_bytes.clear();
            put_stamp(&mut stamp_bytes, *stamp);
            table.insert(key.as_slice(), stamp_bytes.as_slice())?;
        }
        let mut table = self.write.open_table(MESSAGES)?;
        let mut times = self.write.open_table(MESSAGE_TIMES)?;
        for (id, (received, content)) in &self.messages {
            table.insert(id, (*received, *content))?;
            times.insert((*received, *id), ())?;
        }
        let mut table = self.write.open_table(REJECTS)?;
        for (key, rejected) in &self.rejects {
            table.insert(key, rejected.encode().as_slice())?;
        }
        let mut table = self.write.open_table(STREAMS)?;
        for (stream, more) in &self.streams {
            let known = table.get(stream.as_str())?.map(|bytes| StreamCounts::decode(bytes.value()));
            let mut counts = known.transpose()?.unwrap_or_default();
            counts.add(more);
            table.insert(stream.as_str(), counts.encode().as_slice())?;
        }
        let mut table = self.write.open_table(PROGRESS)?;
        for (lane, position) in &self.positions {
            table.insert(lane.name(), position.to_be_bytes().as_slice())?;
        }
        if let Some(clock) = self.clock {
            let mut bytes = Vec::new();
            put_time(&mut bytes, clock);
            table.insert("clock", bytes.as_slice())?;
        }
        Ok(())
    }
}
