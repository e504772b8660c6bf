//! Values as JSON.

use lql_compiler::Value;
use serde_json::{Map, Number, Value as Json};

/// A value as JSON: instants as RFC 3339 text, infinities and NaN as words. No value and null give nothing.
pub fn to_json(value: Value<'_>) -> Option<Json> {
    Some(match value {
        Value::Missing | Value::Null => return None,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Int(int) => Json::Number(int.into()),
        Value::Number(number) => match Number::from_f64(number) {
            Some(number) => Json::Number(number),
            None if number.is_nan() => Json::String("NaN".into()),
            None => Json::String(if number > 0.0 { "+Inf" } else { "-Inf" }.into()),
        },
        Value::Time(time) => Json::String(time.to_rfc3339()),
        Value::Text(text) => Json::String(text.into()),
        Value::List(items) => {
            Json::Array(items.iter().map(|item| to_json(*item).unwrap_or_default()).collect())
        }
        Value::Map(entries) => {
            let entry =
                |(key, value): &(&str, Value<'_>)| ((*key).to_owned(), to_json(*value).unwrap_or_default());
            Json::Object(entries.iter().map(entry).collect::<Map<_, _>>())
        }
    })
}

/// Whether two JSON values are the same, where `5` and `5.0` are.
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(x), Json::Number(y)) => {
            x == y || x.as_f64() == y.as_f64() && (x.is_f64() || y.is_f64())
        }
        (Json::Array(x), Json::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Json::Object(x), Json::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| same(x, y)))
        }
        _ => a == b,
    }
}
