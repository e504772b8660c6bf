//! `lql cost`: what queries read and execute, counted.

use crate::clock;
use crate::events::{EventArgs, streams};
use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use lql_authoring::cost::{ProgramCost, StreamCost, cost};
use lql_authoring::trial::Recording;
use lql_compiler::report;
use std::fmt::Write as _;
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
    #[command(flatten)]
    events: EventArgs,
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
    let Ok(mut package) = checked.package() else { return Ok(Outcome::Findings) };
    args.events.complete(&mut package);
    let recording = if args.events.events.is_empty() && project.events.is_empty() {
        Recording::default()
    } else {
        let files = args.events.files(&streams(&package), &project.events)?;
        crate::events::record(&package, &files)?
    };
    let clock = args.events.now.or(package.now).unwrap_or_else(clock::now);
    let streams = cost(&checked, &package, &recording, clock)?;
    match args.format {
        Format::Table => {
            let pages: Vec<String> = streams.iter().map(|stream| page(stream, terminal)).collect();
            terminal.print(&pages.join("\n"))?;
        }
        Format::Json => terminal.print(&format!("{:#}\n", serde_json::json!(streams)))?,
    }
    Ok(Outcome::Clean)
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
        let _ = writeln!(page, "  alone         {}", alone(cost));
    }
    let _ = writeln!(page, "{}", table(cost));
    page
}

/// What the queries would cost one by one, beside what they cost together.
fn alone(cost: &StreamCost) -> String {
    let calls: usize = cost.queries.iter().map(|query| query.cost.calls).sum();
    let executed: Option<f64> = cost.queries.iter().map(|query| query.cost.executed).sum();
    let text = |instructions: usize, calls: usize, executed: Option<f64>| {
        let executed = executed.map_or_else(String::new, |executed| format!(", {executed:.1} executed"));
        format!("{instructions} instructions, {calls} calls{executed}")
    };
    let together = &cost.together;
    format!(
        "{}; sharing makes it {}",
        text(cost.alone, calls, executed),
        text(together.instructions, together.calls, together.executed)
    )
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
