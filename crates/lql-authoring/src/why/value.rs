//! Where the value of a field comes from.

use super::place::{ColumnPlace, EventPlace, LinkPlace, ProfileName};
use super::rules::{self, Verdict};
use super::{Silent, missing};
use crate::evidence::{Evidence, Placed, TableEvidence};
use crate::shown::json;
use lql_compiler::schema::FieldId;
use lql_runtime::Stamp;
use lql_runtime::identity::NodeId;
use lql_runtime::merge::{FieldOp, Owned};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Why a field of a profile has its value, or has none.
#[derive(Clone, Debug, Serialize)]
pub struct FieldWhy {
    /// Whose.
    pub profile: ProfileName,
    /// The field.
    pub field: String,
    /// The entry of the map, if only that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// Its merge operator.
    pub mergeop: &'static str,
    /// Most elements that stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// How many days elements stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u32>,
    /// Its value; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// If the entry is not there: those that are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<String>,
    /// All contributions, those that decide first, newest first.
    pub contributions: Vec<Contribution>,
    /// The links without which what decides would be several profiles.
    pub links: Vec<LinkPlace>,
    /// Without a value: the columns that could write it, and why they did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silent: Vec<Silent>,
    /// The events that are enough to make the value again: those of the contributions that decide, those of the links,
    /// and those without which a refused link would count.
    pub enough: Vec<EventPlace>,
    /// The same as places in the recording.
    #[serde(skip)]
    pub events: BTreeSet<usize>,
    #[serde(skip)]
    pub(super) operator: FieldOp,
}

/// What one column of one event gave to the field.
#[derive(Clone, Debug, Serialize)]
pub struct Contribution {
    /// What became of it.
    pub verdict: Verdict,
    /// What it gave.
    pub value: Json,
    /// What became of its elements or keys, where they differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartVerdict>,
    /// The event.
    pub event: EventPlace,
    /// The column.
    pub column: ColumnPlace,
    /// The identity value that the event is at home at.
    pub home: String,
    #[serde(skip)]
    pub(super) stamp: Stamp,
    #[serde(skip)]
    pub(super) node: NodeId,
}

/// What became of an element or key.
#[derive(Clone, Debug, Serialize)]
pub struct PartVerdict {
    /// The element or key.
    pub part: Json,
    /// What became of it.
    pub verdict: Verdict,
}

/// Why a field of a profile has its value, or has none; of a map, an `entry` alone. `None` if there is no such profile
/// or field.
pub fn field(
    evidence: &Evidence<'_>,
    table: &TableEvidence,
    profile: usize,
    id: FieldId,
    entry: Option<&str>,
) -> Option<FieldWhy> {
    let info = evidence.schema().field(id)?;
    let operator = FieldOp::of(info);
    let read = evidence.profile(table, profile)?;
    let value = read.fields.iter().find(|(field, _)| *field == id).map(|(_, value)| value);
    let entries: Vec<String> = match value {
        Some(Owned::Map(entries)) => entries.iter().map(|(key, _)| key.to_string()).collect(),
        _ => Vec::new(),
    };
    let value = match (value, entry) {
        (Some(Owned::Map(entries)), Some(entry)) => {
            entries.iter().find(|(key, _)| key == entry).map(|(_, value)| value)
        }
        (value, None) => value,
        (_, Some(_)) => None,
    };
    let mut contributions = contributions(evidence, table, profile, id, entry, &operator);
    let deciding = contributions.iter().filter(|given| given.verdict.decides());
    let events: BTreeSet<usize> = deciding.clone().map(|given| given.event.event).collect();
    let homes: BTreeSet<NodeId> = deciding.map(|given| given.node).collect();
    let links = table.connecting(&homes);
    let events = settle(evidence, table, profile, id, events, &homes, &links);
    contributions.sort_by_key(|given| (!given.verdict.decides(), std::cmp::Reverse(given.stamp)));
    // A map that is there says itself what it holds.
    let silent = match value {
        None if entries.is_empty() => missing::silent(evidence, table, profile, id),
        _ => Vec::new(),
    };
    let is_missing = entry.is_some() && value.is_none();
    Some(FieldWhy {
        profile: ProfileName::of(evidence, table, profile),
        field: info.name.clone(),
        entry: entry.map(str::to_owned),
        kind: info.kind.name(),
        mergeop: info.mergeop.name(),
        capacity: info.capacity,
        keep_days: info.keep_days,
        value: value.map(json),
        entries: if is_missing { entries } else { Vec::new() },
        contributions,
        links: links.into_iter().filter_map(|at| LinkPlace::of(evidence, table, at)).collect(),
        silent,
        enough: events.iter().filter_map(|event| EventPlace::of(evidence, *event)).collect(),
        events,
        operator,
    })
}

