use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::text::{in_place, operand};
use super::super::{Find, Rule};
use crate::Kind;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "needless-regex",
    entry: CodeEntry {
        code: Code(802),
        title: "regular expression where plain text does",
        explanation: "The pattern has no more in it than a text and perhaps `^` or `$`. `hasprefix`, `hassuffix`, `contains` and `==` say the same, \
            are read faster by people, and cost a fraction.",
        wrong: "SELECT email(m) AS email, plan AS plan IF regex.match(tolower(sku), \"^tec-\") FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF hasprefix(tolower(sku), \"tec-\") FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, args) in project.calls(&["regex.match"]) {
        let [value, pattern] = args else { continue };
        let Some((start, plain, end)) = text_of(pattern).and_then(plain) else { continue };
        let file = project.root(node).file;
        let subject = project.written(file, value.span);
        let quoted = quote(&plain);
        let (name, text) = match (start, end) {
            (true, true) => {
                ("==", in_place(project, node, &format!("{} == {quoted}", operand(project, file, value))))
            }
            (true, false) => ("hasprefix", format!("hasprefix({subject}, {quoted})")),
            (false, true) => ("hassuffix", format!("hassuffix({subject}, {quoted})")),
            (false, false) => ("contains", format!("contains({subject}, {quoted})")),
        };
        let finding = RULE
            .at(file, node.expr.span, format!("`{name}` does what this regular expression does"))
            .label("no more than a text");
        // Of a missing value `regex.match` has no value, the others are false: in a condition that is the same.
        let same = node.condition && project.kind(file, value) == Kind::Text;
        let safety = if same { Safety::Safe } else { Safety::Unsafe };
        found.push(if project.may_change(node) {
            finding.fix(format!("write `{name}`"), safety, node.expr.span, text)
        } else {
            finding
        });
    }
}

/// A pattern that is a text, and whether it is bound to the beginning and to the end.
fn plain(pattern: &str) -> Option<(bool, String, bool)> {
    let (start, body) = pattern.strip_prefix('^').map_or((false, pattern), |body| (true, body));
    let (end, body) = match body.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => (true, rest),
        _ => (false, body),
    };
    let mut text = String::new();
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(char::is_ascii_punctuation)?),
            '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    (!text.is_empty()).then_some((start, text, end))
}
