//! Checking a project: every statement on its own, then all of them together.

mod expr;
mod names;
mod query;
mod segments;
mod settings;
mod unify;

pub(crate) use expr::literal_text;
pub use query::{CheckedColumn, CheckedQuery};
pub use segments::CheckedSegment;
pub(crate) use segments::{conditions, fields_of};
pub use settings::{BlockSettings, FieldSettings, Settings, TableSettings};

use crate::schema::Schema;
use crate::{
    Kind, codes, compile,
    program::{Package, StreamInput},
};
use expr::{ExprChecker, Place, Scene};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Statement};
use lql_syntax::{Diagnostic, Parsed, Severity, Span};
use std::collections::{BTreeMap, HashMap};

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
    /// All findings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    names: Vec<String>,
    lines: Vec<Vec<u32>>,
    /// How streams are read, from the settings.
    pub(crate) streams: BTreeMap<String, StreamInput>,
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
    Checked {
        parsed,
        queries,
        segments: found.segments,
        schema,
        types,
        diagnostics,
        names: sources.iter().map(|s| s.name.clone()).collect(),
        lines: sources.iter().map(|s| line_starts(&s.text)).collect(),
        streams: settings.streams.clone(),
    }
}

impl Checked {
    /// Whether nothing stops the project from being compiled.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// The compiled project, or the findings that stop it.
    pub fn package(&self) -> Result<Package, Vec<Diagnostic>> {
        if !self.is_sound() {
            return Err(self.diagnostics.iter().filter(|d| d.severity == Severity::Error).cloned().collect());
        }
        compile::package(self).map_err(|finding| vec![*finding])
    }

    /// Names of the sources.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The line of a place, counted from 1.
    pub(crate) fn line(&self, file: u32, offset: u32) -> u32 {
        self.lines
            .get(file as usize)
            .map_or(1, |starts| starts.partition_point(|start| *start <= offset) as u32)
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect()
}

/// Kinds and included segments for a single expression.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Fields that are read as a kind.
    pub kinds: HashMap<String, Kind>,
    /// Segments that `INCLUDE` may name; FilterQL text with an alias.
    pub includes: Vec<String>,
}

/// An expression that was checked and compiled on its own.
#[derive(Debug)]
pub struct CheckedExpression {
    /// The program; its value is the operand of [`crate::program::Op::Result`].
    pub program: crate::program::Program,
    /// Its static kind.
    pub kind: Kind,
    /// Warnings.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks and compiles one expression, or a filter (with or without the word `FILTER`).
///
/// An error is the findings; those of an included segment stand in file 1, 2, … in the order of the includes.
pub fn check_expression(
    text: &str,
    dialect: Dialect,
    around: &Surroundings,
) -> Result<CheckedExpression, Vec<Diagnostic>> {
    let (tree, mut diagnostics) = parse_lone(text, dialect);
    let mut included = Vec::new();
    for (at, include) in around.includes.iter().enumerate() {
        let file = at as u32 + 1;
        let parsed = lql_syntax::parse(include, Dialect::FilterQl);
        diagnostics.extend(parsed.diagnostics.into_iter().map(|d| d.moved_to(file)));
        for statement in parsed.statements {
            if let Statement::Filter(filter) = statement
                && let (Some(alias), Some(condition)) = (filter.alias, filter.condition)
            {
                included.push((file, alias.text.to_lowercase(), condition));
            }
        }
    }
    let conditions: HashMap<String, Expr> =
        included.iter().map(|(_, slug, condition)| (slug.clone(), condition.clone())).collect();
    for (file, _, condition) in &included {
        let scene =
            Scene { dialect: Dialect::FilterQl, fields: None, includes: true, kinds: Some(&around.kinds) };
        let mut checker = ExprChecker::new(scene);
        checker.expr(condition, Place::Filter);
        let mut found = segments::unknown_and_cyclic(&checker.included, &conditions);
        found.extend(checker.diagnostics.into_iter().filter(Diagnostic::is_error));
        diagnostics.extend(found.into_iter().map(|d| d.moved_to(*file)));
    }
    let scene = Scene { dialect, fields: None, includes: true, kinds: Some(&around.kinds) };
    let mut checker = ExprChecker::new(scene);
    let place = if dialect == Dialect::Lql { Place::Column } else { Place::Filter };
    let kind = checker.expr(&tree, place);
    diagnostics.append(&mut checker.diagnostics);
    diagnostics.extend(segments::unknown_and_cyclic(&checker.included, &conditions));
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(diagnostics);
    }
    let program = compile::expression(&tree, around, &conditions).map_err(|finding| vec![*finding])?;
    Ok(CheckedExpression { program, kind, diagnostics })
}

/// A bare expression, or the condition of a single filter statement.
fn parse_lone(text: &str, dialect: Dialect) -> (Expr, Vec<Diagnostic>) {
    let first = text.trim_start().get(..6).unwrap_or("");
    let statement = dialect == Dialect::FilterQl
        && (first.eq_ignore_ascii_case("filter") || first.eq_ignore_ascii_case("select"));
    if !statement {
        if dialect == Dialect::FilterQl && matches!(text.trim(), "*" | "match_all") {
            return (Expr::new(ExprKind::Star, Span::new(0, text.len() as u32)), Vec::new());
        }
        return lql_syntax::parse_expression(text, dialect);
    }
    let parsed = lql_syntax::parse(text, dialect);
    let condition = parsed.statements.into_iter().find_map(|statement| match statement {
        Statement::Filter(filter) => filter.condition,
        Statement::Query(_) => None,
    });
    let mut diagnostics = parsed.diagnostics;
    let tree = condition.unwrap_or_else(|| {
        if diagnostics.is_empty() {
            let span = Span::new(0, text.len() as u32);
            diagnostics.push(Diagnostic::error(codes::SEGMENT_UNNAMED, "no filter found", span));
        }
        Expr::new(ExprKind::Broken, Span::default())
    });
    (tree, diagnostics)
}
