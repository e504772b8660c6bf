//! The machine door: cases in, one a line, results out, one a line, flushed each.

use super::{Event, ExprDialect, Failure, answer, evaluate, truth};
use crate::clock;
use crate::outcome::{Outcome, Stop};
use lql_compiler::{Kind, Surroundings, Time, check_expression};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::io::{BufRead as _, Write as _};
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    expr: String,
    #[serde(default)]
    dialect: ExprDialect,
    #[serde(default = "no_event")]
    event: Json,
    ts: Option<String>,
    #[serde(default)]
    kinds: HashMap<String, String>,
    #[serde(default)]
    includes: Vec<String>,
}

#[derive(Serialize)]
struct Reply {
    id: Json,
    ok: bool,
    #[serde(flatten)]
    result: Result,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Result {
    Value { value: Json, kind: &'static str },
    Error { error: String, phase: Phase },
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Compile,
    Eval,
}

/// Answers every line; a line that is no case gets an answer too. Ends with the input.
pub(super) fn run() -> std::result::Result<Outcome, Stop> {
    let mut input = std::io::stdin().lock();
    let mut output = std::io::stdout().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.map_err(|error| Stop::unreadable(Path::new("standard input"), &error))? == 0 {
            return Ok(Outcome::Clean);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let reply = reply(&line);
        serde_json::to_writer(&mut output, &reply).map_err(std::io::Error::from)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn reply(line: &[u8]) -> Reply {
    let json: Json = match serde_json::from_slice(line) {
        Ok(json) => json,
        Err(error) => return Reply::error(Json::Null, format!("no JSON: {error}"), Phase::Compile),
    };
    let id = json.get("id").cloned().unwrap_or(Json::Null);
    let case: Case = match serde_json::from_value(json) {
        Ok(case) => case,
        Err(error) => return Reply::error(id, format!("no case: {error}"), Phase::Compile),
    };
    match answer_case(&case) {
        Ok((value, kind)) => Reply { id, ok: true, result: Result::Value { value, kind } },
        Err((error, phase)) => Reply::error(id, error, phase),
    }
}

impl Reply {
    fn error(id: Json, error: String, phase: Phase) -> Self {
        Self { id, ok: false, result: Result::Error { error, phase } }
    }
}

fn answer_case(case: &Case) -> std::result::Result<(Json, &'static str), (String, Phase)> {
    let refused = |error: String| (error, Phase::Compile);
    let ts: Time = match &case.ts {
        Some(text) => clock::parse(text).map_err(|error| refused(format!("ts: {error}")))?,
        None => clock::now(),
    };
    let mut around = Surroundings { kinds: HashMap::new(), includes: case.includes.clone() };
    for (field, name) in &case.kinds {
        let kind = Kind::parse(name).ok_or_else(|| refused(format!("kinds: unknown kind `{name}`")))?;
        around.kinds.insert(field.clone(), kind);
    }
    let checked = check_expression(&case.expr, case.dialect.into(), &around).map_err(|findings| {
        let titles: Vec<String> = findings
            .iter()
            .filter(|finding| finding.is_error())
            .map(|finding| format!("{}: {}", finding.code, finding.title))
            .collect();
        refused(titles.join("; "))
    })?;
    let read = match case.dialect {
        ExprDialect::Expr => answer,
        ExprDialect::Filter => truth,
    };
    evaluate(&checked, Event::Fields(&case.event), ts, read).map_err(|failure| match failure {
        Failure::NoValue => ("no value".to_owned(), Phase::Eval),
        Failure::Event(message) => (message, Phase::Eval),
    })
}

fn no_event() -> Json {
    Json::Object(serde_json::Map::new())
}
