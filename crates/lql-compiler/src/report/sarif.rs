//! Findings in SARIF 2.1.0, the exchange format of static analysis: rules, results, and fixes as replacements.

use super::files::{Files, Region};
use super::fingerprint::Fingerprints;
use super::{SourceView, pretty};
use crate::codes;
use crate::lint::RULES;
use lql_syntax::{Code, CodeEntry, Diagnostic, Edit, Fix, Label, Safety, Severity};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The published schema that the document follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Findings as a SARIF log with one run. Its rules are the codes that were found, its artifacts all files.
///
/// Fixes that only show the way are left out: what reads SARIF may apply what it finds.
pub fn sarif(findings: &[Diagnostic], sources: &[SourceView<'_>]) -> String {
    let files = Files::new(sources);
    let mut fingerprints = Fingerprints::default();
    let found: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<Code> = found.into_iter().collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &rules, &files, &fingerprints.of(finding, &files)))
        .collect();
    let artifacts: Vec<Value> =
        sources.iter().map(|view| json!({ "location": { "uri": uri(view.name) } })).collect();
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lql",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(*code)).collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts,
            "results": results,
        }],
    }))
}

/// What `lql explain` says about a code.
fn rule(code: Code) -> Value {
    let Some(entry) = codes::entry(code) else { return json!({ "id": code.to_string() }) };
    json!({
        "id": code.to_string(),
        "name": name(entry),
        "shortDescription": { "text": entry.title },
        "fullDescription": { "text": entry.explanation },
        "help": { "text": help(entry, Markup::Plain), "markdown": help(entry, Markup::Markdown) },
    })
}

/// The name of a lint rule; of other codes the title, spelt in the same way: "unknown function" is `unknown-function`.
fn name(entry: &CodeEntry) -> String {
    if let Some(rule) = RULES.iter().find(|rule| rule.code() == entry.code) {
        return rule.name.to_owned();
    }
    let title = entry.title.to_lowercase();
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Markup {
    Plain,
    Markdown,
}

fn help(entry: &CodeEntry, markup: Markup) -> String {
    let mut text = entry.explanation.to_owned();
    for (title, example) in [("Wrong", entry.wrong), ("Right", entry.right)] {
        let _ = match (example, markup) {
            ("", _) => Ok(()),
            (example, Markup::Plain) => write!(text, "\n\n{title}: {example}"),
            (example, Markup::Markdown) => write!(text, "\n\n{title}:\n\n```\n{example}\n```"),
        };
    }
    text
}

fn result(finding: &Diagnostic, rules: &[Code], files: &Files<'_>, fingerprint: &str) -> Value {
    let mut message = finding.title.clone();
    for note in &finding.notes {
        let _ = write!(message, "\n{note}");
    }
    let mut result = json!({
        "ruleId": finding.code.to_string(),
        "ruleIndex": rules.binary_search(&finding.code).ok(),
        "level": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": message },
        "partialFingerprints": { "lineText/v1": fingerprint },
    });
    let Some(members) = result.as_object_mut() else { return result };
    let lists = [
        (
            "locations",
            files.primary(finding).map(|region| location(region, &finding.primary)).into_iter().collect(),
        ),
        ("relatedLocations", related(finding, files)),
        ("fixes", finding.fixes.iter().filter_map(|fix| mend(fix, files)).collect()),
    ];
    for (member, list) in lists {
        let list: Vec<Value> = list;
        if !list.is_empty() {
            members.insert(member.into(), list.into());
        }
    }
    result
}

fn related(finding: &Diagnostic, files: &Files<'_>) -> Vec<Value> {
    let place = |label: &Label| Some(location(files.region(label.file, label.span)?, label));
    finding.secondary.iter().filter_map(place).collect()
}

fn location(region: Region<'_>, label: &Label) -> Value {
    let physical = json!({ "artifactLocation": { "uri": uri(region.name) }, "region": lines(region) });
    match label.text.as_str() {
        "" => json!({ "physicalLocation": physical }),
        words => json!({ "physicalLocation": physical, "message": { "text": words } }),
    }
}

/// A fix, its edits grouped by file.
fn mend(fix: &Fix, files: &Files<'_>) -> Option<Value> {
    let safety = match fix.safety {
        Safety::Safe => "safe",
        Safety::Unsafe => "unsafe",
        Safety::Display => return None,
    };
    let replacement = |edit: &Edit| {
        let region = files.region(edit.file, edit.span)?;
        Some(json!({ "deletedRegion": lines(region), "insertedContent": { "text": edit.text } }))
    };
    let change = |edits: &[Edit]| {
        let (view, _) = files.get(edits.first()?.file)?;
        let replacements: Vec<Value> = edits.iter().filter_map(replacement).collect();
        Some(json!({ "artifactLocation": { "uri": uri(view.name) }, "replacements": replacements }))
    };
    let changes: Vec<Value> = fix.edits.chunk_by(|a, b| a.file == b.file).filter_map(change).collect();
    (!changes.is_empty()).then(|| {
        json!({
            "description": { "text": fix.title },
            "artifactChanges": changes,
            "properties": { "safety": safety },
        })
    })
}

fn lines(region: Region<'_>) -> Value {
    json!({
        "startLine": region.start.line,
        "startColumn": region.start.column,
        "endLine": region.end.line,
        "endColumn": region.end.column,
    })
}

/// The name of a file as a reference: relative names stay relative, so that a log means the same wherever the project
/// lies.
fn uri(name: &str) -> String {
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    let mut out = String::new();
    let drive = name.get(1..3) == Some(":/");
    if name.starts_with('/') || (cfg!(windows) && drive) {
        out.push_str(if drive { "file:///" } else { "file://" });
    }
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
