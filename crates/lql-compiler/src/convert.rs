//! Conversions between values (reference 6.4) and casts to the kind of a column (reference 7.2).
//!
//! Every function and operator converts through these. A conversion that fails gives `None`, a cast that fails
//! [`Value::Missing`]; neither knows where its value came from. Values that already fit are handed back as they
//! are, without a copy.

use crate::catalog::Env;
use crate::{Kind, Time, Value, dates};
use bumpalo::Bump;
use bumpalo::collections::{String as ArenaString, Vec as ArenaVec};
use hashbrown::HashSet;

/// To text: integers plain, floats in their shortest form without exponent (`5.0` is `5`), instants as epoch
/// milliseconds, lists joined by `,`. Missing, null, NaN and maps have none.
///
/// ```
/// # use lql_compiler::{Value, convert::to_text};
/// # let arena = bumpalo::Bump::new();
/// let list = [Value::Number(5.0), Value::Text("b"), Value::Bool(true)];
/// assert_eq!(to_text(Value::List(&list), &arena), Some("5,b,true"));
/// ```
pub fn to_text<'a>(value: Value<'a>, arena: &'a Bump) -> Option<&'a str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Int(int) => Some(bumpalo::format!(in arena, "{}", int).into_bump_str()),
        Value::Number(number) if number.is_nan() => None,
        Value::Number(number) => Some(bumpalo::format!(in arena, "{}", number).into_bump_str()),
        Value::Time(time) => Some(bumpalo::format!(in arena, "{}", time.millis()).into_bump_str()),
        Value::List(&[item]) => to_text(item, arena),
        Value::List(items) => {
            let mut joined = ArenaString::new_in(arena);
            let mut some = false;
            for text in items.iter().filter_map(|item| to_text(*item, arena)) {
                if some {
                    joined.push(',');
                }
                joined.push_str(text);
                some = true;
            }
            some.then(|| joined.into_bump_str())
        }
        Value::Map(_) | Value::Missing | Value::Null => None,
    }
}

/// To a float. Booleans are 1 and 0, instants epoch milliseconds. A list has none: positions that take the first
/// element say so with [`Value::first`].
pub fn to_number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(int) => Some(int as f64),
        Value::Number(number) => (!number.is_nan()).then_some(number),
        Value::Bool(flag) => Some(f64::from(u8::from(flag))),
        Value::Time(time) => Some(time.millis() as f64),
        Value::Text(text) => parse_number(text),
        Value::List(_) | Value::Map(_) | Value::Missing | Value::Null => None,
    }
}

/// To an integer. Floats are truncated toward zero, booleans are 1 and 0, instants epoch milliseconds, and a list
/// gives its first element. None outside the range of 64 bits.
pub fn to_int(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Int(int) => Some(int),
        Value::Number(number) => truncate(number),
        Value::Bool(flag) => Some(i64::from(flag)),
        Value::Time(time) => Some(time.millis()),
        Value::Text(text) => parse_int(text),
        Value::List(items) => items.first().and_then(|item| to_int(*item)),
        Value::Map(_) | Value::Missing | Value::Null => None,
    }
}

/// To a boolean: the words `1 t T TRUE true True` and `0 f F FALSE false False`, the numbers 1 and 0.
pub fn to_bool(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(flag),
        Value::Int(1) | Value::Number(1.0) => Some(true),
        Value::Int(0) | Value::Number(0.0) => Some(false),
        Value::Text(text) => parse_bool(text),
        _ => None,
    }
}

/// Whole seconds from the start of 1800 to the end of 2120.
const PLAUSIBLE: std::ops::Range<i64> = -5_364_662_400..4_765_132_800;

