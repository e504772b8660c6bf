//! Rows of delimited text: where rows end, their cells, and cells into slots.
//!
//! Strict about quoting (RFC 4180): a quote stands at both ends of a cell or doubled inside a quoted one.

use super::fault::{DecodeError, Fault};
use super::piece::find;
use super::projection::Projection;
use super::sink::Sink;
use bumpalo::Bump;
use lql_compiler::Value;
use memchr::{memchr, memchr2};
use std::borrow::Cow;
use wide::u8x16;

/// Names of the columns and the delimiter of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// One name per column. A column without a name is not readable as a key.
    pub names: Vec<String>,
    /// The delimiter: one ASCII byte.
    pub delimiter: u8,
}

/// Finds the ends of rows. Keeps its state between pieces of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    delimiter: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Row,
    Cell,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: its end, or the first of two.
    Quote,
}

impl Rows {
    pub fn new(delimiter: u8) -> Rows {
        Rows { delimiter, state: State::Row }
    }

    /// The position after the line break that ends the current row; `None` if the row goes on after `bytes`.
    pub fn end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        if self.state == State::Row {
            if let Some(end) = plain_end(bytes, from) {
                return Some(end);
            }
            self.state = State::Cell;
        }
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            match self.state {
                State::Quoted => match memchr(b'"', rest) {
                    Some(quote) => {
                        at += quote + 1;
                        self.state = State::Quote;
                    }
                    None => return None,
                },
                State::Plain if byte != b'\n' && byte != self.delimiter => {
                    match memchr2(b'\n', self.delimiter, rest) {
                        Some(end) => at += end,
                        None => return None,
                    }
                }
                state => {
                    at += 1;
                    if byte == b'\n' {
                        self.state = State::Row;
                        return Some(at);
                    }
                    self.state = match byte {
                        b'"' if state != State::Plain => State::Quoted,
                        _ if byte == self.delimiter => State::Cell,
                        _ => State::Plain,
                    };
                }
            }
        }
        None
    }
}

/// The same for a row without quotes, which ends at its first line break. `None` may be any other row.
pub(super) fn plain_end(bytes: &[u8], from: usize) -> Option<usize> {
    let end = from + memchr2(b'\n', b'"', bytes.get(from..)?)?;
    (bytes.get(end) == Some(&b'\n')).then_some(end + 1)
}

/// A row without its line break.
pub(super) fn without_line_break(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// The place of one cell, without the outer quotes.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    start: usize,
    end: usize,
    /// Whether it holds doubled quotes.
    doubled: bool,
}

impl Cell {
    /// The text of the cell in its row.
    #[inline]
    pub fn text(self, row: &str) -> Cow<'_, str> {
        let raw = row.get(self.start..self.end).unwrap_or_default();
        if self.doubled { raw.replace("\"\"", "\"").into() } else { raw.into() }
    }
}

/// The cells of one row. Delimiters and quotes are found for 64 bytes at once, so short cells cost little.
pub(super) struct Cells<'r> {
    row: &'r str,
    /// The row and whatever stands after it in memory, to be read in pieces.
    ahead: &'r [u8],
    delimiter: u8,
    /// Where the next cell begins.
    at: Option<usize>,
    /// Delimiters and quotes among the 64 bytes from `block` on that are not passed yet.
    found: u64,
    block: usize,
}

impl<'r> Cells<'r> {
    /// `ahead` begins with the row.
    pub fn new(row: &'r str, ahead: &'r [u8], delimiter: u8) -> Self {
        Cells { row, ahead, delimiter, at: Some(0), found: marks(ahead, 0, delimiter), block: 0 }
    }

    /// Passes the next delimiter or quote and gives its place, or the end of the row.
    #[inline]
    fn pass(&mut self) -> usize {
        while self.found == 0 {
            if self.block + 64 >= self.row.len() {
                return self.row.len();
            }
            self.block += 64;
            self.found = marks(self.ahead, self.block, self.delimiter);
        }
        let at = self.block + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        at.min(self.row.len())
    }
}

