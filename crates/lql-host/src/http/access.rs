//! Who may ask for what.

use super::App;
use super::answer::Failure;
use super::collect::whole;
use super::query::Query;
use crate::tokens::{Access, Scope};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Of the body of a refused request, up to four times as many bytes are read and dropped.
const REFUSED: usize = 256 << 10;

/// What a request needs; `None` if everybody may ask.
fn needed(method: &Method, path: &str) -> Option<Scope> {
    match path.split('/').nth(1).unwrap_or_default() {
        "healthz" | "readyz" | "c" => None,
        "collect" => Some(Scope::Ingest),
        _ if matches!(*method, Method::GET | Method::HEAD) => Some(Scope::Read),
        _ => Some(Scope::Admin),
    }
}

/// Lets a request through if its token is good for it: the bare token as `Authorization`, `Bearer` before it or not, or as
/// `access_token` or `key` in the query.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(needed) = needed(request.method(), request.uri().path()) else { return next.run(request).await };
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let query = Query::parse(request.uri().query().unwrap_or_default().as_bytes());
    let token = header.map(|it| it.strip_prefix("Bearer ").unwrap_or(it).trim());
    let token = token.or_else(|| query.get("access_token")).or_else(|| query.get("key"));
    match app.tokens.access(token) {
        Ok(Access::Open) => next.run(request).await,
        Ok(Access::Granted(scope)) if scope.allows(needed) => next.run(request).await,
        Ok(Access::Granted(_)) => {
            let needed = format!("{needed:?}").to_lowercase();
            let message = format!("Not authorized: this needs a token of scope {needed}");
            refuse(request, Failure::new(StatusCode::FORBIDDEN, message)).await
        }
        Ok(Access::Unknown) => {
            refuse(request, Failure::new(StatusCode::UNAUTHORIZED, "Not authorized")).await
        }
        Err(error) => refuse(request, Failure::ours(&error)).await,
    }
}

/// Answers with a failure. A small body is read first: a client that still writes would not see the answer. One that waits
/// for the word to go on sees it at once.
async fn refuse(request: Request, failure: Failure) -> Response {
    if !request.headers().contains_key(header::EXPECT) {
        let _ = whole(request.into_body(), REFUSED, "").await;
    }
    failure.into_response()
}
