//! Questions about a project at one moment. Places are byte offsets into a file; files are numbers.
//!
//! Each question is a function of a [`Snapshot`] and a place, in a file of its own. What many questions need is worked
//! out once for a snapshot, when the first of them asks: the [names](symbols), the [kinds](Snapshot::kind_of), what the
//! [sample events](samples) hold and what [queries make of them](trials).

pub mod about;
pub mod actions;
pub mod answers;
pub mod commands;
pub mod completion;
pub mod context;
mod difference;
pub mod folding;
pub mod formatting;
pub mod hierarchy;
pub mod hints;
pub mod hover;
mod kept;
pub mod keywords;
pub mod lenses;
pub mod links;
pub mod outline;
pub mod references;
pub mod rename;
pub mod samples;
mod settings;
pub mod signature;
pub mod spelling;
pub mod symbols;
pub mod testfiles;
pub mod tokens;
pub mod toml;
pub mod tree;
pub mod trials;

#[cfg(test)]
mod everything;
#[cfg(test)]
mod incremental;
#[cfg(test)]
mod testing;

use kept::Kept;
use lql_authoring::{Project, Read, Refusal};
use lql_compiler::lint::Linted;
use lql_compiler::{Checked, Kind};
use lql_syntax::{Diagnostic, Parsed, Span};
use samples::Samples;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use symbols::{Index, Symbol};
use trials::Trials;

/// A project, read and checked, at one moment. Never changes, so that many requests may look at it at once.
#[derive(Debug)]
pub struct Snapshot {
    /// The folder.
    pub root: PathBuf,
    /// Its files.
    pub project: Project,
    /// What the checker knows.
    pub checked: Checked,
    /// What the files of events hold.
    pub samples: Arc<Samples>,
    linted: Kept<Linted>,
    index: Kept<Index>,
    trials: OnceLock<Trials>,
    /// By table.
    identities: OnceLock<HashMap<String, HashSet<String>>>,
}

/// A place in a file of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Number of the file, as findings number them: queries and filters in the order of names, then `lql.toml`.
    pub file: u32,
    /// Byte offset.
    pub offset: u32,
}

/// A range in a file of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// Number of the file.
    pub file: u32,
    /// Its bytes.
    pub span: Span,
}

impl Snapshot {
    /// Reads and checks the project of a folder. `read` gives the text of open files as they are in the editor.
    pub fn load(root: &Path, read: Read<'_>) -> Result<Self, Refusal> {
        Self::load_after(None, root, read)
    }

    /// The same, after an earlier snapshot of the project.
    pub fn load_after(earlier: Option<&Self>, root: &Path, read: Read<'_>) -> Result<Self, Refusal> {
        let project = Project::load_one(&[root.to_path_buf()], None, read)?;
        Ok(Self::of(earlier, root, project))
    }

    /// Of a project that was read. What an earlier snapshot knows is kept where it is still true: trees and findings of
    /// files with the same text, sample events of files that are as they were.
    pub fn of(earlier: Option<&Self>, root: &Path, project: Project) -> Self {
        let checked = project.check_after(earlier.map(|earlier| &earlier.checked));
        let samples = Samples::of(&project);
        let samples = match earlier {
            Some(earlier) if earlier.samples.are_of_the_files_of(&samples) => Arc::clone(&earlier.samples),
            _ => Arc::new(samples),
        };
        Self {
            root: root.to_path_buf(),
            project,
            checked,
            samples,
            linted: Kept::after(earlier.map(|earlier| &earlier.linted)),
            index: Kept::after(earlier.map(|earlier| &earlier.index)),
            trials: OnceLock::new(),
            identities: OnceLock::new(),
        }
    }

    /// The number of a file, by its path.
    pub fn file(&self, path: &Path) -> Option<u32> {
        let at = self.project.views().iter().position(|view| Path::new(view.name) == path)?;
        Some(at as u32)
    }

