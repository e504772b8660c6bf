//! What can be named in `lql.toml` and in test files.

use crate::ide::Snapshot;
use crate::ide::about::{Topic, field_facts};
use crate::ide::completion::ItemKind;
use crate::ide::symbols::Symbol;
use lql_authoring::testing::format::Reason;
use lql_authoring::toml_keys::Names;
use lql_compiler::lint::RULES;
use lql_compiler::schema::Field;
use std::collections::BTreeSet;

/// Something that can be named.
pub struct Known {
    /// Its name.
    pub name: String,
    /// A few words about it.
    pub detail: String,
    /// What it is.
    pub kind: ItemKind,
    /// What there is to tell of it.
    pub topic: Option<Topic>,
}

impl Known {
    fn new(
        kind: ItemKind,
        name: impl Into<String>,
        detail: impl Into<String>,
        symbol: Option<Symbol>,
    ) -> Self {
        Self { name: name.into(), detail: detail.into(), kind, topic: symbol.map(Topic::Symbol) }
    }
}

/// Everything of a kind. `of` is the stream or table that it belongs to, where the file says so.
pub fn known(snapshot: Option<&Snapshot>, names: Names, of: Option<&str>) -> Vec<Known> {
    match names {
        Names::Rule => {
            let rules = RULES.iter();
            return rules
                .map(|rule| Known::new(ItemKind::Value, rule.name, rule.entry.title, None))
                .collect();
        }
        Names::Reason => {
            let words = Reason::WORDS.iter();
            return words.map(|(word, _)| Known::new(ItemKind::Value, *word, "", None)).collect();
        }
        _ => {}
    }
    let Some(snapshot) = snapshot else { return Vec::new() };
    let schema = &snapshot.checked.schema;
    match names {
        Names::Stream => {
            let read = snapshot.checked.queries.iter().map(|query| query.stream.as_str());
            let all: BTreeSet<&str> =
                read.chain(snapshot.samples.names()).filter(|it| !it.is_empty()).collect();
            let stream = |name: &str| Symbol::Stream(name.to_owned());
            all.into_iter().map(|it| Known::new(ItemKind::Stream, it, "stream", Some(stream(it)))).collect()
        }
        Names::EventKey => {
            let streams = snapshot.samples.streams();
            let wanted = streams.iter().filter(|(stream, _)| of.is_none_or(|of| of == stream.as_str()));
            let keys =
                wanted.flat_map(|(stream, it)| it.keys.iter().map(move |(name, key)| (stream, name, key)));
            keys.map(|(stream, name, key)| {
                let symbol = Symbol::Key { stream: stream.clone(), name: name.clone() };
                let example = key.values.first().cloned().unwrap_or_default();
                Known::new(ItemKind::Key, name, example, Some(symbol))
            })
            .collect()
        }
        Names::Table => {
            let table = |name: &str| Symbol::Table(name.to_owned());
            let tables = schema.tables.iter().map(|table| table.name.as_str());
            tables.map(|it| Known::new(ItemKind::Table, it, "table", Some(table(it)))).collect()
        }
        Names::Field | Names::Identity => {
            let of = of.or_else(|| schema.find_table("user").map(|_| "user"));
            let fits = |field: &&Field| {
                let table = schema.table(field.table).map_or("", |table| table.name.as_str());
                (names == Names::Field || field.identity)
                    && of.is_none_or(|of| of.eq_ignore_ascii_case(table))
            };
            let field = |it: &Field| {
                let table = schema.table(it.table).map_or_else(String::new, |table| table.name.clone());
                let symbol = Symbol::Field { table, name: it.name.clone() };
                Known::new(ItemKind::Field, &it.name, field_facts(it).replace('`', ""), Some(symbol))
            };
            schema.fields.iter().filter(fits).map(field).collect()
        }
        Names::Segment => {
            let segment = |name: &str| Symbol::Segment(name.to_owned());
            let slugs = snapshot.checked.segments.iter().map(|segment| segment.slug.as_str());
            slugs.map(|it| Known::new(ItemKind::Alias, it, "segment", Some(segment(it)))).collect()
        }
        Names::Rule | Names::Reason => Vec::new(),
    }
}
