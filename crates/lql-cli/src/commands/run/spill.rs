//! More than fits into memory: fragments in temporary files.
//!
//! Who is one person is decided in memory. What happened to each identity value, its fragment, is most of a state, and
//! may leave it at any time: fragments merge in any order. So while events are read, the largest shard gives its
//! fragments away whenever the state is above the limit. When all events were read, the place of each profile in the
//! output is known. The fragments are dealt out by that place to files that each fit into memory, and one such part of the
//! profiles after the other is read, merged and written.

mod blocks;

use crate::outcome::Stop;
use blocks::{Blocks, Trouble};
use indicatif::{ProgressBar, ProgressStyle};
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::fragment::{self, Scratch};
use lql_runtime::state::State;
use lql_runtime::wire::{Reader, WireError, put_bytes, put_text, put_varint};
use lql_runtime::{Groups, Identity};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Keeps the shards of a state to a limit.
pub struct Spill {
    limit: usize,
    shards: Vec<Size>,
    /// A file a table: (field, identity value, fragment) …
    tables: Vec<Mutex<Blocks>>,
    runs: AtomicU64,
    progress: bool,
}

/// Bytes of memory of one shard, as they were when it was last looked at.
#[derive(Default)]
struct Size {
    fragments: AtomicUsize,
    /// What stays: identities, links, replay keys.
    identities: AtomicUsize,
}

/// What went to disk.
#[derive(Clone, Copy, Debug)]
pub struct SpillCounts {
    /// How often fragments were written.
    pub runs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of memory of what stayed.
    pub identities: usize,
    /// What memory should have kept to.
    pub limit: usize,
}

/// Fragments are left at least this share of the limit, however much identities take: else every chunk of events would be
/// written at once.
const LEAST_SHARE: usize = 8;

/// What is written at once.
const BLOCK: usize = 256 << 10;

impl Spill {
    /// For this many shards.
    pub fn new(limit: usize, shards: usize, tables: usize, progress: bool) -> Self {
        Self {
            limit,
            shards: (0..shards).map(|_| Size::default()).collect(),
            tables: (0..tables).map(|_| Mutex::new(Blocks::new(BLOCK))).collect(),
            runs: AtomicU64::new(0),
            progress,
        }
    }

    /// Looks at a shard after it has learnt something.
    pub fn note(&self, number: usize, shard: &State) {
        let Some(size) = self.shards.get(number) else { return };
        let fragments = shard.size_of_fragments();
        size.fragments.store(fragments, Ordering::Relaxed);
        size.identities.store(shard.size().saturating_sub(fragments), Ordering::Relaxed);
    }

    /// Writes fragments to disk until the rest keeps to the limit.
    pub fn relieve(&self, shards: &[Mutex<State>]) -> Result<(), Stop> {
        while let Some((number, fragments)) = self.largest_above_limit() {
            let Some(shard) = shards.get(number) else { break };
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            // Another worker may have had the same thought.
            let is_there = shard.size_of_fragments() > fragments / 2;
            let written = if is_there { self.write(&mut shard) } else { Ok(()) };
            // Also after an error: who comes next must not look for what is gone.
            self.note(number, &shard);
            written?;
        }
        Ok(())
    }

    /// The shard with the most fragments and their bytes, if all shards together are above the limit.
    fn largest_above_limit(&self) -> Option<(usize, usize)> {
        let of = |size: &AtomicUsize| size.load(Ordering::Relaxed);
        let fragments: usize = self.shards.iter().map(|size| of(&size.fragments)).sum();
        let identities: usize = self.shards.iter().map(|size| of(&size.identities)).sum();
        let room = self.limit.saturating_sub(identities).max(self.limit / LEAST_SHARE);
        let sizes = self.shards.iter().map(|size| of(&size.fragments)).enumerate();
        (fragments > room).then(|| sizes.max_by_key(|(_, size)| *size)).flatten()
    }

