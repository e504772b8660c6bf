//! Findings as text: for people ([`human`]), one a line ([`concise`]) and for machines ([`json`]).
//!
//! The words are the finding's own; what is added here is where they stand. Nothing is printed, files are not read.

mod clean;
mod concise;
mod files;
mod fixes;
mod human;
mod json;
#[cfg(test)]
mod tests;
mod window;

pub use concise::concise;
pub use files::{LineIndex, Place};
pub use human::human;
pub use json::json;

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
