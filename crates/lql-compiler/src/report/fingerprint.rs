//! A name for a finding that stays the same while lines move around it.

use super::concise::severity_word;
use super::files::Files;
use super::window::Window;
use lql_syntax::Diagnostic;
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_128;

/// Gives each finding of a report its fingerprint.
///
/// It is made of code, file and title, and of the text of the line; never of the line's number. What is equal in all of
/// these is counted, so that no two findings of a report have one fingerprint.
#[derive(Default)]
pub(super) struct Fingerprints {
    seen: HashMap<u128, u32>,
}

impl Fingerprints {
    pub(super) fn of(&mut self, finding: &Diagnostic, files: &Files<'_>) -> String {
        let line = files.get(finding.primary.file).map_or_else(String::new, |(_, index)| {
            let at = finding.primary.span.start as usize;
            let line = index.line_of(at);
            let focus = index.floor(at).saturating_sub(index.range(line).start);
            // The part that is shown: a line may be megabytes long and hold thousands of findings.
            Window::new(index.line(line), focus).text().trim().to_owned()
        });
        let name = files.get(finding.primary.file).map_or("", |(view, _)| view.name);
        let severity = severity_word(finding.severity);
        let content = [&finding.code.to_string(), severity, name, &finding.title, &line].join("\0");
        let hash = xxh3_128(content.as_bytes());
        let count = self.seen.entry(hash).and_modify(|count| *count += 1).or_insert(0);
        match *count {
            0 => format!("{hash:032x}"),
            count => format!("{:032x}", xxh3_128(format!("{content}\0{count}").as_bytes())),
        }
    }
}
