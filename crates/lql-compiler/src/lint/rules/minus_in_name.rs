use super::super::project::{Project, field};
use super::super::text::in_place;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::cell::LazyCell;
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "minus-in-name",
    entry: CodeEntry {
        code: Code(605),
        title: "minus or slash read as part of a name",
        explanation: "`-` and `/` may stand in names, so `total-tax` is one name. Subtraction and division need blanks: `total - tax`. A \
            key that is really called so is clearer in backquotes: `` `total-tax` ``.",
        wrong: "SELECT email(m) AS email, sum(total-tax) AS net FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, sum(total - tax) AS net FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // Streams and the keys read from them; of filters, the fields. Few projects have such names at all.
    let known: LazyCell<HashSet<(&str, &str)>, _> = LazyCell::new(|| {
        let keys = project.nodes.iter().filter_map(|node| {
            let stream = project.root(node).query.map_or("", |query| query.stream.as_str());
            Some((stream, field(node.expr)?.text.as_str()))
        });
        keys.collect()
    });
    for node in &project.nodes {
        let Some(key) = field(node.expr).filter(|key| key.text.contains(['-', '/'])) else { continue };
        let root = project.root(node);
        let written = project.written(root.file, node.expr.span);
        let stream = root.query.map_or("", |query| query.stream.as_str());
        let mut parts = key.text.split(['-', '/']);
        let parts_known = parts.clone().all(|part| known.contains(&(stream, part)));
        let names = parts.all(|part| part.starts_with(|c: char| c.is_alphabetic() || c == '_'));
        if written != key.text || !names || !(parts_known || calculates(project, node)) {
            continue;
        }
        let apart = written.replace('-', " - ").replace('/', " / ");
        // An argument ends where it ends; an operand needs brackets.
        let alone =
            project.parent(node).is_none_or(|parent| matches!(parent.expr.kind, ExprKind::Call { .. }));
        let text = if alone { apart.clone() } else { in_place(project, node, &apart) };
        found.push(
            RULE.at(root.file, node.expr.span, format!("`{written}` is one name here, not a calculation"))
                .label("`-` and `/` may stand in names")
                .note(format!("if the key has this name, write it in backquotes: `` `{written}` ``"))
                .fix(format!("write `{apart}`"), Safety::Unsafe, node.expr.span, text),
        );
    }
}

/// Whether the place asks for a number.
fn calculates(project: &Project<'_>, node: &super::super::project::Node<'_>) -> bool {
    project.parent(node).is_some_and(|parent| match &parent.expr.kind {
        ExprKind::Binary { op, .. } => {
            matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem)
        }
        ExprKind::Call { .. } => matches!(parent.function, Some("sum" | "avg")),
        _ => false,
    })
}
