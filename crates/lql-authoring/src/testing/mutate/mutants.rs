//! Which small changes a project has: one list, from its trees.

use lql_compiler::schema::TableId;
use lql_compiler::{Checked, CheckedColumn, CheckedQuery, MergeOp, Source};
use lql_syntax::ast::{BinaryOp, Column, Dialect, Expr, ExprKind, ListOp, Literal};
use lql_syntax::{Span, print_expr};

/// One small change.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    /// File and place that it is told at.
    pub place: (u32, Span),
    /// New texts: file, place, text. They belong together.
    pub edits: Vec<(u32, Span, String)>,
    /// What is changed, in words.
    pub what: String,
    /// Whose it is.
    pub owner: Owner,
}

/// What a change is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Queries of these streams.
    Streams(Vec<String>),
    /// A segment.
    Segment,
}

/// Every small change of a project.
pub(super) fn mutants(checked: &Checked, sources: &[Source]) -> Vec<Mutant> {
    let mut all = Mutants { checked, sources, file: 0, owner: Owner::Segment, found: Vec::new() };
    for query in &checked.queries {
        all.file = query.file;
        all.owner = Owner::Streams(vec![query.stream.clone()]);
        all.query(query);
    }
    all.owner = Owner::Segment;
    for segment in &checked.segments {
        all.file = segment.file;
        if let Some(condition) = &segment.tree.condition {
            all.expr(condition);
        }
    }
    all.found
}

struct Mutants<'m> {
    checked: &'m Checked,
    sources: &'m [Source],
    file: u32,
    owner: Owner,
    found: Vec<Mutant>,
}

impl Mutants<'_> {
    fn query(&mut self, query: &CheckedQuery) {
        if let Some(condition) = &query.tree.condition {
            self.replace(condition.span, "true".into(), "WHERE is dropped".into());
            self.condition(condition, "WHERE");
        }
        for column in &query.columns {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            self.expr(&tree.expr);
            if let Some(guard) = &tree.guard {
                self.replace(
                    guard.span,
                    "true".into(),
                    format!("the guard of `{}` is dropped", column.field),
                );
                self.condition(guard, "the guard");
            }
            self.merging(query, column, tree);
        }
    }

    /// Another merge operator: in all columns of the field that name one, else behind the first. Told once.
    fn merging(&mut self, query: &CheckedQuery, column: &CheckedColumn, tree: &Column) {
        let schema = &self.checked.schema;
        let Some(field) = schema
            .find_table(&query.table)
            .and_then(|table| schema.field(schema.find_field(table, &column.field)?))
        else {
            return;
        };
        if field.identity {
            return;
        }
        let writers = self.writers(field.table, &column.field);
        let is_first =
            writers.first().is_some_and(|(first, it)| first.file == query.file && it.span == tree.span);
        if !is_first {
            return;
        }
        let other = opposite(field.mergeop);
        let named: Vec<(u32, Span)> =
            writers.iter().filter_map(|(query, it)| Some((query.file, it.mergeop.as_ref()?.span))).collect();
        let edits: Vec<(u32, Span, String)> = if named.is_empty() {
            vec![(query.file, Span::new(tree.span.end, tree.span.end), format!(" MERGEOP {other}"))]
        } else {
            named.iter().map(|(file, span)| (*file, *span, other.to_string())).collect()
        };
        let what = format!("`{}` of `{}` becomes `{other}`", field.mergeop, column.field);
        let place = named.first().copied().unwrap_or((query.file, Span::new(tree.span.end, tree.span.end)));
        // It is all writers' operator, whoever names it.
        let owner = Owner::Streams(writers.iter().map(|(query, _)| query.stream.clone()).collect());
        self.found.push(Mutant { place, edits, what, owner });
    }

    /// The columns that write a field, each with its query.
    fn writers(&self, table: TableId, field: &str) -> Vec<(&CheckedQuery, &Column)> {
        let queries = self.checked.queries.iter();
        let queries = queries.filter(|query| self.checked.schema.find_table(&query.table) == Some(table));
        let columns = queries.flat_map(|query| {
            let of_field = query.columns.iter().filter(|column| column.field == field);
            of_field.filter_map(move |column| Some((&**query, query.tree.columns.get(column.index)?)))
        });
        columns.collect()
    }

    /// A condition, the other way round.
    fn condition(&mut self, tree: &Expr, what: &str) {
        // The opposite of a comparison is found in it.
        if !matches!(tree.kind, ExprKind::Not(_) | ExprKind::Exists(_) | ExprKind::Between { .. })
            && !matches!(&tree.kind, ExprKind::Binary { op, .. } if !matches!(op, BinaryOp::And | BinaryOp::Or))
        {
            self.put(tree, ExprKind::Not(Box::new(tree.clone())), &format!("{what} is negated"));
        }
        self.expr(tree);
    }

    fn expr(&mut self, tree: &Expr) {
        match &tree.kind {
            ExprKind::Binary { op, op_span, left, right } => {
                for other in instead(*op) {
                    let kind = ExprKind::Binary {
                        op: *other,
                        op_span: *op_span,
                        left: left.clone(),
                        right: right.clone(),
                    };
                    let what = format!("{} becomes {}", op.text(), other.text());
                    self.put_at(*op_span, tree, kind, &what);
                }
                if instead(*op).is_empty() {
                    let kind = ExprKind::Not(Box::new(tree.clone()));
                    self.put_at(*op_span, tree, kind, &format!("{0} becomes NOT {0}", op.text()));
                }
            }
            ExprKind::Between { .. } => {
                self.put(tree, ExprKind::Not(Box::new(tree.clone())), "BETWEEN becomes NOT BETWEEN");
            }
            ExprKind::Not(inner) => self.put(tree, inner.kind.clone(), "NOT is dropped"),
            ExprKind::Exists(_) => {
                self.put(tree, ExprKind::Not(Box::new(tree.clone())), "EXISTS becomes NOT EXISTS");
            }
            ExprKind::List { op, items } => {
                let (other, what) = match op {
                    ListOp::And => (ListOp::Or, "AND becomes OR"),
                    ListOp::Or => (ListOp::And, "OR becomes AND"),
                };
                self.put(tree, ExprKind::List { op: other, items: items.clone() }, what);
            }
            ExprKind::IfElse { condition, then, otherwise } => {
                self.expr(then);
                self.condition(condition, "the condition");
                return self.expr(otherwise);
            }
            ExprKind::Guarded { value, condition } => {
                self.expr(value);
                return self.condition(condition, "the condition");
            }
            ExprKind::Literal(literal) => {
                if let Some(other) = other_literal(literal) {
                    let kind = ExprKind::Literal(other);
                    let text = self.print(&Expr::new(kind, tree.span));
                    let what = format!("{} becomes {text}", self.print(tree));
                    self.replace(tree.span, text, what);
                }
            }
            ExprKind::Call { name, .. } => {
                if let Some(other) = other_aggregate(&name.text) {
                    let what = format!("`{}` becomes `{other}`", name.text);
                    self.replace(name.span, other.into(), what);
                }
            }
            _ => {}
        }
        let mut children = Vec::new();
        tree.children(|child| children.push(child));
        children.into_iter().for_each(|child| self.expr(child));
    }

    fn put(&mut self, tree: &Expr, kind: ExprKind, what: &str) {
        self.put_at(tree.span, tree, kind, what);
    }

    /// Another expression in the place of one; told at `at`. The parentheses keep it one operand of what is around it.
    fn put_at(&mut self, at: Span, tree: &Expr, kind: ExprKind, what: &str) {
        let is_whole = matches!(
            kind,
            ExprKind::List { .. } | ExprKind::Literal(_) | ExprKind::Field(_) | ExprKind::Call { .. }
        );
        let text = self.print(&Expr::new(kind, tree.span));
        let text = if is_whole { text } else { format!("({text})") };
        let (file, owner) = (self.file, self.owner.clone());
        self.found.push(Mutant {
            place: (file, at),
            edits: vec![(file, tree.span, text)],
            what: what.into(),
            owner,
        });
    }

    fn replace(&mut self, span: Span, text: String, what: String) {
        let (file, owner) = (self.file, self.owner.clone());
        self.found.push(Mutant { place: (file, span), edits: vec![(file, span, text)], what, owner });
    }

    fn print(&self, tree: &Expr) -> String {
        let dialect = self.sources.get(self.file as usize).map_or(Dialect::Lql, |source| source.dialect);
        print_expr(tree, dialect)
    }
}

