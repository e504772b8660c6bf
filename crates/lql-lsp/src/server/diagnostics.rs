//! Findings in the words of the protocol. They are those of `lql lint`, with the same codes, places and titles.

use super::project::Analysis;
use super::world::World;
use lql_authoring::testing::Failure;
use lql_compiler::codes;
use lql_compiler::lint::{RULES, Rule};
use lql_syntax::{Code, Diagnostic as Finding, Label, Severity, Span};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::str::FromStr as _;
use std::sync::LazyLock;
use tower_lsp_server::ls_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString, Range, Uri,
};

/// What is said about a file, and an id that is the same for the same.
#[derive(Clone, Debug)]
pub struct Report {
    /// The findings, in order of place.
    pub findings: Vec<Diagnostic>,
    /// Their id.
    pub id: String,
}

/// What is said about a file of a project.
pub fn report(world: &World, analysis: &Analysis, file: u32) -> Report {
    let all = analysis.snapshot.findings();
    let start = all.partition_point(|finding| finding.primary.file < file);
    let found = all.iter().skip(start).take_while(|finding| finding.primary.file == file);
    let locate =
        |file, span| Some(Location::new(analysis.uri(file)?, analysis.range(file, span, world.encoding)));
    of_findings(found.filter_map(|finding| diagnostic(world, finding, &locate)).collect())
}

/// Findings with their id.
pub fn of_findings(findings: Vec<Diagnostic>) -> Report {
    let mut hasher = DefaultHasher::new();
    // The text of the findings says all of them; two of the same text are the same for the client.
    serde_json::to_string(&findings).unwrap_or_default().hash(&mut hasher);
    Report { findings, id: format!("{:016x}", hasher.finish()) }
}

/// A finding for the client; `locate` tells where a span of a file stands. Nothing if the finding stands nowhere.
pub fn diagnostic(
    world: &World,
    finding: &Finding,
    locate: &dyn Fn(u32, Span) -> Option<Location>,
) -> Option<Diagnostic> {
    let abilities = world.client.text_document.as_ref();
    let abilities = abilities.and_then(|it| it.publish_diagnostics.as_ref());
    // Clients that pull their findings say nothing about these two there; all of them can both.
    let can_relate = abilities.is_none_or(|it| it.related_information == Some(true));
    let related = finding.secondary.iter().filter(|_| can_relate).filter_map(|label: &Label| {
        let location = locate(label.file, label.span)?;
        Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
    });
    let related: Vec<_> = related.collect();
    Some(Diagnostic {
        range: locate(finding.primary.file, finding.primary.span)?.range,
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(finding.code.to_string())),
        code_description: world.settings.docs.as_deref().and_then(|docs| page(docs, finding.code)),
        source: Some("lql".into()),
        message: message(finding),
        related_information: (!related.is_empty()).then_some(related),
        tags: tags(finding.code),
        data: None,
    })
}

/// An expectation of a test that was not met.
pub fn failure(range: Range, failure: &Failure) -> Diagnostic {
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some("lql test".into()),
        message: failure.text(),
        ..Diagnostic::default()
    }
}

/// The title, then what stands at the place, then the reasons.
fn message(finding: &Finding) -> String {
    let label = Some(&finding.primary.text).filter(|text| !text.is_empty());
    let lines = std::iter::once(&finding.title).chain(label).chain(&finding.notes);
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Rules whose findings could as well not be there.
const NEEDLESS: &[&str] = &[
    "allow-unused",
    "duplicate-column",
    "repeated-condition",
    "repeated-function",
    "repeated-item",
    "unread-field",
    "unreachable-arm",
    "unused-query",
];

/// The codes of these rules.
static NEEDLESS_CODES: LazyLock<Vec<Code>> =
    LazyLock::new(|| NEEDLESS.iter().filter_map(|name| rule(name)).map(Rule::code).collect());

/// How editors draw it: crossed out, or pale.
fn tags(code: Code) -> Option<Vec<DiagnosticTag>> {
    match code {
        codes::TOLERATED_SPELLING => Some(vec![DiagnosticTag::DEPRECATED]),
        codes::SETTING_UNKNOWN => Some(vec![DiagnosticTag::UNNECESSARY]),
        code if NEEDLESS_CODES.contains(&code) => Some(vec![DiagnosticTag::UNNECESSARY]),
        _ => None,
    }
}

fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The section of the book about a code.
fn page(docs: &str, code: Code) -> Option<CodeDescription> {
    let title = codes::entry(code)?.title;
    let heading = format!("{code} {title}").to_lowercase();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let anchor: String = kept.map(|c| if c == ' ' { '-' } else { c }).collect();
    let href = format!("{}/diagnostics.html#{anchor}", docs.trim_end_matches('/'));
    Some(CodeDescription { href: Uri::from_str(&href).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needless_is_a_rule() {
        for name in NEEDLESS {
            assert!(rule(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_code_links_to_its_section_of_the_book() {
        let page = page("https://example.org/lql/", codes::UNKNOWN_FUNCTION).unwrap();
        assert_eq!(page.href.as_str(), "https://example.org/lql/diagnostics.html#lql0201-unknown-function");
    }
}
