//! The views: everything that follows from the log, in one embedded store. It can be dropped and made again.
//!
//! Each change of the views is one transaction that also says how far in the log it has come, so a kill at any instant
//! leaves a state that the log goes on from: nothing is missed and nothing counts twice. Transactions are cheap because
//! most of them are not synced: after a power cut the store is where the last synced one left it, and the log fills the
//! rest.

mod audience;
mod batch;
mod keys;
mod records;

pub use audience::{Move, Standing, Why};
pub use batch::{Batch, Message};
pub use records::{RejectId, Rejected, StreamCounts};

use keys::NodeKey;
use lql_compiler::Time;
use lql_compiler::schema::{Schema, TableId};
use lql_runtime::identity::Resolver;
use lql_runtime::wire::{Reader, WireError};
use lql_runtime::{Identity, Stamp};
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition};
use std::fmt;
use std::ops::Bound;
use std::path::Path;

type Bytes = &'static [u8];

/// How far each lane of the log has been worked in, and which program did it.
const PROGRESS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("progress");
/// What each identity value owns: a fragment.
const FRAGMENTS: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new("fragments");
/// When each identity value was first seen, and the profile that it belongs to: a stamp and an id.
const IDENTITIES: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new("identities");
/// When each link was first seen: a stamp.
const LINKS: TableDefinition<'_, Bytes, Bytes> = TableDefinition::new("links");
/// The segments that each profile is in; by table and id.
const STANDINGS: TableDefinition<'_, (u16, u128), Bytes> = TableDefinition::new("standings");
/// The members of each segment.
const MEMBERS: TableDefinition<'_, (&str, u128), ()> = TableDefinition::new("members");
/// When time alone changes a standing: the instant, the table, the profile.
const FLIPS: TableDefinition<'_, (i64, u32, u16, u128), ()> = TableDefinition::new("flips");
/// Who entered and left, by number.
const LEDGER: TableDefinition<'_, u64, Bytes> = TableDefinition::new("ledger");
/// The lines of the ledger that are about a profile.
const HISTORY: TableDefinition<'_, (u128, u64), ()> = TableDefinition::new("history");
/// Messages that were seen: when, and a hash of what they said.
const MESSAGES: TableDefinition<'_, u128, (i64, u128)> = TableDefinition::new("messages");
/// The same by time, to be forgotten.
const MESSAGE_TIMES: TableDefinition<'_, (i64, u128), ()> = TableDefinition::new("message_times");
/// Events that were rejected, by their place in the log.
const REJECTS: TableDefinition<'_, (u8, u64, u32), Bytes> = TableDefinition::new("rejects");
/// What came of each stream.
const STREAMS: TableDefinition<'_, &str, Bytes> = TableDefinition::new("streams");

/// The store has failed, or does not hold what it should.
#[derive(Debug)]
pub enum ViewError {
    /// The store has failed.
    Store(Box<redb::Error>),
    /// What it holds cannot be read.
    Damaged(WireError),
}

impl fmt::Display for ViewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "the store of the views has failed: {error}"),
            Self::Damaged(error) => {
                write!(f, "the store of the views is damaged ({error}); rebuild it from the log")
            }
        }
    }
}

impl std::error::Error for ViewError {}

macro_rules! from_store {
    ($($error:ty),*) => {$(
        impl From<$error> for ViewError {
            fn from(error: $error) -> Self {
                Self::Store(Box::new(error.into()))
            }
        }
    )*};
}

from_store!(
    redb::Error,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError,
    redb::StorageError,
    redb::TableError,
    redb::TransactionError
);

impl From<WireError> for ViewError {
    fn from(error: WireError) -> Self {
        Self::Damaged(error)
    }
}

/// A lane of the log. Bulk uploads have one of their own, so that live events never wait for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Events one by one.
    Live,
    /// Files.
    Bulk,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 2] = [Self::Live, Self::Bulk];

    /// Its name, also that of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Bulk => "bulk",
        }
    }
}

/// The store of the views.
#[derive(Debug)]
pub struct Views {
    store: Database,
}

