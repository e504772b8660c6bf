//! A draft on disk.

use super::Draft;
use crate::{Refusal, plain};
use std::fs;
use std::io;
use std::path::Path;

/// How the files of events come into the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// As copies.
    Copied,
    /// As links to where they are.
    Linked,
}

impl Draft {
    /// Writes the project into a folder that must not be there. Nothing is left of it if that fails.
    pub fn write(&self, folder: &Path, events: Events) -> Result<(), Refusal> {
        if folder.exists() || folder.is_symlink() {
            return Err(Refusal(format!(
                "{} is there already: name another folder, nothing is written over",
                folder.display()
            )));
        }
        fs::create_dir_all(folder).map_err(|error| Refusal::unwritable(folder, &error))?;
        let written = self.write_into(folder, events);
        if written.is_err() {
            // It was made above, so it holds nothing else.
            let _ = fs::remove_dir_all(folder);
        }
        written
    }

    fn write_into(&self, folder: &Path, events: Events) -> Result<(), Refusal> {
        for (name, text) in &self.files {
            let path = folder.join(name);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
            made.map_err(|error| Refusal::unwritable(&path, &error))?;
        }
        fs::create_dir_all(folder.join("events")).map_err(|error| Refusal::unwritable(folder, &error))?;
        for (from, to) in &self.events {
            let to = folder.join(to);
            let made = match events {
                Events::Copied => fs::copy(from, &to).map(|_| ()),
                Events::Linked => from.canonicalize().and_then(|from| link(&from, &to)),
            };
            made.map_err(|error| {
                Refusal(format!("cannot bring {} to {}: {}", from.display(), to.display(), plain(&error)))
            })?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}
