//! Reading a log from a position on, group by group.

use super::group;
use super::segment::{self, damaged};
use super::{LogError, Shared};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Reads the entries of a log in order, as far as they are on disk. More may be there when it is asked again.
#[derive(Debug)]
pub struct Reader {
    shared: Arc<Shared>,
    /// The next position to hand out.
    position: u64,
    open: Option<Open>,
    /// The content of the group that is being handed out, and where its next entry begins.
    content: Vec<u8>,
    at: usize,
}

/// A segment, read up to some group.
#[derive(Debug)]
struct Open {
    path: PathBuf,
    salt: u64,
    file: BufReader<File>,
    offset: u64,
    /// The position of the next group.
    next: u64,
}

impl Reader {
    pub(super) fn new(shared: Arc<Shared>, position: u64) -> Self {
        Self { shared, position, open: None, content: Vec::new(), at: 0 }
    }

    /// The position of the next entry.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next entry with its position; `None` if no more is on disk yet.
    pub fn next_entry(&mut self) -> Result<Option<(u64, &[u8])>, LogError> {
        let end = self.shared.end.load(Ordering::Acquire);
        if self.position >= end {
            return Ok(None);
        }
        let entry = loop {
            let rest = self.content.get(self.at..).unwrap_or_default();
            let length = group::entries(rest).next().map(<[u8]>::len);
            match length {
                Some(length) => {
                    let start = self.at + 4;
                    self.at = start + length;
                    break start..self.at;
                }
                None => self.next_group()?,
            }
        };
        let position = self.position;
        self.position += 1;
        Ok(Some((position, self.content.get(entry).unwrap_or_default())))
    }

    /// Reads the group that has the next position.
    fn next_group(&mut self) -> Result<(), LogError> {
        loop {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => self.find_segment()?,
            };
            let mut header = [0; group::HEADER];
            let read = read_full(&mut open.file, &mut header).map_err(trouble(&open.path))?;
            if read == 0 && self.shared.segments().iter().any(|segment| segment.first == open.next) {
                continue; // the next segment begins where this one ends
            }
            let place = open.offset;
            let (length, first, sum) = group::header(&header)
                .filter(|(_, first, _)| *first == open.next)
                .ok_or_else(|| damaged(&open.path, place, "no group begins here"))?;
            self.content.clear();
            let wanted = u64::from(length);
            let read = (&mut open.file).take(wanted).read_to_end(&mut self.content);
            if read.map_err(trouble(&open.path))? as u64 != wanted
                || !group::is_sound(open.salt, first, &self.content, sum)
            {
                return Err(damaged(&open.path, place, "wrong checksum"));
            }
            open.offset += group::HEADER as u64 + wanted;
            open.next = first + group::entries(&self.content).count() as u64;
            let past = open.next;
            self.open = Some(open);
            if self.position < past {
                self.at = 0;
                for entry in group::entries(&self.content).take((self.position - first) as usize) {
                    self.at += 4 + entry.len();
                }
                return Ok(());
            }
        }
    }

    /// Opens the segment that has the next position.
    fn find_segment(&self) -> Result<Open, LogError> {
        let segments = self.shared.segments();
        let at = segments.partition_point(|segment| segment.first <= self.position);
        let segment = at.checked_sub(1).and_then(|at| segments.get(at)).cloned();
        drop(segments);
        let segment = segment.ok_or_else(|| trouble(&self.shared.folder)(io::ErrorKind::NotFound.into()))?;
        let mut file = File::open(&segment.path).map_err(trouble(&segment.path))?;
        file.seek(SeekFrom::Start(segment::HEADER)).map_err(trouble(&segment.path))?;
        Ok(Open {
            salt: segment.salt,
            path: segment.path,
            file: BufReader::with_capacity(1 << 16, file),
            offset: segment::HEADER,
            next: segment.first,
        })
    }
}

fn trouble(path: &Path) -> impl FnOnce(io::Error) -> LogError {
    let path = path.to_path_buf();
    move |error| LogError::Io { path, error }
}

/// Reads until the buffer is full or the file ends.
fn read_full(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
