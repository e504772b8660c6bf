use super::super::project::{Project, comparison, is_literal, same};
use super::super::text::exists;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "self-comparison",
    entry: CodeEntry {
        code: Code(615),
        title: "value compared with itself",
        explanation: "Both sides are the same, so the outcome tells nothing but whether there is a value, which EXISTS says plainly. \
            Probably one side should be another key.",
        wrong: "FILTER billing_city == billing_city ALIAS same_city",
        right: "FILTER billing_city == delivery_city ALIAS same_city",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let ExprKind::Binary { op, left, right, .. } = &node.expr.kind else { continue };
        let compares = comparison(node.expr).is_some()
            || matches!(op, BinaryOp::Sub | BinaryOp::Div | BinaryOp::Like | BinaryOp::Contains);
        if !compares || is_literal(left) || !same(left, right) {
            continue;
        }
        let file = project.root(node).file;
        let mut finding =
            RULE.at(file, node.expr.span, "both sides are the same").label("compared with itself");
        if *op == BinaryOp::Eq {
            let exists = exists(project, file, left);
            finding = finding.fix("ask whether there is a value", Safety::Unsafe, node.expr.span, exists);
        }
        found.push(finding);
    }
}
