//! `lql run`: events to profiles.

mod changes;
mod ingest;
mod order;
mod rejects;
mod spill;
mod summary;
mod write;

use crate::clock;
use crate::events::{EventArgs, streams};
use crate::outcome::{Outcome, Stop};
use crate::output::Output;
use crate::project::{self, EventFile};
use crate::size;
use crate::terminal::Terminal;
use bumpalo::Bump;
use ingest::{Input, Job};
use lql_compiler::program::Package;
use lql_runtime::{Mapper, StreamSettings};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Run a project: map its events, merge them, and write the profiles
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql run examples/shop                                     the project and its own events
  lql run examples/shop --segments --format table
  lql run examples/shop --emit changes                      what each event says, before merging
  lql run web.lql --stream web --events today.ndjson -      other events; `-` is standard input
  lql run web.lql --events web.csv.gz --timestamp-field at --id-field event_id

Profiles are sorted by id and their keys by name: two runs over the same events are byte for
byte the same. Rejected events go to a file beside the output. Exit code 1 if any event was
rejected.")]
pub struct Run {
    /// A project folder, or files of queries and filters
    #[arg(required = true, value_name = "PROJECT|FILES")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub source: EventArgs,
    /// How many threads decode and map; by default, one a core
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Keep what is learnt from events to this much memory, such as 512M or 2G; the rest goes to disk
    ///
    /// The output is the same. Identity values and links never go to disk, 100 bytes each, at the end 300: a smaller SIZE
    /// cannot be kept to, and the summary says so. On top come 100 to 200 MiB for events on their way and for joining.
    /// TMPDIR names the folder of the temporary files.
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    pub memory: Option<usize>,
    /// What to write
    #[arg(long, value_enum, default_value_t)]
    pub emit: Emit,
    /// With --emit changes: the query, place and expression that each value comes from
    #[arg(long)]
    pub provenance: bool,
    /// Where to write; by default, standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// How to write
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Add to each profile the segments it is in
    #[arg(long)]
    pub segments: bool,
    /// No summary and no progress on standard error
    #[arg(long, short)]
    pub quiet: bool,
}

/// What a run writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Emit {
    /// Merged profiles
    #[default]
    Profiles,
    /// What each event maps to, before merging
    Changes,
}

/// How a run writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON object a line
    #[default]
    Ndjson,
    /// A JSON array
    Json,
    /// A header, then a row a profile
    Csv,
    /// A table for the terminal
    Table,
}

/// Runs the project; exit code 1 if any event was rejected.
pub fn run(args: &Run, terminal: &Terminal) -> Result<Outcome, Stop> {
    let started = Instant::now();
    if args.provenance && args.emit != Emit::Changes {
        return Err(Stop::Misuse(
            "--provenance says where changes come from: it goes with --emit changes".into(),
        ));
    }
    let Some((package, events)) = project::compile(&args.paths, terminal)? else {
        return Ok(Outcome::Findings);
    };
    let mut plan = Plan { package, events };
    args.source.complete(&mut plan.package);
    let now = args.source.now.or(plan.package.now);
    let constants = Bump::new();
    let mut mappers = Vec::new();
    for program in &plan.package.streams {
        let (timestamp, id) = (program.input.timestamp.clone(), program.input.id.clone());
        let settings = StreamSettings { timestamp, id };
        let default_time = now.unwrap_or_else(clock::now);
        let mapper = Mapper::new(program, &plan.package.schema, settings, default_time, &constants)
            .map_err(|error| Stop::Misuse(error.to_string()))?;
        // Changes are printed without the ids of their events.
        mappers.push(if args.emit == Emit::Changes { mapper.without_ids() } else { mapper });
    }
    let inputs = args.source.files(&streams(&plan.package), &plan.events)?;
    let inputs: Vec<Input> = inputs.into_iter().filter_map(|file| plan.input(file)).collect();
    let rejects = rejects::Rejects::beside(args.output.as_deref());
    let read: Vec<&Path> = inputs.iter().map(|input| input.path.as_path()).collect();
    for written in args.output.iter().map(PathBuf::as_path).chain([rejects.path()]) {
        keep_apart(written, &read, &args.paths)?;
    }
    let threads =
        args.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let mut output = Output::open(args.output.as_deref())?;
    let changes = match args.emit {
        Emit::Profiles => None,
        Emit::Changes => {
            let files = &plan.package.files;
            Some(changes::Changes::new(args.format, args.provenance, &mappers, files, &mut output)?)
        }
    };
    let job = Job {
        schema: &plan.package.schema,
        mappers: &mappers,
        inputs,
        threads: threads.get(),
        changes,
        rejects,
        memory: args.memory,
        progress: !args.quiet && terminal.shows_progress(),
    };
    let mut done = ingest::run(job, &mut output)?;
    let as_of = now.or(done.newest).unwrap_or_default();
    let mut profiles = Vec::new();
    if args.emit == Emit::Profiles {
        let segments = args.segments.then_some(plan.package.segments.as_slice());
        let content = write::Content { as_of, segments };
        let spilled = done.spilled.take();
        profiles = write::profiles(&done.state, spilled, content, args.format, threads.get(), &mut output)?;
    }
    output.finish()?;
    let rejected = done.counts.rejected > 0;
    if !args.quiet {
        let took = started.elapsed();
        terminal.complain(&summary::text(&done, &mappers, &profiles, now.is_none().then_some(as_of), took));
    }
    // The process ends here: freeing millions of values one by one would only take time.
    std::mem::forget(done);
    Ok(if rejected { Outcome::Findings } else { Outcome::Clean })
}

/// Refuses to write over what is read.
fn keep_apart(written: &Path, events: &[&Path], project: &[PathBuf]) -> Result<(), Stop> {
    let Ok(target) = written.canonicalize() else { return Ok(()) };
    let is_target = |path: &Path| path.canonicalize().is_ok_and(|path| path == target);
    // Of a project folder, its queries and settings; its events are among the events.
    let in_project = |path: &PathBuf| {
        let is_source =
            target.extension().is_some_and(|ending| ending == "lql" || ending == "fql" || ending == "toml");
        is_target(path) || (is_source && path.canonicalize().is_ok_and(|folder| target.starts_with(folder)))
    };
    if events.iter().any(|path| is_target(path)) || project.iter().any(in_project) {
        return Err(Stop::Misuse(format!(
            "{} would be written over while it is read: name another file with --output",
            written.display()
        )));
    }
    Ok(())
}

/// What is run, and on what.
struct Plan {
    package: Package,
    events: Vec<EventFile>,
}

impl Plan {
    /// A file with the mapper of its stream.
    fn input(&self, file: EventFile) -> Option<Input> {
        let mapper = self.package.streams.iter().position(|program| program.stream == file.stream)?;
        let delimiter = self.package.streams.get(mapper)?.input.delimiter;
        Some(Input { path: file.path, mapper, delimiter })
    }
}
