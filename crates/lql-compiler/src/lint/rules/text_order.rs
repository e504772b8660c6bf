use super::super::names;
use super::super::project::{Project, comparison, field, orders, text_of};
use super::super::text::wrap;
use super::super::{Find, Rule};
use crate::{Kind, Time, convert, dates};
use lql_syntax::ast::{Dialect, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "text-order",
    entry: CodeEntry {
        code: Code(601),
        title: "two texts compared by order",
        explanation: "`<`, `<=`, `>`, `>=` and BETWEEN know numbers and dates. Two texts have no order, so the comparison never has a \
            value: `\"10\" > \"9\"` is not true, and `born > \"1990-01-01\"` is not either while `born` is a text, as every key of a CSV \
            file or a form is. Compare with a number, or read the text with `todate` or `tonumber` first.",
        wrong: "SELECT email(m) AS email, plan AS plan IF born > \"1990-01-01\" FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF todate(born) > \"1990-01-01\" FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let root = project.root(node);
        let file = root.file;
        // A plain key of an event is a text, unless the event is JSON with a number there.
        let is_text = |expr: &Expr| match project.kind(file, expr) {
            Kind::Text => true,
            Kind::Dynamic => root.dialect == Dialect::Lql && field(expr).is_some(),
            _ => false,
        };
        if let Some(sides) = comparison(node.expr).filter(|sides| orders(sides.op)) {
            if is_text(sides.left) && is_text(sides.right) {
                let certain =
                    [sides.left, sides.right].iter().all(|side| project.kind(file, side) == Kind::Text);
                found.push(finding(file, node.expr, sides.left, sides.right, certain));
            }
        } else if let ExprKind::Between { value, low, high } = &node.expr.kind
            && is_text(value)
            && (is_text(low) || is_text(high))
        {
            let certain = project.kind(file, value) == Kind::Text;
            found.push(finding(file, node.expr, value, low, certain));
        }
    }
}

fn finding(file: u32, whole: &Expr, left: &Expr, right: &Expr, certain: bool) -> Diagnostic {
    let title = if certain {
        "two texts have no order, so this is never true"
    } else {
        "two texts have no order, and a key is a text unless JSON says otherwise"
    };
    let finding = RULE.at(file, whole.span, title).label("compares text with text");
    match text_of(right) {
        Some(text) if convert::parse_number(text).is_some() => {
            let number = text.trim().to_owned();
            let is_plain = number.parse::<i64>().is_ok_and(|int| int.to_string() == number)
                || number.parse::<f64>().is_ok_and(|float| float.to_string() == number);
            let finding = finding.note("a number stands without quotes");
            match &whole.kind {
                ExprKind::Binary { .. } if is_plain => {
                    finding.fix(format!("write `{number}`"), Safety::Unsafe, right.span, number)
                }
                _ => finding,
            }
        }
        Some(text) if dates::parse(text, Time::default()).is_some() => wrap(
            finding.note("`todate` makes a date of a text"),
            "read it as a date",
            Safety::Unsafe,
            left.span,
            ["todate(", ")"],
        ),
        _ => {
            let dates = |expr: &Expr| {
                field(expr)
                    .is_some_and(|field| names::says(&field.text, &["date", "time", "at", "on", "day"]))
            };
            let function = if dates(left) || dates(right) { "todate" } else { "tonumber" };
            finding.note(format!("`{function}` on both sides makes values that have an order"))
        }
    }
}
