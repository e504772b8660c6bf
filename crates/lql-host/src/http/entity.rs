//! `GET /api/entity/{table}/{field}/{value}` and its kin: profiles in Lytics' shape.
//!
//! Scalar numbers are strings there, and a profile that is not there is an answer of 200. Our own shape is under `/v1`.

use super::App;
use super::answer::{Failure, good};
use super::query::Query;
use crate::clock::now;
use crate::people::{Found, Moment};
use axum::extract::{Path, State};
use axum::response::Response;
use lql_compiler::Time;
use lql_compiler::schema::{Schema, TableId};
use serde_json::{Map, Value as Json, json};

/// The table of `/api/me`.
const VISITORS: &str = "user";

pub async fn of_table(
    State(app): State<App>,
    Path((table, field, value)): Path<(String, String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    answer(&app, &table, Some(&field), &value, &query)
}

pub async fn by_value(
    State(app): State<App>,
    Path((table, value)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    answer(&app, &table, None, &value, &query)
}

pub async fn me(
    State(app): State<App>,
    Path((field, value)): Path<(String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    answer(&app, VISITORS, Some(&field), &value, &query)
}

fn answer(
    app: &App,
    table_name: &str,
    field: Option<&str>,
    value: &str,
    query: &Query,
) -> Result<Response, Failure> {
    let schema = &app.people.package.schema;
    let table = table_of(schema, table_name)?;
    let moment = app.people.moment()?;
    let Some(found) = find(&moment, schema, table, field, value) else {
        let mut beside = Map::new();
        beside.insert("message".into(), "Not Found".into());
        return Ok(good(json!({"segments": ["not_found", "all"]}), beside));
    };
    let data = lytics_shape(&moment, found, now(), query)?;
    let mut beside = Map::new();
    if query.flag("meta", true)? {
        let by_fields = by_fields(schema, table);
        beside.insert(
            "meta".into(),
            json!({"name": table_name, "format": "json", "by_fields": by_fields, "conflicts": null}),
        );
    }
    Ok(good(Json::Object(data), beside))
}

/// A profile as Lytics shows it: scalar numbers are texts, and it says which segments it is in.
pub fn lytics_shape(
    moment: &Moment<'_>,
    found: Found,
    as_of: Time,
    query: &Query,
) -> Result<Map<String, Json>, Failure> {
    let mut text = Vec::new();
    moment.write(found, as_of, &mut text)?;
    let profile: Map<String, Json> = match text.as_slice() {
        [] => Map::new(),
        text => serde_json::from_slice(text).map_err(|error| Failure::ours(&error))?,
    };
    let names = |key: &str| {
        query.get(key).map(|names| names.split(',').map(str::trim).map(str::to_owned).collect::<Vec<_>>())
    };
    let (wanted, blocked) = (names("fields"), names("fieldBlocklist").unwrap_or_default());
    let mut shown = Map::new();
    for (name, value) in profile {
        let is_wanted = wanted.as_ref().is_none_or(|wanted| name == "_id" || wanted.contains(&name));
        if is_wanted && !blocked.contains(&name) {
            let value = if value.is_number() { Json::String(value.to_string()) } else { value };
            shown.insert(name, value);
        }
    }
    if query.flag("segments", true)? {
        let standing = moment.look.standing(found.table, moment.id(found))?;
        let slugs = standing.segments.iter().map(|(slug, _)| slug.as_str()).chain(["all"]);
        shown.insert("segments".into(), slugs.collect());
    }
    Ok(shown)
}

/// A table by name; an error that names those that there are.
pub fn table_of(schema: &Schema, name: &str) -> Result<TableId, Failure> {
    schema.find_table(name).ok_or_else(|| {
        let tables: Vec<_> = schema.tables.iter().map(|table| table.name.as_str()).collect();
        let status = axum::http::StatusCode::NOT_FOUND;
        Failure::new(status, format!("there is no table `{name}`; there are: {}", tables.join(", ")))
    })
}

/// The names of a table's identity fields, best rank first.
pub fn by_fields(schema: &Schema, table: TableId) -> Vec<&str> {
    let ids = schema.table(table).map_or(&[][..], |table| &table.identities);
    ids.iter().filter_map(|id| schema.field(*id)).map(|field| field.name.as_str()).collect()
}

/// A profile by an identity value, of a field or of whichever has it first.
pub fn find(
    moment: &Moment<'_>,
    schema: &Schema,
    table: TableId,
    field: Option<&str>,
    value: &str,
) -> Option<Found> {
    let ids = schema.table(table).map_or(&[][..], |table| &table.identities);
    let is_asked = |name: &str| field.is_none_or(|field| field == name);
    let ids = ids.iter().filter(|id| schema.field(**id).is_some_and(|field| is_asked(&field.name)));
    ids.into_iter().find_map(|id| moment.find(table, *id, value))
}