    /// Moves all fragments of a shard to disk.
    fn write(&self, shard: &mut State) -> Result<(), Trouble> {
        for (blocks, table) in self.tables.iter().zip(0..) {
            let mut blocks = blocks.lock().unwrap_or_else(PoisonError::into_inner);
            shard.take_fragments(TableId(table), |identity, fragment| {
                blocks.put(|out| {
                    put_varint(out, identity.field.0.into());
                    put_text(out, identity.value);
                    put_bytes(out, fragment);
                })
            })?;
        }
        self.runs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// If anything was ever written, writes the rest, too: memory is needed for joining.
    pub fn finish(self, shards: &[Mutex<State>]) -> Result<Option<Spilled>, Stop> {
        if self.runs.load(Ordering::Relaxed) == 0 {
            return Ok(None);
        }
        for shard in shards {
            self.write(&mut shard.lock().unwrap_or_else(PoisonError::into_inner))?;
        }
        let tables = self.tables.into_iter();
        let tables: Vec<Blocks> =
            tables.map(|blocks| blocks.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
        let bytes = tables.iter().map(Blocks::bytes).sum();
        // Every fragment is read twice.
        let bar = progress_bar(self.progress, bytes * 2);
        Ok(Some(Spilled { limit: self.limit, tables, runs: self.runs.into_inner(), bytes, bar }))
    }
}

/// The fragments of a state, on disk.
pub struct Spilled {
    limit: usize,
    tables: Vec<Blocks>,
    runs: u64,
    bytes: u64,
    bar: ProgressBar,
}

/// Fragments of profiles in a row, on disk.
pub struct Part<'p> {
    /// The place of the first profile.
    pub first: usize,
    profiles: usize,
    /// (place counted from `first`, fragment) …
    blocks: Blocks,
    bar: &'p ProgressBar,
}

/// A part takes this share of the limit, or less.
const SHARE_OF_PART: u64 = 4;

/// More parts need more memory for what is on its way to them.
const MOST_PARTS: usize = 128;

/// What is written at once of each part.
const BLOCK_OF_PART: usize = 64 << 10;

impl Spilled {
    /// What went to disk; `state` is what stayed.
    pub fn counts(&self, state: &State) -> SpillCounts {
        SpillCounts { runs: self.runs, bytes: self.bytes, identities: state.size(), limit: self.limit }
    }

    /// Deals the fragments of a table out by the places of their profiles.
    pub fn parts(&mut self, table: TableId, state: &State, groups: &Groups) -> Result<Vec<Part<'_>>, Stop> {
        let Some(blocks) = self.tables.get_mut(usize::from(table.0)) else { return Ok(Vec::new()) };
        let blocks = std::mem::replace(blocks, Blocks::new(0));
        let wanted = blocks.bytes() * SHARE_OF_PART / self.limit as u64 + 1;
        let profiles = groups.len().div_ceil((wanted as usize).min(MOST_PARTS)).max(1);
        let part = |first| Part {
            first,
            profiles: profiles.min(groups.len() - first),
            blocks: Blocks::new(BLOCK_OF_PART),
            bar: &self.bar,
        };
        let mut parts: Vec<Part<'_>> = (0..groups.len()).step_by(profiles).map(part).collect();

        let mut places = vec![u32::MAX; state.identities(table)];
        for ((_, members), place) in groups.iter().zip(0..) {
            for member in members {
                if let Some(slot) = places.get_mut(*member as usize) {
                    *slot = place;
                }
            }
        }
        blocks.read(|record| {
            let field = FieldId(record.small()?);
            let identity = Identity { field, value: record.text()? };
            let fragment = record.bytes()?;
            self.bar.inc(fragment.len() as u64);
            let number = state.number_of(table, identity).ok_or(WireError::Invalid("identity value"))?;
            let place = places.get(number as usize).map_or(usize::MAX, |place| *place as usize);
            let part = parts.get_mut(place / profiles).ok_or(WireError::Invalid("identity value"))?;
            part.blocks.put(|out| {
                put_varint(out, (place % profiles) as u64);
                put_bytes(out, fragment);
            })
        })?;
        Ok(parts)
    }
}

impl Drop for Spilled {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Part<'_> {
    /// The fragment of each of its profiles.
    pub fn fragments(self) -> Result<Vec<Box<[u8]>>, Stop> {
        let mut fragments = vec![Box::<[u8]>::default(); self.profiles];
        let (mut scratch, mut merged) = (Scratch::default(), Vec::new());
        self.blocks.read(|record: &mut Reader<'_>| {
            let place: usize = record.small()?;
            let fragment = record.bytes()?;
            self.bar.inc(fragment.len() as u64);
            let own = fragments.get_mut(place).ok_or(WireError::Invalid("place"))?;
            if own.is_empty() {
                *own = fragment.into();
                return Ok(());
            }
            merged.clear();
            fragment::merge(own, fragment, &mut scratch, &mut merged)?;
            *own = merged.as_slice().into();
            Ok(())
        })?;
        // Something happened to every profile.
        if fragments.iter().any(|fragment| fragment.is_empty()) {
            return Err(Trouble::Damaged(WireError::Short).into());
        }
        Ok(fragments)
    }
}

fn progress_bar(shown: bool, bytes: u64) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} merging what was spilled, {bytes} of {total_bytes}")
    {
        bar.set_style(style);
    }
    bar
}
