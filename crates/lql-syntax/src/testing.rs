//! What the tests share: trees and findings as short text.

use crate::ast::{
    Column, Dialect, Expr, ExprKind, Filter, ListOp, Literal, Name, Path, Query, Setting, Statement,
};
use crate::{Diagnostic, parse, parse_expression};
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
        ExprKind::Binary { op, left, right, .. } => {
            list(&op.text().to_lowercase(), &mut [&**left, &**right].into_iter())
        }
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

/// All that reading a text gives, for snapshots: the text, its tree, its findings with labels, notes and fixes.
pub(crate) fn report(text: &str, dialect: Dialect) -> String {
    let parsed = parse(text, dialect);
    let mut out = format!("{text}\n");
    for statement in &parsed.statements {
        out.push_str("---\n");
        match statement {
            Statement::Query(query) => query_lines(&mut out, query),
            Statement::Filter(filter) => filter_lines(&mut out, filter),
        }
    }
    for diagnostic in &parsed.diagnostics {
        out.push_str("---\n");
        finding(&mut out, text, diagnostic);
    }
    out
}

fn finding(out: &mut String, text: &str, diagnostic: &Diagnostic) {
    let severity = if diagnostic.is_error() { "error" } else { "warning" };
    let _ = writeln!(out, "{severity} {}: {}", diagnostic.code, diagnostic.title);
    for label in [&diagnostic.primary].into_iter().chain(&diagnostic.secondary) {
        let before = text.get(..label.span.start as usize).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let _ = writeln!(out, "  {line}:{column} `{}` {}", label.span.of(text), label.text);
    }
    for note in &diagnostic.notes {
        let _ = writeln!(out, "  note: {note}");
    }
    for fix in &diagnostic.fixes {
        let mut mended = text.to_owned();
        for edit in fix.edits.iter().rev() {
            mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        let _ =
            writeln!(out, "  {:?} fix: {}\n    {}", fix.safety, fix.title, mended.replace('\n', "\n    "));
    }
}

fn query_lines(out: &mut String, query: &Query) {
    let Query { span: _, description, columns, from, into, by, condition, with, alias } = query;
    let name = |name: &Option<Name>| name.as_ref().map_or("?".to_owned(), |it| it.text.clone());
    let _ = writeln!(out, "query {} {} -> {}", name(alias), name(from), name(into));
    lines(out, description.as_deref(), columns, condition.as_ref(), with);
    let by: Vec<&str> = by.iter().map(|it| it.text.as_str()).collect();
    let _ = writeln!(out, "  by {}", by.join(" or "));
}

fn filter_lines(out: &mut String, filter: &Filter) {
    let Filter { span: _, description, columns, condition, from, limit, with, alias } = filter;
    let name = |name: &Option<Name>| name.as_ref().map_or("?".to_owned(), |it| it.text.clone());
    let _ = writeln!(out, "filter {} of {} limit {limit:?}", name(alias), name(from));
    lines(out, description.as_deref(), columns, condition.as_ref(), with);
}

fn lines(
    out: &mut String,
    description: Option<&str>,
    columns: &[Column],
    condition: Option<&Expr>,
    with: &[Setting],
) {
    if let Some(description) = description {
        let _ = writeln!(out, "  description {description:?}");
    }
    for column in columns {
        let Column { span: _, expr, name, guard, shortdesc, longdesc, kind, mergeop } = column;
        let _ = write!(out, "  column {}", sexpr(expr));
        for (what, name) in [("as", name), ("kind", kind), ("mergeop", mergeop)] {
            if let Some(name) = name {
                let _ = write!(out, " {what} {}", name.text);
            }
        }
        for (what, text) in [("shortdesc", shortdesc), ("longdesc", longdesc)] {
            if let Some(text) = text {
                let _ = write!(out, " {what} {:?}", text.text);
            }
        }
        if let Some(guard) = guard {
            let _ = write!(out, " if {}", sexpr(guard));
        }
        out.push('\n');
    }
    if let Some(condition) = condition {
        let _ = writeln!(out, "  where {}", sexpr(condition));
    }
    for setting in with {
        let _ = writeln!(out, "  with {} = {:?}", setting.key.text, setting.value);
    }
}
