//! Unions: plain sets, sets whose elements carry stamps, and counts by day.

use lql_compiler::{Kind, Time, Value};

use super::limit::{Limit, day_of, day_text, insert_snugly, is_kept};
use super::owned::Owned;
use crate::Stamp;

/// The elements of a contribution that are of the set's kind.
fn elements(kind: Kind, value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let (single, items) = match value {
        Value::List(items) => (None, items),
        single => (Some(single), &[][..]),
    };
    single.into_iter().chain(items.iter().copied()).filter(move |item| match kind {
        Kind::TimeSet => matches!(item, Value::Time(_)),
        _ => matches!(item, Value::Text(_)),
    })
}

/// A union without limits. Sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Set(pub(crate) Vec<Owned>);

impl Set {
    pub(crate) fn apply(&mut self, kind: Kind, value: Value<'_>) {
        for item in elements(kind, value) {
            if let Err(at) = self.0.binary_search_by(|kept| kept.cmp_value(item))
                && let Some(item) = Owned::new(item)
            {
                insert_snugly(&mut self.0, at, item);
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        if self.0.is_empty() {
            *self = other;
            return;
        }
        self.0.extend(other.0);
        self.0.sort();
        self.0.dedup();
    }

    pub(crate) fn read(&self) -> Owned {
        Owned::List(self.0.as_slice().into())
    }
}

/// A union that knows when each element was last seen. Sorted by element; never above the capacity, which keeps the
/// newest by (stamp, element).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StampedSet(pub(crate) Vec<(Owned, Stamp)>);

impl StampedSet {
    pub(crate) fn apply(&mut self, stamp: Stamp, kind: Kind, value: Value<'_>, limit: Limit) {
        for item in elements(kind, value) {
            match self.0.binary_search_by(|(kept, _)| kept.cmp_value(item)) {
                Ok(at) => {
                    if let Some((_, newest)) = self.0.get_mut(at) {
                        *newest = stamp.max(*newest);
                    }
                }
                Err(at) => {
                    if let Some(item) = Owned::new(item) {
                        insert_snugly(&mut self.0, at, (item, stamp));
                        self.shed(limit);
                    }
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self, limit: Limit) {
        self.0.extend(other.0);
        // The newer of two equal elements comes first and stays.
        self.0.sort_by(|(a, a_seen), (b, b_seen)| a.cmp(b).then(b_seen.cmp(a_seen)));
        self.0.dedup_by(|later, kept| later.0 == kept.0);
        self.shed(limit);
    }

    /// An element that goes has the capacity's number of newer ones above it. Their stamps only grow, so it could not
    /// have come back but by a newer contribution: the fold stays order-free.
    fn shed(&mut self, limit: Limit) {
        match limit.excess(self.0.len()) {
            0 => {}
            1 => {
                let oldest = self.0.iter().enumerate().min_by_key(|(_, (item, seen))| (*seen, item));
                if let Some((at, _)) = oldest {
                    self.0.remove(at);
                }
            }
            excess => {
                self.0.sort_by(|(a, a_seen), (b, b_seen)| (a_seen, a).cmp(&(b_seen, b)));
                self.0.drain(..excess);
                self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
            }
        }
    }

    /// The elements that are not too old; `ts[]string` in the order of their times.
    pub(crate) fn read(&self, kind: Kind, limit: Limit, as_of: Time) -> Owned {
        let oldest_kept = limit.oldest_kept(as_of);
        let mut items: Vec<_> = self.0.iter().filter(|(_, seen)| is_kept(*seen, oldest_kept)).collect();
        if kind == Kind::TimedSet {
            items.sort_by_key(|(item, seen)| (seen, item));
        }
        Owned::List(items.into_iter().map(|(item, _)| item.clone()).collect())
    }
}

/// `[]timebucket`: how many contributions fell on each UTC day. Sorted by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Days(pub(crate) Vec<(i32, u64)>);

impl Days {
    pub(crate) fn apply(&mut self, value: Value<'_>) {
        for item in elements(Kind::TimeSet, value) {
            if let Value::Time(time) = item {
                self.add(day_of(time), 1);
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (day, count) in &other.0 {
            self.add(*day, *count);
        }
    }

    fn add(&mut self, day: i32, count: u64) {
        match self.0.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(at) => {
                if let Some((_, sum)) = self.0.get_mut(at) {
                    *sum = sum.saturating_add(count);
                }
            }
            Err(at) => insert_snugly(&mut self.0, at, (day, count)),
        }
    }

    /// A map from `YYYY-MM-DD` to the count.
    pub(crate) fn read(&self) -> Owned {
        let mut entries: Vec<_> = self
            .0
            .iter()
            .map(|(day, count)| {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                (day_text(*day).into(), Owned::Int(count))
            })
            .collect();
        // Years before 0 do not sort as text.
        entries.sort();
        Owned::Map(entries.into_boxed_slice())
    }
}
