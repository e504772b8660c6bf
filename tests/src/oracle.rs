//! A slow, obvious evaluator of trees, written from the reference's tables: the judge of the compiler and the machine.
//!
//! It shares the functions of the catalog, the cast to a declared kind and the readers of dates with what it judges,
//! and nothing else. Section numbers are those of the reference.

use bumpalo::Bump;
use lql_compiler::catalog::{self, Call, Env};
use lql_compiler::{Kind, Time, Value, convert, dates};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind, FieldRef, ListOp, Literal, Path};
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};

/// The fields of an event.
pub type Fields<'a> = BTreeMap<&'a str, Value<'a>>;

/// An event whose members are fields: objects are maps (2.4).
pub fn fields<'a>(event: &'a Json, arena: &'a Bump) -> Fields<'a> {
    let members = event.as_object().into_iter().flatten();
    members
        .map(|(key, value)| (key.as_str(), from_json(value, arena)))
        .filter(|(_, value)| !missing(*value))
        .collect()
}

fn from_json<'a>(value: &'a Json, arena: &'a Bump) -> Value<'a> {
    match value {
        Json::Null => Value::Missing,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Number(number.as_f64().unwrap()), Value::Int)
        }
        Json::String(text) => Value::Text(text),
        Json::Array(items) => {
            let items = items.iter().map(|item| from_json(item, arena)).filter(|item| !missing(*item));
            let items: Vec<Value<'a>> = items.collect();
            if items.is_empty() { Value::Missing } else { Value::List(arena.alloc_slice_copy(&items)) }
        }
        Json::Object(_) => {
            let entries: Vec<(&str, Value<'a>)> = fields(value, arena).into_iter().collect();
            if entries.is_empty() { Value::Missing } else { Value::Map(arena.alloc_slice_copy(&entries)) }
        }
    }
}

/// What an expression is evaluated on.
pub struct Oracle<'o, 'a> {
    /// The event.
    pub fields: &'o Fields<'a>,
    /// Kinds that fields are read as.
    pub kinds: &'o HashMap<String, Kind>,
    /// Conditions of segments by lower-case alias.
    pub segments: &'o HashMap<String, Expr>,
    /// Event time, clock, and where new values live.
    pub env: Env<'a>,
}

