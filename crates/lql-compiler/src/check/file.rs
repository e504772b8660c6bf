//! A file on its own: its trees, and all that can be said about them whatever the other files say.

use super::query::{self, CheckedQuery};
use super::segments::CheckedSegment;
use super::{Fields, Source};
use crate::Kind;
use crate::lint::{Allowance, allowances};
use lql_syntax::ast::{Dialect, Filter, Statement};
use lql_syntax::{Diagnostic, Parsed, Span};
use std::sync::Arc;

/// A file that was read and checked on its own. Never changes: the next check of a project takes it over while the text is
/// the same.
#[derive(Debug)]
pub(crate) struct CheckedFile {
    number: u32,
    pub(crate) text: Arc<str>,
    /// Its findings are among `diagnostics`.
    pub(crate) parsed: Parsed,
    /// As each is without the others: a field may still get another kind or merge operator.
    pub(super) queries: Vec<Arc<CheckedQuery>>,
    pub(super) segments: Vec<Arc<CheckedSegment>>,
    /// Of the expressions of its queries, in order of place.
    pub(super) kinds: Arc<Vec<(Span, Kind)>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What its comments allow.
    pub(crate) allowances: Vec<Allowance>,
    line_starts: Vec<u32>,
}

/// The audiences of a file, checked against the fields of their tables.
#[derive(Debug)]
pub(super) struct Audiences {
    pub(super) of: Arc<CheckedFile>,
    /// The fields that each segment may read; any where they are not known.
    pub(super) against: Vec<Option<Arc<Fields>>>,
    pub(super) kinds: Arc<Vec<(Span, Kind)>>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Every `INCLUDE`.
    pub(super) included: Vec<lql_syntax::ast::Name>,
}

impl CheckedFile {
    pub(super) fn new(number: u32, source: &Source) -> Self {
        let mut parsed = lql_syntax::parse(&source.text, source.dialect);
        let mut diagnostics: Vec<Diagnostic> =
            parsed.diagnostics.drain(..).map(|finding| finding.moved_to(number)).collect();
        let (mut queries, mut segments, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for statement in &parsed.statements {
            match statement {
                Statement::Query(query) => {
                    let found = query::check(query, number, &source.text);
                    diagnostics.extend(found.diagnostics);
                    kinds.extend(found.types);
                    queries.push(Arc::new(found.query));
                }
                Statement::Filter(filter) => segments.push(Arc::new(segment(number, filter))),
            }
        }
        kinds.sort_by_key(|(span, _)| *span);
        Self {
            number,
            text: Arc::clone(&source.text),
            queries,
            segments,
            kinds: Arc::new(kinds),
            diagnostics,
            allowances: allowances(number, &parsed, &source.text),
            line_starts: line_starts(&source.text),
            parsed,
        }
    }

    /// Whether a source would give the same again.
    pub(super) fn is_of(&self, number: u32, source: &Source) -> bool {
        let same_text = Arc::ptr_eq(&self.text, &source.text) || self.text == source.text;
        self.number == number && self.parsed.dialect == source.dialect && same_text
    }

    /// Whether it holds audiences.
    pub(super) fn is_of_filters(&self) -> bool {
        self.parsed.dialect == Dialect::FilterQl
    }

    /// The line of a place, counted from 1.
    pub(super) fn line(&self, offset: u32) -> u32 {
        self.line_starts.partition_point(|start| *start <= offset) as u32
    }
}

fn segment(file: u32, tree: &Filter) -> CheckedSegment {
    CheckedSegment {
        file,
        slug: tree.alias.as_ref().map_or(String::new(), |alias| alias.text.to_lowercase()),
        table: tree.from.as_ref().map_or("user".to_owned(), |table| table.text.to_lowercase()),
        tree: tree.clone(),
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect()
}
