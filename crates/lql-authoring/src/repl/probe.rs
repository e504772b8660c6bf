//! Expressions on one event, with the values of all their parts.

use crate::shown;
use crate::trial::{Event, Trace, Tracer};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::probe::Probe;
use lql_compiler::program::Program;
use lql_compiler::{Settings, Source, Time, Value, check};
use lql_runtime::Machine;
use lql_runtime::decode::{Decoder, Projection};
use lql_runtime::merge::Owned;
use std::fmt::Write as _;

/// The query around the expression: a column of it is probed.
const BEFORE: &str = "SELECT \"x\" AS one, (";
const AFTER: &str = ") AS two FROM event INTO table BY one ALIAS line";

/// An expression that was run.
pub(super) struct Probed {
    text: String,
    probe: Probe,
    trace: Trace,
}

impl Probed {
    /// Runs an expression on an event that happened at a time.
    pub fn new(expression: &str, event: &Event, time: Time) -> Result<Self, String> {
        // A comment at its end must not swallow the rest.
        let text = format!("{BEFORE}{expression}\n{AFTER}");
        let checked = check(&[Source::lql("line", text.clone())], &Settings::default());
        let probes = checked.probe_stream("event").map_err(|finding| finding.title.clone())?;
        let column = probes.as_ref().and_then(|probes| probes.queries.first()?.columns.last());
        let (Some(probes), Some(column)) = (&probes, column) else {
            return Err("this is no expression of a column".to_owned());
        };
        let constants = Bump::new();
        let tracer = Tracer::of_stream(probes, &constants).map_err(|error| error.to_string())?;
        let trace = tracer.event(event, time).ok_or("the event cannot be read")?;
        Ok(Self { text, probe: column.value.clone(), trace })
    }

    /// What it is worth.
    pub fn value(&self) -> Option<Owned> {
        self.trace.value(&self.probe).cloned()
    }

    /// The same, if it is an instant.
    pub fn time(&self) -> Option<Time> {
        match self.trace.value(&self.probe) {
            Some(Owned::Time(time)) => Some(*time),
            _ => None,
        }
    }

    /// Every part on its line, with its value behind it.
    pub fn tree(&self) -> String {
        let mut lines = Vec::new();
        self.lines(&self.probe, 0, &mut lines);
        let width = lines.iter().map(|(part, _)| part.chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for (part, value) in lines {
            let _ = writeln!(text, "{part:<width$}  {value}");
        }
        text
    }

    fn lines(&self, probe: &Probe, depth: usize, lines: &mut Vec<(String, String)>) {
        let part = shown::clip(probe.span.of(&self.text), 60);
        let value = self.trace.value(probe).map_or_else(|| "no value".to_owned(), shown::shown);
        // What is written out says its value itself.
        if depth == 0 || !is_literal(&part) {
            lines.push((format!("{}{part}", "  ".repeat(depth)), value));
        }
        probe.children.iter().for_each(|child| self.lines(child, depth + 1, lines));
    }
}

fn is_literal(part: &str) -> bool {
    part.starts_with(['"', '\'']) || part.parse::<f64>().is_ok() || part.starts_with('[')
}

/// A filter on an event taken as a profile: each member a field.
pub(super) fn filter(program: &Program, event: &Event, clock: Time) -> Option<Owned> {
    let json: serde_json::Value = serde_json::from_slice(event.record.bytes()).ok()?;
    let (constants, arena) = (Bump::new(), Bump::new());
    let machine = Machine::load(program, &constants).ok()?;
    let projection = Projection::new(program, &[]);
    let mut slots = vec![Value::Missing; projection.slots()];
    projection.fill_from_json_value(&json, &arena, &mut slots).ok()?;
    let registers = machine.registers(&arena);
    machine.slots(registers).copy_from_slice(&slots);
    Owned::new(machine.value(registers, &Env { arena: &arena, event_time: clock, clock }))
}

/// The flattened keys of an event with their values as text.
pub(super) fn keys(event: &Event) -> Vec<(String, String)> {
    let everything = Program { captures: vec![String::new()], ..Program::default() };
    let projection = Projection::new(&everything, &[]);
    let arena = Bump::new();
    let mut slots = vec![Value::Missing; projection.slots()];
    let Some(Ok(record)) = event.record.records().next() else { return Vec::new() };
    let decoded = Decoder::new(&projection, event.record.layout()).decode(&record, &arena, &mut slots);
    let (Ok(()), Some(Value::Map(entries))) = (decoded, slots.first()) else { return Vec::new() };
    let text = |value: Value<'_>| {
        Owned::new(value).map_or_else(String::new, |value| shown::json(&value).to_string())
    };
    entries.iter().map(|(key, value)| ((*key).to_owned(), text(*value))).collect()
}
