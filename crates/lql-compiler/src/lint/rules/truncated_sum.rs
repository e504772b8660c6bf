use super::super::names;
use super::super::project::{Project, call, field};
use super::super::{Find, Rule};
use lql_syntax::ast::ExprKind;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "truncated-sum",
    entry: CodeEntry {
        code: Code(626),
        title: "sum of money without its cents",
        explanation: "`toint` cuts off what stands behind the decimal point: a sum of `toint(price)` loses the cents of every order. \
            `tonumber` keeps them.",
        wrong: "SELECT email(m) AS email, sum(toint(price)) AS spend FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, sum(tonumber(price)) AS spend FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

/// Words of what has cents.
const MONEY: &[&str] =
    &["price", "amount", "revenue", "spend", "cost", "total", "subtotal", "value", "tax", "discount"];

/// Words that end the names of what is counted: `total_items` is no money, `items.total` is.
const COUNTED: &[&str] = &[
    "item", "quantity", "qty", "count", "ct", "number", "unit", "piece", "line", "order", "point", "minute",
    "second", "hour", "day", "mile", "visit", "view", "click",
];

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, args) in project.calls(&["sum", "avg"]) {
        for arg in args {
            let (Some(("toint", [value])), ExprKind::Call { name, .. }) = (call(arg), &arg.kind) else {
                continue;
            };
            if let Some(key) = field(value).filter(|key| is_money(&key.text)) {
                let file = project.root(node).file;
                found.push(
                    RULE.at(
                        file,
                        arg.span,
                        format!("`toint` cuts the decimals of `{}` off before they are added", key.text),
                    )
                    .label("a whole number")
                    .fix("write `tonumber`", Safety::Unsafe, name.span, "tonumber"),
                );
            }
        }
    }
}

fn is_money(key: &str) -> bool {
    let counted = names::words(key).last().is_some_and(|last| names::says(last, COUNTED));
    names::says(key, MONEY) && !counted
}
