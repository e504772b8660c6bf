use super::super::project::Project;
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "missing-description",
    entry: CodeEntry {
        code: Code(903),
        title: "field without a description",
        explanation: "Whoever builds an audience sees the SHORTDESC of a field and not the query. Where three quarters of a query's fields have one, \
            the others were probably forgotten; queries without descriptions are left alone.",
        wrong: "SELECT email(m) AS email SHORTDESC \"E-mail\", a AS a SHORTDESC \"A\", b AS b SHORTDESC \"B\", c AS c FROM web INTO user BY \
            email ALIAS a",
        right: "SELECT email(m) AS email SHORTDESC \"E-mail\", a AS a SHORTDESC \"A\", b AS b SHORTDESC \"B\", c AS c SHORTDESC \"C\" FROM web \
            INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let schema = &project.checked.schema;
    // A field is described when any query describes it.
    let described: HashSet<(&str, &str)> = schema
        .fields
        .iter()
        .filter(|field| field.shortdesc.is_some() || field.longdesc.is_some())
        .filter_map(|field| Some((schema.table(field.table)?.name.as_str(), field.name.as_str())))
        .collect();
    if described.is_empty() {
        return;
    }
    let is_described = |table: &str, field: &str| described.contains(&(table, field));
    for query in project.queries {
        let lacking: Vec<_> =
            query.columns.iter().filter(|column| !is_described(&query.table, &column.field)).collect();
        let others = query.columns.len() - lacking.len();
        if others * 4 < query.columns.len() * 3 {
            continue;
        }
        let mut reported = HashSet::new();
        for column in lacking.into_iter().filter(|column| reported.insert(column.field.as_str())) {
            found.push(
                RULE.at(query.file, column.name_span, format!("`{}` has no description", column.field))
                    .label("SHORTDESC is missing")
                    .note("most fields of this query have one"),
            );
        }
    }
}