impl Views {
    /// Opens the store in a file, for what `program` makes of the log. What another program has made is dropped; whether
    /// that was so stands beside it.
    pub fn open(path: &Path, program: u128) -> Result<(Self, bool), ViewError> {
        let mut store = Database::create(path)?;
        let made_by = |store: &Database| -> Result<Option<u128>, ViewError> {
            let read = store.begin_read()?;
            let Ok(progress) = read.open_table(PROGRESS) else { return Ok(None) };
            let program = progress.get("program")?;
            Ok(program.and_then(|bytes| bytes.value().try_into().ok()).map(u128::from_be_bytes))
        };
        let before = made_by(&store)?;
        let others = before.is_some_and(|before| before != program);
        if others {
            drop(store);
            std::fs::remove_file(path).map_err(redb::Error::Io)?;
            store = Database::create(path)?;
        }
        let write = store.begin_write()?;
        write.open_table(PROGRESS)?.insert("program", program.to_be_bytes().as_slice())?;
        // A reader finds all tables, also where nothing was written yet.
        for table in [FRAGMENTS, IDENTITIES, LINKS] {
            write.open_table(table)?;
        }
        write.open_table(STANDINGS)?;
        write.open_table(MEMBERS)?;
        write.open_table(FLIPS)?;
        write.open_table(LEDGER)?;
        write.open_table(HISTORY)?;
        write.open_table(MESSAGES)?;
        write.open_table(MESSAGE_TIMES)?;
        write.open_table(REJECTS)?;
        write.open_table(STREAMS)?;
        write.commit()?;
        Ok((Self { store }, others))
    }

    /// What the views hold now; later changes do not show.
    pub fn look(&self) -> Result<Look, ViewError> {
        Ok(Look { read: self.store.begin_read()? })
    }

    /// Begins a change. Only one at a time: another waits.
    pub fn begin(&self) -> Result<Batch, ViewError> {
        Ok(Batch::new(self.store.begin_write()?))
    }
}

/// The views at one moment.
pub struct Look {
    read: ReadTransaction,
}

