//! `--update`: what was found takes the place of what was expected. Comments, order, layout and match modes stay.

use super::judge::Update;
use super::report::{Outcome, Report};
use super::toml_value::{is, value};
use crate::toml_keys::MODE;
use lql_runtime::merge::Owned;
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

/// A test file with new expectations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Updated {
    /// Its place among the files of the report.
    pub file: usize,
    /// Its new text.
    pub text: String,
    /// How many expectations are new.
    pub changed: usize,
}

/// The files whose expectations changed. What is compared by a regular expression, a tolerance, a filter or a part is
/// left as it is: only people know what they meant.
pub fn update(report: &Report) -> Vec<Updated> {
    let mut files = Vec::new();
    for (file, (_, text)) in report.files.iter().enumerate() {
        let Ok(mut document) = text.parse::<DocumentMut>() else { continue };
        let mut changed = 0;
        for case in report.cases.iter().filter(|case| case.file == file) {
            let Outcome::Failed(failures) = &case.outcome else { continue };
            let Some(table) = document.get_mut("case").and_then(|cases| nth(cases, case.index)) else {
                continue;
            };
            let mut told: Vec<&Update> = Vec::new();
            for update in failures.iter().filter_map(|failure| failure.update.as_ref()) {
                if !told.contains(&update) {
                    told.push(update);
                    changed += usize::from(apply(table, update));
                }
            }
        }
        if changed > 0 {
            files.push(Updated { file, text: document.to_string(), changed });
        }
    }
    files
}

/// Whether anything was written.
fn apply(case: &mut dyn TableLike, update: &Update) -> bool {
    let profile = |case, at| TableLike::get_mut(case, "profile").and_then(|profiles| nth(profiles, at));
    match update {
        Update::Count(count) => {
            let count = Owned::Int(*count as i64);
            case.get_mut("profiles").is_some_and(|item| rewrite(item, Some(&count)))
        }
        Update::Diagnostics(lines) => {
            case.get_mut("diagnostics").is_some_and(|item| rewrite_set(item, lines))
        }
        Update::Segments { profile: at, slugs } => profile(case, *at)
            .is_some_and(|profile| profile.get_mut("segments").is_some_and(|item| rewrite_set(item, slugs))),
        Update::Field { profile: at, nested, name, value } => profile(case, *at).is_some_and(|profile| {
            let fields = match nested {
                true => profile.get_mut("fields").and_then(Item::as_table_like_mut),
                false => Some(profile),
            };
            fields.and_then(|fields| fields.get_mut(name)).is_some_and(|item| rewrite(item, value.as_ref()))
        }),
    }
}

/// One of several tables, however they are written.
fn nth(item: &mut Item, at: usize) -> Option<&mut dyn TableLike> {
    match item {
        Item::ArrayOfTables(tables) => tables.get_mut(at).map(|table| table as &mut dyn TableLike),
        Item::Value(Value::Array(items)) => match items.get_mut(at)? {
            Value::InlineTable(table) => Some(table),
            _ => None,
        },
        _ => None,
    }
}

fn rewrite_set(item: &mut Item, texts: &[String]) -> bool {
    let items: Vec<Owned> = texts.iter().map(|text| Owned::Text(text.as_str().into())).collect();
    let Item::Value(Value::Array(array)) = item else { return false };
    set(array, &items);
    true
}

/// Writes what was found; `None` is *no value*.
fn rewrite(item: &mut Item, found: Option<&Owned>) -> bool {
    match item {
        Item::Value(value) => rewrite_value(value, found),
        Item::Table(table) => match (mode_of(table), found) {
            (Some(mode), found) => rewrite_mode(table, mode, found),
            (None, Some(Owned::Map(entries))) => rewrite_entries(table, entries),
            _ => false,
        },
        _ => false,
    }
}

fn rewrite_value(written: &mut Value, found: Option<&Owned>) -> bool {
    if let Value::InlineTable(table) = written
        && let Some(mode) = mode_of(table)
        // What was absent and is there is from now on compared exactly.
        && (mode != "absent" || found.is_none())
    {
        return rewrite_mode(table, mode, found);
    }
    match (&mut *written, found) {
        (Value::Array(array), Some(Owned::List(items))) => {
            list(array, items);
            true
        }
        (Value::InlineTable(table), Some(Owned::Map(entries))) => rewrite_entries(table, entries),
        (_, Some(found)) => value(found).is_some_and(|new| {
            replace(written, new);
            true
        }),
        (_, None) => {
            let mut absent = InlineTable::new();
            absent.insert("absent", true.into());
            replace(written, Value::InlineTable(absent));
            true
        }
    }
}

