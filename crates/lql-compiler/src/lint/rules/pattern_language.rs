use super::super::project::{Project, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "pattern-language",
    entry: CodeEntry {
        code: Code(625),
        title: "pattern in the language of the other operator",
        explanation: "LIKE takes patterns with `*` and `?`; `^`, `$`, `.*` and `\\d` are those of regular expressions and mean themselves \
            there. In a regular expression, a `*` repeats what stands before it: `\"/shop/*\"` is /shop and any number of slashes.",
        wrong: "FILTER sku LIKE \"^TEC-.*\" ALIAS technology",
        right: "FILTER sku LIKE \"TEC-*\" ALIAS technology",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        if let ExprKind::Binary { op: BinaryOp::Like, right, .. } = &node.expr.kind {
            let items = match &right.kind {
                ExprKind::Set { items, .. } => items.as_slice(),
                _ => std::slice::from_ref(&**right),
            };
            found.extend(items.iter().filter_map(|item| regex_in_like(file, item)));
        }
    }
    for (node, _, args) in project.calls(&["regex.match"]) {
        let [_, pattern] = args else { continue };
        if text_of(pattern).is_some_and(|text| text.ends_with("/*") && !text.ends_with("\\/*")) {
            found.push(
                RULE.at(
                    project.root(node).file,
                    pattern.span,
                    "in a regular expression `/*` is any number of slashes",
                )
                .label("not any text")
                .note("write `/.*`, or use LIKE with `/**`"),
            );
        }
    }
}

fn regex_in_like(file: u32, pattern: &Expr) -> Option<Diagnostic> {
    let text = text_of(pattern)?;
    let foreign = text.starts_with('^') || text.ends_with('$') || text.contains(".*") || text.contains("\\d");
    if !foreign {
        return None;
    }
    let finding = RULE
        .at(file, pattern.span, format!("{} looks like a regular expression", quote(text)))
        .label("LIKE knows `*`, `**`, `?` and `[a-z]`")
        .note("`regex.match(x, \"…\")` takes regular expressions");
    let body = text.trim_start_matches('^').trim_end_matches('$').replace(".*", "*");
    let anchored_start = text.starts_with('^') || text.starts_with(".*");
    let anchored_end = text.ends_with('$') || text.ends_with(".*");
    let glob =
        format!("{}{body}{}", if anchored_start { "" } else { "*" }, if anchored_end { "" } else { "*" });
    // Only what says the same in both languages once the stars are written right.
    let is_plain = !glob.contains(['\\', '(', '[', '+', '.', '|', '{', '?', '^', '$']);
    Some(if is_plain {
        finding.fix(format!("write {}", quote(&glob)), Safety::Unsafe, pattern.span, quote(&glob))
    } else {
        finding
    })
}
