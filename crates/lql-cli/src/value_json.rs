//! Values as JSON, and the names of their kinds.

use lql_compiler::{Kind, Value};
use serde_json::Value as Json;

/// A value as JSON: instants as RFC 3339 text, infinities and NaN as text, *no value* as `null`.
pub fn to_json(value: Value<'_>) -> Json {
    match value {
        Value::Missing | Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Int(number) => Json::from(number),
        Value::Number(number) if number.is_finite() => Json::from(number),
        // JSON has no word for them; `null` would look like no value.
        Value::Number(number) if number.is_nan() => Json::from("NaN"),
        Value::Number(number) => Json::from(if number > 0.0 { "Infinity" } else { "-Infinity" }),
        Value::Time(time) => Json::String(time.to_rfc3339()),
        Value::Text(text) => Json::String(text.to_owned()),
        Value::List(items) => Json::Array(items.iter().map(|item| to_json(*item)).collect()),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| ((*key).to_owned(), to_json(*value))).collect())
        }
    }
}

/// The kind that a value has at run time; of a map, by its entries.
pub fn kind_of(value: Value<'_>) -> Kind {
    match value {
        Value::Missing | Value::Null => Kind::Dynamic,
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int,
        Value::Number(_) => Kind::Number,
        Value::Time(_) => Kind::Date,
        Value::Text(_) => Kind::Text,
        Value::List(items)
            if !items.is_empty() && items.iter().all(|item| matches!(item, Value::Time(_))) =>
        {
            Kind::TimeSet
        }
        Value::List(_) => Kind::TextSet,
        Value::Map(entries) => {
            let mut kinds = entries.iter().map(|(_, value)| kind_of(*value));
            let first = kinds.next().unwrap_or(Kind::Dynamic);
            if kinds.any(|kind| kind != first) {
                return Kind::MapValue;
            }
            match first {
                Kind::Int => Kind::MapInt,
                Kind::Number => Kind::MapNumber,
                Kind::Text => Kind::MapText,
                Kind::Bool => Kind::MapBool,
                Kind::Date => Kind::MapTime,
                _ => Kind::MapValue,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_compiler::Time;

    #[test]
    fn maps_are_named_by_their_entries() {
        let ints = [("a", Value::Int(1)), ("b", Value::Int(2))];
        let mixed = [("a", Value::Int(1)), ("b", Value::Text("x"))];
        assert_eq!(kind_of(Value::Map(&ints)).name(), "map[string]int");
        assert_eq!(kind_of(Value::Map(&mixed)).name(), "map[string]value");
        assert_eq!(kind_of(Value::Map(&[])).name(), "map[string]value");
    }

    #[test]
    fn lists_are_sets_of_text_or_of_time() {
        assert_eq!(kind_of(Value::List(&[Value::Time(Time::default())])).name(), "[]time");
        assert_eq!(kind_of(Value::List(&[Value::Int(1)])).name(), "[]string");
    }

    #[test]
    fn numbers_keep_their_point_and_instants_are_text() {
        let time = Time::from_seconds(0).unwrap();
        let list = [Value::Number(2.0), Value::Int(2), Value::Time(time), Value::Number(f64::NAN)];
        assert_eq!(to_json(Value::List(&list)).to_string(), r#"[2.0,2,"1970-01-01T00:00:00Z","NaN"]"#);
    }
}
