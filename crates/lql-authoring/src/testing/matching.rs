//! Whether a value is what was expected, and how it differs.

use super::format::{Atom, Expect, Mode};
use bumpalo::Bump;
use lql_runtime::json_out;
use lql_runtime::merge::Owned;
use similar::DiffOp;

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The same on both sides.
    Same(String),
    /// Expected, and not there.
    Expected(String),
    /// There, and not expected.
    Got(String),
}

/// Whether a value is what was expected. `None` is *no value*.
pub fn holds(expect: &Expect, value: Option<&Owned>) -> bool {
    let Some(value) = value else { return matches!(expect.mode, Mode::Absent) };
    match &expect.mode {
        Mode::Absent => false,
        Mode::Is(atom) => is(atom, value),
        Mode::List(items) => {
            list(value).is_some_and(|got| got.len() == items.len() && all_hold(items, got.iter()))
        }
        Mode::Map(entries) => {
            map(value)
                .is_some_and(|got| got.iter().all(|(key, _)| entries.iter().any(|(k, _)| k == key.as_str())))
                && entries.iter().all(|(key, expect)| holds(expect, entry(value, key)))
        }
        Mode::Contains(part) => match (&part.mode, value) {
            (Mode::Map(entries), _) => entries.iter().all(|(key, expect)| holds(expect, entry(value, key))),
            (Mode::List(items), Owned::List(got)) => {
                items.iter().all(|item| got.iter().any(|got| holds(item, Some(got))))
            }
            (Mode::Is(Atom::Text(part)), Owned::Text(text)) => text.contains(part.as_str()),
            (_, Owned::List(got)) => got.iter().any(|got| holds(part, Some(got))),
            _ => false,
        },
        Mode::Set(items) => list(value).is_some_and(|got| {
            let (missing, more) = pair(items, got);
            missing.is_empty() && more.is_empty()
        }),
        Mode::Matches(regex) => match value {
            Owned::Text(text) => regex.is_match(text),
            other => regex.is_match(&json(other)),
        },
        Mode::Near { to, within } => match (to, value) {
            (Atom::Time(to), Owned::Time(time)) => {
                let seconds = (time.seconds() - to.seconds()) as f64;
                let nanos = f64::from(time.nanos()) - f64::from(to.nanos());
                (seconds + nanos / 1e9).abs() <= *within
            }
            (Atom::Int(to), value) => number(value).is_some_and(|got| (got - *to as f64).abs() <= *within),
            (Atom::Number(to), value) => number(value).is_some_and(|got| (got - to).abs() <= *within),
            _ => false,
        },
    }
}

/// How a value differs from what was expected. Elements and entries are compared one by one.
pub fn difference(expect: &Expect, value: Option<&Owned>) -> Vec<Line> {
    match (&expect.mode, value) {
        (Mode::List(items), Some(Owned::List(got))) => list_difference(items, got),
        (Mode::Map(entries), Some(Owned::Map(got))) => {
            let mut lines = Vec::new();
            for (key, expect) in entries {
                entry_difference(key, expect, entry_of(got, key), &mut lines);
            }
            let more = got.iter().filter(|(key, _)| entries.iter().all(|(k, _)| k != key.as_str()));
            lines.extend(more.map(|(key, value)| Line::Got(format!("{key}: {}", json(value)))));
            lines
        }
        (Mode::Contains(part), Some(Owned::Map(got))) if matches!(part.mode, Mode::Map(_)) => {
            let Mode::Map(entries) = &part.mode else { return Vec::new() };
            let mut lines = Vec::new();
            for (key, expect) in entries {
                entry_difference(key, expect, entry_of(got, key), &mut lines);
            }
            lines
        }
        (Mode::Contains(part), Some(Owned::List(got))) if matches!(part.mode, Mode::List(_)) => {
            let Mode::List(items) = &part.mode else { return Vec::new() };
            let missing = items.iter().filter(|item| !got.iter().any(|got| holds(item, Some(got))));
            let missing = missing.map(|item| Line::Expected(shown(item)));
            missing.chain([Line::Got(json(&Owned::List(got.clone())))]).collect()
        }
        (Mode::Set(items), Some(Owned::List(got))) => {
            let (missing, more) = pair(items, got);
            let missing = missing.into_iter().map(|item| Line::Expected(shown(item)));
            missing.chain(more.into_iter().map(|item| Line::Got(json(item)))).collect()
        }
        (_, value) => {
            vec![Line::Expected(shown(expect)), Line::Got(value.map_or("no value".into(), json))]
        }
    }
}

