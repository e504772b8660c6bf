//! Layouts in Go's reference-time notation: an example of how `Mon Jan 2 15:04:05 MST 2006` would be written.
//!
//! They only parse; nothing is printed by a layout (reference 14.9).

use super::civil::{Civil, days_in_month};
use super::scan::{MONTHS, Scan, WEEKDAYS, abbreviation, short_year};
use crate::Time;

/// A compiled layout.
///
/// ```
/// # use lql_compiler::{Time, dates::Layout};
/// let layout = Layout::new("02/01/2006 3:04 PM").unwrap();
/// assert_eq!(layout.parse("13/04/2026 5:06 PM").map(Time::to_rfc3339).as_deref(), Some("2026-04-13T17:06:00Z"));
/// assert!(layout.parse("04/13/2026 5:06 PM").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct Layout {
    parts: Vec<Part>,
}

/// A piece of a layout; the examples are its spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Text that must stand there as it is. A run of spaces matches any run of spaces.
    Literal(String),
    /// `2006`
    LongYear,
    /// `06`
    ShortYear,
    /// `January`
    LongMonth,
    /// `Jan`
    MonthName,
    /// `1`, `01`
    Month { padded: bool },
    /// `Monday`
    LongWeekday,
    /// `Mon`
    Weekday,
    /// `2`, `02`; `_2` may begin with a space.
    Day { padded: bool, spaced: bool },
    /// `002`, `__2`
    DayOfYear { spaced: bool },
    /// `15`
    Hour,
    /// `3`, `03`
    Hour12 { padded: bool },
    /// `4`, `04`
    Minute { padded: bool },
    /// `5`, `05`
    Second { padded: bool },
    /// `PM`, `pm`
    Half { upper: bool },
    /// `.000`, `,000`: exactly so many digits.
    Fraction(usize),
    /// `.999`, `,999`: any digits or none.
    AnyFraction,
    /// `-0700`, `Z07:00` and so on.
    Offset { z: bool, colon: bool, minutes: bool, seconds: bool },
    /// `MST`
    Abbreviation,
}

/// Spellings in the order in which they are tried: a longer one before its beginning.
const SPELLINGS: &[(&str, Part)] = &[
    ("January", Part::LongMonth),
    ("Jan", Part::MonthName),
    ("Monday", Part::LongWeekday),
    ("Mon", Part::Weekday),
    ("MST", Part::Abbreviation),
    ("002", Part::DayOfYear { spaced: false }),
    ("01", Part::Month { padded: true }),
    ("02", Part::Day { padded: true, spaced: false }),
    ("03", Part::Hour12 { padded: true }),
    ("04", Part::Minute { padded: true }),
    ("05", Part::Second { padded: true }),
    ("06", Part::ShortYear),
    ("15", Part::Hour),
    ("1", Part::Month { padded: false }),
    ("2006", Part::LongYear),
    ("2", Part::Day { padded: false, spaced: false }),
    ("__2", Part::DayOfYear { spaced: true }),
    ("_2", Part::Day { padded: false, spaced: true }),
    ("3", Part::Hour12 { padded: false }),
    ("4", Part::Minute { padded: false }),
    ("5", Part::Second { padded: false }),
    ("PM", Part::Half { upper: true }),
    ("pm", Part::Half { upper: false }),
    ("-07:00:00", Part::Offset { z: false, colon: true, minutes: true, seconds: true }),
    ("-070000", Part::Offset { z: false, colon: false, minutes: true, seconds: true }),
    ("-07:00", Part::Offset { z: false, colon: true, minutes: true, seconds: false }),
    ("-0700", Part::Offset { z: false, colon: false, minutes: true, seconds: false }),
    ("-07", Part::Offset { z: false, colon: false, minutes: false, seconds: false }),
    ("Z07:00:00", Part::Offset { z: true, colon: true, minutes: true, seconds: true }),
    ("Z070000", Part::Offset { z: true, colon: false, minutes: true, seconds: true }),
    ("Z07:00", Part::Offset { z: true, colon: true, minutes: true, seconds: false }),
    ("Z0700", Part::Offset { z: true, colon: false, minutes: true, seconds: false }),
    ("Z07", Part::Offset { z: true, colon: false, minutes: false, seconds: false }),
];

