use super::super::project::{Project, chains, comparison, is_settled, spelt};
use super::super::text::removal;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};
use std::collections::HashMap;

pub(super) static RULE: Rule = Rule {
    name: "repeated-condition",
    entry: CodeEntry {
        code: Code(616),
        title: "condition that stands twice",
        explanation: "The second copy changes nothing. Often one of the two should name another key.",
        wrong: "FILTER EXISTS email AND EXISTS email ALIAS reachable",
        right: "FILTER EXISTS email AND EXISTS phone ALIAS reachable",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, _, operands) in chains(project) {
        let file = project.root(node).file;
        let mut known: HashMap<String, &Expr> = HashMap::new();
        let mut before: Option<&Expr> = None;
        for operand in operands {
            let twice = known.get(&spelt(operand)).copied().filter(|_| is_settled(operand));
            if let Some(first) = twice {
                let finding = RULE
                    .at(file, operand.span, "this condition has been asked already")
                    .label("once more")
                    .also(file, first.span, "first here");
                let span = before.and_then(|before| removal(project, file, before, operand));
                found.push(match span.filter(|_| has_outcome(operand)) {
                    Some(span) => finding.replace("take it out", span, ""),
                    None => finding,
                });
            }
            known.entry(spelt(operand)).or_insert(operand);
            before = Some(operand);
        }
    }
}

/// Whether a condition is always true or false, and never without a value: AND and OR treat no value in ways of their own.
fn has_outcome(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Exists(_) => true,
        ExprKind::Binary { op, .. } => comparison(condition).is_some_and(|_| *op == BinaryOp::Eq),
        _ => false,
    }
}
