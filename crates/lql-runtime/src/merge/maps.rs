//! Maps as bytes, whose keys fold each for itself.
//!
//! ```text
//! of newest values  capacity,       (key length, key, fold length, fold) …
//! all others        stamps aside?,  (key length, key, [stamp,] fold length, fold) …
//! ```
//!
//! Sorted by key. Where the fold holds each key's newest contribution, its stamp is the key's and the capacity is kept as
//! we go. Any other fold needs what an old key had gathered if the key comes back, so the capacity waits until the map is
//! read, and if the field has limits the newest stamps stand aside.

use std::cmp::Ordering;

use lql_compiler::{Time, Value};

use super::atoms::{StampBytes, check_stamp};
use super::fold;
use super::op::{FieldOp, Form};
use super::owned::Owned;
use super::sets::is_kept;
use super::value::{by_key, check_text, put_sized, read_owned, text};
use crate::json_out;
use crate::wire::{Reader, WireError, put_bytes, put_varint};

/// One key.
struct Entry<'b> {
    key: &'b [u8],
    /// Its newest stamp, where it stands aside.
    seen: Option<StampBytes>,
    fold: &'b [u8],
}

/// The keys of a map.
struct Entries<'b> {
    rest: Reader<'b>,
    aside: bool,
}

impl<'b> Entries<'b> {
    /// The number at the front, and the entries.
    fn open(form: Form, bytes: &'b [u8]) -> Result<(u64, Self), WireError> {
        let mut rest = Reader::new(bytes);
        let limit = rest.varint()?;
        if form != Form::NewestMap && limit > 1 {
            return Err(WireError::Invalid("map"));
        }
        Ok((limit, Self { rest, aside: form != Form::NewestMap && limit == 1 }))
    }

    fn next(&mut self) -> Result<Option<Entry<'b>>, WireError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let key = self.rest.bytes()?;
        let seen = if self.aside { Some(self.rest.array()?) } else { None };
        Ok(Some(Entry { key, seen, fold: self.rest.bytes()? }))
    }
}

/// Writes the map that one contribution makes; `false` if it has no entry.
pub(crate) fn put_map(
    op: FieldOp,
    form: Form,
    stamp: &StampBytes,
    value: Value<'_>,
    out: &mut Vec<u8>,
) -> bool {
    let Value::Map(entries) = value else { return false };
    let aside = op.stamps_aside();
    put_varint(out, if op.form == Form::NewestMap { u64::from(op.capacity) } else { u64::from(aside) });
    let start = out.len();
    let mut count = 0;
    for (key, item) in by_key(entries).iter() {
        let before = out.len();
        put_bytes(out, key.as_bytes());
        if aside {
            out.extend_from_slice(stamp);
        }
        if put_sized(out, |out| fold::put_first_of_key(form, op.value_kind(), stamp, *item, out)) {
            count += 1;
        } else {
            out.truncate(before);
        }
    }
    if op.form == Form::NewestMap && op.excess(count) > 0 {
        shed(out, start, op.capacity);
    }
    count > 0
}

