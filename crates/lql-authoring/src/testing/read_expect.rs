//! Match modes: `{ contains = … }`, `{ near = 3.0, within = 0.01 }` and the like.

use super::format::{Atom, Expect, Mode};
use super::read::regex;
use crate::toml_keys::MODE;
use crate::toml_reader::{Reader, Value, in_order, span, type_name};
use lql_compiler::suggest::nearest;
use toml::de::{DeTable, DeValue};

/// What a value must be. `None` after a finding.
pub(super) fn expect(reader: &mut Reader, name: &str, value: &Value<'_>) -> Option<Expect> {
    let mode = match value.get_ref() {
        DeValue::Array(items) => Mode::List(list(reader, name, items)?),
        DeValue::Table(table) if is_mode(table) => mode(reader, name, value, table)?,
        DeValue::Table(table) => map(reader, name, table)?,
        _ => Mode::Is(atom(reader, name, value)?),
    };
    Some(Expect { span: span(value), mode })
}

/// Whether a table says how to compare, and not what with: it holds nothing but such words.
fn is_mode(table: &DeTable<'_>) -> bool {
    !table.is_empty() && table.keys().all(|key| MODE.key(key.get_ref()).is_some())
}

/// A word that was probably meant to be a mode.
pub(super) fn meant(map: &[(String, Expect)]) -> Option<&'static str> {
    let [(key, _)] = map else { return None };
    let modes = || MODE.names().into_iter().chain(["filter"]);
    let near = nearest(key, modes()).into_iter().next()?;
    modes().find(|mode| *mode == near)
}

fn mode(reader: &mut Reader, name: &str, whole: &Value<'_>, table: &DeTable<'_>) -> Option<Mode> {
    let entries = in_order(table);
    let (mut near, mut within, mut mode) = (None, None, None);
    for (key, value) in &entries {
        match key.get_ref().as_ref() {
            "exact" => {
                mode = Some(match value.get_ref() {
                    DeValue::Table(table) => map(reader, name, table)?,
                    _ => expect(reader, name, value)?.mode,
                });
            }
            "contains" => mode = Some(Mode::Contains(Box::new(contained(reader, name, value)?))),
            "absent" => {
                if !reader.flag("absent", value) {
                    reader.wrong(span(value), "`absent` is always true", "leave the line out instead");
                }
                mode = Some(Mode::Absent);
            }
            "set" => {
                let items = reader.list("set", value);
                let items: Option<Vec<_>> =
                    items.into_iter().map(|item| expect(reader, name, item)).collect();
                mode = Some(Mode::Set(items?));
            }
            "matches" => mode = Some(Mode::Matches(regex(reader, "matches", value)?)),
            "near" => near = Some((atom(reader, "near", value)?, *value)),
            _ => within = Some(*value),
        }
    }
    let place = span(whole);
    match (mode, near, within) {
        (Some(mode), None, None) if entries.len() == 1 => Some(mode),
        (None, Some((to, value)), Some(within)) => self::near(reader, to, value, within),
        (None, Some(_), None) => {
            reader.wrong(place, "`near` needs a `within`", "say how far: `within = 0.01`");
            None
        }
        (None, None, Some(_)) => {
            reader.wrong(place, "`within` needs a `near`", "near what?");
            None
        }
        _ => {
            reader.wrong(place, format!("`{name}` is compared in two ways"), "keep one of them");
            None
        }
    }
}

/// What `contains` names: in it, a table is always a map.
fn contained(reader: &mut Reader, name: &str, value: &Value<'_>) -> Option<Expect> {
    match value.get_ref() {
        DeValue::Table(table) => Some(Expect { span: span(value), mode: map(reader, name, table)? }),
        _ => expect(reader, name, value),
    }
}

fn near(reader: &mut Reader, to: Atom, value: &Value<'_>, within: &Value<'_>) -> Option<Mode> {
    // A text that is near something is an instant.
    let to = match to {
        Atom::Text(text) => crate::instant(&text).map_or(Atom::Text(text), Atom::Time),
        to => to,
    };
    let distance = match (&to, within.get_ref()) {
        (Atom::Time(_), DeValue::String(text)) => seconds(text),
        (Atom::Int(_) | Atom::Number(_), DeValue::Integer(_) | DeValue::Float(_)) => {
            match atom(reader, "within", within)? {
                Atom::Int(int) => Some(int as f64),
                Atom::Number(number) => Some(number),
                _ => None,
            }
        }
        (Atom::Time(_), _) => None,
        (Atom::Int(_) | Atom::Number(_), _) => {
            reader.wrong_type("within", "a number", within.get_ref(), span(within));
            return None;
        }
        _ => {
            reader.wrong(span(value), "`near` is a number or a time", "nothing is near it");
            return None;
        }
    };
    let distance = distance.filter(|distance| *distance >= 0.0);
    if distance.is_none() {
        let label = if matches!(to, Atom::Time(_)) { "such as \"2h\" or \"90s\"" } else { "such as 0.01" };
        reader.wrong(span(within), "`within` is no distance", label);
    }
    Some(Mode::Near { to, within: distance? })
}

/// A duration such as `2h`, `90s`, `3 days`. A day has 24 hours.
fn seconds(text: &str) -> Option<f64> {
    let span: jiff::Span = text.parse().ok()?;
    span.total((jiff::Unit::Second, jiff::SpanRelativeTo::days_are_24_hours())).ok()
}

fn list(reader: &mut Reader, name: &str, items: &toml::de::DeArray<'_>) -> Option<Vec<Expect>> {
    let items: Vec<_> = items.iter().map(|item| expect(reader, name, item)).collect();
    items.into_iter().collect()
}

fn map(reader: &mut Reader, name: &str, table: &DeTable<'_>) -> Option<Mode> {
    let mut entries = Vec::new();
    let mut sound = true;
    for (key, value) in in_order(table) {
        match expect(reader, &format!("{name}.{}", key.get_ref()), value) {
            Some(expect) => entries.push((key.get_ref().to_string(), expect)),
            None => sound = false,
        }
    }
    sound.then_some(Mode::Map(entries))
}

fn atom(reader: &mut Reader, name: &str, value: &Value<'_>) -> Option<Atom> {
    let found = match value.get_ref() {
        DeValue::String(text) => Some(Atom::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(Atom::Bool(*flag)),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Atom::Int),
        DeValue::Float(number) => number.as_str().replace('_', "").parse().ok().map(Atom::Number),
        DeValue::Datetime(time) => crate::instant(&time.to_string()).ok().map(Atom::Time),
        DeValue::Array(_) | DeValue::Table(_) => None,
    };
    if found.is_none() {
        let title = format!("`{name}` cannot be compared with {}", type_name(value.get_ref()));
        reader.wrong(span(value), title, "expected a text, a number, true, false, or a time with its date");
    }
    found
}
