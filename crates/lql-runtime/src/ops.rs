//! The operators (reference 5.2 to 5.4 and 6.3): what two values give. The left type decides.
//!
//! [`Value::Missing`] is *no value*: unknown operands, failed conversions, types that do not go together.

use lql_compiler::pattern::Pattern;
use lql_compiler::program::{ArithOp, CompareOp, Constant, SetOp};
use lql_compiler::{Time, Value, convert, dates};
use std::cmp::Ordering;

/// A constant list, compiled at load.
#[derive(Debug)]
pub(crate) struct ConstantSet<'p> {
    /// The items.
    items: Vec<Value<'p>>,
    /// The items as patterns, for `LIKE`; a malformed one is `None`.
    patterns: Vec<Option<Pattern>>,
}

impl<'p> ConstantSet<'p> {
    pub(crate) fn new(items: &'p [Constant]) -> Self {
        let values: Vec<Value<'p>> = items.iter().map(scalar_constant).collect();
        let patterns = values
            .iter()
            .map(|item| match item {
                Value::Text(text) => Pattern::new(text).ok(),
                _ => None,
            })
            .collect();
        Self { items: values, patterns }
    }
}

/// A constant as a value; lists inside lists do not occur.
pub(crate) fn scalar_constant(constant: &Constant) -> Value<'_> {
    match constant {
        Constant::Null | Constant::List(_) => Value::Null,
        Constant::Bool(flag) => Value::Bool(*flag),
        Constant::Int(int) => Value::Int(*int),
        Constant::Number(number) => Value::Number(*number),
        Constant::Time(time) => Value::Time(*time),
        Constant::Text(text) => Value::Text(text),
    }
}

/// Arithmetic. Integers stay integers; a result that does not fit 64 bits has no value. Of lists the first element
/// counts (reference 1.1).
pub(crate) fn arithmetic<'a>(op: ArithOp, a: Value<'a>, b: Value<'a>) -> Value<'a> {
    let (a, b) = (a.first(), b.first());
    let left = match (a, b) {
        (Value::Text(_), Value::Text(_)) => None,
        // Text on the left is a float even where it looks like an integer: `"7" / 2` is 3.5.
        (Value::Text(text), _) => convert::parse_number(text).map(Number::Float),
        _ => number(a),
    };
    match (left, number(b)) {
        (Some(Number::Int(x)), Some(Number::Int(y))) => {
            let result = match op {
                ArithOp::Add => x.checked_add(y),
                ArithOp::Sub => x.checked_sub(y),
                ArithOp::Mul => x.checked_mul(y),
                ArithOp::Div => x.checked_div(y),
                ArithOp::Rem => x.checked_rem(y),
            };
            result.map_or(Value::Missing, Value::Int)
        }
        (Some(x), Some(y)) => {
            let (x, y) = (x.float(), y.float());
            match op {
                ArithOp::Add => Value::Number(x + y),
                ArithOp::Sub => Value::Number(x - y),
                ArithOp::Mul => Value::Number(x * y),
                ArithOp::Div => Value::Number(x / y),
                // `%` truncates both to integers.
                ArithOp::Rem => (x as i64).checked_rem(y as i64).map_or(Value::Missing, Value::Int),
            }
        }
        _ => Value::Missing,
    }
}

/// `-a`
pub(crate) fn negate(a: Value<'_>) -> Value<'_> {
    arithmetic(ArithOp::Sub, Value::Int(0), a)
}

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }
}

/// A number, or text that holds one: as an integer if it is one, else as a float.
fn number(value: Value<'_>) -> Option<Number> {
    match value {
        Value::Int(int) => Some(Number::Int(int)),
        Value::Number(float) => Some(Number::Float(float)),
        Value::Text(text) => match text.parse::<i64>() {
            Ok(int) => Some(Number::Int(int)),
            Err(_) => convert::parse_number(text).map(Number::Float),
        },
        _ => None,
    }
}

/// A comparison. `clock` is what `"now-3d"` counts from.
pub(crate) fn compare<'a>(op: CompareOp, a: Value<'a>, b: Value<'a>, clock: Time) -> Value<'a> {
    match op {
        CompareOp::Eq | CompareOp::Ne => equality(op == CompareOp::Eq, a, b, clock),
        CompareOp::Gt => ordered(a, b, clock, Ordering::is_gt),
        CompareOp::Ge => ordered(a, b, clock, Ordering::is_ge),
        CompareOp::Lt => ordered(a, b, clock, Ordering::is_lt),
        CompareOp::Le => ordered(a, b, clock, Ordering::is_le),
        CompareOp::In | CompareOp::Intersects => member(a, b, clock),
        CompareOp::Contains => contains(a, b),
        CompareOp::Like => like(a, b),
    }
}

