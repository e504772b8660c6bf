//! Why columns gave no value: per column that could write a field, what stopped it in each event that could have counted.

use super::place::{ColumnPlace, EventPlace, IdentityName, ProfileName};
use super::tree::Tree;
use crate::evidence::{Evidence, Placed, TableEvidence};
use crate::shown::{clip, shown};
use crate::trial::{Trace, Tracer, Unmapped};
use bumpalo::Bump;
use lql_compiler::Time;
use lql_compiler::probe::{ColumnProbes, Part, Probe, QueryProbes, StreamProbes};
use lql_compiler::program::Program;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::identity::NodeId;
use lql_runtime::merge::Owned;
use lql_runtime::state::Outcome;
use serde::Serialize;

/// A column that could write a field and did not.
#[derive(Clone, Debug, Serialize)]
pub struct Silent {
    /// The column.
    pub column: ColumnPlace,
    /// The stream that its query reads.
    pub stream: String,
    /// Why, the most frequent reason first.
    pub reasons: Vec<SilentReason>,
}

/// Why events gave a column no value.
#[derive(Clone, Debug, Serialize)]
pub struct SilentReason {
    /// How many events.
    pub events: usize,
    /// The reason.
    #[serde(flatten)]
    pub why: Reason,
    /// One of the events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<EventPlace>,
    /// What the condition or the expression was worth in that event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree: Option<Tree>,
}

/// Why a column gave no value in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// No event of the stream is about this profile.
    NoEvent {
        /// How many events of the stream there are.
        recorded: usize,
    },
    /// The `WHERE` of the query is not true.
    Where,
    /// The `IF` of the column is not true.
    Guard,
    /// A part of the expression has no value.
    NoValue {
        /// The innermost such part.
        part: String,
        /// Why it has none.
        cause: String,
    },
    /// The value cannot be kept as the kind of the field.
    Cast {
        /// The value.
        value: String,
        /// The kind.
        kind: &'static str,
    },
    /// The query found no identity value of its own in the event.
    NoIdentity,
    /// No identity value of the event counts.
    Unusable,
    /// The value went to another profile.
    Elsewhere {
        /// The identity value that the event is at home at.
        home: IdentityName,
        /// Its profile.
        profile: String,
    },
    /// The event is the repetition of another.
    Replay,
    /// The event was rejected.
    Rejected {
        /// Why.
        because: String,
    },
}

/// The columns that could write a field, and why they gave a profile nothing.
pub fn silent(evidence: &Evidence<'_>, table: &TableEvidence, profile: usize, field: FieldId) -> Vec<Silent> {
    let programs = evidence.stage.package().streams.iter();
    let of_stream = programs
        .filter(|program| program.columns.iter().any(|column| column.field == field))
        .filter_map(|program| {
            let probes = evidence.checked.probe_stream(&program.stream).ok()??;
            let constants = Bump::new();
            let tracer = Tracer::of_stream(&probes, &constants).ok()?;
            let scene = Scene { evidence, table, profile, program, probes: &probes };
            Some(scene.silent(&tracer, field))
        });
    of_stream.flatten().collect()
}

/// One stream, and the profile that is asked about.
struct Scene<'s> {
    evidence: &'s Evidence<'s>,
    table: &'s TableEvidence,
    profile: usize,
    program: &'s Program,
    probes: &'s StreamProbes,
}

/// What became of the part of an event that is about the table.
enum Place<'s> {
    Here,
    Not(&'s Placed),
    Nowhere,
}

