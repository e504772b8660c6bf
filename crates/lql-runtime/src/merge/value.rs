//! Values as bytes: a tag, then the content. Equal values have equal bytes.
//!
//! The tags stand in the order of [`Owned`](super::Owned), so most comparisons end at the first byte. A value does not
//! say how long it is: whoever holds it knows.

use std::borrow::Cow;
use std::cmp::Ordering;

use bumpalo::Bump;
use lql_compiler::{Time, Value};

use super::atoms::{get_time, put_ordered_time};
use super::owned::{Owned, cmp_numbers};
use crate::json_out;
use crate::wire::{Reader, WireError, put_bytes, put_signed, put_varint};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const NUMBER: u8 = 4;
const TIME: u8 = 5;
pub(crate) const TEXT: u8 = 6;
const LIST: u8 = 7;
const MAP: u8 = 8;

/// Lists and maps nest no deeper in bytes that are read.
const DEEPEST: u32 = 200;

/// Writes a value; `false` and nothing if there is none.
pub(crate) fn put_value(out: &mut Vec<u8>, value: Value<'_>) -> bool {
    match value {
        Value::Missing => return false,
        Value::Null => out.push(NULL),
        Value::Bool(flag) => out.push(if flag { TRUE } else { FALSE }),
        Value::Int(int) => {
            out.push(INT);
            put_signed(out, int);
        }
        Value::Number(number) => {
            out.push(NUMBER);
            let number = if number.is_nan() { f64::NAN } else { number };
            out.extend_from_slice(&number.to_bits().to_le_bytes());
        }
        Value::Time(time) => {
            out.push(TIME);
            put_ordered_time(out, time);
        }
        Value::Text(text) => {
            out.push(TEXT);
            out.extend_from_slice(text.as_bytes());
        }
        Value::List(items) => {
            out.push(LIST);
            for item in items {
                put_sized(out, |out| put_value(out, *item));
            }
        }
        Value::Map(entries) => {
            out.push(MAP);
            for (key, item) in by_key(entries).iter() {
                if !matches!(item, Value::Missing) {
                    put_bytes(out, key.as_bytes());
                    put_sized(out, |out| put_value(out, *item));
                }
            }
        }
    }
    true
}

/// The entries of a map in the order of their keys, each key once. Nearly always they come so.
pub(crate) fn by_key<'e, 'v>(entries: &'e [(&'v str, Value<'v>)]) -> Cow<'e, [(&'v str, Value<'v>)]> {
    if entries.is_sorted_by(|(a, _), (b, _)| a < b) {
        return Cow::Borrowed(entries);
    }
    let mut sorted = entries.to_vec();
    sorted.sort_by_key(|(key, _)| *key);
    sorted.dedup_by_key(|(key, _)| *key);
    Cow::Owned(sorted)
}

/// Writes a list as the set that it is: sorted, without repetitions. Other values are sets of one.
pub(crate) fn put_set(out: &mut Vec<u8>, value: Value<'_>) -> bool {
    let single = [value];
    let items = match value {
        Value::Missing => return false,
        Value::List(items) => items,
        _ => &single,
    };
    out.push(LIST);
    for item in sorted_elements(items.iter().copied()) {
        put_bytes(out, &item);
    }
    true
}

/// The bytes of values, in order, each once.
pub(crate) fn sorted_elements<'v>(items: impl Iterator<Item = Value<'v>>) -> Vec<Vec<u8>> {
    let mut elements: Vec<Vec<u8>> = items
        .filter_map(|item| {
            let mut bytes = Vec::new();
            put_value(&mut bytes, item).then_some(bytes)
        })
        .collect();
    elements.sort_by(|a, b| compare(a, b));
    elements.dedup();
    elements
}

/// Writes something behind its length; nothing if `write` says that there is nothing.
#[inline]
pub(crate) fn put_sized(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    let start = out.len();
    out.push(0);
    if !write(out) {
        out.truncate(start);
        return false;
    }
    let length = out.len() - start - 1;
    if length < 0x80 {
        if let Some(place) = out.get_mut(start) {
            *place = length as u8;
        }
    } else {
        lengthen(out, start, length);
    }
    true
}

/// Makes room for a length of several bytes.
#[cold]
fn lengthen(out: &mut Vec<u8>, start: usize, length: usize) {
    let mut prefix = Vec::with_capacity(10);
    put_varint(&mut prefix, length as u64);
    out.splice(start..=start, prefix);
}

/// The order of values: that of [`Owned`].
pub(crate) fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (Some((tag, rest)), Some((other_tag, other))) = (a.split_first(), b.split_first()) else {
        return a.len().cmp(&b.len());
    };
    if tag != other_tag {
        return tag.cmp(other_tag);
    }
    match *tag {
        TIME | TEXT => rest.cmp(other),
        INT => {
            let int = |bytes| Reader::new(bytes).signed().unwrap_or_default();
            int(rest).cmp(&int(other))
        }
        NUMBER => cmp_numbers(number(rest), number(other)),
        LIST => compare_parts(rest, other, false),
        MAP => compare_parts(rest, other, true),
        _ => Ordering::Equal,
    }
}

fn compare_parts(a: &[u8], b: &[u8], keyed: bool) -> Ordering {
    let (mut a, mut b) = (Reader::new(a), Reader::new(b));
    let mut is_key = keyed;
    loop {
        match (a.bytes(), b.bytes()) {
            (Ok(left), Ok(right)) => {
                let order = if is_key { left.cmp(right) } else { compare(left, right) };
                if order.is_ne() {
                    return order;
                }
                is_key = keyed && !is_key;
            }
            (left, right) => return left.is_ok().cmp(&right.is_ok()),
        }
    }
}

