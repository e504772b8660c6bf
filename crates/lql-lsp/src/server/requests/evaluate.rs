//! `lql/evaluate`: what an expression is worth on a sample event, or what a statement makes of it; as `lql repl` tells it.

use crate::ide::Snapshot;
use crate::server::lines::Lines;
use crate::server::wire::Ticket;
use crate::server::world::{World, failed, now};
use lql_authoring::repl::{Bench, kinds_of, nothing};
use lql_authoring::trial::Event;
use lql_syntax::ast::Dialect;
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::request::Request;
use tower_lsp_server::ls_types::{Range, TextDocumentIdentifier};

/// The request.
pub enum Evaluate {}

impl Request for Evaluate {
    type Params = Params;
    type Result = Answer;
    const METHOD: &'static str = "lql/evaluate";
}

/// What is evaluated, and on which event.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// A file of the project; one of filters has expressions of filters.
    text_document: TextDocumentIdentifier,
    /// The expression or statement.
    expression: String,
    /// The event; without it, the first of the stream that the file's first query reads, else the first of all.
    #[serde(default)]
    event: Option<At>,
}

/// A sample event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct At {
    /// The name of its file.
    file: String,
    /// Its line, counted from 1.
    line: u64,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The value and its kind, or of a query the columns; empty if something is wrong.
    text: String,
    /// Of an expression on an event, the value of every part.
    parts: String,
    /// What is wrong, or doubtful.
    findings: Vec<Finding>,
    /// The event; nothing if there are no sample events.
    event: Option<At>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Finding {
    code: String,
    title: String,
    /// In the expression.
    range: Range,
}

pub fn answer(world: &World, params: Params, _: &Ticket) -> Result<Answer> {
    let look = world.look(&params.text_document.uri)?;
    let snapshot = look.snapshot();
    let event = event(snapshot, look.file, params.event.as_ref())?;
    let at = event.as_ref().map(|event| At { file: event.file.to_string(), line: event.line });
    let is_filter = snapshot.parsed(look.file).is_some_and(|parsed| parsed.dialect == Dialect::FilterQl);
    let event = event.unwrap_or_else(nothing);
    let settings = &snapshot.project.file.settings;
    let bench = Bench {
        input: settings.streams.get(&*event.stream).cloned().unwrap_or_default(),
        event,
        dialect: if is_filter { Dialect::FilterQl } else { Dialect::Lql },
        kinds: kinds_of(&snapshot.checked),
        clock: settings.now.unwrap_or_else(now),
    };
    let told = bench.evaluate(&params.expression);
    let parts = if is_filter || told.is_wrong() { String::new() } else { bench.why(&params.expression).text };
    let lines = Lines::new(&params.expression);
    let finding = |it: &lql_syntax::Diagnostic| Finding {
        code: it.code.to_string(),
        title: it.title.clone(),
        range: lines.range(&params.expression, it.primary.span, world.encoding),
    };
    let findings = told.findings.iter().map(finding).collect();
    Ok(Answer { text: told.text, parts, findings, event: at })
}

fn event(snapshot: &Snapshot, file: u32, at: Option<&At>) -> Result<Option<Event>> {
    let streams = snapshot.samples.streams();
    let mut events = streams.values().flat_map(|stream| &stream.events);
    if let Some(At { file, line }) = at {
        let found = events.find(|event| *event.file == **file && event.line == *line);
        let missing = || failed(&format!("{file}:{line} is no sample event"));
        return found.cloned().map(Some).ok_or_else(missing);
    }
    let query = snapshot.checked.queries.iter().find(|query| query.file == file);
    let own = query.and_then(|query| streams.get(&query.stream)?.events.first());
    Ok(own.or_else(|| events.next()).cloned())
}
