//! Every text of `tests/broken`: all its errors are found, at their places, and nothing else is.

use lql_tests::cli::{Output, lql, repository};
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// The files and folders, in order.
fn texts() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join("tests/broken")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "README.md"));
    paths.sort();
    paths
}

fn check(path: &Path, format: &str) -> Output {
    lql(["check", "--format", format, path.strip_prefix(repository()).unwrap().to_str().unwrap()])
}

/// A text as it is, with those characters made visible that a reader of a snapshot would miss.
fn shown(path: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    text.replace('\r', "␍").replace('\t', "␉").replace('\u{feff}', "␣BOM␣")
}

/// The input, as one text; a folder holds several.
fn input(path: &Path) -> String {
    if path.is_file() {
        return shown(path);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let part =
        |file: &PathBuf| format!("==> {}\n{}", file.file_name().unwrap().to_str().unwrap(), shown(file));
    files.iter().map(part).collect()
}

/// What a person is told. The snapshot holds the text itself, so that it can be read alone.
#[test]
fn what_is_said_about_it() {
    let mut failed = Vec::new();
    for path in texts() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let result = check(&path, "full");
        let page = format!(
            "{}\n===== exit code {}\n{}{}",
            input(&path),
            result.status,
            result.stdout.replace('\r', "␍").replace('\t', "␉"),
            result.stderr
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("snapshots/broken");
        // The first difference must not hide the others.
        let compare = || settings.bind(|| insta::assert_snapshot!(name.as_str(), page));
        let compared = catch_unwind(AssertUnwindSafe(compare));
        if compared.is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// The numbers of errors and of warnings, from the table of the README.
fn announced() -> Vec<(PathBuf, [usize; 2])> {
    let folder = repository().join("tests/broken");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let row = |line: &str| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let name = cells.next()?.trim_end_matches(['`', '/']);
        let mut numbers = cells.rev().filter_map(|cell| cell.parse().ok());
        let warnings = numbers.next()?;
        Some((folder.join(name), [numbers.next()?, warnings]))
    };
    readme.lines().filter_map(row).collect()
}

#[test]
fn the_readme_lists_every_text() {
    let listed: Vec<PathBuf> = announced().into_iter().map(|(path, _)| path).collect();
    assert_eq!(listed, texts());
}

#[test]
fn each_mistake_is_reported_once() {
    let count = |output: &Output, severity: &str| {
        let findings: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).unwrap_or_default();
        findings.iter().filter(|finding| finding["severity"] == severity).count()
    };
    let mut wrong = Vec::new();
    for (path, announced) in announced() {
        let output = check(&path, "json");
        let found = [count(&output, "error"), count(&output, "warning")];
        if found != announced {
            wrong.push(format!("{}: found {found:?}, announced {announced:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "[errors, warnings]\n{}", wrong.join("\n"));
}
