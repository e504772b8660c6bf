use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::catalog::{self, ParamKind};
use crate::{Kind, Time, dates};
use lql_syntax::ast::{Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "date-order",
    entry: CodeEntry {
        code: Code(607),
        title: "date whose order is not clear",
        explanation: "A date such as 03/04/2026 is read in US order: March 4. Day first, as in 13/04/2026, is not read at all by \
            one-argument `todate`; the two-argument form says the order: `todate(\"02/01/2006\", x)`. In a query, write year, month, day.",
        wrong: "SELECT email(m) AS email, plan AS plan IF todate(born) > \"03/04/1990\" FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF todate(born) > \"1990-03-04\" FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        let is_date = |expr: &Expr| project.kind(file, expr) == Kind::Date;
        let mut literals: Vec<&Expr> = Vec::new();
        match &node.expr.kind {
            ExprKind::Binary { left, right, .. } => {
                literals.extend(is_date(left).then_some(&**right));
                literals.extend(is_date(right).then_some(&**left));
            }
            ExprKind::Between { value, low, high } if is_date(value) => literals.extend([&**low, &**high]),
            ExprKind::Call { name, args } => {
                let Some(function) = catalog::find(&name.text) else { continue };
                literals.extend(args.iter().enumerate().filter_map(|(at, arg)| {
                    let is_date = match function.name {
                        // With a layout, that says the order.
                        "todate" => args.len() == 1,
                        _ => catalog::param_at(function, at, args.len())?.kind == ParamKind::Date,
                    };
                    is_date.then_some(arg)
                }));
            }
            _ => {}
        }
        found.extend(literals.into_iter().filter_map(|literal| finding(file, literal)));
    }
}

fn finding(file: u32, literal: &Expr) -> Option<Diagnostic> {
    let text = text_of(literal)?;
    let parts: Vec<&str> = text.split(['/', '.']).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<u32>().ok().filter(|_| part.len() <= 2);
    let (first, second) = (number(first)?, number(second)?);
    if !year.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(year.len(), 2 | 4) || first == second {
        return None;
    }
    let iso = |text: &str| {
        let read = dates::parse(text, Time::default())?.to_rfc3339();
        Some(quote(read.split('T').next()?))
    };
    let quoted = quote(text);
    let swapped = iso(&format!("{second}/{first}/{year}"));
    match (iso(text), swapped) {
        // No fix: either reading may be meant, and what is written hides which.
        (Some(month_first), Some(day_first)) => Some(
            RULE.at(file, literal.span, format!("{quoted} is read month first, as {month_first}"))
                .label("US order")
                .note(format!("write {month_first} for month first, {day_first} for day first")),
        ),
        (None, Some(day_first)) => Some(
            RULE.at(file, literal.span, format!("{quoted} has the day first, so it is no date"))
                .label("there is no such month")
                .fix(format!("write {day_first}"), Safety::Unsafe, literal.span, day_first.clone()),
        ),
        // There is no thirteenth month, so there is no doubt.
        _ => None,
    }
}
