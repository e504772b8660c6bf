//! Folds over single values as bytes: of a scalar field, or of one key of a map.
//!
//! Each is commutative and associative over (stamp, value); equal contributions make equal bytes.

use std::cmp::Ordering;

use lql_compiler::{Kind, Value};

use super::atoms::{StampBytes, check_stamp, get_wide, put_wide};
use super::exact::{ExactSum, saturated};
use super::op::Form;
use super::owned::Owned;
use super::value::{self, check_value, compare, is_nan, put_set, put_value, read_owned};
use crate::json_out;
use crate::wire::{Reader, WireError, put_varint};

/// The value in the kind's own shape; `None` if it has another.
pub(crate) fn shaped(kind: Kind, value: Value<'_>) -> Option<Value<'_>> {
    let fits = match kind {
        Kind::Number => match value {
            Value::Int(i) => return Some(Value::Number(i as f64)),
            value => matches!(value, Value::Number(_)),
        },
        Kind::Text | Kind::Geo => matches!(value, Value::Text(_)),
        Kind::Int => matches!(value, Value::Int(_)),
        Kind::Bool => matches!(value, Value::Bool(_)),
        Kind::Date => matches!(value, Value::Time(_)),
        Kind::Dynamic => !value.is_absent(),
        kind if kind.is_map() => matches!(value, Value::Map(_)),
        kind if kind.is_set() => !value.is_absent() && !matches!(value, Value::Map(_)),
        _ => false,
    };
    fits.then_some(value)
}

/// Writes what one contribution folds to, without its stamp; `false` and nothing if it contributes nothing.
pub(crate) fn put_first(form: Form, kind: Kind, value: Value<'_>, out: &mut Vec<u8>) -> bool {
    if form == Form::Count {
        let counts = !value.is_absent();
        if counts {
            out.push(1);
        }
        return counts;
    }
    let Some(value) = shaped(kind, value) else { return false };
    match (form, value) {
        (Form::IntSum, Value::Int(int)) => put_wide(out, i128::from(int)),
        (Form::NumberSum, Value::Number(number)) => ExactSum::new(number).put(out),
        (Form::IntSum | Form::NumberSum, _) => return false,
        (_, value) if kind.is_set() => return put_set(out, value),
        (_, value) => return put_value(out, value),
    }
    true
}

/// Whether the second of two held values wins: by stamp, then by value.
pub(crate) fn second_is_held(form: Form, stamps: Ordering, a: &[u8], b: &[u8]) -> bool {
    // `stamps` compares the second with the first.
    match (form, stamps) {
        (Form::Oldest, Ordering::Less) => true,
        (Form::Oldest, Ordering::Equal) => compare(b, a).is_lt(),
        (Form::Oldest, Ordering::Greater) | (_, Ordering::Less) => false,
        (_, Ordering::Greater) => true,
        (_, Ordering::Equal) => compare(b, a).is_gt(),
    }
}

/// Merges two folds that hold no stamp.
pub(crate) fn merge(form: Form, a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    match form {
        Form::Least | Form::Greatest => {
            let better = if form == Form::Least { Ordering::Less } else { Ordering::Greater };
            // NaN stands only while there is nothing else.
            let second = match (is_nan(a), is_nan(b)) {
                (false, false) => compare(b, a) == better,
                (first, second) => first && !second,
            };
            out.extend_from_slice(if second { b } else { a });
        }
        Form::Count => {
            let count = |bytes| Reader::new(bytes).varint();
            put_varint(out, count(a)?.saturating_add(count(b)?));
        }
        Form::IntSum => {
            let sum = |bytes| get_wide(&mut Reader::new(bytes));
            put_wide(out, sum(a)?.saturating_add(sum(b)?));
        }
        Form::NumberSum => {
            let mut sum = ExactSum::get(a)?;
            sum.add(&ExactSum::get(b)?);
            sum.put(out);
        }
        _ => return Err(WireError::Invalid("merge operator")),
    }
    Ok(())
}

/// Writes the fold of one key of a map, which brings its stamp along.
pub(crate) fn put_first_of_key(
    form: Form,
    kind: Kind,
    stamp: &StampBytes,
    value: Value<'_>,
    out: &mut Vec<u8>,
) -> bool {
    let start = out.len();
    if form.is_held() {
        out.extend_from_slice(stamp);
    }
    let first = put_first(form, kind, value, out);
    if !first {
        out.truncate(start);
    }
    first
}

/// Merges the folds of one key of two maps.
pub(crate) fn merge_of_key(form: Form, a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    if !form.is_held() {
        return merge(form, a, b, out);
    }
    let ((first, value), (second, other)) = (stamped(a)?, stamped(b)?);
    let second_wins = second_is_held(form, second.cmp(first), value, other);
    out.extend_from_slice(if second_wins { b } else { a });
    Ok(())
}

/// The stamp and the value of a held key.
pub(crate) fn stamped(bytes: &[u8]) -> Result<(&StampBytes, &[u8]), WireError> {
    bytes.split_first_chunk().ok_or(WireError::Short)
}

/// The value that a fold without stamp has.
pub(crate) fn read(form: Form, bytes: &[u8]) -> Owned {
    let mut reader = Reader::new(bytes);
    match form {
        Form::Count => Owned::Int(i64::try_from(reader.varint().unwrap_or_default()).unwrap_or(i64::MAX)),
        Form::IntSum => Owned::Int(saturated(get_wide(&mut reader).unwrap_or_default())),
        Form::NumberSum => Owned::number(ExactSum::get(bytes).map_or(0.0, |sum| sum.value())),
        _ => read_owned(bytes),
    }
}

/// Writes that value as JSON.
pub(crate) fn write_json(form: Form, bytes: &[u8], out: &mut Vec<u8>) {
    match form {
        Form::Count | Form::IntSum | Form::NumberSum => match read(form, bytes) {
            Owned::Number(number) => json_out::number(out, number),
            Owned::Int(int) => json_out::int(out, int),
            _ => {}
        },
        _ => value::write_json(bytes, out),
    }
}

/// Whether bytes are such a fold, in the one way to write it.
pub(crate) fn check(form: Form, bytes: &[u8]) -> Result<(), WireError> {
    let mut reader = Reader::new(bytes);
    match form {
        Form::Count if reader.varint()? == 0 => return Err(WireError::Invalid("count")),
        Form::Count => {}
        Form::IntSum => drop(get_wide(&mut reader)?),
        Form::NumberSum => return ExactSum::get(bytes).map(|_| ()),
        _ => return check_value(bytes),
    }
    reader.finish()
}

/// The same for the fold of one key of a map.
pub(crate) fn check_of_key(form: Form, bytes: &[u8]) -> Result<(), WireError> {
    if !form.is_held() {
        return check(form, bytes);
    }
    let mut reader = Reader::new(bytes);
    check_stamp(&mut reader)?;
    check(form, bytes.get(20..).unwrap_or_default())
}
