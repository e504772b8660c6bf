//! What is done each time a file of a project is saved: check, lint, test.

use crate::testing::{self, Report};
use crate::{Project, Read, Refusal};
use lql_syntax::Diagnostic;
use std::path::{Path, PathBuf};

/// What a round found.
#[derive(Debug)]
pub struct Round {
    /// The project as it was read.
    pub project: Project,
    /// Findings of the checker and the linter.
    pub findings: Vec<Diagnostic>,
    /// What the tests said; nothing where there are none, or the queries have errors.
    pub tests: Option<Report>,
}

impl Round {
    /// Whether there is nothing to mend.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.tests.as_ref().is_none_or(Report::is_clean)
    }
}

/// Reads a project anew, checks and lints it, and runs the tests of its folder. An error is a project that cannot be read
/// at all, as while a folder is being renamed.
///
/// ```
/// use lql_authoring::{disk, watch};
///
/// # let folder = tempfile::tempdir().unwrap();
/// let query = folder.path().join("web.lql");
/// std::fs::write(&query, "SELECT emial(m) AS email FROM web INTO user BY email ALIAS web")?;
/// let round = watch::round(&[folder.path().to_owned()], &disk).unwrap();
/// assert_eq!(round.findings[0].code.to_string(), "LQL0201");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn round(paths: &[PathBuf], read: Read<'_>) -> Result<Round, Refusal> {
    let project = Project::load_one(paths, None, read)?;
    let findings = project.lint(&project.file.lint);
    let folders: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
    let tests = if folders.is_empty() || findings.iter().any(Diagnostic::is_error) {
        None
    } else {
        let found = testing::find(&folders, read)?;
        let any = !found.files.is_empty() || !found.findings.is_empty();
        any.then(|| testing::run(&found, read, &testing::Options::default(), &|_| ()))
    };
    Ok(Round { project, findings, tests })
}

/// Whether a file that was saved is part of a project: queries, filters, settings, tests, and the events of tests.
pub fn concerns(path: &Path) -> bool {
    const ENDINGS: [&str; 8] = ["lql", "fql", "toml", "ndjson", "json", "csv", "gz", "zst"];
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    // A file while it is being written has another name first: `web.lql~`, `.web.lql.swp`.
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    ENDINGS.contains(&ending) && !is_hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk;
    use std::fs;

    const GOOD: &str =
        "-- Visits.\nSELECT email(m) AS email SHORTDESC \"E-mail\" FROM web INTO user BY email ALIAS web\n";
    const TEST: &str = "now = 2024-06-30T00:00:00Z\n[[case]]\nname = \"one\"\nevents = [{ event = { m = \"A@b.c\" } }]\n[[case.profile]]\nis = { email = \"a@b.c\" }\n";

    #[test]
    fn a_round_checks_lints_and_tests() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let round = || round(&[folder.path().to_owned()], &disk);
        assert!(round().is_err(), "there is no query yet");
        fs::write(path("web.lql"), GOOD).unwrap();
        let first = round().unwrap();
        assert!(first.is_clean() && first.tests.is_none(), "{:?}", first.findings);
        fs::write(path("web.test.toml"), TEST).unwrap();
        let tested = round().unwrap();
        assert!(tested.is_clean());
        assert_eq!(tested.tests.unwrap().cases.len(), 1);
        fs::write(path("web.test.toml"), TEST.replace("a@b.c", "x@b.c")).unwrap();
        assert!(!round().unwrap().is_clean(), "the test fails");
        fs::write(path("web.lql"), GOOD.replace("email(m)", "emial(m)")).unwrap();
        let broken = round().unwrap();
        assert!(!broken.is_clean() && broken.tests.is_none());
    }

    #[test]
    fn files_that_editors_leave_behind_concern_nobody() {
        for name in ["web.lql", "segments/a.fql", "lql.toml", "web.test.toml", "events/web.ndjson.gz"] {
            assert!(concerns(Path::new(name)), "{name}");
        }
        for name in [".web.lql.swp", "web.lql~", "4913", "README.md", "profiles.partial", ".hidden.lql"] {
            assert!(!concerns(Path::new(name)), "{name}");
        }
    }
}
