//! How many different values there were: exactly while they are few, then an estimate in bounded memory.
//!
//! Keeps the smallest hashes of all values ("k minimum values"). Unlike the sketch of the runtime it is exact up to its
//! size, and two of them tell how many values they share: whether `customer_no` of one stream is `user_id` of another.

use std::collections::BTreeSet;

/// Up to this many values the count is exact.
pub const EXACT: usize = 1024;

/// The standard error of a count beyond [`EXACT`]: 3.1 %, one part in the square root of [`EXACT`].
pub const STANDARD_ERROR: f64 = 0.031_25;

/// The different values of a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distinct {
    smallest: BTreeSet<u64>,
}

impl Distinct {
    /// Takes a value by its hash; whether it is certainly new.
    pub fn add(&mut self, hash: u64) -> bool {
        if self.is_exact() {
            let new = self.smallest.insert(hash);
            // One more than is counted exactly tells that there were more.
            return new;
        }
        if self.smallest.last().is_some_and(|largest| hash < *largest) && self.smallest.insert(hash) {
            self.smallest.pop_last();
        }
        false
    }

    /// Whether [`Distinct::count`] is exact.
    pub fn is_exact(&self) -> bool {
        self.smallest.len() <= EXACT
    }

    /// How many different values there were, or about how many.
    pub fn count(&self) -> u64 {
        if self.is_exact() {
            return self.smallest.len() as u64;
        }
        // Hashes lie evenly: the share of their range that the smallest fill tells how many there are in all.
        let largest = self.smallest.last().copied().unwrap_or(u64::MAX) as f64;
        ((self.smallest.len() - 1) as f64 * (u64::MAX as f64 / largest)).round() as u64
    }

    /// The share of values of the smaller side that the other side has too; about, beyond [`EXACT`].
    pub fn shared_with(&self, other: &Self) -> f64 {
        // Below the bound of the fuller side, both know all their hashes.
        let bound =
            |side: &Self| if side.is_exact() { u64::MAX } else { side.smallest.last().copied().unwrap_or(0) };
        let bound = bound(self).min(bound(other));
        let below = |side: &Self| side.smallest.range(..=bound).count();
        let common = self.smallest.range(..=bound).filter(|hash| other.smallest.contains(hash)).count();
        let fewer = below(self).min(below(other));
        if fewer == 0 { 0.0 } else { common as f64 / fewer as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    fn of(values: impl IntoIterator<Item = u32>) -> Distinct {
        let mut distinct = Distinct::default();
        for value in values {
            distinct.add(xxh3_64(&value.to_le_bytes()));
        }
        distinct
    }

    #[test]
    fn few_values_are_counted_exactly_and_many_within_the_stated_error() {
        for size in [0, 1, 2, 1023, 1024] {
            assert_eq!(of((0..size).chain(0..size)).count(), u64::from(size));
        }
        for size in [1025, 5_000, 100_000, 1_000_000] {
            let distinct = of(0..size);
            assert!(!distinct.is_exact());
            let off = (distinct.count() as f64 - f64::from(size)).abs() / f64::from(size);
            assert!(off < 4.0 * STANDARD_ERROR, "{size}: {}", distinct.count());
        }
    }

    #[test]
    fn neither_order_nor_repetition_shows() {
        assert_eq!(of(0..5000), of((0..5000).rev().chain(100..3000)));
    }

    #[test]
    fn the_shared_part_is_that_of_the_smaller_side() {
        assert_eq!(of(0..100).shared_with(&of(50..1000)), 0.5);
        assert_eq!(of(0..10).shared_with(&of(10..20)), 0.0);
        assert_eq!(of(0..10).shared_with(&of([])), 0.0);
        let about = of(0..100_000).shared_with(&of(50_000..1_000_000));
        assert!((about - 0.5).abs() < 0.25, "{about}");
    }
}
