//! Values at run time: small, copyable, borrowed from the event, the program or the event's arena.

use crate::Time;

/// A value of an expression. At most 24 bytes; text and collections are borrowed for `'a`, which lasts one event.
///
/// [`Value::Missing`] is *no value* (reference 5.4): an absent key, a failed cast, a type mismatch.
/// [`Value::Null`] is the literal `NULL`, which has a value of its own only for `== NULL`.
// A tag of eight bytes: with a tag of one, the seven beside it are copied in pieces that a processor waits for.
#[derive(Clone, Copy, Debug, Default)]
#[repr(u64)]
pub enum Value<'a> {
    /// No value.
    #[default]
    Missing,
    /// `NULL`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A 64-bit float.
    Number(f64),
    /// An instant, UTC.
    Time(Time),
    /// Text.
    Text(&'a str),
    /// Several values in input order; never holds `Missing`.
    List(&'a [Value<'a>]),
    /// Entries sorted by key, keys unique; never holds `Missing`.
    Map(&'a [(&'a str, Value<'a>)]),
}

impl<'a> Value<'a> {
    /// Whether this is `Missing` or `Null`.
    pub fn is_absent(self) -> bool {
        matches!(self, Value::Missing | Value::Null)
    }

    /// *Nil* of the function library (reference 6.1): no value, null, `""`, empty list or map, NaN.
    /// Zero and `false` are not nil.
    pub fn is_nil(self) -> bool {
        match self {
            Value::Missing | Value::Null => true,
            Value::Text(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            Value::Number(number) => number.is_nan(),
            Value::Bool(_) | Value::Int(_) | Value::Time(_) => false,
        }
    }

    /// The first element of a list, anything else unchanged: what a scalar position sees.
    #[must_use]
    pub fn first(self) -> Value<'a> {
        match self {
            Value::List(items) => items.first().copied().unwrap_or(Value::Missing),
            other => other,
        }
    }

    /// The entry of a map.
    #[must_use]
    pub fn entry(self, key: &str) -> Value<'a> {
        match self {
            Value::Map(entries) => match entries.binary_search_by(|(k, _)| (*k).cmp(key)) {
                Ok(at) => entries.get(at).map_or(Value::Missing, |(_, value)| *value),
                Err(_) => Value::Missing,
            },
            _ => Value::Missing,
        }
    }
}

impl<'a> From<Option<Value<'a>>> for Value<'a> {
    fn from(value: Option<Value<'a>>) -> Self {
        value.unwrap_or(Value::Missing)
    }
}

/// Structural equality, used by tests and by the collapsing of constants; the language's `==` is elsewhere.
impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Missing, Value::Missing) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a.to_bits() == b.to_bits(),
            (Value::Time(a), Value::Time(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => a == b,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_within_24_bytes() {
        assert!(std::mem::size_of::<Value<'_>>() <= 24);
    }

    #[test]
    fn map_entries_are_found_by_key() {
        let entries = [("a", Value::Int(1)), ("b", Value::Int(2))];
        assert_eq!(Value::Map(&entries).entry("b"), Value::Int(2));
        assert_eq!(Value::Map(&entries).entry("c"), Value::Missing);
    }
}
