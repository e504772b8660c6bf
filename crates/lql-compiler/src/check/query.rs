//! Checks of one mapping statement.

use super::expr::{ExprChecker, Place, Scene, article};
use super::names::default_name;
use crate::catalog::{self, Prepared};
use crate::suggest::{choice, nearest};
use crate::{KINDS, Kind, MERGE_OPS, MergeOp, SYSTEM_KINDS, codes};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Name, Query};
use lql_syntax::{Diagnostic, Safety, Span};
use std::sync::{Arc, OnceLock};

/// A mapping statement with names and kinds.
#[derive(Clone, Debug)]
pub struct CheckedQuery {
    /// Index of its source.
    pub file: u32,
    /// The tree.
    pub tree: Arc<Query>,
    /// Its alias; empty when it is missing.
    pub alias: String,
    /// The stream it reads; empty when it is missing.
    pub stream: String,
    /// The table it writes, lower case; empty when it is missing.
    pub table: String,
    /// Its columns.
    pub columns: Vec<CheckedColumn>,
    /// What it writes, spelt the same for the same: kept for the rule that compares queries, once it has asked.
    pub(crate) contents: Arc<OnceLock<Vec<String>>>,
}

/// A column with its name and kind.
#[derive(Clone, Debug)]
pub struct CheckedColumn {
    /// Index of its tree in the query.
    pub index: usize,
    /// The field it writes.
    pub field: String,
    /// Where the name stands, or the expression if the name is a default.
    pub name_span: Span,
    /// Whether the field is named in BY.
    pub identity: bool,
    /// The kind of the expression.
    pub expr_kind: Kind,
    /// The kind of the field: declared, else taken from a column of the field that declares it, else inferred.
    pub kind: Kind,
    /// How `kind` came about, and where.
    pub kind_origin: Origin,
    /// The merge operator: declared, else implied by an aggregate.
    pub mergeop: Option<MergeOp>,
    /// Where `MERGEOP` or the aggregate stands.
    pub mergeop_span: Span,
    /// Most elements that stay, from `cap(x, n)`.
    pub capacity: Option<u32>,
    /// Days that elements stay, from `cap(x, "30d")`.
    pub keep_days: Option<u32>,
}

/// How a column's kind came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `KIND …` at this place.
    Declared(Span),
    /// From the expression.
    Inferred,
    /// Nothing is known, as of a plain key: text, unless another column declares the field's kind.
    Open,
}

pub(super) struct Found {
    pub(super) query: CheckedQuery,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) types: Vec<(Span, Kind)>,
}

/// Checks one mapping statement on its own.
pub(super) fn check(tree: &Query, file: u32, text: &str) -> Found {
    let scene = Scene { dialect: Dialect::Lql, fields: None, includes: false, kinds: None };
    let mut checker = ExprChecker::new(scene);
    let mut columns = Vec::new();
    if let Some(condition) = &tree.condition {
        checker.condition(condition);
    }
    for index in 0..tree.columns.len() {
        columns.extend(column(tree, index, &mut checker));
    }
    by_names(tree, &columns, &mut checker.diagnostics, text);
    let text_of = |name: &Option<Name>| name.as_ref().map_or(String::new(), |n| n.text.clone());
    let query = CheckedQuery {
        file,
        tree: Arc::new(tree.clone()),
        alias: text_of(&tree.alias).to_lowercase(),
        stream: text_of(&tree.from),
        table: text_of(&tree.into).to_lowercase(),
        columns,
        contents: Arc::default(),
    };
    let diagnostics = checker.diagnostics.into_iter().map(|d| d.moved_to(file)).collect();
    Found { query, diagnostics, types: checker.types }
}