impl Layout {
    /// Compiles a layout. A text without any element of a date is refused; the error is a help for the author.
    pub fn new(text: &str) -> Result<Self, String> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if let Some((part, length)) = element(rest) {
                parts.push(part);
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            match parts.last_mut() {
                Some(Part::Literal(literal)) => literal.push(next),
                _ => parts.push(Part::Literal(next.to_string())),
            }
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        if parts.iter().any(Part::is_of_a_date) {
            Ok(Self { parts })
        } else {
            Err("a layout shows how 2 January 2006, 15:04:05 would be written, for example \"02/01/2006 15:04\""
                .to_owned())
        }
    }

    /// Reads a text written in this layout. Without a zone it is UTC, without a year the year 0.
    ///
    /// Seconds may have a fraction even if the layout shows none. An abbreviated zone is `UTC`, `GMT` or one of the
    /// American zones of RFC 2822; others are ambiguous and do not match.
    pub fn parse(&self, text: &str) -> Option<Time> {
        let mut scan = Scan::new(text.as_bytes());
        let mut found = Found { year: 0, month: None, day: None, day_of_year: None, ..Found::default() };
        let mut parts = self.parts.iter().peekable();
        while let Some(part) = parts.next() {
            found.read(part, &mut scan)?;
            let fraction_follows = matches!(parts.peek(), Some(Part::Fraction(_) | Part::AnyFraction));
            if matches!(part, Part::Second { .. }) && !fraction_follows {
                found.nanos = optional_fraction(&mut scan);
            }
        }
        if scan.rest.is_empty() { found.time() } else { None }
    }
}

impl Part {
    fn is_of_a_date(&self) -> bool {
        matches!(
            self,
            Part::LongYear
                | Part::ShortYear
                | Part::LongMonth
                | Part::MonthName
                | Part::Month { .. }
                | Part::Day { .. }
                | Part::DayOfYear { .. }
        )
    }
}

/// The element a layout begins with, and its length.
fn element(layout: &str) -> Option<(Part, usize)> {
    if let Some(digits) = layout.strip_prefix(['.', ',']) {
        let run = digits.len() - digits.trim_start_matches(['0', '9']).len();
        let digits = digits
            .split_at_checked(run)
            .filter(|(run, rest)| !run.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit()));
        return match digits {
            Some((run, _)) if run.bytes().all(|b| b == b'0') => {
                Some((Part::Fraction(run.len()), run.len() + 1))
            }
            Some((run, _)) if run.bytes().all(|b| b == b'9') => Some((Part::AnyFraction, run.len() + 1)),
            _ => None,
        };
    }
    // In `_2006` the underscore is a literal.
    if layout.starts_with("_2006") {
        return None;
    }
    let (spelling, part) = SPELLINGS.iter().find(|(spelling, part)| {
        let is_short_name = matches!(part, Part::MonthName | Part::Weekday);
        layout.strip_prefix(spelling).is_some_and(|rest| {
            // `Janet` and `Month` are words, not elements.
            !(is_short_name && rest.starts_with(|c: char| c.is_ascii_lowercase()))
        })
    })?;
    Some((part.clone(), spelling.len()))
}

/// What has been read of a text.
#[derive(Default)]
struct Found {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    afternoon: Option<bool>,
    offset: Option<i32>,
}

