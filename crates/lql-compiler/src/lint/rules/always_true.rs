use super::super::project::{Project, Role, chains, comparison, is_literal, is_settled};
use super::super::range::test;
use super::super::{Find, Rule};
use lql_syntax::ast::{Expr, ExprKind, ListOp, Literal};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span, TokenKind};

pub(super) static RULE: Rule = Rule {
    name: "always-true",
    entry: CodeEntry {
        code: Code(612),
        title: "condition that decides nothing",
        explanation: "The condition has the same outcome for every value: `plan != \"free\" OR plan != \"trial\"` is true whatever the plan is, \
            for no plan is both. Where two values are shut out, AND joins them, or NOT IN lists them. A condition of literals only \
            is as good as none.",
        wrong: "FILTER plan != \"free\" OR plan != \"trial\" ALIAS paying",
        right: "FILTER EXISTS plan AND plan NOT IN (\"free\", \"trial\") ALIAS paying",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, op, operands) in chains(project) {
        if op == ListOp::Or {
            let file = project.root(node).file;
            found.extend(complete(project, file, &operands));
        }
    }
    for node in &project.nodes {
        let root = project.root(node);
        let whole = node.parent.is_none();
        match &node.expr.kind {
            ExprKind::Literal(Literal::Bool(flag)) if node.condition && (whole || *flag) => {
                let outcome = if *flag { "true" } else { "false" };
                let mut finding = RULE
                    .at(root.file, node.expr.span, format!("this condition is always {outcome}"))
                    .label("decides nothing");
                if *flag && whole && matches!(root.role, Role::Guard | Role::Where) {
                    finding = without_condition(project, root.file, finding, node.expr.span);
                }
                found.push(finding);
            }
            ExprKind::Binary { .. } if compares_literals(node.expr) => found.push(
                RULE.at(root.file, node.expr.span, "two literals are compared")
                    .label("has the same outcome for every event")
                    .note("names of keys and fields stand without quotes"),
            ),
            _ => {}
        }
    }
}

fn compares_literals(expr: &Expr) -> bool {
    comparison(expr).is_some_and(|sides| is_literal(sides.left) && is_literal(sides.right))
}

/// Two operands that let everything through between them.
fn complete(project: &Project<'_>, file: u32, operands: &[&Expr]) -> Option<Diagnostic> {
    let tests: Vec<_> = operands
        .iter()
        .filter_map(|operand| test(operand, |expr| project.kind(file, expr)))
        .filter(|test| is_settled(test.operand))
        .collect();
    tests.iter().enumerate().find_map(|(at, later)| {
        let earlier = tests
            .iter()
            .take(at)
            .find(|earlier| earlier.subject == later.subject && earlier.completes(later))?;
        Some(
            RULE.at(file, later.expr.span, format!("every value of `{}` passes one of these", later.subject))
                .label("passes what is left")
                .also(file, earlier.expr.span, "by this")
                .note("AND, or NOT IN with a list, shuts out several values"),
        )
    })
}

/// Takes `IF true` and `WHERE true` away, keyword and all.
fn without_condition(project: &Project<'_>, file: u32, finding: Diagnostic, condition: Span) -> Diagnostic {
    let tokens = project.tokens(file);
    let at = tokens.partition_point(|token| token.span.start < condition.start);
    let before: Vec<_> = tokens.iter().take(at).rev().take(3).collect();
    let [blank, keyword, gap] = before.as_slice() else { return finding };
    let is_plain = blank.kind.is_trivia()
        && !blank.kind.is_comment()
        && keyword.kind == TokenKind::Word
        && matches!(gap.kind, TokenKind::Whitespace | TokenKind::Newline);
    if is_plain {
        finding.replace("take the condition away", Span::new(gap.span.start, condition.end), "")
    } else {
        finding
    }
}