impl<'a> Oracle<'_, 'a> {
    /// The value of an expression.
    pub fn value(&self, expr: &Expr) -> Value<'a> {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Field(field) => self.field(field),
            ExprKind::Call { name, args } => self.call(&name.text.to_lowercase(), args),
            ExprKind::Cast { value, kind } => {
                let kind = self.env.keep(&kind.text);
                self.function("cast", &[self.value(value), kind], &[])
            }
            // 5.4: NOT of no value has no value.
            ExprKind::Not(operand) => {
                boolean(self.value(operand)).map_or(Value::Missing, |flag| Value::Bool(!flag))
            }
            // 5.1: the same as `0 - x`.
            ExprKind::Negate(operand) => arithmetic(BinaryOp::Sub, Value::Int(0), self.value(operand)),
            ExprKind::Exists(operand) => Value::Bool(exists(self.value(operand))),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, self.value(left), self.value(right)),
            ExprKind::Between { value, low, high } => {
                self.between(self.value(value), self.value(low), self.value(high))
            }
            ExprKind::List { items, .. } if items.len() == 1 => self.value(&items[0]),
            ExprKind::List { op: ListOp::And, items } => {
                for item in items {
                    match boolean(self.value(item)) {
                        None => return Value::Missing,
                        Some(false) => return Value::Bool(false),
                        Some(true) => {}
                    }
                }
                Value::Bool(true)
            }
            ExprKind::List { op: ListOp::Or, items } => {
                Value::Bool(items.iter().any(|item| boolean(self.value(item)) == Some(true)))
            }
            ExprKind::Set { items, .. } => {
                let items: Vec<Value<'a>> = items.iter().map(|item| self.value(item)).collect();
                Value::List(self.env.arena.alloc_slice_fill_iter(
                    items.into_iter().filter(|item| !missing(*item)).collect::<Vec<_>>(),
                ))
            }
            // 5.4: an included segment without value is not true, and that is a value.
            ExprKind::Include(name) => {
                let condition = &self.segments[&name.text.to_lowercase()];
                Value::Bool(boolean(self.value(condition)) == Some(true))
            }
            ExprKind::IfElse { condition, then, otherwise } => {
                self.value(if self.holds(condition) { then } else { otherwise })
            }
            ExprKind::Guarded { value, condition } if self.holds(condition) => self.value(value),
            ExprKind::Guarded { .. } | ExprKind::Broken => Value::Missing,
            ExprKind::Star => Value::Bool(true),
        }
    }

    /// Whether a condition passes (4.3): only the boolean `true` does.
    pub fn holds(&self, condition: &Expr) -> bool {
        matches!(self.value(condition), Value::Bool(true))
    }

    /// 2.5, 6.3: `5.0` counts as the integer 5.
    fn literal(&self, literal: &Literal) -> Value<'a> {
        match literal {
            Literal::Null => Value::Null,
            Literal::Bool(flag) => Value::Bool(*flag),
            Literal::Int(int) => Value::Int(*int),
            Literal::Number(number) if number.trunc() == *number && number.abs() < 1e15 => {
                Value::Int(*number as i64)
            }
            Literal::Number(number) => Value::Number(*number),
            Literal::Text(text) => self.env.keep(text),
        }
    }

    /// 2.4: the whole name, else the entry of a map.
    fn field(&self, field: &FieldRef) -> Value<'a> {
        let whole = self.fields.get(field.text.as_str()).copied();
        let found = whole.unwrap_or_else(|| match field.path {
            Path::Whole => Value::Missing,
            Path::Entry { at } => {
                let (map, entry) = field.text.split_at(at as usize);
                self.fields.get(map).map_or(Value::Missing, |map| map.entry(&entry[1..]))
            }
        });
        self.kinds.get(&field.text).map_or(found, |kind| convert::cast(found, *kind, &self.env))
    }

    fn call(&self, name: &str, args: &[Expr]) -> Value<'a> {
        match name {
            "exists" => Value::Bool(exists(self.value(&args[0]))),
            "ifcase" => {
                let arm = args.iter().find(|arm| match &arm.kind {
                    ExprKind::Guarded { condition, .. } => self.holds(condition),
                    _ => true,
                });
                arm.map_or(Value::Missing, |arm| self.value(arm))
            }
            "match" => {
                let prefixes = args.iter().map(|prefix| self.gathered(text_of(self.value(prefix))));
                self.function(name, &prefixes.collect::<Vec<_>>(), &[])
            }
            _ => self.function(name, &args.iter().map(|arg| self.value(arg)).collect::<Vec<_>>(), args),
        }
    }

    /// 9.6: the keys that start with a prefix, without it.
    fn gathered(&self, prefix: &str) -> Value<'a> {
        let rest = |key: &&'a str| key.strip_prefix(prefix).filter(|rest| !rest.is_empty());
        self.env.map(self.fields.iter().filter_map(|(key, value)| Some((rest(key)?, *value))))
    }

    /// Functions are the catalog's. Their compiled literals stay in the arena for good.
    fn function(&self, name: &str, values: &[Value<'a>], args: &[Expr]) -> Value<'a> {
        let function = catalog::find(name).unwrap_or_else(|| panic!("unknown function {name}"));
        let literals: Vec<Option<String>> = args
            .iter()
            .zip(values)
            .map(|(arg, value)| match (&arg.kind, value) {
                (ExprKind::Literal(_), Value::Text(text)) => Some((*text).to_owned()),
                (ExprKind::Literal(_), Value::Int(int)) => Some(int.to_string()),
                (ExprKind::Literal(_), Value::Number(number)) => Some(number.to_string()),
                _ => None,
            })
            .collect();
        let literals: Vec<Option<&str>> = match name {
            "cast" => vec![None, Some(text_of(values[1]))],
            _ => literals.iter().map(Option::as_deref).collect(),
        };
        let prepared = function.prepare.map(|prepare| &*self.env.arena.alloc(prepare(&literals).unwrap()));
        function.call(&Call { args: values, prepared, view: &Value::Missing, env: &self.env })
    }

    fn binary(&self, op: BinaryOp, a: Value<'a>, b: Value<'a>) -> Value<'a> {
        use BinaryOp as B;
        match op {
            B::Add | B::Sub | B::Mul | B::Div | B::Rem => arithmetic(op, a, b),
            // 5.4: one missing gives false, both no value.
            B::And => match (boolean(a), boolean(b)) {
                (Some(a), Some(b)) => Value::Bool(a && b),
                (None, None) => Value::Missing,
                _ => Value::Bool(false),
            },
            // 5.4: the other operand; both missing give false.
            B::Or => Value::Bool(boolean(a).unwrap_or(false) || boolean(b).unwrap_or(false)),
            B::Eq => self.equals(a, b),
            B::Ne => self.differs(a, b),
            B::Gt => self.ordered(a, b, |a, b| a > b),
            B::Ge => self.ordered(a, b, |a, b| a >= b),
            B::Lt => self.ordered(a, b, |a, b| a < b),
            B::Le => self.ordered(a, b, |a, b| a <= b),
            B::In | B::Intersects => {
                let common =
                    members(a).iter().any(|x| members(b).iter().any(|y| self.equal(*x, *y) == Some(true)));
                Value::Bool(common)
            }
            B::Contains => contains(a, b),
            B::Like => like(a, b),
        }
    }

    /// 5.4: a missing operand gives false. 6.3: `NULL == NULL`.
    fn equals(&self, a: Value<'a>, b: Value<'a>) -> Value<'a> {
        match (a, b) {
            (Value::Null, Value::Null) => Value::Bool(true),
            (Value::Missing | Value::Null, _) | (_, Value::Missing | Value::Null) => Value::Bool(false),
            (Value::List(items), _) if times(items) => {
                Value::Bool(items.iter().any(|item| self.equal(*item, b) == Some(true)))
            }
            // 5.2: a set equals no scalar.
            (Value::List(_) | Value::Map(_), _) => Value::Bool(false),
            _ => self.equal(a, b).map_or(Value::Missing, Value::Bool),
        }
    }

    /// 5.4: one missing gives true, both false. 6.3: `NULL != x` is true.
    fn differs(&self, a: Value<'a>, b: Value<'a>) -> Value<'a> {
        match (a, b) {
            (Value::Missing, Value::Missing) => Value::Bool(false),
            (Value::Missing | Value::Null, _) | (_, Value::Missing | Value::Null) => Value::Bool(true),
            (Value::List(items), _) if times(items) => {
                Value::Bool(items.iter().any(|item| self.equal(*item, b) == Some(false)))
            }
            (Value::List(_) | Value::Map(_), _) => Value::Missing,
            _ => self.equal(a, b).map_or(Value::Missing, |equal| Value::Bool(!equal)),
        }
    }

    /// Equality of two scalars (6.3); nothing when their types do not go together.
    fn equal(&self, a: Value<'a>, b: Value<'a>) -> Option<bool> {
        match (a, b) {
            (Value::Text(a), Value::Text(b)) => Some(a == b),
            (Value::Bool(a), Value::Bool(b)) => Some(a == b),
            (Value::Text(word), Value::Bool(flag)) | (Value::Bool(flag), Value::Text(word)) => {
                Some(boolean_word(word) == Some(flag))
            }
            _ => self.compare(a, b, |a, b| a == b),
        }
    }

    /// 5.2: numbers and dates; of a list of dates, any.
    fn ordered(&self, a: Value<'a>, b: Value<'a>, test: fn(f64, f64) -> bool) -> Value<'a> {
        match (a, b) {
            (Value::Missing, _) | (_, Value::Missing) => Value::Bool(false),
            (Value::List(items), _) if times(items) => {
                Value::Bool(items.iter().any(|item| self.compare(*item, b, test) == Some(true)))
            }
            _ => self.compare(a, b, test).map_or(Value::Missing, Value::Bool),
        }
    }

    /// Compares two scalars as instants or as numbers, whichever the left one says.
    fn compare(&self, a: Value<'a>, b: Value<'a>, test: fn(f64, f64) -> bool) -> Option<bool> {
        let instant = |value| match value {
            Value::Time(time) => Some(time),
            Value::Text(text) => dates::parse(text, self.env.clock),
            Value::Int(millis) => Time::from_millis(millis),
            Value::Number(millis) => Time::from_millis(millis as i64),
            _ => None,
        };
        let (a, b) = match (a, b) {
            (Value::Text(_), Value::Text(_)) => return None,
            // 6.3: whole seconds.
            (Value::Time(_), _) | (Value::Text(_), Value::Time(_)) => {
                (instant(a)?.seconds() as f64, instant(b)?.seconds() as f64)
            }
            _ => (number(a)?, number(b)?),
        };
        (!a.is_nan() && !b.is_nan()).then(|| test(a, b))
    }

    /// 5.2, 5.4: both ends excluded; no value when one of the three has none.
    fn between(&self, a: Value<'a>, low: Value<'a>, high: Value<'a>) -> Value<'a> {
        if let Value::List(items) = a {
            let inside = |item: &Value<'a>| matches!(self.between(*item, low, high), Value::Bool(true));
            return if times(items) && !absent(low) && !absent(high) {
                Value::Bool(items.iter().any(inside))
            } else {
                Value::Missing
            };
        }
        match (self.compare(a, low, |a, low| a > low), self.compare(a, high, |a, high| a < high)) {
            (Some(above), Some(below)) => Value::Bool(above && below),
            _ => Value::Missing,
        }
    }
}

