//! Test files in the editor: which project each is for, and what is said about them.

use super::checking::CheckedFile;
use super::diagnostics::{Report, diagnostic, failure, of_findings};
use super::document::Document;
use super::lines::{Encoding, Lines};
use super::owner::Owner;
use super::project::Analysis;
use super::results::RanFile;
use super::world::{World, unknown};
use crate::ide::Snapshot;
use crate::ide::testfiles::Test;
use lql_authoring::testing::{self, Outcome};
use lql_syntax::Span;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{Diagnostic, Location, Position, Range, Uri};

/// An open test file, as a request looks at it.
#[derive(Clone, Debug)]
pub struct TestLook {
    /// The file.
    pub document: Arc<Document>,
    /// The folder of its project.
    pub home: PathBuf,
    /// The project, or why there is none.
    pub analysis: std::result::Result<Arc<Analysis>, String>,
    encoding: Encoding,
}

impl World {
    /// An open test file.
    pub fn test(&self, uri: &Uri) -> Result<TestLook> {
        self.test_at(&super::document::path_of(uri)).ok_or_else(|| unknown(uri))
    }

    fn test_at(&self, path: &Path) -> Option<TestLook> {
        let (document, home) = (self.documents.get(path)?, self.tests.get(path)?);
        let analysis = match self.projects.get(home).map(|revision| revision.analysis()) {
            Some(Ok(analysis)) => Ok(Arc::clone(analysis)),
            Some(Err(refusal)) => Err(refusal.0.clone()),
            None => Err(format!("{} holds no *.lql and no *.fql files", home.display())),
        };
        let (document, home) = (Arc::clone(document), home.clone());
        Some(TestLook { document, home, analysis, encoding: self.encoding })
    }

    /// What the cases of a test file have shown, if its project and its text are still the same.
    pub fn ran(&self, look: &TestLook) -> Option<RanFile> {
        let ran = self.shared.results.of(&look.home)?;
        let file = ran.files.get(&look.document.path)?;
        let is_fresh = Some(ran.number) == self.number_of(&look.home) && file.text == look.document.text;
        is_fresh.then(|| file.clone())
    }
}

impl TestLook {
    /// The project at this moment.
    pub fn snapshot(&self) -> Option<&Snapshot> {
        self.analysis.as_ref().ok().map(|analysis| &analysis.snapshot)
    }

    /// The file, read.
    pub fn test(&self) -> Test<'_> {
        Test::read(self.snapshot(), &self.document.path, &self.document.text)
    }

    /// A position in the file.
    pub fn offset(&self, position: Position) -> u32 {
        self.document.lines.offset(&self.document.text, position, self.encoding)
    }

    /// A span of the file.
    pub fn range(&self, span: Span) -> Range {
        self.document.lines.range(&self.document.text, span, self.encoding)
    }

    /// A range of the file.
    pub fn span(&self, range: Range) -> Span {
        self.document.lines.span(&self.document.text, range, self.encoding)
    }
}

impl Owner {
    /// A test file was opened or saved: its project is found anew, and read if it is not known yet.
    pub(super) fn settle_test(&mut self, path: &Path) {
        let Some(document) = self.world.documents.get(path).map(Arc::clone) else { return };
        let home = self.home_of_test(&document);
        if let Some(home) = home.as_ref().filter(|home| !self.world.projects.contains_key(*home)) {
            self.reload(home.clone());
        }
        let home = home.unwrap_or_else(|| path.to_owned());
        self.dirty.insert(home.clone());
        Arc::make_mut(&mut self.world).tests.insert(path.to_owned(), home);
    }

    /// A test file was edited.
    pub(super) fn edited_test(&mut self, path: &Path) {
        self.dirty.extend(self.world.tests.get(path).cloned());
    }

    /// A test file was closed. What was said of it is taken back, but for what a run has shown.
    pub(super) fn closed_test(&mut self, path: &Path) {
        let home = Arc::make_mut(&mut self.world).tests.remove(path);
        self.forget(path);
        self.dirty.extend(home);
    }

