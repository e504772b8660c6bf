//! From the log to the views, on one thread.
//!
//! Entries are taken some at a time, live ones first. What they do is worked out before anything is touched; then readers
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
        let mut readers = self.readers()?;
        loop {
            let rung = self.bell.rung();
            let stops = self.stop.load(Ordering::Acquire);
            let steps = take(&mut readers, &mut planner)?;
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

    fn readers(&self) -> Result<Vec<(Lane, Reader)>, PipelineError> {
        let look = self.people.views.look()?;
        let reader = |(lane, log): (Lane, &Arc<Log>)| Ok((lane, log.read_from(look.position(lane)?)));
        Lane::ALL.into_iter().zip(&self.logs).map(reader).collect()
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

/// Maps some entries: live ones as far as there are any, else a bulk one.
fn take(readers: &mut [(Lane, Reader)], planner: &mut Planner<'_>) -> Result<Vec<Step>, PipelineError> {
    let mut steps = Vec::new();
    let mut bytes = 0;
    for (lane, reader) in readers {
        while bytes < BATCH_BYTES {
            let Some((position, entry)) = reader.next_entry()? else { break };
            bytes += entry.len();
            let entry = Entry::decode(entry).map_err(|error| PipelineError::Entry(*lane, position, error))?;
            steps.push(match entry {
                Entry::Events(events) => Step::Events(Box::new(planner.plan(*lane, position, events)?)),
                Entry::Tick(time) => Step::Tick(*lane, position, time),
            });
        }
    }
    Ok(steps)
}
