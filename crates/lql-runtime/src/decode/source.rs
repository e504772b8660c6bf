//! Inputs into chunks: unpacking, detection of the format, and cutting at record boundaries in bounded memory.

use super::csv::{Cells, Header, Rows, without_line_break};
use super::fault::Fault;
use super::record::{Chunk, Layout, Record, Reject};
use super::split::Splitter;
use super::utf8;
use std::fmt;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// The format of an input, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    Ndjson,
    /// JSON objects in top-level arrays, or one after the other with or without line breaks in them.
    Json,
    /// Rows of delimited text.
    Csv,
}

/// How to read an input.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format; `None` looks at the first bytes: `[` is JSON, `{` is NDJSON (JSON if the first object goes on in the next line), anything else
    /// is delimited text.
    pub format: Option<Format>,
    /// The input is known to be JSON, so that detection only tells the two forms apart: a damaged first line does not make it
    /// delimited text.
    pub json: bool,
    /// Names of the columns when the rows have no header row.
    pub columns: Option<Vec<String>>,
    /// Delimiter of cells: one ASCII byte that is no quote and no line break.
    pub delimiter: u8,
    /// Records longer than this many bytes are rejected and never held as a whole.
    pub record_limit: usize,
    /// Bytes of a chunk, about; a longer record makes a longer chunk.
    pub chunk_size: usize,
}

impl Default for Options {
    /// Detection, commas, records to 4 MiB, chunks of 1 MiB.
    fn default() -> Self {
        Options {
            format: None,
            json: false,
            columns: None,
            delimiter: b',',
            record_limit: 4 << 20,
            chunk_size: 1 << 20,
        }
    }
}

/// Why an input cannot be read (further).
#[derive(Debug)]
#[non_exhaustive]
pub enum SourceError {
    /// Reading or unpacking failed. What came before has been handed out.
    Io(io::Error),
    /// The input begins with the byte-order mark of UTF-16.
    Utf16,
    /// The delimiter is a quote, a line break or not ASCII.
    Delimiter(u8),
    /// The header row is damaged.
    Header(Reject),
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceError::Io(error) => error.fmt(f),
            SourceError::Utf16 => f.write_str("the input is UTF-16; write it as UTF-8"),
            SourceError::Delimiter(byte) => {
                write!(f, "{:?} cannot be a delimiter", char::from(*byte))
            }
            SourceError::Header(Reject { line, column, reason, .. }) => {
                write!(f, "header row, line {line}, column {column}: {reason}")
            }
        }
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SourceError::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        SourceError::Io(error)
    }
}

/// Cuts an input into [`Chunk`]s of whole records. Holds about a chunk, or one record up to the limit.
pub struct Chunker<'r> {
    input: Input<'r>,
    layout: Arc<Layout>,
    splitter: Splitter,
    line: u64,
    chunk_size: usize,
    limit: usize,
    /// Bytes of the buffer that the splitter has read.
    scanned: usize,
    /// The end of an open array has been reported.
    closed: bool,
}

impl<'r> Chunker<'r> {
    /// Opens an input: unpacks gzip and zstd by their first bytes, drops a byte-order mark, detects the format unless given, and reads
    /// the header row of delimited text.
    pub fn open(reader: impl Read + Send + 'r, options: Options) -> Result<Chunker<'r>, SourceError> {
        let mut input = Input::open(Box::new(reader))?;
        let format = options.format.unwrap_or_else(|| input.detect(options.json));
        let mut line = 1;
        let layout = match format {
            Format::Ndjson => Layout::Lines,
            Format::Json => Layout::Json,
            Format::Csv => {
                let delimiter = options.delimiter;
                if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\n' | b'\r') {
                    return Err(SourceError::Delimiter(delimiter));
                }
                let names = match options.columns {
                    Some(columns) => columns,
                    None => input.header(delimiter, options.record_limit, &mut line)?,
                };
                Layout::Csv(Header { names, delimiter })
            }
        };
        Ok(Chunker {
            splitter: Splitter::new(line, 0),
            input,
            layout: Arc::new(layout),
            line,
            chunk_size: options.chunk_size.max(1),
            limit: options.record_limit,
            scanned: 0,
            closed: false,
        })
    }