impl Iterator for Cells<'_> {
    type Item = Result<Cell, Box<DecodeError>>;

    #[expect(clippy::inline_always, reason = "its state should stay in registers from cell to cell")]
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at?;
        let bytes = self.row.as_bytes();
        self.at = None;
        if bytes.get(start) == Some(&b'"') {
            let cell = quoted(self.row, self.delimiter, start);
            if let Ok(Cell { end, .. }) = cell
                && end + 1 < bytes.len()
            {
                self.at = Some(end + 2);
                self.block = end + 2;
                self.found = marks(self.ahead, self.block, self.delimiter);
            }
            return Some(cell);
        }
        let end = self.pass();
        match bytes.get(end) {
            None => {}
            Some(b'"') => return Some(stray_quote(end)),
            Some(_) => self.at = Some(end + 1),
        }
        Some(Ok(Cell { start, end, doubled: false }))
    }
}

/// A cell whose quote opens at a place, up to its closing quote.
#[inline(never)]
fn quoted(row: &str, delimiter: u8, open: usize) -> Result<Cell, Box<DecodeError>> {
    let bytes = row.as_bytes();
    let start = open + 1;
    let mut at = start;
    let mut doubled = false;
    while let Some(quote) = memchr(b'"', bytes.get(at..).unwrap_or_default()) {
        let end = at + quote;
        match bytes.get(end + 1) {
            Some(b'"') => {
                doubled = true;
                at = end + 2;
            }
            Some(&byte) if byte != delimiter => return stray_quote(end),
            _ => return Ok(Cell { start, end, doubled }),
        }
    }
    Err(Box::new(DecodeError { at: open, fault: Fault::UnclosedQuote }))
}

#[cold]
fn stray_quote(at: usize) -> Result<Cell, Box<DecodeError>> {
    Err(Box::new(DecodeError { at, fault: Fault::StrayQuote }))
}

/// Marks the delimiters and quotes among 64 bytes.
#[inline]
fn marks(bytes: &[u8], at: usize, delimiter: u8) -> u64 {
    let (delimiter, quote) = (u8x16::splat(delimiter), u8x16::splat(b'"'));
    find::<64>(bytes, at, |bytes| bytes.simd_eq(delimiter) | bytes.simd_eq(quote))
}

/// What is wanted of each column; made once a file.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    delimiter: u8,
    wanted: Vec<Wanted>,
}

#[derive(Clone, Debug)]
struct Wanted {
    slot: Option<u32>,
    /// The column's name, if a capture may want it.
    gather: Option<String>,
}

impl Columns {
    pub fn new(projection: &Projection, header: &Header) -> Columns {
        let wanted = header.names.iter().map(|name| {
            let gathered = |prefix: &String| name.starts_with(prefix.as_str());
            Wanted {
                slot: projection.slot(name).filter(|_| !name.is_empty()).map(|slot| slot as u32),
                gather: projection.captures.iter().any(gathered).then(|| name.clone()),
            }
        });
        Columns { delimiter: header.delimiter, wanted: wanted.collect() }
    }

    /// Decodes one row, without its line break. See [`super::Decoder::csv_row`].
    pub(super) fn decode<'a>(
        &self,
        projection: &Projection,
        row: &'a str,
        ahead: &'a [u8],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let mut sink = Sink::new(projection, arena, slots);
        let mut cells = Cells::new(row, ahead, self.delimiter);
        let mut wanted = self.wanted.iter();
        let mut surplus = (row.len(), 0);
        loop {
            let start = cells.at;
            let Some(cell) = cells.next() else { break };
            let cell = cell.map_err(|error| *error)?;
            match wanted.next() {
                Some(Wanted { slot: None, gather: None }) => {}
                Some(wanted) => {
                    let value = Value::Text(match cell.text(row) {
                        Cow::Borrowed(text) => text,
                        Cow::Owned(text) => arena.alloc_str(&text),
                    });
                    if let Some(slot) = wanted.slot {
                        sink.put(slot, value);
                    }
                    if let Some(name) = &wanted.gather {
                        sink.gather(name, value);
                    }
                }
                None => surplus = (surplus.0.min(start.unwrap_or(surplus.0)), surplus.1 + 1),
            }
        }
        let columns = self.wanted.len();
        let cells = columns - wanted.len() + surplus.1;
        if cells != columns {
            let fault = Fault::Width { cells, columns };
            return Err(DecodeError { at: surplus.0, fault });
        }
        sink.finish();
        Ok(())
    }
}