/// The operators that an operator becomes; none if it is negated instead.
fn instead(op: BinaryOp) -> &'static [BinaryOp] {
    match op {
        BinaryOp::And => &[BinaryOp::Or],
        BinaryOp::Or => &[BinaryOp::And],
        BinaryOp::Eq => &[BinaryOp::Ne],
        BinaryOp::Ne => &[BinaryOp::Eq],
        BinaryOp::Gt => &[BinaryOp::Ge, BinaryOp::Le],
        BinaryOp::Ge => &[BinaryOp::Gt, BinaryOp::Lt],
        BinaryOp::Lt => &[BinaryOp::Le, BinaryOp::Ge],
        BinaryOp::Le => &[BinaryOp::Lt, BinaryOp::Gt],
        BinaryOp::Add => &[BinaryOp::Sub],
        BinaryOp::Sub => &[BinaryOp::Add],
        BinaryOp::Mul => &[BinaryOp::Div],
        BinaryOp::Div | BinaryOp::Rem => &[BinaryOp::Mul],
        BinaryOp::In | BinaryOp::Like | BinaryOp::Contains | BinaryOp::Intersects => &[],
    }
}

/// What a merge operator becomes: what is most unlike it and fits the same kinds.
fn opposite(op: MergeOp) -> MergeOp {
    match op {
        MergeOp::Latest => MergeOp::Oldest,
        MergeOp::Oldest | MergeOp::Merge | MergeOp::Capped | MergeOp::Count | MergeOp::Sum => MergeOp::Latest,
        MergeOp::Min => MergeOp::Max,
        MergeOp::Max => MergeOp::Min,
        MergeOp::LatestMap => MergeOp::OldestMap,
        MergeOp::OldestMap => MergeOp::LatestMap,
        MergeOp::MapMax => MergeOp::MapMin,
        MergeOp::MapMin => MergeOp::MapMax,
    }
}

/// What an aggregate becomes.
fn other_aggregate(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "sum" | "min" | "avg" => "max",
        "max" => "min",
        _ => return None,
    })
}

fn other_literal(literal: &Literal) -> Option<Literal> {
    Some(match literal {
        Literal::Null => return None,
        Literal::Bool(flag) => Literal::Bool(!flag),
        Literal::Int(int) => Literal::Int(int.checked_add(1)?),
        Literal::Number(number) => Literal::Number(number + 1.0),
        Literal::Text(text) => Literal::Text(other_distance(text).unwrap_or_else(|| format!("{text}~"))),
    })
}

/// Of date math, twice the distance: `now-90d` becomes `now-180d`.
fn other_distance(text: &str) -> Option<String> {
    let rest = text.strip_prefix("now")?;
    let digits = rest.find(|c: char| c.is_ascii_digit())?;
    let (sign, rest) = rest.split_at(digits);
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = rest.split_at(end);
    let number: u64 = number.parse().ok()?;
    Some(format!("now{sign}{}{unit}", number.checked_mul(2)?))
}
