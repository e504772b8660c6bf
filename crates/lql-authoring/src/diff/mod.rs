//! What a change of a project does to the same events: which profiles, fields, links and memberships are others.
//!
//! A [`Side`] holds what one version makes of the events. Two sides give a [`Diff`]: counts, and some examples of each.

mod profiles;
mod revision;
mod schema;
mod side;
mod text;

pub use profiles::{Rearranged, Regrouped};
pub use revision::{Version, version};
pub use schema::SchemaChange;
pub use side::Side;

use crate::why::{IdentityName, ProfileName};
use profiles::{Component, match_up};
use serde::Serialize;
use serde_json::Value as Json;
use side::{LinkSide, Pair, ProfileSide};
use std::collections::BTreeMap;

/// What differs between two versions of a project on the same events.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Diff {
    /// Fields, tables and segments that are declared otherwise.
    pub schema: Vec<SchemaChange>,
    /// Profiles that are not one to one.
    pub profiles: Regrouped,
    /// Fields with other values, in profiles that are one to one.
    pub fields: Vec<FieldChange>,
    /// Links that are treated otherwise.
    pub links: Vec<LinkChange>,
    /// Segments with other members.
    pub segments: Vec<SegmentChange>,
    /// Events that fare otherwise.
    pub events: Vec<EventChange>,
}

/// A field with other values.
#[derive(Clone, Debug, Serialize)]
pub struct FieldChange {
    /// Its table.
    pub table: String,
    /// Its name.
    pub field: String,
    /// Profiles with another value.
    pub changed: usize,
    /// Profiles that had no value.
    pub gained: usize,
    /// Profiles that have no value any more.
    pub lost: usize,
    /// Some of them.
    pub examples: Vec<ValueChange>,
}

/// The values of a field in one profile.
#[derive(Clone, Debug, Serialize)]
pub struct ValueChange {
    /// Whose; its best identity value.
    pub profile: String,
    /// Before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Json>,
    /// After.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Json>,
}

/// Links that are treated otherwise in one way.
#[derive(Clone, Debug, Serialize)]
pub struct LinkChange {
    /// What they did before: `accepted`, `refused: …` or `not there`.
    pub old: String,
    /// What they do now.
    pub new: String,
    /// How many.
    pub links: usize,
    /// Some of them.
    pub examples: Vec<LinkExample>,
}

/// A link and its first event.
#[derive(Clone, Debug, Serialize)]
pub struct LinkExample {
    /// One end.
    pub a: IdentityName,
    /// The other.
    pub b: IdentityName,
    /// `FILE:LINE`
    pub first: String,
}

/// A segment with other members.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentChange {
    /// The segment.
    pub segment: String,
    /// Members before.
    pub old: usize,
    /// Members now.
    pub new: usize,
    /// People who got in.
    pub entered: usize,
    /// People who got out.
    pub left: usize,
    /// Some who got in.
    pub examples_in: Vec<String>,
    /// Some who got out.
    pub examples_out: Vec<String>,
}

/// Events that fare otherwise in one way.
#[derive(Clone, Debug, Serialize)]
pub struct EventChange {
    /// What became of them before: `counted`, `rejected`, `without identity`, `replayed`, `not read by any query`.
    pub old: String,
    /// What becomes of them now.
    pub new: String,
    /// How many.
    pub events: usize,
    /// Some of them, `FILE:LINE`, with the reason of a reject.
    pub examples: Vec<String>,
}

impl Diff {
    /// Compares two versions; `examples` of each change are kept.
    pub fn new(old: &Side, new: &Side, examples: usize) -> Self {
        let mut diff = Self { schema: schema::changes(old, new), ..Self::default() };
        let mut components = Vec::new();
        let names = old.tables.keys().chain(new.tables.keys()).collect::<std::collections::BTreeSet<_>>();
        for name in names {
            let none = BTreeMap::new();
            let (was, is) = (old.tables.get(name), new.tables.get(name));
            let of_table = match_up(
                was.map(|table| table.profiles.as_slice()).unwrap_or_default(),
                is.map(|table| table.profiles.as_slice()).unwrap_or_default(),
            );
            diff.profiles.add(&of_table, examples);
            diff.fields.extend(fields(name, &of_table, examples));
            let links = |side: Option<&side::TableSide>| side.map(|table| &table.links).cloned();
            diff.links.extend(link_changes(
                &links(was).unwrap_or_else(|| none.clone()),
                &links(is).unwrap_or_else(|| none.clone()),
                examples,
            ));
            components.extend(of_table);
        }
        diff.profiles.same -= changed(&components);
        diff.profiles.changed = changed(&components);
        diff.segments = segments(old, new, &components, examples);
        diff.events = events(old, new, examples);
        diff
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.schema.is_empty()
            && self.profiles.is_empty()
            && self.fields.is_empty()
            && self.links.is_empty()
            && self.segments.is_empty()
            && self.events.is_empty()
    }
}

