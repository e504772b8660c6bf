//! Instants: seconds and nanoseconds since the Unix epoch, UTC. Calendar work is jiff's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An instant. Ordered; 16 bytes; covers the years −9999 to 9999.
///
/// ```
/// # use lql_compiler::Time;
/// let t = Time::from_millis(1_772_584_496_250).unwrap();
/// assert_eq!(t.to_rfc3339(), "2026-03-04T00:34:56.25Z");
/// assert_eq!(t.millis(), 1_772_584_496_250);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Time {
    seconds: i64,
    nanos: u32,
}

/// Seconds of the years −9999 and 9999, the range jiff keeps.
const RANGE: std::ops::RangeInclusive<i64> = -377_705_023_201..=253_402_207_200;

impl Time {
    /// From whole seconds since the epoch and nanoseconds (0 to 999,999,999) after them.
    pub fn new(seconds: i64, nanos: u32) -> Option<Self> {
        (RANGE.contains(&seconds) && nanos < 1_000_000_000).then_some(Self { seconds, nanos })
    }

    /// From whole seconds since the epoch.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::new(seconds, 0)
    }

    /// From milliseconds since the epoch.
    pub fn from_millis(millis: i64) -> Option<Self> {
        Self::new(millis.div_euclid(1000), (millis.rem_euclid(1000) * 1_000_000) as u32)
    }

    /// From a jiff timestamp.
    pub fn from_jiff(timestamp: Timestamp) -> Self {
        let nanos = timestamp.as_nanosecond();
        let seconds = nanos.div_euclid(1_000_000_000) as i64;
        Self { seconds, nanos: nanos.rem_euclid(1_000_000_000) as u32 }
    }

    /// As a jiff timestamp, for calendar work.
    pub fn to_jiff(self) -> Timestamp {
        let nanos = i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos);
        Timestamp::from_nanosecond(nanos).unwrap_or(Timestamp::MIN)
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Time::seconds`].
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// Milliseconds since the epoch, rounded down.
    pub fn millis(self) -> i64 {
        self.seconds * 1000 + i64::from(self.nanos / 1_000_000)
    }

    /// RFC 3339 text in UTC, with as many fraction digits as the instant needs.
    pub fn to_rfc3339(self) -> String {
        self.to_jiff().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_before_the_epoch_round_down() {
        let t = Time::from_millis(-1).unwrap();
        assert_eq!((t.seconds(), t.nanos()), (-1, 999_000_000));
        assert_eq!(t.millis(), -1);
        assert_eq!(Time::from_jiff(t.to_jiff()), t);
    }

    #[test]
    fn the_ends_of_the_range_survive_the_calendar() {
        for seconds in [*RANGE.start(), *RANGE.end()] {
            let t = Time::from_seconds(seconds).unwrap();
            assert_eq!(Time::from_jiff(t.to_jiff()), t);
        }
        assert!(Time::from_seconds(RANGE.end() + 1).is_none());
    }
}