/// Of the modes, those that name the whole value.
fn rewrite_mode(table: &mut dyn TableLike, mode: &str, found: Option<&Owned>) -> bool {
    match (mode, table.get_mut(mode), found) {
        ("exact", Some(item), Some(_)) => rewrite(item, found),
        ("set", Some(Item::Value(Value::Array(array))), Some(Owned::List(items))) => {
            set(array, items);
            true
        }
        _ => false,
    }
}

/// The mode that a table is, if it is one.
fn mode_of(table: &dyn TableLike) -> Option<&'static str> {
    let mut keys = table.iter().map(|(key, _)| MODE.key(key).map(|mode| mode.name));
    let first = keys.next()??;
    keys.all(|mode| mode.is_some()).then_some(first)
}

fn rewrite_entries(table: &mut dyn TableLike, entries: &[(ecow::EcoString, Owned)]) -> bool {
    let gone: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for key in gone.iter().filter(|key| entries.iter().all(|(name, _)| name != key.as_str())) {
        table.remove(key);
    }
    for (key, found) in entries {
        match table.get_mut(key) {
            Some(Item::Value(written)) if is(written, found) => {}
            Some(item) => {
                rewrite(item, Some(found));
            }
            None => {
                if let Some(new) = value(found) {
                    add(table, key, new);
                }
            }
        }
    }
    true
}

/// A new entry, laid out like the others.
fn add(table: &mut dyn TableLike, key: &str, mut new: Value) {
    let names: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let before = names.first().and_then(|first| table.key(first)).map(|first| first.leaf_decor().clone());
    // The blank before the closing brace belongs to the last entry.
    let last = names.last().and_then(|last| table.get_mut(last)).and_then(Item::as_value_mut);
    if let Some(decor) = last.map(Value::decor_mut)
        && let Some(" ") = decor.suffix().and_then(|suffix| suffix.as_str())
    {
        decor.set_suffix("");
        new = new.decorated(" ", " ");
    }
    table.insert(key, Item::Value(new));
    let indent = before.and_then(|decor| Some(decor.prefix()?.as_str()?.rsplit('\n').next()?.to_owned()));
    if let (Some(indent), Some(mut key)) = (indent, table.key_mut(key)) {
        key.leaf_decor_mut().set_prefix(indent);
    }
}

/// Elements in their order: those that stay the same keep their comments.
fn list(array: &mut Array, items: &[Owned]) {
    for (at, item) in items.iter().enumerate() {
        let is_there = array.get(at).is_some_and(|written| is(written, item));
        if is_there {
            continue;
        }
        // One that was taken out before this one.
        if array.get(at + 1).is_some_and(|written| is(written, item)) {
            array.remove(at);
        } else if at < array.len() && array.len() == items.len() {
            if let (Some(written), Some(new)) = (array.get_mut(at), value(item)) {
                replace(written, new);
            }
        } else if let Some(new) = value(item) {
            insert(array, at, new);
        }
    }
    while array.len() > items.len() {
        array.remove(items.len());
    }
}

/// Elements in any order: those that are still there stay where they are.
fn set(array: &mut Array, items: &[Owned]) {
    array.retain(|written| items.iter().any(|item| is(written, item)));
    for item in items {
        if !array.iter().any(|written| is(written, item))
            && let Some(new) = value(item)
        {
            insert(array, array.len(), new);
        }
    }
}

/// A new element, laid out like its neighbour.
fn insert(array: &mut Array, at: usize, mut new: Value) {
    let neighbour = if at > 0 { array.get(at - 1) } else { None };
    let before = match neighbour {
        // The first of a list on one line has no blank before it, the others one.
        Some(neighbour) => {
            let prefix = neighbour.decor().prefix().and_then(|it| it.as_str()).unwrap_or_default();
            let indent = prefix.rsplit('\n').next().unwrap_or_default();
            if prefix.contains('\n') { format!("\n{indent}") } else { " ".to_owned() }
        }
        None => String::new(),
    };
    new.decor_mut().set_prefix(before);
    array.insert_formatted(at.min(array.len()), new);
}

/// A new value with the blanks and comments of the old.
fn replace(written: &mut Value, mut new: Value) {
    *new.decor_mut() = written.decor().clone();
    *written = new;
}
