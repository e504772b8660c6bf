use super::super::project::{Project, call, calls_any, fields_in};
use super::super::{Find, Rule};
use lql_syntax::ast::{Expr, ExprKind, Literal};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "identity-constant",
    entry: CodeEntry {
        code: Code(704),
        title: "identity that identifies nobody",
        explanation: "A constant identity makes everybody one person: `oneof(user_id, \"guest\")` joins all guests. One made of chance or of \
            the time makes every event a new person. An event without identity is better left without: it makes no profile.",
        wrong: "SELECT oneof(user_id, \"guest\") AS user_id FROM web INTO user BY user_id ALIAS a",
        right: "SELECT user_id AS user_id FROM web INTO user BY user_id ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (site, expr) in project.identities() {
        for value in outcomes(expr) {
            let (title, label) = if calls_any(value, &["uuid"]) {
                ("made by chance", "another one in every event")
            } else if !fields_in(value).is_empty() || matches!(value.kind, ExprKind::Literal(Literal::Null)) {
                continue;
            } else if calls_any(value, &["now", "epochms"]) {
                ("the time", "another one in every event")
            } else if calls_any(value, &["match"]) || matches!(value.kind, ExprKind::Broken) {
                continue;
            } else {
                ("a constant", "the same for everybody")
            };
            let title = format!("identity `{}` is {title}", site.column.field);
            found.push(RULE.at(site.query.file, value.span, title).label(label));
        }
    }
}

/// The values that an expression may have: of choices, each choice.
fn outcomes(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::IfElse { then, otherwise, .. } => [outcomes(then), outcomes(otherwise)].concat(),
        ExprKind::Guarded { value, .. } => outcomes(value),
        ExprKind::Call { args, .. } => match call(expr) {
            Some(("oneof" | "ifcase", _)) => args.iter().flat_map(outcomes).collect(),
            Some(("email" | "strip" | "string.lowercase", [only])) => outcomes(only),
            _ => vec![expr],
        },
        _ => vec![expr],
    }
}
