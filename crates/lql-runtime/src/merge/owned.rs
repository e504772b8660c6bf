//! Values that outlive their event: what field states hold and profiles read.

use std::cmp::Ordering;

use bumpalo::Bump;
use ecow::EcoString;
use lql_compiler::{Time, Value};

/// A value that owns what it holds. Totally ordered: by type, then by value; `-0.0` below `0.0`, NaN above all numbers.
///
/// Every NaN is the same one, so equal values have one form.
#[derive(Clone, Debug)]
pub enum Owned {
    /// `NULL`
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Number(f64),
    /// An instant.
    Time(Time),
    /// A text.
    Text(EcoString),
    /// Several values.
    List(Box<[Owned]>),
    /// Entries sorted by key, keys unique.
    Map(Box<[(EcoString, Owned)]>),
}

impl Owned {
    /// Copies a value; `None` for no value.
    pub fn new(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Missing => return None,
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(b),
            Value::Int(i) => Self::Int(i),
            Value::Number(n) => Self::number(n),
            Value::Time(t) => Self::Time(t),
            Value::Text(text) => Self::Text(text.into()),
            Value::List(items) => Self::List(items.iter().filter_map(|item| Self::new(*item)).collect()),
            Value::Map(entries) => Self::Map(
                entries.iter().filter_map(|(key, item)| Some(((*key).into(), Self::new(*item)?))).collect(),
            ),
        })
    }

    /// A float, with the one NaN.
    pub fn number(number: f64) -> Self {
        Self::Number(if number.is_nan() { f64::NAN } else { number })
    }

    /// The value again; lists and maps are laid out in the arena, texts borrow from here.
    pub fn value<'a>(&'a self, arena: &'a Bump) -> Value<'a> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(*b),
            Self::Int(i) => Value::Int(*i),
            Self::Number(n) => Value::Number(*n),
            Self::Time(t) => Value::Time(*t),
            Self::Text(text) => Value::Text(text),
            Self::List(items) => {
                Value::List(arena.alloc_slice_fill_iter(items.iter().map(|item| item.value(arena))))
            }
            Self::Map(entries) => {
                Value::Map(arena.alloc_slice_fill_iter(
                    entries.iter().map(|(key, item)| (key.as_str(), item.value(arena))),
                ))
            }
        }
    }

    /// Compares with a borrowed value, in the same order as [`Ord`] does.
    pub fn cmp_value(&self, other: Value<'_>) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Value::Bool(b)) => a.cmp(&b),
            (Self::Int(a), Value::Int(b)) => a.cmp(&b),
            (Self::Number(a), Value::Number(b)) => cmp_numbers(*a, b),
            (Self::Time(a), Value::Time(b)) => a.cmp(&b),
            (Self::Text(a), Value::Text(b)) => a.as_str().cmp(b),
            (a, b) => Self::new(b).map_or(Ordering::Greater, |b| a.cmp(&b)),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Number(_) => 3,
            Self::Time(_) => 4,
            Self::Text(_) => 5,
            Self::List(_) => 6,
            Self::Map(_) => 7,
        }
    }
}

/// `-0.0` below `0.0`; NaN above everything.
pub(crate) fn cmp_numbers(a: f64, b: f64) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (false, false) => a.total_cmp(&b),
        (a, b) => a.cmp(&b),
    }
}

impl Ord for Owned {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => cmp_numbers(*a, *b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::List(a), Self::List(b)) => a.cmp(b),
            (Self::Map(a), Self::Map(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl PartialOrd for Owned {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Owned {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Owned {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_order() {
        let sorted = [f64::NEG_INFINITY, -1.0, -0.0, 0.0, 5e-324, f64::INFINITY, f64::NAN];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(Owned::number(*a).cmp(&Owned::number(*b)), i.cmp(&j));
                assert_eq!(Owned::number(*a).cmp_value(Value::Number(*b)), i.cmp(&j));
            }
        }
        assert_eq!(Owned::number(-f64::NAN), Owned::number(f64::NAN));
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        let items = [Value::Int(1), Value::Text("a text of more than fifteen bytes"), Value::Null];
        let entries = [("k", Value::List(&items)), ("n", Value::Number(0.5))];
        let arena = Bump::new();
        let owned = Owned::new(Value::Map(&entries)).unwrap();
        assert_eq!(owned.value(&arena), Value::Map(&entries));
        assert_eq!(owned.cmp_value(Value::Map(&entries)), Ordering::Equal);
        assert!(Owned::new(Value::Missing).is_none());
    }

    #[test]
    fn a_value_stays_within_24_bytes() {
        assert!(std::mem::size_of::<Owned>() <= 24);
    }
}
