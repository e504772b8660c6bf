//! Findings as a JUnit report, the XML of test results that every build server reads: a suite for each file, a failed
//! case for each finding, and one that passed for a file without findings.

use super::SourceView;
use super::clean::one_line;
use super::concise::severity_word;
use super::files::Files;
use lql_syntax::Diagnostic;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::fmt::Write as _;
use std::io;

/// The suite of findings about the project.
const PROJECT: &str = "project";

/// Findings as one JUnit document.
///
/// A text may hold what XML cannot: control characters become `?`.
pub fn junit(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let about_project: Vec<&Diagnostic> =
        findings.iter().filter(|finding| files.primary(finding).is_none()).collect();
    let mut suites = Vec::new();
    if !about_project.is_empty() {
        suites.push(Suite { name: PROJECT.into(), findings: about_project });
    }
    let mut of_file: Vec<Vec<&Diagnostic>> = sources.iter().map(|_| Vec::new()).collect();
    for finding in findings.iter().filter(|finding| files.primary(finding).is_some()) {
        if let Some(of_file) = of_file.get_mut(finding.primary.file as usize) {
            of_file.push(finding);
        }
    }
    suites.extend(
        sources.iter().zip(of_file).map(|(view, findings)| Suite { name: clean(view.name), findings }),
    );
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    match document(&mut xml, &suites, &files) {
        Ok(()) => String::from_utf8(xml.into_inner()).unwrap_or_default() + "\n",
        // Writing into memory does not fail.
        Err(_) => String::new(),
    }
}

struct Suite<'a> {
    name: String,
    findings: Vec<&'a Diagnostic>,
}

impl Suite<'_> {
    /// A file without findings is a case that passed.
    fn cases(&self) -> usize {
        self.findings.len().max(1)
    }
}

type Xml = Writer<Vec<u8>>;

fn document(xml: &mut Xml, suites: &[Suite<'_>], files: &Files<'_>) -> io::Result<()> {
    let cases: usize = suites.iter().map(Suite::cases).sum();
    let failures: usize = suites.iter().map(|suite| suite.findings.len()).sum();
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attributes([
            ("name", "lql"),
            ("tests", &cases.to_string()),
            ("failures", &failures.to_string()),
            ("errors", "0"),
        ])
        .write_inner_content(|xml| suites.iter().try_for_each(|suite| write_suite(xml, suite, files)))?;
    Ok(())
}

fn write_suite(xml: &mut Xml, suite: &Suite<'_>, files: &Files<'_>) -> io::Result<()> {
    xml.create_element("testsuite")
        .with_attributes([
            ("name", suite.name.as_str()),
            ("tests", &suite.cases().to_string()),
            ("failures", &suite.findings.len().to_string()),
            ("errors", "0"),
        ])
        .write_inner_content(|xml| {
            if suite.findings.is_empty() {
                let case = [("name", "no findings"), ("classname", &suite.name), ("file", &suite.name)];
                xml.create_element("testcase").with_attributes(case).write_empty()?;
            }
            suite.findings.iter().try_for_each(|finding| write_case(xml, finding, &suite.name, files))
        })?;
    Ok(())
}

fn write_case(xml: &mut Xml, finding: &Diagnostic, suite: &str, files: &Files<'_>) -> io::Result<()> {
    let title = clean(&finding.title);
    let mut name = format!("{}: {title}", finding.code);
    let mut body = String::new();
    let mut line = None;
    if let Some(region) = files.primary(finding) {
        let (start, end) = (region.start, region.end);
        // Servers take cases of one name for one case.
        let _ = write!(name, " ({}:{})", start.line, start.column);
        let _ = writeln!(body, "{suite}:{}:{} to {}:{}", start.line, start.column, end.line, end.column);
        line = Some(start.line.to_string());
    }
    let _ = write!(body, "{}[{}]: {title}", severity_word(finding.severity), finding.code);
    for note in &finding.notes {
        let _ = write!(body, "\nnote: {}", clean(note));
    }
    for fix in &finding.fixes {
        let _ = write!(body, "\nhelp: {}", clean(&fix.title));
    }
    let mut case =
        xml.create_element("testcase").with_attributes([("name", name.as_str()), ("classname", suite)]);
    if let Some(line) = &line {
        case = case.with_attributes([("file", suite), ("line", line)]);
    }
    case.write_inner_content(|xml| {
        xml.create_element("failure")
            .with_attributes([("message", title.as_str()), ("type", severity_word(finding.severity))])
            .write_text_content(BytesText::new(&body))?;
        Ok(())
    })?;
    Ok(())
}

/// A line that XML can hold.
fn clean(text: &str) -> String {
    one_line(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
