//! The file layer below a log: what it asks of a disk. Tests put a disk here that fills up, tears writes and forgets what
//! was not synced.

use std::fmt;
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// Opens the files that a log writes.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Opens a file to be written at its end; makes it if it is not there.
    fn open(&self, path: &Path) -> io::Result<Box<dyn File>>;
    /// Puts on disk which files a folder has.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// A file that only grows, or is cut back to where it was.
pub trait File: fmt::Debug + Send {
    /// Adds bytes at the end. After an error, some of them may be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Puts all that was added on disk.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file to this many bytes.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// The disk that the operating system has.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsDisk;

impl Disk for OsDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn File>> {
        let mut file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Box::new(file))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        fs::File::open(path)?.sync_all()
    }
}

impl File for fs::File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }
}
