//! `lql diff`: what a change of a project does to the same events.

use super::findings_if;
use crate::clock;
use crate::events::EventArgs;
use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use bumpalo::Bump;
use lql_authoring::EventFile;
use lql_authoring::diff::{Diff, Side, Version, version};
use lql_authoring::disk;
use lql_authoring::evidence::Evidence;
use lql_authoring::trial::Stage;
use lql_compiler::program::Package;
use lql_compiler::{Checked, Time, report};

/// Compare two versions of a project on the same events: profiles, fields, links, segments
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql diff HEAD examples/shop                what the changes since the last commit do
  lql diff main~3 main                       two revisions of the project in this folder
  lql diff shop-old shop-new --events web.ndjson crm.csv
  lql diff v1.2:shop/web.lql shop/web.lql --examples 10
  lql diff HEAD~1 examples/shop --format json

Each version is a project folder, a file of queries, REVISION:PATH, or a git revision alone,
which means the other version's path at that revision. The events are those of --events, else
those of the newer version, else of the older. Profiles are matched by the identity values that
they share. Exit code 1 if anything differs.")]
pub struct DiffArgs {
    /// The version before
    #[arg(value_name = "OLD")]
    old: String,
    /// The version after
    #[arg(value_name = "NEW", default_value = ".")]
    new: String,
    #[command(flatten)]
    source: EventArgs,
    /// How many examples of each change are shown
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// How to write
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How a difference is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Compares; exit code 1 if anything differs.
pub fn run(args: &DiffArgs, terminal: &Terminal) -> Result<Outcome, Stop> {
    if args.source.events.iter().any(|path| path.as_os_str() == "-") {
        return Err(Stop::Misuse(
            "both versions read the events, and standard input can be read once: save it to a file".into(),
        ));
    }
    let old = Compiled::new(version(&args.old, Some(&args.new), &disk)?, &args.old, args, terminal)?;
    let new = Compiled::new(version(&args.new, Some(&args.old), &disk)?, &args.new, args, terminal)?;
    let own = if new.version.project.events.is_empty() { &old.version } else { &new.version };
    let mut streams: Vec<&str> = Vec::new();
    for package in [&old.package, &new.package] {
        streams.extend(package.streams.iter().map(|program| program.stream.as_str()));
    }
    streams.sort_unstable();
    streams.dedup();
    let files = args.source.files(&streams, &own.project.events)?;
    // One time for both, where events have none.
    let present = clock::now();
    let (before, after) = (old.side(args, &files, present)?, new.side(args, &files, present)?);
    let diff = Diff::new(&before, &after, args.examples);
    match args.format {
        Format::Text => terminal.print(&diff.text(after.events()))?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&diff).unwrap_or_default();
            terminal.print(&format!("{json}\n"))?;
        }
    }
    Ok(findings_if(!diff.is_empty()))
}

/// A version that is ready to run.
struct Compiled {
    version: Version,
    checked: Checked,
    package: Package,
}

impl Compiled {
    fn new(version: Version, name: &str, args: &DiffArgs, terminal: &Terminal) -> Result<Self, Stop> {
        let checked = version.project.check();
        let Ok(mut package) = checked.package() else {
            let colour = terminal.colour_of_errors();
            terminal.complain(&report::human(&checked.diagnostics, &version.project.views(), colour));
            return Err(Stop::Misuse(format!("{name} has errors: there is nothing to compare")));
        };
        args.source.complete(&mut package);
        Ok(Self { version, checked, package })
    }

    /// What this version makes of the events.
    fn side(&self, args: &DiffArgs, files: &[EventFile], present: Time) -> Result<Side, Stop> {
        let recording = crate::events::record(&self.package, files)?;
        let now = args.source.now.or(self.package.now);
        let constants = Bump::new();
        let refused = |error: lql_runtime::LoadError| Stop::Misuse(error.to_string());
        let stage = Stage::new(&self.package, now.unwrap_or(present), &constants).map_err(refused)?;
        let trial = stage.run(&recording);
        let as_of = now.unwrap_or_else(|| trial.as_of(&self.package));
        let sources = &self.version.project.sources;
        let evidence = Evidence::new(&self.checked, sources, &stage, &recording, &trial, as_of);
        Side::new(&evidence).map_err(refused)
    }
}
