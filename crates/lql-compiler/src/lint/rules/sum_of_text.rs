use super::super::project::Project;
use super::super::{Find, Rule};
use crate::{Kind, convert};
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "sum-of-text",
    entry: CodeEntry {
        code: Code(613),
        title: "sum, min, max or avg of a text",
        explanation: "The argument is a text, and a text that is no number has no sum: the column stays empty. Name the key that holds the \
            number, or take it out of the text with `tonumber`. How often a text occurs, `count` and `valuect` say.",
        wrong: "SELECT email(m) AS email, sum(tolower(plan)) AS plans FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, valuect(tolower(plan)) AS plans FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, function, args) in project.calls(&["sum", "min", "max", "avg"]) {
        let file = project.root(node).file;
        for arg in args {
            let words = super::super::project::literal_words(arg);
            let holds_number = words.is_some_and(|text| convert::parse_number(&text).is_some());
            // Parts of texts may well be digits: replace, split, substr and the like are not asked about.
            let worded =
                super::super::project::is_literal(arg) || super::super::project::calls_any(arg, WORDED);
            if project.kind(file, arg) == Kind::Text && !holds_number && worded {
                found.push(
                    RULE.at(file, arg.span, format!("`{function}` of a text"))
                        .label("text, not a number")
                        .note("`count(x)` counts events, `valuect(x)` counts them by value"),
                );
            }
        }
    }
}

/// Functions whose texts are words, not numbers.
const WORDED: &[&str] = &[
    "string.lowercase",
    "string.uppercase",
    "string.titlecase",
    "email",
    "emailname",
    "emaildomain",
    "domain",
    "host",
    "path",
    "url",
    "urlmain",
    "hash.md5",
    "hash.sha1",
    "hash.sha256",
    "hash.sha512",
    "useragent",
    "encoding.b64encode",
];
