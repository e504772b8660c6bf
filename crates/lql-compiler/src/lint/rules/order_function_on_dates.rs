use super::super::project::{Project, text_of};
use super::super::text::in_place;
use super::super::{Find, Rule};
use crate::Kind;
use lql_syntax::ast::Expr;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "order-function-on-dates",
    entry: CodeEntry {
        code: Code(602),
        title: "lt, le, gt or ge of dates",
        explanation: "The functions `lt`, `le`, `gt` and `ge` read both sides as numbers; a date or a text that holds one is none, so \
            there is never a value. The operators `<`, `<=`, `>` and `>=` compare dates.",
        wrong: "SELECT email(m) AS email, plan AS plan IF gt(todate(ordered), todate(joined)) FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF todate(ordered) > todate(joined) FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, function, args) in project.calls(&["lt", "le", "gt", "ge"]) {
        let root = project.root(node);
        // Of texts that are no numbers, the checker speaks.
        let is_date = |arg: &Expr| project.kind(root.file, arg) == Kind::Date;
        let ([left, right], true) = (args, args.iter().any(is_date)) else { continue };
        if args.iter().any(|arg| text_of(arg).is_some()) {
            continue;
        }
        let operator = match function {
            "lt" => "<",
            "le" => "<=",
            "gt" => ">",
            _ => ">=",
        };
        let written = |expr: &Expr| project.written(root.file, expr.span);
        let as_operator = format!("{} {operator} {}", written(left), written(right));
        let as_operator = in_place(project, node, &as_operator);
        found.push(
            RULE.at(
                root.file,
                node.expr.span,
                format!("`{function}` takes numbers, so of dates it gives no value"),
            )
            .label("a date is no number here")
            .fix(format!("write `{operator}`"), Safety::Unsafe, node.expr.span, as_operator),
        );
    }
}
