//! Maps whose keys fold each for itself.

use ecow::EcoString;
use lql_compiler::{Time, Value};

use super::fold::{Fold, Held, Rule};
use super::limit::{Limit, insert_snugly, is_kept};
use super::owned::Owned;
use crate::Stamp;

/// A fold per key. Sorted by key.
///
/// Where the fold holds each key's newest contribution, its stamp is the key's and the capacity is kept as we go. Any
/// other fold needs what an old key had gathered if the key comes back, so the capacity waits until the map is read,
/// and if the field has limits the newest stamps stand aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoldMap<F> {
    pub(crate) entries: Vec<(EcoString, F)>,
    /// Parallel to `entries`, if there at all. Boxed, as fields with limits are few and states many.
    #[allow(clippy::box_collection)]
    pub(crate) seen: Option<Box<Vec<Stamp>>>,
}

/// Where a map's stamps are.
pub(crate) trait MapFold: Fold + Clone {
    /// The stamp of the newest contribution, if the fold knows it under this rule.
    fn newest(&self, rule: Rule) -> Option<Stamp>;
    /// Whether [`MapFold::newest`] knows.
    fn knows_newest(rule: Rule) -> bool;
}

impl MapFold for Held {
    fn newest(&self, rule: Rule) -> Option<Stamp> {
        Self::knows_newest(rule).then_some(self.stamp)
    }

    fn knows_newest(rule: Rule) -> bool {
        !rule.prefers_oldest()
    }
}

macro_rules! knows_no_stamps {
    ($($fold:ty),*) => {$(
        impl MapFold for $fold {
            fn newest(&self, _: Rule) -> Option<Stamp> {
                None
            }

            fn knows_newest(_: Rule) -> bool {
                false
            }
        }
    )*};
}

knows_no_stamps!(super::fold::Best, super::exact::IntSum, super::exact::ExactSum);

impl<F: MapFold> FoldMap<F> {
    pub(crate) fn new(rule: Rule, limit: Limit) -> Self {
        let aside = limit.needs_stamps() && !F::knows_newest(rule);
        Self { entries: Vec::new(), seen: aside.then(Box::default) }
    }

    pub(crate) fn apply(&mut self, stamp: Stamp, value: Value<'_>, rule: Rule, limit: Limit) {
        let Value::Map(entries) = value else { return };
        for (key, item) in entries {
            match self.entries.binary_search_by(|(kept, _)| kept.as_str().cmp(key)) {
                Ok(at) => {
                    let Some((_, fold)) = self.entries.get_mut(at) else { continue };
                    fold.apply(stamp, *item, rule);
                    if let Some(newest) = self.seen.as_mut().and_then(|seen| seen.get_mut(at))
                        // A value of the wrong shape has not been seen.
                        && F::first(stamp, *item, rule).is_some()
                    {
                        *newest = stamp.max(*newest);
                    }
                }
                Err(at) => {
                    let Some(fold) = F::first(stamp, *item, rule) else { continue };
                    insert_snugly(&mut self.entries, at, ((*key).into(), fold));
                    if let Some(seen) = &mut self.seen {
                        seen.insert(at, stamp);
                    }
                    self.shed(rule, limit);
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self, rule: Rule, limit: Limit) {
        let other_seen = other.seen.map(|seen| *seen).unwrap_or_default();
        let mut left = std::mem::take(&mut self.entries).into_iter().peekable();
        let mut right = other.entries.into_iter().peekable();
        let mut left_seen = self.seen.as_deref_mut().map(std::mem::take).unwrap_or_default().into_iter();
        let mut right_seen = other_seen.into_iter();
        let mut entries = Vec::with_capacity(left.len() + right.len());
        let mut seen = Vec::new();
        loop {
            let order = match (left.peek(), right.peek()) {
                (Some((a, _)), Some((b, _))) => a.cmp(b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => break,
            };
            let mut entry = if order.is_le() { left.next() } else { None };
            let mut newest = if order.is_le() { left_seen.next() } else { None };
            if order.is_ge() {
                newest = newest.max(right_seen.next());
                match (&mut entry, right.next()) {
                    (Some((_, fold)), Some((_, other))) => fold.merge(other, rule),
                    (empty, other) => *empty = other,
                }
            }
            entries.extend(entry);
            seen.extend(newest);
        }
        self.entries = entries;
        if let Some(own) = &mut self.seen {
            **own = seen;
        }
        self.shed(rule, limit);
    }

    fn shed(&mut self, rule: Rule, limit: Limit) {
        if !F::knows_newest(rule) {
            return;
        }
        for _ in 0..limit.excess(self.entries.len()) {
            let oldest =
                self.entries.iter().enumerate().min_by_key(|(_, (key, fold))| (fold.newest(rule), key));
            if let Some((at, _)) = oldest {
                self.entries.remove(at);
            }
        }
    }

    /// The entries that are not too old, at most as many as the capacity.
    pub(crate) fn read(&self, rule: Rule, limit: Limit, as_of: Time) -> Owned {
        let oldest_kept = limit.oldest_kept(as_of);
        let newest = |at: usize, fold: &F| {
            fold.newest(rule).or_else(|| self.seen.as_ref().and_then(|seen| seen.get(at).copied()))
        };
        let mut kept: Vec<_> = self
            .entries
            .iter()
            .enumerate()
            .map(|(at, (key, fold))| (newest(at, fold), key, fold))
            .filter(|(seen, ..)| seen.is_none_or(|seen| is_kept(seen, oldest_kept)))
            .collect();
        let excess = limit.excess(kept.len());
        if excess > 0 && self.seen.is_some() {
            kept.sort_by_key(|(seen, key, _)| (*seen, *key));
            kept.drain(..excess);
            kept.sort_by_key(|(_, key, _)| *key);
        }
        Owned::Map(kept.into_iter().map(|(_, key, fold)| (key.clone(), fold.read())).collect())
    }
}
