//! Why events are one person: the links that joined a profile, those that were refused, and values that do not count.

use super::place::{EventPlace, IdentityName, LinkPlace, ProfileName};
use crate::evidence::{Evidence, Fate, Placed, TableEvidence};
use lql_runtime::identity::{NodeId, Unusable};
use lql_runtime::state::Outcome;
use serde::Serialize;

/// Who a profile is, and why.
#[derive(Clone, Debug, Serialize)]
pub struct IdentityWhy {
    /// Who.
    pub profile: ProfileName,
    /// How many events are at home here.
    pub events: usize,
    /// Its identity values, by rank and value, each with its first event.
    pub values: Vec<ValueSeen>,
    /// The links that joined them, in their order.
    pub joined: Vec<LinkPlace>,
    /// Links between values that were joined already.
    pub confirmed: usize,
    /// Links of its identity values that join nothing.
    pub refused: Vec<LinkPlace>,
    /// Identity values of its events that do not count.
    pub ignored: Vec<Ignored>,
}

/// An identity value and where it was seen first.
#[derive(Clone, Debug, Serialize)]
pub struct ValueSeen {
    /// The value.
    #[serde(flatten)]
    pub identity: IdentityName,
    /// Its first event.
    pub first: Option<EventPlace>,
    /// How many events have it.
    pub events: usize,
}

/// An identity value that does not count.
#[derive(Clone, Debug, Serialize)]
pub struct Ignored {
    /// The value.
    #[serde(flatten)]
    pub identity: IdentityName,
    /// Why.
    pub because: Because,
    /// One of its events.
    pub first: EventPlace,
    /// How many events have it.
    pub events: usize,
}

/// Why an identity value does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// A rule of `lql.toml` blocks it.
    Blocked,
    /// It is too long.
    TooLong,
}

/// Why a profile is who it is.
pub fn identity(evidence: &Evidence<'_>, table: &TableEvidence, profile: usize) -> IdentityWhy {
    let members = table.profiles.get(profile).map(|profile| profile.members.clone()).unwrap_or_default();
    let is_ours = |id: NodeId| table.profile_of(id) == Some(profile);
    let touching = |fate: fn(&Fate) -> bool| {
        let links = table.links.iter().enumerate();
        let ours = links.filter(move |(_, link)| fate(&link.fate) && (is_ours(link.a) || is_ours(link.b)));
        ours.map(|(at, _)| at)
    };
    let places = |links: &mut dyn Iterator<Item = usize>| {
        links.filter_map(|at| LinkPlace::of(evidence, table, at)).collect::<Vec<_>>()
    };
    IdentityWhy {
        profile: ProfileName::of(evidence, table, profile),
        events: table.changes_of(profile).count(),
        values: members.iter().map(|id| seen(evidence, table, *id)).collect(),
        joined: places(&mut touching(|fate| *fate == Fate::Joined)),
        confirmed: touching(|fate| *fate == Fate::Known).count(),
        refused: places(&mut touching(|fate| matches!(fate, Fate::Refused(_)))),
        ignored: ignored(evidence, table, profile),
    }
}

fn seen(evidence: &Evidence<'_>, table: &TableEvidence, id: NodeId) -> ValueSeen {
    let has_it = |placed: &&Placed| placed.outcome == Outcome::Applied && placed.identities.contains(&id);
    let events = || table.placed.iter().filter(has_it);
    let first = events().min_by_key(|placed| evidence.mapped(placed.event).map(|mapped| mapped.stamp));
    ValueSeen {
        identity: IdentityName::of(evidence, table, id),
        first: first.and_then(|placed| EventPlace::of(evidence, placed.event)),
        events: events().count(),
    }
}

fn ignored(evidence: &Evidence<'_>, table: &TableEvidence, profile: usize) -> Vec<Ignored> {
    let mut all: Vec<Ignored> = Vec::new();
    for placed in table.changes_of(profile) {
        for (field, value, why) in &placed.unusable {
            let identity = IdentityName::new(evidence.schema(), *field, value);
            if let Some(known) = all.iter_mut().find(|known| known.identity == identity) {
                known.events += 1;
            } else if let Some(first) = EventPlace::of(evidence, placed.event) {
                let because = match why {
                    Unusable::Blocked => Because::Blocked,
                    Unusable::TooLong => Because::TooLong,
                };
                all.push(Ignored { identity, because, first, events: 1 });
            }
        }
    }
    all
}
