use super::super::Rule;
use super::super::project::{Project, is_settled, spelt};
use crate::check::CheckedQuery;
use lql_syntax::{Code, CodeEntry, Diagnostic};

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
    find: Some(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let queries = &project.checked.queries;
    for (at, query) in queries.iter().enumerate() {
        let Some(alias) = &query.tree.alias else { continue };
        let other = queries.iter().enumerate().find(|(other_at, other)| {
            // Of two equal queries, the first one stays.
            let may_take_in = *other_at != at
                && other.stream == query.stream
                && other.table == query.table
                && (other.columns.len() > query.columns.len() || *other_at < at);
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
fn contents(query: &CheckedQuery) -> Vec<String> {
    let condition = query.tree.condition.as_ref().map(spelt).unwrap_or_default();
    let mut by: Vec<&str> = query.tree.by.iter().map(|by| by.text.as_str()).collect();
    by.sort_unstable();
    let mut contents = Vec::new();
    for column in &query.columns {
        let Some(tree) = query.tree.columns.get(column.index).filter(|tree| is_settled(&tree.expr)) else {
            return Vec::new();
        };
        let guard = tree.guard.as_ref().map(spelt).unwrap_or_default();
        contents.push(
            [&column.field, &spelt(&tree.expr), &guard, &condition, &by.join("\0")]
                .map(String::as_str)
                .join("\0"),
        );
    }
    contents
}
