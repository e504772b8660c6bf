use super::super::project::{Project, call, comparison, spelt, text_of};
use super::super::text::quote;
use super::super::{Find, Rule};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety};

pub(super) static RULE: Rule = Rule {
    name: "text-case",
    entry: CodeEntry {
        code: Code(620),
        title: "comparison that letter case makes impossible",
        explanation: "The value has been brought to lower case (or to capitals), the text beside it has not, so they are never equal. \
            `email`, `emaildomain`, `domain`, `host`, `path` and `qs` give lower case, too.",
        wrong: "SELECT email(m) AS email, plan AS plan IF tolower(country) == \"Norway\" FROM web INTO user BY email ALIAS a",
        right: "SELECT email(m) AS email, plan AS plan IF tolower(country) == \"norway\" FROM web INTO user BY email ALIAS a",
    },
    fix: Some(Safety::Unsafe),
    opt_in: false,
    find: Find::InFile(find),
};

fn find(project: &Project<'_>, found: &mut Vec<Diagnostic>) {
    for node in &project.nodes {
        let file = project.root(node).file;
        let (value, literals): (&Expr, Vec<&Expr>) = match &node.expr.kind {
            ExprKind::Binary {
                op: BinaryOp::In | BinaryOp::Like | BinaryOp::Contains | BinaryOp::Intersects,
                left,
                right,
                ..
            } => match &right.kind {
                ExprKind::Set { items, .. } => (&**left, items.iter().collect()),
                _ => (&**left, vec![&**right]),
            },
            ExprKind::Call { args, .. }
                if matches!(node.function, Some("contains" | "hasprefix" | "hassuffix" | "eq")) =>
            {
                let [value, text] = args.as_slice() else { continue };
                (value, vec![text])
            }
            _ => {
                match comparison(node.expr).filter(|sides| matches!(sides.op, BinaryOp::Eq | BinaryOp::Ne)) {
                    Some(sides) => (sides.left, vec![sides.right]),
                    None => continue,
                }
            }
        };
        let Some((function, fold)) = case_of(value) else { continue };
        for literal in literals {
            let Some(text) = text_of(literal) else { continue };
            let folded = fold(text);
            if folded != text {
                found.push(
                    RULE.at(
                        file,
                        literal.span,
                        format!("{} never occurs here: `{function}` changes letter case", quote(text)),
                    )
                    .label("not as it is spelt here")
                    .also(file, value.span, format!("{} gives it so", spelt(value)))
                    .fix(
                        format!("write {}", quote(&folded)),
                        Safety::Unsafe,
                        literal.span,
                        quote(&folded),
                    ),
                );
            }
        }
    }
}

/// What a function does to the letter case of a text.
type Fold = fn(&str) -> String;

/// The function that decides the letter case of a value, and what it does to a text.
fn case_of(value: &Expr) -> Option<(&'static str, Fold)> {
    let (function, _) = call(value)?;
    match function {
        "string.lowercase" | "email" | "emaildomain" | "domain" | "host" | "path" | "qs" => {
            Some((function, |text| text.to_lowercase()))
        }
        "string.uppercase" => Some((function, |text| {
            // Character by character: what has no single capital stays.
            let one = |c: char| match c.to_uppercase().collect::<Vec<_>>().as_slice() {
                [single] => *single,
                _ => c,
            };
            text.chars().map(one).collect()
        })),
        _ => None,
    }
}
