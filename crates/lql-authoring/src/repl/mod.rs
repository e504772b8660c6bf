//! A conversation about events: each line is an expression on the current event, or a command.
//!
//! ```
//! use lql_authoring::repl::Session;
//! use lql_compiler::Time;
//!
//! # let file = tempfile::Builder::new().suffix(".ndjson").tempfile().unwrap();
//! # std::fs::write(file.path(), r#"{"mail":"Ana@Example.org"}"#).unwrap();
//! let mut session = Session::new(None, Time::default());
//! session.answer(&format!(".load {}", file.path().display()));
//! assert_eq!(session.answer("email(mail)").text, "\"ana@example.org\" : string\n");
//! ```

mod bench;
mod command;
mod probe;

pub use bench::{Bench, kinds_of, nothing};
pub use command::{COMMANDS, Command};

use crate::trial::{Event, Recording};
use crate::{EventFile, Project, delimiter_of, event_files, shown};
use lql_compiler::program::{Package, StreamInput};
use lql_compiler::{Checked, KINDS, Time, catalog, emit};
use lql_syntax::ast::Dialect;
use lql_syntax::{Diagnostic, TokenKind, lex};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What a line is answered with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The answer, whole lines.
    pub text: String,
    /// What is wrong with the expression, with places in the text that was answered.
    pub findings: Vec<Diagnostic>,
    /// The expression.
    pub of: String,
    /// A page of the catalog is asked for.
    pub page: Option<String>,
    /// The conversation is over.
    pub ends: bool,
}

impl Answer {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether something was wrong with the line.
    pub fn is_wrong(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

/// A conversation.
#[derive(Debug)]
pub struct Session {
    project: Option<(Project, Checked)>,
    recording: Recording,
    at: usize,
    dialect: Dialect,
    clock: Time,
}

impl Session {
    /// Begins, in a project or without one. `clock` is the time of events that have none.
    pub fn new(project: Option<Project>, clock: Time) -> Self {
        let project = project.map(|project| {
            let checked = project.check();
            (project, checked)
        });
        let mut session =
            Self { project, recording: Recording::default(), at: 0, dialect: Dialect::Lql, clock };
        let files = session.project.as_ref().map(|(project, _)| project.events.clone()).unwrap_or_default();
        // A project without readable events is still a place to try expressions.
        let _ = session.record(&files);
        session
    }

    /// Answers a line.
    pub fn answer(&mut self, line: &str) -> Answer {
        match Command::parse(line) {
            Err(message) => Answer::of(format!("{message}\n")),
            Ok(None) => Answer::default(),
            Ok(Some(command)) => self.run(command),
        }
    }

    fn run(&mut self, command: Command<'_>) -> Answer {
        match command {
            Command::Evaluate(text) => self.bench().evaluate(text),
            Command::Load(paths) => self.load(&paths),
            Command::Next => self.go(self.at + 1),
            Command::Event(None) => self.show_event(),
            Command::Event(Some(number)) => self.go(number.saturating_sub(1)),
            Command::Type(text) => self.bench().checked(text, |checked| format!("{}\n", checked.kind)),
            Command::Program(text) => self.bench().checked(text, |checked| {
                let program = checked.program.clone();
                let package = Package { streams: vec![program], ..Package::default() };
                // The listing begins with the name of a stream, of which there is none.
                emit::program(&package).split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned())
            }),
            Command::Why(text) => self.bench().why(text),
            Command::Fields => self.fields(),
            Command::Doc(name) => Answer { page: Some(name.to_owned()), ..Answer::default() },
            Command::Dialect(dialect) => {
                self.dialect = dialect;
                let what = if dialect == Dialect::Lql {
                    "mappings: the event's flat keys"
                } else {
                    "filters: the event as a profile"
                };
                Answer::of(format!("expressions of {what}\n"))
            }
            Command::Help => Answer::of(command::help()),
            Command::Quit => Answer { ends: true, ..Answer::default() },
        }
    }

    /// Words that may be completed: functions, kinds, commands, fields of the project, keys of the events.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> =
            catalog::functions().map(|function| format!("{}(", function.name)).collect();
        names.extend(KINDS.iter().map(|kind| kind.name.to_owned()));
        names.extend(COMMANDS.iter().map(|(name, _, _)| (*name).to_owned()));
        if let Some((_, checked)) = &self.project {
            names.extend(checked.schema.fields.iter().map(|field| field.name.clone()));
        }
        for event in self.recording.events.iter().take(100) {
            names.extend(
                probe::keys(event).into_iter().filter_map(|(key, _)| crate::infer::words::spelled(&key)),
            );
        }
        names
    }

