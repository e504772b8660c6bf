//! Dates (reference 9.9 and 11.4): the lenient parser, Go layouts, date math.
//!
//! Nothing here knows values or functions: text and a reference instant in, an instant out.

mod civil;
mod iso;
mod layout;
mod lenient;
mod math;
mod scan;

pub use layout::Layout;
pub use math::{Offset, Unit, parse_math};

use crate::Time;
use jiff::tz::TimeZone;
use lenient::Moment;

/// Reads a date: date math counted from `now` if the text begins with `now`, otherwise any form of the accept list.
/// A text without a zone is UTC; of an ambiguous order, US order is taken.
///
/// ```
/// # use lql_compiler::{Time, dates};
/// let now = dates::parse("2026-03-04T12:00:00Z", Time::default()).unwrap();
/// let show = |text| dates::parse(text, now).map(Time::to_rfc3339);
/// assert_eq!(show("3/4/26 5:06 PM").as_deref(), Some("2026-03-04T17:06:00Z"));
/// assert_eq!(show("now-3d").as_deref(), Some("2026-03-01T12:00:00Z"));
/// assert_eq!(show("13/04/2026"), None);
/// ```
pub fn parse(text: &str, now: Time) -> Option<Time> {
    if math::begins_with_now(text) {
        return parse_math(text)?.apply(now);
    }
    match lenient::read(text)? {
        Moment::Instant(time) => Some(time),
        Moment::Local(civil) => civil.at_offset(0),
    }
}

/// Like [`parse`], but a text without a zone of its own is read in `zone`.
/// A local time that a clock change skips or repeats is taken with the offset from before the change.
pub fn parse_in(text: &str, zone: &TimeZone, now: Time) -> Option<Time> {
    if math::begins_with_now(text) {
        return parse_math(text)?.apply(now);
    }
    match lenient::read(text)? {
        Moment::Instant(time) => Some(time),
        Moment::Local(civil) => civil.in_zone(zone),
    }
}

#[cfg(test)]
mod tests;
