use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::dates::{Unit, parse_math};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "minutes-for-months",
    entry: CodeEntry {
        code: Code(619),
        title: "minutes where months are likely",
        explanation: "In date math `m` is a minute and `M` a month. \"now-6m\" is six minutes ago, which few audiences ask for. Where \
            minutes are meant, say so with `lint: allow`, or write seconds.",
        wrong: "FILTER last_order > \"now-6m\" ALIAS recent",
        right: "FILTER last_order > \"now-6M\" ALIAS recent",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let Some(text) = text_of(node.expr) else { continue };
        let Some(offset) = parse_math(text).filter(|offset| offset.unit == Unit::Minute) else { continue };
        let amount = offset.amount.unsigned_abs();
        // Quarters of an hour, and more than three years of months, are minutes.
        if amount > 36 || matches!(amount, 0 | 5 | 10 | 15 | 20 | 30) {
            continue;
        }
        let file = project.root(node).file;
        let months = quote(&format!("{}M", text.get(..text.len() - 1).unwrap_or(text)));
        let minutes = if amount == 1 { "minute" } else { "minutes" };
        found.push(
            RULE.at(file, node.expr.span, format!("{} counts {amount} {minutes}", quote(text)))
                .label("`m` is a minute, `M` a month")
                .fix(format!("write {months}"), Safety::Unsafe, node.expr.span, months.clone()),
        );
    }
}
