//! Columns with one guard become a query of their own, which says the guard once, in `WHERE`.

use super::{Action, ActionKind};
use crate::ide::{Range, Snapshot, about};
use lql_syntax::ast::{Column, Dialect, Query};
use lql_syntax::{Edit, Span, print_expr};

pub(super) fn offer(snapshot: &Snapshot, range: Range, actions: &mut Vec<Action>) {
    let Some((query, column)) = about::column_at(snapshot, range.file, range.span.start) else { return };
    let Some(guard) = &column.guard else { return };
    let inside = |span: Span| span.touches(range.span.start);
    if !inside(guard.span) && range.span.is_empty() {
        return;
    }
    let Some(text) = snapshot.text(range.file) else { return };
    let said = print_expr(guard, Dialect::Lql);
    let is_identity = |at: usize| query.columns.iter().any(|it| it.index == at && it.identity);
    let all = query.tree.columns.iter().enumerate();
    let shared: Vec<(usize, &Column)> = all
        .filter(|(at, it)| {
            !is_identity(*at) && it.guard.as_ref().is_some_and(|it| print_expr(it, Dialect::Lql) == said)
        })
        .collect();
    // Columns without `AS` would keep their names; what stays must be a statement.
    let stays = query.tree.columns.len() - shared.len();
    if shared.len() < 2 || stays == 0 || query.alias.is_empty() {
        return;
    }
    let Some(new) = statement(text, query, &shared, guard.span.of(text)) else { return };
    let mut edits: Vec<Edit> =
        shared.iter().filter_map(|(at, _)| removed(range.file, &query.tree, *at)).collect();
    edits.push(Edit { file: range.file, span: Span::at(query.tree.span.end), text: format!(";\n\n{new}") });
    edits.sort_by_key(|edit| edit.span);
    let title = format!("Move the {} columns with this guard to a query of their own", shared.len());
    actions.push(Action::new(ActionKind::Extract, title, merged(edits)));
}

/// A query with the identities and the columns, whose guard stands in `WHERE`.
fn statement(
    text: &str,
    query: &lql_compiler::CheckedQuery,
    shared: &[(usize, &Column)],
    guard: &str,
) -> Option<String> {
    let identities = query.columns.iter().filter(|it| it.identity);
    let identities =
        identities.filter_map(|it| query.tree.columns.get(it.index)).map(|it| it.span.of(text).to_owned());
    let columns = shared.iter().filter_map(|(_, column)| without_guard(text, column));
    let columns: Vec<String> = identities.chain(columns).collect();
    let of = |name: &Option<lql_syntax::ast::Name>| name.as_ref().map(|name| name.span.of(text).to_owned());
    let by: Vec<&str> = query.tree.by.iter().map(|by| by.span.of(text)).collect();
    let condition = match &query.tree.condition {
        Some(own) => format!("AND ( {}, {guard} )", own.span.of(text)),
        None => guard.to_owned(),
    };
    Some(format!(
        "SELECT\n    {}\nFROM {}\nINTO {}\nBY {}\nWHERE {condition}\nALIAS {}_guarded",
        columns.join(",\n    "),
        of(&query.tree.from)?,
        of(&query.tree.into)?,
        by.join(" OR "),
        query.alias,
    ))
}

/// The text of a column without `IF …`.
fn without_guard(text: &str, column: &Column) -> Option<String> {
    let guard = column.guard.as_ref()?;
    let before = Span::new(column.span.start, guard.span.start).of(text);
    // The word is the last before the guard, but for brackets.
    let cut = before.to_ascii_uppercase().rfind("IF")?;
    let opened = before.get(cut..)?.matches('(').count();
    let mut behind = Span::new(guard.span.end, column.span.end).of(text);
    for _ in 0..opened {
        behind = behind.trim_start().strip_prefix(')')?;
    }
    let words = [before.get(..cut)?.trim_end(), behind.trim_start()];
    Some(words.join(" ").trim_end().to_owned())
}

/// A column and the comma beside it.
fn removed(file: u32, query: &Query, at: usize) -> Option<Edit> {
    let column = query.columns.get(at)?;
    let before = at.checked_sub(1).and_then(|before| query.columns.get(before));
    let span = match (query.columns.get(at + 1), before) {
        (Some(next), _) => Span::new(column.span.start, next.span.start),
        (None, Some(before)) => Span::new(before.span.end, column.span.end),
        (None, None) => return None,
    };
    Some(Edit { file, span, text: String::new() })
}

/// Removals side by side are one.
fn merged(edits: Vec<Edit>) -> Vec<Edit> {
    let mut merged: Vec<Edit> = Vec::new();
    for edit in edits {
        match merged.last_mut() {
            Some(last)
                if edit.span.start < last.span.end
                    || edit.span.start == last.span.end && edit.text.is_empty() =>
            {
                last.span = last.span.cover(edit.span);
            }
            _ => merged.push(edit),
        }
    }
    merged
}
