//! `a AND b AND c` as `AND ( a, b, c )`, and back.

use super::{Action, ActionKind};
use crate::ide::{Range, Snapshot, tree};
use lql_syntax::ast::{BinaryOp, Dialect, Expr, ExprKind, ListOp};
use lql_syntax::{Edit, print_expr};

pub(super) fn offer(snapshot: &Snapshot, range: Range, actions: &mut Vec<Action>) {
    let Some(parsed) = snapshot.parsed(range.file) else { return };
    let Some(statement) = tree::statement_at(parsed, range.span.start) else { return };
    let at_cursor = tree::expressions(statement).find(|(_, expr)| expr.span.touches(range.span.start));
    let Some((purpose, root)) = at_cursor else { return };
    if matches!(purpose, tree::Purpose::Value(_)) {
        return;
    }
    // The two forms differ in what they make of missing values, but not in when they are true. So only conditions that
    // are asked for truth alone may change: the whole one, and the parts of ANDs and ORs.
    let path = tree::expressions_at(statement, range.span.start);
    let logical = path.iter().take_while(|expr| std::ptr::eq(**expr, root) || operator(expr).is_some());
    let mut rewritten: Option<(&Expr, &str, String)> = None;
    let mut outer: Option<ListOp> = None;
    for expr in logical {
        let Some(op) = operator(expr) else { break };
        match &expr.kind {
            ExprKind::List { items, .. } if items.len() > 1 => {
                rewritten = Some((expr, infix_title(op), infix(op, items, parsed.dialect, outer)));
                outer = Some(op);
            }
            // Of a chain, the whole counts.
            ExprKind::Binary { .. } if outer != Some(op) || rewritten.is_none() => {
                let items: Vec<String> =
                    chain(op, expr).into_iter().map(|it| print_expr(it, parsed.dialect)).collect();
                rewritten = Some((expr, list_title(op), format!("{} ( {} )", word(op), items.join(", "))));
                outer = Some(op);
            }
            _ => {}
        }
    }
    let Some((expr, title, text)) = rewritten else { return };
    let own = snapshot.text(range.file).map_or("", |text| expr.span.of(text));
    // Comments would be lost.
    let has_comments = lql_syntax::lex(own).iter().any(|token| token.kind.is_comment());
    let reads = lql_syntax::parse_expression(&text, parsed.dialect).1.is_empty();
    if !has_comments && reads {
        let edit = Edit { file: range.file, span: expr.span, text };
        actions.push(Action::new(ActionKind::Rewrite, title, vec![edit]));
    }
}

fn operator(expr: &Expr) -> Option<ListOp> {
    match &expr.kind {
        ExprKind::List { op, .. } => Some(*op),
        ExprKind::Binary { op: BinaryOp::And, .. } => Some(ListOp::And),
        ExprKind::Binary { op: BinaryOp::Or, .. } => Some(ListOp::Or),
        _ => None,
    }
}

fn word(op: ListOp) -> &'static str {
    match op {
        ListOp::And => "AND",
        ListOp::Or => "OR",
    }
}

fn list_title(op: ListOp) -> &'static str {
    match op {
        ListOp::And => "Write as a list: AND ( … )",
        ListOp::Or => "Write as a list: OR ( … )",
    }
}

fn infix_title(op: ListOp) -> &'static str {
    match op {
        ListOp::And => "Write with AND between",
        ListOp::Or => "Write with OR between",
    }
}

/// The operands of `a AND b AND c`.
fn chain(op: ListOp, expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Binary { left, right, .. } if operator(expr) == Some(op) => {
            let mut all = chain(op, left);
            all.extend(chain(op, right));
            all
        }
        _ => vec![expr],
    }
}

/// The items with the operator between; those that bind looser in brackets, and the whole, where it is an operand.
fn infix(op: ListOp, items: &[Expr], dialect: Dialect, outer: Option<ListOp>) -> String {
    let item = |expr: &Expr| {
        let printed = print_expr(expr, dialect);
        let loose = matches!(expr.kind, ExprKind::IfElse { .. })
            || op == ListOp::And && matches!(expr.kind, ExprKind::Binary { op: BinaryOp::Or, .. });
        if loose { format!("({printed})") } else { printed }
    };
    let joined = items.iter().map(item).collect::<Vec<_>>().join(&format!(" {} ", word(op)));
    // Inside a chain or a list of the other operator it must stay one operand.
    if outer.is_some() { format!("({joined})") } else { joined }
}
