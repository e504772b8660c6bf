use super::super::project::{Project, is_settled, spelt};
use super::super::text::column_removal;
use super::super::{Find, Rule};
use crate::MergeOp;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};
use std::collections::HashMap;

pub(super) static RULE: Rule = Rule {
    name: "duplicate-column",
    entry: CodeEntry {
        code: Code(617),
        title: "column that stands twice",
        explanation: "Two columns write the same value to the same field under the same condition. A sum or a count is doubled by that; \
            other fields gain nothing. Often the second was copied and should write another field.",
        wrong: "SELECT email(m) AS email, count(page) AS pages, count(page) AS pages FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, count(page) AS pages, count(click) AS clicks FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for query in project.queries {
        let mut known: HashMap<(&str, String, Option<String>), Span> = HashMap::new();
        let mut before: Option<Span> = None;
        let mut written: HashMap<&str, u32> = HashMap::new();
        query.columns.iter().for_each(|column| *written.entry(&column.field).or_default() += 1);
        for column in &query.columns {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            if written.get(column.field.as_str()) == Some(&1) {
                before = Some(tree.span);
                continue;
            }
            let key = (column.field.as_str(), spelt(&tree.expr), tree.guard.as_ref().map(spelt));
            match known.get(&key).copied().filter(|_| is_settled(&tree.expr)) {
                None => {
                    known.insert(key, tree.span);
                }
                Some(first) => {
                    let adds = matches!(column.mergeop, Some(MergeOp::Sum | MergeOp::Count));
                    let finding = RULE
                        .at(query.file, tree.span, format!("`{}` gets the same value twice", column.field))
                        .label(if adds { "counted once more" } else { "adds nothing" })
                        .also(query.file, first, "first here");
                    // What else the column says, it says for the field.
                    let silent = tree.kind.is_none()
                        && tree.mergeop.is_none()
                        && tree.shortdesc.is_none()
                        && tree.longdesc.is_none();
                    let span =
                        before.and_then(|before| column_removal(project, query.file, before, tree.span));
                    found.push(match span.filter(|_| silent) {
                        Some(span) => {
                            let safety = if adds { Safety::Unsafe } else { Safety::Safe };
                            finding.fix("take the second out", safety, span, "")
                        }
                        None => finding,
                    });
                }
            }
            before = Some(tree.span);
        }
    }
}