fn missing(value: Value<'_>) -> bool {
    matches!(value, Value::Missing)
}

fn absent(value: Value<'_>) -> bool {
    matches!(value, Value::Missing | Value::Null)
}

fn times(items: &[Value<'_>]) -> bool {
    matches!(items, [Value::Time(_), ..])
}

fn text_of(value: Value<'_>) -> &str {
    match value {
        Value::Text(text) => text,
        _ => "",
    }
}

fn boolean(value: Value<'_>) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// 6.4
fn boolean_word(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// 5.5 and 14.4: `""` does not exist, 0 and false do.
fn exists(value: Value<'_>) -> bool {
    match value {
        Value::Missing | Value::Null | Value::Text("") => false,
        Value::List(items) => items.iter().any(|item| exists(*item)),
        Value::Map(entries) => !entries.is_empty(),
        _ => true,
    }
}

/// A number, or text that holds one (6.4).
fn number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Int(int) => Some(int as f64),
        Value::Number(number) => Some(number),
        Value::Text(text) => {
            let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
            read(text).or_else(|| read(&text.replace(['$', ',', '£', '€', ' '], "")))
        }
        _ => None,
    }
}

/// 6.3: two integers stay integers, and so does an integer with text that holds one; text on the left is a number.
/// 1.1: of a list, the first element.
fn arithmetic<'a>(op: BinaryOp, a: Value<'a>, b: Value<'a>) -> Value<'a> {
    let scalar = |value: Value<'a>| match value {
        Value::List(items) => items[0],
        other => other,
    };
    let (a, b) = (scalar(a), scalar(b));
    let integers = match (a, b) {
        (Value::Text(_), Value::Text(_)) => return Value::Missing,
        (Value::Int(a), Value::Int(b)) => Some((a, b)),
        (Value::Int(a), Value::Text(b)) => b.parse().ok().map(|b| (a, b)),
        _ => None,
    };
    if let Some((a, b)) = integers {
        let result = match op {
            BinaryOp::Add => a.checked_add(b),
            BinaryOp::Sub => a.checked_sub(b),
            BinaryOp::Mul => a.checked_mul(b),
            BinaryOp::Div => a.checked_div(b),
            _ => a.checked_rem(b),
        };
        return result.map_or(Value::Missing, Value::Int);
    }
    let (Some(a), Some(b)) = (number(a), number(b)) else { return Value::Missing };
    match op {
        BinaryOp::Add => Value::Number(a + b),
        BinaryOp::Sub => Value::Number(a - b),
        BinaryOp::Mul => Value::Number(a * b),
        BinaryOp::Div => Value::Number(a / b),
        _ => (a as i64).checked_rem(b as i64).map_or(Value::Missing, Value::Int),
    }
}

