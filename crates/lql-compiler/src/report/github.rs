//! Findings as commands of a GitHub workflow: each becomes a note at its line in the change under review.

use super::SourceView;
use super::concise::severity_word;
use super::files::Files;
use crate::codes;
use lql_syntax::Diagnostic;
use std::fmt::Write as _;

/// Findings as workflow commands, one a line.
///
/// The log of a workflow shows only what stands behind the second `::`, so the place stands there too. A note over
/// several lines cannot have columns: the runner would refuse them.
pub fn github(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    findings.iter().map(|finding| command(finding, &files)).collect()
}

fn command(finding: &Diagnostic, files: &Files<'_>) -> String {
    let title = match codes::entry(finding.code) {
        Some(entry) => format!("{}: {}", finding.code, entry.title),
        None => finding.code.to_string(),
    };
    let mut properties = Vec::new();
    let mut message = String::new();
    if let Some(region) = files.primary(finding) {
        let (start, end) = (region.start, region.end);
        properties.push(("file", region.name.to_owned()));
        properties.push(("line", start.line.to_string()));
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
        }
        properties.push(("endLine", end.line.to_string()));
        if start.line == end.line {
            properties.push(("endColumn", end.column.to_string()));
        }
        let _ = write!(message, "{}:{}:{}: ", region.name, start.line, start.column);
    }
    properties.push(("title", title));
    let _ = write!(message, "{} {}", finding.code, finding.title);
    for note in &finding.notes {
        let _ = write!(message, "\nnote: {note}");
    }
    for fix in &finding.fixes {
        let _ = write!(message, "\nhelp: {}", fix.title);
    }
    let properties: Vec<(&str, &str)> =
        properties.iter().map(|(name, value)| (*name, value.as_str())).collect();
    workflow_command(severity_word(finding.severity), &properties, &message)
}

/// A workflow command on a line of its own; whatever its parts hold, they cannot begin another command.
///
/// ```
/// use lql_compiler::report::workflow_command;
///
/// let command = workflow_command("error", &[("file", "a,b.lql"), ("line", "3")], "50% of\nit");
/// assert_eq!(command, "::error file=a%2Cb.lql,line=3::50%25 of%0Ait\n");
/// ```
pub fn workflow_command(name: &str, properties: &[(&str, &str)], message: &str) -> String {
    let mut out = format!("::{name}");
    for (index, (key, value)) in properties.iter().enumerate() {
        let before = if index == 0 { ' ' } else { ',' };
        let value = escaped(value).replace(':', "%3A").replace(',', "%2C");
        let _ = write!(out, "{before}{key}={value}");
    }
    let _ = writeln!(out, "::{}", escaped(message));
    out
}

/// What may not stand in a command as it is. The escape character comes first.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
