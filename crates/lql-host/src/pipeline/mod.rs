//! From the log to the views, on one thread.
//!
//! Entries are taken some at a time, live ones first. What they do is worked out before anything is touched; then readers
//! wait for the moment that the views and who is who change together.

mod apply;
mod plan;

use crate::entry::Entry;
use crate::log::{Log, LogError, Reader};
use crate::people::People;
use crate::views::{Lane, ViewError};
use bumpalo::Bump;
use lql_compiler::Time;
use lql_runtime::identity::IdentityRules;
use lql_runtime::merge::OpTable;
use lql_runtime::wire::WireError;
use lql_runtime::{Encoder, LoadError};
use plan::{Plan, Planner};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Bytes of entries that are worked in at once. Few enough that readers do not wait long, many enough that a transaction
/// is shared.
const BATCH_BYTES: usize = 128 << 10;
/// How often what was worked in is synced. It only decides how much is worked in again after a power cut.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Why the pipeline has stopped.
#[derive(Debug)]
pub enum PipelineError {
    /// The log cannot be read.
    Log(LogError),
    /// The views cannot be changed.
    View(ViewError),
    /// A program cannot be loaded.
    Program(LoadError),
    /// An entry of the log is none.
    Entry(Lane, u64, WireError),
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log(error) => error.fmt(f),
            Self::View(error) => error.fmt(f),
            Self::Program(error) => error.fmt(f),
            Self::Entry(lane, position, error) => {
                write!(f, "entry {position} of the {} log cannot be read: {error}", lane.name())
            }
        }
    }
}

impl std::error::Error for PipelineError {}

impl From<LogError> for PipelineError {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl From<ViewError> for PipelineError {
    fn from(error: ViewError) -> Self {
        Self::View(error)
    }
}

impl From<LoadError> for PipelineError {
    fn from(error: LoadError) -> Self {
        Self::Program(error)
    }
}

/// What the pipeline works with.
pub struct Pipeline {
    /// What it changes.
    pub people: Arc<People>,
    /// What it reads, per lane as in [`Lane::ALL`].
    pub logs: [Arc<Log>; 2],
    /// Rung when there is something to read, and when it shall stop.
    pub bell: crate::log::Bell,
    /// Set when it shall stop, once it has worked in what is there.
    pub stop: Arc<AtomicBool>,
    /// How long messages are remembered, in seconds.
    pub message_window: i64,
}

impl Pipeline {
    /// Works until it shall stop.
    pub fn run(&self) -> Result<(), PipelineError> {
        let package = &self.people.package;
        let constants = Bump::new();
        let rules = Arc::new(IdentityRules::new(&package.schema));
        let encoder = Encoder::new(rules, Arc::new(OpTable::new(&package.schema)));
        let mut planner = Planner::new(package, encoder, &constants);
        let mut readers = self.readers()?;
        let (mut synced, mut newest) = (Instant::now(), None);
        let mut unsynced = false;
        loop {
            let rung = self.bell.rung();
            let stops = self.stop.load(Ordering::Acquire);
            let plans = take(&mut readers, &mut planner)?;
            let due = unsynced && synced.elapsed() >= SYNC_EVERY;
            if plans.is_empty() && !due && !(stops && unsynced) {
                if stops {
                    return Ok(());
                }
                let rest = SYNC_EVERY.saturating_sub(synced.elapsed());
                self.bell.wait(rung, if unsynced { rest } else { Duration::from_mins(1) });
                continue;
            }
            newest = plans.iter().map(|plan| plan.entry.received).chain(newest).max();
            let syncs = due || (stops && plans.is_empty());
            self.change(&plans, syncs.then_some(newest).flatten(), syncs)?;
            unsynced = !syncs;
            if syncs {
                synced = Instant::now();
            }
        }
    }

    fn readers(&self) -> Result<Vec<(Lane, Reader)>, PipelineError> {
        let look = self.people.views.look()?;
        let reader = |(lane, log): (Lane, &Arc<Log>)| Ok((lane, log.read_from(look.position(lane)?)));
        Lane::ALL.into_iter().zip(&self.logs).map(reader).collect()
    }

    /// Brings what entries do to the views. Messages that are old at `newest` are forgotten.
    fn change(&self, plans: &[Plan], newest: Option<Time>, synced: bool) -> Result<(), PipelineError> {
        let mut batch = self.people.views.begin()?;
        let mut resolvers = self.people.resolvers();
        for plan in plans {
            apply::apply(plan, &mut batch, &mut resolvers, self.message_window)?;
        }
        if let Some(newest) = newest {
            batch.forget_messages(newest.seconds().saturating_sub(self.message_window))?;
        }
        batch.commit(synced)?;
        Ok(())
    }
}

/// Maps some entries: live ones as far as there are any, else a bulk one.
fn take(readers: &mut [(Lane, Reader)], planner: &mut Planner<'_>) -> Result<Vec<Plan>, PipelineError> {
    let mut plans = Vec::new();
    let mut bytes = 0;
    for (lane, reader) in readers {
        while bytes < BATCH_BYTES {
            let Some((position, entry)) = reader.next_entry()? else { break };
            bytes += entry.len();
            let entry = Entry::decode(entry).map_err(|error| PipelineError::Entry(*lane, position, error))?;
            plans.push(planner.plan(*lane, position, entry)?);
        }
    }
    Ok(plans)
}
