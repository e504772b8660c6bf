//! Bytes to slots: inputs into records, records into the values that a program reads.
//!
//! A [`Chunker`] splits an input (JSON lines, JSON arrays, delimited text; plain, gzip or zstd) into owned [`Chunk`]s of
//! whole records. A [`Decoder`] fills slots from one record: it knows the [`Projection`] of a program and checks but
//! does not build everything else. Nothing here knows files, streams or time.
//!
//! ```
//! use bumpalo::Bump;
//! use lql_compiler::{Value, program::{Key, Program}};
//! use lql_runtime::decode::{Chunker, Decoder, Options, Projection};
//!
//! let key = |text: &str| Key { text: text.into(), entry_at: None };
//! let program = Program { keys: vec![key("cart.total"), key("tags")], ..Program::default() };
//! let projection = Projection::new(&program, &["ts"]);
//!
//! let input = br#"{"cart":{"total":9.5,"note":"skipped"},"tags":["a","b"],"ts":1700000000}
//! {"cart":}"#;
//! let mut chunker = Chunker::open(input.as_slice(), Options::default())?;
//! let mut decoder = Decoder::new(&projection, chunker.layout());
//! let mut rejects = Vec::new();
//! while let Some(chunk) = chunker.next_chunk()? {
//!     let mut arena = Bump::new();
//!     for record in chunk.records() {
//!         arena.reset();
//!         let mut slots = vec![Value::Missing; projection.slots()];
//!         match record.and_then(|record| {
//!             decoder.decode(&record, &arena, &mut slots).map_err(|error| record.reject(&error))
//!         }) {
//!             Ok(()) => {
//!                 assert_eq!(slots[0], Value::Number(9.5));
//!                 assert_eq!(slots[1], Value::List(&[Value::Text("a"), Value::Text("b")]));
//!                 assert_eq!(slots[projection.extra()], Value::Int(1_700_000_000));
//!             }
//!             Err(reject) => rejects.push(reject),
//!         }
//!     }
//! }
//! assert_eq!((rejects[0].line, rejects[0].column), (2, 9));
//! # Ok::<(), lql_runtime::decode::SourceError>(())
//! ```

mod adapt;
mod csv;
mod fault;
mod flat;
mod hash;
mod json;
mod keep;
mod order;
mod piece;
mod projection;
mod record;
mod scan;
mod sink;
mod source;
mod split;
mod switch;
#[cfg(test)]
mod tests;

pub use csv::Header;
pub use fault::{DecodeError, Fault};
pub use hash::content_hash;
pub use projection::Projection;
pub use record::{Chunk, Layout, Record, Records, Reject};
pub use source::{Chunker, Format, Options, SourceError};

use bumpalo::Bump;
use lql_compiler::Value;
use order::Order;
use scan::Input;

/// How many objects and arrays may stand inside each other in a record, the record counted in. Also in what is skipped.
pub const MAX_DEPTH: usize = 128;

/// Decodes records of one layout into the slots of one projection. It remembers in which order members came, which makes
/// it faster and changes no result; each thread has its own.
#[derive(Clone, Debug)]
pub struct Decoder<'p> {
    projection: &'p Projection,
    columns: Option<csv::Columns>,
    /// One for each node of the projection.
    orders: Vec<Order>,
}

impl<'p> Decoder<'p> {
    /// A decoder for records of `layout`. For rows it looks up the columns once.
    pub fn new(projection: &'p Projection, layout: &Layout) -> Decoder<'p> {
        let columns = match layout {
            Layout::Csv(header) => Some(csv::Columns::new(projection, header)),
            Layout::Lines | Layout::Json => None,
        };
        Decoder { projection, columns, orders: vec![Order::default(); projection.nodes.len()] }
    }

    /// Decodes a record of this layout. [`Record::reject`] makes a reject of the error.
    ///
    /// `slots` must be [`Projection::slots`] long; all of them are written, or hold anything after an error. Values
    /// borrow from the record and the arena.
    #[inline]
    pub fn decode<'a>(
        &mut self,
        record: &Record<'a>,
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let text = record.text()?;
        match &self.columns {
            Some(columns) => columns.decode(self.projection, text, record.ahead, arena, slots),
            None => self.object(text, record.ahead, arena, slots),
        }
    }

    /// Decodes one JSON object, with white space around it; `slots` as for [`Decoder::decode`].
    ///
    /// Nesting flattens with dots; an array of scalars is a list under its key, one with any object or array flattens with
    /// indexes: `items[0].sku`. Scalars keep their type, `null` and empty collections are absent. Integers beyond an i64
    /// and numbers beyond an f64 stay text, so that no digit is lost. A key that occurs again appends to a list.
    ///
    /// Fails on anything that is not one well-formed object (RFC 8259), also in parts that are not projected: whether a
    /// record is taken does not depend on the program.
    #[inline]
    pub fn json<'a>(
        &mut self,
        record: &'a [u8],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        self.object(utf8(record)?, record, arena, slots)
    }

    /// Decodes one row without its line break; `slots` as for [`Decoder::decode`]. All values are text; an empty cell is an
    /// empty text; columns of the same name become a list.
    ///
    /// Fails on misplaced quotes and on another number of cells than columns. A decoder for another layout than rows
    /// knows no columns, so it finds every row too long.
    pub fn csv_row<'a>(
        &self,
        row: &'a [u8],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        match &self.columns {
            Some(columns) => columns.decode(self.projection, utf8(row)?, row, arena, slots),
            None => Err(DecodeError { at: 0, fault: Fault::Width { cells: 1, columns: 0 } }),
        }
    }

    #[inline]
    fn object<'a>(
        &mut self,
        text: &'a str,
        ahead: &'a [u8],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let input = Input { text, ahead };
        json::decode(self.projection, &mut self.orders, &input, arena, slots).map_err(|error| *error)
    }
}

/// The record as text; an error stands at the first wrong byte.
#[inline]
fn utf8(record: &[u8]) -> Result<&str, DecodeError> {
    simdutf8::basic::from_utf8(record).map_err(|_| {
        let at = std::str::from_utf8(record).err().map_or(0, |error| error.valid_up_to());
        DecodeError { at, fault: Fault::NotUtf8 }
    })
}
