//! What one version of a project makes of the events, in names that mean the same in another version.

use crate::evidence::{Evidence, Fate, TableEvidence};
use crate::shown::{instant, json};
use crate::trial::{Trial, Unmapped};
use crate::why::{EventPlace, IdentityName, ProfileName};
use bumpalo::Bump;
use lql_compiler::program::Package;
use lql_compiler::schema::Schema;
use lql_runtime::identity::Refusal;
use lql_runtime::state::Outcome;
use lql_runtime::{LoadError, Memberships};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// What one version of a project makes of the events.
#[derive(Clone, Debug)]
pub struct Side {
    pub(super) schema: Schema,
    pub(super) tables: BTreeMap<String, TableSide>,
    /// The slugs of the segments.
    pub(super) segments: BTreeSet<String>,
    /// By file and line.
    pub(super) events: BTreeMap<(String, u64), EventSide>,
}

#[derive(Clone, Debug)]
pub(super) struct TableSide {
    pub(super) profiles: Vec<ProfileSide>,
    pub(super) links: BTreeMap<Pair, LinkSide>,
}

/// The ends of a link, sorted.
pub(super) type Pair = (IdentityName, IdentityName);

#[derive(Clone, Debug)]
pub(super) struct LinkSide {
    /// Why it joins nothing, in a word or two.
    pub(super) refused: Option<String>,
    /// Its first event.
    pub(super) first: String,
}

#[derive(Clone, Debug)]
pub(super) struct ProfileSide {
    pub(super) name: ProfileName,
    /// Everything that a run prints.
    pub(super) fields: BTreeMap<String, Json>,
    pub(super) segments: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventSide {
    /// What became of it.
    pub(super) fate: &'static str,
    /// Of a reject.
    pub(super) reason: Option<String>,
}

impl Side {
    /// What a version makes of its events.
    pub fn new(evidence: &Evidence<'_>) -> Result<Self, LoadError> {
        let package = evidence.stage.package();
        let constants = Bump::new();
        let memberships = Memberships::new(&package.segments, &constants)?;
        let tables = evidence.tables.iter().filter_map(|table| {
            let name = evidence.schema().table(table.table)?.name.clone();
            Some((name, TableSide::new(evidence, table, &memberships)))
        });
        Ok(Self {
            schema: package.schema.clone(),
            tables: tables.collect(),
            segments: slugs(package),
            events: events(evidence),
        })
    }

    /// How many events there were.
    pub fn events(&self) -> usize {
        self.events.len()
    }
}

fn slugs(package: &Package) -> BTreeSet<String> {
    package.segments.iter().map(|segment| segment.slug.clone()).collect()
}

impl TableSide {
    fn new(evidence: &Evidence<'_>, table: &TableEvidence, memberships: &Memberships<'_>) -> Self {
        let profiles = (0..table.profiles.len()).filter_map(|at| {
            let name = ProfileName::of(evidence, table, at);
            let profile = evidence.profile(table, at)?;
            let field_name = |id| evidence.schema().field(id).map(|field| field.name.clone());
            let system = [
                ("_id", Json::from(name.id.clone())),
                ("_created", Json::from(instant(profile.created))),
                ("_modified", Json::from(instant(profile.modified))),
            ];
            let values =
                profile.fields.iter().filter_map(|(id, value)| Some((field_name(*id)?, json(value))));
            let fields = values.chain(system.map(|(name, value)| (name.to_owned(), value))).collect();
            let segments = memberships.of(&profile, evidence.schema(), evidence.as_of);
            Some(ProfileSide { name, fields, segments: segments.into_iter().map(str::to_owned).collect() })
        });
        let links = table.links.iter().filter_map(|link| {
            let name = |id| IdentityName::of(evidence, table, id);
            let (a, b) = (name(link.a), name(link.b));
            let refused = match link.fate {
                Fate::Joined | Fate::Known => None,
                Fate::Refused(Refusal::Conflict { field, .. }) => {
                    let field = evidence.schema().field(field)?;
                    Some(format!("conflict of {}", field.name))
                }
                Fate::Refused(Refusal::NeighbourLimit) => Some("neighbour limit".to_owned()),
                Fate::Refused(Refusal::IdentityLimit) => Some("identity limit".to_owned()),
            };
            let first = EventPlace::of(evidence, link.event)?.at;
            Some((if a <= b { (a, b) } else { (b, a) }, LinkSide { refused, first }))
        });
        Self { profiles: profiles.collect(), links: links.collect() }
    }
}

fn events(evidence: &Evidence<'_>) -> BTreeMap<(String, u64), EventSide> {
    let recorded = evidence
        .recording
        .events
        .iter()
        .enumerate()
        .map(|(at, event)| ((event.file.to_string(), event.line), fate(evidence.trial, at)));
    let damaged = evidence.recording.damaged.iter().map(|(file, reject)| {
        let side = EventSide { fate: "rejected", reason: Some(reject.reason.clone()) };
        ((file.to_string(), reject.line), side)
    });
    recorded.chain(damaged).collect()
}

fn fate(trial: &Trial, at: usize) -> EventSide {
    let (fate, reason) = match trial.mapped.get(at) {
        Some(Err(Unmapped::Rejected(reject))) => ("rejected", Some(reject.reason.clone())),
        None | Some(Err(Unmapped::NoSuchStream)) => ("not read by any query", None),
        Some(Ok(_)) => {
            let outcomes = trial.outcomes.get(at).map(Vec::as_slice).unwrap_or_default();
            if outcomes.contains(&Outcome::Applied) {
                ("counted", None)
            } else if outcomes.contains(&Outcome::Replay) {
                ("replayed", None)
            } else {
                ("without identity", None)
            }
        }
    };
    EventSide { fate, reason }
}