/// A comparison with a constant list.
pub(crate) fn against<'a>(op: SetOp, a: Value<'a>, set: &ConstantSet<'_>, clock: Time) -> Value<'a> {
    if matches!(a, Value::Missing) {
        return Value::Bool(false);
    }
    match (op, a) {
        (SetOp::In | SetOp::Intersects, Value::Text(text)) => {
            Value::Bool(set.items.iter().any(|item| match item {
                Value::Text(item) => *item == text,
                item => equal(a, *item, clock) == Some(true),
            }))
        }
        (SetOp::In | SetOp::Intersects, _) => {
            Value::Bool(any_element(a, |x| set.items.iter().any(|item| equal(x, *item, clock) == Some(true))))
        }
        (SetOp::Contains, _) => contains_any(a, &set.items),
        (SetOp::Like, _) => {
            if set.patterns.iter().all(Option::is_none) {
                return Value::Missing;
            }
            let matches = |text: &str| set.patterns.iter().flatten().any(|p| p.matches(text));
            match a {
                Value::Text(text) => Value::Bool(matches(text)),
                Value::List(items) => {
                    Value::Bool(items.iter().any(|item| matches!(item, Value::Text(text) if matches(text))))
                }
                _ => Value::Missing,
            }
        }
    }
}

/// `a BETWEEN low AND high`: both ends excluded; no value when any of the three has none.
pub(crate) fn between<'a>(a: Value<'a>, low: Value<'a>, high: Value<'a>, clock: Time) -> Value<'a> {
    if a.is_absent() || low.is_absent() || high.is_absent() {
        return Value::Missing;
    }
    if let Value::List(items) = a {
        if !is_times(items) {
            return Value::Missing;
        }
        let inside = |item: &Value<'a>| matches!(between(*item, low, high, clock), Value::Bool(true));
        return Value::Bool(items.iter().any(inside));
    }
    match (order(a, low, clock), order(a, high, clock)) {
        (Some(low), Some(high)) => Value::Bool(low.is_gt() && high.is_lt()),
        _ => Value::Missing,
    }
}

/// Infix `AND`: one operand without value gives false, two give none.
pub(crate) fn and<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Value::Bool(a && b),
        (Value::Bool(_), _) | (_, Value::Bool(_)) => Value::Bool(false),
        _ => Value::Missing,
    }
}

/// Infix `OR`: the operand that has a value; two without give false.
pub(crate) fn or<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Value::Bool(a || b),
        (Value::Bool(one), _) | (_, Value::Bool(one)) => Value::Bool(one),
        _ => Value::Bool(false),
    }
}

/// `NOT a`
pub(crate) fn not(a: Value<'_>) -> Value<'_> {
    match a {
        Value::Bool(flag) => Value::Bool(!flag),
        _ => Value::Missing,
    }
}

/// `EXISTS a`: absent, null and `""` do not; 0 and false do (decision 14.4).
pub(crate) fn exists(a: Value<'_>) -> bool {
    match a {
        Value::Missing | Value::Null => false,
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => items.iter().any(|item| exists(*item)),
        Value::Map(entries) => !entries.is_empty(),
        _ => true,
    }
}

fn equality<'a>(wanted: bool, a: Value<'a>, b: Value<'a>, clock: Time) -> Value<'a> {
    match (a, b) {
        (Value::Missing, Value::Missing) => Value::Bool(false),
        (Value::Null, Value::Null) => Value::Bool(wanted),
        (Value::Missing | Value::Null, _) | (_, Value::Missing | Value::Null) => Value::Bool(!wanted),
        // Dates of a set: any element satisfies. Other sets equal nothing.
        (Value::List(items), b) if is_times(items) => {
            Value::Bool(items.iter().any(|item| equal(*item, b, clock) == Some(wanted)))
        }
        (Value::List(_) | Value::Map(_), _) => {
            if wanted {
                Value::Bool(false)
            } else {
                Value::Missing
            }
        }
        _ => equal(a, b, clock).map_or(Value::Missing, |equal| Value::Bool(equal == wanted)),
    }
}

/// Whether two scalars are equal after coercion; `None` when they cannot be compared.
fn equal(a: Value<'_>, b: Value<'_>, clock: Time) -> Option<bool> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a == b),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Text(text), Value::Bool(flag)) | (Value::Bool(flag), Value::Text(text)) => {
            Some(convert::to_bool(Value::Text(text)) == Some(flag))
        }
        _ => order(a, b, clock).map(Ordering::is_eq),
    }
}

