use super::super::names;
use super::super::project::{Project, call, calls_any, field};
use super::super::text::wrap;
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "identity-as-written",
    entry: CodeEntry {
        code: Code(702),
        title: "identity that is not brought to one spelling",
        explanation: "Identity values are compared letter by letter: `Ana@Example.org` and `ana@example.org` are two people, `+44 20 7946 0958` \
            and `02079460958` are, too. `email(…)` and `phone.e164(…)` give one spelling, and no value for what is no address or number.",
        wrong: "SELECT user_mail AS email FROM web INTO user BY email ALIAS a",
        right: "SELECT email(user_mail) AS email FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (site, expr) in project.identities() {
        let core = match call(expr) {
            Some(("strip", [inner])) => inner,
            _ => expr,
        };
        let Some(key) = field(core) else { continue };
        let is = |kind: fn(&str) -> bool| kind(&site.column.field) || kind(&key.text);
        let (what, function) = if is(names::is_mail) {
            ("an e-mail address", "email")
        } else if is(names::is_phone) {
            ("a telephone number", "phone.e164")
        } else {
            continue;
        };
        if calls_any(&site.tree.expr, &["email", "string.lowercase", "phone.e164"]) {
            continue;
        }
        let title = format!("`{}` is {what} as somebody typed it", site.column.field);
        let finding = RULE.at(site.query.file, expr.span, title).label("other spellings are other people");
        let title = format!("wrap it in `{function}`");
        // The name of a column without AS comes from its expression.
        found.push(if site.tree.name.is_some() {
            wrap(finding, title, Safety::Unsafe, expr.span, [&format!("{function}("), ")"])
        } else {
            finding.note(format!("write `{function}({}) AS {}`", key.text, site.column.field))
        });
    }
}
