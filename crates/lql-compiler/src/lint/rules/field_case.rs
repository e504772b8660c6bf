use super::super::names::plain;
use super::super::project::{ColumnOf, Project};
use super::super::{Find, Rule};
use crate::schema::TableId;
use hashbrown::HashMap;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "field-case",
    entry: CodeEntry {
        code: Code(904),
        title: "one field under two spellings",
        explanation: "Names of fields are compared with letter case: `firstName` and `first_name`, `City` and `city` are two fields, each with a part \
            of the values. Filters see one of them.",
        wrong: "SELECT email(m) AS email, city AS city FROM web INTO user BY email ALIAS a; SELECT email(m) AS email, town AS City FROM crm INTO \
            user BY email ALIAS b",
        right: "SELECT email(m) AS email, city AS city FROM web INTO user BY email ALIAS a; SELECT email(m) AS email, town AS city FROM crm INTO \
            user BY email ALIAS b",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let schema = &project.checked.schema;
    let mut spellings: HashMap<(TableId, String), BTreeMap<&str, usize>> = HashMap::new();
    for field in &schema.fields {
        spellings.entry((field.table, plain(&field.name))).or_default().insert(&field.name, 0);
    }
    spellings.retain(|_, known| known.len() > 1);
    if spellings.is_empty() {
        return;
    }
    let spelling =
        |site: &ColumnOf<'_>| Some((schema.find_table(&site.query.table)?, plain(&site.column.field)));
    for site in project.columns() {
        let known = spelling(&site).and_then(|key| spellings.get_mut(&key));
        if let Some(count) = known.and_then(|known| known.get_mut(site.column.field.as_str())) {
            *count += 1;
        }
    }
    for site in project.columns() {
        let name = site.column.field.as_str();
        let Some(known) = spelling(&site).and_then(|key| spellings.get(&key)) else { continue };
        // The spelling most columns use; of equals, the one in lower case.
        let usual = known.iter().max_by_key(|(spelling, count)| {
            (**count, !spelling.contains(char::is_uppercase), spelling.contains('_'))
        });
        let Some((usual, _)) = usual.filter(|(usual, _)| **usual != name) else { continue };
        let finding = RULE
            .at(site.query.file, site.column.name_span, format!("`{name}` and `{usual}` are two fields"))
            .label("spelt in another way elsewhere");
        let bare = site.tree.name.as_ref().filter(|it| project.written(site.query.file, it.span) == it.text);
        found.push(match bare {
            Some(name) if !site.column.identity => {
                finding.fix(format!("write `{usual}`"), Safety::Unsafe, name.span, *usual)
            }
            _ => finding,
        });
    }
}
