use super::super::project::{Project, is_literal, text_of};
use super::super::{Find, Rule};
use crate::Kind;
use lql_syntax::ast::{BinaryOp, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};

pub(super) static RULE: Rule = Rule {
    name: "single-item-list",
    entry: CodeEntry {
        code: Code(906),
        title: "list of one item",
        explanation: "A single value is equal to the only item of the list or it is not: `==` says so. (Of a set, IN asks whether it holds the item, \
            so sets are left alone.)",
        wrong: "SELECT email(m) AS email, city AS city FROM web INTO user BY email ALIAS a; FILTER city IN (\"Oslo\") ALIAS s",
        right: "SELECT email(m) AS email, city AS city FROM web INTO user BY email ALIAS a; FILTER city == \"Oslo\" ALIAS s",
    },
    fix: Some(Safety::Safe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let ExprKind::Binary { op: BinaryOp::In, op_span, left, right } = &node.expr.kind else { continue };
        let ExprKind::Set { items, .. } = &right.kind else { continue };
        let ([item], file) = (items.as_slice(), project.root(node).file) else { continue };
        let kind = project.kind(file, left);
        if !is_literal(item) || !kind.is_scalar() || kind == Kind::Geo {
            continue;
        }
        let finding = RULE.at(file, right.span, "this list has one item").label("one value");
        let between = project.written(file, Span::new(left.span.end, op_span.end));
        let plain = between.trim().eq_ignore_ascii_case("in");
        let same = kind == Kind::Text && text_of(item).is_some();
        found.push(if plain {
            let safety = if same { Safety::Safe } else { Safety::Unsafe };
            let equals = format!("== {}", project.written(file, item.span));
            finding.fix("write `==`", safety, Span::new(op_span.start, right.span.end), equals)
        } else {
            finding
        });
    }
}
