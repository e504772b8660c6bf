//! `lql check`: everything that is wrong with projects and files.

use super::findings::{Findings, Format};
use super::{findings_if, plural};
use crate::outcome::{Outcome, Stop};
use crate::project::{self, DialectArg};
use crate::terminal::Terminal;
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
  lql check --format json            for programs; includes fixes as edits
  lql check --format sarif > lql.sarif
  lql check --format github          in a workflow: notes in the change under review

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

/// Checks; exit code 1 if there is any finding.
pub fn run(args: &Check, terminal: &Terminal) -> Result<Outcome, Stop> {
    let projects = project::load_all(&args.paths, args.dialect)?;
    let mut findings = Findings::default();
    for project in &projects {
        findings.add(project.check().diagnostics, project.views());
    }
    findings.write(args.format, terminal)?;
    let files = plural(projects.iter().map(|project| project.sources.len()).sum(), "file");
    terminal.say(&match findings.tally() {
        Some(tally) => format!("{tally} in {files}"),
        None => format!("no findings in {files}"),
    });
    Ok(findings_if(findings.any()))
}
