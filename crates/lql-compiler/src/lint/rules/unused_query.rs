use super::super::project::{Project, is_settled, spelt};
use super::super::{Find, Rule};
use crate::check::{CheckedColumn, CheckedQuery};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "unused-query",
    entry: CodeEntry {
        code: Code(901),
        title: "query that adds nothing",
        explanation: "Everything that this query writes, another query on the same stream writes under the same conditions. It costs reading, and \
            its counters count twice. Keep one of the two.",
        wrong: "SELECT email(m) AS email, plan AS plan, city AS city FROM web INTO user BY email ALIAS a; SELECT email(m) AS email, city AS city \
            FROM web INTO user BY email ALIAS b",
        right: "SELECT email(m) AS email, plan AS plan, city AS city FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // Only queries of one stream and table can take each other in.
    let mut alike: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, query) in project.queries.iter().enumerate() {
        alike.entry((&query.stream, &query.table)).or_default().push(at);
    }
    for (at, query) in project.queries.iter().enumerate() {
        let Some(alias) = &query.tree.alias else { continue };
        let others = alike.get(&(query.stream.as_str(), query.table.as_str())).into_iter().flatten();
        let mut others = others.filter_map(|other| Some((*other, project.queries.get(*other)?)));
        let other = others.find(|(other_at, other)| {
            let may_take_in =
                *other_at != at && (other.columns.len() > query.columns.len() || *other_at < at);
            // Most queries that are not taken in lack a field; that is quickly seen.
            may_take_in
                && names_in(query).all(|name| names_in(other).any(|it| it == name))
                && takes_in(other, query)
        });
        if let Some((_, other)) = other {
            let place = other.tree.alias.as_ref().map_or(other.tree.span, |alias| alias.span);
            found.push(
                RULE.at(
                    query.file,
                    alias.span,
                    format!("query `{}` adds nothing to `{}`", query.alias, other.alias),
                )
                .label("everything it writes")
                .also(other.file, place, "is written here"),
            );
        }
    }
}

fn names_in(query: &CheckedQuery) -> impl Iterator<Item = &str> {
    query.columns.iter().map(|column| column.field.as_str())
}

/// Whether everything that a query writes is also written by another.
fn takes_in(other: &CheckedQuery, query: &CheckedQuery) -> bool {
    let (mine, theirs) = (contents(query), contents(other));
    !mine.is_empty() && mine.iter().all(|column| theirs.contains(column))
}

/// What a query writes and under which conditions. Empty where chance has a part in it.
fn contents(query: &CheckedQuery) -> &[String] {
    query.contents.get_or_init(|| {
        let condition = query.tree.condition.as_ref().map(spelt).unwrap_or_default();
        let mut by: Vec<&str> = query.tree.by.iter().map(|by| by.text.as_str()).collect();
        by.sort_unstable();
        let by = by.join("\0");
        let of_column = |column: &CheckedColumn| {
            let tree = query.tree.columns.get(column.index).filter(|tree| is_settled(&tree.expr))?;
            let guard = tree.guard.as_ref().map(spelt).unwrap_or_default();
            Some([&column.field, &spelt(&tree.expr), &guard, &condition, &by].map(String::as_str).join("\0"))
        };
        query.columns.iter().map(of_column).collect::<Option<_>>().unwrap_or_default()
    })
}
