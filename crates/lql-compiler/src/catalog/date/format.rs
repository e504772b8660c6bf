//! strftime formats. What machines write, such as `%Y-%m-%d`, is put together by hand; the rest is jiff's.

use crate::Time;
use bumpalo::Bump;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};
use jiff::fmt::StdFmtWrite;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use std::ops::Range;

/// A strftime format that was checked.
#[derive(Debug)]
pub struct Format {
    text: String,
    /// The parts, if all of them are known here.
    parts: Option<Vec<Part>>,
}

/// A part of a format that is put together by hand.
#[derive(Debug)]
enum Part {
    /// An ASCII character that stands for itself.
    Byte(u8),
    /// Some of the bytes of `YYYY-MM-DD`.
    Date(Range<usize>),
    /// Some of the bytes of `HH:MM:SS`.
    Clock(Range<usize>),
}

impl Format {
    /// Checks a format. The error says what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, jiff::Error> {
        // Whether a format is right does not depend on the instant; in 2000 every directive has a value.
        let sample = Time::from_seconds(946_684_800).unwrap_or_default();
        broken_down(sample).to_string(text)?;
        Ok(Self { text: text.to_owned(), parts: parts(text) })
    }

    /// An instant in this format.
    pub(super) fn write<'a>(&self, time: Time, arena: &'a Bump) -> Option<&'a str> {
        self.by_hand(time, arena).or_else(|| self.by_jiff(time, arena))
    }

    fn by_hand<'a>(&self, time: Time, arena: &'a Bump) -> Option<&'a str> {
        let parts = self.parts.as_ref()?;
        let date = time.date().text()?;
        if let [Part::Date(Range { start: 0, end: 10 })] = parts.as_slice() {
            return std::str::from_utf8(arena.alloc(date)).ok();
        }
        let mut out = ArenaVec::with_capacity_in(2 * self.text.len() + 8, arena);
        for part in parts {
            match part {
                Part::Byte(byte) => out.push(*byte),
                Part::Date(range) => out.extend_from_slice_copy(date.get(range.clone())?),
                Part::Clock(range) => out.extend_from_slice_copy(time.clock().get(range.clone())?),
            }
        }
        std::str::from_utf8(out.into_bump_slice()).ok()
    }

    fn by_jiff<'a>(&self, time: Time, arena: &'a Bump) -> Option<&'a str> {
        let mut out = ArenaString::new_in(arena);
        broken_down(time).format(&self.text, StdFmtWrite(&mut out)).ok()?;
        Some(out.into_bump_str())
    }
}

fn broken_down(time: Time) -> BrokenDownTime {
    BrokenDownTime::from(&time.to_jiff().to_zoned_datetime(TimeZone::UTC))
}

/// The parts of a format; `None` if any is not known here.
fn parts(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        let part = match (byte, if byte == b'%' { bytes.next()? } else { 0 }) {
            (b'%', b'F') => Part::Date(0..10),
            (b'%', b'Y') => Part::Date(0..4),
            (b'%', b'y') => Part::Date(2..4),
            (b'%', b'm') => Part::Date(5..7),
            (b'%', b'd') => Part::Date(8..10),
            (b'%', b'T') => Part::Clock(0..8),
            (b'%', b'H') => Part::Clock(0..2),
            (b'%', b'M') => Part::Clock(3..5),
            (b'%', b'S') => Part::Clock(6..8),
            (b'%', b'%') => Part::Byte(b'%'),
            (b'%', _) => return None,
            (byte, _) if byte.is_ascii() => Part::Byte(byte),
            _ => return None,
        };
        match (parts.last_mut(), part) {
            // `%Y-%m-%d` is `%F`.
            (Some(Part::Date(Range { end, .. })), Part::Byte(b'-')) if *end == 4 || *end == 7 => *end += 1,
            (Some(Part::Date(Range { end, .. })), Part::Date(next)) if *end == next.start => *end = next.end,
            (_, part) => parts.push(part),
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_by_hand_is_what_jiff_writes(
            format in "([-/:T .]|%[YymdFTHMS%]|%Y-%m-%d){0,8}",
            seconds in prop_oneof![-99_000_000_000..253_000_000_000_i64, 0..2_000_000_000_i64],
        ) {
            let (arena, time) = (Bump::new(), Time::from_seconds(seconds).unwrap());
            let format = Format::new(&format).unwrap();
            let by_hand = format.by_hand(time, &arena);
            prop_assert_eq!(by_hand.is_some(), time.date().text().is_some());
            prop_assert_eq!(format.write(time, &arena), format.by_jiff(time, &arena));
        }
    }

    #[test]
    fn other_directives_are_left_to_jiff() {
        let arena = Bump::new();
        for (format, wanted) in
            [("%B", Some("January")), ("%-d. %m", Some("1. 01")), ("kl. %H å", Some("kl. 00 å"))]
        {
            assert_eq!(Format::new(format).unwrap().write(Time::default(), &arena), wanted);
        }
        assert!(Format::new("%").is_err());
    }
}
