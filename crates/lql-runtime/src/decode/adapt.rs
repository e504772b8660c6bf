//! Chunks made of chunks: cut short, or with more in each record.

use super::csv::Header;
use super::record::{Chunk, Layout, Span};
use serde_json::{Map, Value as Json};
use std::sync::Arc;

impl Chunk {
    /// The chunk up to its first so many records, and nothing after them.
    #[must_use]
    pub fn first(&self, records: usize) -> Chunk {
        let mut passed = self.records();
        passed.by_ref().take(records).for_each(drop);
        let mut first = self.clone();
        if matches!(*self.layout, Layout::Json) {
            first.spans.truncate(records);
        } else {
            first.bytes.truncate(passed.at());
        }
        first.tail.clear();
        first
    }

    /// The chunk with these pairs in each of its records, before what they have. A row takes texts: of a value that is
    /// none, its JSON. Lines stay where they are; columns move.
    #[must_use]
    pub fn with_pairs(&self, pairs: &Map<String, Json>) -> Chunk {
        if pairs.is_empty() {
            return self.clone();
        }
        let (layout, insert) = match &*self.layout {
            Layout::Csv(header) => {
                let mut names: Vec<String> = pairs.keys().cloned().collect();
                names.extend(header.names.iter().cloned());
                let layout = Layout::Csv(Header { names, delimiter: header.delimiter });
                (Arc::new(layout), row_start(pairs, header.delimiter))
            }
            Layout::Lines | Layout::Json => (Arc::clone(&self.layout), object_start(pairs)),
        };
        let rows = matches!(*layout, Layout::Csv(_));
        let mut bytes = Vec::with_capacity(self.bytes.len() * 2);
        let (mut copied, mut spans) = (0, self.spans.clone().into_iter());
        let mut moved = Vec::new();
        for record in self.records() {
            let Ok(record) = record else {
                moved.extend(spans.next());
                continue;
            };
            // Where in the chunk the record begins: it is a part of its bytes.
            let start = record.raw.as_ptr() as usize - self.bytes.as_ptr() as usize;
            let begin = bytes.len() + start - copied;
            let brace = record.raw.iter().position(|byte| *byte == b'{').map(|at| at + 1);
            let at = start + if rows { 0 } else { brace.unwrap_or(0) };
            bytes.extend_from_slice(self.bytes.get(copied..at).unwrap_or_default());
            copied = at;
            if rows || brace.is_some() {
                bytes.extend_from_slice(&insert);
                let rest = record.raw.get(at - start..).unwrap_or_default().trim_ascii_start();
                if !rows && !rest.starts_with(b"}") {
                    bytes.push(b',');
                }
            }
            if spans.next().is_some() {
                let end = bytes.len() + start + record.raw.len() - copied;
                moved.push(Ok(Span { start: begin, end, line: record.line, column: record.column }));
            }
        }
        bytes.extend_from_slice(self.bytes.get(copied..).unwrap_or_default());
        Chunk {
            layout,
            bytes,
            line: self.line,
            offset: self.offset,
            limit: self.limit,
            spans: moved,
            tail: self.tail.clone(),
        }
    }
}

/// Cells for the beginning of a row, each followed by the delimiter.
fn row_start(pairs: &Map<String, Json>, delimiter: u8) -> Vec<u8> {
    let mut cells = Vec::new();
    for value in pairs.values() {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Null => String::new(),
            other => other.to_string(),
        };
        cells.push(b'"');
        cells.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        cells.extend([b'"', delimiter]);
    }
    cells
}

/// Members for the beginning of an object, without its brace.
fn object_start(pairs: &Map<String, Json>) -> Vec<u8> {
    let members = pairs.iter().map(|(name, value)| format!("{}:{value}", Json::String(name.clone())));
    members.collect::<Vec<_>>().join(",").into_bytes()
}
