//! The verbs, one file each: its arguments and what it does.

pub mod build;
pub mod check;
pub mod completions;
pub mod doc;
pub mod eval;
pub mod explain;
pub mod fmt;
pub mod run;

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

/// [`Outcome::Findings`] if there are any.
fn findings_if(any: bool) -> Outcome {
    if any { Outcome::Findings } else { Outcome::Clean }
}
