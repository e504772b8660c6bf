//! Date math (reference 11.4): `now`, or `now` with one signed offset.

use super::civil::{SECONDS_PER_DAY, days_since_epoch};
use crate::Time;

/// The unit of an offset. Its letter's case counts: `M` is month, `m` minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// `y`
    Year,
    /// `M`
    Month,
    /// `w`
    Week,
    /// `d`
    Day,
    /// `h`
    Hour,
    /// `m`
    Minute,
    /// `s`
    Second,
}

/// What `now-3d` adds to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offset {
    /// How many units; negative before now.
    pub amount: i64,
    /// The unit.
    pub unit: Unit,
}

impl Offset {
    /// The instant this far from `now`; `None` beyond the calendar's end.
    ///
    /// Months and years are steps of the calendar, and a day that the month lacks runs into the next one:
    /// January 31 + 1 month is March 3, in a leap year March 2.
    pub fn apply(self, now: Time) -> Option<Time> {
        let seconds = match self.unit {
            Unit::Year => return add_months(now, self.amount.checked_mul(12)?),
            Unit::Month => return add_months(now, self.amount),
            Unit::Week => 7 * SECONDS_PER_DAY,
            Unit::Day => SECONDS_PER_DAY,
            Unit::Hour => 3600,
            Unit::Minute => 60,
            Unit::Second => 1,
        };
        let moved = now.seconds().checked_add(self.amount.checked_mul(seconds)?)?;
        Time::new(moved, now.nanos())
    }
}

fn add_months(now: Time, months: i64) -> Option<Time> {
    let date = jiff::tz::Offset::UTC.to_datetime(now.to_jiff()).date();
    let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
    let month = month.checked_add(months)?;
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) as u32 + 1);
    if !(-9999..=9999).contains(&year) {
        return None;
    }
    let day = u32::try_from(date.day()).ok()?;
    let seconds = days_since_epoch(year, month, day) * SECONDS_PER_DAY;
    Time::new(seconds + now.seconds().rem_euclid(SECONDS_PER_DAY), now.nanos())
}

/// Whether a text is meant as date math, right or wrong.
pub(super) fn begins_with_now(text: &str) -> bool {
    text.as_bytes().first_chunk::<3>().is_some_and(|start| start.eq_ignore_ascii_case(b"now"))
}

/// Reads `now` or `now±INTu`. There is one offset, a sign is needed, and there is no rounding.
///
/// ```
/// # use lql_compiler::dates::{Offset, Unit, parse_math};
/// assert_eq!(parse_math("NOW-3d"), Some(Offset { amount: -3, unit: Unit::Day }));
/// assert_eq!(parse_math("now3d"), None);
/// assert_eq!(parse_math("now-1d+2h"), None);
/// ```
pub fn parse_math(text: &str) -> Option<Offset> {
    let (now, rest) = text.split_at_checked(3)?;
    if !now.eq_ignore_ascii_case("now") {
        return None;
    }
    let [sign, digits @ .., unit] = rest.as_bytes() else {
        return rest.is_empty().then_some(Offset { amount: 0, unit: Unit::Second });
    };
    let unit = match unit {
        b'y' => Unit::Year,
        b'M' => Unit::Month,
        b'w' => Unit::Week,
        b'd' => Unit::Day,
        b'h' => Unit::Hour,
        b'm' => Unit::Minute,
        b's' => Unit::Second,
        _ => return None,
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let amount: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    match sign {
        b'+' => Some(Offset { amount, unit }),
        b'-' => Some(Offset { amount: -amount, unit }),
        _ => None,
    }
}
