use super::super::project::{Project, comparison};
use super::super::text::{exists, in_place};
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, ExprKind, Literal};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "null-comparison",
    entry: CodeEntry {
        code: Code(623),
        title: "comparison with NULL",
        explanation: "A key without value is absent, and nothing is equal to what is absent: `x == NULL` is never true of it, and \
            `x != NULL` is true of a missing `x`. EXISTS and IS NULL ask whether there is a value.",
        wrong: "FILTER email != NULL ALIAS reachable",
        right: "FILTER EXISTS email ALIAS reachable",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let Some(sides) = comparison(node.expr) else { continue };
        if !matches!(sides.right.kind, ExprKind::Literal(Literal::Null)) {
            continue;
        }
        let file = project.root(node).file;
        let exists = exists(project, file, sides.left);
        let finding =
            RULE.at(file, node.expr.span, "NULL is not equal to a missing value").label("compared with NULL");
        found.push(match sides.op {
            BinaryOp::Eq => {
                let text = format!("NOT {exists}");
                finding.fix(
                    format!("write `{text}`"),
                    Safety::Unsafe,
                    node.expr.span,
                    in_place(project, node, &text),
                )
            }
            BinaryOp::Ne => finding.fix(format!("write `{exists}`"), Safety::Unsafe, node.expr.span, exists),
            _ => finding.note("NULL has no order"),
        });
    }
}
