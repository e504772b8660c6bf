//! What can be wrong with a record, and where.

use std::fmt;

/// Why a record was not decoded. `at` is a byte offset in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Byte offset in the record, counted from 0.
    pub at: usize,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.at + 1, self.fault)
    }
}

impl std::error::Error for DecodeError {}

/// What is wrong with a record. [`fmt::Display`] says it in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Bytes that are no UTF-8: `"\xff"`
    NotUtf8,
    /// `[1]` or `1` where a record stands.
    NotAnObject,
    /// `{"a":`
    EndsEarly,
    /// `{"a" 1}`: what was expected, in words.
    Expected(&'static str),
    /// `"\x"`, `"\u12"`
    BadEscape,
    /// `"\ud83d"`: half of a pair.
    LoneSurrogate,
    /// A line break or another control character inside a text.
    ControlCharacter(u8),
    /// `01`, `1.`, `-`
    BadNumber,
    /// More nested objects and arrays than [`super::MAX_DEPTH`].
    TooDeep,
    /// `{} x`
    TrailingBytes,
    /// A record longer than this many bytes.
    TooLong(usize),
    /// `a,"b` at the end of the file.
    UnclosedQuote,
    /// `a"b,c` or `"a"b,c`
    StrayQuote,
    /// A row with another number of cells than the header.
    Width {
        /// Cells of the row.
        cells: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// `[{},,{}]`
    NoElement,
    /// `[{}` at the end of the file.
    ArrayNotClosed,
    /// A row that was cut because its file could not be read further.
    Cut,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotUtf8 => f.write_str("the text is not valid UTF-8"),
            Fault::NotAnObject => f.write_str("a record must be a JSON object, `{…}`"),
            Fault::EndsEarly => f.write_str("the record ends before it is complete"),
            Fault::Expected(what) => write!(f, "expected {what}"),
            Fault::BadEscape => f.write_str("unknown escape after `\\` in a text"),
            Fault::LoneSurrogate => f.write_str("half of a surrogate pair in a text"),
            Fault::ControlCharacter(byte) => {
                write!(f, "control character 0x{byte:02x} inside a text; write it as an escape")
            }
            Fault::BadNumber => f.write_str("malformed number"),
            Fault::TooDeep => write!(f, "nested deeper than {} levels", super::MAX_DEPTH),
            Fault::TrailingBytes => f.write_str("something follows the end of the record"),
            Fault::TooLong(limit) => write!(f, "the record is longer than the limit of {limit} bytes"),
            Fault::UnclosedQuote => f.write_str("the quote that opens here is never closed"),
            Fault::StrayQuote => {
                f.write_str("a quote inside a cell: quote the whole cell and double the quotes in it")
            }
            Fault::Width { cells, columns } => {
                write!(f, "the row has {cells} cells, the header has {columns}")
            }
            Fault::NoElement => f.write_str("expected an object between the commas"),
            Fault::ArrayNotClosed => f.write_str("the file ends before its array is closed"),
            Fault::Cut => f.write_str("the file could not be read to the end of this record"),
        }
    }
}
