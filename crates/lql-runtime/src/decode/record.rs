//! Chunks of input, and the records in them.

use super::csv::{Header, Rows, plain_end, without_line_break};
use super::fault::{DecodeError, Fault};
use super::hash::{content_hash, row_hash};
use super::utf8;
use std::sync::Arc;

/// How the records of an input are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One JSON object per line.
    Lines,
    /// JSON objects in arrays or one after the other, over any number of lines.
    Json,
    /// Rows of delimited text.
    Csv(Header),
}

/// A record that was not taken: its place, the reason, and its bytes to feed back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Line in the input, counted from 1.
    pub line: u64,
    /// Byte in the line, counted from 1.
    pub column: u64,
    /// What is wrong, in words.
    pub reason: String,
    /// The record, clipped to [`Reject::CLIP`] bytes.
    pub raw: Vec<u8>,
}

impl Reject {
    /// How many bytes of a rejected record are kept.
    pub const CLIP: usize = 64 * 1024;

    pub(super) fn new(line: u64, column: u64, fault: &Fault, raw: &[u8]) -> Reject {
        let raw = raw.get(..Self::CLIP).unwrap_or(raw).to_vec();
        Reject { line, column, reason: fault.to_string(), raw }
    }
}

/// Some whole records of an input, owned: to be handed to any thread.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub(super) layout: Arc<Layout>,
    pub(super) bytes: Vec<u8>,
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) limit: usize,
    /// Of JSON that is not by lines: where the records are.
    pub(super) spans: Vec<Result<Span, Reject>>,
    /// What could not be taken after the records.
    pub(super) tail: Vec<Reject>,
}

/// A place of a record in its chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
    pub line: u64,
    pub column: u64,
}

impl Chunk {
    /// The bytes of the records, and what is between them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line of the first byte, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The offset of the first byte in the unpacked input, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How the records are written.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// One record of this chunk as a chunk of its own, with the same place.
    #[must_use]
    pub fn alone(&self, record: &Record<'_>) -> Chunk {
        let end = record.raw.len();
        let span = Span { start: 0, end, line: record.line, column: record.column };
        let is_json = matches!(*self.layout, Layout::Json);
        Chunk {
            layout: Arc::clone(&self.layout),
            bytes: record.raw.to_vec(),
            line: record.line,
            offset: self.offset,
            limit: self.limit,
            spans: if is_json { vec![Ok(span)] } else { Vec::new() },
            tail: Vec::new(),
        }
    }

    /// One JSON object, from nowhere in particular.
    pub fn of_json(record: &[u8], line: u64) -> Chunk {
        let layout = Arc::new(Layout::Json);
        let span = Span { start: 0, end: record.len(), line, column: 1 };
        let limit = usize::MAX;
        Chunk {
            layout,
            bytes: record.to_vec(),
            line,
            offset: 0,
            limit,
            spans: vec![Ok(span)],
            tail: Vec::new(),
        }
    }

    /// One row of cells, such as the pairs of a web form: names that occur again have several values.
    pub fn of_row<'n>(pairs: impl IntoIterator<Item = (&'n str, &'n str)>) -> Chunk {
        let (mut names, mut bytes) = (Vec::new(), Vec::new());
        for (name, value) in pairs {
            if !names.is_empty() {
                bytes.push(b',');
            }
            names.push(name.to_owned());
            bytes.push(b'"');
            bytes.extend_from_slice(value.replace('"', "\"\"").as_bytes());
            bytes.push(b'"');
        }
        let layout = Arc::new(Layout::Csv(Header { names, delimiter: b',' }));
        Chunk { layout, bytes, line: 1, offset: 0, limit: usize::MAX, spans: Vec::new(), tail: Vec::new() }
    }

    /// The records in order. A record that is already known to be damaged is a [`Reject`]; the others are not yet decoded.
    /// Blank lines are no records.
    pub fn records(&self) -> Records<'_> {
        let rows = match &*self.layout {
            Layout::Csv(header) => Some(Rows::new(header.delimiter)),
            Layout::Lines | Layout::Json => None,
        };
        Records {
            chunk: self,
            text: simdutf8::basic::from_utf8(&self.bytes).ok(),
            rows,
            at: 0,
            line: self.line,
            spans: self.spans.iter(),
            tail: self.tail.iter(),
        }
    }
}

/// The records of a [`Chunk`].
pub struct Records<'c> {
    chunk: &'c Chunk,
    /// The bytes as text, if all of them are.
    text: Option<&'c str>,
    rows: Option<Rows>,
    at: usize,
    line: u64,
    spans: std::slice::Iter<'c, Result<Span, Reject>>,
    tail: std::slice::Iter<'c, Reject>,
}

