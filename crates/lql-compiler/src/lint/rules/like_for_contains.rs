use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::Kind;
use lql_syntax::ast::{BinaryOp, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};

pub(super) static RULE: Rule = Rule {
    name: "like-for-contains",
    entry: CodeEntry {
        code: Code(804),
        title: "pattern where CONTAINS does",
        explanation: "`LIKE \"*spring*\"` looks for a text inside another, which CONTAINS says plainly and finds faster. And it finds more: `*` stops \
            at slashes, so the pattern does not match what has a slash before or behind the text.",
        wrong: "FILTER last_campaign LIKE \"*spring*\" ALIAS spring",
        right: "FILTER last_campaign CONTAINS \"spring\" ALIAS spring",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let ExprKind::Binary { op: BinaryOp::Like, op_span, left, right } = &node.expr.kind else { continue };
        let Some((inside, crosses)) = text_of(right).and_then(inside) else { continue };
        let file = project.root(node).file;
        let quoted = quote(inside);
        let texts = matches!(project.kind(file, left), Kind::Text | Kind::TextSet);
        let safety = if crosses && texts { Safety::Safe } else { Safety::Unsafe };
        let finding = RULE
            .at(file, right.span, format!("`CONTAINS {quoted}` looks for a text inside another"))
            .label("no more than a text between stars");
        let span = Span::new(op_span.start, right.span.end);
        let negated = project.written(file, *op_span).to_ascii_uppercase().contains("NOT");
        found.push(if negated {
            finding
        } else {
            finding.fix("write CONTAINS", safety, span, format!("CONTAINS {quoted}"))
        });
    }
}

/// The text of a pattern that is a text between stars, and whether the stars cross slashes.
pub(super) fn inside(pattern: &str) -> Option<(&str, bool)> {
    let inside = pattern.strip_prefix('*')?.strip_suffix('*')?;
    let (inside, crosses) = match inside.strip_prefix('*').and_then(|inside| inside.strip_suffix('*')) {
        Some(inner) => (inner, true),
        None => (inside, false),
    };
    let plain = !inside.is_empty() && !inside.contains(['*', '%', '?', '[', '\\']);
    plain.then_some((inside, crosses))
}
