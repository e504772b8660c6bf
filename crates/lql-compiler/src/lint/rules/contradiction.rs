use super::super::project::{Project, chains, same, spelt};
use super::super::range::{Test, test};
use super::super::{Find, Rule};
use crate::lint::project::is_settled;
use lql_syntax::ast::{Expr, ExprKind, ListOp};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::HashMap;

pub(super) static RULE: Rule = Rule {
    name: "contradiction",
    entry: CodeEntry {
        code: Code(611),
        title: "conditions that contradict each other",
        explanation: "Both conditions have to be true, and no value makes them so. Often OR was meant, or one of the signs is turned \
            round. BETWEEN leaves out both ends.",
        wrong: "FILTER plan = \"pro\" AND plan = \"team\" ALIAS paying",
        right: "FILTER plan IN (\"pro\", \"team\") ALIAS paying",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, op, operands) in chains(project) {
        if op == ListOp::And {
            let file = project.root(node).file;
            found.extend(contradiction(project, file, &operands));
        }
    }
    for node in &project.nodes {
        let file = project.root(node).file;
        if let ExprKind::Between { .. } = &node.expr.kind
            && test(node.expr, |expr| project.kind(file, expr)).is_some_and(|test| test.is_empty())
        {
            found.push(
                RULE.at(file, node.expr.span, "nothing lies between these two")
                    .label("never true")
                    .note("BETWEEN takes the smaller value first and leaves out both ends"),
            );
        }
    }
}

/// The first two operands that exclude each other.
fn contradiction(project: &Project<'_>, file: u32, operands: &[&Expr]) -> Option<Diagnostic> {
    let tests: Vec<Test<'_>> =
        operands.iter().filter_map(|operand| test(operand, |expr| project.kind(file, expr))).collect();
    let mut by_subject: HashMap<&str, Vec<&Test<'_>>> = HashMap::new();
    for later in &tests {
        let known = by_subject.entry(&later.subject).or_default();
        if is_settled(later.operand)
            && let Some(earlier) = known.iter().find(|earlier| earlier.excludes(later))
        {
            let title = format!("`{}` cannot be both {} and {}", later.subject, rest(earlier), rest(later));
            return Some(RULE.at(file, later.expr.span, title).label("never true together").also(
                file,
                earlier.expr.span,
                "with this",
            ));
        }
        known.push(later);
    }
    // `c AND NOT c`; conditions in a row are few.
    let negated = operands.iter().find_map(|operand| match &operand.kind {
        ExprKind::Not(inner) => {
            let asserted = operands.iter().find(|other| same(other, inner))?;
            Some((*operand, *asserted))
        }
        _ => None,
    });
    negated.map(|(denial, assertion)| {
        RULE.at(file, denial.span, "a condition and its contrary are asked for together")
            .label("never true together")
            .also(file, assertion.span, "with this")
    })
}

/// A condition without its subject: `> 5`.
fn rest(test: &Test<'_>) -> String {
    let whole = spelt(test.expr);
    match whole.strip_prefix(test.subject.as_str()) {
        Some(rest) => format!("`{}`", rest.trim_start()),
        None => format!("`{whole}`"),
    }
}