impl<'c> Records<'c> {
    /// Of rows and lines: where the next record is looked for in the bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn by_lines(&mut self) -> Option<Record<'c>> {
        let bytes = &self.chunk.bytes;
        loop {
            let rest = bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
            let (start, line) = (self.at, self.line);
            let (end, lines) = match &mut self.rows {
                Some(rows) => match plain_end(bytes, start) {
                    Some(end) => (end, 1),
                    None => {
                        let end = rows.end(bytes, start).unwrap_or(bytes.len());
                        let row = bytes.get(start..end).unwrap_or_default();
                        (end, memchr::memchr_iter(b'\n', row).count() as u64)
                    }
                },
                None => (memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| start + end + 1), 1),
            };
            self.at = end;
            self.line += lines;
            let raw = bytes.get(start..end).unwrap_or_default();
            let raw = without_line_break(raw);
            let blank = match self.rows {
                Some(_) => raw.is_empty(),
                None => raw.trim_ascii().is_empty(),
            };
            if !blank {
                return Some(self.record(start, start + raw.len(), line, 1));
            }
        }
    }

    fn by_spans(&mut self) -> Option<Result<Record<'c>, Reject>> {
        let span = self.spans.next()?.as_ref().map_err(Clone::clone);
        Some(span.map(|span| self.record(span.start, span.end, span.line, span.column)))
    }

    fn record(&self, start: usize, end: usize, line: u64, column: u64) -> Record<'c> {
        let ahead = self.chunk.bytes.get(start..).unwrap_or_default();
        let raw = ahead.get(..end - start).unwrap_or_default();
        let text = self.text.and_then(|text| text.get(start..end));
        Record { layout: &self.chunk.layout, raw, text, ahead, line, column }
    }
}

impl<'c> Iterator for Records<'c> {
    type Item = Result<Record<'c>, Reject>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = match &*self.chunk.layout {
            Layout::Json => self.by_spans(),
            Layout::Lines | Layout::Csv(_) => self.by_lines().map(Ok),
        };
        match record {
            Some(Ok(record)) if record.raw.len() > self.chunk.limit => {
                let fault = Fault::TooLong(self.chunk.limit);
                Some(Err(Reject::new(record.line, record.column, &fault, record.raw)))
            }
            Some(record) => Some(record),
            None => self.tail.next().cloned().map(Err),
        }
    }
}

/// One record, not yet decoded.
#[derive(Clone, Copy, Debug)]
pub struct Record<'c> {
    pub(super) layout: &'c Layout,
    /// Its bytes without the line break.
    pub raw: &'c [u8],
    /// The same as text, if that was found for the whole chunk.
    pub(super) text: Option<&'c str>,
    /// Its bytes and what follows in the chunk: what reads in pieces need not care where it ends.
    pub(super) ahead: &'c [u8],
    /// Its first line in the input, counted from 1.
    pub line: u64,
    /// Its first byte in that line, counted from 1.
    pub column: u64,
}

impl<'c> Record<'c> {
    /// The record as text.
    #[inline]
    pub(super) fn text(&self) -> Result<&'c str, DecodeError> {
        self.text.map_or_else(|| utf8(self.raw), Ok)
    }

    /// The record as rejected as a whole, for a reason that the caller knows.
    pub fn refuse(&self, reason: &str) -> Reject {
        let raw = self.raw.get(..Reject::CLIP).unwrap_or(self.raw).to_vec();
        Reject { line: self.line, column: self.column, reason: reason.to_owned(), raw }
    }

    /// The hash of the content, stable for all time: of JSON its bytes without white space around them; of a row its
    /// column names and cells, whatever the quoting and the delimiter.
    pub fn content_hash(&self) -> u128 {
        match self.layout {
            Layout::Csv(header) => row_hash(self.raw, header),
            Layout::Lines | Layout::Json => content_hash(self.raw),
        }
    }

    /// The record as rejected for an error of decoding it: the place in the record becomes a place in the input.
    pub fn reject(&self, error: &DecodeError) -> Reject {
        let before = self.raw.get(..error.at).unwrap_or(self.raw);
        let lines = memchr::memchr_iter(b'\n', before).count() as u64;
        let column = match memchr::memrchr(b'\n', before) {
            Some(line_break) => (before.len() - line_break) as u64,
            None => self.column + before.len() as u64,
        };
        Reject::new(self.line + lines, column, &error.fault, self.raw)
    }
}
