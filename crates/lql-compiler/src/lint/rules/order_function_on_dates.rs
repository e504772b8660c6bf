use super::super::Rule;
use super::super::project::{Project, text_of};
use crate::{Kind, Time, convert, dates};
use lql_syntax::ast::Expr;
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "order-function-on-dates",
    entry: CodeEntry {
        code: Code(602),
        title: "lt, le, gt or ge of dates",
        explanation: "The functions `lt`, `le`, `gt` and `ge` read both sides as numbers; a date or a text that holds one is none, so \
            there is never a value. The operators `<`, `<=`, `>` and `>=` compare dates.",
        wrong: "SELECT email(m) AS email, plan AS plan IF gt(todate(born), \"1990-01-01\") FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF todate(born) > \"1990-01-01\" FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Some(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for (node, function, args) in project.calls(&["lt", "le", "gt", "ge"]) {
        let root = project.root(node);
        let is_no_number = |arg: &Expr| {
            let text = text_of(arg);
            project.kind(root.file, arg) == Kind::Date
                || text.is_some_and(|text| {
                    convert::parse_number(text).is_none() && dates::parse(text, Time::default()).is_some()
                })
        };
        let ([left, right], true) = (args, args.iter().any(is_no_number)) else { continue };
        let operator = match function {
            "lt" => "<",
            "le" => "<=",
            "gt" => ">",
            _ => ">=",
        };
        let written = |expr: &Expr| project.written(root.file, expr.span);
        let as_operator = format!("({} {operator} {})", written(left), written(right));
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
