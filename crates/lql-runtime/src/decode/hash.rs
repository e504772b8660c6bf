//! A stable hash of a record's content: the last resort of event identity. Specified by xxh3-128, so it outlives us.

use super::csv::{Cells, Header};
use super::utf8;
use xxhash_rust::xxh3::xxh3_128;

/// The hash of a JSON record: of its bytes without white space around them.
pub fn content_hash(record: &[u8]) -> u128 {
    xxh3_128(record.trim_ascii())
}

/// The hash of a row: of its column names and cells, each with its length before it. So the same cells hash the same with
/// other quoting, delimiter or line breaks.
///
/// A row that cannot be split into cells is hashed as bytes.
pub(super) fn row_hash(row: &[u8], header: &Header) -> u128 {
    let mut content = Vec::with_capacity(row.len() * 2);
    let mut put = |text: &str| {
        content.extend_from_slice(&(text.len() as u64).to_le_bytes());
        content.extend_from_slice(text.as_bytes());
    };
    let Ok(text) = utf8(row) else { return content_hash(row) };
    let mut names = header.names.iter();
    for cell in Cells::new(text, row, header.delimiter) {
        let Ok(cell) = cell else { return content_hash(row) };
        put(names.next().map_or("", String::as_str));
        put(&cell.text(text));
    }
    xxh3_128(&content)
}
