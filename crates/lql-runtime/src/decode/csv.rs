//! Rows of delimited text: where rows end, their cells, and cells into slots.
//!
//! Strict about quoting (RFC 4180): a quote stands at both ends of a cell or doubled inside a quoted one.

use super::fault::{DecodeError, Fault};
use super::projection::Projection;
use super::sink::Sink;
use bumpalo::Bump;
use lql_compiler::Value;
use memchr::{memchr, memchr2};
use std::borrow::Cow;

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
            // Most rows hold no quote: their line break comes first.
            let found = memchr2(b'\n', b'"', bytes.get(at..)?).map(|found| at + found);
            match found {
                Some(end) if bytes.get(end) == Some(&b'\n') => return Some(end + 1),
                _ => self.state = State::Cell,
            }
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

/// A row without its line break.
pub(super) fn without_line_break(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// One cell as written, without the outer quotes.
#[derive(Clone, Copy)]
pub(super) struct Cell<'r> {
    raw: &'r str,
    /// Whether `raw` holds doubled quotes.
    doubled: bool,
}

impl<'r> Cell<'r> {
    pub fn text(self) -> Cow<'r, str> {
        if self.doubled { self.raw.replace("\"\"", "\"").into() } else { self.raw.into() }
    }
}

/// The cells of one row.
pub(super) struct Cells<'r> {
    row: &'r str,
    delimiter: u8,
    at: Option<usize>,
    /// Whether the row holds quotes at all.
    quotes: bool,
}

impl<'r> Cells<'r> {
    pub fn new(row: &'r str, delimiter: u8) -> Self {
        let quotes = memchr(b'"', row.as_bytes()).is_some();
        Cells { row, delimiter, at: Some(0), quotes }
    }

    fn quoted(&mut self, open: usize) -> Result<Cell<'r>, DecodeError> {
        let bytes = self.row.as_bytes();
        let start = open + 1;
        let mut at = start;
        let mut doubled = false;
        loop {
            let Some(quote) = memchr(b'"', bytes.get(at..).unwrap_or_default()) else {
                self.at = None;
                return Err(DecodeError { at: open, fault: Fault::UnclosedQuote });
            };
            let close = at + quote;
            match bytes.get(close + 1) {
                Some(b'"') => {
                    doubled = true;
                    at = close + 2;
                    continue;
                }
                Some(&byte) if byte == self.delimiter => self.at = Some(close + 2),
                None => self.at = None,
                Some(_) => {
                    self.at = None;
                    return Err(DecodeError { at: close, fault: Fault::StrayQuote });
                }
            }
            return Ok(Cell { raw: self.row.get(start..close).unwrap_or_default(), doubled });
        }
    }
}

impl<'r> Iterator for Cells<'r> {
    type Item = Result<Cell<'r>, DecodeError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at?;
        let rest = self.row.as_bytes().get(start..)?;
        if self.quotes && rest.first() == Some(&b'"') {
            return Some(self.quoted(start));
        }
        let len = memchr(self.delimiter, rest);
        self.at = len.map(|len| start + len + 1);
        let end = start + len.unwrap_or(rest.len());
        let raw = self.row.get(start..end).unwrap_or_default();
        if self.quotes
            && let Some(quote) = memchr(b'"', raw.as_bytes())
        {
            self.at = None;
            return Some(Err(DecodeError { at: start + quote, fault: Fault::StrayQuote }));
        }
        Some(Ok(Cell { raw, doubled: false }))
    }
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
    pub fn decode<'a>(
        &self,
        projection: &Projection,
        row: &'a str,
        ahead: &'a [u8],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let mut sink = Sink::new(projection, arena, slots);
        let mut cells = Cells::new(row, self.delimiter);
        let mut count = 0;
        let mut surplus = row.len();
        loop {
            let start = cells.at;
            let Some(cell) = cells.next() else { break };
            let cell = cell?;
            match self.wanted.get(count) {
                Some(Wanted { slot: None, gather: None }) => {}
                Some(wanted) => {
                    let value = Value::Text(match cell.text() {
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
                None => surplus = surplus.min(start.unwrap_or(surplus)),
            }
            count += 1;
        }
        if count != self.wanted.len() {
            let fault = Fault::Width { cells: count, columns: self.wanted.len() };
            return Err(DecodeError { at: surplus, fault });
        }
        sink.finish();
        Ok(())
    }
}
