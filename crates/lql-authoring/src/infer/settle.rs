//! What the checker or the linter objects to is not written: a column is left out, with their words as the reason; where
//! there is no better choice, a comment allows it.

use super::identity::Identity;
use super::query::QueryDraft;
use super::stream::StreamDraft;
use super::{WIDTH, settings};
use crate::read_settings;
use lql_compiler::lint::{RULES, Selection, lint};
use lql_compiler::{Source, check};
use lql_syntax::ast::Dialect;
use lql_syntax::{Diagnostic, Severity};

/// Leaving a column out may leave another objection; there are few columns that wait for one.
const ROUNDS: usize = 5;

/// Mends drafts until nothing is objected to.
pub fn settle(drafts: &[StreamDraft<'_>], identities: &[Identity<'_>], queries: &mut [QueryDraft]) {
    for _ in 0..ROUNDS {
        let sources: Vec<Source> = queries
            .iter()
            .map(|query| {
                let text = lql_syntax::format(&query.text(identities), Dialect::Lql, WIDTH).text;
                Source::lql(format!("{}.lql", query.alias), text)
            })
            .collect();
        let (file, _) = read_settings(&settings::text(drafts, identities, queries), sources.len() as u32);
        let checked = check(&sources, &file.settings);
        let mut found = checked.diagnostics.clone();
        found.extend(lint(&checked, &sources, &file.settings, &Selection::default()));
        let mut objections: Vec<(usize, Option<usize>, Diagnostic)> = Vec::new();
        for finding in found {
            let query = finding.primary.file as usize;
            let Some(read) = checked.queries.iter().find(|it| it.file as usize == query) else { continue };
            let column = read.tree.columns.iter().position(|column| {
                (column.span.start..=column.span.end).contains(&finding.primary.span.start)
            });
            objections.push((query, column, finding));
        }
        if objections.is_empty() {
            return;
        }
        // The last ones first, so that the numbers of the others stay.
        objections.sort_by_key(|(query, column, _)| std::cmp::Reverse((*query, *column)));
        objections.dedup_by_key(|(query, column, _)| (*query, *column));
        for (query, column, finding) in objections {
            if let Some(query) = queries.get_mut(query) {
                mend(query, column, &finding);
            }
        }
    }
}

fn mend(query: &mut QueryDraft, column: Option<usize>, finding: &Diagnostic) {
    let rule = RULES.iter().find(|rule| rule.code() == finding.code).map(|rule| rule.name);
    let identities = query.by.len();
    match (column, rule) {
        (Some(at), _) if at >= identities && at < query.columns.len() => {
            let column = query.columns.remove(at);
            query.left.push((column.expr, finding.title.clone()));
        }
        (Some(at), Some(rule)) if finding.severity == Severity::Warning => {
            if let Some(column) = query.columns.get_mut(at) {
                column.allow.push(rule);
            }
        }
        (None, Some(rule)) => query.allow.push(rule),
        _ => {}
    }
}
