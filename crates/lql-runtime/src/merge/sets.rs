//! Unions as bytes: plain sets, sets whose elements carry stamps, and counts by day.
//!
//! ```text
//! set          (element length, element) …                         sorted by element
//! stamped set  capacity, (element length, element, stamp) …        sorted by element; the newest, if there is a capacity
//! days         (day, count) …                                      sorted by day
//! ```

use std::cmp::Ordering;

use lql_compiler::{Kind, Time, Value};

use super::atoms::{StampBytes, check_stamp, get_stamp};
use super::op::FieldOp;
use super::owned::Owned;
use super::value::{check_value, compare, elements, put_sized, put_value, read_owned, sorted_elements};
use crate::wire::{Reader, WireError, put_bytes, put_signed, put_varint};

const DAY: i64 = 86_400;

/// The elements of a contribution that are of the set's kind.
fn contributed(kind: Kind, value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let (single, items) = match value {
        Value::List(items) => (None, items),
        single => (Some(single), &[][..]),
    };
    single.into_iter().chain(items.iter().copied()).filter(move |item| match kind {
        Kind::TimeSet | Kind::TimeBuckets => matches!(item, Value::Time(_)),
        _ => matches!(item, Value::Text(_)),
    })
}

/// Writes the set that one contribution makes; `false` if it has no element.
pub(crate) fn put_set(kind: Kind, value: Value<'_>, out: &mut Vec<u8>) -> bool {
    match value {
        Value::List([single]) => put_set(kind, *single, out),
        Value::List(_) => {
            let elements = sorted_elements(contributed(kind, value));
            elements.iter().for_each(|element| put_bytes(out, element));
            !elements.is_empty()
        }
        // A list in a list is no element.
        single => contributed(kind, single).any(|item| put_sized(out, |out| put_value(out, item))),
    }
}

pub(crate) fn merge_sets(a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    let (mut a, mut b) = (Reader::new(a), Reader::new(b));
    while !a.is_empty() && !b.is_empty() {
        let (before_a, before_b) = (a, b);
        let (left, right) = (a.bytes()?, b.bytes()?);
        match compare(left, right) {
            Ordering::Less => {
                out.extend_from_slice(before_a.passed(&a));
                b = before_b;
            }
            Ordering::Equal => out.extend_from_slice(before_a.passed(&a)),
            Ordering::Greater => {
                out.extend_from_slice(before_b.passed(&b));
                a = before_a;
            }
        }
    }
    out.extend_from_slice(a.rest());
    out.extend_from_slice(b.rest());
    Ok(())
}

pub(crate) fn read_set(bytes: &[u8]) -> Owned {
    Owned::List(elements(bytes).map(read_owned).collect())
}

pub(crate) fn check_set(bytes: &[u8]) -> Result<(), WireError> {
    let mut parts = Reader::new(bytes);
    let mut last: Option<&[u8]> = None;
    while !parts.is_empty() {
        let element = parts.bytes()?;
        check_element(element, last)?;
        last = Some(element);
    }
    last.map(|_| ()).ok_or(WireError::Invalid("set"))
}

fn check_element(element: &[u8], last: Option<&[u8]>) -> Result<(), WireError> {
    check_value(element)?;
    if last.is_some_and(|last| compare(last, element).is_ge()) {
        return Err(WireError::Invalid("order"));
    }
    Ok(())
}

/// An element and the stamp of its newest contribution.
type Seen<'b> = (&'b [u8], StampBytes);

pub(crate) fn put_stamped_set(op: FieldOp, stamp: &StampBytes, value: Value<'_>, out: &mut Vec<u8>) -> bool {
    let elements = sorted_elements(contributed(op.kind, value));
    put_varint(out, u64::from(op.capacity));
    put_newest(elements.iter().map(|element| (element.as_slice(), *stamp)).collect(), op.capacity, out);
    !elements.is_empty()
}

/// Writes sorted elements, the newest up to the capacity by (stamp, element).
///
/// An element that goes has the capacity's number of newer ones above it. Their stamps only grow, so it could not have
/// come back but by a newer contribution: the fold stays order-free.
fn put_newest(mut elements: Vec<Seen<'_>>, capacity: u32, out: &mut Vec<u8>) {
    if capacity > 0 && elements.len() > capacity as usize {
        elements.sort_by(|(a, a_seen), (b, b_seen)| a_seen.cmp(b_seen).then_with(|| compare(a, b)));
        elements.drain(..elements.len() - capacity as usize);
        elements.sort_by(|(a, _), (b, _)| compare(a, b));
    }
    for (element, seen) in elements {
        put_bytes(out, element);
        out.extend_from_slice(&seen);
    }
}

fn stamped_elements(bytes: &[u8]) -> Result<(u32, Vec<Seen<'_>>), WireError> {
    let mut parts = Reader::new(bytes);
    let capacity = parts.small()?;
    let mut elements = Vec::new();
    while !parts.is_empty() {
        elements.push((parts.bytes()?, parts.array()?));
    }
    Ok((capacity, elements))
}

