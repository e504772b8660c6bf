//! `lql explain`: what a finding means, with a wrong and a right text.

use super::wrap;
use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use lql_authoring::read_settings;
use lql_compiler::lint::{RULES, Selection, lint};
use lql_compiler::report::{self, SourceView};
use lql_compiler::{check, codes};
use lql_syntax::ast::Dialect;
use lql_syntax::{CodeEntry, Diagnostic, parse_expression};
use std::fmt::Write as _;

/// Explain a finding by its code; without a code, list all codes
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql explain LQL0201
  lql explain 201
  lql explain            all codes with their titles")]
pub struct Explain {
    /// The code, such as LQL0201
    code: Option<String>,
}

/// Explains.
pub fn run(args: &Explain, terminal: &Terminal) -> Result<Outcome, Stop> {
    let Some(code) = &args.code else {
        let mut list = String::new();
        for entry in codes::all() {
            let _ = writeln!(list, "{}  {}", entry.code, entry.title);
        }
        terminal.print(&list)?;
        return Ok(Outcome::Clean);
    };
    let entry = codes::find(code).ok_or_else(|| {
        Stop::Misuse(format!("no finding has the code `{code}`; `lql explain` lists the codes"))
    })?;
    terminal.print(&page(entry, terminal))?;
    Ok(Outcome::Clean)
}

fn page(entry: &CodeEntry, terminal: &Terminal) -> String {
    let mut out = format!(
        "{}\n\n{}\n",
        terminal.bold(&format!("{}: {}", entry.code, entry.title)),
        wrap(entry.explanation)
    );
    if !entry.wrong.is_empty() {
        let _ = write!(out, "\n{}\n\n{}\n", terminal.bold("Wrong:"), indent(entry.wrong));
        let findings = findings(entry, terminal.colour);
        if !findings.is_empty() {
            let _ = write!(out, "\n{findings}");
        }
    }
    if !entry.right.is_empty() {
        let _ = write!(out, "\n{}\n\n{}\n", terminal.bold("Right:"), indent(entry.right));
    }
    out
}

/// What `lql lint` says about the wrong text.
fn findings(entry: &CodeEntry, colour: bool) -> String {
    let example = codes::example(entry.code, entry.wrong);
    let views: Vec<SourceView<'_>> =
        example.sources.iter().map(|source| SourceView::new(&source.name, &source.text)).collect();
    let mut found = raised(entry, entry.wrong);
    found.retain(|finding| finding.code == entry.code);
    report::human(&found, &views, colour)
}

/// Everything that is found in one of the texts of an entry.
fn raised(entry: &CodeEntry, text: &str) -> Vec<Diagnostic> {
    let example = codes::example(entry.code, text);
    let sources = &example.sources;
    if codes::is_expression(entry.code, text) {
        return parse_expression(text, Dialect::Lql).1;
    }
    let settings = read_settings(&example.settings, sources.len() as u32).0.settings;
    let checked = check(sources, &settings);
    let Some(rule) = RULES.iter().find(|rule| rule.code() == entry.code) else { return checked.diagnostics };
    let mut selection = Selection::default();
    if rule.opt_in {
        // A rule that is in the table has a name that is known.
        let _ = selection.select(rule.name);
    }
    lint(&checked, sources, &settings, &selection)
}

fn indent(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes whose wrong text does not raise them, and why.
    const NOT_RAISED: &[(u16, &str)] =
        &[(55, "the text is too long for a page"), (56, "the text is too long for a page")];

    #[test]
    fn every_wrong_text_raises_its_code_and_every_right_one_does_not() {
        let mut failures = Vec::new();
        for entry in codes::all().filter(|entry| !entry.wrong.is_empty()) {
            let is_excused = NOT_RAISED.iter().any(|(code, _)| *code == entry.code.0);
            let raises = |text| raised(entry, text).iter().any(|finding| finding.code == entry.code);
            if raises(entry.wrong) == is_excused {
                failures.push(format!("{} is unexpectedly (not) raised by: {}", entry.code, entry.wrong));
            }
            if raises(entry.right) {
                failures.push(format!("{} is raised by the mended text: {}", entry.code, entry.right));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn texts_of_rules_raise_nothing_else() {
        let mut failures = Vec::new();
        for rule in RULES {
            let found =
                |text| -> Vec<String> { raised(&rule.entry, text).iter().map(ToString::to_string).collect() };
            let (wrong, right) = (found(rule.entry.wrong), found(rule.entry.right));
            if !wrong.iter().all(|finding| finding.starts_with(&rule.code().to_string())) {
                failures.push(format!("{} wrong: {wrong:?}", rule.name));
            }
            if !right.is_empty() {
                failures.push(format!("{} right: {right:?}", rule.name));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn settings_of_examples_are_sound() {
        for rule in RULES {
            for text in [rule.entry.wrong, rule.entry.right] {
                let settings = codes::example(rule.code(), text).settings;
                assert_eq!(read_settings(&settings, 0).1, [], "{}", rule.name);
            }
        }
    }
}
