use super::super::project::{Project, call, comparison, number_of, spelt, text_of};
use super::super::{Find, Rule};
use crate::convert;
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "out-of-range",
    entry: CodeEntry {
        code: Code(627),
        title: "part of a date that cannot be",
        explanation: "`dayofweek` gives 0 (Sunday) to 6, `hourofday` 0 to 23, `hourofweek` 0 to 167, `mm` 1 to 12, and `yy` the last two \
            digits of the year: the comparison with another number is never true.",
        wrong: "SELECT email(m) AS email, count(id) AS on_sunday IF dayofweek() == 7 FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, count(id) AS on_sunday IF dayofweek() == 0 FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let (value, literals): (&Expr, Vec<&Expr>) = match &node.expr.kind {
            ExprKind::Binary { op: BinaryOp::In, left, right, .. } => match &right.kind {
                ExprKind::Set { items, .. } => (left, items.iter().collect()),
                _ => continue,
            },
            _ => match comparison(node.expr) {
                Some(sides) if matches!(sides.op, BinaryOp::Eq | BinaryOp::Ne) => {
                    (sides.left, vec![sides.right])
                }
                _ => continue,
            },
        };
        let (low, high) = match call(value) {
            Some(("dayofweek", _)) => (0.0, 6.0),
            Some(("hourofday", _)) => (0.0, 23.0),
            Some(("hourofweek", _)) => (0.0, 167.0),
            Some(("mm", _)) => (1.0, 12.0),
            Some(("yy", _)) => (0.0, 99.0),
            _ => continue,
        };
        let file = project.root(node).file;
        for literal in literals {
            let number = number_of(literal).or_else(|| convert::parse_number(text_of(literal)?));
            if number.is_some_and(|number| !(low..=high).contains(&number)) {
                found.push(
                    RULE.at(
                        file,
                        literal.span,
                        format!("`{}` is {low} to {high}, never {}", spelt(value), spelt(literal)),
                    )
                    .label("out of range"),
                );
            }
        }
    }
}
