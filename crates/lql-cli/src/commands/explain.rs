//! `lql explain`: what a finding means, with a wrong and a right text.

use super::wrap;
use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use lql_compiler::report::{self, SourceView};
use lql_compiler::{Settings, Source, check, codes};
use lql_syntax::ast::Dialect;
use lql_syntax::{Code, CodeEntry, Diagnostic, detect_dialect, parse_expression};
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

/// What `lql check` says about the wrong text.
fn findings(entry: &CodeEntry, colour: bool) -> String {
    let sources = sources(entry.code, entry.wrong);
    let views: Vec<SourceView<'_>> = sources.iter().map(|s| SourceView::new(&s.name, &s.text)).collect();
    report::human(&raised(entry, entry.wrong), &views, colour)
}

/// The findings of the entry's own code in one of its texts.
fn raised(entry: &CodeEntry, text: &str) -> Vec<Diagnostic> {
    let sources = sources(entry.code, text);
    let mut findings = match sources.as_slice() {
        [expression] if is_expression(entry.code, text) => parse_expression(&expression.text, Dialect::Lql).1,
        sources => check(sources, &Settings::default()).diagnostics,
    };
    findings.retain(|finding| finding.code == entry.code);
    findings
}

/// Codes below 100 are about expressions, and most of their texts are no more than that.
fn is_expression(code: Code, text: &str) -> bool {
    code.0 < 100 && !text.starts_with("SELECT") && !text.starts_with("FILTER")
}

/// Examples put mappings first and filters after them; in a project those are two files.
fn sources(code: Code, text: &str) -> Vec<Source> {
    if is_expression(code, text) {
        return vec![Source::lql("expression", text)];
    }
    if (150..200).contains(&code.0) {
        return vec![Source::filterql("example.fql", text)];
    }
    let name = |number: usize, ending: &str| match number {
        0 => format!("example.{ending}"),
        _ => format!("filter.{ending}"),
    };
    let mut parts = vec![text];
    if detect_dialect(text) == Dialect::Lql
        && let Some(at) = text.find("; FILTER")
    {
        let (mappings, filters) = text.split_at(at);
        parts = vec![mappings, filters.trim_start_matches([';', ' '])];
    }
    parts
        .into_iter()
        .enumerate()
        .map(|(number, part)| match detect_dialect(part) {
            Dialect::Lql => Source::lql(name(number, "lql"), part),
            Dialect::FilterQl => Source::filterql(name(number, "fql"), part),
        })
        .collect()
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
            if raised(entry, entry.wrong).is_empty() != is_excused {
                failures.push(format!("{} is unexpectedly (not) raised by: {}", entry.code, entry.wrong));
            }
            if !raised(entry, entry.right).is_empty() {
                failures.push(format!("{} is raised by the mended text: {}", entry.code, entry.right));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
