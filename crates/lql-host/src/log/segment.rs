//! Segments: finding them, checking the last one, cutting off what was never acknowledged.

use super::group::{self, Found};
use super::{Disk, File, LogError};
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

const ENDING: &str = "log";

/// Bytes before the first group: magic "LQLS", version u32, salt u64, checksum u64 of the salt.
pub(super) const HEADER: u64 = 24;
const BEGIN: [u8; 8] = *b"LQLS\x01\0\0\0";

/// A file of a log.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The position of its first entry.
    pub first: u64,
    pub path: PathBuf,
    /// Bytes on disk, with the header.
    pub bytes: u64,
    /// What its checksums begin with.
    pub salt: u64,
}

impl Segment {
    /// One in a folder, not yet begun.
    pub fn new(folder: &Path, first: u64) -> Self {
        Self { first, path: folder.join(format!("{first:020}.{ENDING}")), bytes: 0, salt: 0 }
    }

    /// Makes the file anew, with a header only. That is on disk before the first group is written.
    pub fn begin(&mut self, disk: &dyn Disk) -> io::Result<Box<dyn File>> {
        // A number that clients cannot guess: what the standard library seeds its hash tables with.
        self.salt = RandomState::new().build_hasher().finish();
        let mut file = disk.open(&self.path)?;
        file.cut(0)?;
        file.append(&BEGIN)?;
        file.append(&self.salt.to_le_bytes())?;
        file.append(&xxh3_64(&self.salt.to_le_bytes()).to_le_bytes())?;
        file.sync()?;
        if let Some(folder) = self.path.parent() {
            disk.sync_folder(folder)?;
        }
        self.bytes = HEADER;
        Ok(file)
    }

    /// Reads the salt of a file that has groups.
    fn read_header(&mut self) -> Result<(), LogError> {
        let mut header = [0; HEADER as usize];
        let read = fs::File::open(&self.path).and_then(|mut file| file.read_exact(&mut header));
        read.map_err(|error| LogError::Io { path: self.path.clone(), error })?;
        let salt = header.strip_prefix(&BEGIN).and_then(|rest| {
            let (salt, sum) = rest.split_first_chunk()?;
            (xxh3_64(salt).to_le_bytes() == *sum).then(|| u64::from_le_bytes(*salt))
        });
        self.salt = salt.ok_or_else(|| damaged(&self.path, 0, "not a segment of this version"))?;
        Ok(())
    }
}

/// The segments of a folder, the position after the last entry, and the last segment for writing.
type Opened = (Vec<Segment>, u64, Box<dyn File>);

/// Opens what a folder has: the segments, the position after the last entry, and the last segment for writing.
pub(super) fn open_all(folder: &Path, disk: &dyn Disk) -> Result<Opened, LogError> {
    let trouble = |path: &Path| {
        let path = path.to_path_buf();
        move |error: io::Error| LogError::Io { path, error }
    };
    fs::create_dir_all(folder).map_err(trouble(folder))?;
    let mut segments = Vec::new();
    for file in fs::read_dir(folder).map_err(trouble(folder))? {
        let file = file.map_err(trouble(folder))?;
        let path = file.path();
        let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        if let Some(first) = name.filter(|_| path.extension().is_some_and(|ending| ending == ENDING)) {
            let bytes = file.metadata().map_err(trouble(&path))?.len();
            segments.push(Segment { first, path, bytes, salt: 0 });
        }
    }
    segments.sort_by_key(|segment| segment.first);
    // One that has no group was never acknowledged: its header may be torn, too.
    let begun = segments.pop_if(|last| last.bytes <= HEADER);
    segments.iter_mut().try_for_each(Segment::read_header)?;
    let mut end = 0;
    if let Some(last) = segments.last_mut() {
        end = last.first;
        let bytes = fs::read(&last.path).map_err(trouble(&last.path))?;
        let sound = check(&bytes, last, &mut end)?;
        let mut file = disk.open(&last.path).map_err(trouble(&last.path))?;
        if sound < bytes.len() as u64 {
            file.cut(sound).and_then(|()| file.sync()).map_err(trouble(&last.path))?;
        }
        last.bytes = sound;
        if begun.is_none() {
            return Ok((segments, end, file));
        }
    }
    let mut next = Segment::new(folder, end);
    let file = next.begin(disk).map_err(trouble(&next.path))?;
    segments.push(next);
    Ok((segments, end, file))
}

/// How many bytes of a segment are header and whole groups. Sets the position after the last entry.
fn check(bytes: &[u8], segment: &Segment, end: &mut u64) -> Result<u64, LogError> {
    let (path, salt) = (&segment.path, segment.salt);
    let mut at = HEADER as usize;
    loop {
        match group::find(bytes, at, salt) {
            Found::Group { first, entries } if first == *end => {
                at = entries.end;
                *end += group::entries(bytes.get(entries).unwrap_or_default()).count() as u64;
            }
            Found::Group { .. } => return Err(damaged(path, at as u64, "not the group that should follow")),
            // A group is written only when the one before it is on disk.
            Found::Damaged(reason) if later(bytes, at, *end, salt) => {
                return Err(damaged(path, at as u64, reason));
            }
            Found::End | Found::Damaged(_) => return Ok(at as u64),
        }
    }
}

/// Whether a whole group of a later position follows somewhere.
fn later(bytes: &[u8], at: usize, position: u64, salt: u64) -> bool {
    let starts = (at + 1..bytes.len()).filter(|start| bytes.get(*start) == Some(&b'L'));
    let mut found = starts.map(|start| group::find(bytes, start, salt));
    found.any(|found| matches!(found, Found::Group { first, .. } if first > position))
}

pub(super) fn damaged(path: &Path, at: u64, reason: &'static str) -> LogError {
    LogError::Damaged { path: path.to_path_buf(), offset: at, reason }
}