    /// The folder that a test names, else the nearest above it that is a project, in the editor or on the disk.
    fn home_of_test(&self, document: &Document) -> Option<PathBuf> {
        let path = &document.path;
        if !path.is_absolute() {
            return None;
        }
        let (file, _) = testing::read(path, "", &document.text, 0);
        let known = || path.ancestors().skip(1).find(|folder| self.world.projects.contains_key(*folder));
        match (&file.project, known()) {
            (None, Some(folder)) => Some(folder.to_owned()),
            _ => testing::project_of(&file).ok().map(|folder| plain(&folder)),
        }
    }
}

/// A test file of a project, open or not.
#[derive(Debug)]
pub struct TestText {
    /// Where it is.
    pub path: PathBuf,
    /// Its address.
    pub uri: Uri,
    /// The version, if it is open.
    pub version: Option<i32>,
    /// Its text.
    pub text: String,
    lines: Lines,
}

impl TestText {
    /// A span of the file.
    pub fn range(&self, span: Span, encoding: Encoding) -> Range {
        self.lines.range(&self.text, span, encoding)
    }
}

/// The test files of a project, as they are in the editor.
pub fn of_project(world: &World, root: &Path) -> Vec<TestText> {
    let on_disk = if root.is_dir() { testing::files(root).unwrap_or_default() } else { Vec::new() };
    let open = world.tests.iter().filter(|(_, home)| *home == root).map(|(path, _)| path.clone());
    let paths: std::collections::BTreeSet<PathBuf> = on_disk.into_iter().chain(open).collect();
    let text = |path: PathBuf| match world.documents.get(&path) {
        Some(document) => Some(TestText {
            path,
            uri: document.uri.clone(),
            version: Some(document.version),
            text: document.text.clone(),
            lines: document.lines.clone(),
        }),
        None => {
            let text = String::from_utf8(lql_authoring::disk(&path).ok()?).ok()?;
            let (uri, lines) = (Uri::from_file_path(&path)?, Lines::of_file(&text));
            Some(TestText { path, uri, version: None, text, lines })
        }
    };
    paths.into_iter().filter_map(text).collect()
}

/// A path without `.` and `..`, so that a folder has one name however a test writes it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// What is said about the tests of a project: of those that are open, what is wrong with them; of all, what a run of this
/// revision has shown.
pub fn reports(world: &World, home: &Path) -> Vec<CheckedFile> {
    let open = world.tests.iter().filter(|(_, of)| *of == home);
    let mut reports: Vec<CheckedFile> = open
        .filter_map(|(path, _)| {
            let look = world.test_at(path)?;
            let (uri, version) = (look.document.uri.clone(), Some(look.document.version));
            Some(CheckedFile { path: path.clone(), uri, version, report: report(world, &look) })
        })
        .collect();
    let Some(ran) = world.shared.results.of(home) else { return reports };
    let is_fresh = Some(ran.number) == world.number_of(home);
    for (path, file) in ran.files.iter().filter(|(path, _)| !world.documents.contains_key(*path)) {
        let Some(uri) = Uri::from_file_path(path) else { continue };
        let lines = Lines::of_file(&file.text);
        let failures = if is_fresh {
            failures(file, &|span| lines.range(&file.text, span, world.encoding))
        } else {
            Vec::new()
        };
        reports.push(CheckedFile { path: path.clone(), uri, version: None, report: of_findings(failures) });
    }
    reports
}

/// What is said about an open test file.
pub fn report(world: &World, look: &TestLook) -> Report {
    let locate = |file: u32, span: Span| match file {
        0 => Some(Location::new(look.document.uri.clone(), look.range(span))),
        _ => None,
    };
    let reason = look.analysis.as_ref().err().map(String::as_str);
    let findings = look.test().findings(reason, &|path| world.read(path));
    let mut said: Vec<Diagnostic> =
        findings.iter().filter_map(|finding| diagnostic(world, finding, &locate)).collect();
    if let Some(ran) = world.ran(look) {
        said.extend(failures(&ran, &|span| look.range(span)));
    }
    of_findings(said)
}

/// The expectations that were not met.
fn failures(file: &RanFile, range: &dyn Fn(Span) -> Range) -> Vec<Diagnostic> {
    let failed = file.cases.values().filter_map(|outcome| match outcome {
        Outcome::Failed(failures) => Some(failures),
        Outcome::Passed | Outcome::NotRun => None,
    });
    failed.flatten().map(|it| failure(range(it.place), it)).collect()
}