impl Found {
    fn read(&mut self, part: &Part, scan: &mut Scan) -> Option<()> {
        match part {
            Part::Literal(literal) => read_literal(literal, scan)?,
            Part::LongYear => self.year = scan.exactly(4)? as i32,
            Part::ShortYear => self.year = short_year(scan.exactly(2)?),
            Part::LongMonth => self.month = Some(read_name(&MONTHS, usize::MAX, scan)? + 1),
            Part::MonthName => self.month = Some(read_name(&MONTHS, 3, scan)? + 1),
            Part::Month { padded } => self.month = Some(read_number(*padded, scan)?),
            Part::LongWeekday => drop(read_name(&WEEKDAYS, usize::MAX, scan)?),
            Part::Weekday => drop(read_name(&WEEKDAYS, 3, scan)?),
            Part::Day { padded, spaced } => {
                if *spaced {
                    scan.eat(b' ');
                }
                self.day = Some(read_number(*padded, scan)?);
            }
            Part::DayOfYear { spaced } => {
                let spaces = if *spaced { (0..2).filter(|_| scan.eat(b' ')).count() } else { 0 };
                self.day_of_year = Some(scan.exactly(3 - spaces)?);
            }
            Part::Hour => self.hour = scan.one_or_two()?,
            Part::Hour12 { padded } => {
                self.hour = read_number(*padded, scan)?;
                if 12 < self.hour {
                    return None;
                }
            }
            Part::Minute { padded } => self.minute = read_number(*padded, scan)?,
            Part::Second { padded } => self.second = read_number(*padded, scan)?,
            Part::Half { upper } => {
                let (am, pm) = if *upper { (*b"AM", *b"PM") } else { (*b"am", *b"pm") };
                let (half, rest) = scan.rest.split_first_chunk::<2>()?;
                self.afternoon = Some(*half == pm);
                if *half != am && *half != pm {
                    return None;
                }
                scan.rest = rest;
            }
            Part::Fraction(digits) => {
                scan.eat_any(b".,")?;
                let (run, rest) = scan.rest.split_at_checked(*digits)?;
                self.nanos = Scan::new(run).fraction()?;
                if !run.iter().all(u8::is_ascii_digit) {
                    return None;
                }
                scan.rest = rest;
            }
            Part::AnyFraction => self.nanos = optional_fraction(scan),
            Part::Offset { z, colon, minutes, seconds } => {
                self.offset = Some(if *z && scan.eat(b'Z') {
                    0
                } else {
                    read_offset(*colon, *minutes, *seconds, scan)?
                });
            }
            // A numeric offset knows better than the name beside it.
            Part::Abbreviation => {
                let offset = abbreviation(scan.word())?;
                self.offset = Some(self.offset.unwrap_or(offset));
            }
        }
        Some(())
    }

    fn time(mut self) -> Option<Time> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(day_of_year) = self.day_of_year {
            let (month, day) = month_and_day(self.year, day_of_year)?;
            if self.month.is_some_and(|m| m != month) || self.day.is_some_and(|d| d != day) {
                return None;
            }
            (self.month, self.day) = (Some(month), Some(day));
        }
        Civil::date(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))?
            .at(self.hour, self.minute, self.second, self.nanos)?
            .at_offset(self.offset.unwrap_or(0))
    }
}

fn read_literal(literal: &str, scan: &mut Scan) -> Option<()> {
    let mut wanted = Scan::new(literal.as_bytes());
    while let Some(byte) = wanted.peek() {
        if byte == b' ' {
            if scan.peek().is_some_and(|b| b != b' ') {
                return None;
            }
            wanted.spaces();
            scan.spaces();
        } else if !(wanted.eat(byte) && scan.eat(byte)) {
            return None;
        }
    }
    Some(())
}

/// The position of the name that comes next, any letter case; only its first `length` letters are written.
fn read_name(names: &[&str], length: usize, scan: &mut Scan) -> Option<u32> {
    let at = names.iter().position(|name| {
        let name = name.get(..length).unwrap_or(name).as_bytes();
        match scan.rest.split_at_checked(name.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(name) => {
                scan.rest = rest;
                true
            }
            _ => false,
        }
    })?;
    Some(at as u32)
}

fn read_number(padded: bool, scan: &mut Scan) -> Option<u32> {
    if padded { scan.exactly(2) } else { scan.one_or_two() }
}

/// `.5`, `,123456`, or nothing.
fn optional_fraction(scan: &mut Scan) -> u32 {
    match scan.rest {
        [b'.' | b',', b'0'..=b'9', ..] => {
            scan.eat_any(b".,");
            scan.fraction().unwrap_or(0)
        }
        _ => 0,
    }
}

fn read_offset(colon: bool, minutes: bool, seconds: bool, scan: &mut Scan) -> Option<i32> {
    let sign = scan.eat_any(b"+-")?;
    let mut east = scan.exactly(2).filter(|hours| *hours < 24)? * 3600;
    for (wanted, unit) in [(minutes, 60), (seconds, 1)] {
        if wanted {
            if colon && !scan.eat(b':') {
                return None;
            }
            east += scan.exactly(2).filter(|n| *n < 60)? * unit;
        }
    }
    Some(if sign == b'-' { -(east as i32) } else { east as i32 })
}

fn month_and_day(year: i32, day_of_year: u32) -> Option<(u32, u32)> {
    let mut day = day_of_year;
    for month in 1..=12 {
        let length = days_in_month(year, month);
        if 1 <= day && day <= length {
            return Some((month, day));
        }
        day = day.checked_sub(length)?;
    }
    None
}
