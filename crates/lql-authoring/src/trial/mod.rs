//! Trials: the queries of a project on recorded events, in memory, with everything kept that an answer may need.
//!
//! Decoding, mapping, merging and joining are those of a run. Each event is mapped once; what it does is kept apart from
//! the merged [`State`], so events can be merged again in another order, or some of them alone.

mod recording;
mod trace;

#[cfg(test)]
mod tests;

pub use recording::{Event, Recording};
pub use trace::{Trace, Tracer};

use bumpalo::Bump;
use lql_compiler::program::Package;
use lql_compiler::schema::{FieldId, TableId};
use lql_compiler::{Time, Value};
use lql_runtime::decode::Reject;
use lql_runtime::merge::Owned;
use lql_runtime::state::Outcome;
use lql_runtime::{Change, Contribution, Identity, LoadError, Mapper, Profile, Stamp, State, StreamSettings};

/// A compiled project, ready to be tried.
#[derive(Debug)]
pub struct Stage<'p> {
    package: &'p Package,
    mappers: Vec<Mapper<'p>>,
}

/// What one event does, kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapped {
    /// Its place in the order of events.
    pub stamp: Stamp,
    /// One change per table that it has identities for.
    pub changes: Vec<KeptChange>,
}

/// A [`Change`] that owns what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptChange {
    /// The table.
    pub table: TableId,
    /// The event's place in the order.
    pub stamp: Stamp,
    /// Names the message, where messages have ids.
    pub replay_key: Option<u128>,
    /// Identity values, best rank first.
    pub identities: Vec<(FieldId, String)>,
    /// Field, column of the stream's program, value.
    pub contributions: Vec<(FieldId, u16, Owned)>,
}

/// Why a recorded event was not mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmapped {
    /// No query reads its stream.
    NoSuchStream,
    /// It was rejected.
    Rejected(Reject),
}

/// All events of a recording, mapped and merged.
#[derive(Debug)]
pub struct Trial {
    /// Per event of the recording: what it does.
    pub mapped: Vec<Result<Mapped, Unmapped>>,
    /// Per event: what became of each of its changes.
    pub outcomes: Vec<Vec<Outcome>>,
    /// What was learnt from all of them.
    pub state: State,
    /// Time of the newest event.
    pub newest: Option<Time>,
}

impl<'p> Stage<'p> {
    /// Makes a project ready. `clock` is the time of events of streams that name no timestamp field; `constants` keeps
    /// what the literals of programs compile to.
    pub fn new(package: &'p Package, clock: Time, constants: &'p Bump) -> Result<Self, LoadError> {
        let mappers = package.streams.iter().map(|program| {
            let (timestamp, id) = (program.input.timestamp.clone(), program.input.id.clone());
            let settings = StreamSettings { timestamp, id };
            Mapper::new(program, &package.schema, settings, clock, constants)
        });
        Ok(Self { package, mappers: mappers.collect::<Result<_, _>>()? })
    }

    /// The project.
    pub fn package(&self) -> &'p Package {
        self.package
    }

    /// The mapper of a stream.
    pub fn mapper(&self, stream: &str) -> Option<&Mapper<'p>> {
        self.mappers.iter().find(|mapper| mapper.program().stream == stream)
    }

    /// Sets the time of events of streams that name no timestamp field.
    pub fn set_clock(&mut self, clock: Time) {
        self.mappers.iter_mut().for_each(|mapper| mapper.set_default_time(clock));
    }

    /// What an event does.
    pub fn map(&self, event: &Event) -> Result<Mapped, Unmapped> {
        self.map_at(event, None)
    }

    /// What an event does that happened at `time` if its stream names no timestamp field; `None` is the clock.
    pub fn map_at(&self, event: &Event, time: Option<Time>) -> Result<Mapped, Unmapped> {
        let mapper = self.mapper(&event.stream).ok_or(Unmapped::NoSuchStream)?;
        let arena = Bump::new();
        let mut decoder = mapper.decoder(event.record.layout());
        // A recorded event is exactly one record.
        let record = event.record.records().next().ok_or(Unmapped::NoSuchStream)?;
        let mapped = record.and_then(|record| {
            let mapped = match time {
                Some(time) => mapper.map_at(time, &mut decoder, &record, &arena)?,
                None => mapper.map(&mut decoder, &record, &arena)?,
            };
            let changes = mapped.changes.iter().map(KeptChange::new).collect();
            Ok(Mapped { stamp: mapped.stamp, changes })
        });
        mapped.map_err(Unmapped::Rejected)
    }

    /// Maps and merges a recording.
    pub fn run(&self, recording: &Recording) -> Trial {
        self.merge(recording.events.iter().map(|event| self.map(event)).collect())
    }

    /// Merges events that were mapped.
    pub fn merge(&self, mapped: Vec<Result<Mapped, Unmapped>>) -> Trial {
        let mut state = State::new(&self.package.schema);
        let newest = mapped.iter().flatten().map(|mapped| mapped.stamp.time).max();
        let outcomes = mapped
            .iter()
            .map(|mapped| mapped.iter().flat_map(|it| &it.changes).map(|it| it.apply(&mut state)).collect())
            .collect();
        Trial { mapped, outcomes, state, newest }
    }
}

impl Trial {
    /// The instant to read profiles at: the project's clock, or the time of the newest event, as in a run.
    pub fn as_of(&self, package: &Package) -> Time {
        package.now.or(self.newest).unwrap_or_default()
    }

    /// The profiles of a table, sorted by id.
    pub fn profiles(&self, table: TableId, as_of: Time) -> Vec<Profile> {
        self.state.profiles(table, as_of).collect()
    }
}

impl KeptChange {
    /// Copies a change.
    pub fn new(change: &Change<'_>) -> Self {
        let contribution = |it: &Contribution<'_>| Some((it.field, it.column, Owned::new(it.value)?));
        Self {
            table: change.table,
            stamp: change.stamp,
            replay_key: change.replay_key,
            identities: change.identities.iter().map(|it| (it.field, it.value.to_owned())).collect(),
            contributions: change.contributions.iter().filter_map(contribution).collect(),
        }
    }

    /// Merges it into a state.
    pub fn apply(&self, state: &mut State) -> Outcome {
        self.with(|change| state.apply(change))
    }

    /// The change again, for as long as `work` takes.
    pub fn with<R>(&self, work: impl FnOnce(&Change<'_>) -> R) -> R {
        let arena = Bump::new();
        let identity =
            |(field, value): &'_ (FieldId, String)| Identity { field: *field, value: arena.alloc_str(value) };
        let identities = arena.alloc_slice_fill_iter(self.identities.iter().map(identity));
        let contributions =
            arena.alloc_slice_fill_iter(self.contributions.iter().map(|(field, column, value)| {
                let value: Value<'_> = value.value(&arena);
                Contribution { field: *field, column: *column, value }
            }));
        work(&Change {
            table: self.table,
            stamp: self.stamp,
            replay_key: self.replay_key,
            identities,
            contributions,
        })
    }
}
