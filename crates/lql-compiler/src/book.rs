//! Pages of the book that are made from the catalogs: functions, operators, kinds and merge operators, diagnostics.
//!
//! The pages stand under `docs/`; a test fails when one differs from what is made here.

use crate::catalog::{self, Example, Function, Group, Presence, Purity, ResultKind, Scope};
use crate::lint::{Category, RULES};
use crate::operators::{OPERATORS, OperatorEntry};
use crate::{KINDS, Kind, MERGE_OPS, codes};
use lql_syntax::Safety;
use std::fmt::Write as _;

/// Begins every page that is made.
const NOTICE: &str =
    "<!-- Made from the catalog; change the entry there, then run the tests with UPDATE_BOOK=1. -->\n\n";

/// A page that is made.
#[derive(Clone, Copy)]
pub struct Page {
    /// Its name in the folder of the book.
    pub file: &'static str,
    /// Makes it.
    pub text: fn() -> String,
}

/// All pages that are made.
pub const PAGES: &[Page] = &[
    Page { file: "functions.md", text: functions },
    Page { file: "operators.md", text: operators },
    Page { file: "kinds.md", text: kinds },
    Page { file: "diagnostics.md", text: diagnostics },
    Page { file: "rules.md", text: rules },
];

/// The page of all functions, by group.
pub fn functions() -> String {
    let mut page = format!("{NOTICE}# Functions\n\n");
    page.push_str("*nv* stands for no value: the column contributes nothing. `lql doc NAME` shows the same on a terminal.\n");
    for (group, title) in GROUPS {
        let mut members = catalog::functions().filter(|function| function.group == *group).peekable();
        if members.peek().is_some() {
            let _ = write!(page, "\n## {title}\n");
        }
        for function in members {
            let _ = write!(page, "\n### `{}`\n\n{}", catalog::signature(function), about_function(function));
        }
    }
    page
}

const GROUPS: &[(Group, &str)] = &[
    (Group::Aggregate, "Aggregates"),
    (Group::Logic, "Logic"),
    (Group::Text, "Text"),
    (Group::Cast, "Conversions"),
    (Group::Hash, "Hashes and encodings"),
    (Group::Collection, "Maps, lists and sets"),
    (Group::Web, "URLs, e-mail and user agents"),
    (Group::Date, "Dates and times"),
    (Group::Other, "Other"),
];

/// What there is to say about a function, below its title. Editors show the same.
pub fn about_function(function: &Function) -> String {
    let mut text = format!("{}\n", function.summary);
    let page = &mut text;
    if !function.aliases.is_empty() {
        let names: Vec<String> = function.aliases.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(page, "Also written {}.", names.join(", "));
    }
    if !function.details.is_empty() {
        let _ = write!(page, "\n{}\n", function.details.trim());
    }
    if !function.params.is_empty() {
        page.push('\n');
        for param in function.params {
            let presence = match param.presence {
                Presence::Required => "",
                Presence::Optional => " (may be left out)",
                Presence::Repeated => " (once or more)",
                Presence::Any => " (any number)",
            };
            let _ = writeln!(page, "* `{}`{presence}: {}", param.name, param.doc);
        }
    }
    let mut facts = vec![match function.result {
        ResultKind::Is(Kind::Dynamic) => "gives the kind that the value has".to_owned(),
        ResultKind::Is(kind) => format!("gives `{kind}`"),
        ResultKind::From(_) => "gives a value whose kind follows the arguments".to_owned(),
    }];
    if let Some(aggregate) = function.aggregate {
        facts.push(format!("accumulates over events by `{}`", aggregate.mergeop));
    }
    match function.scope {
        Scope::Everywhere => {}
        Scope::Mapping => facts.push("only in mappings".to_owned()),
        Scope::Filter => facts.push("only in filters".to_owned()),
    }
    match function.purity {
        Purity::Pure => {}
        Purity::EventTime => facts.push("may depend on the event's time".to_owned()),
        Purity::Random => facts.push("another value at every call".to_owned()),
    }
    let _ = write!(page, "\nIt {}.\n\n", facts.join("; "));
    for example in function.examples {
        example_line(example, page);
    }
    text
}

