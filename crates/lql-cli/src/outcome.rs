//! How a run ends: the exit codes, and what stops a verb early.

use lql_authoring::{Refusal, plain};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// The exit code of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 0: nothing to complain about.
    Clean,
    /// 1: errors or warnings in queries, texts that are not formatted, rejected events.
    Findings,
    /// 2: arguments, files or names that do not exist.
    Misuse,
    /// 130: somebody pressed Ctrl-C.
    Interrupted,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => ExitCode::SUCCESS,
            Outcome::Findings => ExitCode::from(1),
            Outcome::Misuse => ExitCode::from(2),
            Outcome::Interrupted => ExitCode::from(130),
        }
    }
}

/// Why a verb cannot go on.
#[derive(Debug)]
pub enum Stop {
    /// The user asked for something impossible; the sentence says what and what would be possible.
    Misuse(String),
    /// Standard output was closed, as in `lql doc | head`. Nobody reads on, so there is nothing to say.
    ReaderGone,
}

impl Stop {
    /// A file that cannot be read.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Refusal::unreadable(path, error).into()
    }

    /// A file that cannot be written.
    pub fn unwritable(path: &Path, error: &std::io::Error) -> Self {
        Refusal::unwritable(path, error).into()
    }
}

/// Errors of `?` come from writing to standard output; files name their path (see [`Stop::unreadable`]).
impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Stop::ReaderGone,
            _ => Stop::Misuse(format!("cannot write to standard output: {}", plain(&error))),
        }
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Misuse(refusal.0)
    }
}

/// Turns a panic into a request for a report. The process then ends with 101, the code of an unwound `main`.
pub fn report_bugs() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let words = panic.payload();
        let words = words
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| words.downcast_ref::<String>().map(String::as_str));
        // Standard error may be closed; a panic in here would abort.
        let _ = writeln!(
            std::io::stderr(),
            "lql {} has a bug: it stopped{place} ({}) on {} {}.\n\
             Please report this line together with the command and, if you can, the files that led to it.",
            env!("CARGO_PKG_VERSION"),
            words.unwrap_or("no message"),
            std::env::consts::OS,
            std::env::consts::ARCH,
        );
    }));
}
