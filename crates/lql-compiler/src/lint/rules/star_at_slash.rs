use super::super::names;
use super::super::project::{Project, call, field, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use super::like_for_contains;
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "star-at-slash",
    entry: CodeEntry {
        code: Code(604),
        title: "star that stops at a slash",
        explanation: "In a pattern `*` stands for any run of characters without a `/`. `\"/shop/*\"` matches /shop/fruit and not \
            /shop/fruit/pear; `**` crosses slashes.",
        wrong: "FILTER last_path LIKE \"/shop/*\" ALIAS shop",
        right: "FILTER last_path LIKE \"/shop/**\" ALIAS shop",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        match &node.expr.kind {
            ExprKind::Binary { op: BinaryOp::Like, left, right, .. } => {
                let items = match &right.kind {
                    ExprKind::Set { items, .. } => items.as_slice(),
                    _ => std::slice::from_ref(&**right),
                };
                found.extend(items.iter().filter_map(|item| finding(file, left, item)));
            }
            ExprKind::Call { .. } if matches!(node.function, Some("filter" | "filtermatch")) => {
                let Some((_, [value, patterns @ ..])) = call(node.expr) else { continue };
                found.extend(patterns.iter().filter_map(|item| finding(file, value, item)));
            }
            _ => {}
        }
    }
}

fn finding(file: u32, value: &Expr, pattern: &Expr) -> Option<Diagnostic> {
    let text = text_of(pattern)?;
    let crossing = doubled(text, holds_paths(value))?;
    let quoted = quote(&crossing);
    let finding = RULE
        .at(file, pattern.span, format!("`*` in {} stops at the next `/`", quote(text)))
        .label("does not match what has more slashes")
        .note("`**` crosses slashes; `*` alone is right where one part of a path is meant");
    Some(finding.fix(format!("write {quoted}"), Safety::Unsafe, pattern.span, quoted.clone()))
}

/// The pattern with `**` where a lone `*` at an end has paths to cross. `None` where nothing speaks for that.
fn doubled(pattern: &str, of_paths: bool) -> Option<String> {
    if !of_paths && !pattern.contains('/') {
        return None;
    }
    let lone_first = pattern.starts_with('*') && !pattern.starts_with("**");
    let lone_last = pattern.ends_with('*') && !pattern.ends_with("**") && !pattern.ends_with("\\*");
    // What looks for a text inside another, another rule answers.
    if !lone_first && !lone_last || pattern == "*" || like_for_contains::inside(pattern).is_some() {
        return None;
    }
    let first = if lone_first { "*" } else { "" };
    let last = if lone_last { "*" } else { "" };
    Some(format!("{first}{pattern}{last}"))
}

/// Whether a value is an address or a path, by its function or its name.
fn holds_paths(value: &Expr) -> bool {
    match call(value) {
        Some((function, _)) => matches!(function, "path" | "url" | "urlmain" | "urlminusqs" | "url.matchqs"),
        None => field(value).is_some_and(|field| {
            names::says(&field.text, &["url", "path", "page", "referrer", "referer", "uri", "href", "link"])
        }),
    }
}
