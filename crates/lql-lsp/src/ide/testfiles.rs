//! Test files: what is wrong with them, their cases, and the names of the project in them.

mod lenses;
mod look;
mod names;

pub use names::{references_in_test, rename_in_test};

use super::Snapshot;
use lql_authoring::Read;
use lql_authoring::testing::format::TestFile;
use lql_authoring::testing::{self, check, project_of};
use lql_syntax::Diagnostic;
use std::path::Path;

/// A test file, read, beside the project that it is for.
#[derive(Clone, Debug)]
pub struct Test<'s> {
    snapshot: Option<&'s Snapshot>,
    file: TestFile,
    mistakes: Vec<Diagnostic>,
}

impl<'s> Test<'s> {
    /// Reads the text of a test file.
    pub fn read(snapshot: Option<&'s Snapshot>, path: &Path, text: &str) -> Self {
        let root = snapshot.map_or(Path::new(""), |snapshot| &snapshot.root);
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let (file, mistakes) = testing::read(path, &name, text, 0);
        Self { snapshot, file, mistakes }
    }

    /// What is wrong with it, as `lql test` says it, in order of place. `reason` tells why there is no project.
    pub fn findings(&self, reason: Option<&str>, read: Read<'_>) -> Vec<Diagnostic> {
        let mut findings = self.mistakes.clone();
        match self.snapshot {
            Some(snapshot) => {
                findings.extend(check(self.file.clone(), self.mistakes.clone(), &snapshot.checked, read));
            }
            None => findings.push(match project_of(&self.file) {
                Err(finding) => *finding,
                Ok(_) => testing::unreadable(&self.file, reason.unwrap_or_default()),
            }),
        }
        findings.sort_by_key(|finding| finding.primary.span);
        findings
    }
}
