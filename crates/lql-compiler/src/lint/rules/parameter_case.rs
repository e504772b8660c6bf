use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "parameter-case",
    entry: CodeEntry {
        code: Code(621),
        title: "parameter of qs with capitals",
        explanation: "`qs` brings the whole address to lower case before it looks for the parameter, so a name with capitals is never found. \
            Write it in lower case, or use `qs2`, which keeps letter case.",
        wrong: "SELECT email(m) AS email, qs(url, \"utm_Source\") AS source FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, qs(url, \"utm_source\") AS source FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, args) in project.calls(&["qs"]) {
        let [_, name] = args else { continue };
        let Some(text) = text_of(name) else { continue };
        let lower = text.to_lowercase();
        if lower != text {
            let file = project.root(node).file;
            found.push(
                RULE.at(file, name.span, format!("`qs` never finds {}: it looks in lower case", quote(text)))
                    .label("has capitals")
                    .note("`qs2` keeps the letter case of names and values")
                    .fix(format!("write {}", quote(&lower)), Safety::Unsafe, name.span, quote(&lower)),
            );
        }
    }
}
