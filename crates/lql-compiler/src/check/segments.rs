//! Checks of audience statements against the fields that the queries write.

use super::expr::{ExprChecker, Place, Scene};
use super::file::{Audiences, CheckedFile};
use super::includes::Includes;
use super::query::CheckedQuery;
use super::{Checked, Fields};
use crate::codes;
use crate::schema::Schema;
use lql_syntax::ast::{Dialect, Expr, ExprKind, Filter};
use lql_syntax::{Diagnostic, Span};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

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
    pub(super) audiences: Vec<Option<Arc<Audiences>>>,
    pub(super) fields: BTreeMap<String, Arc<Fields>>,
}

/// Checks all audience statements of a project.
pub(super) fn check(
    files: &[Arc<CheckedFile>],
    queries: &[Arc<CheckedQuery>],
    schema: &Schema,
    earlier: Option<&Checked>,
    findings: &mut Vec<Diagnostic>,
) -> Found {
    let segments: Vec<&Arc<CheckedSegment>> = files.iter().flat_map(|file| &file.segments).collect();
    let broken: HashSet<u32> = findings.iter().filter(|d| d.is_error()).map(|d| d.primary.file).collect();
    names(&segments, &broken, findings);
    // A query that could not be read may write anything.
    let all_read = queries.iter().all(|q| q.columns.len() == q.tree.columns.len());
    let mut fields = BTreeMap::new();
    for segment in &segments {
        if !fields.contains_key(&segment.table) {
            let now = fields_of(schema, &segment.table);
            let known = earlier.and_then(|earlier| earlier.fields.get(&segment.table));
            let kept = known.filter(|known| ***known == now).map(Arc::clone);
            fields.insert(segment.table.clone(), kept.unwrap_or_else(|| Arc::new(now)));
        }
    }
    let against = |segment: &Arc<CheckedSegment>| {
        fields.get(&segment.table).filter(|fields| all_read && !fields.is_empty()).cloned()
    };
    let of_file = |(at, file): (usize, &Arc<CheckedFile>)| {
        if !file.is_of_filters() {
            return None;
        }
        let against: Vec<Option<Arc<Fields>>> = file.segments.iter().map(against).collect();
        let known = earlier.and_then(|earlier| earlier.audiences.get(at)?.as_ref());
        match known.filter(|known| known.is_of(file, &against)) {
            Some(known) => Some(Arc::clone(known)),
            None => Some(Arc::new(audiences(file, against))),
        }
    };
    let audiences: Vec<Option<Arc<Audiences>>> = files.iter().enumerate().map(of_file).collect();
    for audiences in audiences.iter().flatten() {
        findings.extend(audiences.diagnostics.iter().cloned());
    }
    if audiences.iter().flatten().any(|it| !it.included.is_empty()) {
        let conditions = conditions(segments.iter().copied());
        let mut included = Includes::new(&conditions);
        for (file, audiences) in (0u32..).zip(&audiences) {
            let names = audiences.iter().flat_map(|it| &it.included);
            findings.extend(names.filter_map(|name| included.check(name)).map(|d| d.moved_to(file)));
        }
    }
    Found { audiences, fields }
}

impl Audiences {
    fn is_of(&self, file: &Arc<CheckedFile>, against: &[Option<Arc<Fields>>]) -> bool {
        let same = |(a, b): (&Option<Arc<Fields>>, &Option<Arc<Fields>>)| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        Arc::ptr_eq(&self.of, file) && self.against.iter().zip(against).all(same)
    }
}

/// Checks the audience statements of a file, each against the fields that it may read.
fn audiences(file: &Arc<CheckedFile>, against: Vec<Option<Arc<Fields>>>) -> Audiences {
    let (mut kinds, mut diagnostics, mut included) = (Vec::new(), Vec::new(), Vec::new());
    for (segment, fields) in file.segments.iter().zip(&against) {
        let scene =
            Scene { dialect: Dialect::FilterQl, fields: fields.as_deref(), includes: true, kinds: None };
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
        diagnostics.extend(checker.diagnostics.into_iter().map(|d| d.moved_to(segment.file)));
        kinds.extend(checker.types);
        included.extend(checker.included);
    }
    kinds.sort_by_key(|(span, _)| *span);
    Audiences { of: Arc::clone(file), against, kinds: Arc::new(kinds), diagnostics, included }
}

/// The kinds of a table's fields, by name.
pub(crate) fn fields_of(schema: &Schema, table: &str) -> Fields {
    let Some(id) = schema.find_table(table) else { return Fields::new() };
    schema.fields_of(id).map(|(_, field)| (field.name.clone(), field.kind)).collect()
}

/// Conditions by slug, for `INCLUDE`.
pub(crate) fn conditions<'s>(
    segments: impl IntoIterator<Item = &'s Arc<CheckedSegment>>,
) -> HashMap<String, Expr> {
    segments
        .into_iter()
        .filter(|s| !s.slug.is_empty())
        .filter_map(|s| Some((s.slug.clone(), s.tree.condition.clone()?)))
        .collect()
}

/// Every segment has an alias of its own.
fn names(segments: &[&Arc<CheckedSegment>], broken: &HashSet<u32>, findings: &mut Vec<Diagnostic>) {
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