/// To an instant. Text that begins with `now` is date math on `now`, other text goes to the date parser. Numbers
/// are read as their text, but only years 1800 to 2120 count.
pub fn to_time(value: Value<'_>, now: Time) -> Option<Time> {
    let digits = match value {
        Value::Time(time) => return Some(time),
        Value::Text(text) => return dates::parse(text, now),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    dates::parse(&digits, now).filter(|time| PLAUSIBLE.contains(&time.seconds()))
}

/// Reads a boolean word.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Reads a float; when that fails, once more without `$ , £ €` and spaces. Words such as `inf` and `nan` are no
/// numbers, nor is a number too large for 64 bits.
///
/// ```
/// # use lql_compiler::convert::parse_number;
/// assert_eq!(parse_number("$1,234.50"), Some(1234.5));
/// assert_eq!(parse_number("€1,5"), Some(15.0)); // the comma is removed, it is no decimal mark
/// assert_eq!(parse_number("twelve"), None);
/// ```
pub fn parse_number(text: &str) -> Option<f64> {
    plain_number(text).or_else(|| plain_number(&without_money(text)?))
}

/// Reads an integer: base 10, or with a `.` a float truncated toward zero; when that fails, once more without
/// `$ , £ €` and spaces.
///
/// ```
/// # use lql_compiler::convert::parse_int;
/// assert_eq!(parse_int("1,234.9"), Some(1234));
/// assert_eq!(parse_int("$12"), Some(12));
/// assert_eq!(parse_int("0x1F"), None);
/// ```
pub fn parse_int(text: &str) -> Option<i64> {
    fn plain(text: &str) -> Option<i64> {
        if text.contains('.') { plain_number(text).and_then(truncate) } else { text.parse().ok() }
    }
    if let Some(int) = short_decimal(text) {
        return Some(int);
    }
    plain(text).or_else(|| plain(&without_money(text)?))
}

/// The digits before the point of a number such as `12.34`. It has so few digits that a float does not round it up.
fn short_decimal(text: &str) -> Option<i64> {
    if text.len() > 15 {
        return None;
    }
    let mut whole = 0;
    let mut digits = text.as_bytes().iter();
    loop {
        match digits.next() {
            Some(digit @ b'0'..=b'9') => whole = whole * 10 + i64::from(*digit - b'0'),
            Some(b'.') => break,
            _ => return None,
        }
    }
    let has_places = !digits.as_slice().is_empty() && digits.all(u8::is_ascii_digit);
    has_places.then_some(whole)
}

/// A float as it stands, without the clean-up; finite.
fn plain_number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The text without currency signs, thousands separators and spaces; `None` when it has none of them.
fn without_money(text: &str) -> Option<String> {
    const MONEY: [char; 5] = ['$', ',', '£', '€', ' '];
    text.contains(MONEY).then(|| text.replace(MONEY, ""))
}

/// Toward zero; `None` outside the integers of 64 bits.
fn truncate(number: f64) -> Option<i64> {
    let whole = number.trunc();
    // −2⁶³ is a float, 2⁶³−1 is not: the upper bound is excluded.
    (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole).then_some(whole as i64)
}

/// Casts a column's value to the column's kind.
///
/// - A value that is nil or cannot be cast is no value: `""` as `string`, infinity as `number`.
/// - A scalar into a set is a set of one; a list into a scalar kind gives its first element.
/// - Sets hold each value once: texts in alphabetical order, instants oldest first, a `ts[]string` in input order.
///   An empty text inside a list is kept; `filter(list, "")` removes it.
/// - Maps cast each entry and drop those that fail. Text becomes an integer only if it is a plain base-10 integer,
///   and a number only if it is a plain float.
/// - Time buckets are the UTC days of the instants, one each, so a day that stands twice counts twice.
/// - A geolocation is text `lat,lon` or a map with `lat` and `lon`, inside ±90 and ±180.
pub fn cast<'a>(value: Value<'a>, kind: Kind, env: &Env<'a>) -> Value<'a> {
    if value.is_nil() {
        return Value::Missing;
    }
    match kind {
        Kind::Text => match to_text(value.first(), env.arena) {
            Some("") | None => Value::Missing,
            Some(text) => Value::Text(text),
        },
        Kind::Int => to_int(value).map(Value::Int).into(),
        Kind::Number => to_number(value.first()).filter(|n| n.is_finite()).map(Value::Number).into(),
        Kind::Bool => to_bool(value.first()).map(Value::Bool).into(),
        Kind::Date => to_time(value.first(), env.event_time).map(Value::Time).into(),
        Kind::TextSet => text_set(value, env),
        Kind::TimedSet => timed_set(value, env),
        Kind::TimeSet => instants(value, env, |times| {
            times.sort_unstable();
            times.dedup();
        }),
        // Counts by day, as a profile prints them.
        Kind::TimeBuckets if matches!(value, Value::Map(_)) => value,
        Kind::TimeBuckets => instants(value, env, |times| {
            times.retain_mut(|time| match day_start(*time) {
                Some(day) => {
                    *time = day;
                    true
                }
                None => false,
            });
            times.sort_unstable();
        }),
        Kind::MapInt | Kind::MapIntSum => map_of(value, env, |entry| match entry {
            Value::Text(text) => text.parse().ok().map(Value::Int),
            other => to_int(other).map(Value::Int),
        }),
        Kind::MapNumber => map_of(value, env, |entry| match entry {
            Value::Text(text) => plain_number(text).map(Value::Number),
            other => to_number(other).filter(|n| n.is_finite()).map(Value::Number),
        }),
        Kind::MapText => map_of(value, env, |entry| to_text(entry, env.arena).map(Value::Text)),
        Kind::MapBool => map_of(value, env, |entry| to_bool(entry).map(Value::Bool)),
        Kind::MapTime => map_of(value, env, |entry| to_time(entry, env.event_time).map(Value::Time)),
        Kind::MapValue => match value {
            Value::Map(_) => value,
            _ => Value::Missing,
        },
        Kind::Geo => geolocation(value.first(), env),
        Kind::Dynamic => value,
    }
}

/// The elements of a list; of a scalar, itself.
pub(crate) fn elements<'s, 'a>(value: &'s Value<'a>) -> &'s [Value<'a>] {
    match value {
        Value::List(items) => items,
        Value::Missing | Value::Null => &[],
        scalar => std::slice::from_ref(scalar),
    }
}

