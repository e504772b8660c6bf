//! Where a field's value comes from: the contributions of the events of its profile.

use super::judge::{Scene, clipped};
use super::matching::json;
use crate::trial::KeptChange;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::identity::IdentityRules;
use lql_runtime::merge::Owned;
use lql_runtime::{Profile, Stamp};

/// How many contributions are told.
const MOST: usize = 8;

/// The contributions to a field of a profile, oldest first, one a line; or the columns that could have made one.
pub(super) fn of_field(scene: &Scene<'_>, profile: &Profile, field: FieldId) -> Vec<String> {
    let mut told: Vec<(Stamp, String)> = Vec::new();
    let recording = scene.ready.recording.events.iter();
    for (event, mapped) in recording.zip(&scene.trial.mapped) {
        let Ok(mapped) = mapped else { continue };
        let changes = mapped.changes.iter().filter(|change| is_of(change, profile, &scene.court.rules));
        for (_, column, value) in changes.flat_map(|it| &it.contributions).filter(|it| it.0 == field) {
            let column = column_of(scene, &event.stream, *column);
            let (place, time) = (format!("{}:{}", event.file, event.line), mapped.stamp.time.to_rfc3339());
            told.push((mapped.stamp, format!("{} from {place} at {time} by {column}", json(value))));
        }
    }
    told.sort();
    if !told.is_empty() {
        return clipped(told.into_iter().map(|(_, text)| text).collect(), MOST);
    }
    let package = scene.court.package;
    let columns = package.streams.iter().flat_map(|program| {
        let writing = program.columns.iter().enumerate().filter(|(_, column)| column.field == field);
        writing.map(|(at, _)| column_of(scene, &program.stream, at as u16))
    });
    let columns: Vec<String> = columns.map(|column| format!("no event gave a value to {column}")).collect();
    clipped(columns, MOST)
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

/// `web.lql:12 count(device.ua)`
fn column_of(scene: &Scene<'_>, stream: &str, column: u16) -> String {
    let package = scene.court.package;
    let program = package.streams.iter().find(|program| program.stream == stream);
    let found = program.and_then(|program| {
        let column = program.columns.get(usize::from(column))?;
        let query = program.queries.get(usize::from(column.query))?;
        let file = package.files.get(query.file as usize)?;
        Some(format!("{file}:{} {}", column.line, column.text))
    });
    found.unwrap_or_default()
}

/// What a profile holds in a field.
pub(super) fn value_of(profile: &Profile, field: FieldId) -> Option<&Owned> {
    profile.fields.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
}

/// The tables of a project.
pub(super) fn tables(count: usize) -> impl Iterator<Item = TableId> {
    (0..count).map(|at| TableId(at as u16))
}