    /// The line where the next chunk begins, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// How the records are written: what was detected, or given.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The next chunk, or `None` at the end. Chunks never are without a record or a reject.
    ///
    /// Fails when the input cannot be read further; the complete records before that place have been handed out.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, SourceError> {
        let chunk = match &*self.layout {
            Layout::Json => self.next_spans(),
            Layout::Lines => self.next_rows(None),
            Layout::Csv(header) => self.next_rows(Some(Rows::new(header.delimiter))),
        };
        match chunk {
            Some(chunk) => Ok(Some(chunk)),
            None => self.input.failed.take().map_or(Ok(None), |error| Err(error.into())),
        }
    }

    fn next_rows(&mut self, rows: Option<Rows>) -> Option<Chunk> {
        let mut target = self.chunk_size;
        loop {
            self.input.fill(target);
            let buffer = &self.input.buffer;
            if buffer.is_empty() {
                return None;
            }
            let end = match rows {
                Some(mut rows) if memchr::memchr(b'"', buffer).is_some() => {
                    let mut end = 0;
                    while end < buffer.len()
                        && let Some(next) = rows.end(buffer, end)
                    {
                        end = next;
                    }
                    end
                }
                // Lines, and rows without quotes.
                _ => memchr::memrchr(b'\n', buffer).map_or(0, |end| end + 1),
            };
            if end > 0 {
                return Some(self.take(end));
            }
            if self.input.ended {
                let mut chunk = self.take(self.input.buffer.len());
                if self.input.failed.is_some() {
                    chunk.tail.push(Reject::new(chunk.line, 1, &Fault::Cut, &chunk.bytes));
                    chunk.bytes.clear();
                }
                return Some(chunk);
            }
            if self.input.buffer.len() > self.limit {
                return Some(self.skip_row(rows));
            }
            target = self.input.buffer.len() * 2;
        }
    }

    /// Drops a row that is too long; the buffer holds its beginning.
    fn skip_row(&mut self, mut rows: Option<Rows>) -> Chunk {
        let reject = Reject::new(self.line, 1, &Fault::TooLong(self.limit), &self.input.buffer);
        loop {
            let buffer = &self.input.buffer;
            let end = match &mut rows {
                None => memchr::memchr(b'\n', buffer).map(|end| end + 1),
                Some(rows) => rows.end(buffer, 0),
            };
            let dropped = end.unwrap_or(buffer.len());
            let lines = memchr::memchr_iter(b'\n', buffer.get(..dropped).unwrap_or_default()).count();
            self.line += lines as u64;
            self.input.forget(dropped);
            if end.is_some() || self.input.ended {
                let mut chunk = self.take(0);
                chunk.tail.push(reject);
                return chunk;
            }
            self.input.fill(self.chunk_size);
        }
    }

    /// A chunk of the first bytes of the buffer.
    fn take(&mut self, end: usize) -> Chunk {
        let offset = self.input.offset;
        let bytes = self.input.take(end, self.chunk_size);
        let line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Chunk {
            layout: Arc::clone(&self.layout),
            bytes,
            line,
            offset,
            limit: self.limit,
            spans: vec![],
            tail: vec![],
        }
    }

    fn next_spans(&mut self) -> Option<Chunk> {
        let mut target = self.chunk_size;
        let mut spans = Vec::new();
        loop {
            self.input.fill(target);
            self.scanned = self.splitter.split(&self.input.buffer, self.scanned, false, &mut spans);
            let ended = self.input.ended;
            if ended {
                self.splitter.end(self.scanned, &mut spans);
            }
            let open = self.splitter.open();
            let end = open.map_or(self.scanned, |(start, ..)| start);
            if !spans.is_empty() {
                let mut chunk = self.take_spans(end);
                chunk.spans = spans;
                return Some(chunk);
            }
            if ended {
                if self.closed || !self.splitter.in_array() || self.input.failed.is_some() {
                    return None;
                }
                self.closed = true;
                let mut chunk = self.take_spans(end);
                let (line, column) = (self.splitter.line, self.splitter.column + 1);
                chunk.tail.push(Reject::new(line, column, &Fault::ArrayNotClosed, &[]));
                return Some(chunk);
            }
            if end > 0 {
                // Only what is between records.
                self.take_spans(end);
            }
            if self.scanned > self.limit {
                return Some(self.skip_span());
            }
            target = self.scanned + self.scanned.max(self.chunk_size);
        }
    }

    /// Drops an element that is too long; the buffer holds its beginning.
    fn skip_span(&mut self) -> Chunk {
        let (_, line, column) = self.splitter.open().unwrap_or((0, self.line, 1));
        let reject = Reject::new(line, column, &Fault::TooLong(self.limit), &self.input.buffer);
        let mut spans = Vec::new();
        while spans.is_empty() && !self.input.ended {
            self.input.forget(self.scanned);
            self.splitter.forget(self.scanned);
            self.input.fill(self.chunk_size);
            self.scanned = self.splitter.split(&self.input.buffer, 0, true, &mut spans);
        }
        if spans.is_empty() {
            self.splitter.end(self.scanned, &mut spans);
        }
        self.input.forget(self.scanned);
        self.scanned = 0;
        self.line = self.splitter.line;
        let mut chunk = self.take(0);
        chunk.tail.push(reject);
        chunk
    }

    fn take_spans(&mut self, end: usize) -> Chunk {
        let chunk = self.take(end);
        self.splitter.forget(end);
        self.scanned -= end;
        chunk
    }
}

/// The unpacked input and what of it is held.
struct Input<'r> {
    reader: Box<dyn Read + Send + 'r>,
    buffer: Vec<u8>,
    /// Offset of the buffer in the unpacked input.
    offset: u64,
    ended: bool,
    failed: Option<io::Error>,
}