fn number(bytes: &[u8]) -> f64 {
    bytes.first_chunk().map_or(0.0, |bits| f64::from_bits(u64::from_le_bytes(*bits)))
}

/// Whether it is NaN.
pub(crate) fn is_nan(bytes: &[u8]) -> bool {
    bytes.split_first().is_some_and(|(tag, rest)| *tag == NUMBER && number(rest).is_nan())
}

/// The value again. Texts borrow from the bytes, lists and maps are laid out in the arena.
pub(crate) fn read_value<'a>(bytes: &'a [u8], arena: &'a Bump) -> Value<'a> {
    let Some((tag, rest)) = bytes.split_first() else { return Value::Missing };
    match *tag {
        NULL => Value::Null,
        FALSE => Value::Bool(false),
        TRUE => Value::Bool(true),
        INT => Value::Int(Reader::new(rest).signed().unwrap_or_default()),
        NUMBER => Value::Number(number(rest)),
        TIME => Value::Time(time(rest)),
        TEXT => Value::Text(text(rest)),
        LIST => {
            let mut items = bumpalo::collections::Vec::new_in(arena);
            items.extend(elements(rest).map(|item| read_value(item, arena)));
            Value::List(items.into_bump_slice())
        }
        MAP => {
            let mut entries = bumpalo::collections::Vec::new_in(arena);
            let mut parts = Reader::new(rest);
            while let (Ok(key), Ok(item)) = (parts.bytes(), parts.bytes()) {
                entries.push((text(key), read_value(item, arena)));
            }
            Value::Map(entries.into_bump_slice())
        }
        _ => Value::Missing,
    }
}

/// The value, owned.
pub(crate) fn read_owned(bytes: &[u8]) -> Owned {
    Owned::new(read_value(bytes, &Bump::new())).unwrap_or(Owned::Null)
}

/// Writes the value as JSON.
pub(crate) fn write_json(bytes: &[u8], out: &mut Vec<u8>) {
    let Some((tag, rest)) = bytes.split_first() else { return json_out::value(out, Value::Missing) };
    match *tag {
        FALSE | TRUE => json_out::bool(out, *tag == TRUE),
        INT => json_out::int(out, Reader::new(rest).signed().unwrap_or_default()),
        NUMBER => json_out::number(out, number(rest)),
        TIME => json_out::time(out, time(rest)),
        TEXT => json_out::text_of(out, rest),
        LIST => write_list(rest, out),
        MAP => {
            let mut parts = Reader::new(rest);
            let entries = std::iter::from_fn(|| Some((text(parts.bytes().ok()?), parts.bytes().ok()?)));
            json_out::map(out, entries, |out, item| write_json(item, out));
        }
        _ => json_out::value(out, Value::Null),
    }
}

/// Writes the parts of a list or set as JSON.
pub(crate) fn write_list(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, item) in elements(bytes).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_json(item, out);
    }
    out.push(b']');
}

/// The parts of a list or set.
pub(crate) fn elements(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut parts = Reader::new(bytes);
    std::iter::from_fn(move || parts.bytes().ok())
}

/// Bytes that were written from a text, or checked to be one.
pub(crate) fn text(bytes: &[u8]) -> &str {
    simdutf8::basic::from_utf8(bytes).unwrap_or_default()
}

fn time(bytes: &[u8]) -> Time {
    bytes.first_chunk().and_then(get_time).unwrap_or_default()
}

/// Whether bytes are a value, in the one way to write it.
pub(crate) fn check_value(bytes: &[u8]) -> Result<(), WireError> {
    check_nested(bytes, DEEPEST)
}

fn check_nested(bytes: &[u8], depth: u32) -> Result<(), WireError> {
    let (tag, rest) = bytes.split_first().ok_or(WireError::Short)?;
    let depth = depth.checked_sub(1).ok_or(WireError::Invalid("nesting"))?;
    match *tag {
        NULL | FALSE | TRUE if rest.is_empty() => Ok(()),
        NULL | FALSE | TRUE => Err(WireError::Long),
        INT => {
            let mut reader = Reader::new(rest);
            reader.signed()?;
            reader.finish()
        }
        NUMBER => {
            let mut reader = Reader::new(rest);
            let number = f64::from_bits(u64::from_le_bytes(reader.array()?));
            if number.is_nan() && number.to_bits() != f64::NAN.to_bits() {
                return Err(WireError::Invalid("number"));
            }
            reader.finish()
        }
        TIME => {
            let mut reader = Reader::new(rest);
            get_time(&reader.array()?).ok_or(WireError::Invalid("time"))?;
            reader.finish()
        }
        TEXT => check_text(rest),
        LIST => {
            let mut parts = Reader::new(rest);
            while !parts.is_empty() {
                check_nested(parts.bytes()?, depth)?;
            }
            Ok(())
        }
        MAP => {
            let mut parts = Reader::new(rest);
            let mut last = None;
            while !parts.is_empty() {
                let key = parts.bytes()?;
                check_text(key)?;
                if last.is_some_and(|last| last >= key) {
                    return Err(WireError::Invalid("order"));
                }
                last = Some(key);
                check_nested(parts.bytes()?, depth)?;
            }
            Ok(())
        }
        _ => Err(WireError::Invalid("value")),
    }
}

pub(crate) fn check_text(bytes: &[u8]) -> Result<(), WireError> {
    simdutf8::basic::from_utf8(bytes).map(|_| ()).map_err(|_| WireError::Invalid("text"))
}
