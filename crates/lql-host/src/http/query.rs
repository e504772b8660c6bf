//! The query of a request: pairs in order, with names that may come again.

use super::answer::Failure;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The pairs of a query.
#[derive(Clone, Debug, Default)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// Reads pairs.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The last value of a name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Whether something is wanted: `true`, `1` or nothing after the name. Anything else that is not clearly a no is an error.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, Failure> {
        let Some((_, value)) = self.0.iter().rev().find(|(key, _)| key == name) else { return Ok(default) };
        match value.as_str() {
            "true" | "t" | "1" | "" => Ok(true),
            "false" | "f" | "0" => Ok(false),
            other => Err(Failure::bad(format!("`{name}` must be true or false, not {other:?}"))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default().as_bytes()))
    }
}
