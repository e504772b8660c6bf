//! How the tests of the groups call a function: arguments and result as JSON, one case a line.

use super::{Call, Env, PrepareError, Prepared, find};
use crate::{Time, Value};
use bumpalo::Bump;
use serde_json::Value as Json;

/// The event's time and the clock of the tests and of the examples.
pub(super) const NOW: &str = "2026-03-04T12:30:15.25Z";

/// Calls a function. `args` is a JSON array, in which `"@2026-03-04"` is an instant; `expected` is JSON, or `""` for
/// no value. The call is made with its arguments as literals, and once more as if they came from the event.
#[track_caller]
pub(super) fn give(name: &str, args: &str, expected: &str) {
    let prepared = prepare(name, args).unwrap_or_else(|error| panic!("{name}{args}: {}", error.message));
    assert_eq!(call(name, args, prepared.as_ref()), canonical(expected), "{name}{args} with literals");
    if !matches!(prepared, None | Some(Prepared::Regex(_) | Prepared::Zone(_) | Prepared::Strftime(_))) {
        assert_eq!(call(name, args, None), canonical(expected), "{name}{args} without literals");
    }
}

/// Calls a function whose literals would be refused as if they came from the event.
#[track_caller]
pub(super) fn give_unchecked(name: &str, args: &str, expected: &str) {
    assert_eq!(call(name, args, None), canonical(expected), "{name}{args}");
}

/// Expects a literal to be refused, with this in the message or the help.
#[track_caller]
pub(super) fn refuse(name: &str, args: &str, words: &str) {
    let error = prepare(name, args).expect_err("is refused");
    let text = format!("argument {}: {}; {}", error.arg + 1, error.message, error.help);
    assert!(text.contains(words), "{text}");
    assert!(!error.message.ends_with('.'), "{text}");
}

/// Runs the examples of a group. They are flat calls of names and literals.
pub(super) fn run_examples(functions: &[super::Function]) {
    for function in functions {
        assert!(function.examples.len() >= 2, "{} has two examples", function.name);
        for example in function.examples {
            let event: Json =
                serde_json::from_str(if example.event.is_empty() { "{}" } else { example.event })
                    .unwrap_or_else(|error| panic!("{}: {error}", example.event));
            let (name, args) = example.expr.trim_end_matches(')').split_once('(').unwrap();
            assert!(name == function.name || function.aliases.contains(&name), "{}", example.expr);
            let args: Vec<Json> = split_args(args)
                .iter()
                .map(|arg| serde_json::from_str(arg).unwrap_or_else(|_| event[arg.as_str()].clone()))
                .collect();
            give(name, &Json::from(args).to_string(), example.result.unwrap_or(""));
        }
    }
}

fn split_args(args: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in args.chars() {
        quoted ^= c == '"';
        match parts.last_mut() {
            Some(last) if quoted || c != ',' => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn prepare(name: &str, args: &str) -> Result<Option<Prepared>, PrepareError> {
    let function = find(name).unwrap();
    let args: Vec<Json> = serde_json::from_str(args).unwrap();
    let literals: Vec<Option<String>> = args
        .iter()
        .map(|arg| match arg {
            Json::String(text) if !text.starts_with('@') => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        })
        .collect();
    let literals: Vec<Option<&str>> = literals.iter().map(Option::as_deref).collect();
    function.prepare.map(|prepare| prepare(&literals)).transpose()
}

fn call(name: &str, args: &str, prepared: Option<&Prepared>) -> Option<Json> {
    let arena = Bump::new();
    let args: Vec<Json> = serde_json::from_str(args).unwrap();
    let args: Vec<Value<'_>> = args.iter().map(|arg| value(arg, &arena)).collect();
    let now = crate::dates::parse(NOW, Time::default()).unwrap();
    let env = Env { arena: &arena, event_time: now, clock: now };
    let function = find(name).unwrap();
    let give = |view: &Value<'_>| json(function.call(&Call { args: &args, prepared, view, env: &env }));
    let given = give(&Value::Missing);
    if let (Some(view), Some(first)) = (function.view, args.first()) {
        assert_eq!(give(&view(*first, &env)), given, "{name} with a view");
    }
    given
}

fn canonical(expected: &str) -> Option<Json> {
    let arena = Bump::new();
    (!expected.is_empty()).then(|| json(value(&serde_json::from_str(expected).unwrap(), &arena)).unwrap())
}

fn value<'a>(json: &Json, arena: &'a Bump) -> Value<'a> {
    match json {
        Json::Null => Value::Missing,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => Value::Number(number.as_f64().unwrap()),
        },
        Json::String(text) => match text.strip_prefix('@') {
            Some(time) => Value::Time(crate::dates::parse(time, Time::default()).unwrap()),
            None => Value::Text(arena.alloc_str(text)),
        },
        Json::Array(items) => {
            Value::List(arena.alloc_slice_fill_iter(items.iter().map(|item| value(item, arena))))
        }
        Json::Object(entries) => {
            let mut entries: Vec<(&str, Value<'a>)> =
                entries.iter().map(|(key, item)| (&*arena.alloc_str(key), value(item, arena))).collect();
            entries.sort_by_key(|(key, _)| *key);
            Value::Map(arena.alloc_slice_copy(&entries))
        }
    }
}

/// A whole float is printed as an integer, so that `630` is the result of `seconds`.
fn json(value: Value<'_>) -> Option<Json> {
    Some(match value {
        Value::Missing | Value::Null => return None,
        Value::Bool(flag) => flag.into(),
        Value::Int(int) => int.into(),
        Value::Number(number) if number.fract() == 0.0 => (number as i64).into(),
        Value::Number(number) => number.into(),
        Value::Time(time) => time.to_rfc3339().into(),
        Value::Text(text) => text.into(),
        Value::List(items) => items.iter().map(|item| json(*item)).collect::<Option<Vec<_>>>()?.into(),
        Value::Map(entries) => {
            entries.iter().filter_map(|(key, item)| Some(((*key).to_owned(), json(*item)?))).collect()
        }
    })
}
