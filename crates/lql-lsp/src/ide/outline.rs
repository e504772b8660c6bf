//! What a file holds, and what the project holds under a name.

use super::completion::fit;
use super::symbols::{Role, Spelling, Symbol};
use super::{Range, Snapshot, toml};
use lql_syntax::Span;
use lql_syntax::ast::{Column, Filter, Query, Statement};
use std::cmp::Reverse;

/// What an entry of an outline is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A mapping.
    Query,
    /// A filter.
    Segment,
    /// A field that a column writes.
    Field,
    /// A field that is an identity.
    Identity,
    /// A table of `lql.toml`.
    Section,
    /// A case of a test file.
    Case,
}

/// An entry of the outline of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// A few words beside it.
    pub detail: String,
    /// What it is.
    pub kind: EntryKind,
    /// All of it.
    pub span: Span,
    /// Its name, or what stands for it.
    pub selection: Span,
    /// What it holds.
    pub children: Vec<Entry>,
}

/// The statements of a file and their columns.
pub fn document_symbols(snapshot: &Snapshot, file: u32) -> Vec<Entry> {
    if let Some(text) = snapshot.settings(file) {
        return toml::headers(text).into_iter().map(of_header).collect();
    }
    let Some(parsed) = snapshot.parsed(file) else { return Vec::new() };
    let entry = |statement: &Statement| match statement {
        Statement::Query(query) => of_query(snapshot, file, query),
        Statement::Filter(filter) => of_filter(filter),
    };
    parsed.statements.iter().map(entry).collect()
}

fn of_header(header: toml::Header) -> Entry {
    Entry {
        name: header.title,
        detail: String::new(),
        kind: EntryKind::Section,
        span: header.region,
        selection: header.span,
        children: Vec::new(),
    }
}

fn of_query(snapshot: &Snapshot, file: u32, query: &Query) -> Entry {
    let text =
        |name: &Option<lql_syntax::ast::Name>| name.as_ref().map_or("…".to_owned(), |it| it.text.clone());
    let checked = snapshot.checked.queries.iter().find(|it| it.file == file && it.tree.span == query.span);
    let column = |(at, column): (usize, &Column)| {
        let known = checked.and_then(|it| it.columns.iter().find(|known| known.index == at));
        let name = column.name.as_ref().map(|name| name.text.clone());
        let is_identity = known.is_some_and(|known| known.identity);
        Entry {
            name: name.or_else(|| known.map(|it| it.field.clone())).unwrap_or_else(|| "…".into()),
            detail: known.map_or(String::new(), |known| known.kind.to_string()),
            kind: if is_identity { EntryKind::Identity } else { EntryKind::Field },
            span: column.span,
            selection: column.name.as_ref().map_or(column.expr.span, |name| name.span),
            children: Vec::new(),
        }
    };
    Entry {
        name: query
            .alias
            .as_ref()
            .map_or_else(|| format!("query of {}", text(&query.from)), |it| it.text.clone()),
        detail: format!("{} → {}", text(&query.from), text(&query.into)),
        kind: EntryKind::Query,
        span: query.span,
        selection: query.alias.as_ref().map_or(Span::at(query.span.start), |alias| alias.span),
        children: query.columns.iter().enumerate().map(column).collect(),
    }
}

fn of_filter(filter: &Filter) -> Entry {
    Entry {
        name: filter.alias.as_ref().map_or_else(|| "filter".into(), |alias| alias.text.clone()),
        detail: filter.from.as_ref().map_or("user".into(), |table| table.text.clone()),
        kind: EntryKind::Segment,
        span: filter.span,
        selection: filter.alias.as_ref().map_or(Span::at(filter.span.start), |alias| alias.span),
        children: Vec::new(),
    }
}

/// Something of the project with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// What it belongs to: of a field, the query that writes it.
    pub container: String,
    /// Its name, or what stands for it.
    pub range: Range,
}

/// More than these are not shown.
const MOST: usize = 256;

/// Queries, segments and fields whose names fit what was typed, best first.
pub fn workspace_symbols(snapshot: &Snapshot, typed: &str) -> Vec<Named> {
    let mut found: Vec<(i32, Named)> = Vec::new();
    for symbol in snapshot.index().symbols() {
        let kind = match symbol {
            Symbol::Query(_) => EntryKind::Query,
            Symbol::Segment(_) => EntryKind::Segment,
            Symbol::Field { .. } => EntryKind::Field,
            _ => continue,
        };
        let Some(score) = fit(typed, symbol.name()) else { continue };
        for it in snapshot.index().of_symbol(symbol).filter(|it| it.role == Role::Defines) {
            let query =
                || {
                    snapshot.checked.queries.iter().find(|query| {
                        query.file == it.range.file && query.tree.span.touches(it.range.span.start)
                    })
                };
            let container = match kind {
                EntryKind::Field => query().map_or(String::new(), |query| query.alias.clone()),
                _ => snapshot.name(it.range.file).to_owned(),
            };
            let written = it.range.span.of(snapshot.text(it.range.file).unwrap_or_default());
            let is_plain = it.spelling == Spelling::Name && written.eq_ignore_ascii_case(symbol.name());
            let name = if is_plain { written } else { symbol.name() }.to_owned();
            found.push((score, Named { name, kind, container, range: it.range }));
        }
    }
    found.sort_by(|(a, left), (b, right)| {
        Reverse(a)
            .cmp(&Reverse(b))
            .then_with(|| left.name.cmp(&right.name))
            .then(left.range.cmp(&right.range))
    });
    found.into_iter().take(MOST).map(|(_, named)| named).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn a_file_shows_its_statements_and_columns() {
        let fixture = Fixture::new(
            "==> a.lql\nSELECT id, count(x) AS n KIND int, FROM s INTO user BY id ALIAS one;\nSELECT b AS c FROM t;\n",
        );
        let mut told = String::new();
        for entry in document_symbols(&fixture.snapshot, 0) {
            let _ = writeln!(told, "{:?} {} ({})", entry.kind, entry.name, entry.detail);
            for child in &entry.children {
                let _ = writeln!(told, "  {:?} {} ({})", child.kind, child.name, child.detail);
            }
        }
        insta::assert_snapshot!(told, @r"
        Query one (s → user)
          Identity id (string)
          Field n (int)
        Query query of t (t → …)
          Field c (string)
        ");
    }

    #[test]
    fn the_project_is_searched_by_name() {
        let fixture = Fixture::shop("SELECT email(m) AS email FROM web INTO user BY email ALIAS web");
        let found = |typed: &str| -> Vec<String> {
            let all = workspace_symbols(&fixture.snapshot, typed).into_iter();
            all.map(|it| format!("{:?} {} in {}", it.kind, it.name, it.container)).collect()
        };
        assert_eq!(found("buy"), ["Segment buyers in segments/buyers.fql"]);
        assert_eq!(found("email"), ["Field email in shop_orders", "Field email in web"]);
        assert_eq!(found("").len(), 10);
    }
}
