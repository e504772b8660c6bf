//! The events of a verb, as its arguments name them.

use crate::clock;
use crate::outcome::Stop;
use crate::project::{EventFile, stream_of};
use lql_authoring::trial::Recording;
use lql_compiler::Time;
use lql_compiler::program::Package;
use lql_compiler::suggest::nearest;
use std::path::{Path, PathBuf};

/// The streams that a project reads.
pub fn streams(package: &Package) -> Vec<&str> {
    package.streams.iter().map(|program| program.stream.as_str()).collect()
}

/// Which events, and how they say when they happened.
#[derive(clap::Args)]
pub struct EventArgs {
    /// Files of events, in place of the project's own; `-` for standard input
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub events: Vec<PathBuf>,
    /// The stream that the files of --events hold; by default, each file's name up to its first dot
    #[arg(long, value_name = "NAME", requires = "events")]
    pub stream: Option<String>,
    /// Event key that holds the event time, for streams that lql.toml says nothing about
    #[arg(long, value_name = "F")]
    pub timestamp_field: Option<String>,
    /// Event key that holds the message id, for streams that lql.toml says nothing about
    #[arg(long, value_name = "F")]
    pub id_field: Option<String>,
    /// The clock of filters and retention, and the time of events without one; by default, the time of the newest event
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    pub now: Option<Time>,
}

impl EventArgs {
    /// What the project says of its streams holds; the arguments fill the gaps.
    pub fn complete(&self, package: &mut Package) {
        for input in package.streams.iter_mut().map(|program| &mut program.input) {
            input.timestamp = input.timestamp.take().or_else(|| self.timestamp_field.clone());
            input.id = input.id.take().or_else(|| self.id_field.clone());
        }
    }

    /// The files to read, each with one of these streams; `own` are those of the project.
    pub fn files(&self, streams: &[&str], own: &[EventFile]) -> Result<Vec<EventFile>, Stop> {
        let files: Vec<EventFile> = if self.events.is_empty() {
            own.to_vec()
        } else {
            let stream = |path: &Path| self.stream.clone().unwrap_or_else(|| stream_of(path));
            self.events.iter().map(|path| EventFile { stream: stream(path), path: path.clone() }).collect()
        };
        if let Some(folder) = files.iter().find(|file| file.path.is_dir()) {
            return Err(Stop::Misuse(format!(
                "{} is a folder: --events takes files, as in --events {}/*",
                folder.path.display(),
                folder.path.display()
            )));
        }
        if files.is_empty() {
            return Err(Stop::Misuse(
                "there are no events: the project has no events/ folder; name files with --events".into(),
            ));
        }
        files.into_iter().map(|file| self.file(file, streams)).collect()
    }

    fn file(&self, file: EventFile, streams: &[&str]) -> Result<EventFile, Stop> {
        if streams.contains(&file.stream.as_str()) {
            return Ok(file);
        }
        // A lone stream takes any file that says nothing else.
        if let ([lone], None, false) = (streams, &self.stream, self.events.is_empty()) {
            return Ok(EventFile { stream: (*lone).to_owned(), ..file });
        }
        let near = nearest(&file.stream, streams.iter().copied());
        let hint = match near.as_slice() {
            [one, ..] => format!("did you mean `{one}`?"),
            [] => format!("the streams are {}", streams.join(", ")),
        };
        Err(Stop::Misuse(format!(
            "no query reads stream `{}` ({}): {hint}; --stream names the stream of --events",
            file.stream,
            file.path.display()
        )))
    }
}

/// The events of files, kept in memory.
pub fn record(package: &Package, files: &[EventFile]) -> Result<Recording, Stop> {
    let mut recording = Recording::default();
    for file in files {
        let program = package.streams.iter().find(|program| program.stream == file.stream);
        let shown = file.path.strip_prefix(".").unwrap_or(&file.path).display().to_string();
        recording.read_file(file, &shown, program.and_then(|program| program.input.delimiter))?;
    }
    Ok(recording)
}
