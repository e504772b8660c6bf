use super::super::project::{Project, same};
use super::super::text::in_place;
use super::super::{Find, Rule};
use lql_syntax::ast::{Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "equal-branches",
    entry: CodeEntry {
        code: Code(614),
        title: "choice between equal values",
        explanation: "Whatever the condition says, the value is the same. One of the values was probably copied and not changed.",
        wrong: "SELECT email(m) AS email, \"member\" IF EXISTS joined ELSE \"member\" AS state FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, \"member\" IF EXISTS joined ELSE \"guest\" AS state FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        let values: Vec<&Expr> = match &node.expr.kind {
            ExprKind::IfElse { then, otherwise, .. } => vec![then, otherwise],
            ExprKind::Call { args, .. } if node.function == Some("ifcase") => args
                .iter()
                .map(|arm| match &arm.kind {
                    ExprKind::Guarded { value, .. } => value,
                    _ => arm,
                })
                .collect(),
            _ => continue,
        };
        let Some((first, rest)) = values.split_first() else { continue };
        if rest.is_empty() || !rest.iter().all(|value| same(first, value)) {
            continue;
        }
        // Without a default an arm may be missing, and so may the value.
        let has_default = !matches!(
            &node.expr.kind,
            ExprKind::Call { args, .. } if args.last().is_some_and(|arm| matches!(arm.kind, ExprKind::Guarded { .. }))
        );
        let finding =
            RULE.at(file, node.expr.span, "this choice is between equal values").label("the same either way");
        found.push(if has_default && project.may_change(node) {
            let value = in_place(project, node, project.written(file, first.span));
            finding.replace("keep the value", node.expr.span, value)
        } else {
            finding
        });
    }
}
