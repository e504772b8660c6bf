//! The lenient parser: the accept list of reference 9.9 and its close relatives.
//!
//! A text is a date, then maybe a time of day, then maybe a zone, and nothing else. Numeric dates are year first
//! with `-`, `/` or `.`, or US order with `/` or `.`; `-` after a short number is refused because `03-04-2026` is
//! written in both orders. Weekdays are read over, not checked. The leap second `:60` is refused.

use super::civil::Civil;
use super::iso;
use super::scan::{Scan, abbreviation, is_weekday, month, number, short_year};
use crate::Time;

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// An instant: the text has a zone or counts from the epoch.
    Instant(Time),
    /// A date and time of some zone.
    Local(Civil),
}

/// Reads a text of the accept list.
pub(super) fn read(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    if let Some(moment) = iso::read(bytes) {
        return Some(moment);
    }
    let bytes = bytes.trim_ascii();
    if !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        digits_only(bytes)
    } else {
        written(bytes)
    }
}

/// `2026`, `20260304`, `20260304101112`, or the time since the epoch; the length decides.
fn digits_only(digits: &[u8]) -> Option<Moment> {
    if let 4 | 8 | 14 = digits.len() {
        let mut scan = Scan::new(digits);
        let date = compact_date(&mut scan)?;
        let civil = if scan.rest.is_empty() { date } else { compact_time(&mut scan, date)? };
        return Some(Moment::Local(civil));
    }
    let per_second: i64 = match digits.len() {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let count: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let nanos = count % per_second * (1_000_000_000 / per_second);
    Time::new(count / per_second, nanos.try_into().ok()?).map(Moment::Instant)
}

/// `2026`, `20260304`
fn compact_date(scan: &mut Scan) -> Option<Civil> {
    let year = scan.exactly(4)? as i32;
    if scan.rest.is_empty() {
        return Civil::date(year, 1, 1);
    }
    Civil::date(year, scan.exactly(2)?, scan.exactly(2)?)
}

/// `101112`
fn compact_time(scan: &mut Scan, date: Civil) -> Option<Civil> {
    date.at(scan.exactly(2)?, scan.exactly(2)?, scan.exactly(2)?, 0)
}

/// A date written with separators or words.
fn written(text: &[u8]) -> Option<Moment> {
    let mut scan = Scan::new(text);
    weekday(&mut scan);
    let date = date(&mut scan)?;
    let mut civil = date.civil()?;
    let mut offset = None;
    if !scan.rest.is_empty() {
        if starts_time(&mut scan) {
            let (hour, minute, second, nanos) = time_of_day(&mut scan)?;
            civil = civil.at(hour, minute, second, nanos)?;
        } else if scan.peek() == Some(b'-') {
            // `2026-03-04+02:00` is a day of a zone, but `2026-03-04-05` is anything.
            return None;
        }
        offset = zone(&mut scan)?;
        if date.year.is_none() {
            scan.spaces();
            civil = Date { year: Some(scan.digits(4..=4)?.0 as i32), ..date }.civil()?.same_time(civil);
            scan.spaces();
            offset = offset.or(zone(&mut scan)?);
        }
        comment(&mut scan);
    } else if date.year.is_none() {
        return None;
    }
    if !scan.rest.is_empty() {
        return None;
    }
    match offset {
        Some(offset) => civil.at_offset(offset).map(Moment::Instant),
        None => Some(Moment::Local(civil)),
    }
}

/// `Wed, `, `Wednesday `
fn weekday(scan: &mut Scan) {
    let start = scan.rest;
    if is_weekday(scan.word()) {
        scan.eat(b'.');
        scan.eat(b',');
        scan.spaces();
    } else {
        scan.rest = start;
    }
}

/// A date whose year may come later, as in `Wed Mar  4 05:06:07 2026`.
#[derive(Clone, Copy)]
struct Date {
    year: Option<i32>,
    month: u32,
    day: u32,
}

impl Date {
    fn new(year: i32, month: u32, day: u32) -> Self {
        Self { year: Some(year), month, day }
    }

    /// The date, in a leap year as long as the year is unknown.
    fn civil(self) -> Option<Civil> {
        Civil::date(self.year.unwrap_or(2000), self.month, self.day)
    }
}

fn date(scan: &mut Scan) -> Option<Date> {
    if scan.peek()?.is_ascii_alphabetic() {
        return month_first(scan);
    }
    let run = scan.run(u8::is_ascii_digit);
    match run.len() {
        1 | 2 => number_first(scan, number(run)?),
        4 => year_first(scan, number(run)? as i32),
        8 => {
            // `20260304T101112Z`; without the time it is digits only.
            let mut compact = Scan::new(run);
            let (year, month, day) = (compact.exactly(4)?, compact.exactly(2)?, compact.exactly(2)?);
            Some(Date::new(year as i32, month, day))
        }
        _ => None,
    }
}

/// After the year: `-03-04`, `/3/4`, `.03.04`, `-Mar-04`, ` Mar 4`, or `-03` alone.
fn year_first(scan: &mut Scan, year: i32) -> Option<Date> {
    let separator = scan.eat_any(b"-/. ")?;
    if scan.peek()?.is_ascii_alphabetic() {
        let month = month(scan.word())?;
        return if scan.eat(separator) { Some(Date::new(year, month, scan.short()?)) } else { None };
    }
    if separator == b' ' {
        return None;
    }
    let month = scan.short()?;
    if scan.eat(separator) {
        return Some(Date::new(year, month, scan.short()?));
    }
    (separator == b'-' && scan.rest.is_empty()).then_some(Date::new(year, month, 1))
}

/// After one or two digits: `3/4/2026`, `03.04.26` with the month first; `4/Mar/2026`, `4-Mar-2026`, `4 March 2026`,
/// `4th March 2026` with the day first.
fn number_first(scan: &mut Scan, first: u32) -> Option<Date> {
    ordinal_suffix(scan);
    let separator = scan.eat_any(b"/.- ")?;
    scan.spaces();
    if scan.peek()?.is_ascii_alphabetic() {
        let month = month(scan.word())?;
        scan.eat(b'.');
        if separator == b' ' {
            scan.eat(b',');
            scan.spaces();
        } else if !scan.eat(separator) {
            return None;
        }
        return Some(Date::new(year(scan)?, month, first));
    }
    if separator == b'-' || separator == b' ' {
        return None;
    }
    let day = scan.short()?;
    scan.eat(separator).then_some(())?;
    Some(Date::new(year(scan)?, first, day))
}

/// `Mar 4, 2026`, `March 4th 2026`, `Mar. 4 '26`, `Mar-04-2026`, and `Mar  4` when a time comes before the year.
fn month_first(scan: &mut Scan) -> Option<Date> {
    let month = month(scan.word())?;
    scan.eat(b'.');
    if scan.eat_any(b"-/").is_some() {
        let day = scan.short()?;
        scan.eat_any(b"-/")?;
        return Some(Date::new(year(scan)?, month, day));
    }
    scan.spaces().then_some(())?;
    let day = scan.short()?;
    ordinal_suffix(scan);
    let end_of_day = scan.rest;
    scan.eat(b',');
    scan.spaces().then_some(())?;
    let at_year = scan.rest;
    let digits = scan.run(u8::is_ascii_digit);
    if scan.peek() == Some(b':') && digits.len() <= 2 {
        scan.rest = end_of_day;
        return Some(Date { year: None, month, day });
    }
    scan.rest = at_year;
    Some(Date::new(year(scan)?, month, day))
}

/// `2026`, `26`, `'26`
fn year(scan: &mut Scan) -> Option<i32> {
    if scan.eat(b'\'') {
        return scan.digits(2..=2).map(|(year, _)| short_year(year));
    }
    match scan.digits(2..=4)? {
        (year, 4) => Some(year as i32),
        (year, 2) => Some(short_year(year)),
        _ => None,
    }
}

/// The `th` of `4th`.
fn ordinal_suffix(scan: &mut Scan) {
    if let [a, b, rest @ ..] = scan.rest
        && [b"st", b"nd", b"rd", b"th"].iter().any(|suffix| suffix.eq_ignore_ascii_case(&[*a, *b]))
    {
        scan.rest = rest;
    }
}

/// Takes what stands between a date and its time; false if a zone or the end comes instead.
fn starts_time(scan: &mut Scan) -> bool {
    let start = scan.rest;
    if scan.eat_any(b"Tt:").is_none() {
        scan.eat(b',');
        scan.spaces();
        if let [b'a' | b'A', b't' | b'T', b' ', ..] = scan.rest {
            scan.word();
            scan.spaces();
        }
    }
    let is_time = scan.rest.len() < start.len() && scan.peek().is_some_and(|b| b.is_ascii_digit());
    if !is_time {
        scan.rest = start;
    }
    is_time
}

/// `5:06`, `05:06:07.123`, `5:06 PM`, `5pm`, `050607`
fn time_of_day(scan: &mut Scan) -> Option<(u32, u32, u32, u32)> {
    let run = scan.run(u8::is_ascii_digit);
    let mut hour;
    let (mut minute, mut second, mut nanos) = (0, 0, 0);
    let mut is_clock = true;
    match run.len() {
        1 | 2 => {
            hour = number(run)?;
            is_clock = scan.eat(b':');
            if is_clock {
                minute = scan.digits(2..=2)?.0;
                if scan.eat(b':') {
                    second = scan.digits(2..=2)?.0;
                    nanos = fraction(scan)?;
                }
            }
        }
        4 | 6 => {
            let mut compact = Scan::new(run);
            (hour, minute) = (compact.exactly(2)?, compact.exactly(2)?);
            if !compact.rest.is_empty() {
                second = compact.exactly(2)?;
                nanos = fraction(scan)?;
            }
        }
        _ => return None,
    }
    match half_of_day(scan) {
        Some(afternoon) if hour <= 12 => hour = hour % 12 + if afternoon { 12 } else { 0 },
        None if is_clock => {}
        _ => return None,
    }
    Some((hour, minute, second, nanos))
}

/// `.123` or `,123`; nothing is zero.
fn fraction(scan: &mut Scan) -> Option<u32> {
    match scan.eat_any(b".,") {
        Some(_) => scan.fraction(),
        None => Some(0),
    }
}

/// `AM`, `pm`, `p.m.`; true for the afternoon.
fn half_of_day(scan: &mut Scan) -> Option<bool> {
    let start = scan.rest;
    scan.spaces();
    let half = scan.eat_any(b"AaPp");
    let dotted = scan.eat(b'.');
    let complete = scan.eat_any(b"Mm").is_some()
        && (!dotted || scan.eat(b'.'))
        && !scan.peek().is_some_and(|b| b.is_ascii_alphanumeric());
    match half {
        Some(half) if complete => Some(half.eq_ignore_ascii_case(&b'p')),
        _ => {
            scan.rest = start;
            None
        }
    }
}

/// `Z`, `UTC`, `EST`, `+02:00`, `-0700`, `GMT+0100`, `+0000 UTC`. The outer `None` is a zone that is wrong or unknown,
/// the inner one no zone.
#[expect(clippy::option_option, reason = "both absences matter to the one caller")]
fn zone(scan: &mut Scan) -> Option<Option<i32>> {
    scan.spaces();
    let mut offset = None;
    if scan.peek().is_some_and(|b| b.is_ascii_alphabetic()) {
        offset = Some(abbreviation(scan.word())?);
        if offset != Some(0) {
            return Some(offset);
        }
    }
    let named = offset.is_some();
    if let Some(sign) = scan.eat_any(b"+-") {
        let east = numeric_offset(scan)?;
        offset = Some(if sign == b'-' { -east } else { east });
        // The name of the zone after its offset says nothing new: `+0000 UTC`.
        let after = scan.rest;
        if !named && scan.spaces() && scan.word().is_empty() {
            scan.rest = after;
        }
    }
    Some(offset)
}

/// `02:00`, `0200`, `02`, `2`, in seconds.
fn numeric_offset(scan: &mut Scan) -> Option<i32> {
    let (hours, minutes) = match scan.digits(1..=4)? {
        (hours, 1 | 2) => (hours, if scan.eat(b':') { scan.digits(2..=2)?.0 } else { 0 }),
        (both, 4) => (both / 100, both % 100),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some((hours * 3600 + minutes * 60) as i32)
}

/// ` (Central European Standard Time)`, as browsers print it after the offset.
fn comment(scan: &mut Scan) {
    scan.spaces();
    if let [b'(', inner @ .., b')'] = scan.rest
        && !inner.iter().any(|b| matches!(b, b'(' | b')'))
    {
        scan.rest = &[];
    }
}
