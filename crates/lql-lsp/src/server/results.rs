//! What the last runs of the tests have shown, case by case, for as long as the project is what it was then.

use super::wire::lock;
use crate::ide::lenses::Tests;
use lql_authoring::testing::{Outcome, Report};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// The results of all projects, by folder.
#[derive(Debug, Default)]
pub struct Results(Mutex<HashMap<PathBuf, Arc<Ran>>>);

/// What runs of one revision of a project have shown.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// The revision.
    pub number: u64,
    /// Whether every case has run.
    pub is_whole: bool,
    /// The test files.
    pub files: BTreeMap<PathBuf, RanFile>,
}

/// What the cases of a test file have shown.
#[derive(Clone, Debug, Default)]
pub struct RanFile {
    /// The text that was run.
    pub text: String,
    /// How each case ended, by its name.
    pub cases: BTreeMap<String, Outcome>,
}

impl Results {
    /// Takes over what a run has shown; `project` is the place of the project in the report. What runs of the same revision
    /// have shown of other cases stays.
    pub fn add(&self, folder: &Path, number: u64, report: &Report, project: usize, is_whole: bool) {
        let mut all = lock(&self.0);
        let before = all.get(folder).filter(|ran| ran.number == number && !is_whole);
        let mut ran = before.map_or_else(Ran::default, |ran| Ran::clone(ran));
        (ran.number, ran.is_whole) = (number, ran.is_whole || is_whole);
        for case in report.cases.iter().filter(|case| case.project == project) {
            let Some((name, text)) = report.files.get(case.file) else { continue };
            let file = ran.files.entry(PathBuf::from(name)).or_default();
            if file.text != *text {
                *file = RanFile { text: text.clone(), cases: BTreeMap::new() };
            }
            file.cases.insert(case.name.clone(), case.outcome.clone());
        }
        all.insert(folder.to_owned(), Arc::new(ran));
    }

    /// What is known of a project, whatever it has become since.
    pub fn of(&self, folder: &Path) -> Option<Arc<Ran>> {
        lock(&self.0).get(folder).cloned()
    }
}

impl Ran {
    /// How many cases passed.
    pub fn tests(&self) -> Tests {
        let outcomes = || self.files.values().flat_map(|file| file.cases.values());
        let passed = outcomes().filter(|outcome| **outcome == Outcome::Passed).count();
        if self.is_whole { Tests::Ran { passed, cases: outcomes().count() } } else { Tests::NotRun }
    }
}
