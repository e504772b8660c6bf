//! What queries make of the sample events: how many match, and what the columns of each are for the first that does.

use super::Snapshot;
use super::samples::Stream;
use bumpalo::Bump;
use lql_authoring::shown::shown;
use lql_authoring::trial::{Stage, Trace, Tracer};
use lql_compiler::probe::{Probe, QueryProbes, StreamProbes};
use lql_compiler::program::Package;
use lql_compiler::schema::TableId;
use lql_runtime::Memberships;
use lql_runtime::merge::Owned;
use lql_syntax::Span;
use std::collections::HashMap;

/// What the queries make of the sample events, in the order of [`Checked::queries`](lql_compiler::Checked::queries).
/// Empty while the project holds errors.
#[derive(Debug, Default)]
pub struct Trials {
    queries: Vec<Option<QueryTrial>>,
    segments: HashMap<String, SegmentTrial>,
}

/// What a segment makes of the profiles that the sample events give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SegmentTrial {
    /// So many profiles of its table there are.
    pub profiles: usize,
    /// So many of them are in it.
    pub members: usize,
}

/// What a query makes of the sample events of its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryTrial {
    /// So many events were tried.
    pub events: usize,
    /// What became of each, in order.
    pub verdicts: Vec<Verdict>,
    /// So many pass `WHERE` and have an identity.
    pub matches: usize,
    /// File and line of the first that matches.
    pub first: Option<(String, u64)>,
    /// What each column of [`CheckedQuery::columns`](lql_compiler::CheckedQuery::columns) writes for that event; `None` is
    /// no value.
    pub values: Vec<Option<String>>,
    /// What every sub-expression is worth for it, by file and place; `None` is no value.
    pub worths: Vec<(u32, Span, Option<String>)>,
    /// For so many events that match, each column has a value.
    pub filled: Vec<usize>,
}

/// What a query makes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is no event: nothing says when it happened, or it cannot be read.
    NoEvent,
    /// `WHERE` is not true.
    Dropped,
    /// No identity has a value.
    NoIdentity,
    /// It counts.
    Matches,
}

impl QueryTrial {
    /// What an expression was worth for the first event that matches; nothing if it is no part of the query.
    pub fn worth(&self, file: u32, span: Span) -> Option<Option<&str>> {
        let at = self.worths.partition_point(|(of, place, _)| (*of, *place) < (file, span));
        let (_, _, worth) = self.worths.get(at).filter(|(of, place, _)| (*of, *place) == (file, span))?;
        Some(worth.as_deref())
    }
}

