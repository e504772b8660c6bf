//! What rules see of a project: every expression with its surroundings, made once for all rules.

use crate::catalog;
use crate::check::{CheckedColumn, CheckedQuery, CheckedSegment};
use crate::lower::literal_text;
use crate::{Checked, Kind, Settings, Source};
use lql_syntax::ast::{BinaryOp, Column, Dialect, Expr, ExprKind, FieldRef, ListOp, Literal};
use lql_syntax::{Span, print_expr};
use std::sync::Arc;

/// A project as rules see it, or one file of it.
pub(super) struct Project<'a> {
    pub checked: &'a Checked,
    pub sources: &'a [Source],
    pub settings: &'a Settings,
    pub queries: &'a [Arc<CheckedQuery>],
    pub segments: &'a [Arc<CheckedSegment>],
    /// Every expression, each before its operands.
    pub nodes: Vec<Node<'a>>,
    roots: Vec<Root<'a>>,
}

/// An expression and where it stands.
pub(super) struct Node<'a> {
    pub expr: &'a Expr,
    /// The expression it is an operand of.
    pub parent: Option<usize>,
    root: usize,
    /// Whether nothing but its being true matters: it is a condition, or joined to one by AND and OR.
    pub condition: bool,
    /// The function it calls, by its printed name.
    pub function: Option<&'static str>,
}

/// A whole expression: a value, a guard, a condition.
#[derive(Clone, Copy)]
pub(super) struct Root<'a> {
    pub file: u32,
    pub dialect: Dialect,
    pub role: Role,
    /// Of a mapping.
    pub query: Option<&'a CheckedQuery>,
    /// Of a column: what is known about it, and its tree.
    pub column: Option<(&'a CheckedColumn, &'a Column)>,
    /// Of an audience.
    pub segment: Option<&'a CheckedSegment>,
}

/// What a whole expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The value of a column.
    Value,
    /// `IF …`
    Guard,
    /// `WHERE …`
    Where,
    /// `FILTER …`
    Filter,
}

/// A column with its query.
#[derive(Clone, Copy)]
pub(super) struct ColumnOf<'a> {
    pub query: &'a CheckedQuery,
    pub column: &'a CheckedColumn,
    pub tree: &'a Column,
}

impl<'a> Project<'a> {
    /// All of it.
    pub fn whole(checked: &'a Checked, sources: &'a [Source], settings: &'a Settings) -> Self {
        Self::new(checked, sources, settings, &checked.queries, &checked.segments)
    }

    /// A file.
    pub fn of_file(checked: &'a Checked, sources: &'a [Source], settings: &'a Settings, file: u32) -> Self {
        Self::new(checked, sources, settings, checked.queries_of(file), checked.segments_of(file))
    }

    fn new(
        checked: &'a Checked,
        sources: &'a [Source],
        settings: &'a Settings,
        queries: &'a [Arc<CheckedQuery>],
        segments: &'a [Arc<CheckedSegment>],
    ) -> Self {
        // A few expressions a column is usual.
        let nodes = Vec::with_capacity(queries.iter().map(|query| query.columns.len() * 6).sum());
        let roots = Vec::new();
        let mut project = Self { checked, sources, settings, queries, segments, nodes, roots };
        for query in queries {
            let root = Root {
                file: query.file,
                dialect: Dialect::Lql,
                role: Role::Where,
                query: Some(query),
                column: None,
                segment: None,
            };
            for column in &query.columns {
                let Some(tree) = query.tree.columns.get(column.index) else { continue };
                let of_column = Root { column: Some((column, tree)), ..root };
                project.add(Root { role: Role::Value, ..of_column }, &tree.expr);
                if let Some(guard) = &tree.guard {
                    project.add(Root { role: Role::Guard, ..of_column }, guard);
                }
            }
            if let Some(condition) = &query.tree.condition {
                project.add(root, condition);
            }
        }
        for segment in segments {
            let root = Root {
                file: segment.file,
                dialect: Dialect::FilterQl,
                role: Role::Filter,
                query: None,
                column: None,
                segment: Some(segment),
            };
            for column in &segment.tree.columns {
                project.add(Root { role: Role::Value, ..root }, &column.expr);
                if let Some(guard) = &column.guard {
                    project.add(Root { role: Role::Guard, ..root }, guard);
                }
            }
            if let Some(condition) = &segment.tree.condition {
                project.add(root, condition);
            }
        }
        project
    }