fn ordered<'a>(a: Value<'a>, b: Value<'a>, clock: Time, holds: fn(Ordering) -> bool) -> Value<'a> {
    match (a, b) {
        (Value::Missing, _) | (_, Value::Missing) => Value::Bool(false),
        (Value::List(items), b) if is_times(items) => {
            Value::Bool(items.iter().any(|item| order(*item, b, clock).is_some_and(holds)))
        }
        _ => order(a, b, clock).map_or(Value::Missing, |order| Value::Bool(holds(order))),
    }
}

/// The order of two scalars: numbers, and instants by whole seconds. Two texts have none.
fn order(a: Value<'_>, b: Value<'_>, clock: Time) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(_), Value::Text(_)) => None,
        (Value::Time(a), Value::Time(b)) => Some(a.seconds().cmp(&b.seconds())),
        (Value::Time(a), b) => Some(a.seconds().cmp(&instant(b, clock)?.seconds())),
        (Value::Text(text), Value::Time(b)) => Some(dates::parse(text, clock)?.seconds().cmp(&b.seconds())),
        _ => match (number(a)?, number(b)?) {
            (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.float().partial_cmp(&b.float()),
        },
    }
}

/// The right side of a comparison with an instant.
fn instant(value: Value<'_>, clock: Time) -> Option<Time> {
    match value {
        Value::Text(text) => dates::parse(text, clock),
        Value::Int(millis) => Time::from_millis(millis),
        Value::Number(millis) => Time::from_millis(millis as i64),
        _ => None,
    }
}

/// `IN`, `INTERSECTS`: any common element; of a map, its keys.
fn member<'a>(a: Value<'a>, b: Value<'a>, clock: Time) -> Value<'a> {
    if matches!(a, Value::Missing) || matches!(b, Value::Missing) {
        return Value::Bool(false);
    }
    Value::Bool(any_element(a, |x| any_element(b, |y| equal(x, y, clock) == Some(true))))
}

/// Whether any element of a list, key of a map, or the scalar itself passes.
fn any_element<'a>(value: Value<'a>, mut passes: impl FnMut(Value<'a>) -> bool) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| passes(*item)),
        Value::Map(entries) => entries.iter().any(|(key, _)| passes(Value::Text(key))),
        Value::Missing | Value::Null => false,
        scalar => passes(scalar),
    }
}

fn contains<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    match (a, b) {
        (Value::Missing, _) | (_, Value::Missing) => Value::Bool(false),
        (a, Value::List(items)) => contains_any(a, items),
        (a, b) => contains_one(a, b).map_or(Value::Missing, Value::Bool),
    }
}

/// Whether any of the items is contained; no value where nothing could be.
fn contains_any<'a>(a: Value<'a>, items: &[Value<'_>]) -> Value<'a> {
    match a {
        Value::Text(_) | Value::List(_) => Value::Bool(items.iter().any(|item| match item {
            // A computed item may be a list itself: any of its items counts.
            Value::List(inner) => matches!(contains_any(a, inner), Value::Bool(true)),
            item => contains_one(a, *item) == Some(true),
        })),
        _ => Value::Missing,
    }
}

/// A text has a substring; any element of a set has it; a set of numbers has an equal element.
fn contains_one(a: Value<'_>, b: Value<'_>) -> Option<bool> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.contains(b)),
        (Value::List(items), b) => Some(items.iter().any(|item| contains_element(*item, b))),
        _ => None,
    }
}

fn contains_element(item: Value<'_>, b: Value<'_>) -> bool {
    match (item, b) {
        (Value::Text(a), Value::Text(b)) => a.contains(b),
        (Value::Int(_) | Value::Number(_), _) => order(item, b, Time::default()) == Some(Ordering::Equal),
        _ => false,
    }
}

/// `LIKE` with a computed pattern.
fn like<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    if matches!(a, Value::Missing) || matches!(b, Value::Missing) {
        return Value::Bool(false);
    }
    let patterns: Vec<Pattern> = match b {
        Value::Text(text) => Pattern::new(text).into_iter().collect(),
        Value::List(items) => items
            .iter()
            .filter_map(|item| match item {
                Value::Text(text) => Pattern::new(text).ok(),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    if patterns.is_empty() {
        return Value::Missing;
    }
    let matches = |text: &str| patterns.iter().any(|p| p.matches(text));
    match a {
        Value::Text(text) => Value::Bool(matches(text)),
        Value::List(items) => {
            Value::Bool(items.iter().any(|item| matches!(item, Value::Text(text) if matches(text))))
        }
        _ => Value::Missing,
    }
}

fn is_times(items: &[Value<'_>]) -> bool {
    matches!(items.first(), Some(Value::Time(_)))
}
