//! Edits of texts, as fixes of rules make them.

use super::project::{Node, Project};
use lql_syntax::ast::{Dialect, Expr, ExprKind, Literal};
use lql_syntax::{Diagnostic, Edit, Fix, Safety, Span, print_expr};

/// A text as a literal.
pub(super) fn quote(text: &str) -> String {
    let literal = Expr::new(ExprKind::Literal(Literal::Text(text.to_owned())), Span::default());
    print_expr(&literal, Dialect::Lql)
}

/// The question whether an expression has a value. Before anything but a name, `EXISTS` would read a part of it only.
pub(super) fn exists(project: &Project<'_>, file: u32, expr: &Expr) -> String {
    let written = project.written(file, expr.span);
    match expr.kind {
        ExprKind::Field(_) => format!("EXISTS {written}"),
        _ => format!("exists({written})"),
    }
}

/// An expression as the operand of a comparison: in brackets where it would fall apart. Its span leaves out its own.
pub(super) fn operand(project: &Project<'_>, file: u32, expr: &Expr) -> String {
    let written = project.written(file, expr.span);
    match expr.kind {
        ExprKind::Literal(_) | ExprKind::Field(_) | ExprKind::Call { .. } | ExprKind::Cast { .. } => {
            written.to_owned()
        }
        _ => format!("({written})"),
    }
}

/// An expression in the place of another: in brackets where it is an operand.
pub(super) fn in_place(project: &Project<'_>, node: &Node<'_>, text: &str) -> String {
    let is_operand = project.parent(node).is_some_and(|parent| {
        !matches!(parent.expr.kind, ExprKind::Call { .. } | ExprKind::List { .. } | ExprKind::Set { .. })
    });
    if is_operand { format!("({text})") } else { text.to_owned() }
}

/// Adds a fix of several edits, given in order of place.
pub(super) fn fix(
    mut finding: Diagnostic,
    title: impl Into<String>,
    safety: Safety,
    edits: impl IntoIterator<Item = (u32, Span, String)>,
) -> Diagnostic {
    let edits = edits.into_iter().map(|(file, span, text)| Edit { file, span, text }).collect();
    finding.fixes.push(Fix { title: title.into(), safety, edits });
    finding
}

/// Adds a fix that puts text around a place.
pub(super) fn wrap(
    finding: Diagnostic,
    title: impl Into<String>,
    safety: Safety,
    span: Span,
    [before, after]: [&str; 2],
) -> Diagnostic {
    let file = finding.primary.file;
    let edits =
        [(file, Span::at(span.start), before.to_owned()), (file, Span::at(span.end), after.to_owned())];
    fix(finding, title, safety, edits)
}

/// What goes when an operand or item goes: it, and what joins it to the one before. `None` where brackets or comments
/// stand in between.
pub(super) fn removal(project: &Project<'_>, file: u32, before: &Expr, item: &Expr) -> Option<Span> {
    let between = project.written(file, Span::new(before.span.end, item.span.start));
    let joint = between.trim().to_ascii_lowercase();
    let joins = matches!(joint.as_str(), "and" | "or" | "&&" | "||" | "," | "");
    (joins && before.span.end <= item.span.start).then(|| Span::new(before.span.end, item.span.end))
}

/// What goes when one of several columns goes, with a comma. `None` where comments would be lost.
pub(super) fn column_removal(project: &Project<'_>, file: u32, before: Span, column: Span) -> Option<Span> {
    let span = Span::new(before.end, column.end);
    let lost = project
        .tokens(file)
        .iter()
        .any(|token| token.kind.is_comment() && span.start <= token.span.start && token.span.end <= span.end);
    (!lost && before.end <= column.start).then_some(span)
}
