//! Writes generated events to standard output, for load tests:
//! `cargo run --release -p lql-tests --bin generate -- --events 1000000 --seed 42 > events.ndjson`.

use clap::{Parser, ValueEnum};
use lql_tests::generator::{Format, Shape};
use std::io::{self, Write as _};

/// Generated e-commerce events of a fixed shape; the same seed gives the same bytes.
#[derive(Parser)]
struct Arguments {
    /// Number of events
    #[arg(long)]
    events: u64,
    /// Which of all possible streams
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// How events are written
    #[arg(long, value_enum, default_value = "ndjson")]
    format: FormatName,
}

#[derive(Clone, ValueEnum)]
enum FormatName {
    Ndjson,
    Csv,
}

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let format = match arguments.format {
        FormatName::Ndjson => Format::Ndjson,
        FormatName::Csv => Format::Csv,
    };
    let mut out = io::stdout().lock();
    Shape { events: arguments.events, seed: arguments.seed }.write(format, &mut out)?;
    out.flush()
}
