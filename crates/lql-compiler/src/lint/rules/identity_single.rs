use super::super::names;
use super::super::project::{ColumnOf, Project, call, fields_in};
use super::super::text::fix;
use super::super::{Find, Rule};
use crate::{Kind, MergeOp};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "identity-single",
    entry: CodeEntry {
        code: Code(701),
        title: "single-valued identity that people have many of",
        explanation: "A person has one customer number, and over time many cookies, devices and telephones. A single-valued identity lets \
            a profile have one value: the second cookie of a person is refused as a conflict, and what is known under it stays \
            apart. `set(…)` lets a profile have many; a capacity in lql.toml bounds them.",
        wrong: "SELECT email(m) AS email, cookie AS cookie FROM web INTO user BY email OR cookie ALIAS a\n\nlql.toml:\n\
            [streams.web]\ntimestamp = \"ts\"\n",
        right: "SELECT email(m) AS email, set(cookie) AS cookie FROM web INTO user BY email OR cookie ALIAS a\n\nlql.toml:\n\
            [streams.web]\ntimestamp = \"ts\"\n\n[tables.user.fields.cookie]\ncapacity = 50\n",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

const MANY: &[&str] = &[
    "cookie",
    "device",
    "deviceid",
    "visitor",
    "visitorid",
    "anonymous",
    "anonymousid",
    "anonid",
    "session",
    "sessionid",
    "idfa",
    "gaid",
    "aaid",
    "adid",
    "fingerprint",
    "token",
    "browserid",
];

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let mut reported: HashSet<(&str, &str)> = HashSet::new();
    for site in project.columns().filter(|site| site.column.identity && site.column.kind == Kind::Text) {
        let (table, field) = (site.query.table.as_str(), site.column.field.as_str());
        let Some(id) = project.checked.schema.find_table(table) else { continue };
        let identities = project.checked.schema.table(id).map_or(0, |table| table.identities.len());
        // Alone, it is all that there is to know a person by.
        if identities < 2 || !has_many(&site) || !reported.insert((table, field)) {
            continue;
        }
        let finding = RULE
            .at(site.query.file, site.column.name_span, format!("a profile can have one `{field}` only"))
            .label("people have several of these")
            .note("a second value is a conflict, and the profiles stay apart");
        found.push(as_set(project, finding, table, field));
    }
}

fn has_many(site: &ColumnOf<'_>) -> bool {
    let is = |name: &str| names::says(name, MANY) || names::is_phone(name) || name == "_uid";
    is(&site.column.field) || matches!(fields_in(&site.tree.expr).as_slice(), [one] if is(&one.text))
}

/// All columns of the field become sets together; one field has one kind.
fn as_set(project: &Project<'_>, finding: Diagnostic, table: &str, field: &str) -> Diagnostic {
    let mut edits = Vec::new();
    for site in project.columns().filter(|site| site.query.table == table && site.column.field == field) {
        let aggregates = call(&site.tree.expr).is_some_and(|(function, _)| {
            crate::catalog::find(function).is_some_and(|function| function.aggregate.is_some())
        });
        let latest = matches!(site.column.mergeop, None | Some(MergeOp::Latest));
        if aggregates || site.tree.kind.is_some() || site.tree.name.is_none() || !latest {
            return finding;
        }
        let span = site.tree.expr.span;
        edits.push((site.query.file, Span::at(span.start), "set(".to_owned()));
        edits.push((site.query.file, Span::at(span.end), ")".to_owned()));
    }
    fix(finding, "make it a set", Safety::Unsafe, edits)
}
