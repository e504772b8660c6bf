//! `lql why`: where a value comes from, why there is none, why two people are one, why somebody is in a segment.

use super::plural;
use crate::clock;
use crate::events::{EventArgs, streams};
use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use bumpalo::Bump;
use lql_authoring::evidence::{Evidence, TableEvidence};
use lql_authoring::trial::Stage;
use lql_authoring::why::{self, About, Graph, ProfileName, Question};
use lql_compiler::report;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Say why: where a value comes from, why there is none, who is one person, who is in a segment
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql why examples/shop                          the profiles
  lql why examples/shop C1020                    a profile: its links, and each field in short
  lql why examples/shop C1020.spend_total        a field: the events that make it, and what lost
  lql why examples/shop dmiller@comcast.com.phone
  lql why examples/shop C1020.event_counts.cart  an entry of a map
  lql why examples/shop C1020 in big_spenders    a segment: each test, and when time changes it
  lql why examples/shop C1020 --graph svg > C1020.svg

A profile is its id, the first four or more digits of it, or an identity value such as
ann@example.com; email=ann@example.com says which field is meant. If several profiles fit,
they are listed. Links are told by the first event that showed them.")]
pub struct Why {
    /// A project folder, or a file of queries
    #[arg(value_name = "PROJECT")]
    project: PathBuf,
    /// PROFILE, PROFILE.FIELD, PROFILE.FIELD.ENTRY or PROFILE in SEGMENT; without it, the profiles are listed
    #[arg(value_name = "QUESTION")]
    question: Vec<String>,
    /// Why the profile is in this segment or not
    #[arg(long, value_name = "SLUG", requires = "question")]
    segment: Option<String>,
    #[command(flatten)]
    source: EventArgs,
    /// Show all contributions and profiles, not only some
    #[arg(long)]
    all: bool,
    /// How to answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Draw the identity values of the profile and their links instead
    #[arg(long, value_enum, value_name = "AS", requires = "question", conflicts_with_all = ["segment", "format", "all"])]
    graph: Option<Picture>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Picture {
    /// A text for Graphviz
    Dot,
    /// A picture for browsers
    Svg,
}

/// Profiles that are listed without `--all`.
const LISTED: usize = 20;

/// Answers; exit code 1 if the project has errors.
pub fn run(args: &Why, terminal: &Terminal) -> Result<Outcome, Stop> {
    let project = project::load_one(std::slice::from_ref(&args.project), None)?;
    let checked = project.check();
    let Ok(mut package) = checked.package() else {
        let colour = terminal.colour_of_errors();
        terminal.complain(&report::human(&checked.diagnostics, &project.views(), colour));
        return Ok(Outcome::Findings);
    };
    args.source.complete(&mut package);
    let files = args.source.files(&streams(&package), &project.events)?;
    let recording = crate::events::record(&package, &files)?;
    if let Some((file, first)) = recording.damaged.first() {
        let count = plural(recording.damaged.len(), "record");
        terminal
            .say(&format!("{count} cannot be read, the first is {file}:{}: {}", first.line, first.reason));
    }
    let now = args.source.now.or(package.now);
    let constants = Bump::new();
    let stage = Stage::new(&package, now.unwrap_or_else(clock::now), &constants)
        .map_err(|error| Stop::Misuse(error.to_string()))?;
    let trial = stage.run(&recording);
    let as_of = now.unwrap_or_else(|| trial.as_of(&package));
    let evidence = Evidence::new(&checked, &project.sources, &stage, &recording, &trial, as_of);
    terminal.print(&answer(args, &evidence)?)?;
    Ok(Outcome::Clean)
}

fn answer(args: &Why, evidence: &Evidence<'_>) -> Result<String, Stop> {
    if args.question.is_empty() {
        return Ok(list(args, evidence));
    }
    let Question { table, profile, mut about } = why::question(evidence, &args.question.join(" "))?;
    let Some(table) = evidence.tables.get(table) else { return Ok(String::new()) };
    if let Some(slug) = &args.segment {
        if about != About::Profile {
            return Err(Stop::Misuse("--segment goes with a profile alone, not with a field of it".into()));
        }
        about = About::Segment(why::segment_named(evidence, slug)?);
    }
    Ok(match (args.graph, about) {
        (Some(picture), _) => {
            let identity = why::identity(evidence, table, profile);
            let graph = Graph::new(&identity);
            match picture {
                Picture::Dot => graph.dot(),
                Picture::Svg => graph.svg(),
            }
        }
        (None, About::Profile) => {
            let told = why::profile(evidence, table, profile);
            written(args.format, &told, why::ProfileWhy::text)
        }
        (None, About::Field(id, entry)) => match why::field(evidence, table, profile, id, entry.as_deref()) {
            Some(told) => written(args.format, &told, |told| told.text(args.all)),
            None => String::new(),
        },
        (None, About::Segment(slug)) => {
            let told = why::segment(evidence, table, profile, &slug)?;
            written(args.format, &told, why::SegmentWhy::text)
        }
    })
}

fn written<T: Serialize>(format: Format, told: &T, text: impl FnOnce(&T) -> String) -> String {
    match format {
        Format::Text => text(told),
        Format::Json => json(told),
    }
}

fn json(told: &impl Serialize) -> String {
    serde_json::to_string_pretty(told).map(|json| json + "\n").unwrap_or_default()
}

/// The profiles of all tables.
fn list(args: &Why, evidence: &Evidence<'_>) -> String {
    let names = |table: &TableEvidence| -> Vec<ProfileName> {
        (0..table.profiles.len()).map(|profile| ProfileName::of(evidence, table, profile)).collect()
    };
    let all: Vec<ProfileName> = evidence.tables.iter().flat_map(names).collect();
    if args.format == Format::Json {
        return json(&all);
    }
    let mut out = String::new();
    let shown = if args.all { all.len() } else { LISTED };
    for name in all.iter().take(shown) {
        let values: Vec<String> =
            name.identities.iter().map(|it| format!("{}={}", it.field, it.value)).collect();
        let _ = writeln!(out, "{}  {}  {}", name.id, name.table, values.join("  "));
    }
    if all.len() > shown {
        let _ = writeln!(out, "and {}: --all shows them", plural(all.len() - shown, "more profile"));
    }
    out
}
