//! `GET` and `POST /c/{cid}[/{stream}]`: what browser tags and pixels in mails send. Pairs of the query or of a form are one
//! event; the answer is a picture of one transparent point.

use super::App;
use super::answer::Failure;
use super::collect::{append, whole};
use super::query::Query;
use crate::clock::now;
use crate::entry::{Entry, Events};
use crate::views::Lane;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use lql_runtime::decode::Chunk;

/// The smallest picture: GIF, one point, transparent.
const POINT: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
/// Bytes of a form.
const FORM: usize = 1 << 20;

pub async fn default_stream(
    app: State<App>,
    Path(_): Path<String>,
    query: Query,
    body: Body,
) -> Result<Response, Failure> {
    take(app, "default".into(), query, body).await
}

pub async fn stream(
    app: State<App>,
    Path((_, stream)): Path<(String, String)>,
    query: Query,
    body: Body,
) -> Result<Response, Failure> {
    take(app, stream, query, body).await
}

async fn take(State(app): State<App>, stream: String, query: Query, body: Body) -> Result<Response, Failure> {
    let body = whole(body, FORM, "send it to /collect/json").await?;
    let mut pairs = query.0;
    pairs.extend(Query::parse(&body).0);
    pairs.retain(|(name, _)| !name.is_empty());
    if !pairs.is_empty() {
        let chunk = Chunk::of_row(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let entry =
            Entry::Events(Events { received: now(), stream, file: String::new(), timestamp: None, chunk });
        append(&app, Lane::Live, &[entry]).await?;
    }
    let headers = [(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store, max-age=0")];
    Ok((headers, POINT).into_response())
}
