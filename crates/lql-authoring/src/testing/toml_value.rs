//! Values of profiles as they are written in test files.

use crate::toml_keys::MODE;
use lql_compiler::Time;
use lql_runtime::merge::Owned;
use toml_edit::{Array, Datetime, InlineTable, Value};

/// A value as TOML; nothing for what TOML has no word for.
pub(super) fn value(owned: &Owned) -> Option<Value> {
    Some(match owned {
        Owned::Null => return None,
        Owned::Bool(flag) => (*flag).into(),
        Owned::Int(int) => (*int).into(),
        Owned::Number(number) => (*number).into(),
        Owned::Time(time) => instant(*time),
        Owned::Text(text) => text.as_str().into(),
        Owned::List(items) => Value::Array(items.iter().map(value).collect::<Option<Array>>()?),
        Owned::Map(entries) => {
            let mut table = InlineTable::new();
            for (key, item) in entries {
                table.insert(key.as_str(), value(item)?);
            }
            // Else it would be read as a way to compare.
            if !entries.is_empty() && entries.iter().all(|(key, _)| MODE.key(key).is_some()) {
                let mut exact = InlineTable::new();
                exact.insert("exact", Value::InlineTable(table));
                table = exact;
            }
            Value::InlineTable(table)
        }
    })
}

/// An instant; as a text where TOML has no such date.
pub(super) fn instant(time: Time) -> Value {
    let text = time.to_rfc3339();
    text.parse::<Datetime>().map_or_else(|_| text.as_str().into(), Into::into)
}

/// Whether a written value is a value, compared as `lql test` does.
pub(super) fn is(written: &Value, owned: &Owned) -> bool {
    match (written, owned) {
        (Value::String(a), Owned::Text(b)) => a.value() == b.as_str(),
        (Value::String(a), Owned::Time(b)) => crate::instant(a.value()).is_ok_and(|a| a == *b),
        (Value::Integer(a), Owned::Int(b)) => a.value() == b,
        (Value::Integer(a), Owned::Number(b)) => *a.value() as f64 == *b,
        (Value::Float(a), Owned::Number(b)) => a.value() == b || (a.value().is_nan() && b.is_nan()),
        (Value::Float(a), Owned::Int(b)) => *a.value() == *b as f64,
        (Value::Boolean(a), Owned::Bool(b)) => a.value() == b,
        (Value::Datetime(a), Owned::Time(b)) => crate::instant(&a.value().to_string()).is_ok_and(|a| a == *b),
        (Value::Array(a), Owned::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is(a, b)),
        (Value::InlineTable(a), Owned::Map(b)) => {
            a.len() == b.len() && b.iter().all(|(key, b)| a.get(key).is_some_and(|a| is(a, b)))
        }
        _ => false,
    }
}
