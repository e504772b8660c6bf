//! Records in a temporary file. The file has no name: it is gone when the process is, however that ends.
//!
//! ```text
//! length u64 LE, xxh3-64 of the records u64 LE, record …      a block, and so on
//! ```
//!
//! Nothing of a block is used before its checksum was found to fit.

use crate::outcome::Stop;
use lql_runtime::wire::{Reader, WireError};
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use xxhash_rust::xxh3::xxh3_64;

/// Records that are written one after the other, and then read in that order.
pub struct Blocks {
    /// There is none before the first block is full.
    file: Option<File>,
    /// The records of the next block.
    pending: Vec<u8>,
    /// When a block is full.
    full: usize,
    /// Bytes of the file.
    written: u64,
}

/// Why records cannot be written or read.
#[derive(Debug)]
pub enum Trouble {
    Write(std::io::Error),
    Read(std::io::Error),
    Damaged(WireError),
}

impl From<WireError> for Trouble {
    fn from(error: WireError) -> Self {
        Self::Damaged(error)
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        let folder = std::env::temp_dir();
        match trouble {
            Trouble::Write(error) => Stop::unwritable(&folder.join("(temporary file)"), &error),
            Trouble::Read(error) => Stop::unreadable(&folder.join("(temporary file)"), &error),
            Trouble::Damaged(error) => {
                Stop::Misuse(format!("a temporary file in {} cannot be used: {error}", folder.display()))
            }
        }
    }
}

/// Bytes before the records of a block.
const HEAD: usize = 16;

impl Blocks {
    /// No records; blocks of about this many bytes.
    pub fn new(full: usize) -> Self {
        Self { file: None, pending: Vec::new(), full, written: 0 }
    }

    /// Appends a record.
    pub fn put(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Trouble> {
        if self.pending.is_empty() {
            self.pending.resize(HEAD, 0);
        }
        write(&mut self.pending);
        if self.pending.len() < self.full { Ok(()) } else { self.flush().map_err(Trouble::Write) }
    }

    /// Bytes of all records, roughly.
    pub fn bytes(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    fn flush(&mut self) -> Result<(), std::io::Error> {
        let Some((head, records)) = self.pending.split_first_chunk_mut::<HEAD>() else { return Ok(()) };
        *head = (u128::from(xxh3_64(records)) << 64 | records.len() as u128).to_le_bytes();
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        file.write_all(&self.pending)?;
        self.written += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Reads all records in order; each call of `take` reads one.
    pub fn read(
        mut self,
        mut take: impl FnMut(&mut Reader<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        self.flush().map_err(Trouble::Write)?;
        let Some(mut file) = self.file else { return Ok(()) };
        file.rewind().map_err(Trouble::Read)?;
        let mut records = self.pending;
        let mut left = self.written;
        while left > 0 {
            let mut head = [0; HEAD];
            file.read_exact(&mut head).map_err(ended)?;
            let (length, checksum) = (u128::from_le_bytes(head) as u64, u128::from_le_bytes(head) >> 64);
            let size = length.saturating_add(HEAD as u64);
            left = left.checked_sub(size).ok_or(WireError::Invalid("length"))?;
            records.resize(length as usize, 0);
            file.read_exact(&mut records).map_err(ended)?;
            if u128::from(xxh3_64(&records)) != checksum {
                return Err(WireError::Checksum.into());
            }
            let mut reader = Reader::new(&records);
            while !reader.is_empty() {
                take(&mut reader)?;
            }
        }
        Ok(())
    }
}

fn ended(error: std::io::Error) -> Trouble {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Trouble::Damaged(WireError::Short),
        _ => Trouble::Read(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_runtime::wire::put_bytes;
    use std::io::SeekFrom;

    fn blocks(records: &[String]) -> Blocks {
        let mut blocks = Blocks::new(64);
        records.iter().for_each(|record| blocks.put(|out| put_bytes(out, record.as_bytes())).unwrap());
        blocks.flush().unwrap();
        blocks
    }

    fn all(blocks: Blocks) -> Result<Vec<String>, Trouble> {
        let mut found = Vec::new();
        blocks.read(|reader| {
            found.push(reader.text()?.to_owned());
            Ok(())
        })?;
        Ok(found)
    }

    fn some_records() -> Vec<String> {
        (0..40).map(|at| "x".repeat(at * 7 % 90)).collect()
    }

    #[test]
    fn records_come_back_in_order() {
        assert_eq!(all(blocks(&some_records())).unwrap(), some_records());
        assert!(all(blocks(&[])).unwrap().is_empty());
    }

    #[test]
    fn a_file_that_was_cut_is_an_error() {
        let whole = blocks(&some_records()).written;
        for cut in 0..whole {
            let blocks = blocks(&some_records());
            blocks.file.as_ref().unwrap().set_len(cut).unwrap();
            assert!(matches!(all(blocks), Err(Trouble::Damaged(WireError::Short))), "{cut}");
        }
    }

    #[test]
    fn a_file_that_was_changed_is_an_error_with_its_folder() {
        let whole = blocks(&some_records()).written;
        for at in 0..whole {
            let blocks = blocks(&some_records());
            let mut file = blocks.file.as_ref().unwrap();
            let mut byte = [0];
            file.seek(SeekFrom::Start(at)).unwrap();
            file.read_exact(&mut byte).unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[byte[0] ^ 4]).unwrap();
            let Stop::Misuse(message) = Stop::from(all(blocks).unwrap_err()) else { panic!("{at}") };
            let folder = std::env::temp_dir().display().to_string();
            assert!(message.contains(&folder) && message.contains("damaged"), "{at}: {message}");
        }
    }
}
