use super::super::project::{Project, is_literal, spelt};
use super::super::text::removal;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::HashMap;

pub(super) static RULE: Rule = Rule {
    name: "repeated-item",
    entry: CodeEntry {
        code: Code(618),
        title: "item that stands twice in a list",
        explanation: "A list is asked whether it holds a value; the second copy changes nothing. Often another value was meant.",
        wrong: "FILTER plan IN (\"pro\", \"team\", \"pro\") ALIAS paying",
        right: "FILTER plan IN (\"pro\", \"team\", \"school\") ALIAS paying",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let ExprKind::Set { items, .. } = &node.expr.kind else { continue };
        let asked = project.parent(node).is_some_and(|parent| {
            matches!(
                parent.expr.kind,
                ExprKind::Binary {
                    op: BinaryOp::In | BinaryOp::Intersects | BinaryOp::Contains | BinaryOp::Like,
                    ..
                }
            )
        });
        if !asked {
            continue;
        }
        let file = project.root(node).file;
        let mut known: HashMap<String, &Expr> = HashMap::new();
        let mut before: Option<&Expr> = None;
        for item in items.iter().filter(|item| is_literal(item)) {
            if let Some(first) = known.get(&spelt(item)) {
                let finding = RULE
                    .at(file, item.span, format!("{} stands in this list already", spelt(item)))
                    .label("once more")
                    .also(file, first.span, "first here");
                found.push(match before.and_then(|before| removal(project, file, before, item)) {
                    Some(span) => finding.replace("take it out", span, ""),
                    None => finding,
                });
            }
            known.entry(spelt(item)).or_insert(item);
            before = Some(item);
        }
    }
}
