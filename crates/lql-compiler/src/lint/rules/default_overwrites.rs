use super::super::project::{Project, call, fields_in, is_literal, spelt, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::MergeOp;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};

pub(super) static RULE: Rule = Rule {
    name: "default-overwrites",
    entry: CodeEntry {
        code: Code(629),
        title: "default that overwrites what is known",
        explanation: "The field keeps the value of the latest event. An event that says nothing about it writes the default, and what was \
            known is gone. Leave the default out, for a column without value changes nothing, or guard the column.",
        wrong: "SELECT email(m) AS email, oneof(city, \"unknown\") AS city FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, city AS city FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for site in project.columns() {
        let Some(("oneof", [values @ .., default])) = call(&site.tree.expr) else { continue };
        let keeps_latest = matches!(site.column.mergeop, None | Some(MergeOp::Latest));
        let reads = values.iter().any(|value| !fields_in(value).is_empty());
        if !keeps_latest
            || site.tree.guard.is_some()
            || site.column.identity
            || !is_literal(default)
            || !reads
        {
            continue;
        }
        let shown = text_of(default).map_or_else(|| spelt(default), quote);
        let finding = RULE
            .at(
                site.query.file,
                default.span,
                format!("an event without value sets `{}` back to {shown}", site.column.field),
            )
            .label("overwrites what earlier events said")
            .note("a filter tells who has no value: `NOT EXISTS`");
        let file = site.query.file;
        found.push(match values {
            [only] if site.tree.name.is_some() => {
                let value = project.written(file, only.span);
                finding.fix("leave the default out", Safety::Unsafe, site.tree.expr.span, value)
            }
            [.., last] => finding.fix(
                "leave the default out",
                Safety::Unsafe,
                Span::new(last.span.end, default.span.end),
                "",
            ),
            [] => finding,
        });
    }
}
