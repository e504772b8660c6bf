//! Chunks as bytes: what a log keeps of an input, to be mapped later, and again.
//!
//! ```text
//! layout u8 (0 lines, 1 JSON, 2 rows: delimiter u8, names), line, offset, record limit,
//! records: count, (0, start, end, line, column | 1, reject) …          of JSON only
//! rejects after them: count, reject …                                  reject: line, column, reason, raw
//! bytes                                                                to the end
//! ```

use super::csv::Header;
use super::record::{Chunk, Layout, Reject, Span};
use crate::wire::{Reader, WireError, put_bytes, put_text, put_varint};
use std::sync::Arc;

impl Chunk {
    /// Appends the chunk as bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match &*self.layout {
            Layout::Lines => out.push(0),
            Layout::Json => out.push(1),
            Layout::Csv(header) => {
                out.extend([2, header.delimiter]);
                put_varint(out, header.names.len() as u64);
                header.names.iter().for_each(|name| put_text(out, name));
            }
        }
        put_varint(out, self.line);
        put_varint(out, self.offset);
        put_varint(out, self.limit as u64);
        put_varint(out, self.spans.len() as u64);
        for span in &self.spans {
            match span {
                Ok(span) => {
                    out.push(0);
                    let numbers = [span.start as u64, span.end as u64, span.line, span.column];
                    numbers.into_iter().for_each(|number| put_varint(out, number));
                }
                Err(reject) => {
                    out.push(1);
                    put_reject(out, reject);
                }
            }
        }
        put_varint(out, self.tail.len() as u64);
        self.tail.iter().for_each(|reject| put_reject(out, reject));
        out.extend_from_slice(&self.bytes);
    }

    /// Reads a chunk that [`Chunk::encode`] has written. It gives the same records and rejects.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut from = Reader::new(bytes);
        let layout = match from.byte()? {
            0 => Layout::Lines,
            1 => Layout::Json,
            2 => {
                let delimiter = from.byte()?;
                let count = from.count()?;
                let names = (0..count).map(|_| from.text().map(str::to_owned));
                Layout::Csv(Header { names: names.collect::<Result<_, _>>()?, delimiter })
            }
            _ => return Err(WireError::Invalid("layout")),
        };
        let (line, offset, limit) = (from.varint()?, from.varint()?, from.small()?);
        let mut spans = Vec::new();
        for _ in 0..from.count()? {
            spans.push(match from.byte()? {
                0 => Ok(Span {
                    start: from.small()?,
                    end: from.small()?,
                    line: from.varint()?,
                    column: from.varint()?,
                }),
                1 => Err(reject(&mut from)?),
                _ => return Err(WireError::Invalid("record")),
            });
        }
        let tail = (0..from.count()?).map(|_| reject(&mut from)).collect::<Result<_, _>>()?;
        let bytes = from.rest().to_vec();
        let in_bounds = |span: &Span| span.start <= span.end && span.end <= bytes.len();
        if !spans.iter().flatten().all(in_bounds) {
            return Err(WireError::Invalid("record"));
        }
        Ok(Self { layout: Arc::new(layout), bytes, line, offset, limit, spans, tail })
    }
}

fn put_reject(out: &mut Vec<u8>, reject: &Reject) {
    put_varint(out, reject.line);
    put_varint(out, reject.column);
    put_text(out, &reject.reason);
    put_bytes(out, &reject.raw);
}

fn reject(from: &mut Reader<'_>) -> Result<Reject, WireError> {
    Ok(Reject {
        line: from.varint()?,
        column: from.varint()?,
        reason: from.text()?.to_owned(),
        raw: from.bytes()?.to_vec(),
    })
}
