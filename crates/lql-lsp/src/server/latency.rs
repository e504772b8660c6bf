//! How long answers took, by method: what `lql/status` tells.

use super::wire::lock;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

/// How many of a method's last times are kept.
const KEPT: usize = 1_000;

/// The last times of each method.
#[derive(Debug, Default)]
pub struct Latencies(Mutex<BTreeMap<String, Times>>);

#[derive(Debug, Default)]
struct Times {
    count: u64,
    last: VecDeque<Duration>,
}

/// What the last times of a method were, in milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How often it was answered since the start.
    pub count: u64,
    /// Half of the last thousand were faster.
    pub p50: f64,
    /// Nine of ten.
    pub p90: f64,
    /// 99 of 100.
    pub p99: f64,
    /// The slowest.
    pub max: f64,
}

impl Latencies {
    /// Notes one.
    pub fn add(&self, method: &str, took: Duration) {
        let mut all = lock(&self.0);
        if !all.contains_key(method) {
            all.insert(method.to_owned(), Times::default());
        }
        if let Some(times) = all.get_mut(method) {
            times.count += 1;
            times.last.push_back(took);
            if times.last.len() > KEPT {
                times.last.pop_front();
            }
        }
    }

    /// All methods.
    pub fn summary(&self) -> BTreeMap<String, Summary> {
        let all = lock(&self.0);
        all.iter().map(|(method, times)| (method.clone(), times.summary())).collect()
    }
}

impl Times {
    fn summary(&self) -> Summary {
        let mut sorted: Vec<f64> = self.last.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(rank).copied().unwrap_or_default()
        };
        Summary { count: self.count, p50: at(50), p90: at(90), p99: at(99), max: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_last_thousand() {
        let times = Latencies::default();
        for ms in 1..=1_100 {
            times.add("hover", Duration::from_millis(ms));
        }
        let expected = Summary { count: 1_100, p50: 600.0, p90: 1_000.0, p99: 1_090.0, max: 1_100.0 };
        assert_eq!(times.summary()["hover"], expected);
    }
}