fn text_set<'a>(value: Value<'a>, env: &Env<'a>) -> Value<'a> {
    let stands = |items: &[Value<'_>]| {
        items.iter().all(|item| matches!(item, Value::Text(text) if !text.is_empty()))
            && items.is_sorted_by(|a, b| matches!((a, b), (Value::Text(a), Value::Text(b)) if a < b))
    };
    if matches!(value, Value::List(items) if stands(items)) {
        return value;
    }
    // An empty text is no value, in a set as elsewhere.
    let texts =
        elements(&value).iter().filter_map(|item| to_text(*item, env.arena)).filter(|text| !text.is_empty());
    let mut texts = ArenaVec::from_iter_in(texts, env.arena);
    texts.sort_unstable();
    texts.dedup();
    env.list(texts.into_iter().map(Value::Text))
}

fn timed_set<'a>(value: Value<'a>, env: &Env<'a>) -> Value<'a> {
    let mut seen: HashSet<&str, foldhash::fast::FixedState> = HashSet::default();
    let texts = elements(&value).iter().filter_map(|item| to_text(*item, env.arena));
    env.list(texts.filter(|text| !text.is_empty() && seen.insert(text)).map(Value::Text))
}

fn instants<'a>(value: Value<'a>, env: &Env<'a>, arrange: impl Fn(&mut ArenaVec<'a, Time>)) -> Value<'a> {
    let times = elements(&value).iter().filter_map(|item| to_time(*item, env.event_time));
    let mut times = ArenaVec::from_iter_in(times, env.arena);
    arrange(&mut times);
    env.list(times.into_iter().map(Value::Time))
}

fn day_start(time: Time) -> Option<Time> {
    Time::from_seconds(time.seconds().div_euclid(86_400) * 86_400)
}

/// Casts the entries that have a value; what `to` refuses is dropped. The keys stay sorted.
fn map_of<'a>(value: Value<'a>, env: &Env<'a>, to: impl Fn(Value<'a>) -> Option<Value<'a>>) -> Value<'a> {
    let Value::Map(entries) = value else { return Value::Missing };
    let kept = entries.iter().filter_map(|(key, entry)| {
        let entry = entry.first();
        if entry.is_nil() { None } else { to(entry).map(|entry| (*key, entry)) }
    });
    let kept = ArenaVec::from_iter_in(kept, env.arena);
    if kept.is_empty() { Value::Missing } else { Value::Map(kept.into_bump_slice()) }
}

fn geolocation<'a>(value: Value<'a>, env: &Env<'a>) -> Value<'a> {
    let pair = match value {
        Value::Text(text) => text
            .split_once(',')
            .and_then(|(lat, lon)| Some((plain_number(lat.trim())?, plain_number(lon.trim())?))),
        Value::Map(_) => to_number(value.entry("lat")).zip(to_number(value.entry("lon"))),
        _ => None,
    };
    match pair {
        Some((lat, lon)) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => {
            // Adding zero turns −0 into 0.
            Value::Text(bumpalo::format!(in env.arena, "{},{}", lat + 0.0, lon + 0.0).into_bump_str())
        }
        _ => Value::Missing,
    }
}

#[cfg(test)]
mod tests;
