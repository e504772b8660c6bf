//! Rows of CSV into slots.

use crate::{
    event::{Slots, slot},
    find::{Span, find2},
};

/// For each column, the slot of its cells.
pub struct Header(Vec<Option<usize>>);

impl Header {
    pub fn new(line: &[u8]) -> Header {
        let slot_of = |name: &[u8]| match name {
            b"ts" => Some(slot::TS),
            b"event" => Some(slot::EVENT),
            b"cookie" => Some(slot::COOKIE),
            b"user_id" => Some(slot::USER),
            b"email" => Some(slot::EMAIL),
            b"url" => Some(slot::URL),
            b"score" => Some(slot::SCORE),
            b"device.type" => Some(slot::TYPE),
            b"device.os" => Some(slot::OS),
            b"geo.city" => Some(slot::CITY),
            b"product.category" => Some(slot::CATEGORY),
            b"product.price" => Some(slot::PRICE),
            b"product.qty" => Some(slot::QUANTITY),
            _ => None,
        };
        Header(line.split(|byte| *byte == b',').map(slot_of).collect())
    }

    /// Reads the row at `at`; the place after its end.
    pub fn row(&self, bytes: &mut [u8], mut at: usize, slots: &mut Slots) -> usize {
        for slot in &self.0 {
            let text;
            (text, at) = if bytes[at] == b'"' {
                quoted(bytes, at + 1)
            } else {
                let end = find2(bytes, at, b',', b'\n');
                (Span::new(at, end), end)
            };
            if let Some(slot) = slot {
                slots[*slot] = text;
            }
            at += 1;
        }
        at
    }
}

/// Reads a cell from after its quote; two quotes are one, and the text is written over itself.
#[cold]
fn quoted(bytes: &mut [u8], start: usize) -> (Span, usize) {
    let (mut at, mut end) = (start, start);
    loop {
        let quote = find2(bytes, at, b'"', b'"');
        bytes.copy_within(at..quote, end);
        end += quote - at;
        at = quote + 2;
        if bytes[quote + 1] != b'"' {
            return (Span::new(start, end), quote + 1);
        }
        bytes[end] = b'"';
        end += 1;
    }
}
