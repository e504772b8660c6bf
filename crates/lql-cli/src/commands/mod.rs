//! The verbs, one file each: its arguments and what it does.

pub mod build;
pub mod check;
pub mod completions;
pub mod cost;
pub mod diff;
pub mod doc;
pub mod eval;
pub mod explain;
mod findings;
pub mod fmt;
pub mod lint;
pub mod lsp;
pub mod new;
pub mod repl;
pub mod run;
pub mod send;
pub mod serve;
pub mod stats;
pub mod test;
pub mod token;
pub mod watch;
pub mod why;

use crate::outcome::Outcome;
use lql_syntax::{Diagnostic, Severity};

/// `2 errors and 1 warning`, or nothing.
fn tally(findings: &[Diagnostic]) -> Option<String> {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let parts: Vec<String> = [(count(Severity::Error), "error"), (count(Severity::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| plural(count, word))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// `1 file`, `2 files`.
fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A unified diff of a file and what it would be: `formatted`, `fixed`.
fn unified(name: &str, before: &str, after: &str, state: &str, colour: bool) -> String {
    let plain = similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .header(name, &format!("{name} ({state})"))
        .to_string();
    if !colour {
        return plain;
    }
    let paint = |line: &str| match line.as_bytes().first() {
        Some(b'-') => format!("\x1b[31m{line}\x1b[0m\n"),
        Some(b'+') => format!("\x1b[32m{line}\x1b[0m\n"),
        Some(b'@') => format!("\x1b[36m{line}\x1b[0m\n"),
        _ => format!("{line}\n"),
    };
    plain.lines().map(paint).collect()
}

/// [`Outcome::Findings`] if there are any.
fn findings_if(any: bool) -> Outcome {
    if any { Outcome::Findings } else { Outcome::Clean }
}

/// Prose in lines of at most 100 characters. Line breaks stay; lines that begin with a blank or a table are left alone.
fn wrap(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(wrap_line).collect();
    lines.join("\n")
}

fn wrap_line(line: &str) -> String {
    if line.starts_with([' ', '|', '\t']) {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut width = 0;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > 100 {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out
}
