use super::super::project::{Project, Role, call, comparison, field, fields_in, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::pattern::Pattern;
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "unblocked-value",
    entry: CodeEntry {
        code: Code(706),
        title: "identity value that is shut out in one place only",
        explanation: "A query leaves out an identity value, a tester's address or a placeholder. Other queries and streams still take it, and \
            everybody who ever used it becomes one person. `blocked` in lql.toml holds for all of them.",
        wrong: "SELECT email(m) AS email FROM web INTO user BY email WHERE email(m) != \"test@example.com\" ALIAS a",
        right: "SELECT email(m) AS email FROM web INTO user BY email WHERE email(m) != \"test@example.com\" ALIAS a\n\nlql.toml:\n\
            [streams.web]\ntimestamp = \"ts\"\n\n[[tables.user.blocked]]\nfield = \"email\"\nvalue = \"test@example.com\"\n",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // Which keys of a stream become which identity of which table.
    let mut identities: BTreeMap<(&str, &str), (&str, &str)> = BTreeMap::new();
    for site in project.columns().filter(|site| site.column.identity) {
        for key in fields_in(&site.tree.expr) {
            identities.insert((&site.query.stream, &key.text), (&site.query.table, &site.column.field));
        }
    }
    for node in project.nodes.iter().filter(|node| node.condition) {
        let root = project.root(node);
        let (Some(query), Role::Where | Role::Guard) = (root.query, root.role) else { continue };
        let Some((value, literals)) = shut_out(node.expr) else { continue };
        let key = field(value).or_else(|| match call(value) {
            Some(("email" | "string.lowercase" | "strip", [inner])) => field(inner),
            _ => None,
        });
        let identity = key.and_then(|key| identities.get(&(query.stream.as_str(), key.text.as_str())));
        let Some((table, identity)) = identity else { continue };
        for literal in literals {
            let Some(text) = text_of(literal).filter(|text| !text.is_empty()) else { continue };
            if is_blocked(project, table, identity, text) {
                continue;
            }
            found.push(
                RULE.at(
                    root.file,
                    literal.span,
                    format!("{} is shut out here and nowhere else", quote(text)),
                )
                .label(format!("an identity value of `{identity}`"))
                .note("other queries still link people by it; `blocked` in lql.toml holds for all"),
            );
        }
    }
}

/// What a condition shuts out: `x != "a"`, `x NOT IN ("a", "b")`, `x NOT LIKE "a*"`.
fn shut_out(condition: &Expr) -> Option<(&Expr, Vec<&Expr>)> {
    if let Some(sides) = comparison(condition).filter(|sides| sides.op == BinaryOp::Ne) {
        return Some((sides.left, vec![sides.right]));
    }
    let ExprKind::Not(inner) = &condition.kind else { return None };
    let ExprKind::Binary { op: BinaryOp::In | BinaryOp::Like | BinaryOp::Eq, left, right, .. } = &inner.kind
    else {
        return None;
    };
    Some(match &right.kind {
        ExprKind::Set { items, .. } => (left, items.iter().collect()),
        _ => (left, vec![right]),
    })
}

fn is_blocked(project: &Project<'_>, table: &str, identity: &str, value: &str) -> bool {
    let Some(table) = project.settings.tables.get(table) else { return false };
    table.blocked.iter().any(|block| {
        let of_field = block.field.as_deref().is_none_or(|field| field == identity);
        of_field
            && (block.pattern == value
                || Pattern::new(&block.pattern).is_ok_and(|pattern| pattern.matches(value)))
    })
}
