//! Changes on the disk, for clients that cannot be asked to tell of them: the folders of projects are watched here.

use super::owner::Event;
use lql_authoring::watch::concerns;
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What belongs to one change, such as a file that is written and then renamed, comes within this time.
const SETTLE: Duration = Duration::from_millis(30);

/// The folders of a project that hold its files, besides its own.
const PARTS: [&str; 3] = ["segments", "events", "tests"];

/// Watches folders until it is dropped.
pub struct Watch {
    watcher: RecommendedWatcher,
    /// The folders that are watched, by what they are watched for.
    folders: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
}

impl Watch {
    /// Tells an owner of changes.
    pub fn start(inbox: Sender<Event>) -> notify::Result<Self> {
        let (sender, changes) = channel();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if is_change(event.kind) {
                // A folder that was made may bring files with it.
                let paths = event.paths.into_iter().filter(|path| concerns(path) || path.is_dir());
                paths.for_each(|path| drop(sender.send(path)));
            }
        })?;
        std::thread::Builder::new().name("lql-disk".into()).spawn(move || gather(&changes, &inbox))?;
        Ok(Self { watcher, folders: BTreeMap::new() })
    }

    /// Watches the folder of a project, or of the workspace, and the parts of it that are there by now.
    pub fn cover(&mut self, folder: &Path) {
        let parts = PARTS.iter().map(|part| folder.join(part)).filter(|part| part.is_dir());
        for path in std::iter::once(folder.to_owned()).chain(parts) {
            let known = self.folders.entry(folder.to_owned()).or_default();
            let mode =
                if path.ends_with("tests") { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
            // Where it cannot be watched, the editor's own saving still reaches us.
            if known.insert(path.clone()) && self.watcher.watch(&path, mode).is_err() {
                known.remove(&path);
            }
        }
    }

    /// The same no more.
    pub fn uncover(&mut self, folder: &Path) {
        for path in self.folders.remove(folder).into_iter().flatten() {
            if !self.folders.values().any(|paths| paths.contains(&path)) {
                let _ = self.watcher.unwatch(&path);
            }
        }
    }
}

/// Whether something is different now. Our own reading is no change.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(kind) => !matches!(kind, ModifyKind::Metadata(_)),
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        EventKind::Any | EventKind::Other => false,
    }
}

/// Tells of changes that come together as of one.
fn gather(changes: &Receiver<PathBuf>, inbox: &Sender<Event>) {
    while let Ok(first) = changes.recv() {
        let mut paths = BTreeSet::from([first]);
        while let Ok(next) = changes.recv_timeout(SETTLE) {
            paths.insert(next);
        }
        if inbox.send(Event::Disk(paths)).is_err() {
            return;
        }
    }
}