fn column(query: &Query, index: usize, checker: &mut ExprChecker<'_>) -> Option<CheckedColumn> {
    let tree = query.columns.get(index)?;
    let expr_kind = checker.expr(&tree.expr, Place::Column);
    if let Some(guard) = &tree.guard {
        checker.condition(guard);
    }
    let diagnostics = &mut checker.diagnostics;
    let broken = matches!(tree.expr.kind, ExprKind::Broken);
    let (field, name_span) = match &tree.name {
        Some(name) => (name.text.clone(), name.span),
        None => match default_name(&tree.expr) {
            Some(name) => (name, tree.expr.span),
            None => {
                if !broken {
                    diagnostics.push(
                        Diagnostic::error(codes::NAME_NEEDED, "this column needs a name", tree.expr.span)
                            .label("no event key to take a name from")
                            .note("add `AS name` after the expression"),
                    );
                }
                return None;
            }
        },
    };
    let identity = query.by.iter().any(|by| by.text == field);
    let declared = tree.kind.as_ref().and_then(|name| Some((kind_named(name, diagnostics)?, name.span)));
    let (mut kind, kind_origin) = match declared {
        Some((kind, span)) => {
            if !broken && !castable(expr_kind, kind) {
                diagnostics.push(
                    Diagnostic::error(
                        codes::KIND_CANNOT_HOLD,
                        format!("{} cannot be kept as `{kind}`", article(expr_kind)),
                        span,
                    )
                    .label(format!("`{kind}` cannot hold it"))
                    .also(0, tree.expr.span, format!("this gives {}", article(expr_kind)))
                    .note("leave KIND out to keep the expression's own kind"),
                );
            }
            (kind, Origin::Declared(span))
        }
        None => match expr_kind {
            Kind::Dynamic => (Kind::Text, Origin::Open),
            Kind::MapValue => (Kind::MapText, Origin::Inferred),
            kind => (kind, Origin::Inferred),
        },
    };
    if identity && !matches!(kind, Kind::Text | Kind::TextSet | Kind::TimedSet) {
        match kind_origin {
            Origin::Declared(span) => diagnostics.push(
                Diagnostic::error(
                    codes::IDENTITY_KIND,
                    format!("identity field `{field}` cannot be `{kind}`"),
                    span,
                )
                .label("identity values are texts")
                .note("use `string`, or `[]string` if one profile may have several values")
                .replace("write `string`", span, "string"),
            ),
            // Without KIND the value is simply kept as text: `7` and `"7"` are one identity.
            _ => kind = Kind::Text,
        }
    }
    let function = outermost(&tree.expr);
    let aggregate = function.and_then(|f| f.aggregate);
    let (capacity, keep_days) = cap_of(&tree.expr);
    let mut mergeop = aggregate.map(|a| a.mergeop);
    let mut mergeop_span = tree.expr.span;
    if let Some(name) = &tree.mergeop {
        mergeop_span = name.span;
        mergeop = mergeop_named(name, kind, identity, &field, tree.expr.span, diagnostics).or(mergeop);
    } else if identity || mergeop.is_some_and(|op| op != MergeOp::Sum && !op.fits(kind)) {
        // The aggregate's own operator does not fit the declared kind: the kind's default holds.
        mergeop = None;
    } else if let Some(op) = mergeop
        && !op.fits(kind)
        && kind != Kind::TimeBuckets
    {
        diagnostics.push(unfit(op, kind, tree.expr.span));
    }
    Some(CheckedColumn {
        index,
        field,
        name_span,
        identity,
        expr_kind,
        kind,
        kind_origin,
        mergeop,
        mergeop_span,
        capacity,
        keep_days,
    })
}

/// The function that a column's expression calls, if it is a call.
fn outermost(expr: &Expr) -> Option<&'static catalog::Function> {
    match &expr.kind {
        ExprKind::Call { name, .. } => catalog::find(&name.text),
        _ => None,
    }
}

/// Capacity and retention from `cap(x, …)`.
fn cap_of(expr: &Expr) -> (Option<u32>, Option<u32>) {
    let ExprKind::Call { name, args } = &expr.kind else { return (None, None) };
    let Some(prepare) = catalog::find(&name.text).filter(|f| f.name == "cap").and_then(|f| f.prepare) else {
        return (None, None);
    };
    let literals: Vec<Option<String>> = args.iter().map(crate::lower::literal_text).collect();
    let borrowed: Vec<Option<&str>> = literals.iter().map(Option::as_deref).collect();
    match prepare(&borrowed) {
        Ok(Prepared::Cap(catalog::Cap::Count(count))) => (Some(count), None),
        Ok(Prepared::Cap(catalog::Cap::Days(days))) => (None, Some(days)),
        _ => (None, None),
    }
}

fn kind_named(name: &Name, diagnostics: &mut Vec<Diagnostic>) -> Option<Kind> {
    if let Some(kind) = Kind::parse(&name.text) {
        return Some(kind);
    }
    if SYSTEM_KINDS.iter().any(|kind| kind.eq_ignore_ascii_case(&name.text)) {
        diagnostics.push(
            Diagnostic::error(
                codes::SYSTEM_KIND,
                format!("kind `{}` is the system's own", name.text),
                name.span,
            )
            .label("not for mappings")
            .note("mappings write values; the system writes this kind itself"),
        );
        return None;
    }
    let near = nearest(&name.text, KINDS.iter().flat_map(|e| e.aliases.iter().copied().chain([e.name])));
    let mut finding =
        Diagnostic::error(codes::UNKNOWN_KIND, format!("unknown kind `{}`", name.text), name.span)
            .label("no kind has this name");
    if let Some(question) = choice(&near) {
        finding = finding.note(question);
    }
    let all: Vec<_> = KINDS.iter().map(|e| e.name).collect();
    finding = finding.note(format!("the kinds are {}", all.join(", ")));
    if let [one] = near[..] {
        finding = finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, one);
    }
    diagnostics.push(finding);
    None
}

