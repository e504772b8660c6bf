//! The rules about suppressions; what they find, the engine finds (`allow`).

use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Safety};

pub(in super::super) static ALLOW_WITHOUT_REASON: Rule = Rule {
    name: "allow-without-reason",
    entry: CodeEntry {
        code: Code(990),
        title: "suppression without a reason",
        explanation: "A finding is allowed for a reason, and the next reader wants to know it. Without one, a suppression does \
            nothing.",
        wrong: "-- lint: allow needless-regex\nSELECT email(m) AS email FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::ByEngine,
};

pub(in super::super) static ALLOW_UNKNOWN: Rule = Rule {
    name: "allow-unknown",
    entry: CodeEntry {
        code: Code(991),
        title: "suppression of an unknown rule",
        explanation: "`lint: allow` takes names or codes of findings, separated by commas. A misspelt one allows nothing.",
        wrong: "-- lint: allow needless-regexp: the pattern will grow\nSELECT email(m) AS email FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::ByEngine,
};

pub(in super::super) static ALLOW_UNUSED: Rule = Rule {
    name: "allow-unused",
    entry: CodeEntry {
        code: Code(992),
        title: "suppression that is not used",
        explanation: "Nothing below the comment raises what it allows. It stayed behind when the text was mended, and would hide \
            the next mistake.",
        wrong: "-- lint: allow needless-regex: the pattern will grow\nSELECT email(m) AS email FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::ByEngine,
};
