use super::super::project::Project;
use super::super::{Find, Rule};
use lql_syntax::ast::{ExprKind, Name};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "alias-case",
    entry: CodeEntry {
        code: Code(905),
        title: "alias with capitals",
        explanation: "Aliases are kept in lower case, whatever was written: profiles and other tools show `big_spenders` where the file says \
            `Big_Spenders`. Write them as they are kept.",
        wrong: "FILTER spend > 1000 ALIAS Big_Spenders",
        right: "FILTER spend > 1000 ALIAS big_spenders",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let queries = project.queries.iter().map(|query| (query.file, query.tree.alias.as_ref()));
    let segments = project.segments.iter().map(|segment| (segment.file, segment.tree.alias.as_ref()));
    let includes = project.nodes.iter().filter_map(|node| match &node.expr.kind {
        ExprKind::Include(name) => Some((project.root(node).file, Some(name))),
        _ => None,
    });
    for (file, name) in queries.chain(segments).chain(includes) {
        found.extend(name.and_then(|name| finding(project, file, name)));
    }
}

fn finding(project: &Project<'_>, file: u32, name: &Name) -> Option<Diagnostic> {
    let lower = name.text.to_lowercase();
    if lower == name.text {
        return None;
    }
    let written = project.written(file, name.span).to_lowercase();
    Some(
        RULE.at(file, name.span, format!("alias `{}` is kept as `{lower}`", name.text))
            .label("has capitals")
            .replace(format!("write `{lower}`"), name.span, written),
    )
}
