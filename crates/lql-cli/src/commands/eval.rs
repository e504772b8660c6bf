//! `lql eval`: one expression on one event; with `--batch`, a machine door for many.

mod batch;

use crate::clock;
use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use crate::value_json::{kind_of, to_json};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::report::{self, SourceView};
use lql_compiler::{CheckedExpression, Kind, Surroundings, Time, Value, check_expression};
use lql_runtime::Machine;
use lql_runtime::decode::{Decoder, Layout, Projection};
use lql_syntax::ast::Dialect;
use serde_json::Value as Json;
use std::path::PathBuf;

/// Evaluate an expression on one event, or many with --batch
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql eval 'domain(\"https://shop.example/x\")'
  lql eval 'email(user.mail)' --event event.json
  echo '{\"total\": \"9.5\"}' | lql eval 'tonumber(total) * 2' --event -
  lql eval 'FILTER last > \"now-7d\"' --dialect filter --event profile.json --kind last=date --ts 2024-06-30
  lql eval --batch < cases.ndjson

The value goes to standard output as JSON, its kind to standard error. An event is read as
`lql run` reads it: nested objects become dotted keys. A filter reads a profile: objects are
map fields.

--batch reads one JSON object a line:
  id        anything; comes back with the answer
  expr      the expression
  dialect   \"expr\" or \"filter\"
  event     an object; objects in it are map fields
  ts        event time and clock
  kinds     optional: {FIELD: KIND}, fields to read as a kind
  includes  optional: [FILTER, …], segments that INCLUDE may name
and writes one a line, in the same order:
  {\"id\": …, \"ok\": true, \"value\": …, \"kind\": \"…\"}
  {\"id\": …, \"ok\": false, \"error\": \"…\", \"phase\": \"compile\" or \"eval\"}
\"no value\" is an error of phase eval.")]
pub struct Eval {
    /// The expression
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    expr: Option<String>,
    /// File with the event, a JSON object; `-` for standard input; absent: an empty event
    #[arg(long, value_name = "FILE", conflicts_with = "batch")]
    event: Option<PathBuf>,
    /// What the expression is
    #[arg(long, value_enum, default_value_t)]
    dialect: ExprDialect,
    /// Reads a field as a kind, as a profile would hold it; may be given several times
    #[arg(long = "kind", value_name = "FIELD=KIND", value_parser = field_kind, conflicts_with = "batch")]
    kinds: Vec<(String, Kind)>,
    /// Event time and clock; by default, now
    #[arg(long, value_name = "RFC3339", value_parser = clock::parse)]
    ts: Option<Time>,
    /// Read cases from standard input, one JSON object a line
    #[arg(long)]
    batch: bool,
}

/// What an expression is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum ExprDialect {
    /// A mapping expression over an event
    #[default]
    Expr,
    /// A condition over a profile, with or without the word FILTER
    Filter,
}

impl From<ExprDialect> for Dialect {
    fn from(dialect: ExprDialect) -> Self {
        match dialect {
            ExprDialect::Expr => Dialect::Lql,
            ExprDialect::Filter => Dialect::FilterQl,
        }
    }
}

/// Evaluates.
pub fn run(args: &Eval, terminal: &Terminal) -> Result<Outcome, Stop> {
    if args.batch {
        return batch::run();
    }
    let text = args.expr.as_deref().unwrap_or_default();
    let around = Surroundings { kinds: args.kinds.iter().cloned().collect(), ..Surroundings::default() };
    let checked = match check_expression(text, args.dialect.into(), &around) {
        Ok(checked) => checked,
        Err(findings) => {
            let views = [SourceView::new("<expression>", text)];
            terminal.print(&report::human(&findings, &views, terminal.colour))?;
            return Ok(Outcome::Findings);
        }
    };
    if !checked.diagnostics.is_empty() {
        let views = [SourceView::new("<expression>", text)];
        terminal.complain(&report::human(&checked.diagnostics, &views, terminal.colour));
    }
    let event = match &args.event {
        Some(path) => project::read_bytes(path)?,
        None => b"{}".to_vec(),
    };
    let ts = args.ts.unwrap_or_else(clock::now);
    let found = match args.dialect {
        ExprDialect::Expr => evaluate(&checked, Event::Flattened(&event), ts, answer),
        ExprDialect::Filter => {
            let profile: Json = serde_json::from_slice(&event)
                .map_err(|error| Stop::Misuse(format!("the event is no JSON object: {error}")))?;
            evaluate(&checked, Event::Fields(&profile), ts, truth)
        }
    };
    match found {
        Ok((value, kind)) => {
            terminal.print(&format!("{value}\n"))?;
            terminal.say(kind);
        }
        Err(Failure::NoValue) => terminal.say("no value"),
        Err(Failure::Event(message)) => return Err(Stop::Misuse(message)),
    }
    Ok(Outcome::Clean)
}

/// Reads `last=date`.
fn field_kind(text: &str) -> Result<(String, Kind), String> {
    let (field, kind) = text.split_once('=').ok_or("expected FIELD=KIND, as in last=date")?;
    let kind = Kind::parse(kind).ok_or_else(|| format!("`{kind}` is no kind; `lql doc kinds` lists them"))?;
    Ok((field.to_owned(), kind))
}

/// An event in one of the two ways to read it.
#[derive(Clone, Copy)]
enum Event<'e> {
    /// As `lql run` reads it: nested objects become dotted keys.
    Flattened(&'e [u8]),
    /// Every member is a field, objects are maps.
    Fields(&'e Json),
}

/// Why there is no result.
enum Failure {
    NoValue,
    Event(String),
}

/// Runs a program on one event and hands its value on, which lives no longer.
fn evaluate<T>(
    checked: &CheckedExpression,
    event: Event<'_>,
    ts: Time,
    read: impl Fn(Value<'_>) -> Option<T>,
) -> Result<T, Failure> {
    let constants = Bump::new();
    let arena = Bump::new();
    let machine =
        Machine::load(&checked.program, &constants).map_err(|error| Failure::Event(error.to_string()))?;
    let projection = Projection::new(&checked.program, &[]);
    let decoded = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
    let filled = match event {
        Event::Flattened(bytes) => Decoder::new(&projection, &Layout::Lines).json(bytes, &arena, decoded),
        Event::Fields(json) => projection.fill_from_json_value(json, &arena, decoded),
    };
    filled.map_err(|error| Failure::Event(format!("the event cannot be read: {error}")))?;
    let registers = machine.registers(&arena);
    for (slot, value) in machine.slots(registers).iter_mut().zip(decoded.iter()) {
        *slot = *value;
    }
    let env = Env { arena: &arena, event_time: ts, clock: ts };
    read(machine.value(registers, &env)).ok_or(Failure::NoValue)
}

/// A value as JSON with the name of its kind.
fn answer(value: Value<'_>) -> Option<(Json, &'static str)> {
    (!value.is_absent()).then(|| (to_json(value), kind_of(value).name()))
}

/// Whether a filter is true; a filter without a boolean has no value.
fn truth(value: Value<'_>) -> Option<(Json, &'static str)> {
    match value {
        Value::Bool(_) => answer(value),
        _ => None,
    }
}
