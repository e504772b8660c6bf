//! `lql explain`: what a finding means, with a wrong and a right text.

use super::wrap;
use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use lql_compiler::report::{self, SourceView};
use lql_compiler::{Settings, Source, check, codes};
use lql_syntax::{CodeEntry, detect_dialect};
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
    let sources = sources(entry.wrong);
    let views: Vec<SourceView<'_>> = sources.iter().map(|s| SourceView::new(&s.name, &s.text)).collect();
    let mut findings = check(&sources, &Settings::default()).diagnostics;
    findings.retain(|finding| finding.code == entry.code);
    report::human(&findings, &views, colour)
}

/// Examples put mappings first and filters after them; in a project those are two files.
fn sources(text: &str) -> Vec<Source> {
    let name = |number: usize, ending: &str| match number {
        0 => format!("wrong.{ending}"),
        _ => format!("filter.{ending}"),
    };
    let mut parts = vec![text];
    if detect_dialect(text) == lql_syntax::ast::Dialect::Lql
        && let Some(at) = text.find("; FILTER")
    {
        let (mappings, filters) = text.split_at(at);
        parts = vec![mappings, filters.trim_start_matches([';', ' '])];
    }
    parts
        .into_iter()
        .enumerate()
        .map(|(number, part)| match detect_dialect(part) {
            lql_syntax::ast::Dialect::Lql => Source::lql(name(number, "lql"), part),
            lql_syntax::ast::Dialect::FilterQl => Source::filterql(name(number, "fql"), part),
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

    /// The parser refuses the text before the checker sees it (LQL0064): nothing raises this code any more.
    const UNREACHABLE: &[u16] = &[213];

    #[test]
    fn every_wrong_text_raises_its_code_and_every_right_one_does_not() {
        let mut failures = Vec::new();
        for entry in codes::all().filter(|entry| !entry.wrong.is_empty()) {
            let raised = |text: &str| {
                check(&sources(text), &Settings::default()).diagnostics.iter().any(|f| f.code == entry.code)
            };
            if raised(entry.wrong) == UNREACHABLE.contains(&entry.code.0) {
                failures.push(format!("{} is unexpectedly (not) raised by: {}", entry.code, entry.wrong));
            }
            if raised(entry.right) {
                failures.push(format!("{} is raised by the mended text: {}", entry.code, entry.right));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}
