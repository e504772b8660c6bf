//! Trees of LQL to checked query sets and programs; the catalog of functions, kinds and merge operators.

pub mod book;
pub mod catalog;
mod check;
mod codegen;
pub mod codes;
mod compile;
pub mod convert;
pub mod dates;
pub mod emit;
mod expression;
mod graph;
mod kind;
pub mod lint;
mod lower;
mod mergeop;
pub mod operators;
pub mod pattern;
pub mod probe;
pub mod program;
pub mod report;
pub mod schema;
pub mod suggest;
mod time;
mod value;

pub use check::{
    BlockSettings, Checked, CheckedColumn, CheckedQuery, CheckedSegment, FieldSettings, Settings, Source,
    TableSettings, check, check_after,
};
pub use expression::{CheckedExpression, Surroundings, check_expression};
pub use kind::{KINDS, Kind, KindEntry, SYSTEM_KINDS};
pub use mergeop::{MERGE_OPS, MergeOp, MergeOpEntry};
pub use time::{Date, Time};
pub use value::Value;
