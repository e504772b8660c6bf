//! Findings for machines: everything a finding holds, with places as offsets and as lines and columns.

use super::files::Files;
use super::{SourceView, is_placeless, pretty};
use lql_syntax::{Diagnostic, Edit, Label, Safety, Severity, Span};
use serde::Serialize;

/// Findings as a JSON array. Lines and columns count from 1, columns in characters; `offset` counts bytes from 0.
/// `file` is `null` when the finding is about the project and not about a place in a text.
pub fn json(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let found: Vec<Finding<'_>> = findings.iter().map(|finding| Finding::new(finding, &files)).collect();
    pretty(&found)
}

/// The elements of [`json`], one a line.
pub fn jsonl(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let line = |finding| {
        // Texts, numbers and lists only: writing them as JSON cannot fail.
        let line = serde_json::to_string(&Finding::new(finding, &files)).unwrap_or_default();
        line + "\n"
    };
    findings.iter().map(line).collect()
}

#[derive(Serialize)]
struct Finding<'a> {
    code: String,
    severity: Severity,
    title: &'a str,
    #[serde(flatten)]
    primary: Marked<'a>,
    labels: Vec<Marked<'a>>,
    notes: &'a [String],
    fixes: Vec<Mend<'a>>,
}

/// A place with its words: of a label, or new text of an edit.
#[derive(Serialize)]
struct Marked<'a> {
    file: Option<&'a str>,
    start: Option<Point>,
    end: Option<Point>,
    text: &'a str,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: u32,
}

#[derive(Serialize)]
struct Mend<'a> {
    title: &'a str,
    safety: Safety,
    edits: Vec<Marked<'a>>,
}

impl<'a> Finding<'a> {
    fn new(finding: &'a Diagnostic, files: &Files<'a>) -> Self {
        let place = |label: &'a Label| Marked::new(label.file, label.span, &label.text, files);
        let primary = if is_placeless(finding) {
            Marked { file: None, start: None, end: None, text: "" }
        } else {
            place(&finding.primary)
        };
        let edit = |edit: &'a Edit| Marked::new(edit.file, edit.span, &edit.text, files);
        let fixes = finding.fixes.iter().map(|fix| Mend {
            title: &fix.title,
            safety: fix.safety,
            edits: fix.edits.iter().map(edit).collect(),
        });
        Self {
            code: finding.code.to_string(),
            severity: finding.severity,
            title: &finding.title,
            primary,
            labels: finding.secondary.iter().map(place).collect(),
            notes: &finding.notes,
            fixes: fixes.collect(),
        }
    }
}

impl<'a> Marked<'a> {
    fn new(file: u32, span: Span, text: &'a str, files: &Files<'a>) -> Self {
        let Some((view, index)) = files.get(file) else {
            return Self { file: None, start: None, end: None, text };
        };
        let point = |offset: u32| {
            let place = index.place(offset as usize);
            Point { line: place.line, column: place.column, offset }
        };
        Self { file: Some(view.name), start: Some(point(span.start)), end: Some(point(span.end)), text }
    }
}
