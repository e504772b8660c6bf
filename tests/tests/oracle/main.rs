//! The compiler and the machine against the plain evaluator of `lql_tests::oracle`, on random expressions and events.

#![allow(clippy::unwrap_used)]

mod event;
mod expressions;
mod generate;
mod streams;
mod text;

use proptest::test_runner::Config;

/// Cases of a test; `PROPTEST_CASES` in the environment asks for more.
fn cases(count: u32) -> Config {
    let config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { Config { cases: count, ..config } }
}