fn entry_difference(key: &str, expect: &Expect, got: Option<&Owned>, lines: &mut Vec<Line>) {
    match got {
        Some(value) if holds(expect, got) => lines.push(Line::Same(format!("{key}: {}", json(value)))),
        got => {
            lines.push(Line::Expected(format!("{key}: {}", shown(expect))));
            lines.extend(got.map(|value| Line::Got(format!("{key}: {}", json(value)))));
        }
    }
}

fn list_difference(items: &[Expect], got: &[Owned]) -> Vec<Line> {
    let found: Vec<String> = got.iter().map(json).collect();
    // What holds is shown as it was found, so that it counts as the same.
    let wanted: Vec<String> = items
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let at = std::iter::once(at).chain(0..got.len());
            let same = at.filter_map(|at| Some((got.get(at)?, found.get(at)?)));
            same.into_iter()
                .find(|(value, _)| holds(item, Some(value)))
                .map_or_else(|| shown(item), |(_, text)| text.clone())
        })
        .collect();
    let mut lines = Vec::new();
    let texts = |from: &[String], at: usize, len: usize| -> Vec<String> {
        from.iter().skip(at).take(len).cloned().collect()
    };
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &wanted, &found) {
        match op {
            DiffOp::Equal { new_index, len, .. } => {
                lines.extend(texts(&found, new_index, len).into_iter().map(Line::Same));
            }
            DiffOp::Delete { old_index, old_len, .. } => {
                lines.extend(texts(&wanted, old_index, old_len).into_iter().map(Line::Expected));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                lines.extend(texts(&found, new_index, new_len).into_iter().map(Line::Got));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                lines.extend(texts(&wanted, old_index, old_len).into_iter().map(Line::Expected));
                lines.extend(texts(&found, new_index, new_len).into_iter().map(Line::Got));
            }
        }
    }
    lines
}

fn is(atom: &Atom, value: &Owned) -> bool {
    match (atom, value) {
        (Atom::Bool(a), Owned::Bool(b)) => a == b,
        (Atom::Int(a), Owned::Int(b)) => a == b,
        (Atom::Int(a), Owned::Number(b)) => *a as f64 == *b,
        (Atom::Number(a), Owned::Int(b)) => *a == *b as f64,
        (Atom::Number(a), Owned::Number(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Atom::Text(a), Owned::Text(b)) => a == b.as_str(),
        (Atom::Time(a), Owned::Time(b)) => a == b,
        // A time in quotes.
        (Atom::Text(a), Owned::Time(b)) => crate::instant(a).is_ok_and(|a| a == *b),
        _ => false,
    }
}

/// What of two lists has no partner in the other.
fn pair<'a>(items: &'a [Expect], got: &'a [Owned]) -> (Vec<&'a Expect>, Vec<&'a Owned>) {
    let mut free: Vec<&Owned> = got.iter().collect();
    let mut missing = Vec::new();
    for item in items {
        match free.iter().position(|value| holds(item, Some(value))) {
            Some(at) => {
                free.remove(at);
            }
            None => missing.push(item),
        }
    }
    (missing, free)
}

fn all_hold<'a>(items: &[Expect], got: impl Iterator<Item = &'a Owned>) -> bool {
    items.iter().zip(got).all(|(item, value)| holds(item, Some(value)))
}

