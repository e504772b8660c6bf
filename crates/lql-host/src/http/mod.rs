//! The host over HTTP: Lytics' paths with their answers, and our own under `/v1`.

mod access;
mod answer;
mod collect;
mod entity;
mod pixel;
mod query;
mod segments;
mod v1;

use crate::Host;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

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
        .route("/api/segment", get(segments::list))
        .route("/api/segment/sizes", get(segments::sizes))
        .route("/api/segment/{id}", get(segments::one))
        .route("/api/segment/{id}/size", get(segments::size_of))
        .route("/api/segment/{id}/sizes", get(segments::size_of))
        .route("/api/segment/{id}/scan", get(segments::scan))
        .route("/v1/profiles/{table}", get(v1::profiles))
        .route("/v1/profiles/{table}/{field}/{value}/history", get(v1::history))
        .route("/v1/profiles/{table}/{field}/{value}", get(v1::profile))
        .route("/v1/status", get(v1::status))
        .route("/v1/rejects", get(v1::rejects))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(v1::ready))
        .fallback(answer::unknown_path)
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&host), access::check))
        .with_state(host)
}

/// Serves a host until the process is told to stop (Ctrl-C, or SIGTERM): then no new request is taken, and those that
/// run are answered. `ready` is told the address once clients can come.
///
/// # Errors
/// If the address cannot be had, or the system refuses threads.
pub fn serve(host: Host, listen: SocketAddr, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stops = stop_signal()?;
        let listener = tokio::net::TcpListener::bind(listen).await?;
        ready(listener.local_addr()?);
        axum::serve(listener, router(Arc::new(host))).with_graceful_shutdown(stops).await
    })
}

/// Ends when the process is told to stop.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
