//! A whole profile in short: who it is, where each field comes from, which segments it is in.

use super::identity::{IdentityWhy, identity};
use super::place::EventPlace;
use super::value::field;
use crate::evidence::{Evidence, TableEvidence};
use crate::shown::instant;
use bumpalo::Bump;
use lql_runtime::Memberships;
use serde::Serialize;
use serde_json::Value as Json;

/// A profile in short.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileWhy {
    /// Who it is, and why.
    pub identity: IdentityWhy,
    /// The instant it is read at.
    pub as_of: String,
    /// Its fields, by name.
    pub fields: Vec<FieldShort>,
    /// The fields of its table that it has no value of.
    pub without_value: Vec<String>,
    /// The segments that it is in.
    pub segments: Vec<String>,
    /// The segments of its table that it is not in.
    pub not_in: Vec<String>,
}

/// A field in short.
#[derive(Clone, Debug, Serialize)]
pub struct FieldShort {
    /// Its name.
    pub field: String,
    /// Its value.
    pub value: Json,
    /// How many contributions make it.
    pub from: usize,
    /// The queries and columns that they come from, as `QUERY (FILE:LINE)`.
    pub columns: Vec<String>,
    /// The newest of the events.
    pub newest: Option<EventPlace>,
}

/// All about a profile, in short.
pub fn profile(evidence: &Evidence<'_>, table: &TableEvidence, profile: usize) -> ProfileWhy {
    let schema = evidence.schema();
    let read = evidence.profile(table, profile);
    let values = read.as_ref().map(|profile| profile.fields.as_slice()).unwrap_or_default();
    let fields = values.iter().filter_map(|(id, _)| {
        let why = field(evidence, table, profile, *id, None)?;
        let deciding = || why.contributions.iter().filter(|given| given.verdict.decides());
        let mut columns: Vec<String> =
            deciding().map(|given| format!("{} ({})", given.column.query, given.column.at)).collect();
        columns.sort();
        columns.dedup();
        let newest = deciding().max_by_key(|given| given.stamp).map(|given| given.event.clone());
        let (from, value) = (deciding().count(), why.value?);
        Some(FieldShort { field: why.field, value, from, columns, newest })
    });
    let fields: Vec<FieldShort> = fields.collect();
    let without =
        schema.fields_of(table.table).filter(|(id, _)| !values.iter().any(|(known, _)| known == id));
    let constants = Bump::new();
    let all = &evidence.stage.package().segments;
    let of_table = all.iter().filter(|segment| segment.table == Some(table.table));
    let memberships = Memberships::new(all, &constants).ok();
    let segments: Vec<&str> = match (&memberships, &read) {
        (Some(memberships), Some(read)) => memberships.of(read, schema, evidence.as_of),
        _ => Vec::new(),
    };
    let not_in = of_table.map(|segment| segment.slug.as_str()).filter(|slug| !segments.contains(slug));
    ProfileWhy {
        identity: identity(evidence, table, profile),
        as_of: instant(evidence.as_of),
        without_value: without.map(|(_, field)| field.name.clone()).collect(),
        not_in: not_in.map(str::to_owned).collect(),
        segments: segments.iter().map(|slug| (*slug).to_owned()).collect(),
        fields,
    }
}
