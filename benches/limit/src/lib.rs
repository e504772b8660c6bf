//! The three questions of `examples/bench`, answered by a program written by hand for them alone.
//!
//! It is what `lql` is measured against: no query to compile, no kinds to look up, one shape of events. It shares no
//! code with `lql`, and it uses what is known to be fast: a scanner that goes forward once and keeps places instead of
//! texts, numbers in place of repeated texts, flat rows that hold all of a profile, no allocation for an event, output
//! put together by hand.
//!
//! It trusts its input as `lql` cannot: lines are well-formed JSON without blanks between tokens, keys hold no escapes,
//! every event has a cookie and a time like `2026-01-01T00:00:06.112Z`, cells of CSV hold no line break. It panics on
//! many other inputs and misreads some. The bytes are checked to be UTF-8.

mod blocks;
mod csv;
mod dict;
mod event;
mod find;
mod fold;
mod json;
mod links;
mod profile;
mod workers;
mod write;

pub use workers::run;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Seventeen columns of each event.
    M1,
    /// Those columns folded by cookie.
    M2,
    /// The same fold over everybody who ever met in one event.
    M3,
}

/// How it is asked.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What is asked.
    pub task: Task,
    /// The events are rows of CSV, not lines of JSON.
    pub csv: bool,
    /// Number of threads, from 1.
    pub threads: usize,
}