fn example_line(example: &Example, page: &mut String) {
    let result = example.result.map_or("*nv*".to_owned(), |result| format!("`{result}`"));
    let event = if example.event.is_empty() { String::new() } else { format!(" on `{}`", example.event) };
    let _ = writeln!(page, "* `{}`{event} → {result}", example.expr);
}

/// The page of operators, the loosest first.
pub fn operators() -> String {
    let mut page = format!("{NOTICE}# Operators\n\n");
    page.push_str("From the loosest to the tightest. *nv* stands for no value. `lql doc LIKE` shows the same on a terminal.\n");
    let mut title = "";
    for entry in OPERATORS {
        if entry.level.title() != title {
            title = entry.level.title();
            let _ = write!(page, "\n## {title}\n");
        }
        let _ = write!(page, "\n### `{}`\n\n{}", entry.form, about_operator(entry));
    }
    page
}

/// What there is to say about an operator, below its title. Editors show the same.
pub fn about_operator(entry: &OperatorEntry) -> String {
    let mut text = format!("{}\n", entry.summary);
    if !entry.spellings.is_empty() {
        let names: Vec<String> = entry.spellings.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(text, "Also written {}.", names.join(", "));
    }
    if !entry.details.is_empty() {
        let _ = write!(text, "\n{}\n", entry.details);
    }
    let _ = write!(text, "\nWhere an operand has no value: {}.\n\n", entry.missing);
    for example in entry.examples {
        example_line(example, &mut text);
    }
    text
}

/// The page of kinds and merge operators, with the matrix of what fits.
pub fn kinds() -> String {
    let mut page = format!("{NOTICE}# Kinds and merge operators\n\n## Kinds\n\n");
    page.push_str("| kind | also written | holds | in filters |\n|---|---|---|---|\n");
    for kind in KINDS {
        let aliases: Vec<String> = kind.aliases.iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            kind.name,
            aliases.join(", "),
            kind.summary,
            kind.filters
        );
    }
    page.push_str("\n## Merge operators\n\n| operator | meaning | kinds |\n|---|---|---|\n");
    for op in MERGE_OPS {
        let kinds: Vec<String> = op.fits.iter().map(|kind| format!("`{kind}`")).collect();
        let _ = writeln!(page, "| `{}` | {} | {} |", op.name, op.summary, kinds.join(", "));
    }
    page
}

/// The page of diagnostics.
pub fn diagnostics() -> String {
    let mut page = format!("{NOTICE}# Diagnostics\n\n`lql explain CODE` shows the same on a terminal.\n");
    for entry in codes::all() {
        let _ = write!(page, "\n## {}: {}\n\n{}\n", entry.code, entry.title, entry.explanation);
        if !entry.wrong.is_empty() {
            let (wrong, right) = (indented(entry.wrong), indented(entry.right));
            let _ = write!(page, "\nWrong:\n\n{wrong}\n\nRight:\n\n{right}\n");
        }
    }
    page
}

/// The page of the linter's rules, by category; why they matter, the page of diagnostics says.
pub fn rules() -> String {
    let mut page = format!("{NOTICE}# Rules of the linter\n\n");
    page.push_str("`lql explain CODE` says why a rule matters and shows a wrong and a right text. How to run the linter: [Linting](linting.md).\n");
    for category in Category::ALL {
        let title = match category {
            Category::Mistake => "Mistakes: it does not do what it says",
            Category::Risk => "Risks: it works today, and goes wrong with other events",
            Category::Cost => "Costs: it could be cheaper",
            Category::Style => "Style: it could be easier to read",
        };
        let _ = write!(page, "\n## {title}\n\n| code | name | finds | fix |\n|---|---|---|---|\n");
        for rule in RULES.iter().filter(|rule| rule.category() == category) {
            let fix = match rule.fix {
                Some(Safety::Safe) => "`--fix`",
                Some(_) => "`--unsafe-fixes`",
                None => "",
            };
            let off = if rule.opt_in { " (off by default)" } else { "" };
            let anchor = anchor(&format!("{}: {}", rule.code(), rule.entry.title));
            let (code, name, title) = (rule.code(), rule.name, rule.entry.title);
            let _ = writeln!(page, "| [{code}](diagnostics.md#{anchor}) | `{name}` | {title}{off} | {fix} |");
        }
    }
    page
}

/// The anchor of a heading, as mdBook and GitHub make it.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// A text as a block of code.
fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}