impl Scene<'_> {
    fn silent(&self, tracer: &Tracer<'_>, field: FieldId) -> Vec<Silent> {
        let columns = self.columns(field);
        let mut found: Vec<Vec<SilentReason>> = columns.iter().map(|_| Vec::new()).collect();
        let (mut recorded, mut about) = (0, 0);
        for (at, event) in self.evidence.recording.events.iter().enumerate() {
            if *event.stream != *self.program.stream {
                continue;
            }
            recorded += 1;
            let time = match self.evidence.trial.mapped.get(at) {
                Some(Ok(mapped)) => mapped.stamp.time,
                Some(Err(Unmapped::Rejected(reject))) => {
                    let because = Reason::Rejected { because: reject.reason.clone() };
                    for reasons in &mut found {
                        self.add(reasons, because.clone(), at, None);
                    }
                    continue;
                }
                _ => continue,
            };
            let place = self.place(at);
            if !matches!(place, Place::Here) && !self.is_about(at) {
                continue;
            }
            about += 1;
            let Some(trace) = tracer.event(event, time) else { continue };
            for ((query, column, _), reasons) in columns.iter().zip(&mut found) {
                if let Some((reason, tree)) = self.reason(query, column, &trace, &place, time, field) {
                    self.add(reasons, reason, at, tree);
                }
            }
        }
        let told = columns.into_iter().zip(found).map(|((_, _, column), mut reasons)| {
            let is_about = |found: &SilentReason| !matches!(found.why, Reason::Rejected { .. });
            if about == 0 {
                reasons.insert(0, no_event(recorded));
            }
            // Rejected events are of nobody known: they come last.
            reasons.sort_by_key(|found| (!is_about(found), std::cmp::Reverse(found.events)));
            Silent { column, stream: self.program.stream.clone(), reasons }
        });
        // A column that gave a value in every event is no silent one: something else became of its values.
        told.filter(|silent| !silent.reasons.is_empty()).collect()
    }

    /// The columns of the stream that write a field.
    fn columns(&self, field: FieldId) -> Vec<(&QueryProbes, &ColumnProbes, ColumnPlace)> {
        let of = |column: &lql_compiler::program::Column| {
            let query = self.probes.queries.get(usize::from(column.query))?;
            let tree = &self.evidence.checked.queries.get(query.query)?;
            // Probes stand in the order of the checked columns, each of which knows its tree.
            let at = tree.columns.iter().position(|checked| {
                tree.tree.columns.get(checked.index).is_some_and(|it| it.span.start == column.span.0)
            })?;
            let info = self.program.queries.get(usize::from(column.query))?;
            let file = self.evidence.stage.package().files.get(info.file as usize)?;
            let place = ColumnPlace {
                query: info.alias.clone(),
                at: format!("{file}:{}", column.line),
                expr: column.text.clone(),
            };
            Some((query, query.columns.get(at)?, place))
        };
        self.program.columns.iter().filter(|column| column.field == field).filter_map(of).collect()
    }

    fn place(&self, event: usize) -> Place<'_> {
        // Placed changes stand in the order of events; an event has one per table.
        let from = self.table.placed.partition_point(|placed| placed.event < event);
        match self.table.placed.get(from).filter(|placed| placed.event == event) {
            Some(placed) if placed.outcome == Outcome::Applied && self.home(placed) == Some(self.profile) => {
                Place::Here
            }
            Some(placed) => Place::Not(placed),
            None => Place::Nowhere,
        }
    }

    fn home(&self, placed: &Placed) -> Option<usize> {
        self.table.profile_of(*placed.identities.first()?)
    }

    /// Whether an event has an identity value of the profile, whatever the queries make of it.
    fn is_about(&self, event: usize) -> bool {
        let mentions = self.evidence.mentions.get_or_init(|| mentions(self.evidence));
        let is_ours = |(table, id): &(TableId, NodeId)| {
            *table == self.table.table && self.table.profile_of(*id) == Some(self.profile)
        };
        mentions.get(event).is_some_and(|mentioned| mentioned.iter().any(is_ours))
    }

    /// Why a column gave the profile nothing; `None` if it gave something.
    fn reason(
        &self,
        query: &QueryProbes,
        column: &ColumnProbes,
        trace: &Trace,
        place: &Place<'_>,
        time: Time,
        field: FieldId,
    ) -> Option<(Reason, Option<Tree>)> {
        let tree = |probe: &Probe| Some(Tree::of(probe, trace, self.evidence.sources, time));
        if let Some(condition) = query.condition.as_ref().filter(|condition| !trace.is_true(condition)) {
            return Some((Reason::Where, tree(condition)));
        }
        if let Some(guard) = column.guard.as_ref().filter(|guard| !trace.is_true(guard)) {
            return Some((Reason::Guard, tree(guard)));
        }
        let Some(value) = trace.value(&column.value) else {
            let (part, cause) = self.innermost(&column.value, trace);
            return Some((Reason::NoValue { part, cause }, tree(&column.value)));
        };
        if trace.register(column.written).is_none() {
            let kind = self.evidence.schema().field(field).map_or("", |field| field.kind.name());
            return Some((Reason::Cast { value: shown(value), kind }, tree(&column.value)));
        }
        if !self.is_identified(query, trace) {
            return Some((Reason::NoIdentity, None));
        }
        match place {
            Place::Here => None,
            Place::Nowhere => Some((Reason::NoIdentity, None)),
            Place::Not(placed) => match (placed.outcome, placed.identities.first()) {
                (Outcome::Replay, _) => Some((Reason::Replay, None)),
                (_, None) | (Outcome::NoIdentity, _) => Some((Reason::Unusable, None)),
                (Outcome::Applied, Some(home)) => {
                    let profile = self.table.profile_of(*home)?;
                    let name = ProfileName::of(self.evidence, self.table, profile);
                    let home = IdentityName::of(self.evidence, self.table, *home);
                    Some((Reason::Elsewhere { home, profile: name.id }, None))
                }
            },
        }
    }

    /// Whether a query finds an identity value.
    fn is_identified(&self, query: &QueryProbes, trace: &Trace) -> bool {
        let Some(checked) = self.evidence.checked.queries.get(query.query) else { return false };
        checked.columns.iter().zip(&query.columns).any(|(column, probe)| {
            column.identity
                && probe.guard.as_ref().is_none_or(|guard| trace.is_true(guard))
                && trace.register(probe.written).is_some()
        })
    }

    /// The innermost part without value, and why it has none.
    fn innermost(&self, probe: &Probe, trace: &Trace) -> (String, String) {
        let without = probe.children.iter().find(|child| trace.value(child).is_none());
        let text = |probe: &Probe| {
            let source = self.evidence.sources.get(probe.file as usize);
            clip(source.map_or("", |source| probe.span.of(&source.text)), 80)
        };
        match (&probe.part, without) {
            (Part::Key, _) => (text(probe), "the event has no such key, or it is empty".to_owned()),
            (Part::Choice, _) => (text(probe), "no arm of the choice is true".to_owned()),
            (Part::Call(name), _) if name == "ifcase" => (text(probe), "no arm is true".to_owned()),
            (Part::Call(name), _) if matches!(name.as_str(), "oneof") => {
                (text(probe), "none of its arguments has a value".to_owned())
            }
            (_, Some(child)) => self.innermost(child, trace),
            (Part::Call(name), None) => {
                let given = probe.children.iter().filter(|child| child.part != Part::Literal);
                let given: Vec<String> = given
                    .filter_map(|child| Some(format!("{} = {}", text(child), trace.value(child).map(shown)?)))
                    .collect();
                let cause = if given.is_empty() {
                    format!("{name} gives none")
                } else {
                    format!("{name} gives none for {}", given.join(", "))
                };
                (text(probe), cause)
            }
            _ => (text(probe), "its operands do not go together".to_owned()),
        }
    }

    /// Counts a reason together with those that are alike but for values.
    fn add(&self, reasons: &mut Vec<SilentReason>, why: Reason, event: usize, tree: Option<Tree>) {
        match reasons.iter_mut().find(|known| is_alike(&known.why, &why)) {
            Some(known) => known.events += 1,
            None => {
                let example = EventPlace::of(self.evidence, event);
                reasons.push(SilentReason { events: 1, why, example, tree });
            }
        }
    }
}

