//! Who may ask for what.

use super::App;
use super::answer::Failure;
use super::query::Query;
use crate::tokens::{Access, Scope};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a request needs; `None` if everybody may ask.
fn needed(method: &Method, path: &str) -> Option<Scope> {
    match path.split('/').nth(1).unwrap_or_default() {
        "healthz" | "readyz" | "c" => None,
        "collect" => Some(Scope::Ingest),
        _ if *method == Method::GET => Some(Scope::Read),
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
            let message = format!("Not authorized: this needs a token of scope {needed:?}").to_lowercase();
            Failure::new(StatusCode::FORBIDDEN, message).into_response()
        }
        Ok(Access::Unknown) => Failure::new(StatusCode::UNAUTHORIZED, "Not authorized").into_response(),
        Err(error) => Failure::ours(&error).into_response(),
    }
}
