//! Questions about a project at one moment. Places are byte offsets into a file; files are numbers.

use lql_authoring::{Project, Read, Refusal};
use lql_compiler::Checked;
use lql_syntax::Span;
use std::path::{Path, PathBuf};

/// A project, read and checked, at one moment. Never changes, so that many requests may look at it at once.
#[derive(Debug)]
pub struct Snapshot {
    /// The folder.
    pub root: PathBuf,
    /// Its files.
    pub project: Project,
    /// What the checker knows.
    pub checked: Checked,
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
        let project = Project::load_one(&[root.to_path_buf()], None, read)?;
        let checked = project.check();
        Ok(Self { root: root.to_path_buf(), project, checked })
    }

    /// The number of a file, by its path.
    pub fn file(&self, path: &Path) -> Option<u32> {
        let at = self.project.views().iter().position(|view| Path::new(view.name) == path)?;
        Some(at as u32)
    }

    /// The text of a file.
    pub fn text(&self, file: u32) -> Option<&str> {
        self.project.views().get(file as usize).map(|view| view.text)
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
}