pub(crate) fn merge_maps(form: Form, a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    let per_key = form.per_key().ok_or(WireError::Invalid("merge operator"))?;
    let ((limit, mut left), (other, mut right)) = (Entries::open(form, a)?, Entries::open(form, b)?);
    if limit != other {
        return Err(WireError::Invalid("capacity"));
    }
    put_varint(out, limit);
    let start = out.len();
    let mut count = 0;
    let (mut l, mut r) = (left.next()?, right.next()?);
    loop {
        let order = match (&l, &r) {
            (Some(a), Some(b)) => a.key.cmp(b.key),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        count += 1;
        let first = if order.is_le() { std::mem::replace(&mut l, left.next()?) } else { None };
        let second = if order.is_ge() { std::mem::replace(&mut r, right.next()?) } else { None };
        match (first, second) {
            (Some(a), Some(b)) => {
                put_bytes(out, a.key);
                if let Some(seen) = a.seen.max(b.seen) {
                    out.extend_from_slice(&seen);
                }
                let mut failed = Ok(());
                put_sized(out, |out| {
                    failed = fold::merge_of_key(per_key, a.fold, b.fold, out);
                    true
                });
                failed?;
            }
            (Some(entry), None) | (None, Some(entry)) => {
                put_bytes(out, entry.key);
                if let Some(seen) = entry.seen {
                    out.extend_from_slice(&seen);
                }
                put_bytes(out, entry.fold);
            }
            (None, None) => {}
        }
    }
    if form == Form::NewestMap && limit > 0 && count > limit {
        shed(out, start, limit as u32);
    }
    Ok(())
}

/// Leaves the newest keys of a written map, by (stamp, key), as many as the capacity.
fn shed(out: &mut Vec<u8>, start: usize, capacity: u32) {
    let written = out.split_off(start);
    let mut entries = Entries { rest: Reader::new(&written), aside: false };
    let mut all = Vec::new();
    while let Ok(Some(entry)) = entries.next() {
        all.push(entry);
    }
    let newest = |entry: &Entry<'_>| fold::stamped(entry.fold).map_or([0; 20], |(stamp, _)| *stamp);
    all.sort_by(|a, b| newest(a).cmp(&newest(b)).then_with(|| a.key.cmp(b.key)));
    all.drain(..all.len().saturating_sub(capacity as usize));
    all.sort_by_key(|entry| entry.key);
    for entry in all {
        put_bytes(out, entry.key);
        put_bytes(out, entry.fold);
    }
}

/// The entries that are not too old, at most as many as the capacity.
pub(crate) fn read_map(op: FieldOp, form: Form, bytes: &[u8], as_of: Time) -> Owned {
    let oldest_kept = op.oldest_kept(as_of);
    let Ok((_, mut entries)) = Entries::open(op.form, bytes) else { return Owned::Map(Box::default()) };
    let mut kept = Vec::new();
    while let Ok(Some(entry)) = entries.next() {
        let held = || fold::stamped(entry.fold).map(|(stamp, _)| *stamp).ok();
        let seen = if op.form == Form::NewestMap { held() } else { entry.seen };
        if seen.is_none_or(|seen| is_kept(&seen, oldest_kept)) {
            kept.push((seen, entry));
        }
    }
    let excess = op.excess(kept.len());
    if excess > 0 && op.form != Form::NewestMap {
        kept.sort_by(|(a_seen, a), (b_seen, b)| a_seen.cmp(b_seen).then_with(|| a.key.cmp(b.key)));
        kept.drain(..excess);
        kept.sort_by_key(|(_, entry)| entry.key);
    }
    let entry = |(_, entry): (_, Entry<'_>)| {
        let value = if form.is_held() {
            read_owned(fold::stamped(entry.fold).map_or(&[], |(_, value)| value))
        } else {
            fold::read(form, entry.fold)
        };
        (text(entry.key).into(), value)
    };
    Owned::Map(kept.into_iter().map(entry).collect())
}

/// The newest stamps of the keys, where the field has limits that need them.
pub(crate) fn seen(op: FieldOp, bytes: &[u8]) -> Vec<StampBytes> {
    let Ok((_, mut entries)) = Entries::open(op.form, bytes) else { return Vec::new() };
    let entries = std::iter::from_fn(|| entries.next().ok().flatten());
    let held = |entry: &Entry<'_>| fold::stamped(entry.fold).map(|(stamp, _)| *stamp).ok();
    entries.filter_map(|entry| if op.form == Form::NewestMap { held(&entry) } else { entry.seen }).collect()
}

/// Writes as JSON a map of which all entries are kept; `false` if there are limits to see to.
pub(crate) fn write_json(op: FieldOp, form: Form, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let complete = op.keep_days == 0 && (op.capacity == 0 || op.form == Form::NewestMap);
    let Ok((_, mut entries)) = Entries::open(op.form, bytes) else { return false };
    if !complete {
        return false;
    }
    let entries =
        std::iter::from_fn(|| entries.next().ok().flatten()).map(|entry| (text(entry.key), entry.fold));
    json_out::map(out, entries, |out, bytes| match fold::stamped(bytes) {
        Ok((_, value)) if form.is_held() => fold::write_json(form, value, out),
        _ => fold::write_json(form, bytes, out),
    });
    true
}

pub(crate) fn check_map(form: Form, bytes: &[u8]) -> Result<(), WireError> {
    let per_key = form.per_key().ok_or(WireError::Invalid("merge operator"))?;
    let (limit, mut entries) = Entries::open(form, bytes)?;
    let mut last: Option<&[u8]> = None;
    let mut count = 0;
    while let Some(entry) = entries.next()? {
        check_text(entry.key)?;
        if last.is_some_and(|last| last >= entry.key) {
            return Err(WireError::Invalid("order"));
        }
        if let Some(seen) = entry.seen {
            check_stamp(&mut Reader::new(&seen))?;
        }
        fold::check_of_key(per_key, entry.fold)?;
        last = Some(entry.key);
        count += 1;
    }
    let too_many = form == Form::NewestMap && limit > 0 && count > limit;
    if count == 0 || too_many || limit > u64::from(u32::MAX) {
        return Err(WireError::Invalid("map"));
    }
    Ok(())
}