fn list(value: &Owned) -> Option<&[Owned]> {
    if let Owned::List(items) = value { Some(items) } else { None }
}

fn map(value: &Owned) -> Option<&[(ecow::EcoString, Owned)]> {
    if let Owned::Map(entries) = value { Some(entries) } else { None }
}

fn entry<'a>(value: &'a Owned, key: &str) -> Option<&'a Owned> {
    entry_of(map(value)?, key)
}

fn entry_of<'a>(entries: &'a [(ecow::EcoString, Owned)], key: &str) -> Option<&'a Owned> {
    entries.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value)
}

fn number(value: &Owned) -> Option<f64> {
    match value {
        Owned::Int(int) => Some(*int as f64),
        Owned::Number(number) => Some(*number),
        _ => None,
    }
}

/// A value as JSON.
pub fn json(value: &Owned) -> String {
    let (arena, mut out) = (Bump::new(), Vec::new());
    json_out::value(&mut out, value.value(&arena));
    String::from_utf8_lossy(&out).into_owned()
}

/// An expectation in words.
pub fn shown(expect: &Expect) -> String {
    let list = |items: &[Expect]| items.iter().map(shown).collect::<Vec<_>>().join(", ");
    match &expect.mode {
        Mode::Is(atom) => shown_atom(atom),
        Mode::List(items) => format!("[{}]", list(items)),
        Mode::Map(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, item)| format!("{key}: {}", shown(item))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Mode::Absent => "no value".into(),
        Mode::Contains(part) => format!("something that contains {}", shown(part)),
        Mode::Set(items) => format!("in any order [{}]", list(items)),
        Mode::Matches(regex) => format!("something that matches {:?}", regex.as_str()),
        Mode::Near { to: to @ Atom::Time(_), within } => format!("{} within {within} s", shown_atom(to)),
        Mode::Near { to, within } => format!("{} within {within}", shown_atom(to)),
    }
}

