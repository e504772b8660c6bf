use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use crate::Kind;
use crate::pattern::Pattern;
use lql_syntax::ast::{BinaryOp, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "like-without-wildcard",
    entry: CodeEntry {
        code: Code(603),
        title: "LIKE without a wildcard",
        explanation: "A pattern must match the whole text. Without `*` or `?` that is equality, and often a part of the text was meant: \
            `LIKE \"*shoe*\"`, or `CONTAINS \"shoe\"`.",
        wrong: "FILTER product LIKE \"shoe\" ALIAS shoes",
        right: "FILTER product CONTAINS \"shoe\" ALIAS shoes",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let ExprKind::Binary { op: BinaryOp::Like, op_span, left, right } = &node.expr.kind else { continue };
        let file = project.root(node).file;
        let is_plain = |text: &str| Pattern::new(text).is_ok_and(|pattern| pattern.is_plain());
        match &right.kind {
            ExprKind::Set { items, .. } => {
                if !items.is_empty() && items.iter().all(|item| text_of(item).is_some_and(is_plain)) {
                    found.push(
                        RULE.at(file, right.span, "none of these patterns has a wildcard")
                            .label("each matches one text only")
                            .note("write IN for whole texts, CONTAINS for parts of them"),
                    );
                }
            }
            _ => {
                let Some(text) = text_of(right).filter(|text| is_plain(text)) else { continue };
                let mut finding = RULE
                    .at(file, right.span, format!("pattern {} has no wildcard", quote(text)))
                    .label("matches this text only, as a whole")
                    .note(format!("a part of the text is found by `CONTAINS {}`", quote(text)));
                if !text.contains('\\') {
                    // Of a set, any element may match; equality is of single values.
                    let single = project.kind(file, left) == Kind::Text;
                    let safety = if single { Safety::Safe } else { Safety::Unsafe };
                    finding = finding.fix("write `==`", safety, *op_span, "==");
                }
                found.push(finding);
            }
        }
    }
}
