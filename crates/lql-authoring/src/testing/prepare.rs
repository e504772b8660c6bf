//! The events of a case, ready to be mapped: as often as wanted, under this version of the project or another.

use super::format::{Body, Case, EventEntry, FileEntry, Orders, Placed, TestFile};
use super::names;
use super::orders::MOST_FOR_ALL;
use crate::source::event_options;
use crate::trial::Recording;
use crate::{Read, stream_of};
use lql_compiler::program::{Package, Program};
use lql_compiler::report::LineIndex;
use lql_compiler::suggest::nearest;
use lql_compiler::{Checked, Time, codes};
use lql_syntax::{Diagnostic, Span};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::rc::Rc;

/// A case whose events were read.
#[derive(Debug)]
pub struct Ready<'c> {
    /// The case.
    pub case: &'c Case,
    /// Its events.
    pub recording: Recording,
    /// Per event: when it happened, if its stream names no timestamp.
    pub times: Vec<Option<Time>>,
    /// The clock, if the file or the project has one.
    pub now: Option<Time>,
    /// The streams of its events.
    pub streams: BTreeSet<String>,
}

/// Reads events. Each file is read once, whatever number of cases use it.
pub(super) struct Preparer<'p> {
    pub checked: &'p Checked,
    pub package: &'p Package,
    pub read: Read<'p>,
    pub files: HashMap<(PathBuf, String), Rc<Recording>>,
}

impl<'p> Preparer<'p> {
    /// Makes a case ready; nothing after findings.
    pub fn prepare<'c>(
        &mut self,
        file: &TestFile,
        lines: &LineIndex<'_>,
        number: u32,
        case: &'c Case,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Ready<'c>> {
        let before = findings.len();
        findings.extend(names::check(case, file, number, self.checked, self.package));
        let now = file.now.or(self.package.now);
        let mut ready =
            Ready { case, recording: Recording::default(), times: Vec::new(), now, streams: BTreeSet::new() };
        for event in &case.events {
            if let Err(finding) = self.event(file, lines, event, &mut ready) {
                findings.push((*finding).in_file(number));
            }
        }
        for events in &case.files {
            if let Err(finding) = self.file(file, events, &mut ready) {
                findings.push((*finding).in_file(number));
            }
        }
        let count = ready.recording.events.len();
        if case.orders == Some(Orders::All) && count > MOST_FOR_ALL {
            let title = format!("{count} events have too many orders to try all of them");
            let finding = Diagnostic::error(codes::TEST_VALUE, title, case.place).in_file(number);
            findings.push(finding.label(format!("`orders = \"all\"` is for up to {MOST_FOR_ALL} events")));
        }
        (findings.len() == before).then_some(ready)
    }

    fn event(
        &self,
        file: &TestFile,
        lines: &LineIndex<'_>,
        event: &EventEntry,
        ready: &mut Ready<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let program = match &event.stream {
            Some(stream) => self.stream(&stream.value, stream.span)?,
            None => match self.package.streams.as_slice() {
                [one] => one,
                many => {
                    let streams: Vec<&str> = many.iter().map(|it| it.stream.as_str()).collect();
                    let title = "an event does not say which stream it belongs to";
                    return Err(Box::new(
                        Diagnostic::error(codes::TEST_VALUE, title, event.span)
                            .label("add `stream = \"…\"`")
                            .note(format!("the streams are {}", streams.join(", "))),
                    ));
                }
            },
        };
        let input = &program.input;
        if let (Some(id), None) = (&event.id, &input.id) {
            let title = format!("stream `{}` has no message ids", program.stream);
            return Err(Box::new(
                Diagnostic::error(codes::TEST_VALUE, title, id.span).label("nothing reads it").note(format!(
                    "lql.toml names the key of the id: [streams.{}] id = \"…\"",
                    program.stream
                )),
            ));
        }
        let time = event.time.as_ref().map(|time| time.value);
        let id = event.id.as_ref().map(|id| id.value.as_str());
        let text = text(
            &event.body,
            [
                (input.timestamp.as_deref(), time.map(Time::to_rfc3339)),
                (input.id.as_deref(), id.map(str::to_owned)),
            ],
        );
        let line = lines.place(event.span.start as usize).line as u64;
        ready.recording.push_json(&program.stream, &file.name, line, &text);
        Self::took(program, time, event.span, ready)
    }