impl Trials {
    /// Runs the queries of a snapshot on its sample events.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let queries = vec![None; snapshot.checked.queries.len()];
        let mut trials = Self { queries, segments: HashMap::new() };
        if snapshot.samples.names().next().is_none() || !snapshot.checked.is_sound() {
            return trials;
        }
        let Ok(package) = snapshot.checked.package() else { return trials };
        for program in &package.streams {
            let Some(stream) = snapshot.samples.streams().get(&program.stream) else { continue };
            if let Ok(Some(probes)) = snapshot.checked.probe_stream(&program.stream) {
                // A stream that cannot be run shows nothing.
                let _ = trials.stream(snapshot, &package, &probes, stream);
            }
        }
        let _ = trials.segments(snapshot, &package);
        trials
    }

    /// What a segment, by its slug, made of the profiles.
    pub fn segment(&self, slug: &str) -> Option<SegmentTrial> {
        self.segments.get(slug).copied()
    }

    /// Merges the sample events of all streams and asks every segment about every profile.
    fn segments(&mut self, snapshot: &Snapshot, package: &Package) -> Option<()> {
        if package.segments.is_empty() {
            return None;
        }
        let (constants, more) = (Bump::new(), Bump::new());
        let stage = Stage::new(package, package.now.unwrap_or_default(), &constants).ok()?;
        let recording = snapshot.samples.recording();
        let trial = stage.run(&recording);
        let memberships = Memberships::new(&package.segments, &more).ok()?;
        let as_of = trial.as_of(package);
        let tables = (0..package.schema.tables.len()).map(|at| TableId(at as u16));
        let profiles: Vec<_> = tables.flat_map(|table| trial.profiles(table, as_of)).collect();
        for segment in &package.segments {
            let profiles = profiles.iter().filter(|profile| segment.table == Some(profile.table)).count();
            self.segments.insert(segment.slug.clone(), SegmentTrial { profiles, members: 0 });
        }
        for profile in &profiles {
            for slug in memberships.of(profile, &package.schema, as_of) {
                self.segments.entry(slug.to_owned()).or_default().members += 1;
            }
        }
        Some(())
    }

    /// What a query made of its events; nothing if there are none, or if it cannot be run.
    pub fn query(&self, index: usize) -> Option<&QueryTrial> {
        self.queries.get(index)?.as_ref()
    }

    fn stream(
        &mut self,
        snapshot: &Snapshot,
        package: &Package,
        probes: &StreamProbes,
        stream: &Stream,
    ) -> Option<()> {
        let (constants, more) = (Bump::new(), Bump::new());
        let stage = Stage::new(package, package.now.unwrap_or_default(), &constants).ok()?;
        let tracer = Tracer::of_stream(probes, &more).ok()?;
        for event in &stream.events {
            // An event without a time is none, and is counted by nobody.
            let time = stage.time_of(event);
            let trace = time.and_then(|time| tracer.event(event, time));
            for query in &probes.queries {
                let Some(checked) = snapshot.checked.queries.get(query.query) else { continue };
                let Some(slot) = self.queries.get_mut(query.query) else { continue };
                let trial = slot.get_or_insert_default();
                trial.verdicts.push(Verdict::NoEvent);
                let (Some(trace), Some(verdict)) = (&trace, trial.verdicts.last_mut()) else { continue };
                trial.events += 1;
                if !query.condition.as_ref().is_none_or(|condition| trace.is_true(condition)) {
                    *verdict = Verdict::Dropped;
                    continue;
                }
                let values = values(trace, query);
                let is_identity = |at: usize| checked.columns.get(at).is_some_and(|column| column.identity);
                if !values.iter().enumerate().any(|(at, value)| value.is_some() && is_identity(at)) {
                    *verdict = Verdict::NoIdentity;
                    continue;
                }
                *verdict = Verdict::Matches;
                trial.matches += 1;
                trial.filled.resize(values.len(), 0);
                let filled = trial.filled.iter_mut().zip(&values);
                filled.for_each(|(filled, value)| *filled += usize::from(value.is_some()));
                if trial.first.is_none() {
                    trial.first = Some((event.file.to_string(), event.line));
                    trial.values = values.into_iter().map(|value| value.map(shown)).collect();
                    let guards = query.columns.iter().filter_map(|it| it.guard.as_ref());
                    let probes =
                        query.columns.iter().map(|it| &it.value).chain(guards).chain(&query.condition);
                    probes.for_each(|probe| worths(trace, probe, &mut trial.worths));
                    trial.worths.sort_by_key(|(file, span, _)| (*file, *span));
                }
            }
        }
        Some(())
    }
}

/// What each column writes.
fn values<'t>(trace: &'t Trace, query: &QueryProbes) -> Vec<Option<&'t Owned>> {
    let passes = |guard: &Option<Probe>| guard.as_ref().is_none_or(|guard| trace.is_true(guard));
    query.columns.iter().map(|it| trace.register(it.written).filter(|_| passes(&it.guard))).collect()
}

/// What an expression and its operands are worth, by place.
fn worths(trace: &Trace, probe: &Probe, found: &mut Vec<(u32, Span, Option<String>)>) {
    found.push((probe.file, probe.span, trace.value(probe).map(shown)));
    probe.children.iter().for_each(|child| worths(trace, child, found));
}
