use super::super::project::{Project, spelt};
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic, Span};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "repeated-parse",
    entry: CodeEntry {
        code: Code(801),
        title: "text that is taken apart again and again",
        explanation: "Equal calls are made once an event, but each of these asks for something else and takes the whole text apart anew. \
            `useragent.map(ua)` gives all features at once; several regular expressions on one text are one with `|`; JSON inside a \
            text is better sent as JSON, whose keys are read at no cost.",
        wrong: "SELECT email(m) AS email, useragent(ua, \"browser\") AS browser, useragent(ua, \"os\") AS os, useragent(ua, \"mobile\") AS mobile \
            FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, useragent.map(ua) AS agent FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InProject(find),
};

/// What is asked of a text, and where first.
type Questions = BTreeMap<String, (u32, Span)>;

/// As many different questions to one text are worth a word.
const MANY: usize = 3;

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let mut calls: BTreeMap<(&str, &str, String), Questions> = BTreeMap::new();
    for (node, function, args) in project.calls(&["useragent", "json.jmespath", "regex.match"]) {
        let root = project.root(node);
        if let ([text, question], Some(query)) = (args, root.query) {
            let asked = calls.entry((&query.stream, function, spelt(text))).or_default();
            asked.entry(spelt(question)).or_insert((root.file, node.expr.span));
        }
    }
    for ((_, function, text), asked) in calls.iter().filter(|(_, asked)| asked.len() >= MANY) {
        let mut places: Vec<(u32, Span)> = asked.values().copied().collect();
        places.sort_unstable();
        let Some(((file, span), others)) = places.split_first() else { continue };
        let better = match *function {
            "useragent" => "`useragent.map` gives all features at once",
            "regex.match" => "one expression with `|` asks them together",
            _ => "sent as JSON and not as a text, its keys are read at no cost",
        };
        let title = format!("`{text}` is taken apart {} times an event", asked.len());
        let finding = RULE.at(*file, *span, title).label("here first").note(better);
        found.push(
            others.iter().fold(finding, |finding, (file, span)| finding.also(*file, *span, "and here")),
        );
    }
}