    fn add(&mut self, root: Root<'a>, expr: &'a Expr) {
        let condition = root.role != Role::Value;
        self.roots.push(root);
        let root = self.roots.len() - 1;
        // Own stack: trees may be as deep as the parser allows.
        let mut waiting = vec![(expr, None, condition)];
        while let Some((expr, parent, condition)) = waiting.pop() {
            let at = self.nodes.len();
            let function = match &expr.kind {
                ExprKind::Call { name, .. } => catalog::find(&name.text).map(|function| function.name),
                _ => None,
            };
            self.nodes.push(Node { expr, parent, root, condition, function });
            let joins = matches!(
                expr.kind,
                ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, .. } | ExprKind::List { .. }
            );
            let from = waiting.len();
            expr.children(|child| {
                let decides = match &expr.kind {
                    ExprKind::IfElse { condition, .. } | ExprKind::Guarded { condition, .. } => {
                        std::ptr::eq(&raw const **condition, &raw const *child)
                    }
                    _ => condition && joins,
                };
                waiting.push((child, Some(at), decides));
            });
            if let Some(children) = waiting.get_mut(from..) {
                children.reverse();
            }
        }
    }

    /// Where an expression stands.
    pub fn root(&self, node: &Node<'a>) -> Root<'a> {
        // Every node is made with its root.
        self.roots.get(node.root).copied().unwrap_or(Root {
            file: 0,
            dialect: Dialect::Lql,
            role: Role::Value,
            query: None,
            column: None,
            segment: None,
        })
    }

    /// The expression that a node is an operand of.
    pub fn parent(&self, node: &Node<'a>) -> Option<&Node<'a>> {
        node.parent.and_then(|at| self.nodes.get(at))
    }

    /// The static kind of an expression; [`Kind::Dynamic`] when it shows only at run time.
    pub fn kind(&self, file: u32, expr: &Expr) -> Kind {
        self.checked.kind(file, expr.span).unwrap_or(Kind::Dynamic)
    }

    /// The text at a place, as written.
    pub fn written(&self, file: u32, span: Span) -> &'a str {
        self.sources.get(file as usize).map_or("", |source| span.of(&source.text))
    }

    /// The tokens of a file.
    pub fn tokens(&self, file: u32) -> &'a [lql_syntax::Token] {
        self.checked.parsed(file).map_or(&[], |parsed| &parsed.tokens)
    }

    /// The columns of all mappings.
    pub fn columns(&self) -> impl Iterator<Item = ColumnOf<'a>> {
        self.queries.iter().flat_map(|query| {
            query.columns.iter().filter_map(move |column| {
                Some(ColumnOf { query, column, tree: query.tree.columns.get(column.index)? })
            })
        })
    }

    /// The columns that are identities, with the expression of one of their values.
    pub fn identities(&self) -> impl Iterator<Item = (ColumnOf<'a>, &'a Expr)> {
        let identities = self.columns().filter(|site| site.column.identity);
        identities.map(|site| match call(&site.tree.expr) {
            Some(("set", [value])) => (site, value),
            _ => (site, &site.tree.expr),
        })
    }

    /// The nodes that call one of these functions, with its arguments.
    pub fn calls<'p>(
        &'p self,
        functions: &'p [&'p str],
    ) -> impl Iterator<Item = (&'p Node<'a>, &'static str, &'a [Expr])> {
        self.nodes.iter().filter_map(move |node| {
            let function = node.function.filter(|function| functions.contains(function))?;
            match &node.expr.kind {
                ExprKind::Call { args, .. } => Some((node, function, args.as_slice())),
                _ => None,
            }
        })
    }

    /// A column's expression may not change its default name: only named columns, and parts of expressions, are rewritten.
    pub fn may_change(&self, node: &Node<'a>) -> bool {
        let root = self.root(node);
        root.role != Role::Value || root.column.is_some_and(|(_, tree)| tree.name.is_some())
    }
}

/// An expression as one text, spelt the same for equal expressions.
pub(super) fn spelt(expr: &Expr) -> String {
    print_expr(expr, Dialect::Lql)
}

/// Whether two expressions always have the same value in one event.
pub(super) fn same(a: &Expr, b: &Expr) -> bool {
    spelt(a) == spelt(b) && is_settled(a)
}

/// Whether an expression has one value per event: chance has no part in it, and all of it could be read.
pub(super) fn is_settled(expr: &Expr) -> bool {
    let mut settled = match &expr.kind {
        ExprKind::Call { name, .. } => {
            catalog::find(&name.text).is_some_and(|function| function.purity != catalog::Purity::Random)
        }
        ExprKind::Broken => false,
        _ => true,
    };
    expr.children(|child| settled = settled && is_settled(child));
    settled
}

