use super::super::names;
use super::super::project::{Project, call, calls_any, field, fields_in};
use super::super::text::wrap;
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::cell::LazyCell;
use std::collections::HashSet;

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
    find: Find::InProject(find),
};

/// Streams and keys.
type Read<'a> = HashSet<(Option<&'a str>, &'a str)>;

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    // What is read as an address anywhere is one, whatever its name.
    let mails = LazyCell::new(|| read_by(project, "email"));
    let phones = LazyCell::new(|| read_by(project, "phone.e164"));
    for (node, function, args) in
        project.calls(&["hash.sip", "hash.md5", "hash.sha1", "hash.sha256", "hash.sha512"])
    {
        let [value] = args else { continue };
        let stream = project.root(node).query.map(|query| query.stream.as_str());
        let keys = fields_in(value);
        // Of several keys joined, nobody expects the hash of an address.
        let alone = field(value).map(|key| (stream, key.text.as_str()));
        let any = |is: fn(&str) -> bool| keys.iter().any(|key| is(&key.text));
        let (what, normal) = if any(names::is_mail) || alone.is_some_and(|key| mails.contains(&key)) {
            ("an address", "email")
        } else if any(names::is_phone) || alone.is_some_and(|key| phones.contains(&key)) {
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

/// The keys that a function reads.
fn read_by<'a>(project: &Project<'a>, function: &str) -> Read<'a> {
    let calls = project.nodes.iter().filter(|node| node.function == Some(function));
    let read = calls.filter_map(|node| match call(node.expr) {
        Some((_, [value])) => {
            Some((project.root(node).query.map(|query| query.stream.as_str()), field(value)?.text.as_str()))
        }
        _ => None,
    });
    read.collect()
}
