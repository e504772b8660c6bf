//! From the log to the views, on one thread.
//!
//! Entries are taken some at a time. What they do is worked out before anything is touched; then readers
//! wait for the moment that the views and who is who change together.
//!
//! The clock comes by the log. When something is due that time alone changes, the pipeline writes the hour to the live log
//! and finds it there again: so what was in a segment at which instant is the same when the log is read again.

mod apply;
mod audiences;
mod plan;

use crate::clock;
use crate::entry::Entry;
use crate::log::{Log, LogError, Reader};
use crate::people::People;
use crate::views::{Lane, ViewError};
use audiences::Audiences;
use bumpalo::Bump;
use lql_compiler::Time;
use lql_runtime::identity::IdentityRules;
use lql_runtime::merge::OpTable;
use lql_runtime::wire::WireError;
use lql_runtime::{Encoder, LoadError, Memberships};
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
/// How long nothing is looked at if nobody rings.
const LONGEST_REST: Duration = Duration::from_mins(1);

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
        let memberships = Memberships::new(&package.segments, &constants)?;
        let mut work = Work {
            pipeline: self,
            audiences: Audiences::new(&self.people, memberships),
            clock: self.people.views.look()?.clock()?,
            synced: Instant::now(),
            unsynced: false,
            ticked: None,
        };
        let mut backlog = Backlog::new(self.readers()?);
        loop {
            let rung = self.bell.rung();
            let stops = self.stop.load(Ordering::Acquire);
            let steps = backlog.take(&mut planner)?;
            if steps.is_empty() && stops && !work.unsynced {
                return Ok(());
            }
            let due = work.unsynced && (work.synced.elapsed() >= SYNC_EVERY || (stops && steps.is_empty()));
            if !steps.is_empty() || due {
                work.change(&steps, due)?;
            } else {
                let rest = work.rest()?;
                self.bell.wait(rung, rest);
            }
        }
    }

    fn readers(&self) -> Result<[(Lane, Reader); 2], PipelineError> {
        let look = self.people.views.look()?;
        let [live, bulk] = &self.logs;
        let reader = |lane: Lane, log: &Log| Ok::<_, ViewError>((lane, log.read_from(look.position(lane)?)));
        Ok([reader(Lane::Live, live)?, reader(Lane::Bulk, bulk)?])
    }
}

/// An entry of the log, ready to be worked in.
enum Step {
    Events(Box<Plan>),
    Tick(Lane, u64, Time),
}

/// A pipeline at work.
struct Work<'p> {
    pipeline: &'p Pipeline,
    audiences: Audiences<'p>,
    /// The latest instant that an entry brought.
    clock: Time,
    /// When views were last synced.
    synced: Instant,
    /// Whether they have changed since.
    unsynced: bool,
    /// The last hour that was written to the log.
    ticked: Option<Time>,
}

impl Work<'_> {
    /// Brings what entries do to the views.
    fn change(&mut self, steps: &[Step], synced: bool) -> Result<(), PipelineError> {
        let mut batch = self.pipeline.people.views.begin()?;
        let mut known = self.pipeline.people.known();
        let window = self.pipeline.message_window;
        for step in steps {
            let (lane, position, time) = match step {
                Step::Events(plan) => (plan.lane, plan.position, plan.entry.received),
                Step::Tick(lane, position, time) => (*lane, *position, *time),
            };
            self.clock = self.clock.max(time);
            while let Some((at, table, profile)) = batch.flip_due(self.clock)? {
                self.audiences.turn(table, profile, at, &mut batch, &known)?;
            }
            if let Step::Events(plan) = step {
                let changed = apply::apply(plan, &mut batch, &mut known.resolvers, window)?;
                self.audiences.update(&changed, self.clock, &mut batch, &mut known)?;
            }
            batch.advance(lane, position + 1);
        }
        batch.tell_time(self.clock);
        if synced {
            batch.forget_messages(self.clock.seconds().saturating_sub(window))?;
        }
        batch.commit(synced)?;
        self.unsynced = !synced;
        if synced {
            self.synced = Instant::now();
        }
        Ok(())
    }

    /// How long there is nothing to do. Writes the hour to the log if something is due.
    fn rest(&mut self) -> Result<Duration, PipelineError> {
        let idle =
            if self.unsynced { SYNC_EVERY.saturating_sub(self.synced.elapsed()) } else { LONGEST_REST };
        let Some(flip) = self.pipeline.people.views.look()?.next_flip()? else { return Ok(idle) };
        let now = clock::now();
        if flip > now {
            let wait = flip.to_jiff().duration_since(now.to_jiff());
            return Ok(idle.min(Duration::try_from(wait).unwrap_or_default()));
        }
        // Once is enough: it comes back by the log.
        if self.ticked.is_none_or(|ticked| ticked < flip) {
            let [live, _] = &self.pipeline.logs;
            // A log that takes nothing now may take it later, and then somebody rings.
            if live.append(vec![Entry::Tick(now).encode()], drop).is_ok() {
                self.ticked = Some(now);
            }
        }
        Ok(idle.min(SYNC_EVERY))
    }
}

/// What of the log is still to be worked in.
struct Backlog {
    lanes: [(Lane, Reader); 2],
    /// The next entry of each lane.
    next: [Option<Next>; 2],
    /// When the pipeline began.
    began: Time,
}

/// An entry that is still to be worked in.
struct Next {
    lane: Lane,
    position: u64,
    entry: Entry,
    /// In the log.
    bytes: usize,
}

impl Backlog {
    fn new(lanes: [(Lane, Reader); 2]) -> Self {
        Self { lanes, next: [None, None], began: clock::now() }
    }

    /// Maps some entries.
    fn take(&mut self, planner: &mut Planner<'_>) -> Result<Vec<Step>, PipelineError> {
        let mut steps = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH_BYTES
            && let Some(next) = self.next_entry()?
        {
            bytes += next.bytes;
            steps.push(match next.entry {
                Entry::Events(events) => {
                    Step::Events(Box::new(planner.plan(next.lane, next.position, events)?))
                }
                Entry::Tick(time) => Step::Tick(next.lane, next.position, time),
            });
        }
        Ok(steps)
    }

    /// Live entries come first, whatever waits. But what had come before the pipeline began is taken in the order in which
    /// it came: so the ledger tells the same when all of the log is read again.
    fn next_entry(&mut self) -> Result<Option<Next>, PipelineError> {
        for ((lane, reader), next) in self.lanes.iter_mut().zip(&mut self.next) {
            if next.is_none()
                && let Some((position, bytes)) = reader.next_entry()?
            {
                let entry = Entry::decode(bytes);
                let entry = entry.map_err(|error| PipelineError::Entry(*lane, position, error))?;
                *next = Some(Next { lane: *lane, position, entry, bytes: bytes.len() });
            }
        }
        let [live, bulk] = &mut self.next;
        let bulk_first = match (&live, &bulk) {
            (Some(live), Some(bulk)) => {
                bulk.entry.time() < live.entry.time() && live.entry.time() < self.began
            }
            (live, _) => live.is_none(),
        };
        Ok(if bulk_first { bulk.take() } else { live.take() })
    }
}
