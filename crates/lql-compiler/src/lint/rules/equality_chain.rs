use super::super::project::{Project, chains, comparison, is_literal, is_settled, spelt, text_of};
use super::super::text::operand;
use super::super::{Find, Rule};
use crate::Kind;
use lql_syntax::ast::{BinaryOp, Expr, ListOp};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "equality-chain",
    entry: CodeEntry {
        code: Code(908),
        title: "row of comparisons where IN does",
        explanation: "The same value is compared with three or more texts. A list is shorter, is checked at once, and does not invite a forgotten \
            or doubled name.",
        wrong: "FILTER plan = \"pro\" OR plan = \"team\" OR plan = \"school\" ALIAS paying",
        right: "FILTER plan IN (\"pro\", \"team\", \"school\") ALIAS paying",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

/// Two comparisons are no row.
const ROW: usize = 3;

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, operands) in chains(project).filter(|(_, op, _)| *op == ListOp::Or) {
        let file = project.root(node).file;
        let mut by_subject: BTreeMap<String, (&Expr, Vec<&Expr>)> = BTreeMap::new();
        for operand in &operands {
            if let Some(sides) = comparison(operand).filter(|sides| sides.op == BinaryOp::Eq)
                && is_literal(sides.right)
                && !is_literal(sides.left)
                && is_settled(sides.left)
            {
                by_subject.entry(spelt(sides.left)).or_insert((sides.left, Vec::new())).1.push(sides.right);
            }
        }
        for (subject, (value, literals)) in by_subject.iter().filter(|(_, (_, items))| items.len() >= ROW) {
            let finding = RULE
                .at(
                    file,
                    node.expr.span,
                    format!("`{subject}` is compared with {} values one by one", literals.len()),
                )
                .label("a list says the same");
            let written: Vec<&str> =
                literals.iter().map(|literal| project.written(file, literal.span)).collect();
            let list = format!("{} IN ({})", operand(project, file, value), written.join(", "));
            // A set is equal to nothing and may be IN; so only of single texts is it the same.
            let same =
                project.kind(file, value) == Kind::Text && literals.iter().all(|it| text_of(it).is_some());
            let safety = if same { Safety::Safe } else { Safety::Unsafe };
            let lost = project.tokens(file).iter().any(|token| {
                token.kind.is_comment()
                    && node.expr.span.start <= token.span.start
                    && token.span.end <= node.expr.span.end
            });
            found.push(if literals.len() == operands.len() && !lost {
                finding.fix("write IN", safety, node.expr.span, list)
            } else {
                finding
            });
        }
    }
}
