//! `lql cost`: what queries read and execute, counted.

use crate::clock;
use crate::outcome::{Outcome, Stop};
use crate::project::{self, EventFile, Project};
use crate::terminal::Terminal;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use lql_authoring::cost::{ProgramCost, StreamCost, cost};
use lql_authoring::trial::Recording;
use lql_authoring::{delimiter_of, event_files, event_options};
use lql_compiler::report;
use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;

/// Show what queries cost: keys read, instructions, calls, and with events what is executed
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql cost examples/shop                        with the project's own events
  lql cost web.lql                              without events: what the program is
  lql cost web.lql --events today.ndjson --stream web
  lql cost examples/shop --format json

Nothing is timed, everything is counted: the figures are the same on every machine. Each query
is compiled alone, and all of a stream together, as they run; the difference is what they
share. Instructions are those of the program, not of the processor. Arena bytes are what decoding
and mapping take for one event from memory that is used again for the next.")]
pub struct Cost {
    /// A project folder, or files of queries
    #[arg(default_value = ".", value_name = "PROJECT|FILES")]
    paths: Vec<PathBuf>,
    /// Files of events, in place of the project's own
    #[arg(long, num_args = 1.., value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// The stream that the files of --events hold; by default, each file's name up to its first dot
    #[arg(long, value_name = "NAME", requires = "events")]
    stream: Option<String>,
    /// How to write
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How costs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A table for each stream
    #[default]
    Table,
    /// A JSON array
    Json,
}

/// Counts; exit code 1 only if the queries have errors.
pub fn run(args: &Cost, terminal: &Terminal) -> Result<Outcome, Stop> {
    let project = project::load_one(&args.paths, None)?;
    let checked = project.check();
    if !checked.is_sound() {
        let found = report::human(&checked.diagnostics, &project.views(), terminal.colour_of_errors());
        terminal.complain(&found);
    }
    let Ok(package) = checked.package() else { return Ok(Outcome::Findings) };
    let files = match args.events.as_slice() {
        [] => project.events.clone(),
        events => event_files(events, args.stream.as_deref())?,
    };
    let recording = record(&files, &project)?;
    let streams = cost(&checked, &package, &recording, package.now.unwrap_or_else(clock::now))?;
    match args.format {
        Format::Table => {
            let pages: Vec<String> = streams.iter().map(|stream| page(stream, terminal)).collect();
            terminal.print(&pages.join("\n"))?;
        }
        Format::Json => terminal.print(&format!("{:#}\n", serde_json::json!(streams)))?,
    }
    Ok(Outcome::Clean)
}

fn record(files: &[EventFile], project: &Project) -> Result<Recording, Stop> {
    let mut recording = Recording::default();
    for file in files {
        let settings = project.file.settings.streams.get(&file.stream);
        let delimiter = settings.and_then(|input| input.delimiter).or_else(|| delimiter_of(file));
        let input = File::open(&file.path).map_err(|error| Stop::unreadable(&file.path, &error))?;
        let name = file.path.to_string_lossy();
        recording
            .read(&file.stream, &name, input, event_options(&file.path, delimiter))
            .map_err(|error| Stop::Misuse(format!("cannot read {name}: {error}")))?;
    }
    Ok(recording)
}

fn page(cost: &StreamCost, terminal: &Terminal) -> String {
    let mut page = String::new();
    let all = &cost.together;
    let name = terminal.bold(&cost.stream);
    match &cost.measured {
        Some(measured) => {
            let _ = writeln!(page, "{name}: {} events", measured.events);
            let _ =
                writeln!(page, "  keys          {} read of {} seen", measured.keys_read, measured.keys_seen);
            let _ = writeln!(
                page,
                "  bytes         {} an event, {} of them values that are read; the rest is checked and skipped",
                measured.record_bytes, measured.value_bytes_read
            );
            let _ = writeln!(
                page,
                "  arena         {} bytes an event, {} at most",
                measured.arena_bytes, measured.arena_bytes_most
            );
        }
        None => {
            let _ = writeln!(page, "{name}: no events");
            let _ = writeln!(page, "  keys          {} read", all.keys.len());
        }
    }
    if !all.prefixes.is_empty() {
        let _ = writeln!(page, "  prefixes      {}", all.prefixes.join(", "));
    }
    let executed =
        all.executed.map_or_else(String::new, |executed| format!(", {executed} executed an event"));
    let _ = writeln!(page, "  instructions  {}{executed}", all.instructions);
    if cost.queries.len() > 1 {
        let _ = writeln!(page, "  alone         {} in all: sharing saves {}", cost.alone, saved(cost));
    }
    let _ = writeln!(page, "{}", table(cost));
    page
}

fn saved(cost: &StreamCost) -> usize {
    cost.alone.saturating_sub(cost.together.instructions)
}

fn table(cost: &StreamCost) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header([
        "query",
        "at",
        "keys",
        "instructions",
        "executed",
        "shared",
        "constants",
        "calls",
        "expensive calls",
    ]);
    for query in &cost.queries {
        table.add_row(row(&query.query, format!("{}:{}", query.file, query.line), &query.cost));
    }
    if cost.queries.len() > 1 {
        table.add_row(row("together", String::new(), &cost.together));
    }
    table
}

fn row(name: &str, place: String, cost: &ProgramCost) -> Vec<Cell> {
    let number = |number: String| Cell::new(number).set_alignment(CellAlignment::Right);
    let expensive: Vec<String> = cost
        .expensive
        .iter()
        .map(|(name, count)| if *count == 1 { name.clone() } else { format!("{count} {name}") })
        .collect();
    vec![
        Cell::new(name),
        Cell::new(place),
        number((cost.keys.len() + cost.prefixes.len()).to_string()),
        number(cost.instructions.to_string()),
        number(cost.executed.map_or_else(String::new, |executed| executed.to_string())),
        number(cost.shared.to_string()),
        number(cost.constants.to_string()),
        number(cost.calls.to_string()),
        Cell::new(expensive.join(", ")),
    ]
}
