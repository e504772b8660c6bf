//! `lql build`: a project as one compiled file, or any stage on the way there.

use super::tally;
use crate::outcome::{Outcome, Stop};
use crate::output;
use crate::project::{self, Project};
use crate::terminal::Terminal;
use lql_compiler::program::Package;
use lql_compiler::{Checked, emit, report};
use lql_syntax::Diagnostic;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Compile a project to one file, or show a stage of the compilation
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql build examples/shop                      writes shop.lqlc
  lql build --output out/shop.lqlc
  lql build examples/shop --emit projection    the event keys that each stream needs
  lql build examples/shop --emit types         the kind of every expression
  lql build shop.lqlc --emit program           what a compiled file holds

The stages tokens, tree and types show each file as the compiler sees it; program and
projection show what is written. A compiled file carries a version and a checksum; foreign
and damaged files are refused with exit code 2.")]
pub struct Build {
    /// A project folder, files of queries and filters, or one compiled file (to show a stage of it)
    #[arg(default_value = ".", value_name = "PROJECT|FILES")]
    paths: Vec<PathBuf>,
    /// Where to write; by default, the project's name with `.lqlc`
    #[arg(long, short, value_name = "FILE", conflicts_with = "emit")]
    output: Option<PathBuf>,
    /// Print a stage instead of writing a file
    #[arg(long, value_enum, value_name = "STAGE")]
    emit: Option<Stage>,
}

/// A stage of the compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Stage {
    /// The tokens of each file
    Tokens,
    /// The tree of each file, as JSON
    Tree,
    /// The kind of every expression
    Types,
    /// The instructions of each stream and segment
    Program,
    /// The event keys that each stream needs
    Projection,
}

/// Compiles; exit code 1 if the project has errors.
pub fn run(args: &Build, terminal: &Terminal) -> Result<Outcome, Stop> {
    if let [path] = args.paths.as_slice()
        && path.extension().is_some_and(|ending| ending == "lqlc")
    {
        return show(path, args.emit, terminal);
    }
    let project = project::load_one(&args.paths, None)?;
    let checked = project.check();
    if !checked.diagnostics.is_empty() {
        complain(&project, &checked.diagnostics, terminal);
    }
    match args.emit {
        Some(stage @ (Stage::Tokens | Stage::Tree | Stage::Types)) => {
            terminal.print(&sources_at(stage, &project, &checked))?;
            return Ok(if checked.is_sound() { Outcome::Clean } else { Outcome::Findings });
        }
        Some(Stage::Program | Stage::Projection) | None => {}
    }
    let package = match checked.package() {
        Ok(package) => package,
        Err(findings) => {
            if checked.is_sound() {
                complain(&project, &findings, terminal);
            }
            return Ok(Outcome::Findings);
        }
    };
    if let Some(stage) = args.emit {
        terminal.print(&package_at(stage, &package))?;
        return Ok(Outcome::Clean);
    }
    let path = args.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.lqlc", project.name)));
    let bytes = package.to_bytes();
    output::write_all(&path, &bytes)?;
    terminal.say(&format!("wrote {} ({} bytes)", path.display(), bytes.len()));
    Ok(Outcome::Clean)
}

/// A stage of a compiled file.
fn show(path: &Path, stage: Option<Stage>, terminal: &Terminal) -> Result<Outcome, Stop> {
    let bytes = project::read_bytes(path)?;
    let package =
        Package::from_bytes(&bytes).map_err(|error| Stop::Misuse(format!("{}: {error}", path.display())))?;
    match stage {
        Some(stage @ (Stage::Program | Stage::Projection)) => {
            terminal.print(&package_at(stage, &package))?;
            Ok(Outcome::Clean)
        }
        Some(_) => Err(Stop::Misuse(format!("{} is compiled: it has no source to show", path.display()))),
        None => Err(Stop::Misuse(format!("{} is compiled already; --emit program shows it", path.display()))),
    }
}

fn sources_at(stage: Stage, project: &Project, checked: &Checked) -> String {
    if stage == Stage::Types {
        return emit::types(checked, &project.sources);
    }
    let mut out = String::new();
    for (file, source) in (0u32..).zip(&project.sources) {
        let Some(parsed) = checked.parsed(file) else { continue };
        let text = match stage {
            Stage::Tokens => emit::tokens(&source.text, parsed),
            _ => emit::tree(parsed),
        };
        if project.sources.len() > 1 {
            let _ = writeln!(out, "-- {}", source.name);
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn package_at(stage: Stage, package: &Package) -> String {
    let text = if stage == Stage::Projection { emit::projection(package) } else { emit::program(package) };
    format!("{}\n", text.trim_end())
}

/// Findings go to standard error here: standard output may hold a stage.
fn complain(project: &Project, findings: &[Diagnostic], terminal: &Terminal) {
    terminal.complain(&report::human(findings, &project.views(), terminal.colour));
    if let Some(tally) = tally(findings) {
        terminal.say(&tally);
    }
}
