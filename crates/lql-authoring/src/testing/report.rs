//! What a run of tests has shown, as data. Formats are made of it elsewhere.

use super::judge::Failure;
use lql_syntax::Diagnostic;
use std::time::Duration;

/// What a run of tests has shown.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The test files: name and text. Cases and findings name them by their place here.
    pub files: Vec<(String, String)>,
    /// What is wrong with the test files.
    pub findings: Vec<Diagnostic>,
    /// The projects.
    pub projects: Vec<ProjectReport>,
    /// The cases, in the order of the files.
    pub cases: Vec<CaseReport>,
    /// How many cases were left out by the filter.
    pub left_out: usize,
    /// How long it took.
    pub took: Duration,
}

/// A project with tests.
#[derive(Clone, Debug, Default)]
pub struct ProjectReport {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
    /// Its files: name and text.
    pub files: Vec<(String, String)>,
    /// Whether it could be run.
    pub is_sound: bool,
}

/// A case that was run.
#[derive(Clone, Debug)]
pub struct CaseReport {
    /// Its file.
    pub file: usize,
    /// Its place in the file.
    pub index: usize,
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// Its name.
    pub name: String,
    /// Its project.
    pub project: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// In how many other orders it ran.
    pub orders: usize,
    /// How long it took.
    pub took: Duration,
}

/// How a case ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Everything was as expected.
    Passed,
    /// Something was not.
    Failed(Vec<Failure>),
    /// It could not be run: findings say why.
    NotRun,
}

impl Report {
    /// How many cases did not pass.
    pub fn failed(&self) -> usize {
        self.cases.iter().filter(|case| case.outcome != Outcome::Passed).count()
    }

    /// Whether every case passed and there was nothing wrong with the files.
    pub fn is_clean(&self) -> bool {
        self.failed() == 0 && self.findings.is_empty()
    }

    /// The name of a file.
    pub fn file_name(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |(name, _)| name)
    }
}
