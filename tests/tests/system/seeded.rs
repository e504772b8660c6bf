//! Thirty small projects with mistakes that people make: the linter finds each, at its line, and nothing else; and in the
//! examples it finds nothing.
//!
//! What is expected stands beside the mistake: `-- expect: RULE, CODE` at the end of its line, or alone on the line above.
//! Rules that are off by default are asked for in the projects that expect them.

use lql_compiler::lint::RULES;
use lql_tests::cli::{lql, lql_in, repository};
use regex::Regex;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Warnings of the checker that are about habits, as rules are: `lql check` reports them, too.
const OF_THE_CHECKER: &[&str] = &[
    "LQL0070", "LQL0154", "LQL0204", "LQL0209", "LQL0214", "LQL0305", "LQL0306", "LQL0307", "LQL0505",
    "LQL0506", "LQL0507",
];

/// A finding: file, line and code.
type Found = (String, u64, String);

static MARKER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[ \t]*(?:--|#) expect: ([\w, -]+)$").unwrap());

/// The projects' folders, in order.
fn projects() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/seeded")).unwrap().map(|entry| entry.unwrap().path());
    let mut projects: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    projects.sort();
    projects
}

/// The files of a project that hold text, by their names inside it.
fn texts(project: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for folder in ["", "segments"] {
        let Ok(entries) = fs::read_dir(project.join(folder)) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            let name = path.strip_prefix(project).unwrap().to_str().unwrap().to_owned();
            texts.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    texts.sort();
    texts
}

/// The code of a rule's name, or the code itself.
fn code(word: &str) -> String {
    match RULES.iter().find(|rule| rule.name == word) {
        Some(rule) => rule.code().to_string(),
        None => {
            assert!(word.starts_with("LQL"), "no rule is called {word}");
            word.to_owned()
        }
    }
}

/// What the marks in a project announce.
fn expected(project: &Path) -> Vec<Found> {
    let mut all = Vec::new();
    for (name, text) in texts(project) {
        for (line, number) in text.lines().zip(1..) {
            let Some(mark) = MARKER.captures(line) else { continue };
            let alone = mark.get(0).unwrap().start() == 0;
            all.extend(
                mark[1].split(", ").map(|word| (name.clone(), number + u64::from(alone), code(word.trim()))),
            );
        }
    }
    all.sort();
    all
}

/// The rules that are off by default and expected here, as arguments.
fn selection(project: &Path) -> Vec<String> {
    let codes: BTreeSet<String> = expected(project).into_iter().map(|(.., code)| code).collect();
    let wanted = RULES.iter().filter(|rule| rule.opt_in && codes.contains(&rule.code().to_string()));
    wanted.flat_map(|rule| ["--select".to_owned(), rule.name.to_owned()]).collect()
}

/// The findings of `lql lint` in a folder.
fn lint(folder: &Path, selection: &[String]) -> Vec<Value> {
    let arguments = ["lint", ".", "--format", "json"].into_iter().chain(selection.iter().map(String::as_str));
    let output = lql_in(folder, arguments);
    serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}\n{}{}", folder.display(), output.stdout, output.stderr))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn name(project: &Path) -> String {
    project.file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn the_linter_finds_what_is_seeded_and_nothing_else() {
    let mut wrong = String::new();
    let mut page = String::new();
    let projects = projects();
    assert_eq!(projects.len(), 30);
    for project in &projects {
        writeln!(page, "{}", name(project)).unwrap();
        let mut found: Vec<Found> = Vec::new();
        for finding in lint(project, &selection(project)) {
            let place = (text(&finding["file"]), finding["start"]["line"].as_u64().unwrap_or(0));
            writeln!(
                page,
                "    {}:{}: {}: {}",
                place.0,
                place.1,
                text(&finding["code"]),
                text(&finding["title"])
            )
            .unwrap();
            found.push((place.0, place.1, text(&finding["code"])));
        }
        found.sort();
        let expected = expected(project);
        assert!((1..=4).contains(&expected.len()), "{}: {} mistakes", name(project), expected.len());
        let missing = expected.iter().filter(|it| !found.contains(it)).map(|it| format!("not found: {it:?}"));
        let surplus =
            found.iter().filter(|it| !expected.contains(it)).map(|it| format!("not seeded: {it:?}"));
        for line in missing.chain(surplus) {
            writeln!(wrong, "{}: {line}", name(project)).unwrap();
        }
        assert!(!wrong.is_empty() || found == expected, "{}: a finding stands twice", name(project));
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("seeded", page);
    });
}

#[test]
fn every_rule_is_seeded() {
    let seeded: BTreeSet<String> =
        projects().iter().flat_map(|project| expected(project)).map(|(.., code)| code).collect();
    let rules = RULES.iter().map(|rule| rule.code().to_string());
    let missing: Vec<String> = rules
        .chain(OF_THE_CHECKER.iter().map(ToString::to_string))
        .filter(|code| !seeded.contains(code))
        .map(|code| match RULES.iter().find(|rule| rule.code().to_string() == code) {
            Some(rule) => format!("{code} {}", rule.name),
            None => code,
        })
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// How often each code stands among findings.
fn counted<'a>(findings: impl IntoIterator<Item = &'a Value>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(text(&finding["code"])).or_default() += 1;
    }
    counts
}

fn has_fix(finding: &Value) -> bool {
    finding["fixes"].as_array().unwrap().iter().any(|fix| fix["safety"] != "display")
}

#[test]
fn fixes_mend_what_has_one_and_bring_nothing_new() {
    let mut wrong = String::new();
    let mut mended = BTreeSet::new();
    for project in projects() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("segments")).unwrap();
        for (name, text) in texts(&project) {
            // The marks are not part of the mistake, and fixes spare comments.
            let unmarked: String =
                text.lines().map(|line| MARKER.replace(line, "").into_owned() + "\n").collect();
            fs::write(folder.path().join(name), unmarked).unwrap();
        }
        let selection = selection(&project);
        let before = lint(folder.path(), &selection);
        let fix =
            ["lint", ".", "--fix", "--unsafe-fixes"].into_iter().chain(selection.iter().map(String::as_str));
        lql_in(folder.path(), fix);
        let after = counted(&lint(folder.path(), &selection));
        // One fix may mend two findings, so less may be left.
        let left = counted(before.iter().filter(|finding| !has_fix(finding)));
        if after.iter().any(|(code, count)| left.get(code).is_none_or(|most| count > most)) {
            writeln!(wrong, "{}: at most {left:?} should be left, not {after:?}", name(&project)).unwrap();
        }
        mended.extend(before.iter().filter(|finding| has_fix(finding)).map(|finding| text(&finding["code"])));
    }
    assert!(wrong.is_empty(), "{wrong}");
    // A rule that has fixes shows one here.
    let without: Vec<&str> = RULES
        .iter()
        .filter(|rule| rule.fix.is_some() && !mended.contains(&rule.code().to_string()))
        .map(|rule| rule.name)
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn the_examples_are_clean() {
    for folder in ["examples", "examples/bench"] {
        let entries = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let projects: Vec<PathBuf> = entries.filter(|path| path.join("lql.toml").is_file()).collect();
        assert!(!projects.is_empty());
        for project in projects {
            let output = lql([Path::new("lint"), &project]).expect(0);
            assert_eq!(output.stdout, "", "{}", project.display());
        }
    }
}
