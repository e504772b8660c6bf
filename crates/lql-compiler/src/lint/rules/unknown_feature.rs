use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::catalog::USERAGENT_FEATURES;
use crate::suggest::nearest;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "unknown-feature",
    entry: CodeEntry {
        code: Code(628),
        title: "unknown feature of a user agent",
        explanation: "`useragent` knows bot, mobile, mozilla, platform, os, engine, engine_version, browser and browser_version, in lower \
            case. For any other word it gives no value, so the field stays empty.",
        wrong: "SELECT email(m) AS email, useragent(ua, \"Browser\") AS browser FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, useragent(ua, \"browser\") AS browser FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, args) in project.calls(&["useragent"]) {
        let [_, feature] = args else { continue };
        let Some(text) = text_of(feature).filter(|text| !USERAGENT_FEATURES.contains(text)) else { continue };
        let finding = RULE
            .at(
                project.root(node).file,
                feature.span,
                format!("{} is no feature of a user agent", quote(text)),
            )
            .label("never has a value")
            .note(format!("the features are {}", USERAGENT_FEATURES.join(", ")));
        found.push(match nearest(text, USERAGENT_FEATURES).as_slice() {
            [one] => finding.fix(format!("write {}", quote(one)), Safety::Unsafe, feature.span, quote(one)),
            _ => finding,
        });
    }
}
