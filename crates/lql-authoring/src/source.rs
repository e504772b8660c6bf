//! Files of events, opened the same way by everything that reads them.

use crate::project::entries;
use crate::{EventFile, Refusal, stream_of};
use lql_runtime::decode::{Chunker, Format, Layout, Options, Reject};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A chunk and what is made of it stay in the second cache.
const CHUNK: usize = 256 << 10;

/// The files of events that paths name: files, folders of files, and projects, whose files lie in `events/`. `stream` is what
/// they hold if their names do not say it.
pub fn event_files(paths: &[PathBuf], stream: Option<&str>) -> Result<Vec<EventFile>, Refusal> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let events = path.join("events");
        let folder = if events.is_dir() { events } else { path.clone() };
        let found = entries(&folder)?.into_iter().filter(|path| path.is_file()).collect::<Vec<_>>();
        if found.is_empty() {
            return Err(Refusal(format!("{} holds no events", folder.display())));
        }
        files.extend(found);
    }
    let of = |path: &Path| stream.map_or_else(|| stream_of(path), str::to_owned);
    Ok(files.into_iter().map(|path| EventFile { stream: of(&path), path }).collect())
}

/// Opens a file of events; `-` is standard input. A file that is not there is refused; one that cannot be decoded is a
/// reject, for the rest of a run goes on without it.
pub fn open_events(path: &Path, delimiter: Option<u8>) -> Result<Result<Chunker<'static>, Reject>, Refusal> {
    let source: Box<dyn Read + Send> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(path).map_err(|error| Refusal::unreadable(path, &error))?)
    };
    Ok(Chunker::open(source, event_options(path, delimiter)).map_err(|error| rest_unreadable(1, &error)))
}

/// How a file of events is read, as far as its name and the project say.
pub fn event_options(path: &Path, delimiter: Option<u8>) -> Options {
    let mut options = Options { chunk_size: CHUNK, ..Options::default() };
    options.delimiter = delimiter.unwrap_or(options.delimiter);
    match content_by_name(path) {
        Some("csv") => options.format = Some(Format::Csv),
        Some("json" | "ndjson" | "jsonl") => options.json = true,
        _ => {}
    }
    options
}

/// A file that cannot be read further, as a reject of all that would follow.
pub fn rest_unreadable(line: u64, error: &dyn std::fmt::Display) -> Reject {
    Reject {
        line,
        column: 1,
        reason: format!("the rest of the file cannot be read: {error}"),
        raw: Vec::new(),
    }
}

/// What stands between the cells of a file of rows: the comma, unless the header has none but another usual one.
/// `None` for a file that holds no rows, or that nobody can read twice.
pub fn delimiter_of(file: &EventFile) -> Option<u8> {
    const USUAL: [u8; 3] = [b';', b'\t', b'|'];
    if file.path.as_os_str() == "-" {
        return None;
    }
    let chunker = open_events(&file.path, None).ok()?.ok()?;
    let Layout::Csv(header) = chunker.layout() else { return None };
    let [only] = header.names.as_slice() else { return Some(b',') };
    Some(USUAL.into_iter().find(|usual| only.contains(char::from(*usual))).unwrap_or(b','))
}

/// The ending that tells what a file holds: `csv` of `orders.csv.gz`.
fn content_by_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let unpacked = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(name);
    Some(unpacked.rsplit_once('.')?.1)
}
