//! A date and a time of day without zone, and its way to an instant.

use crate::Time;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(super) const SECONDS_PER_DAY: i64 = 86_400;

/// A checked date with a time of day. Invariant: the date exists and the time is within the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    year: i32,
    month: u32,
    day: u32,
    seconds: u32,
    nanos: u32,
}

impl Civil {
    /// Midnight of a date; `None` if the calendar has no such date.
    pub(super) fn date(year: i32, month: u32, day: u32) -> Option<Self> {
        let exists = (1..=12).contains(&month) && 1 <= day && day <= days_in_month(year, month);
        exists.then_some(Self { year, month, day, seconds: 0, nanos: 0 })
    }

    /// The same date at a time of day. Second 60 is refused: instants have no place for leap seconds.
    pub(super) fn at(self, hour: u32, minute: u32, second: u32, nanos: u32) -> Option<Self> {
        let exists = hour < 24 && minute < 60 && second < 60 && nanos < 1_000_000_000;
        exists.then_some(Self { seconds: hour * 3600 + minute * 60 + second, nanos, ..self })
    }

    /// This date at another's time of day.
    pub(super) fn same_time(self, other: Self) -> Self {
        Self { seconds: other.seconds, nanos: other.nanos, ..self }
    }

    /// The instant at which a clock `offset` seconds east of UTC shows this.
    pub(super) fn at_offset(self, offset: i32) -> Option<Time> {
        let days = days_since_epoch(i64::from(self.year), self.month, self.day);
        Time::new(days * SECONDS_PER_DAY + i64::from(self.seconds) - i64::from(offset), self.nanos)
    }

    /// The instant at which a clock in `zone` shows this.
    pub(super) fn in_zone(self, zone: &TimeZone) -> Option<Time> {
        let local = DateTime::new(
            self.year.try_into().ok()?,
            self.month.try_into().ok()?,
            self.day.try_into().ok()?,
            (self.seconds / 3600).try_into().ok()?,
            (self.seconds / 60 % 60).try_into().ok()?,
            (self.seconds % 60).try_into().ok()?,
            self.nanos.try_into().ok()?,
        )
        .ok()?;
        zone.to_ambiguous_timestamp(local).compatible().ok().map(Time::from_jiff)
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// How many days a month has; `month` is 1 to 12.
pub(super) fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; `day` may lie outside the month and then carries over.
///
/// Years are counted from March, so that the leap day is the last of its year.
pub(super) fn days_since_epoch(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}
