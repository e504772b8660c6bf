//! Trees as text with every parenthesis written, so that nothing depends on precedence.

use lql_syntax::ast::{Dialect, Expr, ExprKind, ListOp, Literal, Path};

/// The tree that the text of a tree has. They differ where a made tree cannot be written: after `CONTAINS`, what stands
/// in parentheses is a list.
pub fn reread(tree: &Expr) -> Expr {
    let text = expression(tree);
    let (tree, findings) = lql_syntax::parse_expression(&text, Dialect::Lql);
    assert!(!findings.iter().any(lql_syntax::Diagnostic::is_error), "{text}: {findings:?}");
    tree
}

/// An expression as text. Good for both dialects: names in backquotes, texts in double quotes.
pub fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(literal) => self::literal(literal),
        ExprKind::Field(field) => match field.path {
            Path::Whole => format!("`{}`", field.text),
            Path::Entry { at } => {
                let (map, entry) = field.text.split_at(at as usize);
                format!("`{map}`.`{}`", &entry[1..])
            }
        },
        ExprKind::Call { name, args } => format!("{}({})", name.text, joined(args)),
        ExprKind::Cast { value, kind } => format!("cast({} AS {})", expression(value), kind.text),
        ExprKind::Not(a) => format!("(NOT {})", expression(a)),
        ExprKind::Negate(a) => format!("(- {})", expression(a)),
        ExprKind::Exists(a) => format!("(EXISTS {})", expression(a)),
        ExprKind::Binary { op, left, right, .. } => {
            format!("({} {} {})", expression(left), op.text(), expression(right))
        }
        ExprKind::Between { value, low, high } => {
            format!("({} BETWEEN {} AND {})", expression(value), expression(low), expression(high))
        }
        ExprKind::List { op: ListOp::And, items } => format!("AND ({})", joined(items)),
        ExprKind::List { op: ListOp::Or, items } => format!("OR ({})", joined(items)),
        ExprKind::Set { items, square: true } => format!("[{}]", joined(items)),
        ExprKind::Set { items, square: false } => format!("({})", joined(items)),
        ExprKind::Include(name) => format!("INCLUDE {}", name.text),
        ExprKind::IfElse { condition, then, otherwise } => {
            format!("({} IF {} ELSE {})", expression(then), expression(condition), expression(otherwise))
        }
        ExprKind::Guarded { value, condition } => {
            format!("{} IF {}", expression(value), expression(condition))
        }
        ExprKind::Star => "*".into(),
        ExprKind::Broken => panic!("broken trees are not generated"),
    }
}

fn joined(items: &[Expr]) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(", ")
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".into(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::Int(int) => int.to_string(),
        Literal::Number(number) => format!("{number:?}"),
        Literal::Text(text) => format!("\"{}\"", text.replace('"', "\"\"")),
    }
}