/// Calls `visit` on an expression and everything in it.
pub(super) fn walk<'t>(expr: &'t Expr, visit: &mut impl FnMut(&'t Expr)) {
    visit(expr);
    expr.children(|child| walk(child, visit));
}

/// The field or event key that an expression is.
pub(super) fn field(expr: &Expr) -> Option<&FieldRef> {
    match &expr.kind {
        ExprKind::Field(field) => Some(field),
        _ => None,
    }
}

/// The keys that an expression reads.
pub(super) fn fields_in(expr: &Expr) -> Vec<&FieldRef> {
    let mut fields = Vec::new();
    walk(expr, &mut |part| fields.extend(field(part)));
    fields
}

/// The name of the function that an expression calls, and the arguments.
pub(super) fn call(expr: &Expr) -> Option<(&'static str, &[Expr])> {
    match &expr.kind {
        ExprKind::Call { name, args } => Some((catalog::find(&name.text)?.name, args)),
        _ => None,
    }
}

/// Whether any call in an expression is of one of these functions.
pub(super) fn calls_any(expr: &Expr, functions: &[&str]) -> bool {
    let mut found = false;
    walk(expr, &mut |part| found = found || call(part).is_some_and(|(name, _)| functions.contains(&name)));
    found
}

/// The text of a text literal.
pub(super) fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text),
        _ => None,
    }
}

/// The value of a number literal.
pub(super) fn number_of(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Literal(Literal::Int(int)) => Some(*int as f64),
        ExprKind::Literal(Literal::Number(number)) => Some(*number),
        _ => None,
    }
}

/// The text of a literal, numbers included.
pub(super) fn literal_words(expr: &Expr) -> Option<String> {
    literal_text(expr)
}

/// Whether an expression is a literal.
pub(super) fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(_))
}

/// The sides of a comparison, a literal on the right: `5 > x` is `x < 5`.
pub(super) struct Comparison<'t> {
    pub op: BinaryOp,
    pub left: &'t Expr,
    pub right: &'t Expr,
}

/// Reads `a == b`, `a > b` and the like.
pub(super) fn comparison(expr: &Expr) -> Option<Comparison<'_>> {
    let ExprKind::Binary { op, left, right, .. } = &expr.kind else { return None };
    let turned = match op {
        BinaryOp::Eq | BinaryOp::Ne => *op,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        _ => return None,
    };
    Some(if is_literal(left) && !is_literal(right) {
        Comparison { op: turned, left: right, right: left }
    } else {
        Comparison { op: *op, left, right }
    })
}

/// Whether an operator is `<`, `<=`, `>` or `>=`.
pub(super) fn orders(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Le)
}

/// The operands of a chain of AND, or of OR, infix or as a list; the expression itself if it is none.
pub(super) fn operands(expr: &Expr, joined_by: ListOp) -> Vec<&Expr> {
    let infix = if joined_by == ListOp::And { BinaryOp::And } else { BinaryOp::Or };
    let mut found = Vec::new();
    let mut waiting = vec![expr];
    while let Some(expr) = waiting.pop() {
        match &expr.kind {
            ExprKind::Binary { op, left, right, .. } if *op == infix => waiting.extend([&**right, &**left]),
            ExprKind::List { op, items } if *op == joined_by => waiting.extend(items.iter().rev()),
            _ => found.push(expr),
        }
    }
    found
}

/// Which of AND and OR an expression is joined by.
pub(super) fn joint(expr: &Expr) -> Option<ListOp> {
    match &expr.kind {
        ExprKind::Binary { op: BinaryOp::And, .. } => Some(ListOp::And),
        ExprKind::Binary { op: BinaryOp::Or, .. } => Some(ListOp::Or),
        ExprKind::List { op, .. } => Some(*op),
        _ => None,
    }
}

/// The chains of AND and OR of a project, each once and whole.
pub(super) fn chains<'p, 'a>(
    project: &'p Project<'a>,
) -> impl Iterator<Item = (&'p Node<'a>, ListOp, Vec<&'a Expr>)> {
    project.nodes.iter().filter_map(move |node| {
        let op = joint(node.expr)?;
        let outer = project.parent(node).and_then(|parent| joint(parent.expr));
        (outer != Some(op)).then(|| (node, op, operands(node.expr, op)))
    })
}
