//! JSON as it is written: straight into bytes, without trees.
//!
//! What is printed is what `serde_json` would print, except that whole floats print as integers (so that `12` and
//! `12.0` are alike) and floats that JSON has no word for as `null`.

use lql_compiler::{Time, Value};
use wide::u8x16;

/// A text that is written again and again, such as a key with the marks around it.
#[derive(Clone, Debug)]
pub struct Phrase {
    text: Vec<u8>,
    /// What it begins with, and zeros if it is shorter.
    head: [u8; 32],
}

impl Phrase {
    /// A phrase of bytes that are JSON where they are written.
    pub fn new(text: Vec<u8>) -> Self {
        let mut head = [0; 32];
        head.iter_mut().zip(&text).for_each(|(to, byte)| *to = *byte);
        Self { text, head }
    }

    /// Appends the text.
    #[inline]
    pub fn write(&self, out: &mut Vec<u8>) {
        if self.text.len() <= self.head.len() {
            extend_within(out, &self.head, self.text.len());
        } else {
            out.extend_from_slice(&self.text);
        }
    }
}

/// Appends a value: instants as RFC 3339 text, *no value* as `null`.
///
/// ```
/// use lql_compiler::Value;
/// let mut out = Vec::new();
/// lql_runtime::json_out::value(&mut out, Value::List(&[Value::Text("\"blå\""), Value::Number(2.0), Value::Null]));
/// assert_eq!(String::from_utf8(out).unwrap(), r#"["\"blå\"",2,null]"#);
/// ```
pub fn value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Missing | Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(flag) => bool(out, flag),
        Value::Int(int) => self::int(out, int),
        Value::Number(float) => number(out, float),
        Value::Time(instant) => time(out, instant),
        Value::Text(string) => text(out, string),
        Value::List(items) => list(out, items, |out, item| self::value(out, *item)),
        Value::Map(entries) => map(out, entries.iter().copied(), self::value),
    }
}

/// Appends `true` or `false`.
pub fn bool(out: &mut Vec<u8>, flag: bool) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

/// Appends an integer.
pub fn int(out: &mut Vec<u8>, int: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(int).as_bytes());
}

/// Appends a float: whole ones below 2^53 as integers, NaN and the infinities as null.
pub fn number(out: &mut Vec<u8>, number: f64) {
    // The way there and back is exact for whole floats below 2^53, where `-0` becomes 0.
    if number.abs() < 9_007_199_254_740_992.0 && (number as i64) as f64 == number {
        int(out, number as i64);
    } else if number.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
    } else {
        out.extend_from_slice(b"null");
    }
}

/// Appends an instant as RFC 3339 text in UTC.
pub fn time(out: &mut Vec<u8>, time: Time) {
    out.push(b'"');
    time.write_rfc3339(out);
    out.push(b'"');
}

/// Appends an array.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Appends an object.
pub fn map<'k, T>(
    out: &mut Vec<u8>,
    entries: impl IntoIterator<Item = (&'k str, T)>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'{');
    for (at, (key, item)) in entries.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        text(out, key);
        out.push(b':');
        write(out, item);
    }
    out.push(b'}');
}

/// Appends a text in quotes, with the escapes that it needs and no others.
pub fn text(out: &mut Vec<u8>, text: &str) {
    text_of(out, text.as_bytes());
}

/// The same for bytes that are known to be UTF-8.
pub(crate) fn text_of(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.push(b'"');
    let plain = if bytes.len() < 16 { short_text(out, bytes) } else { long_text(out, bytes) };
    if plain {
        out.push(b'"');
    } else {
        out.truncate(start);
        escaped(out, bytes);
    }
}

/// Appends less than sixteen bytes as they are; false if any of them had to be escaped.
#[inline]
fn short_text(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let length = bytes.len();
    // The first and the last bytes, which overlap in the middle: that takes neither a loop nor a call.
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        extend_within(out, first, length - 8);
        out.extend_from_slice(last);
        return !has_special(u64::from_le_bytes(*first)) && !has_special(u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        extend_within(out, first, length - 4);
        out.extend_from_slice(last);
        let both = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
        return !has_special(both);
    }
    out.extend(bytes);
    !bytes.iter().any(|byte| is_special(*byte))
}

