use super::super::Rule;
use super::super::names;
use super::super::project::{Project, calls_any, fields_in};
use super::super::text::wrap;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "hash-as-written",
    entry: CodeEntry {
        code: Code(703),
        title: "hash of an address as it was typed",
        explanation: "A hash of `Ana@Example.org` and one of `ana@example.org` have nothing in common, so partners who match hashes find nobody. \
            Bring the address to one spelling first: `hash.sha256(email(mail))`.",
        wrong: "SELECT email(m) AS email, hash.sha256(user_mail) AS email_sha256 FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, hash.sha256(email(user_mail)) AS email_sha256 FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Some(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, function, args) in
        project.calls(&["hash.sip", "hash.md5", "hash.sha1", "hash.sha256", "hash.sha512"])
    {
        let [value] = args else { continue };
        let keys = fields_in(value);
        let any = |is: fn(&str) -> bool| keys.iter().any(|key| is(&key.text));
        let (what, normal) = if any(names::is_mail) {
            ("an address", "email")
        } else if any(names::is_phone) {
            ("a telephone number", "phone.e164")
        } else {
            continue;
        };
        if calls_any(value, &["email", "string.lowercase", "phone.e164", "emaildomain"]) {
            continue;
        }
        let file = project.root(node).file;
        let finding = RULE
            .at(file, value.span, format!("`{function}` of {what} as somebody typed it"))
            .label("other spellings have other hashes");
        let title = format!("wrap it in `{normal}`");
        found.push(wrap(finding, title, Safety::Unsafe, value.span, [&format!("{normal}("), ")"]));
    }
}
