use super::super::project::{Node, Project, Role, call, comparison, is_literal, operands, spelt};
use super::super::text::exists;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind, ListOp, Literal};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};

pub(super) static RULE: Rule = Rule {
    name: "not-equal-missing",
    entry: CodeEntry {
        code: Code(609),
        title: "`!=` that passes a missing value",
        explanation: "`country != \"Norway\"` is true for everyone without a country. In an audience, and in the guard of a counter, that is \
            often more than was meant. Say what is meant beside it: `EXISTS country`, or `NOT EXISTS country OR …`.",
        wrong: "FILTER country != \"Norway\" ALIAS abroad",
        right: "FILTER AND ( EXISTS country, country != \"Norway\" ) ALIAS abroad",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in project.nodes.iter().filter(|node| node.condition) {
        let root = project.root(node);
        // A guard of a plain column merely lets a value through; one of a counter counts.
        let counts = root.column.is_some_and(|(_, tree)| {
            call(&tree.expr).is_some_and(|(function, _)| matches!(function, "count" | "sum" | "valuect"))
        });
        if !(root.role == Role::Filter || root.role == Role::Guard && counts) {
            continue;
        }
        let Some(sides) = comparison(node.expr).filter(|sides| sides.op == BinaryOp::Ne) else { continue };
        let is_null = matches!(sides.right.kind, ExprKind::Literal(Literal::Null));
        if is_null
            || !is_literal(sides.right)
            || is_literal(sides.left)
            || is_asked(project, node, sides.left)
        {
            continue;
        }
        let subject = project.written(root.file, sides.left.span);
        let exists = exists(project, root.file, sides.left);
        let finding = RULE
            .at(root.file, node.expr.span, format!("this is also true where `{subject}` has no value"))
            .label("passes a missing value")
            .note(format!("beside `{exists}` or `NOT {exists}` it is plain what is meant"));
        let at = Span::at(node.expr.span.start);
        found.push(finding.fix("ask for a value", Safety::Unsafe, at, format!("{exists} AND ")));
    }
}

/// Whether the conditions around say something about a missing value.
fn is_asked(project: &Project<'_>, node: &Node<'_>, subject: &Expr) -> bool {
    let subject = spelt(subject);
    let speaks = |expr: &Expr| match &expr.kind {
        ExprKind::Exists(operand) => spelt(operand) == subject,
        ExprKind::Not(inner) => matches!(&inner.kind, ExprKind::Exists(operand) if spelt(operand) == subject),
        ExprKind::Call { args, .. } => {
            call(expr).is_some_and(|(function, _)| {
                matches!(function, "exists" | "contains" | "hasprefix" | "hassuffix")
            }) && args.iter().any(|arg| spelt(arg) == subject)
        }
        // None of these is true of a missing value.
        ExprKind::Between { value, .. } => spelt(value) == subject,
        ExprKind::Binary {
            op: BinaryOp::In | BinaryOp::Like | BinaryOp::Contains | BinaryOp::Intersects,
            left,
            ..
        } => spelt(left) == subject,
        _ => comparison(expr).is_some_and(|sides| sides.op != BinaryOp::Ne && spelt(sides.left) == subject),
    };
    // `x != 1 OR x != 2` is worse, and another rule's business.
    let other = |expr: &Expr| {
        !std::ptr::eq(expr, node.expr) && comparison(expr).is_some_and(|sides| spelt(sides.left) == subject)
    };
    let mut around = Some(node);
    while let Some(inner) = around {
        let ways = operands(inner.expr, ListOp::Or);
        if ways.iter().any(|way| speaks(way) || other(way))
            || operands(inner.expr, ListOp::And).into_iter().any(speaks)
        {
            return true;
        }
        around = project.parent(inner).filter(|parent| parent.condition);
    }
    false
}
