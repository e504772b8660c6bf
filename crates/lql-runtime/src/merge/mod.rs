//! Merging: the bytes that contributions to one field fold into.
//!
//! The laws, for every merge operator: folding contributions in any order, or merging the folds of any parts of them in
//! any order, gives *equal bytes*. Contributions are ordered by (stamp, value), so even two with the same stamp have no
//! order of arrival. A value that has not the field's shape changes nothing.
//!
//! There is one form of a fold: its encoding. It is what memory holds, what the disk keeps and what machines send each
//! other, so there is one merge, and no conversion anywhere. A fold names its operator and its capacity itself: bytes
//! merge without the program that made them.

pub(crate) mod atoms;
mod exact;
mod fold;
mod maps;
mod op;
mod owned;
mod sets;
pub(crate) mod value;

#[cfg(test)]
mod tests;

use bumpalo::Bump;
use lql_compiler::{Time, Value};

use crate::json_out;
use crate::wire::WireError;
use atoms::StampBytes;
pub(crate) use fold::second_is_held;
pub use op::{FieldOp, Form, OpTable};
pub use owned::Owned;

/// Writes what one contribution folds to; `false` if it contributes nothing. Then `out` may hold rubbish behind its end.
///
/// The stamp of a held value is not part of it: the fragment has it.
pub(crate) fn put_first(op: &FieldOp, stamp: &StampBytes, value: Value<'_>, out: &mut Vec<u8>) -> bool {
    let op = *op;
    match (op.form, op.form.per_key()) {
        (Form::Set, _) => sets::put_set(op.kind, value, out),
        (Form::StampedSet, _) => sets::put_stamped_set(op, stamp, value, out),
        (Form::Days, _) => sets::put_days(value, out),
        (_, Some(form)) => maps::put_map(op, form, stamp, value, out),
        (form, None) => fold::put_first(form, op.kind, value, out),
    }
}

/// Merges two folds of one form that hold no stamp of the fragment.
pub(crate) fn merge(form: Form, a: &[u8], b: &[u8], out: &mut Vec<u8>) -> Result<(), WireError> {
    match form {
        Form::Set => sets::merge_sets(a, b, out),
        Form::StampedSet => sets::merge_stamped_sets(a, b, out),
        Form::Days => sets::merge_days(a, b, out),
        form if form.per_key().is_some() => maps::merge_maps(form, a, b, out),
        form => fold::merge(form, a, b, out),
    }
}

/// The value at an instant; `None` if all elements of the collection are too old by then.
pub(crate) fn read(op: FieldOp, bytes: &[u8], as_of: Time) -> Option<Owned> {
    let value = match (op.form, op.form.per_key()) {
        (Form::Set, _) => sets::read_set(bytes),
        (Form::StampedSet, _) => sets::read_stamped_set(op, bytes, as_of),
        (Form::Days, _) => sets::read_days(bytes),
        (_, Some(form)) => maps::read_map(op, form, bytes, as_of),
        (form, None) => return Some(fold::read(form, bytes)),
    };
    match &value {
        Owned::List(items) if items.is_empty() => None,
        Owned::Map(entries) if entries.is_empty() => None,
        _ => Some(value),
    }
}

/// The first instant after `after` at which an element is too old to be read.
pub(crate) fn expiry(op: FieldOp, bytes: &[u8], after: Time) -> Option<Time> {
    if op.keep_days == 0 {
        return None;
    }
    let seen = match op.form {
        Form::StampedSet => sets::seen(bytes),
        form if form.per_key().is_some() => maps::seen(op, bytes),
        _ => Vec::new(),
    };
    let gone = seen.iter().filter_map(|seen| op.gone_at(atoms::get_stamp(seen)?.time));
    gone.filter(|gone| *gone > after).min()
}

/// Writes the value at an instant as JSON; `false` and nothing where there is none.
pub(crate) fn write_json(op: FieldOp, bytes: &[u8], as_of: Time, out: &mut Vec<u8>) -> bool {
    match (op.form, op.form.per_key()) {
        (Form::Set, _) => value::write_list(bytes, out),
        (_, Some(form)) if maps::write_json(op, form, bytes, out) => {}
        (Form::StampedSet | Form::Days, _) | (_, Some(_)) => {
            let Some(value) = read(op, bytes, as_of) else { return false };
            json_out::value(out, value.value(&Bump::new()));
        }
        (form, None) => fold::write_json(form, bytes, out),
    }
    true
}

/// Whether bytes are a fold of this form, in the one way to write it.
pub(crate) fn check(form: Form, bytes: &[u8]) -> Result<(), WireError> {
    match form {
        Form::Set => sets::check_set(bytes),
        Form::StampedSet => sets::check_stamped_set(bytes),
        Form::Days => sets::check_days(bytes),
        form if form.per_key().is_some() => maps::check_map(form, bytes),
        form => fold::check(form, bytes),
    }
}
