use super::super::project::Project;
use super::super::{Find, Rule};
use crate::{Kind, MergeOp, Settings};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "counter-without-ids",
    entry: CodeEntry {
        code: Code(707),
        title: "counter on a stream without message ids",
        explanation: "Counts and sums add up. A file that is loaded twice, or an event that is delivered twice, is added twice, unless lql.toml \
            says which key holds the id of an event: then the second copy changes nothing.",
        wrong: "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS a\n\nlql.toml:\n[streams.web]\n\
            timestamp = \"ts\"\n",
        right: "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS a\n\nlql.toml:\n[streams.web]\n\
            timestamp = \"ts\"\nid = \"event_id\"\n",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // Files without a lql.toml are no project yet.
    if *project.settings == Settings::default() {
        return;
    }
    let mut reported = BTreeSet::new();
    for site in project.columns() {
        let stream = site.query.stream.as_str();
        let has_id = project.settings.streams.get(stream).is_some_and(|stream| stream.id.is_some());
        let counts = matches!(site.column.mergeop, Some(MergeOp::Sum | MergeOp::Count))
            || site.column.kind == Kind::TimeBuckets;
        if counts && !has_id && !stream.is_empty() && reported.insert(stream) {
            found.push(
                RULE.at(
                    site.query.file,
                    site.tree.expr.span,
                    format!("an event of `{stream}` that comes twice counts twice"),
                )
                .label("adds up")
                .note(format!("name the key of its id in lql.toml: [streams.{stream}] id = \"…\"")),
            );
        }
    }
}
