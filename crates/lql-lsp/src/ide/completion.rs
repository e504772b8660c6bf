//! What could be written at a cursor, best first: from the names of the project, the sample events and the catalog.

mod names;
mod rank;
mod values;
mod words;

pub(super) use rank::fit;

#[cfg(test)]
mod tests;

use super::about::Topic;
use super::context::{Context, Slot};
use super::{Place, Snapshot, toml};
use lql_authoring::toml_keys::SETTINGS;
use lql_syntax::Span;

/// What could be written at a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    /// What is replaced: the word at the cursor.
    pub replace: Span,
    /// Best first.
    pub items: Vec<Item>,
}

/// One thing that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is shown.
    pub label: String,
    /// What it is.
    pub kind: ItemKind,
    /// A few words beside the label.
    pub detail: String,
    /// What is written.
    pub insert: String,
    /// Whether `insert` holds places to fill in: `${1:text}`.
    pub is_snippet: bool,
    /// What the typed text is compared with.
    pub filter: String,
    /// From this, [`resolve`] makes the documentation.
    pub topic: Option<String>,
    /// Whether more can be chosen behind it at once.
    pub retrigger: bool,
    pub(super) score: i32,
}

impl Item {
    /// An item whose text is its label.
    pub(super) fn plain(kind: ItemKind, label: &str, detail: &str) -> Self {
        Self {
            label: label.to_owned(),
            kind,
            detail: detail.to_owned(),
            insert: label.to_owned(),
            is_snippet: false,
            filter: label.to_owned(),
            topic: None,
            retrigger: false,
            score: 0,
        }
    }
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A field of a table.
    Field,
    /// A key of the events.
    Key,
    /// A function.
    Function,
    /// A word of the language.
    Keyword,
    /// A kind.
    Kind,
    /// A merge operator.
    MergeOp,
    /// A stream.
    Stream,
    /// A table.
    Table,
    /// The alias of a statement.
    Alias,
    /// A value that was seen.
    Value,
    /// A statement to be filled in.
    Snippet,
}

/// What could be written at a place.
pub fn completion(snapshot: &Snapshot, place: Place) -> Completions {
    if let Some(text) = snapshot.settings(place.file) {
        return toml::complete::complete(Some(snapshot), &SETTINGS, text, place.offset);
    }
    let (Some(parsed), Some(text)) = (snapshot.parsed(place.file), snapshot.text(place.file)) else {
        return Completions::default();
    };
    let context = Context::at(text, parsed, place.offset);
    let mut list = List { snapshot, file: place.file, offset: place.offset, context, items: Vec::new() };
    match list.context.slot {
        Slot::Statement => list.statements(),
        Slot::Operand => list.operands(),
        Slot::AfterOperand => list.after_operand(),
        Slot::Clause => list.clauses(0),
        Slot::FieldName => list.field_names(),
        Slot::Kind => list.kinds(),
        Slot::MergeOp => list.merge_ops(),
        Slot::CastType => list.cast_types(),
        Slot::Stream => list.streams(),
        Slot::Table => list.tables(),
        Slot::Identity => list.identities(),
        Slot::Alias => list.aliases(),
        Slot::Segment => list.segments(),
        Slot::Text => list.values(),
        Slot::Other => {}
    }
    list.finish()
}

/// The documentation of an item, Markdown, by its [topic](Item::topic).
pub fn resolve(snapshot: &Snapshot, topic: &str) -> Option<String> {
    Some(Topic::from_id(topic)?.about(snapshot))
}

/// The items that fit the typed text, best first, each label once.
pub(super) fn ranked(typed: &str, mut items: Vec<Item>) -> Vec<Item> {
    for item in &mut items {
        item.score = rank::fit(typed, &item.label).map_or(i32::MIN, |fit| fit + item.score);
    }
    items.retain(|item| item.score > i32::MIN);
    items.sort_by(|a, b| {
        b.score.cmp(&a.score).then(a.label.len().cmp(&b.label.len())).then_with(|| a.label.cmp(&b.label))
    });
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(item.label.clone()));
    items
}

/// The list as it grows.
struct List<'s> {
    snapshot: &'s Snapshot,
    file: u32,
    offset: u32,
    context: Context<'s>,
    items: Vec<Item>,
}

impl List<'_> {
    /// Adds an item whose text is its label. A higher bonus stands above others that fit the typed text as well.
    fn add(&mut self, kind: ItemKind, label: impl Into<String>, bonus: i32) -> &mut Item {
        self.items.push_mut(Item { score: bonus, ..Item::plain(kind, &label.into(), "") })
    }

    /// Drops what does not fit the typed text, and sorts the rest.
    fn finish(mut self) -> Completions {
        let typed = self.context.prefix.trim_start_matches(['`', '"', '\'']);
        for item in &mut self.items {
            if self.context.prefix.len() > typed.len() && item.filter == item.label {
                item.filter.clone_from(&item.insert);
            }
        }
        let items = ranked(typed, std::mem::take(&mut self.items));
        Completions { replace: self.replace(), items }
    }

    /// A string or a name without its closing quote would take the rest of the line with it.
    fn replace(&self) -> Span {
        let replace = self.context.replace;
        let text = replace.of(self.context.text);
        let closes = |quote| text.len() > 1 && text.ends_with(quote);
        match text.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) if !closes(quote) => Span::new(replace.start, self.offset),
            _ => replace,
        }
    }
}