/// Per event, the identity values that its identity columns would have without `WHERE` and `IF`.
fn mentions(evidence: &Evidence<'_>) -> Vec<Vec<(TableId, NodeId)>> {
    let mut found = vec![Vec::new(); evidence.recording.events.len()];
    for program in &evidence.stage.package().streams {
        let Ok(Some(probes)) = evidence.checked.probe_stream(&program.stream) else { continue };
        let constants = Bump::new();
        let Ok(tracer) = Tracer::of_stream(&probes, &constants) else { continue };
        for (at, (event, slot)) in evidence.recording.events.iter().zip(&mut found).enumerate() {
            let Some(mapped) = evidence.mapped(at).filter(|_| *event.stream == *program.stream) else {
                continue;
            };
            if let Some(trace) = tracer.event(event, mapped.stamp.time) {
                *slot = mentioned(evidence, program, &probes, &trace);
            }
        }
    }
    found
}

fn mentioned(
    evidence: &Evidence<'_>,
    program: &Program,
    probes: &StreamProbes,
    trace: &Trace,
) -> Vec<(TableId, NodeId)> {
    let mut found = Vec::new();
    for (query, probes) in program.queries.iter().zip(&probes.queries) {
        let (Some(checked), Some(table)) =
            (evidence.checked.queries.get(probes.query), evidence.table(query.table))
        else {
            continue;
        };
        for (column, probe) in checked.columns.iter().zip(&probes.columns) {
            let Some(field) = evidence.schema().find_field(query.table, &column.field) else { continue };
            let values = match trace.register(probe.written) {
                Some(Owned::List(values)) => values,
                Some(value) => std::slice::from_ref(value),
                None => &[],
            };
            for value in values {
                if let Owned::Text(text) = value {
                    found.extend(table.number(field, text).map(|id| (query.table, id)));
                }
            }
        }
    }
    found
}

fn no_event(recorded: usize) -> SilentReason {
    SilentReason { events: 0, why: Reason::NoEvent { recorded }, example: None, tree: None }
}

fn is_alike(a: &Reason, b: &Reason) -> bool {
    match (a, b) {
        (Reason::NoValue { part: a, .. }, Reason::NoValue { part: b, .. }) => a == b,
        (Reason::Cast { kind: a, .. }, Reason::Cast { kind: b, .. }) => a == b,
        (a, b) => a == b,
    }
}
