//! Test files on disk, and the project that each is for.

use super::format::TestFile;
use super::read::read;
use crate::{Project, Read, Refusal};
use lql_compiler::codes;
use lql_syntax::{Diagnostic, Span};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How the name of a test file ends.
pub const ENDING: &str = ".test.toml";

/// Test files and their projects.
#[derive(Debug, Default)]
pub struct Found {
    /// The projects that have tests, by folder.
    pub suites: Vec<Suite>,
    /// All test files; findings name them by their place here.
    pub files: Vec<TestFile>,
    /// What is wrong with the test files themselves.
    pub findings: Vec<Diagnostic>,
}

/// A project and its test files.
#[derive(Debug)]
pub struct Suite {
    /// The folder.
    pub folder: PathBuf,
    /// The project.
    pub project: Project,
    /// Its test files, by their place in [`Found::files`].
    pub files: Vec<usize>,
}

/// Finds the tests that paths name: a folder stands for every test file below it. A refusal is a path that is not
/// there or is no test file.
pub fn find(paths: &[PathBuf], from: Read<'_>) -> Result<Found, Refusal> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if path.is_dir() {
            below(path, &mut files)?;
        } else if path.to_string_lossy().ends_with(ENDING) {
            files.push(path.clone());
        } else if path.exists() {
            let shown = path.display();
            return Err(Refusal(format!("{shown} is no test: the names of tests end in {ENDING}")));
        } else {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(Refusal::unreadable(path, &error));
        }
    }
    files.sort();
    files.dedup();
    let mut found = Found::default();
    let mut projects: BTreeMap<PathBuf, (PathBuf, Vec<usize>)> = BTreeMap::new();
    for path in files {
        let number = found.files.len();
        let bytes = from(&path).map_err(|error| Refusal::unreadable(&path, &error))?;
        let text = String::from_utf8(bytes)
            .map_err(|error| Refusal::not_utf8(&path, error.utf8_error().valid_up_to()))?;
        let name = path.strip_prefix(".").unwrap_or(&path).display().to_string();
        let (file, findings) = read(&path, &name, &text, number as u32);
        found.findings.extend(findings);
        match project_of(&file) {
            Ok(folder) => {
                let key = folder.canonicalize().unwrap_or_else(|_| folder.clone());
                projects.entry(key).or_insert_with(|| (folder, Vec::new())).1.push(number);
            }
            Err(finding) => found.findings.push((*finding).in_file(number as u32)),
        }
        found.files.push(file);
    }
    for (folder, files) in projects.into_values() {
        match Project::load_one(std::slice::from_ref(&folder), None, from) {
            Ok(project) => found.suites.push(Suite { folder, project, files }),
            Err(Refusal(reason)) => {
                let of_file = |at: usize| Some(unreadable(found.files.get(at)?, &reason).in_file(at as u32));
                let findings: Vec<Diagnostic> = files.into_iter().filter_map(of_file).collect();
                found.findings.extend(findings);
            }
        }
    }
    Ok(found)
}

/// What is said of a test whose project cannot be read.
pub fn unreadable(file: &TestFile, reason: &str) -> Diagnostic {
    let place = file.project.as_ref().map_or_else(Span::default, |project| project.span);
    let title = format!("the project of this test cannot be read: {reason}");
    Diagnostic::error(codes::TEST_VALUE, title, place).label("here")
}

/// All test files below a folder, in the order of names.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let mut files = Vec::new();
    below(folder, &mut files)?;
    files.sort();
    Ok(files)
}

/// All test files below a folder. What is hidden is passed over.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Refusal> {
    let unreadable = |error| Refusal::unreadable(folder, &error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        // A link to a folder may lead back up.
        if path.is_dir() && !path.is_symlink() {
            below(&path, files)?;
        } else if name.ends_with(ENDING) {
            files.push(path);
        }
    }
    Ok(())
}

/// The folder of a test's project: the one it names, else the nearest above it with queries or an `lql.toml`.
pub fn project_of(file: &TestFile) -> Result<PathBuf, Box<Diagnostic>> {
    let beside = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Some(named) = &file.project {
        let folder = beside.join(&named.value);
        return if folder.is_dir() {
            Ok(folder)
        } else {
            let title = format!("there is no folder `{}`", named.value);
            let finding = Diagnostic::error(codes::TEST_VALUE, title, named.span);
            Err(Box::new(finding.label("relative to this file")))
        };
    }
    // As the user wrote it as long as that leads anywhere; above that, by its full name.
    let full = beside.canonicalize().unwrap_or_else(|_| beside.to_owned());
    let written = beside.ancestors().map(|it| if it.as_os_str().is_empty() { Path::new(".") } else { it });
    let mut above = written.chain(full.ancestors());
    above.find(|folder| is_project(folder)).map(Path::to_owned).ok_or_else(|| {
        let title = "no folder above this test holds queries or an lql.toml";
        let finding = Diagnostic::error(codes::TEST_VALUE, title, Span::default()).label("whose test?");
        Box::new(finding.note("move it, or name the project: `project = \"../shop\"`"))
    })
}

fn is_project(folder: &Path) -> bool {
    let has_queries = || {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.into_iter().any(|entry| entry.path().extension().is_some_and(|ending| ending == "lql"))
    };
    folder.join("lql.toml").is_file() || has_queries()
}
