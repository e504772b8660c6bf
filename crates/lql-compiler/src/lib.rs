//! Trees of LQL to checked query sets and programs; the catalog of functions, kinds and merge operators.

pub mod catalog;
pub mod convert;
pub mod dates;
mod kind;
mod mergeop;
pub mod pattern;
pub mod program;
pub mod schema;
mod time;
mod value;

pub use kind::{KINDS, Kind, KindEntry, SYSTEM_KINDS};
pub use mergeop::{MERGE_OPS, MergeOp, MergeOpEntry};
pub use time::Time;
pub use value::Value;
