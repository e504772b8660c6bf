//! `lql test`: events, and what must come of them.

use super::{findings_if, plural};
use crate::clock;
use crate::outcome::{Outcome, Stop};
use crate::output::write_all;
use crate::terminal::Terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lql_authoring::disk;
use lql_authoring::testing::{self, Coverage, Found, MutationOptions, Options, Report};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Test a project: events, and what must come of them
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql test                                  every *.test.toml below this folder
  lql test examples/shop                    a project
  lql test --filter kiosk examples/shop     the cases whose name or file contains a word
  lql test --update                         what was found becomes what is expected
  lql test --new events/web.ndjson          a case from events, with all that comes of them
  lql test --coverage examples/shop         what of its queries no test has shown
  lql test --mutate examples/shop           which changes of its queries no test would notice

A case names events and what must come of them: profiles, segments, rejected events. It runs
again with its events in other orders, in parts, and delivered twice, and fails if anything
differs. docs/testing.md describes the files. Exit code 1 if a case fails, or if there is none.")]
pub struct Test {
    /// Folders, which stand for every test below them, and *.test.toml files
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only cases whose name or file contains this
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// How the outcome is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Writes what was found in the place of what was expected; comments and match modes stay
    #[arg(long, conflicts_with_all = ["mutate", "new"])]
    update: bool,
    /// Records a case from files of events, with everything that comes of them; look at it before you keep it
    #[arg(long, value_name = "EVENTS", num_args = 1.., conflicts_with_all = ["mutate", "coverage", "filter"])]
    new: Vec<PathBuf>,
    /// Lists what of the queries and segments no case has shown
    #[arg(long)]
    coverage: bool,
    /// Fails if the cases show less than this
    #[arg(long, value_name = "PERCENT", requires = "coverage")]
    coverage_min: Option<f64>,
    /// Changes the queries in small ways, and lists the changes that no case notices
    #[arg(long, conflicts_with_all = ["coverage"])]
    mutate: bool,
    /// Fails if fewer of the changes are noticed
    #[arg(long, value_name = "PERCENT", requires = "mutate")]
    mutate_min: Option<f64>,
    /// Begins no change after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "mutate", default_value_t = 600)]
    mutate_time: u64,
    /// Tries only so many of the changes, the same in every run
    #[arg(long, value_name = "N", requires = "mutate")]
    mutate_sample: Option<usize>,
    /// How many threads; by default, one a core
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// How the outcome is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// What failed, and why
    #[default]
    Text,
    /// A JSON object
    Json,
    /// JUnit XML
    Junit,
    /// Annotations of GitHub
    Github,
}

/// Runs tests; exit code 1 if a case fails or none is found.
pub fn run(args: &Test, terminal: &Terminal) -> Result<Outcome, Stop> {
    if !args.new.is_empty() {
        return record(args, terminal);
    }
    let mut found = testing::find(&args.paths, &disk)?;
    let options = Options { filter: args.filter.clone(), threads: args.threads, ..Options::default() };
    let mut report = run_cases(&found, &options, terminal);
    if args.update && update(&report, terminal)? {
        found = testing::find(&args.paths, &disk)?;
        report = run_cases(&found, &options, terminal);
    }
    if report.cases.is_empty() && report.findings.is_empty() {
        terminal.error(&nothing_found(args, &report));
        return Ok(Outcome::Findings);
    }
    if args.mutate {
        return mutate(args, &found, &options, &report, terminal);
    }
    let coverage = args.coverage.then(|| testing::coverage(&found, &disk, &options));
    print(args, &report, coverage.as_ref(), terminal)?;
    terminal.say(&report.summary());
    let too_little = coverage.as_ref().zip(args.coverage_min).filter(|(it, least)| it.percent() < *least);
    if let Some((coverage, least)) = too_little {
        terminal.error(&format!("the cases show {:.1} %, less than {least} %", coverage.percent()));
    }
    Ok(findings_if(!report.is_clean() || too_little.is_some()))
}