    fn load(&mut self, paths: &[&str]) -> Answer {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let loaded = event_files(&paths, None).and_then(|files| {
            self.recording = Recording::default();
            self.at = 0;
            self.record(&files)
        });
        match loaded {
            Ok(()) => {
                let damaged = match self.recording.damaged.len() {
                    0 => String::new(),
                    count => format!(", {count} that cannot be read"),
                };
                Answer::of(format!("{}{damaged}\n", shown::count(self.recording.events.len(), "event")))
            }
            Err(refusal) => Answer::of(format!("{refusal}\n")),
        }
    }

    fn record(&mut self, files: &[EventFile]) -> Result<(), crate::Refusal> {
        for file in files {
            let delimiter = self.input(&file.stream).delimiter.or_else(|| delimiter_of(file));
            self.recording.read_file(file, &file.path.display().to_string(), delimiter)?;
        }
        Ok(())
    }

    fn input(&self, stream: &str) -> StreamInput {
        let streams = self.project.as_ref().map(|(project, _)| &project.file.settings.streams);
        streams.and_then(|streams| streams.get(stream)).cloned().unwrap_or_default()
    }

    fn go(&mut self, to: usize) -> Answer {
        if to >= self.recording.events.len() {
            let count = self.recording.events.len();
            let text = if count == 0 {
                "no events: `.load FILE` reads some\n".to_owned()
            } else {
                format!("there are {count} events\n")
            };
            return Answer::of(text);
        }
        self.at = to;
        self.show_event()
    }

    fn show_event(&self) -> Answer {
        let Some(event) = self.recording.events.get(self.at) else {
            return Answer::of("no events: `.load FILE` reads some\n");
        };
        let text = String::from_utf8_lossy(event.record.bytes());
        let (number, count) = (self.at + 1, self.recording.events.len());
        Answer::of(format!(
            "event {number} of {count}, {}:{} of {}\n{}\n",
            event.file,
            event.line,
            event.stream,
            text.trim_end()
        ))
    }

    /// The event that is looked at; without any, one that holds nothing.
    fn event(&self) -> Event {
        self.recording.events.get(self.at).cloned().unwrap_or_else(nothing)
    }

    /// What expressions are tried on now.
    fn bench(&self) -> Bench {
        let event = self.event();
        let input = self.input(&event.stream);
        let kinds = match &self.project {
            Some((_, checked)) if self.dialect == Dialect::FilterQl => kinds_of(checked),
            _ => HashMap::new(),
        };
        Bench { event, input, dialect: self.dialect, kinds, clock: self.clock }
    }

    /// What the event holds, and in a project what the fields are.
    fn fields(&self) -> Answer {
        let mut text = String::new();
        let mut keys: BTreeMap<String, String> = BTreeMap::new();
        if let Some(event) = self.recording.events.get(self.at) {
            keys.extend(probe::keys(event));
        }
        for (key, value) in keys {
            let _ = writeln!(
                text,
                "{} = {}",
                crate::infer::words::spelled(&key).unwrap_or(key),
                shown::clip(&value, 80)
            );
        }
        if let Some((_, checked)) = &self.project {
            for field in &checked.schema.fields {
                let _ = writeln!(text, "field {} : {}, {}", field.name, field.kind, field.mergeop);
            }
        }
        Answer::of(if text.is_empty() { "no events and no project\n".to_owned() } else { text })
    }
}

/// Whether a text may be over: no bracket and no quote is open. A command is one line.
pub fn is_complete(text: &str) -> bool {
    if command::is_command(text) {
        return true;
    }
    let mut open = 0_i64;
    let mut unclosed = false;
    for token in lex(text) {
        open += i64::from(token.kind.opens()) - i64::from(token.kind.closes());
        unclosed = matches!(
            token.kind,
            TokenKind::UnclosedText | TokenKind::UnclosedName | TokenKind::UnclosedComment
        );
    }
    open <= 0 && !unclosed
}

#[cfg(test)]
mod tests;