/// Appends sixteen bytes or more as they are; false if any of them had to be escaped.
#[inline]
fn long_text(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let (blocks, tail) = bytes.as_chunks::<16>();
    let mut special = u8x16::ZERO;
    for block in blocks {
        out.extend_from_slice(block);
        special |= specials(u8x16::new(*block));
    }
    // The last sixteen bytes, some of them for the second time.
    if let Some(last) = bytes.last_chunk::<16>().filter(|_| !tail.is_empty()) {
        out.truncate(out.len() + tail.len() - 16);
        out.extend_from_slice(last);
        special |= specials(u8x16::new(*last));
    }
    special.to_bitmask() == 0
}

/// Appends the first `length` bytes of `N`: all are copied, which takes no call, and the others forgotten.
#[inline]
fn extend_within<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], length: usize) {
    let end = out.len() + length.min(N);
    out.extend_from_slice(bytes);
    out.truncate(end);
}

/// Marks the bytes that must be escaped.
fn specials(bytes: u8x16) -> u8x16 {
    bytes.simd_eq(u8x16::splat(b'"'))
        | bytes.simd_eq(u8x16::splat(b'\\'))
        | bytes.min(u8x16::splat(0x1f)).simd_eq(bytes)
}

/// Whether a byte must be escaped.
fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Whether any of eight bytes must be escaped.
fn has_special(word: u64) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // `word - ONES * n` borrows into the high bit of each byte below n; bytes with their own high bit are none.
    let below = |word: u64, n: u8| word.wrapping_sub(ONES * u64::from(n)) & !word & HIGH;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | equal(b'"') | equal(b'\\')) != 0
}

#[cold]
fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| is_special(*byte)) {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else { return };
        escape(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, byte: u8) {
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'a' + half - 10 };
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]),
    };
    out.extend_from_slice(&[b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn texts_are_written_as_serde_json_writes_them(string in "([\\x00-\\x7f]|[a-z ]|\\PC){0,40}") {
            prop_assert_eq!(written(|out| text(out, &string)), serde_json::to_string(&string).unwrap());
        }

        #[test]
        fn floats_are_written_as_serde_json_writes_them(float in any::<f64>()) {
            let mut wanted = serde_json::to_string(&float).unwrap();
            if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 {
                wanted = (float as i64).to_string();
            }
            prop_assert_eq!(written(|out| number(out, float)), wanted);
        }
    }

    #[test]
    fn every_byte_is_escaped_at_every_place_of_a_word() {
        for byte in 0..0x80_u8 {
            for before in 0..20 {
                let string = format!("{}{}{}", "é".repeat(before), char::from(byte), "ab".repeat(before / 2));
                assert_eq!(written(|out| text(out, &string)), serde_json::to_string(&string).unwrap());
            }
        }
    }

    #[test]
    fn texts_of_every_length_are_copied_whole() {
        for length in 0..100 {
            let string: String = ('0'..='~').filter(|c| *c != '\\').cycle().take(length).collect();
            assert_eq!(written(|out| text(out, &string)), format!("\"{string}\""));
        }
    }

    #[test]
    fn phrases_of_every_length_are_written_whole() {
        for length in 0..50 {
            let phrase = "x".repeat(length);
            assert_eq!(written(|out| Phrase::new(phrase.clone().into_bytes()).write(out)), phrase);
        }
    }

    #[test]
    fn numbers_print_as_short_as_they_can() {
        let show = |float| written(|out| number(out, float));
        let floats = [12.0, -0.0, 2.5, 1e-7, 9_007_199_254_740_991.0, 9_007_199_254_740_992.0, f64::NAN];
        let shown = ["12", "0", "2.5", "1e-7", "9007199254740991", "9007199254740992.0", "null"];
        assert_eq!(floats.map(show), shown);
        assert_eq!(written(|out| int(out, i64::MIN)), "-9223372036854775808");
    }

    #[test]
    fn collections_nest() {
        let items = [Value::Int(1), Value::Map(&[("a", Value::Bool(true)), ("b\n", Value::Missing)])];
        let time = Value::Time(Time::from_millis(1_772_584_496_250).unwrap());
        assert_eq!(written(|out| value(out, Value::List(&items))), r#"[1,{"a":true,"b\n":null}]"#);
        assert_eq!(written(|out| value(out, time)), r#""2026-03-04T00:34:56.25Z""#);
    }
}