/// What `IN` and `INTERSECTS` look at: the elements of a list, the keys of a map, a scalar itself.
fn members(value: Value<'_>) -> Vec<Value<'_>> {
    match value {
        Value::Missing | Value::Null => Vec::new(),
        Value::List(items) => items.to_vec(),
        Value::Map(entries) => entries.iter().map(|(key, _)| Value::Text(key)).collect(),
        scalar => vec![scalar],
    }
}

/// The table of 5.2.
fn contains<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    let is_number = |value| matches!(value, Value::Int(_) | Value::Number(_));
    Value::Bool(match (a, b) {
        (Value::Missing, _) | (_, Value::Missing) => false,
        (Value::Text(_) | Value::List(_), Value::List(items)) => {
            items.iter().any(|item| matches!(contains(a, *item), Value::Bool(true)))
        }
        (Value::Text(a), Value::Text(b)) => a.contains(b),
        (Value::List(items), _) => items.iter().any(|item| match (*item, b) {
            (Value::Text(item), Value::Text(b)) => item.contains(b),
            (item, b) if is_number(item) => number(b).is_some_and(|b| number(item) == Some(b)),
            _ => false,
        }),
        _ => return Value::Missing,
    })
}

/// 5.3: any pattern of a list; malformed ones match nothing.
fn like<'a>(a: Value<'a>, b: Value<'a>) -> Value<'a> {
    if missing(a) || missing(b) {
        return Value::Bool(false);
    }
    let patterns: Vec<&str> =
        members(b).into_iter().map(text_of).filter(|pattern| well_formed(pattern)).collect();
    let texts: Vec<&str> = match a {
        Value::Text(text) => vec![text],
        Value::List(items) => {
            items.iter().filter(|item| matches!(item, Value::Text(_))).map(|item| text_of(*item)).collect()
        }
        _ => return Value::Missing,
    };
    if patterns.is_empty() {
        return Value::Missing;
    }
    let characters = |text: &str| text.chars().collect::<Vec<char>>();
    let matches =
        |text: &&str| patterns.iter().any(|p| glob(&characters(&p.replace('%', "*")), &characters(text)));
    Value::Bool(texts.iter().any(matches))
}

