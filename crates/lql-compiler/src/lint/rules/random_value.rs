use super::super::project::Project;
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "random-value",
    entry: CodeEntry {
        code: Code(709),
        title: "value made by chance",
        explanation: "`uuid()` gives another text every time the event is read, so two runs over the same events give different profiles, and a \
            replay changes what was stored. A hash of the event's own keys is as unique and stays the same.",
        wrong: "SELECT email(m) AS email, uuid() AS ticket FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, hash.md5(join(m, epochms(), \"/\")) AS ticket FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, _) in project.calls(&["uuid"]) {
        let root = project.root(node);
        // Of identities, another rule speaks.
        if root.column.is_none_or(|(column, _)| !column.identity) {
            found.push(
                RULE.at(root.file, node.expr.span, "another value at every run")
                    .label("chance")
                    .note("a hash of keys of the event is unique, too: `hash.md5(join(…))`"),
            );
        }
    }
}
