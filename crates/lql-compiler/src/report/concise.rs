//! One finding a line: `web.lql:1:8: error[LQL0201]: unknown function`.

use super::clean::one_line;
use super::files::Files;
use super::{SourceView, is_placeless};
use lql_syntax::{Diagnostic, Severity};
use std::fmt::Write as _;

/// Findings as `file:line:column: severity[code]: title`, one a line; columns count characters from 1.
pub fn concise(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let mut out = String::new();
    for finding in findings {
        if let Some((view, index)) = files.get(finding.primary.file)
            && !is_placeless(finding)
        {
            let place = index.place(finding.primary.span.start as usize);
            let _ = write!(out, "{}:{}:{}: ", one_line(view.name), place.line, place.column);
        }
        let severity = severity_word(finding.severity);
        let _ = writeln!(out, "{severity}[{}]: {}", finding.code, one_line(&finding.title));
    }
    out
}

/// `error` or `warning`.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