pub(crate) fn merge_stamped_sets(a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    let ((capacity, mut elements), (other, more)) = (stamped_elements(a)?, stamped_elements(b)?);
    if capacity != other {
        return Err(WireError::Invalid("capacity"));
    }
    elements.extend(more);
    // The newer of two equal elements comes first and stays.
    elements.sort_by(|(a, a_seen), (b, b_seen)| compare(a, b).then_with(|| b_seen.cmp(a_seen)));
    elements.dedup_by(|later, kept| later.0 == kept.0);
    put_varint(out, u64::from(capacity));
    put_newest(elements, capacity, out);
    Ok(())
}

/// The elements that are not too old; `ts[]string` in the order of their times.
pub(crate) fn read_stamped_set(op: FieldOp, bytes: &[u8], as_of: Time) -> Owned {
    let oldest_kept = op.oldest_kept(as_of);
    let mut elements = stamped_elements(bytes).map(|(_, elements)| elements).unwrap_or_default();
    elements.retain(|(_, seen)| is_kept(seen, oldest_kept));
    if op.kind == Kind::TimedSet {
        elements.sort_by(|(a, a_seen), (b, b_seen)| a_seen.cmp(b_seen).then_with(|| compare(a, b)));
    }
    Owned::List(elements.into_iter().map(|(element, _)| read_owned(element)).collect())
}

/// The stamps of the elements.
pub(crate) fn seen(bytes: &[u8]) -> Vec<StampBytes> {
    let elements = stamped_elements(bytes).map(|(_, elements)| elements).unwrap_or_default();
    elements.into_iter().map(|(_, seen)| seen).collect()
}

/// Whether an element is still there when the profile is read.
pub(crate) fn is_kept(seen: &StampBytes, oldest_kept: Option<Time>) -> bool {
    oldest_kept.is_none_or(|oldest| get_stamp(seen).is_some_and(|seen| seen.time >= oldest))
}

pub(crate) fn check_stamped_set(bytes: &[u8]) -> Result<(), WireError> {
    let mut parts = Reader::new(bytes);
    let capacity: u32 = parts.small()?;
    let mut last: Option<&[u8]> = None;
    let mut count = 0;
    while !parts.is_empty() {
        let element = parts.bytes()?;
        check_element(element, last)?;
        check_stamp(&mut parts)?;
        last = Some(element);
        count += 1;
    }
    if count == 0 || (capacity > 0 && count > capacity) {
        return Err(WireError::Invalid("set"));
    }
    Ok(())
}

/// Writes the counts by UTC day that one contribution makes.
pub(crate) fn put_days(value: Value<'_>, out: &mut Vec<u8>) -> bool {
    let times = contributed(Kind::TimeSet, value).filter_map(|item| match item {
        Value::Time(time) => Some(time.seconds().div_euclid(DAY)),
        _ => None,
    });
    let mut days: Vec<i64> = times.collect();
    days.sort_unstable();
    for same in days.chunk_by(|a, b| a == b) {
        put_signed(out, same.first().copied().unwrap_or_default());
        put_varint(out, same.len() as u64);
    }
    !days.is_empty()
}

pub(crate) fn merge_days(a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    let (mut a, mut b) = (days(a).peekable(), days(b).peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some((left, _)), Some((right, _))) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(()),
        };
        let left = if order.is_le() { a.next() } else { None };
        let right = if order.is_ge() { b.next() } else { None };
        let count = |part: Option<(i64, u64)>| part.map_or(0, |(_, count)| count);
        if let Some((day, _)) = left.or(right) {
            put_signed(out, day);
            put_varint(out, count(left).saturating_add(count(right)));
        }
    }
}

fn days(bytes: &[u8]) -> impl Iterator<Item = (i64, u64)> {
    let mut parts = Reader::new(bytes);
    std::iter::from_fn(move || Some((parts.signed().ok()?, parts.varint().ok()?)))
}

/// A map from `YYYY-MM-DD` to the count.
pub(crate) fn read_days(bytes: &[u8]) -> Owned {
    let entry = |(day, count): (i64, u64)| {
        let text = Time::from_seconds(day.saturating_mul(DAY)).map(Time::to_rfc3339).unwrap_or_default();
        let text = text.split_once('T').map_or("", |(day, _)| day);
        (text.into(), Owned::Int(i64::try_from(count).unwrap_or(i64::MAX)))
    };
    let mut entries: Vec<_> = days(bytes).map(entry).collect();
    // Years before 0 do not sort as text.
    entries.sort();
    Owned::Map(entries.into_boxed_slice())
}

pub(crate) fn check_days(bytes: &[u8]) -> Result<(), WireError> {
    let mut parts = Reader::new(bytes);
    let mut last = None;
    while !parts.is_empty() {
        let (day, count) = (parts.signed()?, parts.varint()?);
        let valid = day.checked_mul(DAY).and_then(Time::from_seconds).is_some();
        if !valid || count == 0 || last.is_some_and(|last| last >= day) {
            return Err(WireError::Invalid("days"));
        }
        last = Some(day);
    }
    last.map(|_| ()).ok_or(WireError::Invalid("days"))
}