fn mergeop_named(
    name: &Name,
    kind: Kind,
    identity: bool,
    field: &str,
    expr: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<MergeOp> {
    if identity {
        let clause = Span::new(name.span.start, name.span.end);
        diagnostics.push(
            Diagnostic::error(
                codes::IDENTITY_MERGEOP,
                format!("identity field `{field}` cannot have a merge operator"),
                clause,
            )
            .label("`MERGEOP` is not allowed here")
            .also(0, expr, format!("`{field}` is named in BY"))
            .note("how identity values merge is fixed; leave MERGEOP out"),
        );
        return None;
    }
    if name.text.eq_ignore_ascii_case("default") {
        return None;
    }
    let Some(op) = MergeOp::parse(&name.text) else {
        let near = nearest(&name.text, MERGE_OPS.iter().map(|e| e.name));
        let mut finding = Diagnostic::error(
            codes::UNKNOWN_MERGEOP,
            format!("unknown merge operator `{}`", name.text),
            name.span,
        )
        .label("no merge operator has this name");
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        }
        finding = finding.note(format!("for `{kind}` there are {}", fitting(kind)));
        if let [one] = near[..] {
            finding = finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, one);
        }
        diagnostics.push(finding);
        return None;
    };
    let adds_buckets = kind == Kind::TimeBuckets && op == MergeOp::Sum;
    if !op.fits(kind) && !adds_buckets {
        diagnostics.push(unfit(op, kind, name.span));
        return None;
    }
    Some(op)
}

fn unfit(op: MergeOp, kind: Kind, span: Span) -> Diagnostic {
    Diagnostic::error(codes::MERGEOP_UNFIT, format!("merge operator `{op}` does not fit kind `{kind}`"), span)
        .label(format!("not for {}", article(kind)))
        .note(format!("for `{kind}` there are {}", fitting(kind)))
}

fn fitting(kind: Kind) -> String {
    let names: Vec<_> = MergeOp::fitting(kind).map(MergeOp::name).collect();
    if names.is_empty() { "none: its values always add up".to_owned() } else { names.join(", ") }
}

/// Every BY name is a column.
fn by_names(tree: &Query, columns: &[CheckedColumn], diagnostics: &mut Vec<Diagnostic>, text: &str) {
    // A column that could not be read may be the one that is meant.
    let unreadable = columns.is_empty()
        || columns.len() < tree.columns.len()
        || tree.columns.iter().any(|c| matches!(c.expr.kind, ExprKind::Broken) && c.name.is_none());
    for by in &tree.by {
        if columns.iter().any(|c| c.field == by.text) || unreadable {
            continue;
        }
        let names = columns.iter().map(|c| c.field.as_str());
        let near = nearest(&by.text, names);
        let key_of = columns.iter().find(|c| {
            tree.columns.get(c.index).is_some_and(|t| t.expr.span.of(text).contains(by.text.as_str()))
        });
        let mut finding = Diagnostic::error(
            codes::BY_NO_COLUMN,
            format!("BY names `{}`, which is no column", by.text),
            by.span,
        )
        .label("no column has this name");
        let candidate = match (&near[..], key_of) {
            ([one], _) => Some((*one).to_owned()),
            ([], Some(column)) => {
                finding = finding.note(format!(
                    "BY takes names after AS, not event keys: `{}` is read by column `{}`",
                    by.text, column.field
                ));
                Some(column.field.clone())
            }
            _ => None,
        };
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        } else if candidate.is_none() {
            finding = finding.note(format!("add a column `… AS {}`", by.text));
        }
        if let Some(name) = candidate {
            finding = finding.fix(format!("write `{name}`"), Safety::Unsafe, by.span, name);
        }
        diagnostics.push(finding);
    }
}

/// Whether values of one kind can ever be cast to another (reference 7.2).
fn castable(from: Kind, to: Kind) -> bool {
    match (from, to) {
        (Kind::Dynamic, _) | (_, Kind::Dynamic) => true,
        (from, to) if from == to => true,
        (from, to) if from.is_map() => to.is_map() || to == Kind::Geo,
        (_, to) if to.is_map() => false,
        (Kind::TimeBuckets, _)
        | (Kind::Bool, Kind::Date | Kind::TimeSet | Kind::TimeBuckets)
        | (Kind::Date, Kind::Bool)
        | (Kind::Geo, Kind::TimeBuckets) => false,
        (from, Kind::Geo) => matches!(from, Kind::Text | Kind::TextSet),
        _ => true,
    }
}
