//! What several projects have found, written as one report.

use super::tally;
use crate::outcome::Stop;
use crate::terminal::Terminal;
use lql_compiler::report::{self, SourceView};
use lql_syntax::Diagnostic;

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// With the lines they are about, reasons and fixes
    #[default]
    Full,
    /// One a line
    Concise,
    /// A JSON array, with fixes as edits
    Json,
    /// The elements of that array, one a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Commands of a GitHub workflow, which become notes in the change
    Github,
    /// A code-quality report of GitLab
    Gitlab,
    /// JUnit XML, for build servers
    Junit,
}

/// The findings of all projects of a run, and the files they point into.
#[derive(Debug, Default)]
pub struct Findings<'a> {
    found: Vec<Diagnostic>,
    views: Vec<SourceView<'a>>,
}

impl<'a> Findings<'a> {
    /// Adds those of a project, which number its own files from 0.
    pub fn add(&mut self, found: Vec<Diagnostic>, views: Vec<SourceView<'a>>) {
        let first = self.views.len() as u32;
        self.found.extend(found.into_iter().map(|finding| finding.counted_from(first)));
        self.views.extend(views);
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        !self.found.is_empty()
    }

    /// `2 errors and 1 warning`, or nothing.
    pub fn tally(&self) -> Option<String> {
        tally(&self.found)
    }

    /// Writes all of them to standard output: one document in each format that is a document.
    pub fn write(&self, format: Format, terminal: &Terminal) -> Result<(), Stop> {
        let (found, views) = (&self.found, &self.views);
        terminal.print(&match format {
            Format::Full => report::human(found, views, terminal.colour),
            Format::Concise => report::concise(found, views),
            Format::Json => report::json(found, views) + "\n",
            Format::Jsonl => report::jsonl(found, views),
            Format::Sarif => report::sarif(found, views) + "\n",
            Format::Github => report::github(found, views),
            Format::Gitlab => report::gitlab(found, views) + "\n",
            Format::Junit => report::junit(found, views),
        })
    }
}
