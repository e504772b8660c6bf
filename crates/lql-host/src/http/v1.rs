//! Our own paths: values keep their types, what is not there is a 404.

use super::App;
use super::answer::{Failure, respond};
use super::entity::{find, table_of};
use super::query::Query;
use crate::clock::now;
use crate::views::{RejectId, ViewError};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use lql_compiler::schema::TableId;
use lql_compiler::{Time, Value, convert};
use serde_json::{Value as Json, json};
use std::io;
use tokio::sync::mpsc;

/// The instant that a request asks for, `as_of`; else now.
fn as_of(query: &Query) -> Result<Time, Failure> {
    let Some(text) = query.get("as_of") else { return Ok(now()) };
    convert::to_time(Value::Text(text), now()).ok_or_else(|| {
        Failure::bad(format!("`as_of` must be an instant, such as 2026-05-01T10:00:00Z, not {text:?}"))
    })
}

/// One profile, as `lql run` writes it.
pub async fn profile(
    State(app): State<App>,
    Path((table, field, value)): Path<(String, String, String)>,
    query: Query,
) -> Result<Response, Failure> {
    let schema = &app.people.package.schema;
    let table = table_of(schema, &table)?;
    let as_of = as_of(&query)?;
    let moment = app.people.moment()?;
    let mut body = Vec::new();
    let found = find(&moment, schema, table, Some(&field), &value);
    match found {
        Some(found) if moment.write(found, as_of, &mut body)? => {
            Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
        }
        _ => Err(Failure::new(StatusCode::NOT_FOUND, format!("no profile has `{value}` as {field}"))),
    }
}

/// When a profile entered and left segments, in order, and which it is in.
pub async fn history(
    State(app): State<App>,
    Path((table, field, value)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let schema = &app.people.package.schema;
    let table = table_of(schema, &table)?;
    let moment = app.people.moment()?;
    let Some(found) = find(&moment, schema, table, Some(&field), &value) else {
        return Err(Failure::new(StatusCode::NOT_FOUND, format!("no profile has `{value}` as {field}")));
    };
    let id = moment.id(found);
    let standing = moment.look.standing(table, id)?;
    let moves = moment.look.history(id)?.into_iter().map(|it| {
        let event = if it.enters { "enter" } else { "exit" };
        json!({"segment": it.segment, "event": event, "at": it.at.to_rfc3339(), "why": it.why.name()})
    });
    let segments = standing.segments.iter().map(|(slug, since)| (slug.clone(), since.to_rfc3339().into()));
    let body = json!({
        "_id": format!("{id:032x}"),
        "segments": Json::Object(segments.collect()),
        "next_change": standing.flip.map(Time::to_rfc3339),
        "moves": moves.collect::<Vec<_>>(),
    });
    Ok(respond(StatusCode::OK, &body))
}

/// All profiles of a table, a line each, sorted by id.
pub async fn profiles(
    State(app): State<App>,
    Path(table): Path<String>,
    query: Query,
) -> Result<Response, Failure> {
    let table = table_of(&app.people.package.schema, &table)?;
    let as_of = as_of(&query)?;
    let (send, receive) = mpsc::channel::<Result<Bytes, io::Error>>(8);
    tokio::task::spawn_blocking(move || {
        if let Err(error) = write_profiles(&app, table, as_of, &send) {
            tracing::error!("{error}");
            let _ = send.blocking_send(Err(io::Error::other("the profiles cannot be read")));
        }
    });
    let parts = futures::stream::unfold(receive, async |mut receive| Some((receive.recv().await?, receive)));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(parts)).into_response())
}

fn write_profiles(
    app: &App,
    table: TableId,
    as_of: Time,
    send: &mpsc::Sender<Result<Bytes, io::Error>>,
) -> Result<(), ViewError> {
    /// Profiles that are read while nothing may change.
    const SOME: usize = 256;
    let all = app.people.all(table)?;
    for start in (0..all.len()).step_by(SOME) {
        let mut part = Vec::new();
        app.people.write_some(&all, start..all.len().min(start + SOME), as_of, &mut part)?;
        if send.blocking_send(Ok(part.into())).is_err() {
            break; // the client has gone
        }
    }
    Ok(())
}

/// How far everything is.
pub async fn status(State(app): State<App>) -> Result<Response, Failure> {
    let schema = &app.people.package.schema;
    let lanes = app.lanes()?;
    let moment = app.people.moment()?;
    let lanes = lanes.iter().map(|lane| {
        let status = json!({
            "accepted": lane.accepted,
            "worked_in": lane.worked_in,
            "bytes": lane.bytes,
            "waiting_bytes": lane.waiting,
        });
        (lane.lane.name().to_owned(), status)
    });
    let streams = moment.look.streams()?.into_iter().map(|(name, counts)| {
        let status = json!({
            "events": counts.events,
            "rejected": counts.rejected,
            "duplicates": counts.duplicates,
            "without_identity": counts.without_identity,
            "last": counts.last.to_rfc3339(),
        });
        (name, status)
    });
    let tables = schema
        .tables
        .iter()
        .zip(0..)
        .map(|(table, id)| (table.name.clone(), json!({"profiles": moment.count(TableId(id))})));
    let body = json!({
        "trouble": app.trouble(),
        "clock": moment.look.clock()?.to_rfc3339(),
        "lanes": Json::Object(lanes.collect()),
        "streams": Json::Object(streams.collect()),
        "tables": Json::Object(tables.collect()),
    });
    Ok(respond(StatusCode::OK, &body))
}

/// Rejected events, a line each: at most `limit`, which is 1000 by itself, beginning after the one with the id `after`.
pub async fn rejects(State(app): State<App>, query: Query) -> Result<Response, Failure> {
    let after = query.get("after").map(|id| {
        RejectId::parse(id).ok_or_else(|| Failure::bad("`after` must be the `id` of a rejected event"))
    });
    let limit = query.get("limit").map_or(Ok(1000), str::parse::<usize>);
    let limit = limit.map_err(|_| Failure::bad("`limit` must be a number"))?;
    let mut body = String::new();
    for (id, rejected) in app.people.moment()?.look.rejects(after.transpose()?, limit.min(10_000))? {
        let line = json!({
            "id": id.to_string(),
            "received": rejected.received.to_rfc3339(),
            "stream": rejected.stream,
            "file": rejected.file,
            "line": rejected.reject.line,
            "column": rejected.reject.column,
            "reason": rejected.reject.reason,
            "record": String::from_utf8_lossy(&rejected.reject.raw),
        });
        body.push_str(&line.to_string());
        body.push('\n');
    }
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// Whether events are taken and worked in.
pub async fn ready(State(app): State<App>) -> Result<&'static str, Failure> {
    match app.trouble() {
        None => Ok("ok\n"),
        Some(trouble) => Err(Failure::busy(trouble)),
    }
}
