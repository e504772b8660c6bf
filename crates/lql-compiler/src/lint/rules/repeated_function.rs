use super::super::project::{Project, call};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "repeated-function",
    entry: CodeEntry {
        code: Code(907),
        title: "function that has nothing left to do",
        explanation: "The value is already what the function makes of it: `tolower(email(x))` is `email(x)`, for `email` gives lower case.",
        wrong: "SELECT email(m) AS email, tolower(tolower(city)) AS city FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, tolower(city) AS city FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

/// Functions that do nothing to their own results.
const ONCE: &[&str] =
    &["string.lowercase", "string.uppercase", "strip", "todate", "toint", "tonumber", "tobool", "tostring"];

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, outer, args) in project.calls(ONCE) {
        let [value] = args else { continue };
        let Some((inner, inner_args)) = call(value) else { continue };
        let twice = outer == inner && inner_args.len() == 1;
        let lower = outer == "string.lowercase"
            && matches!(
                inner,
                "email" | "emaildomain" | "domain" | "host" | "path" | "qs" | "hash.md5" | "hash.sha256"
            );
        if !twice && !lower {
            continue;
        }
        let file = project.root(node).file;
        let finding = RULE
            .at(file, node.expr.span, format!("`{outer}` has nothing to do here"))
            .label(format!("`{inner}` has done it"));
        let safety = if twice { Safety::Safe } else { Safety::Unsafe };
        found.push(if project.may_change(node) {
            finding.fix("take it away", safety, node.expr.span, project.written(file, value.span))
        } else {
            finding
        });
    }
}
