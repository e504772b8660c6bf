//! One expression on its own: checked and compiled, for `lql eval` and the batch door.

use crate::check::{ExprChecker, Includes, Place, Scene};
use crate::{Kind, catalog, codes, compile};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Statement};
use lql_syntax::{Diagnostic, Span};
use std::collections::HashMap;

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
    let mut includes = Includes::new(&conditions);
    for (file, _, condition) in &included {
        let scene =
            Scene { dialect: Dialect::FilterQl, fields: None, includes: true, kinds: Some(&around.kinds) };
        let mut checker = ExprChecker::new(scene);
        checker.expr(condition, Place::Filter);
        let found = checker.included.iter().filter_map(|name| includes.check(name));
        let found = found.chain(checker.diagnostics.into_iter().filter(Diagnostic::is_error));
        diagnostics.extend(found.map(|d| d.moved_to(*file)));
    }
    let scene = Scene { dialect, fields: None, includes: true, kinds: Some(&around.kinds) };
    let mut checker = ExprChecker::new(scene);
    let place = if dialect == Dialect::Lql { Place::Column } else { Place::Filter };
    let kind = checker.expr(&tree, place);
    diagnostics.append(&mut checker.diagnostics);
    diagnostics.extend(checker.included.iter().filter_map(|name| includes.check(name)));
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(diagnostics);
    }
    // What `set` and `cap` give goes into a set: unique and sorted, as it would stand in the profile.
    let is_aggregate = match &tree.kind {
        ExprKind::Call { name, .. } => catalog::find(&name.text).is_some_and(|f| f.aggregate.is_some()),
        _ => false,
    };
    let cast = (is_aggregate && kind == Kind::TextSet).then_some(kind);
    let program =
        compile::expression(&tree, cast, &around.kinds, &conditions).map_err(|finding| vec![*finding])?;
    Ok(CheckedExpression { program, kind, diagnostics })
}

/// A bare expression, or the condition of a single filter statement.
pub(crate) fn parse_lone(text: &str, dialect: Dialect) -> (Expr, Vec<Diagnostic>) {
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
