//! The folds over single values: of a scalar field, or of one key of a map.
//!
//! Each is commutative and associative over (stamp, value); equal contributions make equal states.

use std::cmp::Ordering;

use ecow::EcoString;
use lql_compiler::{Kind, MergeOp, Value};

use super::exact::{ExactSum, IntSum};
use super::owned::Owned;
use crate::Stamp;

/// Texts up to this many bytes take no allocation.
const LONGEST_INLINE: usize = EcoString::INLINE_LIMIT;

/// What a fold needs to know of its field. For a map, `kind` is that of its entries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    pub(crate) op: MergeOp,
}

impl Rule {
    pub(crate) fn prefers_oldest(self) -> bool {
        matches!(self.op, MergeOp::Oldest | MergeOp::OldestMap)
    }

    /// The value in the kind's own shape; `None` if it has another.
    fn shape(self, value: Value<'_>) -> Option<Value<'_>> {
        let fits = match self.kind {
            Kind::Number => match value {
                Value::Int(i) => return Some(Value::Number(i as f64)),
                value => matches!(value, Value::Number(_)),
            },
            Kind::Text | Kind::Geo => matches!(value, Value::Text(_)),
            Kind::Int => matches!(value, Value::Int(_)),
            Kind::Bool => matches!(value, Value::Bool(_)),
            Kind::Date => matches!(value, Value::Time(_)),
            Kind::Dynamic => !value.is_absent(),
            kind if kind.is_map() => matches!(value, Value::Map(_)),
            kind if kind.is_set() => !value.is_absent() && !matches!(value, Value::Map(_)),
            _ => false,
        };
        fits.then_some(value)
    }

    /// The state's form of a value that has the kind's shape: a set is sorted, without repetitions.
    fn owned(self, value: Value<'_>) -> Option<Owned> {
        let value = Owned::new(value)?;
        if !self.kind.is_set() {
            return Some(value);
        }
        let mut items = match value {
            Owned::List(items) => items.into_vec(),
            single => vec![single],
        };
        items.sort_unstable();
        items.dedup();
        Some(Owned::List(items.into_boxed_slice()))
    }
}

/// The state of one value.
pub(crate) trait Fold: Sized {
    /// The state after one contribution; `None` if the value has not the field's shape.
    fn first(stamp: Stamp, value: Value<'_>, rule: Rule) -> Option<Self>;
    fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule);
    fn merge(&mut self, other: Self, rule: Rule);
    fn read(&self) -> Owned;
}

/// `latest`, `oldest`, and their kin per key: ties of stamps are broken by the value, the larger for `latest` and the
/// smaller for `oldest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) stamp: Stamp,
    pub(crate) value: Owned,
}

impl Fold for Held {
    fn first(stamp: Stamp, value: Value<'_>, rule: Rule) -> Option<Self> {
        Some(Self { stamp, value: rule.owned(rule.shape(value)?)? })
    }

    fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule) {
        let losing = if rule.prefers_oldest() { Ordering::Greater } else { Ordering::Less };
        let by_stamp = stamp.cmp(&self.stamp);
        if by_stamp == losing {
            return;
        }
        let Some(value) = rule.shape(value) else { return };
        // Fields seldom change: a newer contribution of the same scalar moves the stamp and copies nothing.
        let scalar = rule.kind.is_scalar();
        if scalar && self.value.cmp_value(value) == Ordering::Equal {
            self.stamp = stamp;
            return;
        }
        if by_stamp != Ordering::Equal
            && let (Owned::Text(kept), Value::Text(text)) = (&mut self.value, value)
            && (LONGEST_INLINE + 1..=kept.len()).contains(&text.len())
        {
            // Both stand on the heap, and the new one has room where the old one is.
            self.stamp = stamp;
            kept.clear();
            kept.push_str(text);
            return;
        }
        let Some(value) = rule.owned(value) else { return };
        if by_stamp != Ordering::Equal || value.cmp(&self.value) != losing {
            *self = Self { stamp, value };
        }
    }

    fn merge(&mut self, other: Self, rule: Rule) {
        let order = (&other.stamp, &other.value).cmp(&(&self.stamp, &self.value));
        let losing = if rule.prefers_oldest() { Ordering::Greater } else { Ordering::Less };
        if order != losing {
            *self = other;
        }
    }

    fn read(&self) -> Owned {
        self.value.clone()
    }
}

/// `min`, `max`, `mapmin`, `mapmax`. NaN stands only while there is nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Best(pub(crate) Owned);

impl Best {
    fn loses(&self, order: Ordering, other_is_nan: bool, rule: Rule) -> bool {
        if other_is_nan {
            return false;
        }
        let own_is_nan = matches!(&self.0, Owned::Number(n) if n.is_nan());
        let smaller = matches!(rule.op, MergeOp::Min | MergeOp::MapMin);
        own_is_nan || order == if smaller { Ordering::Greater } else { Ordering::Less }
    }
}

impl Fold for Best {
    fn first(_: Stamp, value: Value<'_>, rule: Rule) -> Option<Self> {
        Some(Self(rule.owned(rule.shape(value)?)?))
    }

    fn apply(&mut self, _: Stamp, value: Value<'_>, rule: Rule) {
        let Some(value) = rule.shape(value) else { return };
        let nan = matches!(value, Value::Number(n) if n.is_nan());
        if self.loses(self.0.cmp_value(value), nan, rule)
            && let Some(value) = rule.owned(value)
        {
            self.0 = value;
        }
    }

    fn merge(&mut self, other: Self, rule: Rule) {
        let nan = matches!(other.0, Owned::Number(n) if n.is_nan());
        if self.loses(self.0.cmp(&other.0), nan, rule) {
            self.0 = other.0;
        }
    }

    fn read(&self) -> Owned {
        self.0.clone()
    }
}

impl Fold for IntSum {
    fn first(_: Stamp, value: Value<'_>, _: Rule) -> Option<Self> {
        match value {
            Value::Int(i) => Some(Self::new(i)),
            _ => None,
        }
    }

    fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule) {
        if let Some(other) = Self::first(stamp, value, rule) {
            self.add(other);
        }
    }

    fn merge(&mut self, other: Self, _: Rule) {
        self.add(other);
    }

    fn read(&self) -> Owned {
        Owned::Int(self.value())
    }
}

impl Fold for ExactSum {
    fn first(_: Stamp, value: Value<'_>, rule: Rule) -> Option<Self> {
        match rule.shape(value)? {
            Value::Number(n) => Some(Self::new(n)),
            _ => None,
        }
    }

    fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule) {
        if let Some(other) = Self::first(stamp, value, rule) {
            self.add(&other);
        }
    }

    fn merge(&mut self, other: Self, _: Rule) {
        self.add(&other);
    }

    fn read(&self) -> Owned {
        Owned::number(self.value())
    }
}

/// `count`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) u64);

impl Fold for Count {
    fn first(_: Stamp, value: Value<'_>, _: Rule) -> Option<Self> {
        (!value.is_absent()).then_some(Self(1))
    }

    fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule) {
        if Self::first(stamp, value, rule).is_some() {
            self.0 = self.0.saturating_add(1);
        }
    }

    fn merge(&mut self, other: Self, _: Rule) {
        self.0 = self.0.saturating_add(other.0);
    }

    fn read(&self) -> Owned {
        Owned::Int(i64::try_from(self.0).unwrap_or(i64::MAX))
    }
}
