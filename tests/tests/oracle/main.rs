//! The compiler and the machine against the plain evaluator of `lql_tests::oracle`, on random expressions and events.

#![allow(clippy::unwrap_used)]

mod event;
mod expressions;
mod fixes;
mod generate;
mod streams;
mod text;