    fn file(
        &mut self,
        file: &TestFile,
        entry: &FileEntry,
        ready: &mut Ready<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let path = file.path.parent().unwrap_or(&file.path).join(&entry.path.value);
        let name = Placed { value: stream_of(&path), span: entry.path.span };
        let stream = entry.stream.as_ref().unwrap_or(&name);
        let program = self.stream(&stream.value, stream.span)?;
        let recording = match self.files.get(&(path.clone(), stream.value.clone())) {
            Some(recording) => Rc::clone(recording),
            None => {
                let recording = Rc::new(self.recording(&path, program, entry)?);
                self.files.insert((path.clone(), stream.value.clone()), Rc::clone(&recording));
                recording
            }
        };
        let wanted =
            |line: u64| entry.lines.is_empty() || entry.lines.iter().any(|lines| lines.contains(&line));
        let before = ready.recording.events.len() + ready.recording.damaged.len();
        for event in recording.events.iter().filter(|event| wanted(event.line)) {
            ready.recording.events.push(event.clone());
            Self::took(program, None, entry.path.span, ready)?;
        }
        let damaged = recording.damaged.iter().filter(|(_, reject)| wanted(reject.line));
        ready.recording.damaged.extend(damaged.cloned());
        if ready.recording.events.len() + ready.recording.damaged.len() == before {
            let title = format!("`{}` has no events in these lines", entry.path.value);
            return Err(Box::new(
                Diagnostic::error(codes::TEST_VALUE, title, entry.path.span).label("nothing to test"),
            ));
        }
        Ok(())
    }

    fn recording(
        &self,
        path: &std::path::Path,
        program: &Program,
        entry: &FileEntry,
    ) -> Result<Recording, Box<Diagnostic>> {
        let unreadable = |reason: String| {
            let title = format!("cannot read the events of `{}`: {reason}", entry.path.value);
            let finding = Diagnostic::error(codes::TEST_VALUE, title, entry.path.span);
            Box::new(finding.label("relative to the folder of this file"))
        };
        let bytes = (self.read)(path).map_err(|error| unreadable(crate::plain(&error)))?;
        let options = event_options(path, program.input.delimiter);
        let mut recording = Recording::default();
        recording
            .read(&program.stream, &entry.path.value, bytes.as_slice(), options)
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(recording)
    }

    /// Notes when an event happened that does not say so.
    fn took(
        program: &Program,
        time: Option<Time>,
        place: Span,
        ready: &mut Ready<'_>,
    ) -> Result<(), Box<Diagnostic>> {
        let default = time.or(ready.now);
        ready.times.push(default);
        ready.streams.insert(program.stream.clone());
        if program.input.timestamp.is_none() && default.is_none() {
            let title = format!("nothing says when an event of stream `{}` happened", program.stream);
            return Err(Box::new(
                Diagnostic::error(codes::TEST_VALUE, title, place)
                    .label("no time")
                    .note("give the event a `time`, or the file a clock: `now = 2024-06-30T00:00:00Z`"),
            ));
        }
        Ok(())
    }

    fn stream(&self, name: &str, place: Span) -> Result<&'p Program, Box<Diagnostic>> {
        let package: &'p Package = self.package;
        let known = || package.streams.iter().map(|program| program.stream.as_str());
        package.streams.iter().find(|program| program.stream == name).ok_or_else(|| {
            let finding =
                Diagnostic::error(codes::TEST_NAME, format!("no query reads stream `{name}`"), place)
                    .label("no such stream");
            Box::new(match nearest(name, known()).as_slice() {
                [] => finding.note(format!("the streams are {}", known().collect::<Vec<_>>().join(", "))),
                near => finding.note(format!("did you mean `{}`?", near.join("` or `"))),
            })
        })
    }
}

/// The event as JSON, with time and id under the keys of its stream unless it has them.
fn text(body: &Body, more: [(Option<&str>, Option<String>); 2]) -> String {
    let mut members = match body {
        Body::Object(members) => members.clone(),
        Body::Text(text) => match serde_json::from_str(text) {
            Ok(Value::Object(members)) if more.iter().any(|(_, value)| value.is_some()) => members,
            // It may be damaged on purpose.
            _ => return text.clone(),
        },
    };
    for (key, value) in more {
        if let (Some(key), Some(value)) = (key, value)
            && !has(&members, key)
        {
            members.insert(key.to_owned(), value.into());
        }
    }
    Value::Object(members).to_string()
}

/// Whether an event has a key, flattened with dots.
fn has(members: &Map<String, Value>, key: &str) -> bool {
    let is_there = |value: &Value| !matches!(value, Value::Null);
    members.get(key).is_some_and(is_there)
        || key.match_indices('.').any(|(at, _)| {
            let (first, rest) = key.split_at(at);
            let inner = members.get(first).and_then(Value::as_object);
            inner.is_some_and(|inner| has(inner, rest.trim_start_matches('.')))
        })
}
