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
    /// The last instant there is.
    pub const MAX: Self = Self { seconds: *RANGE.end(), nanos: 999_999_999 };

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
        let mut text = Vec::with_capacity("2026-03-04T00:34:56.250000000Z".len());
        self.write_rfc3339(&mut text);
        // It is ASCII.
        String::from_utf8(text).unwrap_or_default()
    }

    /// Appends what [`Time::to_rfc3339`] gives.
    pub fn write_rfc3339(self, out: &mut Vec<u8>) {
        let Some(date) = self.date().text() else {
            return out.extend_from_slice(self.to_jiff().to_string().as_bytes());
        };
        let [y1, y2, y3, y4, _, m1, m2, _, d1, d2] = date;
        let [h1, h2, _, n1, n2, _, s1, s2] = self.clock();
        // In one piece, for parts would be copied by calls.
        let text = [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2];
        out.extend_from_slice(&text);
        if self.nanos > 0 {
            let [hundreds, tens, ones] = three_digits(self.nanos / 1_000_000);
            out.extend_from_slice(&[b'.', hundreds, tens, ones]);
            if !self.nanos.is_multiple_of(1_000_000) {
                out.extend_from_slice(&three_digits(self.nanos / 1000 % 1000));
                out.extend_from_slice(&three_digits(self.nanos % 1000));
            }
            while out.last() == Some(&b'0') {
                out.pop();
            }
        }
        out.push(b'Z');
    }

    /// The time of day in UTC, `00:34:56`.
    pub fn clock(self) -> [u8; 8] {
        let second = self.seconds.rem_euclid(SECONDS_PER_DAY) as u32;
        let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60].map(two_digits);
        [hour[0], hour[1], b':', minute[0], minute[1], b':', second[0], second[1]]
    }

    /// The calendar date in UTC.
    pub fn date(self) -> Date {
        // Days since 1 March of the year 0, in eras of 400 years: then leap days come last in every cycle
        // (Howard Hinnant, "chrono-compatible low-level date algorithms").
        let days = self.seconds.div_euclid(SECONDS_PER_DAY) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097) as u32);
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let (day, month) = (day - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
        let year = era * 400 + i64::from(year) + i64::from(month <= 2);
        Date { year: year as i32, month, day }
    }
}

const SECONDS_PER_DAY: i64 = 86_400;

/// A date of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// The year; 0 is the one before 1.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month, 1 to 31.
    pub day: u32,
}

impl Date {
    /// `2026-03-04`; `None` outside the years 0 to 9999.
    pub fn text(self) -> Option<[u8; 10]> {
        let number = u32::try_from(self.year).ok().filter(|year| *year <= 9999)?;
        let [century, year, month, day] = [number / 100, number % 100, self.month, self.day].map(two_digits);
        Some([century[0], century[1], year[0], year[1], b'-', month[0], month[1], b'-', day[0], day[1]])
    }
}

/// The digits of a number below 100.
fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// The digits of a number below 1000.
fn three_digits(number: u32) -> [u8; 3] {
    let [tens, ones] = two_digits(number % 100);
    [b'0' + (number / 100) as u8, tens, ones]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instants() -> impl Strategy<Value = Time> {
        let seconds = prop_oneof![RANGE, -70_000_000_000..260_000_000_000_i64, 0..2_000_000_000_i64];
        let nanos = prop_oneof![Just(0), (0..1000_u32).prop_map(|ms| ms * 1_000_000), 0..1_000_000_000_u32];
        (seconds, nanos).prop_filter_map("in range", |(seconds, nanos)| Time::new(seconds, nanos))
    }

    proptest! {
        #[test]
        fn text_and_date_are_those_of_the_calendar_library(time in instants()) {
            prop_assert_eq!(time.to_rfc3339(), time.to_jiff().to_string());
            let date = jiff::tz::Offset::UTC.to_datetime(time.to_jiff()).date();
            let ours = time.date();
            let theirs = (i32::from(date.year()), date.month() as u32, date.day() as u32);
            prop_assert_eq!((ours.year, ours.month, ours.day), theirs);
        }
    }

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
