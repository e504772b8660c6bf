use super::super::project::{Project, Role, call, field, text_of};
use super::super::{Find, Rule};
use crate::suggest::nearest;
use lql_syntax::ast::Path;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "unwritten-entry",
    entry: CodeEntry {
        code: Code(630),
        title: "entry of a map that nothing writes",
        explanation: "The queries write this map with fixed keys, and the filter reads another one, so it never has a value. Keys of maps \
            are compared with letter case; those of `maptime` are lower case.",
        wrong: "SELECT email(m) AS email, map(\"gold\", points) AS levels FROM web INTO user BY email ALIAS a; FILTER levels.Gold > 5 ALIAS s",
        right: "SELECT email(m) AS email, map(\"gold\", points) AS levels FROM web INTO user BY email ALIAS a; FILTER levels.gold > 5 ALIAS s",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // The keys of maps all of whose writers name them; `None` once one does not.
    let mut maps: BTreeMap<(&str, &str), Option<Vec<String>>> = BTreeMap::new();
    for site in project.columns().filter(|site| site.column.kind.is_map()) {
        let key = match call(&site.tree.expr) {
            Some(("map", [key, _])) => text_of(key).map(str::to_owned),
            Some(("maptime", [key, ..])) => text_of(key).map(str::to_lowercase),
            _ => None,
        };
        let known = maps.entry((&site.query.table, &site.column.field)).or_insert_with(|| Some(Vec::new()));
        match (key, known.as_mut()) {
            (Some(key), Some(keys)) => keys.push(key),
            _ => *known = None,
        }
    }
    for node in &project.nodes {
        let root = project.root(node);
        let (Role::Filter, Some(segment), Some(name)) = (root.role, root.segment, field(node.expr)) else {
            continue;
        };
        let Path::Entry { at } = name.path else { continue };
        let (Some(map), Some(entry)) = (name.text.get(..at as usize), name.text.get(at as usize + 1..))
        else {
            continue;
        };
        let Some(Some(keys)) = maps.get(&(segment.table.as_str(), map)) else { continue };
        if keys.iter().any(|key| key == entry) {
            continue;
        }
        let finding = RULE
            .at(root.file, node.expr.span, format!("nothing writes entry `{entry}` of `{map}`"))
            .label("never has a value")
            .note(format!("the entries are {}", keys.join(", ")));
        found.push(match nearest(entry, keys.iter().map(String::as_str)).as_slice() {
            [one] => {
                let text = format!("{map}.`{one}`");
                finding.fix(format!("write `{map}.{one}`"), Safety::Unsafe, node.expr.span, text)
            }
            _ => finding,
        });
    }
}
