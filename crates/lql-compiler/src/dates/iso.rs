//! The fast path: ISO 8601 and RFC 3339 as machines write it, read in one pass without allocation.

use super::civil::Civil;
use super::lenient::Moment;

/// `2026-03-04`, `2026-03-04T05:06`, `2026-03-04 05:06:07.123Z`, `…+02:00`, `…-0700`. Everything else is `None`,
/// also what the lenient parser takes.
pub(super) fn read(text: &[u8]) -> Option<Moment> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text else { return None };
    let year = pair(*y1, *y2)? * 100 + pair(*y3, *y4)?;
    let date = Civil::date(year as i32, pair(*m1, *m2)?, pair(*d1, *d2)?)?;
    let (b'T' | b't' | b' ', rest) = rest.split_first().map_or((b'T', rest), |(b, rest)| (*b, rest)) else {
        return None;
    };
    if rest.is_empty() {
        return (text.len() == 10).then_some(Moment::Local(date));
    }
    let [h1, h2, b':', n1, n2, rest @ ..] = rest else { return None };
    let (hour, minute) = (pair(*h1, *h2)?, pair(*n1, *n2)?);
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (pair(*s1, *s2)?, rest),
        rest => (0, rest),
    };
    let (nanos, rest) = match rest {
        [b'.', rest @ ..] => fraction(rest)?,
        rest => (0, rest),
    };
    let civil = date.at(hour, minute, second, nanos)?;
    let offset = match rest {
        [] => return Some(Moment::Local(civil)),
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            let (hours, minutes) = (pair(*h1, *h2)?, pair(*m1, *m2)?);
            if 24 <= hours || 60 <= minutes {
                return None;
            }
            let east = (hours * 3600 + minutes * 60) as i32;
            if *sign == b'-' { -east } else { east }
        }
        _ => return None,
    };
    civil.at_offset(offset).map(Moment::Instant)
}

fn pair(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// The digits after the point as nanoseconds, and what follows them.
fn fraction(mut rest: &[u8]) -> Option<(u32, &[u8])> {
    let (mut nanos, mut unit) = (0, 100_000_000);
    let start = rest.len();
    while let [digit @ b'0'..=b'9', after @ ..] = rest {
        nanos += u32::from(digit - b'0') * unit;
        unit /= 10;
        rest = after;
    }
    (rest.len() < start).then_some((nanos, rest))
}
