//! Trees without places: what two texts must have in common to say the same.

use crate::Span;
use crate::ast::{Column, Expr, ExprKind, Filter, Name, Query, Setting, Statement, Text};

impl Statement {
    /// The same statement with every place set to 0.
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let mut statement = self.clone();
        match &mut statement {
            Self::Query(query) => erase_query(query),
            Self::Filter(filter) => erase_filter(filter),
        }
        statement
    }
}

impl Expr {
    /// The same expression with every place set to 0.
    #[must_use]
    pub fn without_spans(&self) -> Self {
        let mut expr = self.clone();
        erase_expr(&mut expr);
        expr
    }
}

fn erase_query(query: &mut Query) {
    let Query { span, description: _, columns, from, into, by, condition, with, alias } = query;
    *span = Span::default();
    columns.iter_mut().for_each(erase_column);
    [from, into, alias].into_iter().flatten().chain(by).for_each(erase_name);
    condition.iter_mut().for_each(erase_expr);
    with.iter_mut().for_each(erase_setting);
}

fn erase_filter(filter: &mut Filter) {
    let Filter { span, description: _, columns, condition, from, limit: _, with, alias } = filter;
    *span = Span::default();
    columns.iter_mut().for_each(erase_column);
    [from, alias].into_iter().flatten().for_each(erase_name);
    condition.iter_mut().for_each(erase_expr);
    with.iter_mut().for_each(erase_setting);
}

fn erase_column(column: &mut Column) {
    let Column { span, expr, name, guard, shortdesc, longdesc, kind, mergeop } = column;
    *span = Span::default();
    erase_expr(expr);
    guard.iter_mut().for_each(erase_expr);
    [name, kind, mergeop].into_iter().flatten().for_each(erase_name);
    for Text { span, .. } in [shortdesc, longdesc].into_iter().flatten() {
        *span = Span::default();
    }
}

fn erase_setting(setting: &mut Setting) {
    erase_name(&mut setting.key);
    setting.span = Span::default();
}

fn erase_name(name: &mut Name) {
    name.span = Span::default();
}

fn erase_expr(expr: &mut Expr) {
    expr.span = Span::default();
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Field(_) | ExprKind::Star | ExprKind::Broken => {}
        ExprKind::Include(name) => erase_name(name),
        ExprKind::Call { name, args } => {
            erase_name(name);
            args.iter_mut().for_each(erase_expr);
        }
        ExprKind::Cast { value, kind } => {
            erase_expr(value);
            erase_name(kind);
        }
        ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Exists(inner) => erase_expr(inner),
        ExprKind::Binary { op: _, op_span, left, right } => {
            *op_span = Span::default();
            erase_expr(left);
            erase_expr(right);
        }
        ExprKind::Between { value, low, high } => {
            erase_expr(value);
            erase_expr(low);
            erase_expr(high);
        }
        ExprKind::List { op: _, items } | ExprKind::Set { items, square: _ } => {
            items.iter_mut().for_each(erase_expr);
        }
        ExprKind::IfElse { condition, then, otherwise } => {
            erase_expr(condition);
            erase_expr(then);
            erase_expr(otherwise);
        }
        ExprKind::Guarded { value, condition } => {
            erase_expr(value);
            erase_expr(condition);
        }
    }
}
