//! The host over HTTP: Lytics' paths with their answers, and our own under `/v1`.

mod answer;
mod collect;
mod entity;
mod pixel;
mod query;
mod v1;

use crate::Host;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use lql_compiler::Time;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What all handlers share.
type App = Arc<Host>;

/// Bytes of a body of live events; Lytics' own limit.
const LIVE_BODY: usize = 10 << 20;

/// All paths of a host.
pub fn router(host: Arc<Host>) -> Router {
    Router::new()
        .route("/collect/json/{stream}", post(collect::json))
        .route("/collect/bulk/{stream}", post(collect::bulk))
        .route("/collect/csv/{stream}", post(collect::bulk))
        .route("/c/{cid}", get(pixel::default_stream).post(pixel::default_stream))
        .route("/c/{cid}/{stream}", get(pixel::stream).post(pixel::stream))
        .route("/api/entity/{table}/{field}/{value}", get(entity::of_table))
        .route("/api/entity/{table}/{value}", get(entity::by_value))
        .route("/api/me/{field}/{value}", get(entity::me))
        .route("/v1/profiles/{table}", get(v1::profiles))
        .route("/v1/profiles/{table}/{field}/{value}", get(v1::profile))
        .route("/v1/status", get(v1::status))
        .route("/v1/rejects", get(v1::rejects))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(v1::ready))
        .fallback(answer::unknown_path)
        .layer(DefaultBodyLimit::disable())
        .with_state(host)
}

/// The clock.
fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::new(since.as_secs() as i64, since.subsec_nanos()).unwrap_or_default()
}
