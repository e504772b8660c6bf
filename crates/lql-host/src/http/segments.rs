//! `/api/segment`: the audiences of the project, their sizes and members, in Lytics' shape.

use super::App;
use super::answer::{Failure, good};
use super::entity::lytics_shape;
use super::query::Query;
use crate::clock::now;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lql_compiler::program::Segment;
use serde_json::{Map, Value as Json, json};
use xxhash_rust::xxh3::xxh3_128;

/// Members of a page when nothing else is asked for, and at most.
const PAGE: usize = 10;
const LARGEST_PAGE: usize = 100;

/// The id of a segment: 32 hex digits that follow from its slug.
fn id_of(slug: &str) -> String {
    format!("{:032x}", xxh3_128(slug.as_bytes()))
}

fn segment_of<'a>(app: &'a App, id: &str) -> Result<&'a Segment, Failure> {
    let segments = &app.people.package.segments;
    let found = segments.iter().find(|segment| segment.slug == id || id_of(&segment.slug) == id);
    found.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, format!("there is no segment `{id}`")))
}

fn describe(app: &App, segment: &Segment) -> Json {
    let table = segment.table.and_then(|table| app.people.package.schema.table(table));
    json!({
        "id": id_of(&segment.slug),
        "name": segment.slug,
        "slug_name": segment.slug,
        "kind": "segment",
        "table": table.map(|table| table.name.as_str()),
        "is_public": false,
        "tags": [],
    })
}

fn size(app: &App, segment: &Segment) -> Result<Json, Failure> {
    let size = app.people.moment()?.look.size(&segment.slug)?;
    Ok(json!({"id": id_of(&segment.slug), "name": segment.slug, "slug_name": segment.slug, "size": size}))
}

/// All of them.
pub async fn list(State(app): State<App>) -> Response {
    let segments = &app.people.package.segments;
    let described: Vec<_> = segments.iter().map(|segment| describe(&app, segment)).collect();
    good(Json::Array(described), Map::new())
}

/// One.
pub async fn one(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    Ok(good(describe(&app, segment_of(&app, &id)?), Map::new()))
}

/// How many members one has.
pub async fn size_of(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Failure> {
    Ok(good(size(&app, segment_of(&app, &id)?)?, Map::new()))
}

/// How many members some have: those that `ids` names, else all.
pub async fn sizes(State(app): State<App>, query: Query) -> Result<Response, Failure> {
    let named = query.0.iter().filter(|(name, _)| name == "ids" || name == "ids[]");
    let ids: Vec<&str> = named
        .flat_map(|(_, ids)| ids.trim_matches(['[', ']']).split(','))
        .map(|id| id.trim().trim_matches('"'))
        .filter(|id| !id.is_empty())
        .collect();
    let sizes = if ids.is_empty() {
        app.people
            .package
            .segments
            .iter()
            .map(|segment| size(&app, segment))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        ids.into_iter().map(|id| size(&app, segment_of(&app, id)?)).collect::<Result<Vec<_>, _>>()?
    };
    Ok(good(Json::Array(sizes), Map::new()))
}

/// The members of one, page by page.
pub async fn scan(State(app): State<App>, Path(id): Path<String>, query: Query) -> Result<Response, Failure> {
    let segment = segment_of(&app, &id)?;
    let limit = match query.get("limit").map(str::parse::<usize>) {
        None => PAGE,
        Some(Ok(limit)) if limit > 0 => limit.min(LARGEST_PAGE),
        Some(_) => return Err(Failure::bad("`limit` must be a number above 0")),
    };
    let start = query.get("start").map(|start| u128::from_str_radix(start, 16)).transpose();
    let start = start.map_err(|_| Failure::bad("`start` must be what `_next` of the page before said"))?;
    let moment = app.people.moment()?;
    let members = moment.look.members(&segment.slug, start, limit + 1)?;
    let next = match members.get(limit) {
        Some(_) => members.get(limit - 1).map(|last| format!("{last:032x}")),
        None => None,
    };
    let mut profiles = Vec::new();
    for profile in members.iter().take(limit) {
        // One of a table that no query writes has no members.
        let found = segment.table.map(|table| moment.find_id(table, *profile)).transpose()?.flatten();
        if let Some(found) = found {
            profiles.push(Json::Object(lytics_shape(&moment, found, now(), &query)?));
        }
    }
    let mut beside = Map::new();
    beside.insert("total".into(), moment.look.size(&segment.slug)?.into());
    beside.insert("_next".into(), next.unwrap_or_default().into());
    Ok(good(Json::Array(profiles), beside))
}