/// Writes new expectations; whether there were any.
fn update(report: &Report, terminal: &Terminal) -> Result<bool, Stop> {
    let files = testing::update(report);
    for file in &files {
        let name = report.file_name(file.file);
        write_all(Path::new(name), file.text.as_bytes())?;
        terminal.say(&format!("{name}: {}", plural(file.changed, "new expectation")));
    }
    Ok(!files.is_empty())
}

/// Records a case.
fn record(args: &Test, terminal: &Terminal) -> Result<Outcome, Stop> {
    let [folder] = args.paths.as_slice() else {
        return Err(Stop::Misuse("--new records a case of one project: name one folder".into()));
    };
    let recorded = testing::record(folder, &args.new, &disk, clock::now())?;
    if let Some(folder) = recorded.path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Stop::unwritable(folder, &error))?;
    }
    write_all(&recorded.path, recorded.text.as_bytes())?;
    terminal.say(&format!("{}: recorded \"{}\"", recorded.path.display(), recorded.case));
    Ok(Outcome::Clean)
}

/// Tries mutants; exit code 1 if fewer are noticed than is asked for.
fn mutate(
    args: &Test,
    found: &Found,
    options: &Options,
    report: &Report,
    terminal: &Terminal,
) -> Result<Outcome, Stop> {
    if !report.is_clean() {
        print(args, report, None, terminal)?;
        terminal.say(&report.summary());
        terminal.error("what changes would be noticed shows only when all cases pass");
        return Ok(Outcome::Findings);
    }
    let how =
        MutationOptions { time: Some(Duration::from_secs(args.mutate_time)), sample: args.mutate_sample };
    let bar = progress(0, "changes", terminal);
    let mutation = testing::mutate(found, &disk, options, &how, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    match args.format {
        Format::Json => terminal.print(&format!("{:#}\n", mutation.json()))?,
        Format::Text | Format::Junit | Format::Github => terminal.print(&mutation.text())?,
    }
    let too_few = args.mutate_min.filter(|least| mutation.kill_rate() < *least);
    if let Some(least) = too_few {
        terminal.error(&format!(
            "the cases notice {:.1} % of the changes, less than {least} %",
            mutation.kill_rate()
        ));
    }
    Ok(findings_if(too_few.is_some()))
}

fn run_cases(found: &Found, options: &Options, terminal: &Terminal) -> Report {
    let cases: usize = found.files.iter().map(|file| file.cases.len()).sum();
    let bar = progress(cases as u64, "cases", terminal);
    let report = testing::run(found, &disk, options, &|_| bar.inc(1));
    bar.finish_and_clear();
    report
}

fn print(args: &Test, report: &Report, coverage: Option<&Coverage>, terminal: &Terminal) -> Result<(), Stop> {
    match args.format {
        Format::Text => {
            terminal.print(&report.text(terminal.colour))?;
            if let Some(coverage) = coverage {
                terminal.print(&coverage.text())?;
            }
            Ok(())
        }
        Format::Json => {
            let mut json = report.json();
            if let (Some(coverage), Some(members)) = (coverage, json.as_object_mut()) {
                members.insert("coverage".into(), coverage.json());
            }
            terminal.print(&format!("{json:#}\n"))
        }
        Format::Junit => terminal.print(&report.junit()),
        Format::Github => terminal.print(&report.github()),
    }
}

/// Where was looked, and what would be found.
fn nothing_found(args: &Test, report: &Report) -> String {
    let places: Vec<String> = args.paths.iter().map(|path| path.display().to_string()).collect();
    let places = places.join(", ");
    match &args.filter {
        Some(filter) if report.left_out > 0 => {
            format!("no test found: none of {} cases in {places} contains `{filter}`", report.left_out)
        }
        _ => format!("no test found: looked for files named *{} in {places}", testing::ENDING),
    }
}

/// A bar on standard error, if somebody watches.
fn progress(length: u64, what: &str, terminal: &Terminal) -> ProgressBar {
    if !terminal.shows_progress() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template(&format!("{{wide_bar}} {{pos}} of {{len}} {what}"));
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
