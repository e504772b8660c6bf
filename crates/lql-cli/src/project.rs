//! Projects as arguments name them: folders, files, and `-` for standard input.

use crate::outcome::Stop;
use crate::terminal::Terminal;
pub use lql_authoring::{EventFile, Project, dialect_of, is_query_file, stream_of};
use lql_authoring::{Refusal, disk};
use lql_compiler::program::Package;
use lql_compiler::report;
use lql_syntax::ast::Dialect;
use std::path::{Path, PathBuf};

/// The languages, as arguments name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DialectArg {
    /// Mappings: SELECT … INTO … BY …
    Lql,
    /// Audience filters: FILTER …
    Filterql,
}

impl From<DialectArg> for Dialect {
    fn from(arg: DialectArg) -> Self {
        match arg {
            DialectArg::Lql => Dialect::Lql,
            DialectArg::Filterql => Dialect::FilterQl,
        }
    }
}

/// The projects that paths name: each folder is one; all files together are another, which comes first.
pub fn load_all(paths: &[PathBuf], dialect: Option<DialectArg>) -> Result<Vec<Project>, Stop> {
    Ok(Project::load_all(paths, dialect.map(Into::into), &read)?)
}

/// The one project that paths name: a folder, or files.
pub fn load_one(paths: &[PathBuf], dialect: Option<DialectArg>) -> Result<Project, Stop> {
    Ok(Project::load_one(paths, dialect.map(Into::into), &read)?)
}

/// The program that paths name, compiled or to be compiled, and the project's own events. `None` after findings were shown.
pub fn compile(paths: &[PathBuf], terminal: &Terminal) -> Result<Option<(Package, Vec<EventFile>)>, Stop> {
    if let [path] = paths
        && path.extension().is_some_and(|ending| ending == "lqlc")
    {
        let package = Package::from_bytes(&read_bytes(path)?)
            .map_err(|error| Stop::Misuse(format!("{}: {error}", path.display())))?;
        return Ok(Some((package, Vec::new())));
    }
    let project = load_one(paths, None)?;
    let checked = project.check();
    if !checked.diagnostics.is_empty() {
        let findings = report::human(&checked.diagnostics, &project.views(), terminal.colour_of_errors());
        terminal.complain(&findings);
    }
    Ok(checked.package().ok().map(|package| (package, project.events)))
}

/// The text of a file, or of standard input for `-`.
pub fn read_text(path: &Path) -> Result<String, Stop> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|error| Refusal::not_utf8(path, error.utf8_error().valid_up_to()).into())
}

/// The bytes of a file, or of standard input for `-`.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    read(path).map_err(|error| Stop::unreadable(path, &error))
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    if path.as_os_str() != "-" {
        return disk(path);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}
