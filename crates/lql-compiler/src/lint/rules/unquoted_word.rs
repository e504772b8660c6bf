use super::super::project::{Project, comparison, field};
use super::super::text::quote;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Dialect, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::HashSet;

pub(super) static RULE: Rule = Rule {
    name: "unquoted-word",
    entry: CodeEntry {
        code: Code(622),
        title: "word without quotes",
        explanation: "A word without quotes is always a key: `event == purchase` compares two keys of the event. Nothing else reads a key \
            of this name, so the text was probably meant. Texts stand in quotes.",
        wrong: "SELECT email(m) AS email, count(id) AS purchases IF event == purchase FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, count(id) AS purchases IF event == \"purchase\" FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let suspects: HashSet<*const Expr> = project
        .nodes
        .iter()
        .flat_map(|node| match &node.expr.kind {
            ExprKind::Binary { op: BinaryOp::In, left, right, .. } if field(left).is_some() => {
                match &right.kind {
                    ExprKind::Set { items, .. } => items.iter().collect(),
                    _ => Vec::new(),
                }
            }
            _ => match comparison(node.expr) {
                Some(sides)
                    if matches!(sides.op, BinaryOp::Eq | BinaryOp::Ne) && field(sides.left).is_some() =>
                {
                    vec![sides.right]
                }
                _ => Vec::new(),
            },
        })
        .filter(|operand| field(operand).is_some())
        .map(std::ptr::from_ref)
        .collect();
    if suspects.is_empty() {
        return;
    }
    // What is read anywhere else is a key.
    let keys: HashSet<(&str, &str)> = project
        .nodes
        .iter()
        .filter(|node| !suspects.contains(&std::ptr::from_ref(node.expr)))
        .filter_map(|node| Some((project.root(node).query?.stream.as_str(), field(node.expr)?.text.as_str())))
        .collect();
    for node in project.nodes.iter().filter(|node| suspects.contains(&std::ptr::from_ref(node.expr))) {
        let root = project.root(node);
        let (Some(word), Some(query), Dialect::Lql) = (field(node.expr), root.query, root.dialect) else {
            continue;
        };
        let is_bare = project.written(root.file, node.expr.span) == word.text;
        let is_word = is_bare && !word.text.contains(['.', '_']);
        if is_word && !keys.contains(&(query.stream.as_str(), word.text.as_str())) {
            found.push(
                RULE.at(
                    root.file,
                    node.expr.span,
                    format!("`{}` is a key of the event here, not a text", word.text),
                )
                .label("nothing else reads this key")
                .fix(
                    format!("write {}", quote(&word.text)),
                    Safety::Unsafe,
                    node.expr.span,
                    quote(&word.text),
                ),
            );
        }
    }
}
