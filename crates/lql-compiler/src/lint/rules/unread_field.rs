use super::super::project::{Project, Role, field};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "unread-field",
    entry: CodeEntry {
        code: Code(902),
        title: "field that no filter reads",
        explanation: "No filter of the project asks for this field, so as far as the project tells, its keys are read for nothing. Off unless asked \
            for: profiles are read by others, too.",
        wrong: "SELECT email(m) AS email, city AS city, plan AS plan FROM web INTO user BY email ALIAS a; FILTER plan = \"pro\" ALIAS s",
        right: "SELECT email(m) AS email, plan AS plan FROM web INTO user BY email ALIAS a; FILTER plan = \"pro\" ALIAS s",
    },
    fix: None,
    opt_in: true,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    if project.segments.is_empty() {
        return;
    }
    let read: HashSet<&str> = project
        .nodes
        .iter()
        .filter(|node| matches!(project.root(node).role, Role::Filter) || project.root(node).query.is_none())
        .filter_map(|node| field(node.expr))
        .flat_map(|field| [field.text.as_str(), field.text.split('.').next().unwrap_or_default()])
        .collect();
    let mut reported = HashSet::new();
    for site in project.columns().filter(|site| !site.column.identity) {
        let name = site.column.field.as_str();
        if !read.contains(name) && reported.insert((site.query.table.as_str(), name)) {
            found.push(
                RULE.at(site.query.file, site.column.name_span, format!("no filter reads `{name}`"))
                    .label("written only"),
            );
        }
    }
}