fn shown_atom(atom: &Atom) -> String {
    json(&match atom {
        Atom::Bool(flag) => Owned::Bool(*flag),
        Atom::Int(int) => Owned::Int(*int),
        Atom::Number(number) => Owned::number(*number),
        Atom::Text(text) => Owned::Text(text.as_str().into()),
        Atom::Time(time) => Owned::Time(*time),
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use std::path::Path;

    /// What a line of a test file expects of field `f`.
    fn expect(text: &str) -> Expect {
        let text = format!(
            "[[case]]\nname = \"a\"\nevents = [{{ event = {{}} }}]\n[[case.profile]]\nis = {{ i = \"a\" }}\nf = {text}\n"
        );
        let (file, findings) = read::read(Path::new("a"), "a", &text, 0);
        assert_eq!(findings, [], "{text}");
        file.cases[0].profiles[0].fields[0].expect.clone()
    }

    fn owned(json: &serde_json::Value) -> Owned {
        use serde_json::Value as Json;
        match json {
            Json::Null => Owned::Null,
            Json::Bool(flag) => Owned::Bool(*flag),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Owned::number(number.as_f64().unwrap()), Owned::Int)
            }
            Json::String(text) => match text.strip_prefix("at ") {
                Some(time) => Owned::Time(crate::instant(time).unwrap()),
                None => Owned::Text(text.as_str().into()),
            },
            Json::Array(items) => Owned::List(items.iter().map(owned).collect()),
            Json::Object(entries) => {
                Owned::Map(entries.iter().map(|(k, v)| (k.as_str().into(), owned(v))).collect())
            }
        }
    }

    #[test]
    fn each_mode_takes_what_it_means_and_nothing_else() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("5", &["5", "5.0"], &["6", "\"5\"", "[5]"]),
            ("5.0", &["5"], &["5.1"]),
            ("\"a\"", &["\"a\""], &["\"A\"", "[\"a\"]"]),
            ("true", &["true"], &["1"]),
            ("2024-01-02T03:04:05Z", &["\"at 2024-01-02T03:04:05Z\""], &["\"2024-01-02T03:04:05Z\""]),
            ("\"2024-01-02\"", &["\"at 2024-01-02\"", "\"2024-01-02\""], &["\"at 2024-01-03\""]),
            ("[\"a\", \"b\"]", &["[\"a\",\"b\"]"], &["[\"b\",\"a\"]", "[\"a\"]", "[\"a\",\"b\",\"c\"]"]),
            (
                "{ set = [\"b\", \"a\"] }",
                &["[\"a\",\"b\"]"],
                &["[\"a\"]", "[\"a\",\"b\",\"c\"]", "[\"a\",\"a\"]"],
            ),
            ("{ contains = [\"b\"] }", &["[\"a\",\"b\"]"], &["[\"a\"]"]),
            ("{ contains = \"b\" }", &["[\"a\",\"b\"]", "\"abc\""], &["[\"a\"]", "\"ac\""]),
            ("{ contains = { a = 1 } }", &["{\"a\":1,\"b\":2}"], &["{\"a\":2}", "{\"b\":1}"]),
            ("{ a = 1 }", &["{\"a\":1}"], &["{\"a\":1,\"b\":2}", "{}", "{\"a\":2}"]),
            ("{ a = { absent = true }, b = 2 }", &["{\"b\":2}"], &["{\"a\":1,\"b\":2}"]),
            ("{ exact = { set = 3 } }", &["{\"set\":3}"], &["3"]),
            ("{ set = 3, other = 4 }", &["{\"set\":3,\"other\":4}"], &["{\"set\":3}"]),
            ("{ matches = \"^a.c$\" }", &["\"abc\""], &["\"abcd\"", "[\"abc\"]"]),
            ("{ near = 3.0, within = 0.5 }", &["3", "2.5", "3.5"], &["3.6", "\"3\""]),
            (
                "{ near = 2024-01-02T00:00:00Z, within = \"2h\" }",
                &["\"at 2024-01-01T22:00:00Z\"", "\"at 2024-01-02T02:00:00Z\""],
                &["\"at 2024-01-02T02:00:01Z\"", "5"],
            ),
            ("{ absent = true }", &[], &["0", "null", "[]"]),
        ];
        for (text, good, bad) in cases {
            let expect = expect(text);
            for (values, wanted) in [(good, true), (bad, false)] {
                for value in *values {
                    let value = owned(&serde_json::from_str(value).unwrap());
                    assert_eq!(holds(&expect, Some(&value)), wanted, "{text} of {}", json(&value));
                }
            }
            assert_eq!(holds(&expect, None), text.starts_with("{ absent"), "{text} of no value");
        }
    }

    #[test]
    fn differences_are_told_element_by_element() {
        let told = |text: &str, value: &str| {
            let lines = difference(&expect(text), Some(&owned(&serde_json::from_str(value).unwrap())));
            let line = |line: &Line| match line {
                Line::Same(text) => format!("  {text}"),
                Line::Expected(text) => format!("- {text}"),
                Line::Got(text) => format!("+ {text}"),
            };
            lines.iter().map(line).collect::<Vec<_>>()
        };
        assert_eq!(told("5", "6"), ["- 5", "+ 6"]);
        assert_eq!(
            told("[\"a\", \"b\", \"c\"]", "[\"a\",\"c\",\"d\"]"),
            ["  \"a\"", "- \"b\"", "  \"c\"", "+ \"d\""]
        );
        assert_eq!(told("{ a = 1, b = 2 }", "{\"a\":1,\"c\":3}"), ["  a: 1", "- b: 2", "+ c: 3"]);
        assert_eq!(told("{ set = [\"b\", \"a\"] }", "[\"a\",\"c\"]"), ["- \"b\"", "+ \"c\""]);
        assert_eq!(told("{ near = 3, within = 1 }", "9"), ["- 3 within 1", "+ 9"]);
    }
}
