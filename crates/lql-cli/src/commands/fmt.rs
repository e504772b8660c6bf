//! `lql fmt`: one layout for all texts.

use super::{findings_if, plural, unified};
use crate::outcome::{Outcome, Stop};
use crate::project::{self, DialectArg};
use crate::terminal::Terminal;
use lql_compiler::report::{self, SourceView};
use lql_syntax::Diagnostic;
use lql_syntax::ast::Dialect;
use std::path::{Path, PathBuf};

/// Format queries and filters in place; comments stay, broken statements are left as they are
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql fmt                            the files of the project in this folder
  lql fmt examples/shop web.lql      folders and files
  lql fmt --check                    change nothing; exit code 1 if a file is not formatted
  lql fmt --diff                     change nothing; show what would change
  lql fmt - --dialect lql < web.lql  standard input to standard output, for editors

Statements with errors are left as they are and reported; the exit code is 1 then.")]
pub struct Fmt {
    /// Folders, files, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Change nothing; exit code 1 if a file is not formatted
    #[arg(long)]
    check: bool,
    /// Change nothing; print what would change as a unified diff
    #[arg(long)]
    diff: bool,
    /// Language of the files; by default `*.fql` and `segments/*` are filters, and other files show it themselves
    #[arg(long)]
    dialect: Option<DialectArg>,
    /// Longest line that is not broken
    #[arg(long, value_name = "N", default_value_t = 100)]
    width: usize,
}

/// Formats; exit code 1 if a file has errors, or with --check and --diff if one is not formatted.
pub fn run(args: &Fmt, terminal: &Terminal) -> Result<Outcome, Stop> {
    let only_looks = args.check || args.diff;
    let mut files = 0;
    let mut changed = 0;
    let mut broken = 0;
    for path in files_of(&args.paths)? {
        let text = project::read_text(&path)?;
        let dialect = project::dialect_of(&path, &text, args.dialect.map(Into::into));
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let formatted = lql_syntax::format(&text, dialect, args.width).text;
        files += 1;
        broken += usize::from(report_errors(&name, &text, dialect, terminal));
        let is_changed = formatted != text;
        changed += usize::from(is_changed);
        if args.diff && is_changed {
            terminal.print(&unified(&name, &text, &formatted, "formatted", terminal.colour))?;
        } else if is_stdin && !only_looks {
            terminal.print(&formatted)?;
        } else if is_changed && only_looks {
            terminal.print(&format!("would format {name}\n"))?;
        } else if is_changed {
            // Into the file itself: it keeps its owner, its permissions and the links to it.
            std::fs::write(&path, &formatted).map_err(|error| Stop::unwritable(&path, &error))?;
            terminal.print(&format!("formatted {name}\n"))?;
        }
    }
    if !args.paths.iter().any(|path| path.as_os_str() == "-") {
        let verb = if only_looks { "not formatted" } else { "formatted" };
        let errors = if broken > 0 { format!(", {broken} with errors") } else { String::new() };
        terminal.say(&format!("{changed} of {} {verb}{errors}", plural(files, "file")));
    }
    Ok(findings_if(broken > 0 || only_looks && changed > 0))
}

/// Files as given, and the query files of folders and their `segments/`, sorted.
fn files_of(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let folders = [path.clone(), path.join("segments")];
        let mut found = Vec::new();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            let entries = std::fs::read_dir(folder).map_err(|error| Stop::unreadable(folder, &error))?;
            found.extend(
                entries.flatten().map(|entry| entry.path()).filter(|path| project::is_query_file(path)),
            );
        }
        if found.is_empty() {
            return Err(Stop::Misuse(format!("{} holds no *.lql and no *.fql files", path.display())));
        }
        found.sort();
        files.extend(
            found.iter().map(|path| path.strip_prefix(".").map_or_else(|_| path.clone(), Path::to_path_buf)),
        );
    }
    Ok(files)
}

/// Shows what the parser could not read. Returns whether there is anything.
fn report_errors(name: &str, text: &str, dialect: Dialect, terminal: &Terminal) -> bool {
    let mut errors = lql_syntax::parse(text, dialect).diagnostics;
    errors.retain(Diagnostic::is_error);
    if !errors.is_empty() {
        terminal.complain(&report::human(&errors, &[SourceView::new(name, text)], terminal.colour));
    }
    !errors.is_empty()
}
