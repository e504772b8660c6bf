//! Conversions between values (reference 6.4). Every function and operator converts through these.

use crate::Value;
use bumpalo::Bump;

/// To text; lists are joined by `,`. Missing and null have none.
pub fn to_text<'a>(value: Value<'a>, arena: &'a Bump) -> Option<&'a str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bool(flag) => Some(if flag { "true" } else { "false" }),
        Value::Int(int) => Some(bumpalo::format!(in arena, "{}", int).into_bump_str()),
        _ => None,
    }
}