/// 5.3: neither empty, nor with an open class, nor with a lone escape at the end.
fn well_formed(pattern: &str) -> bool {
    let mut characters = pattern.chars();
    let mut open = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next().is_none() => return false,
            '[' => open = true,
            ']' => open = false,
            _ => {}
        }
    }
    !pattern.is_empty() && !open
}

/// Tries every way of matching the whole text.
fn glob(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', rest @ ..] => (0..=text.len()).any(|skip| glob(rest, &text[skip..])),
        ['*', rest @ ..] => {
            let run = text.iter().take_while(|c| **c != '/').count();
            (0..=run).any(|skip| glob(rest, &text[skip..]))
        }
        ['?', rest @ ..] => matches!(text, [first, text @ ..] if *first != '/' && glob(rest, text)),
        ['\\', escaped, rest @ ..] => {
            matches!(text, [first, text @ ..] if first == escaped && glob(rest, text))
        }
        ['[', rest @ ..] => {
            let end = rest.iter().position(|c| *c == ']').unwrap();
            let (class, rest) = (&rest[..end], &rest[end + 1..]);
            let (negated, class) = match class {
                ['^', class @ ..] => (true, class),
                class => (false, class),
            };
            matches!(text, [first, text @ ..]
                if in_class(class, *first) != negated && !(negated && *first == '/') && glob(rest, text))
        }
        [character, rest @ ..] => {
            matches!(text, [first, text @ ..] if first == character && glob(rest, text))
        }
    }
}

fn in_class(class: &[char], character: char) -> bool {
    match class {
        [] => false,
        [from, '-', to, rest @ ..] => (*from..=*to).contains(&character) || in_class(rest, character),
        [one, rest @ ..] => *one == character || in_class(rest, character),
    }
}