impl Look {
    /// The position in a lane of the log that is worked in next.
    pub fn position(&self, lane: Lane) -> Result<u64, ViewError> {
        let position = self.read.open_table(PROGRESS)?.get(lane.name())?;
        Ok(position.and_then(|bytes| bytes.value().try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// What an identity value owns.
    pub fn fragment(&self, table: TableId, identity: Identity<'_>) -> Result<Option<Vec<u8>>, ViewError> {
        let key = NodeKey::of(table, identity);
        Ok(self.read.open_table(FRAGMENTS)?.get(key.bytes())?.map(|bytes| bytes.value().to_vec()))
    }

    /// The clock: the latest instant that an entry brought.
    pub fn clock(&self) -> Result<Time, ViewError> {
        let clock = self.read.open_table(PROGRESS)?.get("clock")?;
        Ok(clock.map(|bytes| Reader::new(bytes.value()).time()).transpose()?.unwrap_or_default())
    }

    /// When time alone changes something next.
    pub fn next_flip(&self) -> Result<Option<Time>, ViewError> {
        let flips = self.read.open_table(FLIPS)?;
        Ok(flips.first()?.and_then(|(key, _)| Time::new(key.value().0, key.value().1)))
    }

    /// The segments that a profile is in.
    pub fn standing(&self, table: TableId, profile: u128) -> Result<Standing, ViewError> {
        let standing = self.read.open_table(STANDINGS)?.get((table.0, profile))?;
        Ok(standing.map(|bytes| Standing::decode(bytes.value())).transpose()?.unwrap_or_default())
    }

    /// How many members a segment has.
    pub fn size(&self, segment: &str) -> Result<usize, ViewError> {
        Ok(self.read.open_table(MEMBERS)?.range((segment, 0)..=(segment, u128::MAX))?.count())
    }

    /// Some members of a segment, sorted by id, beginning after one.
    pub fn members(&self, segment: &str, after: Option<u128>, limit: usize) -> Result<Vec<u128>, ViewError> {
        let from = after.map_or(Bound::Included((segment, 0)), |after| Bound::Excluded((segment, after)));
        let members = self.read.open_table(MEMBERS)?;
        let rows = members.range((from, Bound::Included((segment, u128::MAX))))?.take(limit);
        rows.map(|row| Ok(row?.0.value().1)).collect()
    }

    /// What the ledger says about a profile, in order.
    pub fn history(&self, profile: u128) -> Result<Vec<Move>, ViewError> {
        let ledger = self.read.open_table(LEDGER)?;
        let mut moves = Vec::new();
        for row in self.read.open_table(HISTORY)?.range((profile, 0)..=(profile, u64::MAX))? {
            if let Some(bytes) = ledger.get(row?.0.value().1)? {
                moves.push(Move::decode(bytes.value())?);
            }
        }
        Ok(moves)
    }

    /// The ledger from a number on, each line with its number.
    pub fn ledger(&self, from: u64, limit: usize) -> Result<Vec<(u64, Move)>, ViewError> {
        let ledger = self.read.open_table(LEDGER)?;
        let rows = ledger.range(from..)?.take(limit);
        rows.map(|row| {
            let (number, bytes) = row?;
            Ok((number.value(), Move::decode(bytes.value())?))
        })
        .collect()
    }

    /// Who is who, per table of the schema, and the profile that each identity value belongs to, by number.
    pub fn people(&self, schema: &Schema) -> Result<(Vec<Resolver>, Vec<Vec<u128>>), ViewError> {
        let mut ids: Vec<Vec<u128>> = vec![Vec::new(); schema.tables.len()];
        let mut resolvers: Vec<_> = schema.tables.iter().map(|table| Resolver::of(table, schema)).collect();
        let mut resolver = |table: TableId, learn: &mut dyn FnMut(&mut Resolver)| {
            if let Some(resolver) = resolvers.get_mut(usize::from(table.0)) {
                learn(resolver);
            }
        };
        for row in self.read.open_table(IDENTITIES)?.iter()? {
            let (key, stamp) = row?;
            let (table, identity) = keys::node(key.value())?;
            let mut from = Reader::new(stamp.value());
            let (stamp, id) = (from.stamp()?, u128::from_be_bytes(from.array()?));
            resolver(table, &mut |resolver| drop(resolver.see(identity, stamp)));
            // Identity values are numbered as they are seen.
            ids.get_mut(usize::from(table.0)).into_iter().for_each(|ids| ids.push(id));
        }
        for row in self.read.open_table(LINKS)?.iter()? {
            let (key, stamp) = row?;
            let (table, a, b) = keys::link(key.value())?;
            let stamp = stamp_of(stamp.value())?;
            resolver(table, &mut |resolver| drop(resolver.link(a, b, stamp)));
        }
        Ok((resolvers, ids))
    }

    /// What came of each stream, sorted by name.
    pub fn streams(&self) -> Result<Vec<(String, StreamCounts)>, ViewError> {
        let mut streams = Vec::new();
        for row in self.read.open_table(STREAMS)?.iter()? {
            let (name, counts) = row?;
            streams.push((name.value().to_owned(), StreamCounts::decode(counts.value())?));
        }
        Ok(streams)
    }

    /// Some rejected events in the order of the log, a lane after the other, beginning after one.
    pub fn rejects(
        &self,
        after: Option<RejectId>,
        limit: usize,
    ) -> Result<Vec<(RejectId, Rejected)>, ViewError> {
        let from = after.map_or(Bound::Unbounded, |id| Bound::Excluded(id.key()));
        let rejects = self.read.open_table(REJECTS)?;
        let rows = rejects.range((from, Bound::Unbounded))?.take(limit);
        rows.map(|row| {
            let (key, rejected) = row?;
            Ok((RejectId::of(key.value()), Rejected::decode(rejected.value())?))
        })
        .collect()
    }
}

fn stamp_of(bytes: &[u8]) -> Result<Stamp, WireError> {
    let mut from = Reader::new(bytes);
    let stamp = from.stamp()?;
    from.finish()?;
    Ok(stamp)
}
