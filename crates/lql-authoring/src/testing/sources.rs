//! Why a value is what it is or a profile where it is, and which events are of a profile.

use super::judge::Scene;
use crate::evidence::{Evidence, TableEvidence};
use crate::trial::KeptChange;
use crate::why;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::Profile;
use lql_runtime::identity::IdentityRules;
use lql_runtime::merge::Owned;

/// Why a field of a profile has its value, or none, in lines: what decided, what lost and by which rule.
pub(super) fn of_field(scene: &Scene<'_>, profile: &Profile, field: FieldId) -> Vec<String> {
    let text = ask(scene, profile, |evidence, table, at| {
        Some(why::field(evidence, table, at, field, None)?.text(false).replace(": --all shows them", ""))
    });
    // The first line says whose and what, and stands above already.
    let lines: Vec<&str> = text.lines().skip(1).filter(|line| !line.is_empty()).collect();
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| if at == 0 { line.trim_start() } else { line }.to_owned())
        .collect()
}

/// Why a profile is in a segment or not, in lines: what each part of the filter was worth.
pub(super) fn of_segment(scene: &Scene<'_>, profile: &Profile, slug: &str) -> Vec<String> {
    let text =
        ask(scene, profile, |evidence, table, at| Some(why::segment(evidence, table, at, slug).ok()?.text()));
    // That the clock will not change it either is no help here.
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("Time alone"));
    lines.map(str::to_owned).collect()
}

/// Asks why; nothing if there is no answer.
fn ask(
    scene: &Scene<'_>,
    profile: &Profile,
    question: impl FnOnce(&Evidence<'_>, &TableEvidence, usize) -> Option<String>,
) -> String {
    let court = scene.court;
    let recording = &scene.ready.recording;
    let evidence =
        Evidence::new(court.checked, court.sources, &court.stage, recording, scene.trial, scene.as_of);
    let answer = evidence.table(profile.table).and_then(|table| {
        let at = table.profiles.iter().position(|it| it.id == profile.id)?;
        question(&evidence, table, at)
    });
    answer.unwrap_or_default()
}

/// Whether a change went to a profile: its home is the first identity value that counts.
pub(super) fn is_of(change: &KeptChange, profile: &Profile, rules: &IdentityRules) -> bool {
    let home =
        change.with(|it| it.identities.iter().position(|identity| rules.unusable(it, *identity).is_none()));
    let home = home.and_then(|at| change.identities.get(at));
    change.table == profile.table
        && home.is_some_and(|(field, value)| {
            profile.identities.iter().any(|(id, text)| id == field && text.as_str() == value)
        })
}

/// What a profile holds in a field.
pub(super) fn value_of(profile: &Profile, field: FieldId) -> Option<&Owned> {
    profile.fields.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
}

/// The tables of a project.
pub(super) fn tables(count: usize) -> impl Iterator<Item = TableId> {
    (0..count).map(|at| TableId(at as u16))
}
