use super::super::project::{Project, Role, field, spelt, text_of};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::HashMap;

pub(super) static RULE: Rule = Rule {
    name: "two-date-orders",
    entry: CodeEntry {
        code: Code(608),
        title: "key with day-first dates read without a layout",
        explanation: "One place reads this key by a layout with the day first, another by one-argument `todate`, which takes 03/04/2026 \
            for March 4 and gives no value for 13/04/2026. Where a key holds both kinds of date, a guard keeps them apart.",
        wrong: "SELECT email(m) AS email, todate(\"02/01/2006\", joined) AS joined, max(todate(joined)) AS last_joined FROM web INTO user \
            BY email ALIAS a",
        right: "SELECT email(m) AS email, todate(\"02/01/2006\", joined) AS joined, max(todate(\"02/01/2006\", joined)) AS last_joined FROM \
            web INTO user BY email ALIAS a",
    },
    fix: Some(lql_syntax::Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let mut layouts = HashMap::new();
    for (node, _, args) in project.calls(&["todate"]) {
        let root = project.root(node);
        if let ([layout, key], Some(query)) = (args, root.query)
            && let Some(text) =
                text_of(layout).filter(|text| text.starts_with("02") || text.starts_with("2/"))
        {
            layouts.entry((&query.stream, spelt(key))).or_insert((root.file, node.expr.span, text));
        }
    }
    for (node, function, args) in project.calls(&["todate", "totimestamp", "yymm", "mm", "yy", "timebucket"])
    {
        let root = project.root(node);
        let ([key], Some(query)) = (args, root.query) else { continue };
        if field(key).is_none() {
            continue;
        }
        let Some((file, place, layout)) = layouts.get(&(&query.stream, spelt(key))) else { continue };
        // A guard that looks at the key knows which dates it lets through.
        let guarded = root.role != Role::Value
            || root.column.is_some_and(|(_, tree)| {
                tree.guard.as_ref().is_some_and(|guard| spelt(guard).contains(&spelt(key)))
            });
        if guarded {
            continue;
        }
        let mut finding = RULE
            .at(root.file, node.expr.span, format!("`{}` holds dates with the day first", spelt(key)))
            .label("read month first here")
            .also(*file, *place, "read day first here");
        if function == "todate" {
            let layout = format!("{}, ", super::super::text::quote(layout));
            let at = lql_syntax::Span::at(key.span.start);
            finding = finding.fix("read it by the same layout", lql_syntax::Safety::Unsafe, at, layout);
        }
        found.push(finding);
    }
}
