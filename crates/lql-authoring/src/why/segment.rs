//! Why a profile is in a segment or not, and when the clock alone changes that.

use super::place::ProfileName;
use super::tree::Tree;
use crate::Refusal;
use crate::evidence::{Evidence, TableEvidence};
use crate::shown::instant;
use crate::trial::Tracer;
use bumpalo::Bump;
use lql_compiler::Time;
use lql_runtime::{Flip, Memberships, Profile, Reading};
use serde::Serialize;

/// Why a profile is in a segment or not.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentWhy {
    /// Who.
    pub profile: ProfileName,
    /// The segment.
    pub segment: String,
    /// Whether it is in.
    pub member: bool,
    /// The clock of the filter.
    pub clock: String,
    /// The filter with the value of each part.
    pub tree: Tree,
    /// When it turns, if nothing else happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flip: Option<FlipWhy>,
    /// How far we looked for that.
    pub until: String,
}

/// When a filter turns.
#[derive(Clone, Debug, Serialize)]
pub struct FlipWhy {
    /// When.
    pub at: String,
    /// Whether that is sure, found by search, or only that it is not before.
    pub certainty: Certainty,
    /// The tests that come out otherwise then.
    pub because: Vec<String>,
}

/// What is known of a flip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It turns then, and not before.
    Sure,
    /// It turns then; perhaps there and back before.
    Searched,
    /// It does not turn before.
    NotBefore,
}

/// How many years ahead a flip is looked for.
const YEARS: i64 = 5;

/// Why a profile is in a segment or not.
pub fn segment(
    evidence: &Evidence<'_>,
    table: &TableEvidence,
    profile: usize,
    slug: &str,
) -> Result<SegmentWhy, Refusal> {
    let package = evidence.stage.package();
    let compiled = package.segments.iter().find(|segment| segment.slug == slug);
    let probes = evidence.checked.probe_segment(slug).map_err(|finding| Refusal(finding.title.clone()))?;
    let (Some(compiled), Some(probes)) = (compiled, probes) else {
        return Err(Refusal(format!("segment `{slug}` has no condition")));
    };
    let name = ProfileName::of(evidence, table, profile);
    if compiled.table != Some(table.table) {
        return Err(Refusal(format!("segment `{slug}` is about another table than {}", name.table)));
    }
    let members = table.profiles.get(profile).map(|profile| profile.members.clone()).unwrap_or_default();
    let id = table.profiles.get(profile).map(|profile| profile.id).unwrap_or_default();
    let state = &evidence.trial.state;
    let read = |at: Time| -> Profile { state.profile(table.table, id, &members, at) };

    let constants = Bump::new();
    let unloadable = |error: lql_runtime::LoadError| Refusal(error.to_string());
    let tracer = Tracer::of_segment(&probes, &constants).map_err(unloadable)?;
    let tree_at = |at: Time| {
        let trace = tracer.profile(&read(at), evidence.schema(), at);
        Tree::of(&probes.condition, &trace, evidence.sources, at)
    };
    let tree = tree_at(evidence.as_of);
    let segments = std::slice::from_ref(compiled);
    let memberships = Memberships::new(segments, &constants).map_err(unloadable)?;
    let until = Time::from_seconds(evidence.as_of.seconds() + YEARS * 366 * 86_400).unwrap_or(evidence.as_of);
    let reading = |at: Time| Reading { profile: read(at), expires: state.expiry(table.table, &members, at) };
    let flip = memberships.next_flip(slug, evidence.schema(), evidence.as_of, until, reading);
    let flip = flip.map(|flip| {
        let (at, certainty) = match flip {
            Flip::At(at) => (at, Certainty::Sure),
            Flip::About(at) => (at, Certainty::Searched),
            Flip::NotBefore(at) => (at, Certainty::NotBefore),
        };
        let because = tree.turned(&tree_at(at)).into_iter().map(str::to_owned).collect();
        FlipWhy { at: instant(at), certainty, because }
    });
    Ok(SegmentWhy {
        profile: name,
        segment: slug.to_owned(),
        member: tree.is_true(),
        clock: instant(evidence.as_of),
        tree,
        flip,
        until: instant(until),
    })
}
