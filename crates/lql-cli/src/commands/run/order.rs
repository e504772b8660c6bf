//! Results that come in any order, given out in order.

use std::collections::BTreeMap;

/// Holds results back until all before them have come.
#[derive(Debug)]
pub struct InOrder<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> InOrder<T> {
    /// Takes result `number` (counted from 0); gives out all that are next now.
    pub fn put(&mut self, number: u64, result: T) -> Vec<T> {
        self.waiting.insert(number, result);
        let mut ready = Vec::new();
        while let Some(result) = self.waiting.remove(&self.next) {
            self.next += 1;
            ready.push(result);
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_wait_for_those_before_them() {
        let mut ordered = InOrder::default();
        assert!(ordered.put(1, 'b').is_empty());
        assert!(ordered.put(2, 'c').is_empty());
        assert_eq!(ordered.put(0, 'a'), ['a', 'b', 'c']);
        assert_eq!(ordered.put(3, 'd'), ['d']);
    }
}