fn contributions(
    evidence: &Evidence<'_>,
    table: &TableEvidence,
    profile: usize,
    id: FieldId,
    entry: Option<&str>,
    operator: &FieldOp,
) -> Vec<Contribution> {
    let mut given: Vec<(&Placed, Stamp, u16, &Owned)> = Vec::new();
    for placed in table.changes_of(profile) {
        let Some(change) = evidence.change(placed) else { continue };
        let of_field = change.contributions.iter().filter(|(field, ..)| *field == id);
        given.extend(of_field.map(|(_, column, value)| (placed, change.stamp, *column, value)));
    }
    let values: Vec<(Stamp, &Owned)> = given.iter().map(|(_, stamp, _, value)| (*stamp, *value)).collect();
    let judged = rules::judge(operator, &values, evidence.as_of);
    let told = given.iter().zip(judged).filter_map(|((placed, stamp, column, value), mut judged)| {
        if let Some(entry) = entry {
            judged.parts.retain(|(key, _)| matches!(key, Owned::Text(key) if key == entry));
            judged.verdict = judged.parts.first()?.1;
        }
        let alike = judged.parts.iter().all(|(_, verdict)| *verdict == judged.verdict);
        let parts = if alike { Vec::new() } else { judged.parts };
        let home = *placed.identities.first()?;
        Some(Contribution {
            verdict: judged.verdict,
            value: json(value),
            parts: parts
                .into_iter()
                .map(|(part, verdict)| PartVerdict { part: json(&part), verdict })
                .collect(),
            event: EventPlace::of(evidence, placed.event)?,
            column: ColumnPlace::of(evidence, placed.event, *column)?,
            home: table.name(home).1.to_owned(),
            stamp: *stamp,
            node: home,
        })
    });
    told.collect()
}

/// The events that make the value again: those that decide, those that connect them, and those that keep others away.
fn settle(
    evidence: &Evidence<'_>,
    table: &TableEvidence,
    profile: usize,
    id: FieldId,
    mut events: BTreeSet<usize>,
    homes: &BTreeSet<NodeId>,
    links: &BTreeSet<usize>,
) -> BTreeSet<usize> {
    let Some(first) = homes.first() else { return events };
    events.extend(links.iter().filter_map(|at| Some(table.links.get(*at)?.event)));
    let gives = |placed: &&Placed| {
        let change = evidence.change(placed);
        change.is_some_and(|change| change.contributions.iter().any(|(field, ..)| *field == id))
    };
    table.settled(evidence.schema(), evidence.trial, events, |root, events| {
        let here = root(*first);
        let together = homes.iter().all(|home| root(*home) == here);
        let homes_of_givers = table
            .placed
            .iter()
            .filter(|placed| events.contains(&placed.event))
            .filter(gives)
            .filter_map(|placed| placed.identities.first());
        let mut alone = homes_of_givers.filter(|home| root(**home) == here);
        together && alone.all(|home| table.profile_of(*home) == Some(profile))
    })
}
