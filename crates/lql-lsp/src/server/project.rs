//! A project as the server holds it: what the disk has, what the editor has open, and what follows from both.

use super::document::Document;
use super::lines::Lines;
use crate::ide::Snapshot;
use lql_authoring::{Listing, Project, Refusal};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A project after one of the changes to it. Never changes; analysed when somebody first asks, by who asks first.
#[derive(Debug)]
pub struct Revision {
    /// Counts the changes.
    pub number: u64,
    /// Its files, those that are only in the editor included.
    pub listing: Arc<Listing>,
    /// What the disk holds of them, by their paths: compared as bytes, which is quicker.
    pub disk: Arc<BTreeMap<OsString, Arc<DiskFile>>>,
    /// What the editor has open.
    pub open: BTreeMap<PathBuf, Arc<Document>>,
    /// What was known before: what is still true of it need not be worked out again.
    earlier: Option<Arc<Analysis>>,
    analysis: OnceLock<Result<Arc<Analysis>, Refusal>>,
}

/// A file as the disk has it.
#[derive(Debug)]
pub struct DiskFile {
    bytes: Vec<u8>,
    /// When first asked for.
    lines: OnceLock<Lines>,
}

/// What is known about a revision.
#[derive(Debug)]
pub struct Analysis {
    /// For the answers.
    pub snapshot: Snapshot,
    /// By the number that findings have for them.
    files: Vec<File>,
}

/// A file of an analysis.
#[derive(Debug)]
struct File {
    path: PathBuf,
    document: Option<Arc<Document>>,
    disk: Option<Arc<DiskFile>>,
}

impl Revision {
    /// The first revision of the project in a folder.
    pub fn of_folder(folder: &Path, documents: &BTreeMap<PathBuf, Arc<Document>>) -> Self {
        let mut listing = Listing::of(folder).unwrap_or_default();
        listing.folder = folder.to_path_buf();
        let open: BTreeMap<PathBuf, Arc<Document>> = documents
            .iter()
            .filter(|(path, _)| add(&mut listing, path))
            .map(|(path, document)| (path.clone(), Arc::clone(document)))
            .collect();
        let read = |path: &PathBuf| {
            let bytes = std::fs::read(path).ok()?;
            Some((path.into(), Arc::new(DiskFile { bytes, lines: OnceLock::new() })))
        };
        let disk: BTreeMap<OsString, Arc<DiskFile>> = listing.files().filter_map(read).collect();
        // A file that cannot be read is none, until it can.
        let known = |path: &PathBuf| disk.contains_key(path.as_os_str()) || open.contains_key(path);
        listing.queries.retain(known);
        listing.filters.retain(known);
        listing.settings = listing.settings.take().filter(known);
        Self {
            number: 0,
            listing: Arc::new(listing),
            disk: Arc::new(disk),
            open,
            earlier: None,
            analysis: OnceLock::new(),
        }
    }

    /// A file without a project is one of its own.
    pub fn of_file(document: Arc<Document>) -> Self {
        let path = document.path.clone();
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let listing = Listing { folder, queries: vec![path.clone()], ..Listing::default() };
        Self {
            number: 0,
            listing: Arc::new(listing),
            disk: Arc::default(),
            open: BTreeMap::from([(path, document)]),
            earlier: None,
            analysis: OnceLock::new(),
        }
    }

    /// The revision after an edit of an open file.
    pub fn edited(&self, document: Arc<Document>) -> Self {
        let mut open = self.open.clone();
        open.insert(document.path.clone(), document);
        Self {
            number: self.number + 1,
            listing: Arc::clone(&self.listing),
            disk: Arc::clone(&self.disk),
            open,
            earlier: self.latest_analysis(),
            analysis: OnceLock::new(),
        }
    }

    /// The revision that follows another, whatever has changed.
    pub fn after(mut self, before: &Self) -> Self {
        self.number = before.number + 1;
        self.earlier = before.latest_analysis();
        self
    }

    /// Whether there is anything to check.
    pub fn is_empty(&self) -> bool {
        self.listing.files().next().is_none()
    }

    /// Whether a file belongs to the project.
    pub fn has(&self, path: &Path) -> bool {
        self.listing.files().any(|file| file == path)
    }

    /// What is known. The first to ask computes it, others wait for that.
    pub fn analysis(&self) -> Result<&Arc<Analysis>, &Refusal> {
        self.analysis.get_or_init(|| self.analyse().map(Arc::new)).as_ref()
    }

    fn latest_analysis(&self) -> Option<Arc<Analysis>> {
        let own = self.analysis.get().and_then(|result| result.as_ref().ok());
        own.or(self.earlier.as_ref()).cloned()
    }

    fn analyse(&self) -> Result<Analysis, Refusal> {
        let read = |path: &Path| match (self.open.get(path), self.disk.get(path.as_os_str())) {
            (Some(document), _) => Ok(document.text.clone().into_bytes()),
            (None, Some(file)) => Ok(file.bytes.clone()),
            (None, None) => Err(Error::from(ErrorKind::NotFound)),
        };
        let earlier = self.earlier.as_ref().map(|analysis| &analysis.snapshot);
        let known = earlier.map(|earlier| &earlier.project);
        let project = Project::from_listing(&self.listing, None, &read, known)?;
        let snapshot = Snapshot::of(earlier, &self.listing.folder, project);
        let file = |path: &PathBuf| File {
            path: path.clone(),
            document: self.open.get(path).cloned(),
            disk: self.disk.get(path.as_os_str()).cloned(),
        };
        Ok(Analysis { snapshot, files: self.listing.files().map(file).collect() })
    }
}

impl Analysis {
    /// The number of a file.
    pub fn file(&self, path: &Path) -> Option<u32> {
        self.files.iter().position(|file| file.path == path).map(|at| at as u32)
    }

    /// How many files there are.
    pub fn count(&self) -> u32 {
        self.files.len() as u32
    }

    /// Where a file is.
    pub fn path(&self, file: u32) -> Option<&Path> {
        Some(&self.files.get(file as usize)?.path)
    }

    /// The open file that it is.
    pub fn document(&self, file: u32) -> Option<&Arc<Document>> {
        self.files.get(file as usize)?.document.as_ref()
    }

    /// A file's text and its lines.
    pub fn text(&self, file: u32) -> Option<(&str, &Lines)> {
        let text = self.snapshot.text(file)?;
        let file = self.files.get(file as usize)?;
        let lines = match &file.document {
            Some(document) => &document.lines,
            None => file.disk.as_ref()?.lines.get_or_init(|| Lines::of_file(text)),
        };
        Some((text, lines))
    }
}

/// Puts a file that the editor has into a listing, where the disk may not have it yet. Whether it belongs there.
fn add(listing: &mut Listing, path: &Path) -> bool {
    let folder = path.parent();
    let is_query = path.extension().is_some_and(|ending| ending == "lql" || ending == "fql");
    let list = if folder == Some(&listing.folder) && is_query {
        &mut listing.queries
    } else if folder.is_some_and(|folder| folder == listing.folder.join("segments")) && is_query {
        &mut listing.filters
    } else if path == listing.folder.join("lql.toml") {
        listing.settings = Some(path.to_path_buf());
        return true;
    } else {
        return false;
    };
    if let Err(at) = list.binary_search_by(|known| known.as_path().cmp(path)) {
        list.insert(at, path.to_path_buf());
    }
    true
}
