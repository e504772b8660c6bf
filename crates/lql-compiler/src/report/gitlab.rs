//! Findings as a code-quality report of GitLab: each becomes a note in the merge request, and one that is gone is
//! counted as mended.

use super::files::{Files, Place};
use super::fingerprint::Fingerprints;
use super::{SourceView, pretty};
use lql_syntax::{Diagnostic, Severity};
use serde::Serialize;

/// Findings as a JSON array in GitLab's form.
///
/// Every entry must have a place there: a finding about the project stands at the beginning of its first file.
pub fn gitlab(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let mut fingerprints = Fingerprints::default();
    let issue = |finding| Issue::new(finding, &files, &mut fingerprints);
    let issues: Vec<Issue<'_>> = findings.iter().map(issue).collect();
    pretty(&issues)
}

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

/// `lines` is what every version of GitLab reads, `positions` what newer ones prefer.
#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Ends<usize>,
    positions: Ends<Position>,
}

#[derive(Serialize)]
struct Ends<T> {
    begin: T,
    end: T,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

impl<'a> Issue<'a> {
    fn new(finding: &'a Diagnostic, files: &Files<'a>, fingerprints: &mut Fingerprints) -> Self {
        let beginning = Place { line: 1, column: 1 };
        let (path, begin, end) = match files.primary(finding) {
            Some(region) => (region.name, region.start, region.end),
            None => (
                files.get(finding.primary.file).map_or("lql.toml", |(view, _)| view.name),
                beginning,
                beginning,
            ),
        };
        let position = |place: Place| Position { line: place.line, column: place.column };
        Self {
            description: &finding.title,
            check_name: finding.code.to_string(),
            fingerprint: fingerprints.of(finding, files),
            severity: match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
            },
            location: Location {
                path,
                lines: Ends { begin: begin.line, end: end.line },
                positions: Ends { begin: position(begin), end: position(end) },
            },
        }
    }
}
