//! Checks of projects: given to the pool when the queue is empty, and said to the client unless the project has changed again.

use super::diagnostics::{Report, report};
use super::owner::{Event, Owner};
use super::world::World;
use super::{abilities, tests};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tower_lsp_server::ls_types::notification::PublishDiagnostics;
use tower_lsp_server::ls_types::request::{
    CodeLensRefresh, InlayHintRefreshRequest, WorkspaceDiagnosticRefresh,
};
use tower_lsp_server::ls_types::{MessageType, PublishDiagnosticsParams, Uri};

/// What checking a revision has found.
#[derive(Debug)]
pub struct Checked {
    key: PathBuf,
    number: u64,
    files: Vec<CheckedFile>,
}

/// What is said about a file at a version.
#[derive(Debug)]
pub struct CheckedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its address.
    pub uri: Uri,
    /// The version, if it is open.
    pub version: Option<i32>,
    /// What is said.
    pub report: Report,
}

impl Owner {
    /// Gives changed projects to the pool, each of which is checked only once at a time.
    pub(super) fn check(&mut self) {
        let (now, later) =
            std::mem::take(&mut self.dirty).into_iter().partition(|key| !self.busy.contains(key));
        self.dirty = later;
        for key in BTreeSet::<PathBuf>::from_iter(now) {
            let Some(number) = self.world.number_of(&key) else { continue };
            self.busy.insert(key.clone());
            let (world, done) = (Arc::clone(&self.world), Done { inbox: self.inbox.clone(), key, number });
            world.shared.checks.queued();
            self.pool.run(move || {
                world.shared.checks.begun();
                done.with(|key| files(&world, key));
            });
        }
    }

    /// Says what was found, unless the project has changed again: then it will be checked again.
    pub(super) fn checked(&mut self, checked: Checked) {
        self.busy.remove(&checked.key);
        if self.world.number_of(&checked.key) != Some(checked.number) {
            return;
        }
        let pulls = abilities::pulls(&self.world.client);
        let mut others_changed = false;
        for file in checked.files {
            // Of a test file that was edited meanwhile: it will be checked again.
            if self.world.documents.get(&file.path).map(|document| document.version) != file.version {
                continue;
            }
            let told = self.told.get(&file.path);
            let (same_version, same_findings) = told.map_or_else(
                || (file.version.is_none(), file.report.findings.is_empty()),
                |(version, id)| (*version == file.version, *id == file.report.id),
            );
            if same_version && same_findings {
                continue;
            }
            others_changed |= same_version;
            self.told.insert(file.path, (file.version, file.report.id));
            if !pulls {
                let params = PublishDiagnosticsParams::new(file.uri, file.report.findings, file.version);
                self.client.notify::<PublishDiagnostics>(&params);
            }
        }
        if pulls && others_changed && abilities::refreshes(&self.world.client) {
            self.client.ask::<WorkspaceDiagnosticRefresh>(&(), |_| ());
        }
        if std::mem::take(&mut self.stale) {
            self.refresh();
        }
    }

    /// Has the client fetch again what it shows of the sample events and of tests.
    fn refresh(&self) {
        if abilities::refreshes_lenses(&self.world.client) {
            self.client.ask::<CodeLensRefresh>(&(), |_| ());
        }
        if abilities::refreshes_hints(&self.world.client) {
            self.client.ask::<InlayHintRefreshRequest>(&(), |_| ());
        }
    }
}

/// Tells the owner that a check is done, even when it panics: the project must not stay busy.
struct Done {
    inbox: Sender<Event>,
    key: PathBuf,
    number: u64,
}

impl Done {
    fn with(mut self, check: impl FnOnce(&Path) -> Vec<CheckedFile>) {
        let files = check(&self.key);
        self.send(files);
    }

    fn send(&mut self, files: Vec<CheckedFile>) {
        let key = std::mem::take(&mut self.key);
        let _ = self.inbox.send(Event::Checked(Checked { key, number: self.number, files }));
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.send(Vec::new());
        }
    }
}

/// What is said about each file of a project and its tests.
fn files(world: &World, key: &Path) -> Vec<CheckedFile> {
    let mut files = tests::reports(world, key);
    let Some(revision) = world.projects.get(key) else { return files };
    let analysis = match revision.analysis() {
        Ok(analysis) => analysis,
        Err(refusal) => {
            world.shared.to_client.log(MessageType::ERROR, refusal.0.clone());
            return files;
        }
    };
    let file = |file| {
        Some(CheckedFile {
            path: analysis.path(file)?.to_path_buf(),
            uri: analysis.uri(file)?,
            version: analysis.document(file).map(|document| document.version),
            report: report(world, analysis, file),
        })
    };
    files.extend((0..analysis.count()).filter_map(file));
    files
}
