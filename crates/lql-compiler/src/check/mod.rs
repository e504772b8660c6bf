//! Checking a project: every statement on its own, then all of them together.

mod expr;
mod file;
mod includes;
mod names;
mod query;
mod segments;
mod settings;
mod unify;

pub(crate) use expr::{ExprChecker, Place, Scene};
pub(crate) use file::CheckedFile;
pub(crate) use includes::Includes;
pub use query::{CheckedColumn, CheckedQuery};
pub use segments::CheckedSegment;
pub(crate) use segments::{conditions, fields_of};
pub use settings::{BlockSettings, FieldSettings, Settings, TableSettings};

use crate::program::StreamInput;
use crate::schema::Schema;
use crate::{Kind, lint};
use file::Audiences;
use lql_syntax::ast::Dialect;
use lql_syntax::{Diagnostic, Parsed, Span};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The kinds of a table's fields, by name.
pub(crate) type Fields = HashMap<String, Kind>;

/// A file of a project.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, as diagnostics and provenance show it: `web.lql`.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
    /// What it is written in.
    pub dialect: Dialect,
}

impl Source {
    /// A file of mapping statements.
    pub fn lql(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), dialect: Dialect::Lql }
    }

    /// A file of audience statements.
    pub fn filterql(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), dialect: Dialect::FilterQl }
    }
}

/// A project that was checked: trees, kinds, schema and findings.
#[derive(Debug)]
pub struct Checked {
    /// The queries that could be read, in the order of the sources.
    pub queries: Vec<Arc<CheckedQuery>>,
    /// The segments that could be read, in the order of the sources.
    pub segments: Vec<Arc<CheckedSegment>>,
    /// Tables and fields.
    pub schema: Schema,
    /// All findings, by file and place, without those that a comment allows.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that a comment allows: `-- lint: allow LQL0305: …`.
    pub allowed: Vec<Diagnostic>,
    /// One per source, and of those with audiences, what these read.
    pub(crate) files: Vec<Arc<CheckedFile>>,
    audiences: Vec<Option<Arc<Audiences>>>,
    /// By table, for the filters.
    fields: BTreeMap<String, Arc<Fields>>,
    names: Vec<String>,
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
    check_after(None, sources, settings)
}

/// The same, after an earlier check of the project: what is still true of it is not worked out again. The answer does not
/// depend on what the earlier one was.
pub fn check_after(earlier: Option<&Checked>, sources: &[Source], settings: &Settings) -> Checked {
    let files: Vec<Arc<CheckedFile>> = sources
        .iter()
        .enumerate()
        .map(|(at, source)| {
            let known = earlier.and_then(|earlier| earlier.files.get(at));
            match known.filter(|known| known.is_of(at as u32, source)) {
                Some(known) => Arc::clone(known),
                None => Arc::new(CheckedFile::new(at as u32, source)),
            }
        })
        .collect();
    let mut diagnostics: Vec<Diagnostic> =
        files.iter().flat_map(|file| file.diagnostics.iter().cloned()).collect();
    let alone: Vec<&CheckedQuery> = files.iter().flat_map(|file| &file.queries).map(Arc::as_ref).collect();
    let (schema, unified) = unify::schema(&alone, settings, &mut diagnostics);
    let queries = unify::queries(&files, unified, earlier);
    let found = segments::check(&files, &queries, &schema, earlier, &mut diagnostics);
    diagnostics.sort_by(|a, b| {
        let key = |it: &Diagnostic| (it.primary.file, it.primary.span, it.code);
        key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
    });
    diagnostics.dedup();
    let mut allowed = Vec::new();
    lint::settle(&mut diagnostics, &mut allowed, &mut lint::allowances_of(&files));
    Checked {
        queries,
        segments: files.iter().flat_map(|file| file.segments.iter().cloned()).collect(),
        schema,
        diagnostics,
        allowed,
        files,
        audiences: found.audiences,
        fields: found.fields,
        names: sources.iter().map(|source| source.name.clone()).collect(),
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

    /// The tree and the tokens of a source.
    pub fn parsed(&self, file: u32) -> Option<&Parsed> {
        self.files.get(file as usize).map(|file| &file.parsed)
    }

    /// The static kind of every sub-expression of a source, in order of place.
    pub fn kinds(&self, file: u32) -> &[(Span, Kind)] {
        self.kinds_of(file as usize).map_or(&[], |kinds| kinds)
    }

    /// The static kind of the expression at a place.
    pub fn kind(&self, file: u32, span: Span) -> Option<Kind> {
        let kinds = self.kinds(file);
        let after = kinds.partition_point(|(place, _)| *place <= span);
        let (place, kind) = kinds.get(after.checked_sub(1)?)?;
        (*place == span).then_some(*kind)
    }

    /// The line of a place, counted from 1.
    pub fn line(&self, file: u32, offset: u32) -> u32 {
        self.files.get(file as usize).map_or(1, |file| file.line(offset))
    }

    pub(crate) fn kinds_of(&self, file: usize) -> Option<&Arc<Vec<(Span, Kind)>>> {
        match self.audiences.get(file)? {
            Some(audiences) => Some(&audiences.kinds),
            None => self.files.get(file).map(|file| &file.kinds),
        }
    }

    /// The queries of a source.
    pub(crate) fn queries_of(&self, file: u32) -> &[Arc<CheckedQuery>] {
        part(&self.queries, file, |query| query.file)
    }

    /// The segments of a source.
    pub(crate) fn segments_of(&self, file: u32) -> &[Arc<CheckedSegment>] {
        part(&self.segments, file, |segment| segment.file)
    }
}

/// Those of a file, of a list in the order of files.
fn part<T>(all: &[T], file: u32, file_of: impl Fn(&T) -> u32) -> &[T] {
    let start = all.partition_point(|it| file_of(it) < file);
    let end = all.partition_point(|it| file_of(it) <= file);
    all.get(start..end).unwrap_or_default()
}
