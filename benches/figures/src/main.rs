//! Figures that repeat: instructions and allocations of fixed work, compared with those in `benches/figures.toml`.
//!
//! ```text
//! cargo run --release -p lql-figures              compare; exit code 1 if a figure differs by more than its tolerance
//! cargo run --release -p lql-figures -- --update  write the figures as they are now
//! ```
//!
//! A figure that became better is a difference too: the file says what holds today, so that a later change is measured
//! against that. Nothing here looks at a clock.

mod compare;
mod measure;
mod record;
mod work;

use clap::Parser;
use std::alloc::System;
use std::path::PathBuf;
use std::process::ExitCode;
use work::Work;

/// Counts what the measured work allocates.
#[global_allocator]
static ALLOCATOR: &stats_alloc::StatsAlloc<System> = &stats_alloc::INSTRUMENTED_SYSTEM;

/// Measure fixed work and compare it with the figures that are checked in
#[derive(Parser)]
struct Arguments {
    /// Write the figures as they are now
    #[arg(long)]
    update: bool,
    /// Do one work on a file of events, and nothing else: what runs under callgrind
    #[arg(long, hide = true, num_args = 2, value_names = ["WORK", "EVENTS"])]
    only: Option<Vec<String>>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some([work, events]) = arguments.only.as_deref() {
        let work = Work::ALL.into_iter().find(|known| known.name() == work).expect("a work of this name");
        work.run(&std::fs::read(events).expect("events"), work::measured);
        return ExitCode::SUCCESS;
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../figures.toml");
    let measured = measure::all();
    if arguments.update {
        let known = record::Record::read(&path).ok();
        std::fs::write(&path, record::Record::new(measured, known).to_text())
            .expect("figures.toml is written");
        println!("wrote benches/figures.toml");
        return ExitCode::SUCCESS;
    }
    let recorded = match record::Record::read(&path) {
        Ok(recorded) => recorded,
        Err(error) => {
            eprintln!("benches/figures.toml: {error}");
            return ExitCode::from(2);
        }
    };
    let rows = compare::rows(&recorded, &measured);
    print!("{}", compare::table(&rows));
    if rows.iter().all(compare::Row::holds) {
        return ExitCode::SUCCESS;
    }
    println!(
        "\nA figure differs by more than its tolerance. If that is meant, write the new ones with\n\
         `cargo run --release -p lql-figures -- --update`, and say in the commit why they changed."
    );
    ExitCode::FAILURE
}
