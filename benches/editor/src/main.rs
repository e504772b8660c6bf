//! `cargo run --release -p lql-latency`: starts `lql lsp`, edits, asks, and prints percentiles in milliseconds beside what
//! we want. Panics when the server answers wrongly.
//!
//! Times are those of the editor: from the message that leaves to the answer that is read, over the real pipes.

mod project;
mod session;
mod table;

use clap::Parser;

/// Measure how long the language server takes to answer
#[derive(Parser)]
struct Arguments {
    /// How many edits are made; each question is asked up to 300 times
    #[arg(long, default_value_t = 1_000)]
    rounds: usize,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let projects = [project::long(folder.path()), project::many(folder.path())];
    // Built before anything is timed.
    lql_tests::cli::binary();
    table::head();
    for project in &projects {
        session::measure(project, arguments.rounds);
    }
}
