//! The order in which events arrive: their own order, a little shaken, with some stragglers.

use super::{Shape, random::Random};
use std::{cmp::Reverse, collections::BinaryHeap};

/// Every event may slip by so many places.
const JITTER: u64 = 50;
/// A late event slips by so many more.
const LATE: u64 = 20_000;
/// So many of 10,000 events are late.
const LATE_SHARE: u64 = 500;

/// Yields the numbers of all events in order of arrival.
pub struct Arrival {
    shape: Shape,
    /// The next event that has not happened yet.
    next: u64,
    /// Events that happened and have not arrived, by the place where they will.
    // Invariant: no place of a later event can be smaller than its own number.
    waiting: BinaryHeap<Reverse<(u64, u64)>>,
}

impl Arrival {
    pub fn new(shape: Shape) -> Arrival {
        Arrival { shape, next: 0, waiting: BinaryHeap::new() }
    }

    fn place(&self, index: u64) -> u64 {
        let mut random = Random::new(self.shape.seed, 3, index);
        let late = if random.chance(LATE_SHARE) { random.below(LATE) } else { 0 };
        index + random.below(JITTER) + late
    }
}

impl Iterator for Arrival {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        while self.next < self.shape.events
            && self.waiting.peek().is_none_or(|Reverse((place, _))| self.next < *place)
        {
            self.waiting.push(Reverse((self.place(self.next), self.next)));
            self.next += 1;
        }
        self.waiting.pop().map(|Reverse((_, index))| index)
    }
}
