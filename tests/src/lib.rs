//! Whole-system tests. This library is the one place that touches the API: a test is a table of cases, a line each.
//!
//! ```
//! use lql_tests::{Lab, NV};
//!
//! Lab::lql().event(r#"{"total": 4}"#).gives(&[
//!     ("total + 1", "5"),
//!     ("missing + 1", NV),
//! ]);
//! ```

// A test that cannot go on says so by panicking.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, clippy::indexing_slicing)]

pub mod cli;
pub mod editor;
pub mod generator;
pub mod host;
mod lab;
mod mapping;
pub mod oracle;
mod render;

pub use lab::{Lab, Outcome, compile_error, eval};
pub use mapping::{Field, Project, column, column_of, columns_give, field, findings};
pub use render::{same, to_json};

/// *No value*, as the expected result of a case.
pub const NV: &str = "no value";

/// The event time where a test does not say otherwise: a Wednesday.
pub const TS: &str = "2026-03-04T05:06:07Z";

/// An instant from RFC 3339 text.
pub fn time(text: &str) -> lql_compiler::Time {
    lql_compiler::dates::parse(text, lql_compiler::Time::default())
        .unwrap_or_else(|| panic!("no instant: {text}"))
}
