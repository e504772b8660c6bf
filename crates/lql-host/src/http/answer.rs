//! Answers in the shape of Lytics' version 1, and errors.

use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

/// A good answer with data, and what stands beside it.
pub fn good(data: Json, beside: Map<String, Json>) -> Response {
    let mut body = Map::new();
    body.insert("data".into(), data);
    body.extend(beside);
    body.entry("message").or_insert("success".into());
    body.insert("status".into(), 200.into());
    respond(StatusCode::OK, &Json::Object(body))
}

/// A request that cannot be answered as it asks.
#[derive(Debug)]
pub struct Failure {
    pub status: StatusCode,
    pub message: String,
    /// What can be said all the same.
    pub data: Json,
}

impl Failure {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), data: Json::Null }
    }

    /// The request is wrong.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The host cannot take more now. Never a 4xx: clients throw events away at those.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    /// Something is wrong with the host.
    pub fn ours(error: &dyn std::error::Error) -> Self {
        tracing::error!("{error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the host has a problem; its log says which")
    }
}

impl From<crate::views::ViewError> for Failure {
    fn from(error: crate::views::ViewError) -> Self {
        Self::ours(&error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = json!({"data": self.data, "status": self.status.as_u16(), "message": self.message});
        let mut response = respond(self.status, &body);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

/// For paths that there are not.
pub async fn unknown_path(uri: Uri) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, format!("there is no {}", uri.path()))
}

pub fn respond(status: StatusCode, body: &Json) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
