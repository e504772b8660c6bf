//! A seeded stream of e-commerce events, for load tests and property tests.
//!
//! Event number `i` is a pure function of the seed, of `i` and of how many events there are; nothing is remembered from
//! one event to the next. So a stream of any length needs no more memory than the events that wait to arrive late.
//!
//! The shape: about 567 bytes of JSON an event; 18 to 26 values in nested objects and one array; one person for five
//! events, of whom few are very busy; one to three cookies each; an e-mail in mixed case on 15% and a user number on
//! 19% of the events; one person in 200 shares a cookie with another; no two events of the same millisecond; 5% arrive
//! late, up to 20,000 places.
//!
//! ```
//! use lql_tests::generator::{Format, Shape};
//!
//! let mut bytes = Vec::new();
//! Shape { events: 3, seed: 42 }.write(Format::Ndjson, &mut bytes).expect("a vector takes all");
//! assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 3);
//! ```

mod arrival;
mod event;
pub mod project;
mod random;
#[cfg(test)]
mod tests;
// Tables of words, some lines to a list.
#[rustfmt::skip]
mod words;
mod write;

pub use random::Random;

use arrival::Arrival;
use event::World;
use std::io;

/// How many events, and which of all possible streams.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Number of events.
    pub events: u64,
    /// Another seed gives other people and other events of the same shape.
    pub seed: u64,
}

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, nested.
    Ndjson,
    /// A header row with dotted names, then one event a row.
    Csv,
}

impl Shape {
    /// Writes all events in their order of arrival.
    pub fn write(self, format: Format, out: &mut impl io::Write) -> io::Result<()> {
        const BLOCK: usize = 1 << 16;
        let world = World::new(self);
        let mut block = Vec::with_capacity(2 * BLOCK);
        if format == Format::Csv {
            write::csv_header(&mut block);
        }
        for index in Arrival::new(self) {
            let event = world.event(index);
            match format {
                Format::Ndjson => write::ndjson(&event, &mut block),
                Format::Csv => write::csv(&event, &mut block),
            }
            if block.len() >= BLOCK {
                out.write_all(&block)?;
                block.clear();
            }
        }
        out.write_all(&block)
    }

    /// The same events as separate lines of JSON, for tests that shuffle and cut.
    pub fn lines(self) -> Vec<String> {
        let world = World::new(self);
        Arrival::new(self)
            .map(|index| {
                let mut line = Vec::new();
                write::ndjson(&world.event(index), &mut line);
                line.pop();
                String::from_utf8(line).expect("events are made of text")
            })
            .collect()
    }
}
