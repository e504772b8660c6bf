//! `lql check`: everything that is wrong with projects and files.

use super::{findings_if, plural, tally};
use crate::outcome::{Outcome, Stop};
use crate::project::{self, DialectArg};
use crate::terminal::Terminal;
use lql_compiler::report;
use std::path::PathBuf;

/// Check queries and filters: names, arguments, kinds, merge operators, and all files together
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql check                          the project in this folder
  lql check examples/shop            a project folder
  lql check web.lql crm.lql          files, checked together as one project
  lql check - --dialect filterql < segment.fql
  lql check --format concise         one finding a line: FILE:LINE:COLUMN: error[CODE]: TITLE
  lql check --format json            for machines; includes fixes as edits

Findings go to standard output, the closing line to standard error. `lql explain CODE` says
more about a finding. Exit code 1 if there is any.")]
pub struct Check {
    /// Folders, each a project; files, together one project; `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Language of the files; by default `*.fql` and `segments/*` are filters, and other files show it themselves
    #[arg(long)]
    dialect: Option<DialectArg>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the lines they are about, reasons and fixes
    #[default]
    Full,
    /// One a line
    Concise,
    /// A JSON array
    Json,
}

/// Checks; exit code 1 if there is any finding.
pub fn run(args: &Check, terminal: &Terminal) -> Result<Outcome, Stop> {
    let projects = project::load_all(&args.paths, args.dialect)?;
    let mut all = Vec::new();
    let mut files = 0;
    let mut json: Vec<serde_json::Value> = Vec::new();
    for project in &projects {
        let found = project.check().diagnostics;
        let views = project.views();
        files += project.sources.len();
        match args.format {
            Format::Full if !found.is_empty() => {
                let gap = if all.is_empty() { "" } else { "\n" };
                terminal.print(&format!("{gap}{}", report::human(&found, &views, terminal.colour)))?;
            }
            Format::Full => {}
            Format::Concise => terminal.print(&report::concise(&found, &views))?,
            Format::Json => {
                let found: Vec<serde_json::Value> =
                    serde_json::from_str(&report::json(&found, &views)).unwrap_or_default();
                json.extend(found);
            }
        }
        all.extend(found);
    }
    if args.format == Format::Json {
        terminal.print(&format!("{:#}\n", serde_json::Value::Array(json)))?;
    }
    let files = plural(files, "file");
    terminal.say(&match tally(&all) {
        Some(tally) => format!("{tally} in {files}"),
        None => format!("no findings in {files}"),
    });
    Ok(findings_if(!all.is_empty()))
}
