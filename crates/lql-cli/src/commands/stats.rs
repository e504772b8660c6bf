//! `lql stats`: what events hold, and where they have grown away from a project.

mod table;

use super::{findings_if, plural};
use crate::outcome::{Outcome, Stop};
use crate::project::{self, Project};
use crate::terminal::{Terminal, event_bar};
use lql_authoring::drift::{self, Drift};
use lql_authoring::stats::{Readers, Summary, read_events};
use lql_authoring::{KeyRead, event_files, key_reads};
use lql_compiler::Checked;
use lql_compiler::program::StreamInput;
use std::path::{Path, PathBuf};

/// Show what events hold: every key with its types, presence, values, and the columns that read it
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql stats examples/shop                           the events of a project, and who reads what
  lql stats web.ndjson crm.csv.gz                   files; the name up to the first dot is the stream
  lql stats examples/shop --format json > before.json
  lql stats today.ndjson --stream web --against examples/shop
  lql stats today.ndjson --stream web --baseline before.json

--against tells where events and queries have grown apart: keys that columns read and no event
has, values that columns cannot read. --baseline compares with statistics of earlier events:
keys that are new, gone, rarer or of another type. Either gives exit code 1 if there is any
difference. Counts of different values are exact up to 1,024, then within 3 % two times out of
three.")]
pub struct Stats {
    /// Files of events, folders of such files, or projects; `-` for standard input
    #[arg(required = true, value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// The stream that the files hold; by default, each file's name up to its first dot
    #[arg(long, value_name = "NAME")]
    stream: Option<String>,
    /// Show which columns of this project read each key; a project given as EVENTS is taken by itself
    #[arg(long, value_name = "PATH")]
    project: Option<PathBuf>,
    /// Compare with what this project reads
    #[arg(long, value_name = "PROJECT", conflicts_with = "project")]
    against: Option<PathBuf>,
    /// Compare with what `--format json` wrote about earlier events
    #[arg(long, value_name = "STATS.json")]
    baseline: Option<PathBuf>,
    /// How to write
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// No progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// How statistics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Tables for people
    #[default]
    Table,
    /// One JSON object, which `--baseline` reads
    Json,
}

/// Shows statistics; exit code 1 if the events differ from the project or the baseline.
pub fn run(args: &Stats, terminal: &Terminal) -> Result<Outcome, Stop> {
    let known = Known::load(args)?;
    let baseline = args.baseline.as_deref().map(baseline).transpose()?;
    let files = event_files(&args.events, args.stream.as_deref())?;
    let bar = event_bar(!args.quiet && terminal.shows_progress());
    let input = |stream: &str| known.as_ref().map_or_else(StreamInput::default, |known| known.input(stream));
    let streams = read_events(&files, &input, &mut |more| bar.inc(more))?;
    bar.finish_and_clear();
    let readers =
        known.as_ref().map(|known| Readers { checked: &known.checked, reads: &known.reads, input: &input });
    let summary = Summary::new(&streams, readers);
    let mut found: Vec<Drift> = Vec::new();
    if let (Some(known), true) = (&known, args.against.is_some()) {
        found.extend(drift::against_project(&streams, &known.checked, &known.reads, &input));
    }
    if let Some(baseline) = &baseline {
        found.extend(drift::against_baseline(&summary, baseline));
    }
    match args.format {
        Format::Table => {
            terminal.print(&table::page(&summary, known.is_some(), terminal))?;
            if args.against.is_some() || baseline.is_some() {
                terminal.print(&drift_page(&found, terminal))?;
            }
        }
        Format::Json => {
            let mut json = serde_json::json!(summary);
            if let (Some(object), true) = (json.as_object_mut(), args.against.is_some() || baseline.is_some())
            {
                object.insert("drift".into(), found.iter().map(drift_json).collect());
            }
            terminal.print(&format!("{json:#}\n"))?;
        }
    }
    Ok(findings_if(!found.is_empty()))
}

/// A project as far as statistics ask.
struct Known {
    project: Project,
    checked: Checked,
    reads: Vec<KeyRead>,
}

impl Known {
    /// The project of the arguments: named, compared with, or the folder that the events are taken from.
    fn load(args: &Stats) -> Result<Option<Self>, Stop> {
        let given = args.against.as_ref().or(args.project.as_ref());
        let own = match args.events.as_slice() {
            [path] if path.join("events").is_dir() && holds_queries(path) => Some(path),
            _ => None,
        };
        let Some(path) = given.or(own) else { return Ok(None) };
        let project = project::load_one(std::slice::from_ref(path), None)?;
        let checked = project.check();
        let reads = key_reads(&checked);
        Ok(Some(Self { project, checked, reads }))
    }

    fn input(&self, stream: &str) -> StreamInput {
        self.project.file.settings.streams.get(stream).cloned().unwrap_or_default()
    }
}

fn holds_queries(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| project::is_query_file(&path))
}

fn baseline(path: &Path) -> Result<Summary, Stop> {
    let text = project::read_text(path)?;
    Summary::from_json(&text).map_err(|error| {
        Stop::Misuse(format!(
            "{} holds no statistics ({error}): write them with `lql stats EVENTS --format json`",
            path.display()
        ))
    })
}

fn drift_page(found: &[Drift], terminal: &Terminal) -> String {
    if found.is_empty() {
        return "\nno differences\n".to_owned();
    }
    let lines: Vec<String> = found.iter().map(|drift| format!("  {drift}")).collect();
    format!("\n{}\n{}\n", terminal.bold(&plural(found.len(), "difference")), lines.join("\n"))
}

fn drift_json(drift: &Drift) -> serde_json::Value {
    let mut json = serde_json::json!(drift);
    if let Some(object) = json.as_object_mut() {
        object.insert("message".into(), drift.to_string().into());
    }
    json
}
