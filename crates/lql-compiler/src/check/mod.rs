//! Checking a project: every statement on its own, then all of them together.

mod expr;
mod includes;
mod names;
mod query;
mod segments;
mod settings;
mod unify;

pub(crate) use expr::{ExprChecker, Place, Scene};
pub(crate) use includes::Includes;
pub use query::{CheckedColumn, CheckedQuery};
pub use segments::CheckedSegment;
pub(crate) use segments::{conditions, fields_of};
pub use settings::{BlockSettings, FieldSettings, Settings, TableSettings};

use crate::program::StreamInput;
use crate::schema::Schema;
use crate::{Kind, lint};
use lql_syntax::ast::{Dialect, Statement};
use lql_syntax::{Diagnostic, Parsed, Span};
use std::collections::BTreeMap;

/// A file of a project.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, as diagnostics and provenance show it: `web.lql`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it is written in.
    pub dialect: Dialect,
}

impl Source {
    /// A file of mapping statements.
    pub fn lql(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), dialect: Dialect::Lql }
    }

    /// A file of audience statements.
    pub fn filterql(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), dialect: Dialect::FilterQl }
    }
}

/// A project that was checked: trees, kinds, schema and findings.
#[derive(Debug)]
pub struct Checked {
    /// The trees, one per source.
    pub parsed: Vec<Parsed>,
    /// The queries that could be read, in the order of the sources.
    pub queries: Vec<CheckedQuery>,
    /// The segments that could be read, in the order of the sources.
    pub segments: Vec<CheckedSegment>,
    /// Tables and fields.
    pub schema: Schema,
    /// The static kind of every sub-expression: source index, place, kind.
    pub types: Vec<(u32, Span, Kind)>,
    /// All findings, by file and place, without those that a comment allows.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that a comment allows: `-- lint: allow LQL0305: …`.
    pub allowed: Vec<Diagnostic>,
    names: Vec<String>,
    lines: Vec<Vec<u32>>,
    /// How streams are read, from the settings.
    pub(crate) streams: BTreeMap<String, StreamInput>,
    /// The clock, from the settings.
    pub(crate) now: Option<crate::Time>,
}

/// Checks a project.
///
/// ```
/// use lql_compiler::{Settings, Source, check};
///
/// let web = Source::lql("web.lql", "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web");
/// let loyal = Source::filterql("loyal.fql", "FILTER visits > 5 ALIAS loyal");
/// let checked = check(&[web, loyal], &Settings::default());
/// assert!(checked.diagnostics.is_empty());
///
/// let package = checked.package().unwrap();
/// assert_eq!(package.streams[0].stream, "web");
/// assert_eq!(package.segments[0].slug, "loyal");
/// ```
pub fn check(sources: &[Source], settings: &Settings) -> Checked {
    let mut diagnostics = Vec::new();
    let mut types = Vec::new();
    let mut queries = Vec::new();
    let mut filters = Vec::new();
    let mut parsed: Vec<Parsed> = Vec::new();
    for (file, source) in sources.iter().enumerate() {
        let file = file as u32;
        let mut tree = lql_syntax::parse(&source.text, source.dialect);
        diagnostics.extend(tree.diagnostics.drain(..).map(|d| d.moved_to(file)));
        for statement in &tree.statements {
            match statement {
                Statement::Query(query) => {
                    let mut found = query::check(query, file, &source.text);
                    diagnostics.append(&mut found.diagnostics);
                    types.extend(found.types.drain(..).map(|(span, kind)| (file, span, kind)));
                    queries.push(found.query);
                }
                Statement::Filter(filter) => filters.push((file, filter.clone())),
            }
        }
        parsed.push(tree);
    }
    let schema = unify::schema(&mut queries, settings, &mut diagnostics);
    let found = segments::check(filters, &queries, &schema, &mut diagnostics);
    types.extend(found.types);
    diagnostics.sort_by_key(|d| (d.primary.file, d.primary.span, d.code, d.title.clone()));
    diagnostics.dedup();
    let mut allowed = Vec::new();
    lint::settle(&mut diagnostics, &mut allowed, &mut lint::allowances(&parsed, sources));
    Checked {
        parsed,
        queries,
        segments: found.segments,
        schema,
        types,
        diagnostics,
        allowed,
        names: sources.iter().map(|s| s.name.clone()).collect(),
        lines: sources.iter().map(|s| line_starts(&s.text)).collect(),
        streams: settings.streams.clone(),
        now: settings.now,
    }
}

impl Checked {
    /// Whether nothing stops the project from being compiled.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Names of the sources.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The line of a place, counted from 1.
    pub fn line(&self, file: u32, offset: u32) -> u32 {
        self.lines
            .get(file as usize)
            .map_or(1, |starts| starts.partition_point(|start| *start <= offset) as u32)
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect()
}
