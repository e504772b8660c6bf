use super::super::project::{Project, call, operands, same};
use super::super::range::test;
use super::super::{Find, Rule};
use lql_syntax::ast::{Expr, ExprKind, ListOp, Literal};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "unreachable-arm",
    entry: CodeEntry {
        code: Code(610),
        title: "arm that is never reached",
        explanation: "The first arm whose condition is true gives the value. Everything that this condition lets through has been taken by \
            an earlier arm, so the arm is dead. Put the narrower condition first.",
        wrong: "SELECT email(m) AS email, ifcase(\"some\" IF spend > 5, \"much\" IF spend > 50, \"none\") AS size FROM web INTO user BY \
            email ALIAS a",
        right: "SELECT email(m) AS email, ifcase(\"much\" IF spend > 50, \"some\" IF spend > 5, \"none\") AS size FROM web INTO user BY \
            email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        let inside_chain = project
            .parent(node)
            .is_some_and(|parent| matches!(&parent.expr.kind, ExprKind::IfElse { otherwise, .. } if std::ptr::eq(&raw const **otherwise, node.expr)));
        let conditions = conditions(node.expr);
        if inside_chain || conditions.len() < 2 {
            continue;
        }
        for (at, later) in conditions.iter().enumerate() {
            let earlier = conditions.iter().take(at).find(|earlier| covers(project, file, earlier, later));
            if let Some(earlier) = earlier {
                found.push(
                    RULE.at(file, later.span, "this arm is never reached")
                        .label("whatever passes here")
                        .also(file, earlier.span, "has passed here before"),
                );
            }
        }
    }
}

/// The conditions of the arms of `ifcase`, or of a chain of IF … ELSE, in the order in which they are asked.
fn conditions(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call { .. } => match call(expr) {
            Some(("ifcase", arms)) => arms
                .iter()
                .filter_map(|arm| match &arm.kind {
                    ExprKind::Guarded { condition, .. } => Some(&**condition),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        },
        ExprKind::IfElse { condition, otherwise, .. } => {
            let mut all = vec![&**condition];
            let mut rest = &**otherwise;
            while let ExprKind::IfElse { condition, otherwise, .. } = &rest.kind {
                all.push(condition);
                rest = otherwise;
            }
            all
        }
        _ => Vec::new(),
    }
}

/// Whether everything that passes `later` passes `earlier`.
fn covers(project: &Project<'_>, file: u32, earlier: &Expr, later: &Expr) -> bool {
    if matches!(earlier.kind, ExprKind::Literal(Literal::Bool(true))) {
        return true;
    }
    // One way through the earlier one that takes in one of the demands of the later one is enough.
    let kind = |expr: &Expr| project.kind(file, expr);
    operands(earlier, ListOp::Or).iter().any(|way| {
        let way_test = test(way, kind);
        operands(later, ListOp::And).iter().any(|demand| {
            same(way, demand)
                || way_test
                    .as_ref()
                    .zip(test(demand, kind))
                    .is_some_and(|(way, demand)| way.subject == demand.subject && way.covers(&demand))
        })
    })
}
