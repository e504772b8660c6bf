//! The report for machines: JSON, JUnit XML, and the annotations of GitHub.

use super::coverage::Coverage;
use super::mutate::Mutation;
use super::report::{CaseReport, Outcome, Report};
use lql_compiler::report::{LineIndex, SourceView, concise};
use lql_syntax::Diagnostic;
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Report {
    /// The report as JSON.
    pub fn json(&self) -> Value {
        let cases = self.cases.iter().map(|case| {
            let failures: Vec<Value> = match &case.outcome {
                Outcome::Failed(failures) => failures
                    .iter()
                    .map(|it| json!({"line": self.line_of(case, it), "title": it.title, "text": it.text()}))
                    .collect(),
                _ => Vec::new(),
            };
            json!({
                "file": self.file_name(case.file), "line": case.line, "name": case.name, "outcome": word(&case.outcome),
                "orders": case.orders, "seconds": case.took.as_secs_f64(), "failures": failures,
            })
        });
        let cases: Vec<Value> = cases.collect();
        let findings = self.findings.iter().map(|finding| {
            let (file, line) = self.place(finding);
            json!({"file": file, "line": line, "code": finding.code.to_string(), "title": finding.title, "notes": finding.notes})
        });
        json!({
            "passed": self.cases.len() - self.failed(), "failed": self.failed(), "left_out": self.left_out,
            "seconds": self.took.as_secs_f64(), "findings": findings.collect::<Vec<_>>(), "cases": cases,
        })
    }

    /// The report as JUnit XML: a suite for each file.
    pub fn junit(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let broken: Vec<usize> =
            (0..self.files.len()).filter(|file| self.findings_of(*file).next().is_some()).collect();
        let _ = writeln!(
            out,
            "<testsuites tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">",
            self.cases.len(),
            self.failed(),
            broken.len(),
            self.took.as_secs_f64()
        );
        for (file, (name, _)) in self.files.iter().enumerate() {
            let cases: Vec<&CaseReport> = self.cases.iter().filter(|case| case.file == file).collect();
            let failed = cases.iter().filter(|case| case.outcome != Outcome::Passed).count();
            let _ = writeln!(
                out,
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">",
                escaped(name),
                cases.len()
            );
            for case in cases {
                let head = format!(
                    "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3}\"",
                    escaped(name),
                    escaped(&case.name),
                    escaped(name),
                    case.line,
                    case.took.as_secs_f64()
                );
                match &case.outcome {
                    Outcome::Passed => {
                        let _ = writeln!(out, "{head}/>");
                    }
                    Outcome::NotRun => {
                        let _ = writeln!(
                            out,
                            "{head}>\n      <error message=\"could not be run\"/>\n    </testcase>"
                        );
                    }
                    Outcome::Failed(failures) => {
                        let _ = writeln!(out, "{head}>");
                        for failure in failures {
                            let _ = writeln!(
                                out,
                                "      <failure message=\"{}\">{}</failure>",
                                escaped(&failure.title),
                                escaped(&format!("line {}: {}", self.line_of(case, failure), failure.text()))
                            );
                        }
                        out.push_str("    </testcase>\n");
                    }
                }
            }
            let findings: Vec<Diagnostic> = self.findings_of(file).cloned().collect();
            if !findings.is_empty() {
                let views: Vec<_> =
                    self.files.iter().map(|(name, text)| SourceView::new(name, text)).collect();
                let text = escaped(&concise(&findings, &views));
                let _ = writeln!(out, "    <system-err>{text}</system-err>");
            }
            out.push_str("  </testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }

    /// The report as annotations that GitHub shows beside the lines.
    pub fn github(&self) -> String {
        let mut out = String::new();
        for finding in &self.findings {
            let (file, line) = self.place(finding);
            annotation(&mut out, file, line, &finding.code.to_string(), &finding.title);
        }
        for case in &self.cases {
            match &case.outcome {
                Outcome::Passed => {}
                Outcome::NotRun => {
                    annotation(
                        &mut out,
                        self.file_name(case.file),
                        case.line,
                        &case.name,
                        "could not be run",
                    );
                }
                Outcome::Failed(failures) => {
                    for failure in failures {
                        let (file, line) = (self.file_name(case.file), self.line_of(case, failure));
                        annotation(&mut out, file, line, &case.name, &failure.text());
                    }
                }
            }
        }
        out
    }

    fn findings_of(&self, file: usize) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter().filter(move |finding| finding.primary.file as usize == file)
    }

    fn place(&self, finding: &Diagnostic) -> (&str, usize) {
        let file = self.files.get(finding.primary.file as usize);
        let (name, text) = file.map_or(("", ""), |(name, text)| (name, text));
        (name, LineIndex::new(text).place(finding.primary.span.start as usize).line)
    }
}

impl Coverage {
    /// Every point, as JSON.
    pub fn json(&self) -> Value {
        let (seen, all) = self.counts();
        let points = self
            .points
            .iter()
            .map(|it| json!({"file": it.file, "line": it.line, "what": it.what, "seen": it.seen}));
        json!({"percent": self.percent(), "seen": seen, "all": all, "points": points.collect::<Vec<_>>()})
    }
}

impl Mutation {
    /// Every mutant, as JSON.
    pub fn json(&self) -> Value {
        let mutants = self.mutants.iter().map(|it| {
            json!({"file": it.file, "line": it.line, "column": it.column, "what": it.what, "killed_by": it.killed_by, "cases": it.cases})
        });
        json!({
            "kill_rate": self.kill_rate(), "alike": self.alike, "invalid": self.invalid, "untried": self.untried,
            "seconds": self.took.as_secs_f64(), "mutants": mutants.collect::<Vec<_>>(),
        })
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::NotRun => "not run",
    }
}

fn annotation(out: &mut String, file: &str, line: usize, title: &str, text: &str) {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let _ = writeln!(
        out,
        "::error file={},line={line},title={}::{}",
        property(file),
        property(title),
        data(text)
    );
}

/// Text in XML. Characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
