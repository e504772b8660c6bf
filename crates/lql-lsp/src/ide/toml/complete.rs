//! Completion in `lql.toml` and test files: keys from their catalog, names from the project.

use super::known::{Known, known};
use super::{Cursor, Slot, cursor};
use crate::ide::Snapshot;
use crate::ide::completion::{Completions, Item, ItemKind, ranked};
use crate::ide::spelling::toml_key;
use lql_authoring::toml_keys::{Holds, KeyEntry, MODE, Names, Section};
use lql_syntax::Span;

/// What could be written at an offset of a file whose keys are those of `root`.
pub fn complete(snapshot: Option<&Snapshot>, root: &'static Section, text: &str, offset: u32) -> Completions {
    let Some(at) = cursor(text, offset) else { return Completions::default() };
    let items = match at.slot {
        Slot::Header => headers(snapshot, root, &at),
        Slot::Key | Slot::InlineKey => keys(snapshot, root, &at),
        Slot::Value => values(snapshot, root, &at),
    };
    // A text without its closing quote would take the rest of the line with it.
    let word = at.word.of(text);
    let is_open = word.starts_with(['"', '\'']) && (word.len() < 2 || !word.ends_with(['"', '\'']));
    let replace = if is_open { Span::new(at.word.start, offset) } else { at.word };
    let typed = Span::new(at.word.start, offset).of(text).trim_matches(['"', '\'']);
    Completions { replace, items: ranked(typed, items) }
}

/// The stream or table that a path leads through: `tables.user.rank`.
fn owner(path: &[String]) -> Option<&str> {
    match path {
        [first, name, ..] if first == "streams" || first == "tables" => Some(name),
        _ => None,
    }
}

fn section(root: &'static Section, path: &[String]) -> Option<&'static Section> {
    root.at(path.iter().map(String::as_str))
}

fn headers(snapshot: Option<&Snapshot>, root: &'static Section, at: &Cursor) -> Vec<Item> {
    if let Some(section) = section(root, &at.path) {
        let below = section.keys.iter().filter(|key| !matches!(key.holds, Holds::Value(_) | Holds::Name(..)));
        return below.map(|key| Item::plain(ItemKind::Keyword, key.name, key.about)).collect();
    }
    let Some((last, before)) = at.path.split_last() else { return Vec::new() };
    let entry = section(root, before).and_then(|section| section.key(last));
    match entry.map(|entry| entry.holds) {
        Some(Holds::ByName(names, _)) => {
            known(snapshot, names, owner(&at.path)).into_iter().map(|it| named(it, toml_key)).collect()
        }
        _ => Vec::new(),
    }
}

fn keys(snapshot: Option<&Snapshot>, root: &'static Section, at: &Cursor) -> Vec<Item> {
    let Some(section) = section(root, &at.path) else { return Vec::new() };
    let own = section.keys.iter().map(|key| key_item(key, at));
    let others = section.others.into_iter().flat_map(|names| known(snapshot, names, owner(&at.path)));
    let others = others.map(|it| {
        let mut item = named(it, toml_key);
        item.insert.push_str(" = ");
        item
    });
    own.chain(others).collect()
}

/// A key with a value to fill in, or a header where the book writes one.
fn key_item(key: &KeyEntry, at: &Cursor) -> Item {
    let name = key.name;
    let path = || at.path.iter().flat_map(|name| [toml_key(name), ".".into()]).collect::<String>();
    let on_line = at.slot == Slot::Key;
    let insert = match key.holds {
        Holds::Value(example) | Holds::Name(_, example) => format!("{name} = {}", fill_in(example)),
        Holds::Tables(section) if on_line && section.title.starts_with("[[") => {
            format!("[[{}{name}]]\n$0", path())
        }
        Holds::Tables(_) => format!("{name} = [{{ $1 }}]"),
        Holds::ByName(..) if on_line => format!("[{}{name}.$1]\n$0", path()),
        Holds::Table(section) if on_line && section.title.starts_with('[') => {
            format!("[{}{name}]\n$0", path())
        }
        Holds::Table(_) | Holds::ByName(..) => format!("{name} = {{ $1 }}"),
    };
    Item { insert, is_snippet: true, ..Item::plain(ItemKind::Keyword, name, key.about) }
}

/// An example as a place to fill in; its quotes and brackets stay.
fn fill_in(example: &str) -> String {
    let inner = example.trim_matches(['"', '\'', '[', ']', '{', '}', ' ']);
    let (open, close) = example
        .split_once(inner)
        .filter(|_| !inner.is_empty())
        .unwrap_or_else(|| example.split_at(example.len() / 2));
    format!("{open}${{1:{inner}}}{close}")
}

fn values(snapshot: Option<&Snapshot>, root: &'static Section, at: &Cursor) -> Vec<Item> {
    let Some((last, before)) = at.path.split_last() else { return Vec::new() };
    let Some(section) = section(root, before) else { return Vec::new() };
    match section.key(last).map(|key| key.holds) {
        Some(Holds::Name(names, _)) => {
            let text = |name: &str| format!("{name:?}");
            known(snapshot, names, owner(&at.path)).into_iter().map(|it| named(it, text)).collect()
        }
        Some(Holds::Value(example)) => vec![Item::plain(ItemKind::Value, example, "for example")],
        // The ways to compare a field.
        None if section.others == Some(Names::Field) => {
            let way = |key: &KeyEntry| match key.holds {
                Holds::Value(example) => Some(Item {
                    insert: match key.name {
                        "near" => "{ near = ${1:3.0}, within = ${2:0.01} }".into(),
                        name => format!("{{ {name} = {} }}", fill_in(example)),
                    },
                    is_snippet: true,
                    ..Item::plain(ItemKind::Keyword, key.name, key.about)
                }),
                _ => None,
            };
            MODE.keys.iter().filter(|key| key.name != "within").filter_map(way).collect()
        }
        _ => Vec::new(),
    }
}

fn named(it: Known, spell: impl Fn(&str) -> String) -> Item {
    let topic = it.topic.map(|topic| topic.id());
    Item { insert: spell(&it.name), topic, ..Item::plain(it.kind, &it.name, &it.detail) }
}
