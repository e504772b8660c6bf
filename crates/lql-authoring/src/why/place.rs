//! What answers name: profiles, events, columns, links.

use crate::evidence::{Evidence, Fate, TableEvidence};
use crate::shown::instant;
use lql_compiler::schema::{FieldId, Schema};
use lql_runtime::identity::{NodeId, Refusal};
use serde::Serialize;

/// A profile: its id and its identity values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileName {
    /// As profiles print it.
    pub id: String,
    /// Its table.
    pub table: String,
    /// Its identity values, by rank and value.
    pub identities: Vec<IdentityName>,
}

/// An identity value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IdentityName {
    /// The identity field.
    pub field: String,
    /// The value.
    pub value: String,
}

/// An event and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventPlace {
    /// Its place in the recording.
    #[serde(skip)]
    pub event: usize,
    /// Its stream.
    pub stream: String,
    /// `FILE:LINE`
    pub at: String,
    /// When it happened, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// A column and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ColumnPlace {
    /// The alias of its query.
    pub query: String,
    /// `FILE:LINE`
    pub at: String,
    /// Its expression.
    pub expr: String,
}

/// A link and what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkPlace {
    /// The better-ranked end.
    pub a: IdentityName,
    /// The other.
    pub b: IdentityName,
    /// The first event that showed it.
    pub first: EventPlace,
    /// How many events showed it.
    pub events: usize,
    /// Why it joins nothing, if it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedWhy>,
}

/// Why a link joins nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RefusedWhy {
    /// Two values of a single-valued identity field would meet.
    Conflict {
        /// The value on the side of `a`.
        a: IdentityName,
        /// The value on the side of `b`.
        b: IdentityName,
    },
    /// One of its ends had as many links before.
    NeighbourLimit {
        /// The limit.
        limit: u32,
    },
    /// The profile would have too many identity values.
    IdentityLimit {
        /// The limit.
        limit: u32,
    },
}

impl ProfileName {
    /// A profile of a table.
    pub fn of(evidence: &Evidence<'_>, table: &TableEvidence, profile: usize) -> Self {
        let found = table.profiles.get(profile);
        let members = found.map(|profile| profile.members.as_slice()).unwrap_or_default();
        Self {
            id: found.map_or_else(String::new, |profile| format!("{:032x}", profile.id)),
            table: evidence.schema().table(table.table).map_or_else(String::new, |table| table.name.clone()),
            identities: members.iter().map(|id| IdentityName::of(evidence, table, *id)).collect(),
        }
    }

    /// What people call it: its best identity value.
    pub fn short(&self) -> &str {
        self.identities.first().map_or(self.id.as_str(), |identity| identity.value.as_str())
    }
}

impl IdentityName {
    /// An identity value of a table.
    pub fn of(evidence: &Evidence<'_>, table: &TableEvidence, id: NodeId) -> Self {
        let (field, value) = table.name(id);
        Self::new(evidence.schema(), field, value)
    }

    pub(super) fn new(schema: &Schema, field: FieldId, value: &str) -> Self {
        let field = schema.field(field).map_or_else(String::new, |field| field.name.clone());
        Self { field, value: value.to_owned() }
    }
}

impl std::fmt::Display for IdentityName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.value)
    }
}

impl EventPlace {
    /// An event of the recording.
    pub fn of(evidence: &Evidence<'_>, event: usize) -> Option<Self> {
        let recorded = evidence.recording.events.get(event)?;
        Some(Self {
            event,
            stream: recorded.stream.to_string(),
            at: format!("{}:{}", recorded.file, recorded.line),
            time: evidence.mapped(event).map(|mapped| instant(mapped.stamp.time)),
        })
    }

    /// `FILE:LINE at TIME`
    pub fn text(&self) -> String {
        match &self.time {
            Some(time) => format!("{} at {time}", self.at),
            None => self.at.clone(),
        }
    }
}

impl ColumnPlace {
    /// A column by its number in the program of an event's stream.
    pub fn of(evidence: &Evidence<'_>, event: usize, column: u16) -> Option<Self> {
        let stream = &evidence.recording.events.get(event)?.stream;
        let package = evidence.stage.package();
        let program = package.streams.iter().find(|program| *program.stream == **stream)?;
        let column = program.columns.get(usize::from(column))?;
        let query = program.queries.get(usize::from(column.query))?;
        let file = package.files.get(query.file as usize)?;
        Some(Self {
            query: query.alias.clone(),
            at: format!("{file}:{}", column.line),
            expr: column.text.clone(),
        })
    }
}

impl LinkPlace {
    /// A link by its place among those of the table.
    pub fn of(evidence: &Evidence<'_>, table: &TableEvidence, at: usize) -> Option<Self> {
        let link = table.links.get(at)?;
        let name = |id| IdentityName::of(evidence, table, id);
        let limits = evidence.schema().table(table.table)?;
        let refused = match link.fate {
            Fate::Joined | Fate::Known => None,
            Fate::Refused(Refusal::Conflict { a, b, .. }) => {
                Some(RefusedWhy::Conflict { a: name(a), b: name(b) })
            }
            Fate::Refused(Refusal::NeighbourLimit) => {
                Some(RefusedWhy::NeighbourLimit { limit: limits.neighbour_limit })
            }
            Fate::Refused(Refusal::IdentityLimit) => {
                Some(RefusedWhy::IdentityLimit { limit: limits.identity_limit })
            }
        };
        Some(Self {
            a: name(link.a),
            b: name(link.b),
            first: EventPlace::of(evidence, link.event)?,
            events: link.events,
            refused,
        })
    }
}

impl RefusedWhy {
    /// The reason in words.
    pub fn text(&self) -> String {
        match self {
            Self::Conflict { a, b } => format!(
                "conflict: one profile would have two values of {}, {} and {}",
                a.field, a.value, b.value
            ),
            Self::NeighbourLimit { limit } => {
                format!("neighbour limit: one of the two had {limit} links before (neighbour_limit)")
            }
            Self::IdentityLimit { limit } => format!(
                "identity limit: the profile would have more than {limit} identity values (identity_limit)"
            ),
        }
    }
}
