use super::super::project::{Project, number_of, text_of};
use super::super::{Find, Rule};
use lql_syntax::ast::Expr;
use lql_syntax::{Code, CodeEntry, Diagnostic};

pub(super) static RULE: Rule = Rule {
    name: "argument-without-result",
    entry: CodeEntry {
        code: Code(624),
        title: "argument that leaves no result",
        explanation: "With this literal the function never has a value: nothing is split at an empty text, nothing begins with one, and a \
            part that ends before it begins is none. The column stays empty.",
        wrong: "SELECT email(m) AS email, string.substr(code, 4, 2) AS area FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, string.substr(code, 2, 4) AS area FROM web INTO user BY email ALIAS a",
    },
    fix: None,
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    let of_text = ["split", "contains", "hasprefix", "hassuffix", "qs", "qs2"];
    for (node, function, args) in project.calls(&of_text) {
        if let [_, text] = args
            && text_of(text) == Some("")
        {
            found.push(finding(project.root(node).file, text, function, "the empty text"));
        }
    }
    for (node, function, args) in project.calls(&["string.substr", "array.slice"]) {
        let file = project.root(node).file;
        let [_, positions @ ..] = args else { continue };
        let numbers: Vec<f64> = positions.iter().filter_map(number_of).collect();
        // Of lists, negative positions count from the end.
        let negative = function == "string.substr" && numbers.iter().any(|number| *number < 0.0);
        let reversed =
            matches!(numbers.as_slice(), [from, to] if to < from && (*to >= 0.0) == (*from >= 0.0));
        if let (true, Some(last)) = (negative || reversed, positions.last()) {
            let what = if negative { "a negative position" } else { "an end before the beginning" };
            found.push(finding(file, last, function, what));
        }
    }
}

fn finding(file: u32, argument: &Expr, function: &str, what: &str) -> Diagnostic {
    RULE.at(file, argument.span, format!("`{function}` gives no value for {what}"))
        .label("never has a result")
}
