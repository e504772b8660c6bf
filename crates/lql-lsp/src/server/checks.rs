//! How many checks were made, and how many waited at once: what `lql/status` tells.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts checks of projects.
#[derive(Debug, Default)]
pub struct Checks {
    waiting: AtomicU64,
    most_waiting: AtomicU64,
    made: AtomicU64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Checks that were begun since the start.
    pub made: u64,
    /// The most that have waited for a thread at the same time.
    pub most_waiting: u64,
}

impl Checks {
    /// A check was given to the pool.
    pub fn queued(&self) {
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_waiting.fetch_max(waiting, Ordering::Relaxed);
    }

    /// It has a thread now.
    pub fn begun(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        self.made.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted until now.
    pub fn summary(&self) -> Summary {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Summary { made: now(&self.made), most_waiting: now(&self.most_waiting) }
    }
}
