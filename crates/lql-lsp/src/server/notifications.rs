//! What the client tells: files opened, edited, saved, closed, changed on the disk; folders; settings.

use super::discover;
use super::document::{Document, is_foreign, is_test, path_of};
use super::loading;
use super::owner::{Owner, read};
use super::project::Revision;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, LSPAny, WorkDoneProgressCancelParams,
};

impl Owner {
    /// Applies one.
    pub(super) fn notified(&mut self, method: &str, params: LSPAny) -> Result<()> {
        match method {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => self.opened(read(params)?),
            "textDocument/didChange" => self.changed(read(params)?),
            "textDocument/didClose" => self.closed(&read(params)?),
            "textDocument/didSave" => self.saved(&read(params)?),
            "workspace/didChangeWatchedFiles" => {
                let params: DidChangeWatchedFilesParams = read(params)?;
                self.changed_on_disk(&params.changes.iter().map(|change| path_of(&change.uri)).collect());
            }
            "workspace/didChangeConfiguration" => self.settings_changed(&read(params)?),
            "workspace/didChangeWorkspaceFolders" => self.folders_changed(&read(params)?),
            "window/workDoneProgress/cancel" => {
                let params: WorkDoneProgressCancelParams = read(params)?;
                self.world.shared.under_way.cancel(&params.token);
            }
            // Others are of no concern: the protocol allows to ignore what is not known.
            _ => {}
        }
        Ok(())
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let document = Arc::new(Document::open(params.text_document));
        let path = document.path.clone();
        Arc::make_mut(&mut self.world).documents.insert(path.clone(), Arc::clone(&document));
        if is_test(&path) {
            return self.settle_test(&path);
        }
        self.settle(&path);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let path = path_of(&params.text_document.uri);
        let world = Arc::make_mut(&mut self.world);
        let Some(document) = world.documents.get(&path) else { return };
        let document = document.edited(params.text_document.version, params.content_changes, world.encoding);
        let document = Arc::new(document);
        world.documents.insert(path.clone(), Arc::clone(&document));
        if is_test(&path) {
            return self.edited_test(&path);
        }
        // The client fetches anew what it shows of the edited file, and of no other.
        self.stale |= world.documents.len() > 1;
        let key =
            path.ancestors().take(3).find(|key| world.projects.get(*key).is_some_and(|it| it.has(&path)));
        let Some(key) = key.map(Path::to_path_buf) else { return };
        if let Some(revision) = world.projects.get_mut(&key) {
            *revision = Arc::new(revision.edited(document));
            self.dirty.insert(key);
        }
    }

    fn closed(&mut self, params: &DidCloseTextDocumentParams) {
        let path = path_of(&params.text_document.uri);
        let world = Arc::make_mut(&mut self.world);
        world.documents.remove(&path);
        world.shared.tokens.forget(&params.text_document.uri);
        if is_test(&path) {
            return self.closed_test(&path);
        }
        if world.projects.contains_key(&path) {
            self.remove(&path);
        } else {
            self.settle(&path);
        }
    }

    /// A saved file may be the first of its folder, so that it is not alone any more.
    fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        let path = path_of(&params.text_document.uri);
        if is_test(&path) { self.settle_test(&path) } else { self.settle(&path) }
    }

    /// Reads the projects again that files or folders belong to.
    pub(super) fn changed_on_disk(&mut self, paths: &BTreeSet<PathBuf>) {
        let mut homes = BTreeSet::new();
        for path in paths {
            // A test may lie anywhere below its project.
            let far = if is_test(path) { usize::MAX } else { 2 };
            let known =
                path.ancestors().skip(1).take(far).filter(|folder| self.world.projects.contains_key(*folder));
            homes.extend(known.map(Path::to_path_buf).chain(discover::home(path)));
            // A folder may have come with a project in it.
            homes.extend(
                Some(path).filter(|path| path.is_dir()).into_iter().flat_map(|it| discover::projects(it)),
            );
        }
        homes.into_iter().for_each(|home| self.reload(home));
    }

    fn settings_changed(&mut self, params: &DidChangeConfigurationParams) {
        // Clients that can be asked often send nothing here.
        if params.settings.is_null() {
            self.ask_settings();
        } else {
            self.configured(&params.settings);
        }
    }

    fn folders_changed(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let removed: Vec<PathBuf> = params.event.removed.iter().map(|folder| path_of(&folder.uri)).collect();
        let added: Vec<PathBuf> = params.event.added.iter().map(|folder| path_of(&folder.uri)).collect();
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(added.iter().cloned());
        let is_gone = |key: &&PathBuf| {
            let within = |folders: &[PathBuf]| folders.iter().any(|folder| key.starts_with(folder));
            within(&removed) && !within(&self.folders)
        };
        let gone: Vec<PathBuf> = self.world.projects.keys().filter(is_gone).cloned().collect();
        if let Some(watch) = &mut self.watch {
            removed.iter().for_each(|folder| watch.uncover(folder));
            added.iter().for_each(|folder| watch.cover(folder));
        }
        // A project with an open file stays: the file is still looked at.
        let gone =
            gone.iter().filter(|key| self.world.projects.get(*key).is_none_or(|it| it.open.is_empty()));
        let gone: Vec<PathBuf> = gone.cloned().collect();
        gone.iter().for_each(|key| self.remove(key));
        loading::load(self, added);
    }

    /// Finds the project of a file anew, and reads that again.
    fn settle(&mut self, path: &Path) {
        match discover::home(path).or_else(|| self.loaded_home(path)) {
            Some(home) => self.reload(home),
            None => {
                if let Some(document) = self.world.documents.get(path).filter(|_| !is_foreign(path)) {
                    self.put(path.to_path_buf(), Revision::of_file(Arc::clone(document)));
                }
            }
        }
    }

    /// The project that has a file, though the disk no longer shows it as one.
    fn loaded_home(&self, path: &Path) -> Option<PathBuf> {
        let known = |folder: &&Path| self.world.projects.get(*folder).is_some_and(|it| it.has(path));
        path.ancestors().skip(1).take(2).find(known).map(Path::to_path_buf)
    }

    /// Reads the project of a folder again. Files of it that stood alone do so no more.
    pub(super) fn reload(&mut self, home: PathBuf) {
        self.stale = true;
        let revision = Revision::of_folder(&home, &self.world.documents);
        let alone = |path: &PathBuf| self.world.projects.contains_key(path);
        let alone: Vec<PathBuf> = revision.open.keys().filter(|path| alone(path)).cloned().collect();
        self.put(home, revision);
        alone.iter().for_each(|path| self.remove(path));
    }
}
