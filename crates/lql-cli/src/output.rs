//! Where results go: standard output, a file that appears when it is complete, or what is no file at all, such as a
//! pipe or a device.

use crate::outcome::Stop;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Results on their way.
pub struct Output {
    to: Box<dyn std::io::Write + Send>,
    /// The name the user gave; none for standard output.
    path: Option<PathBuf>,
    /// A file while it is being written, and what it replaces or becomes when it is complete.
    files: Option<(PathBuf, PathBuf)>,
}

impl Output {
    /// Opens a file, or standard output.
    pub fn open(path: Option<&Path>) -> Result<Self, Stop> {
        let Some(path) = path else {
            return Ok(Self { to: Box::new(BufWriter::new(std::io::stdout())), path: None, files: None });
        };
        let unwritable = |error| Stop::unwritable(path, &error);
        let (file, files) = match Target::of(path) {
            Target::InPlace => (File::create(path).map_err(unwritable)?, None),
            Target::Whole(target) => {
                let mut partial = target.as_os_str().to_owned();
                partial.push(".partial");
                let partial = PathBuf::from(partial);
                let file = File::create(&partial).map_err(unwritable)?;
                if let Ok(replaced) = fs::metadata(&target) {
                    file.set_permissions(replaced.permissions()).map_err(unwritable)?;
                }
                (file, Some((partial, target)))
            }
        };
        Ok(Self { to: Box::new(BufWriter::new(file)), path: Some(path.to_owned()), files })
    }

    /// Writes bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let written = self.to.write_all(bytes);
        written.map_err(|error| self.unwritable(error))
    }

    /// Writes what is buffered, and gives a file its name.
    pub fn finish(mut self) -> Result<(), Stop> {
        let flushed = self.to.flush();
        let named = flushed.and_then(|()| match &self.files {
            Some((partial, target)) => fs::rename(partial, target),
            None => Ok(()),
        });
        named.map_err(|error| self.unwritable(error))
    }

    fn unwritable(&self, error: std::io::Error) -> Stop {
        match &self.path {
            Some(path) => Stop::unwritable(path, &error),
            None => error.into(),
        }
    }
}

/// Writes a file in one piece.
pub fn write_all(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let mut output = Output::open(Some(path))?;
    output.write(bytes)?;
    output.finish()
}

/// Whether a name stands for a file, there or to be made: for nothing that only takes bytes, such as a pipe.
pub fn is_file(path: &Path) -> bool {
    matches!(Target::of(path), Target::Whole(_))
}

/// How a name is written to.
enum Target {
    /// Under another name first, then renamed to this one: the file at the end of all links, or a new one.
    Whole(PathBuf),
    /// Directly. A renamed file would take the place of a pipe, a device, or a link that leads to no file yet.
    InPlace,
}

impl Target {
    fn of(path: &Path) -> Self {
        match path.canonicalize() {
            Ok(target) if target.is_file() => Target::Whole(target),
            Ok(_) => Target::InPlace,
            Err(_) if path.is_symlink() => Target::InPlace,
            Err(_) => Target::Whole(path.to_owned()),
        }
    }
}