/// Profiles one to one with other values.
fn changed(components: &[Component<'_>]) -> usize {
    components.iter().filter_map(Component::pair).filter(|(old, new)| old.fields != new.fields).count()
}

fn fields(table: &str, components: &[Component<'_>], examples: usize) -> Vec<FieldChange> {
    let mut changes: BTreeMap<&str, FieldChange> = BTreeMap::new();
    for (old, new) in components.iter().filter_map(Component::pair) {
        let names: std::collections::BTreeSet<_> = old.fields.keys().chain(new.fields.keys()).collect();
        for name in names {
            let (was, is) = (old.fields.get(name), new.fields.get(name));
            if was == is {
                continue;
            }
            let change = changes.entry(name).or_insert_with(|| FieldChange {
                table: table.to_owned(),
                field: name.clone(),
                changed: 0,
                gained: 0,
                lost: 0,
                examples: Vec::new(),
            });
            match (was, is) {
                (None, _) => change.gained += 1,
                (_, None) => change.lost += 1,
                _ => change.changed += 1,
            }
            if change.examples.len() < examples {
                let profile = new.name.short().to_owned();
                change.examples.push(ValueChange { profile, old: was.cloned(), new: is.cloned() });
            }
        }
    }
    changes.into_values().collect()
}

fn link_changes(
    old: &BTreeMap<Pair, LinkSide>,
    new: &BTreeMap<Pair, LinkSide>,
    examples: usize,
) -> Vec<LinkChange> {
    let told = |link: Option<&LinkSide>| match link {
        None => "not there".to_owned(),
        Some(LinkSide { refused: None, .. }) => "accepted".to_owned(),
        Some(LinkSide { refused: Some(why), .. }) => format!("refused: {why}"),
    };
    let mut changes: BTreeMap<(String, String), LinkChange> = BTreeMap::new();
    let pairs: std::collections::BTreeSet<&Pair> = old.keys().chain(new.keys()).collect();
    for pair in pairs {
        let (was, is) = (old.get(pair), new.get(pair));
        let key = (told(was), told(is));
        let Some(known) = is.or(was).filter(|_| key.0 != key.1) else { continue };
        let change = changes.entry(key).or_insert_with_key(|(old, new)| LinkChange {
            old: old.clone(),
            new: new.clone(),
            links: 0,
            examples: Vec::new(),
        });
        change.links += 1;
        if change.examples.len() < examples {
            let (a, b) = pair.clone();
            change.examples.push(LinkExample { a, b, first: known.first.clone() });
        }
    }
    changes.into_values().collect()
}

fn segments(old: &Side, new: &Side, components: &[Component<'_>], examples: usize) -> Vec<SegmentChange> {
    let slugs: std::collections::BTreeSet<_> = old.segments.intersection(&new.segments).collect();
    let of_slug = |slug: &String| {
        let mut change = SegmentChange {
            segment: slug.clone(),
            old: 0,
            new: 0,
            entered: 0,
            left: 0,
            examples_in: Vec::new(),
            examples_out: Vec::new(),
        };
        let members = |profiles: &[&ProfileSide]| {
            profiles.iter().filter(|profile| profile.segments.contains(slug)).count()
        };
        let name = |profiles: &[&ProfileSide]| {
            let member = profiles.iter().find(|profile| profile.segments.contains(slug));
            member.map(|profile| profile.name.short().to_owned())
        };
        for component in components {
            let (was, is) = (members(&component.old), members(&component.new));
            change.old += was;
            change.new += is;
            if was == 0 && is > 0 {
                change.entered += 1;
                if change.examples_in.len() < examples {
                    change.examples_in.extend(name(&component.new));
                }
            } else if was > 0 && is == 0 {
                change.left += 1;
                if change.examples_out.len() < examples {
                    change.examples_out.extend(name(&component.old));
                }
            }
        }
        (change.entered + change.left > 0 || change.old != change.new).then_some(change)
    };
    slugs.into_iter().filter_map(of_slug).collect()
}

fn events(old: &Side, new: &Side, examples: usize) -> Vec<EventChange> {
    let mut changes: BTreeMap<(&str, &str), EventChange> = BTreeMap::new();
    let places: std::collections::BTreeSet<_> = old.events.keys().chain(new.events.keys()).collect();
    for place in places {
        let (Some(was), Some(is)) = (old.events.get(place), new.events.get(place)) else { continue };
        if was.fate == is.fate {
            continue;
        }
        let change = changes.entry((was.fate, is.fate)).or_insert_with(|| EventChange {
            old: was.fate.to_owned(),
            new: is.fate.to_owned(),
            events: 0,
            examples: Vec::new(),
        });
        change.events += 1;
        if change.examples.len() < examples {
            let reason = is.reason.as_ref().or(was.reason.as_ref());
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            change.examples.push(format!("{}:{}{reason}", place.0, place.1));
        }
    }
    changes.into_values().collect()
}

/// What people call a profile.
fn short(name: &ProfileName) -> String {
    name.short().to_owned()
}
