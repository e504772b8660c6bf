//! The language against its reference, section by section. A case is a line: expression, result.

#![allow(clippy::unwrap_used)]

mod appendix;
mod coercion;
mod columns;
mod conversions;
mod dates;
mod decisions;
mod exists;
mod filterql;
mod functions;
mod grammar;
mod kinds;
mod lexical;
mod like;
mod logic;
mod merging;
mod names;
mod nil;
mod operators;
mod printing;
mod statements;
