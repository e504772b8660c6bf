//! Ways through the trees of a file: what stands at an offset.

use lql_syntax::ast::{Column, Expr, Filter, Query, Statement};
use lql_syntax::{Parsed, Span, Token, TokenKind};

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The value of a column, by its index.
    Value(usize),
    /// `IF`
    Guard(usize),
    /// `WHERE`, or the condition of a filter.
    Condition,
}

/// The columns of a statement.
pub fn columns(statement: &Statement) -> &[Column] {
    match statement {
        Statement::Query(Query { columns, .. }) | Statement::Filter(Filter { columns, .. }) => columns,
    }
}

/// `WHERE`, or the condition of a filter.
pub fn condition(statement: &Statement) -> Option<&Expr> {
    match statement {
        Statement::Query(query) => query.condition.as_ref(),
        Statement::Filter(filter) => filter.condition.as_ref(),
    }
}

/// The whole expressions of a statement.
pub fn expressions(statement: &Statement) -> impl Iterator<Item = (Purpose, &Expr)> {
    let of_columns = columns(statement).iter().enumerate().flat_map(|(at, column)| {
        let guard = column.guard.iter().map(move |guard| (Purpose::Guard(at), guard));
        std::iter::once((Purpose::Value(at), &column.expr)).chain(guard)
    });
    of_columns.chain(condition(statement).map(|expr| (Purpose::Condition, expr)))
}

/// The statement at an offset; of two that touch there, the later.
pub fn statement_at(parsed: &Parsed, offset: u32) -> Option<&Statement> {
    let after = parsed.statements.partition_point(|it| it.span().start <= offset);
    parsed.statements.get(after.checked_sub(1)?).filter(|it| it.span().touches(offset))
}

/// The expressions around an offset, the outermost first.
pub fn expressions_at(statement: &Statement, offset: u32) -> Vec<&Expr> {
    let Some((_, root)) = expressions(statement).find(|(_, expr)| expr.span.touches(offset)) else {
        return Vec::new();
    };
    let mut path = vec![root];
    while let Some(below) = path.last().and_then(|expr| child_at(expr, offset)) {
        path.push(below);
    }
    path
}

fn child_at(expr: &Expr, offset: u32) -> Option<&Expr> {
    let mut found = None;
    expr.children(|child| {
        if child.span.touches(offset) {
            found = Some(child);
        }
    });
    found
}

/// Calls `visit` on an expression and all below it.
pub fn walk<'t>(expr: &'t Expr, visit: &mut impl FnMut(&'t Expr)) {
    visit(expr);
    expr.children(|child| walk(child, visit));
}

/// Index of the token that holds the byte at `offset`; at the end of the text, or before blanks, the one that ends there.
pub fn token_at(tokens: &[Token], offset: u32) -> Option<usize> {
    let after = tokens.partition_point(|token| token.span.start <= offset);
    let at = after.checked_sub(1)?;
    let token = tokens.get(at)?;
    let is_loose = |kind: TokenKind| kind.is_trivia() || !(kind.is_name() || kind.is_number_like());
    match at.checked_sub(1).and_then(|before| tokens.get(before)) {
        // `name|(`: whoever stands between means the name.
        Some(before) if token.span.start == offset && is_loose(token.kind) && !is_loose(before.kind) => {
            Some(at - 1)
        }
        Some(before) if token.span.start == offset && token.kind.is_trivia() && !before.kind.is_trivia() => {
            Some(at - 1)
        }
        _ => Some(at),
    }
}

/// The nearest token before index `at` that is no trivia.
pub fn before(tokens: &[Token], at: usize) -> Option<usize> {
    tokens.get(..at)?.iter().rposition(|token| !token.kind.is_trivia())
}

/// The nearest token after index `at` that is no trivia.
pub fn after(tokens: &[Token], at: usize) -> Option<usize> {
    let rest = tokens.get(at + 1..)?;
    Some(at + 1 + rest.iter().position(|token| !token.kind.is_trivia())?)
}

/// Whether `inner` lies in `outer`.
pub fn holds(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
