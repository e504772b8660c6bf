use super::super::project::{Project, Role, field};
use super::super::text::wrap;
use super::super::{Find, Rule};
use lql_syntax::ast::Dialect;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "bare-key-condition",
    entry: CodeEntry {
        code: Code(606),
        title: "event key as a condition",
        explanation: "Only the boolean `true` passes a condition. An event key is a text in CSV files and forms, and the text `true` is \
            not the boolean, so the column stays empty. `tobool(key)` reads both; `EXISTS key` asks whether there is a value.",
        wrong: "SELECT email(m) AS email, plan AS plan IF subscribed FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF tobool(subscribed) FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in project.nodes.iter().filter(|node| node.condition) {
        let root = project.root(node);
        let Some(key) = field(node.expr) else { continue };
        let is_constant = matches!(key.text.to_ascii_lowercase().as_str(), "true" | "false");
        if root.dialect != Dialect::Lql || root.role == Role::Filter || is_constant {
            continue;
        }
        let finding = RULE
            .at(
                root.file,
                node.expr.span,
                format!("`{}` passes only as a boolean, not as the text \"true\"", key.text),
            )
            .label("a text is never true")
            .note("`EXISTS` asks whether there is a value");
        found.push(wrap(finding, "read it as a boolean", Safety::Unsafe, node.expr.span, ["tobool(", ")"]));
    }
}
