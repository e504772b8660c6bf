//! What two versions declare otherwise: fields, tables, segments.

use super::Side;
use lql_compiler::schema::{Field, Schema, Table};
use serde::Serialize;
use std::collections::BTreeSet;

/// A declaration that is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemaChange {
    /// What it is about: `user.email`, `table user`, `segment loyal`.
    pub of: String,
    /// What of it: `kind`, `merge operator`; absent where all of it is new or gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<&'static str>,
    /// Before; absent where there was nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Now; absent where there is nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

pub(super) fn changes(old: &Side, new: &Side) -> Vec<SchemaChange> {
    let mut changes = Vec::new();
    let (was, is) = (Declared(&old.schema), Declared(&new.schema));
    let tables: BTreeSet<&str> =
        [was, is].iter().flat_map(|side| side.0.tables.iter()).map(|table| table.name.as_str()).collect();
    for name in tables {
        one(&format!("table {name}"), was.table(name), is.table(name), &mut changes);
        let names: BTreeSet<&str> = [was, is].iter().flat_map(|side| side.field_names(name)).collect();
        for field in names {
            one(&format!("{name}.{field}"), was.field(name, field), is.field(name, field), &mut changes);
        }
    }
    for slug in old.segments.symmetric_difference(&new.segments) {
        let there = |side: &Side| side.segments.contains(slug).then(|| "declared".to_owned());
        changes.push(SchemaChange {
            of: format!("segment {slug}"),
            what: None,
            old: there(old),
            new: there(new),
        });
    }
    changes
}

/// What is said of one thing, part by part; the first part stands for all of it.
type Said = Vec<(&'static str, String)>;

fn one(of: &str, old: Option<Said>, new: Option<Said>, changes: &mut Vec<SchemaChange>) {
    let all = |said: &Said| {
        said.iter()
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    };
    match (old, new) {
        (Some(old), Some(new)) => {
            for ((what, was), (_, is)) in old.into_iter().zip(new).filter(|(old, new)| old != new) {
                let part = |text: String| Some(if text.is_empty() { "none".to_owned() } else { text });
                changes.push(SchemaChange {
                    of: of.to_owned(),
                    what: Some(what),
                    old: part(was),
                    new: part(is),
                });
            }
        }
        (None, None) => {}
        (old, new) => changes.push(SchemaChange {
            of: of.to_owned(),
            what: None,
            old: old.as_ref().map(all),
            new: new.as_ref().map(all),
        }),
    }
}

#[derive(Clone, Copy)]
struct Declared<'s>(&'s Schema);

impl<'s> Declared<'s> {
    fn field_names(self, table: &str) -> impl Iterator<Item = &'s str> {
        let id = self.0.find_table(table);
        let of_table = move |field: &&Field| Some(field.table) == id;
        self.0.fields.iter().filter(of_table).map(|field| field.name.as_str())
    }

    fn field(self, table: &str, name: &str) -> Option<Said> {
        let id = self.0.find_field(self.0.find_table(table)?, name)?;
        let field = self.0.field(id)?;
        let number =
            |number: Option<u32>, word: &str| number.map_or_else(String::new, |n| format!("{word} {n}"));
        Some(vec![
            ("kind", field.kind.name().to_owned()),
            ("merge operator", field.mergeop.name().to_owned()),
            ("capacity", number(field.capacity, "capacity")),
            ("days", number(field.keep_days, "keep_days")),
            ("role", if field.identity { "identity".to_owned() } else { String::new() }),
        ])
    }

    fn table(self, name: &str) -> Option<Said> {
        let table: &Table = self.0.table(self.0.find_table(name)?)?;
        let ranks: Vec<&str> = table
            .identities
            .iter()
            .filter_map(|id| self.0.field(*id))
            .map(|field| field.name.as_str())
            .collect();
        let blocked = table.blocked.iter().map(|block| {
            let field =
                block.field.and_then(|id| self.0.field(id)).map_or("any", |field| field.name.as_str());
            format!("{field} {}", block.pattern)
        });
        Some(vec![
            ("rank", format!("identified by {}", ranks.join(" or "))),
            ("neighbour limit", format!("neighbour_limit {}", table.neighbour_limit)),
            ("identity limit", format!("identity_limit {}", table.identity_limit)),
            ("blocked values", blocked.collect::<Vec<_>>().join(", ")),
        ])
    }
}