impl<'r> Input<'r> {
    fn open(reader: Box<dyn Read + Send + 'r>) -> Result<Input<'r>, SourceError> {
        let mut packed = Input { reader, buffer: Vec::new(), offset: 0, ended: false, failed: None };
        packed.fill(4);
        let magic = match *packed.buffer {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd] => Some(Packing::Zstd),
            _ => None,
        };
        packed.unread();
        let reader: Box<dyn Read + Send + 'r> = match magic {
            Some(Packing::Gzip) => Box::new(flate2::read::MultiGzDecoder::new(packed.reader)),
            Some(Packing::Zstd) => Box::new(zstd::Decoder::new(packed.reader)?),
            None => packed.reader,
        };
        let mut input = Input { reader, buffer: Vec::new(), offset: 0, ended: false, failed: None };
        input.fill(3);
        match *input.buffer {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(SourceError::Utf16),
            [0xef, 0xbb, 0xbf] => input.forget(3),
            _ => {}
        }
        Ok(input)
    }

    /// Reads until the buffer holds `target` bytes or the input ends.
    fn fill(&mut self, target: usize) {
        let missing = target.saturating_sub(self.buffer.len());
        if self.ended || missing == 0 {
            return;
        }
        match (&mut self.reader).take(missing as u64).read_to_end(&mut self.buffer) {
            Ok(read) => self.ended = read < missing,
            Err(error) => {
                self.ended = true;
                self.failed = Some(error);
            }
        }
    }

    /// Puts the buffer back before what is still to be read, so that looking ahead does not change the chunks. An error of
    /// reading comes again after it.
    fn unread(&mut self) {
        let head = Cursor::new(std::mem::take(&mut self.buffer));
        let rest = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        self.reader = match self.failed.take() {
            Some(error) => Box::new(head.chain(Failing(Some(error)))),
            None => Box::new(head.chain(rest)),
        };
        self.ended = false;
    }

    fn forget(&mut self, count: usize) {
        self.buffer.drain(..count);
        self.offset += count as u64;
    }

    fn take(&mut self, end: usize, next: usize) -> Vec<u8> {
        let rest = self.buffer.get(end..).unwrap_or_default();
        let mut buffer = Vec::with_capacity(rest.len().max(next) + 64);
        buffer.extend_from_slice(rest);
        self.offset += end as u64;
        let mut bytes = std::mem::replace(&mut self.buffer, buffer);
        bytes.truncate(end);
        bytes
    }

    /// The format by content.
    fn detect(&mut self, json: bool) -> Format {
        const LOOK: usize = 64 * 1024;
        self.fill(LOOK);
        let text = self.buffer.trim_ascii_start();
        let format = match text.first() {
            Some(b'[') => Format::Json,
            Some(b'{') => {
                // A first line that an object's next member follows. After a damaged line of NDJSON another object follows.
                let next = memchr::memchr(b'\n', text).and_then(|end| text.get(end..)).unwrap_or_default();
                match next.trim_ascii_start().first() {
                    Some(b'"' | b'}') => Format::Json,
                    _ => Format::Ndjson,
                }
            }
            Some(_) if !json => Format::Csv,
            _ => Format::Ndjson,
        };
        self.unread();
        format
    }

    /// Takes the header row.
    fn header(&mut self, delimiter: u8, limit: usize, line: &mut u64) -> Result<Vec<String>, SourceError> {
        let mut target = 4096;
        loop {
            self.fill(target);
            let end = match Rows::new(delimiter).end(&self.buffer, 0) {
                Some(end) => end,
                None if self.ended => self.buffer.len(),
                None if self.buffer.len() > limit => {
                    let reject = Reject::new(*line, 1, &Fault::TooLong(limit), &self.buffer);
                    return Err(SourceError::Header(reject));
                }
                None => {
                    target = self.buffer.len() * 2;
                    continue;
                }
            };
            if end == 0 {
                return self.failed.take().map_or(Ok(vec![]), |error| Err(error.into()));
            }
            let row = self.buffer.get(..end).unwrap_or_default();
            let lines = memchr::memchr_iter(b'\n', row).count() as u64;
            let row = without_line_break(row);
            if row.is_empty() {
                *line += lines;
                self.forget(end);
                continue;
            }
            let names: Result<Vec<String>, _> = utf8(row).and_then(|text| {
                let cells = Cells::new(text, row, delimiter);
                cells.map(|cell| Ok(cell.map_err(|error| *error)?.text(text).into_owned())).collect()
            });
            let names = names.map_err(|error| {
                let layout = Layout::Csv(Header { names: vec![], delimiter });
                let record =
                    Record { layout: &layout, raw: row, text: None, ahead: row, line: *line, column: 1 };
                SourceError::Header(record.reject(&error))
            })?;
            *line += lines;
            self.forget(end);
            self.unread();
            return Ok(names);
        }
    }
}

enum Packing {
    Gzip,
    Zstd,
}

/// A reader that fails once, where looking ahead failed.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
