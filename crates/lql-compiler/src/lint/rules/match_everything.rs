use super::super::project::{Project, text_of};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "match-everything",
    entry: CodeEntry {
        code: Code(803),
        title: "match of every key",
        explanation: "A query reads the keys that it names and skips everything else. `match(\"\")` reads all keys of every event and keeps them, so \
            each event costs as much as it is long, and the profile takes whatever a sender adds. Name a prefix.",
        wrong: "SELECT email(m) AS email, match(\"\") AS everything FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, match(\"attr_\") AS attributes FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, args) in project.calls(&["match"]) {
        if let Some(prefix) = args.iter().find(|arg| text_of(arg) == Some("")) {
            found.push(
                RULE.at(project.root(node).file, prefix.span, "this takes every key of every event")
                    .label("no prefix"),
            );
        }
    }
}
