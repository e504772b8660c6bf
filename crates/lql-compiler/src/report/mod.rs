//! Findings as text: for people ([`human`], [`concise`]), for programs ([`json()`], [`jsonl`], [`sarif()`]) and for the
//! systems that run checks on every change ([`github()`], [`gitlab()`], [`junit()`]).
//!
//! The words are the finding's own; what is added here is where they stand. Nothing is printed, files are not read.
//! Lines and columns count from 1 and an end is the place after the last character; columns are characters (Unicode
//! code points), not bytes and not UTF-16 units, in every format.

mod clean;
mod concise;
mod files;
mod fingerprint;
mod fixes;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod sarif;
#[cfg(test)]
mod tests;
mod window;

pub use concise::concise;
pub use files::{LineIndex, Place};
pub use github::{github, workflow_command};
pub use gitlab::gitlab;
pub use human::human;
pub use json::{json, jsonl};
pub use junit::junit;
pub use sarif::sarif;

use lql_syntax::{Diagnostic, Span};

/// A file that findings point into. Their file numbers are positions in a list of these.
#[derive(Clone, Copy, Debug)]
pub struct SourceView<'a> {
    /// The name shown to the reader.
    pub name: &'a str,
    /// The text, exactly as it was checked.
    pub text: &'a str,
}

impl<'a> SourceView<'a> {
    /// A file by name and text.
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text }
    }
}

/// Whether a finding is about the project and not about a place in a text.
fn is_placeless(finding: &Diagnostic) -> bool {
    finding.primary.span == Span::default() && finding.primary.text.is_empty() && finding.secondary.is_empty()
}

/// A document of ours as JSON for people to read, too.
fn pretty(document: &impl serde::Serialize) -> String {
    // Texts, numbers and lists only: writing them as JSON cannot fail.
    serde_json::to_string_pretty(document).unwrap_or_default()
}