    /// The text of a file.
    pub fn text(&self, file: u32) -> Option<&str> {
        match self.project.sources.get(file as usize) {
            Some(source) => Some(&source.text),
            None => self.project.views().get(file as usize).map(|view| view.text),
        }
    }

    /// The text of `lql.toml`, if a file is that.
    pub fn settings(&self, file: u32) -> Option<&str> {
        self.text(file).filter(|_| file as usize == self.project.sources.len())
    }

    /// The name of a file, as people call it: relative to the project.
    pub fn name(&self, file: u32) -> &str {
        self.project.sources.get(file as usize).map_or("lql.toml", |source| &source.name)
    }

    /// The line of an offset, counted from 1.
    pub fn line(&self, file: u32, offset: u32) -> usize {
        let before = self.text(file).and_then(|text| text.get(..offset as usize));
        before.map_or(1, |before| before.matches('\n').count() + 1)
    }

    /// The tree and the tokens of a file of queries or filters.
    pub fn parsed(&self, file: u32) -> Option<&Parsed> {
        self.checked.parsed(file)
    }

    /// The findings of the checker, of the settings and of the linter, by file and place: those of `lql lint`.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.linted.get(|earlier| self.project.lint_after(earlier, &self.checked)).findings
    }

    /// Every name of the project and where it stands.
    pub fn index(&self) -> &Index {
        self.index.get(|earlier| Index::of(self, earlier))
    }

    /// Whether a symbol is an identity field.
    pub fn is_identity(&self, symbol: &Symbol) -> bool {
        let Symbol::Field { table, name } = symbol else { return false };
        let identities = self.identities.get_or_init(|| {
            let schema = &self.checked.schema;
            let mut identities: HashMap<String, HashSet<String>> = HashMap::new();
            for field in schema.fields.iter().filter(|field| field.identity) {
                if let Some(table) = schema.table(field.table) {
                    identities.entry(table.name.clone()).or_default().insert(field.name.clone());
                }
            }
            identities
        });
        identities.get(table).is_some_and(|fields| fields.contains(name))
    }

    /// What the queries make of the sample events.
    pub fn trials(&self) -> &Trials {
        self.trials.get_or_init(|| Trials::of(self))
    }

    /// The same, if it was worked out before: running the sample events takes longer than a hover may. Editors ask for
    /// lenses and hints after every edit, which do wait for it.
    pub fn trials_if_ready(&self) -> Option<&Trials> {
        self.trials.get()
    }

    /// The static kind of the expression at a range.
    pub fn kind_of(&self, file: u32, span: Span) -> Option<Kind> {
        self.checked.kind(file, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_file_stands_for_the_one_on_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("web.lql");
        std::fs::write(&path, "SELECT").unwrap();
        let typed = "SELECT email(m) AS email FROM web INTO user BY email ALIAS web";
        let read = |asked: &Path| {
            if asked == path { Ok(typed.as_bytes().to_vec()) } else { lql_authoring::disk(asked) }
        };
        let snapshot = Snapshot::load(folder.path(), &read).unwrap();
        assert_eq!(snapshot.file(&path), Some(0));
        assert_eq!(snapshot.text(0), Some(typed));
        assert!(snapshot.checked.diagnostics.is_empty());
    }

    #[test]
    fn samples_are_read_again_only_if_their_files_changed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("web.lql"), "SELECT a FROM web INTO user BY a ALIAS web").unwrap();
        std::fs::create_dir(folder.path().join("events")).unwrap();
        let events = folder.path().join("events/web.ndjson");
        std::fs::write(&events, "{\"a\": 1}\n").unwrap();
        let load = |earlier| Snapshot::load_after(earlier, folder.path(), &lql_authoring::disk).unwrap();
        let first = load(None);
        assert!(first.samples.key("web", "a").is_some());
        let second = load(Some(&first));
        assert!(Arc::ptr_eq(&first.samples, &second.samples));
        std::fs::write(&events, "{\"a\": 1, \"b\": 2}\n").unwrap();
        assert!(load(Some(&second)).samples.key("web", "b").is_some());
    }
}
