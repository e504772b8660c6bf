use super::super::project::Project;
use super::super::{Find, Rule};
use crate::{MergeOp, Settings};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "stream-without-time",
    entry: CodeEntry {
        code: Code(710),
        title: "stream whose events have no time",
        explanation: "lql.toml does not say which key holds the time of these events, so each has the time at which it was loaded. An old \
            export that is loaded today then overwrites newer values, and `now()` is the time of the run.",
        wrong: "SELECT email(m) AS email, plan AS plan FROM crm INTO user BY email ALIAS a\n\nlql.toml:\n[streams.crm]\nid = \"row\"\n",
        right: "SELECT email(m) AS email, plan AS plan FROM crm INTO user BY email ALIAS a\n\nlql.toml:\n[streams.crm]\nid = \"row\"\n\
            timestamp = \"updated_at\"\n",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    if *project.settings == Settings::default() {
        return;
    }
    let mut reported = BTreeSet::new();
    for query in project.queries {
        let has_time =
            project.settings.streams.get(&query.stream).is_some_and(|stream| stream.timestamp.is_some());
        let is_timed = |mergeop: Option<MergeOp>| {
            !matches!(mergeop, Some(MergeOp::Sum | MergeOp::Count | MergeOp::Min | MergeOp::Max))
        };
        let by_time = query.columns.iter().any(|column| {
            let collects = column.kind.is_set() && column.mergeop == Some(MergeOp::Merge);
            !column.identity && is_timed(column.mergeop) && !collects
        });
        if let Some(from) = query.tree.from.as_ref().filter(|_| !has_time && by_time)
            && reported.insert(query.stream.as_str())
        {
            found.push(
                RULE.at(
                    query.file,
                    from.span,
                    format!("events of `{}` have the time at which they are loaded", query.stream),
                )
                .label("no `timestamp` in lql.toml")
                .note(format!("name the key of their time: [streams.{}] timestamp = \"…\"", query.stream)),
            );
        }
    }
}
