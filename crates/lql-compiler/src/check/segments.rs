//! Checks of audience statements against the fields that the queries write.

use super::expr::{ExprChecker, Place, Scene};
use super::includes::Includes;
use super::query::CheckedQuery;
use crate::schema::Schema;
use crate::{Kind, codes};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Filter, Name};
use lql_syntax::{Diagnostic, Span};
use std::collections::{BTreeMap, HashMap};

/// An audience statement with its name and table.
#[derive(Clone, Debug)]
pub struct CheckedSegment {
    /// Index of its source.
    pub file: u32,
    /// The tree.
    pub tree: Filter,
    /// The alias, lower case; empty when it is missing.
    pub slug: String,
    /// The table it selects from, lower case; `user` unless it says otherwise.
    pub table: String,
}

pub(super) struct Found {
    pub(super) segments: Vec<CheckedSegment>,
    pub(super) types: Vec<(u32, Span, Kind)>,
}

/// Checks all audience statements of a project.
pub(super) fn check(
    filters: Vec<(u32, Filter)>,
    queries: &[CheckedQuery],
    schema: &Schema,
    findings: &mut Vec<Diagnostic>,
) -> Found {
    let segments: Vec<CheckedSegment> = filters
        .into_iter()
        .map(|(file, tree)| CheckedSegment {
            file,
            slug: tree.alias.as_ref().map_or(String::new(), |a| a.text.to_lowercase()),
            table: tree.from.as_ref().map_or("user".to_owned(), |t| t.text.to_lowercase()),
            tree,
        })
        .collect();
    let broken: Vec<u32> = findings.iter().filter(|d| d.is_error()).map(|d| d.primary.file).collect();
    names(&segments, &broken, findings);
    // A query that could not be read may write anything.
    let all_read = queries.iter().all(|q| q.columns.len() == q.tree.columns.len());
    let mut types = Vec::new();
    let mut includes: Vec<(u32, Name)> = Vec::new();
    for segment in &segments {
        let fields = fields_of(schema, &segment.table);
        let scene = Scene {
            dialect: Dialect::FilterQl,
            fields: Some(&fields).filter(|fields| all_read && !fields.is_empty()),
            includes: true,
            kinds: None,
        };
        let mut checker = ExprChecker::new(scene);
        if let Some(condition) = &segment.tree.condition {
            checker.condition(condition);
        }
        for column in &segment.tree.columns {
            if !matches!(column.expr.kind, ExprKind::Star) {
                checker.expr(&column.expr, Place::Inner);
            }
            if let Some(guard) = &column.guard {
                checker.condition(guard);
            }
        }
        findings.extend(checker.diagnostics.into_iter().map(|d| d.moved_to(segment.file)));
        types.extend(checker.types.into_iter().map(|(span, kind)| (segment.file, span, kind)));
        includes.extend(checker.included.into_iter().map(|name| (segment.file, name)));
    }
    let conditions = conditions(&segments);
    let mut included = Includes::new(&conditions);
    for (file, name) in includes {
        findings.extend(included.check(&name).map(|d| d.moved_to(file)));
    }
    Found { segments, types }
}

/// The kinds of a table's fields, by name.
pub(crate) fn fields_of(schema: &Schema, table: &str) -> HashMap<String, Kind> {
    let Some(id) = schema.find_table(table) else { return HashMap::new() };
    schema.fields_of(id).map(|(_, field)| (field.name.clone(), field.kind)).collect()
}

/// Conditions by slug, for `INCLUDE`.
pub(crate) fn conditions(segments: &[CheckedSegment]) -> HashMap<String, Expr> {
    segments
        .iter()
        .filter(|s| !s.slug.is_empty())
        .filter_map(|s| Some((s.slug.clone(), s.tree.condition.clone()?)))
        .collect()
}

/// Every segment has an alias of its own.
fn names(segments: &[CheckedSegment], broken: &[u32], findings: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &CheckedSegment> = BTreeMap::new();
    for segment in segments {
        let Some(alias) = &segment.tree.alias else {
            // In a file with errors the alias may be there and unreadable.
            if broken.contains(&segment.file) {
                continue;
            }
            findings.push(
                Diagnostic::warning(codes::SEGMENT_UNNAMED, "this segment has no name", Span::at(segment.tree.span.end))
                    .in_file(segment.file)
                    .label("ALIAS is missing")
                    .note("add `ALIAS name`; without it nothing can include the segment and profiles do not show it"),
            );
            continue;
        };
        match first.get(segment.slug.as_str()) {
            None => {
                first.insert(&segment.slug, segment);
            }
            Some(earlier) => {
                let place = earlier.tree.alias.as_ref().map_or(Span::default(), |a| a.span);
                findings.push(
                    Diagnostic::error(
                        codes::DUPLICATE_ALIAS,
                        format!("alias `{}` is used by two segments", segment.slug),
                        alias.span,
                    )
                    .in_file(segment.file)
                    .label("used again here")
                    .also(earlier.file, place, "first used here")
                    .note("letter case does not count; give each segment an alias of its own"),
                );
            }
        }
    }
}
