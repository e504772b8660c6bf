//! What the tests share: trees and findings as short text.

use crate::ast::{BinaryOp, Dialect, Expr, ExprKind, ListOp, Literal, Path};
use crate::{Diagnostic, parse_expression};
use std::fmt::Write;

/// The tree of an expression in brackets, operators first: `(== a 1)`.
pub(crate) fn sexpr(expr: &Expr) -> String {
    let list = |head: &str, items: &mut dyn Iterator<Item = &Expr>| {
        let mut out = format!("({head}");
        for item in items {
            out.push(' ');
            out.push_str(&sexpr(item));
        }
        out.push(')');
        out
    };
    match &expr.kind {
        ExprKind::Literal(literal) => match literal {
            Literal::Null => "null".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => value.to_string(),
            Literal::Number(value) => format!("{value:?}"),
            Literal::Text(value) => format!("{value:?}"),
        },
        ExprKind::Field(field) => match field.path {
            Path::Whole => field.text.clone(),
            Path::Entry { at } => {
                let (map, entry) = field.text.split_at(at as usize);
                format!("{map}:{}", entry.trim_start_matches('.'))
            }
        },
        ExprKind::Call { name, args } => list(&format!("{}()", name.text), &mut args.iter()),
        ExprKind::Cast { value, kind } => format!("(cast {} {})", sexpr(value), kind.text),
        ExprKind::Not(x) => list("not", &mut [&**x].into_iter()),
        ExprKind::Negate(x) => list("neg", &mut [&**x].into_iter()),
        ExprKind::Exists(x) => list("exists", &mut [&**x].into_iter()),
        ExprKind::Binary { op, left, right, .. } => list(op_text(*op), &mut [&**left, &**right].into_iter()),
        ExprKind::Between { value, low, high } => {
            list("between", &mut [&**value, &**low, &**high].into_iter())
        }
        ExprKind::List { op: ListOp::And, items } => list("AND", &mut items.iter()),
        ExprKind::List { op: ListOp::Or, items } => list("OR", &mut items.iter()),
        ExprKind::Set { items, square } => list(if *square { "[]" } else { "set" }, &mut items.iter()),
        ExprKind::Include(name) => format!("(include {})", name.text),
        ExprKind::IfElse { condition, then, otherwise } => {
            list("if", &mut [&**condition, &**then, &**otherwise].into_iter())
        }
        ExprKind::Guarded { value, condition } => list("arm", &mut [&**value, &**condition].into_iter()),
        ExprKind::Star => "*".to_owned(),
        ExprKind::Broken => "broken".to_owned(),
    }
}

fn op_text(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::In => "in",
        BinaryOp::Like => "like",
        BinaryOp::Contains => "contains",
        BinaryOp::Intersects => "intersects",
    }
}

/// The tree of a text, or its findings.
pub(crate) fn read(text: &str, dialect: Dialect) -> String {
    let (expr, diagnostics) = parse_expression(text, dialect);
    let mut out = sexpr(&expr);
    for diagnostic in diagnostics {
        let _ = write!(out, "\n{}", line(text, &diagnostic));
    }
    out
}

/// A finding on one line: code, the text it points at, the title.
pub(crate) fn line(text: &str, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.primary.span;
    format!("{} at {}..{} `{}`: {}", diagnostic.code, span.start, span.end, span.of(text), diagnostic.title)
}
