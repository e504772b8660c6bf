//! Checks of audience statements against the fields that the queries write.

use super::expr::{ExprChecker, Place, Scene};
use super::query::CheckedQuery;
use crate::schema::Schema;
use crate::suggest::{choice, nearest};
use crate::{Kind, codes};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Filter, Name};
use lql_syntax::{Diagnostic, Safety, Span};
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
    let mut circles = Vec::new();
    for (file, name) in includes {
        findings.extend(unknown_or_cyclic(&name, &conditions, &mut circles).map(|d| d.moved_to(file)));
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

/// Findings for names that no segment has, and for segments that include themselves.
pub(crate) fn unknown_and_cyclic(names: &[Name], conditions: &HashMap<String, Expr>) -> Vec<Diagnostic> {
    let mut circles = Vec::new();
    names.iter().filter_map(|name| unknown_or_cyclic(name, conditions, &mut circles)).collect()
}

/// What is wrong with one included name. `circles` are those that were reported, each once, by its sorted members.
fn unknown_or_cyclic(
    name: &Name,
    conditions: &HashMap<String, Expr>,
    circles: &mut Vec<Vec<String>>,
) -> Option<Diagnostic> {
    let slug = name.text.to_lowercase();
    let Some(condition) = conditions.get(&slug) else {
        let near = nearest(&slug, conditions.keys().map(String::as_str));
        let mut finding =
            Diagnostic::error(codes::UNKNOWN_SEGMENT, format!("unknown segment `{}`", name.text), name.span)
                .label("no segment has this alias");
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        }
        if let [one] = near[..] {
            finding = finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, one);
        }
        return Some(finding);
    };
    let mut path = vec![slug.clone()];
    if !reaches(condition, &slug, conditions, &mut path) {
        return is_too_deep(condition, MAX_INCLUDE_DEPTH - 1, conditions, &mut HashMap::new()).then(|| {
            Diagnostic::error(
                codes::INCLUDE_DEPTH,
                format!("segments include each other more than {MAX_INCLUDE_DEPTH} levels deep"),
                name.span,
            )
            .label("the chain begins here")
            .note("write the conditions of some of them out")
        });
    }
    let mut members = path.clone();
    members.sort();
    if circles.contains(&members) {
        return None;
    }
    circles.push(members);
    path.push(slug);
    let finding = Diagnostic::error(
        codes::CYCLIC_SEGMENT,
        format!("segment `{}` includes itself", name.text),
        name.span,
    )
    .label("the circle closes here")
    .note(format!("the circle is {}", path.join(" → ")));
    Some(finding)
}

/// How many segments may include each other in a row (reference 11.5).
const MAX_INCLUDE_DEPTH: usize = 100;

/// Whether a condition includes segments more than `left` levels deep. `seen` holds how many levels were left when a
/// segment was met. Free of circles.
fn is_too_deep(
    condition: &Expr,
    left: usize,
    conditions: &HashMap<String, Expr>,
    seen: &mut HashMap<String, usize>,
) -> bool {
    let mut next = Vec::new();
    collect_includes(condition, &mut next);
    next.into_iter().any(|slug| {
        if left == 0 {
            return true;
        }
        if seen.get(&slug).is_some_and(|earlier| *earlier <= left) {
            return false;
        }
        seen.insert(slug.clone(), left);
        conditions.get(&slug).is_some_and(|inner| is_too_deep(inner, left - 1, conditions, seen))
    })
}

/// Whether a condition includes `target`, directly or through others. `path` is the way there; a segment that leads
/// nowhere is left out of it again but not visited twice.
fn reaches(
    condition: &Expr,
    target: &str,
    conditions: &HashMap<String, Expr>,
    path: &mut Vec<String>,
) -> bool {
    let mut visited: Vec<String> = Vec::new();
    search(condition, target, conditions, path, &mut visited)
}

fn search(
    condition: &Expr,
    target: &str,
    conditions: &HashMap<String, Expr>,
    path: &mut Vec<String>,
    visited: &mut Vec<String>,
) -> bool {
    let mut next = Vec::new();
    collect_includes(condition, &mut next);
    for slug in next {
        if slug == target {
            return true;
        }
        if visited.contains(&slug) {
            continue;
        }
        visited.push(slug.clone());
        if let Some(condition) = conditions.get(&slug) {
            path.push(slug);
            if search(condition, target, conditions, path, visited) {
                return true;
            }
            path.pop();
        }
    }
    false
}

fn collect_includes(expr: &Expr, into: &mut Vec<String>) {
    if let ExprKind::Include(name) = &expr.kind {
        into.push(name.text.to_lowercase());
    }
    expr.children(|child| collect_includes(child, into));
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

#[cfg(test)]
mod tests {
    use crate::{Settings, Source, check, codes};
    use std::fmt::Write as _;

    /// The findings of a chain of so many segments, each including the next.
    fn chain(length: usize) -> Vec<lql_syntax::Code> {
        let mut text = String::new();
        for at in 1..length {
            let _ = writeln!(text, "FILTER INCLUDE s{} ALIAS s{at};", at + 1);
        }
        let _ = writeln!(text, "FILTER * ALIAS s{length}");
        check(&[Source::filterql("s.fql", text)], &Settings::default())
            .diagnostics
            .iter()
            .map(|d| d.code)
            .collect()
    }

    #[test]
    fn segments_include_each_other_up_to_a_hundred_levels() {
        assert_eq!(chain(101), []);
        assert_eq!(chain(102), [codes::INCLUDE_DEPTH]);
        assert_eq!(chain(300).len(), 199);
    }
}
