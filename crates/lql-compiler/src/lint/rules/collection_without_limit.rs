use super::super::names;
use super::super::project::{Project, call, calls_any, fields_in};
use super::super::{Find, Rule};
use crate::Settings;
use lql_syntax::ast::Expr;
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "collection-without-limit",
    entry: CodeEntry {
        code: Code(708),
        title: "set or map that grows without limit",
        explanation: "There is always another session, address or word to search for, so the field grows for as long as the person is seen, and \
            profiles have a limit. lql.toml bounds it by number (`capacity`) or by age (`keep_days`); in a query `cap(x, 50)` does.",
        wrong: "SELECT email(m) AS email, set(session_id) AS sessions FROM web INTO user BY email ALIAS a\n\nlql.toml:\n[streams.web]\n\
            timestamp = \"ts\"\n",
        right: "SELECT email(m) AS email, set(session_id) AS sessions FROM web INTO user BY email ALIAS a\n\nlql.toml:\n[streams.web]\n\
            timestamp = \"ts\"\n\n[tables.user.fields.sessions]\ncapacity = 50\n",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    if *project.settings == Settings::default() {
        return;
    }
    let mut reported: HashSet<(&str, &str)> = HashSet::new();
    for site in project.columns() {
        let (table, name) = (site.query.table.as_str(), site.column.field.as_str());
        let open = match call(&site.tree.expr) {
            Some(("set" | "valuect" | "map" | "maptime", [element, ..])) => is_open(element),
            _ => false,
        };
        if !open && !site.column.identity {
            continue;
        }
        let schema = &project.checked.schema;
        let Some(field) = schema
            .find_table(table)
            .and_then(|table| schema.find_field(table, name))
            .and_then(|id| schema.field(id))
        else {
            continue;
        };
        let grows = field.kind.is_set() || field.kind.is_map();
        let bounded = field.capacity.is_some() || field.keep_days.is_some();
        if grows && !bounded && (open || field.identity) && reported.insert((table, name)) {
            found.push(
                RULE.at(site.query.file, site.column.name_span, format!("`{name}` grows without limit"))
                    .label("there is always another value")
                    .note(format!("bound it in lql.toml: [tables.{table}.fields.{name}] capacity = 50")),
            );
        }
    }
}

/// Whether new values never end.
fn is_open(element: &Expr) -> bool {
    let endless = ["search", "term", "query", "url", "session", "token", "ip", "uuid", "guid", "timestamp"];
    let numbered = ["order", "transaction", "event", "message", "request", "invoice", "session", "ticket"];
    let by_name = fields_in(element).iter().any(|key| {
        names::says(&key.text, &endless)
            || names::says(&key.text, &numbered) && names::says(&key.text, &["id", "no", "number", "nr"])
    });
    // Of an address, some functions give what has an end.
    let ends = calls_any(
        element,
        &["host", "hosts", "domain", "domains", "qs", "qs2", "emaildomain", "useragent", "len"],
    );
    by_name && !ends || calls_any(element, &["uuid", "epochms"])
}
