//! What queries cost: keys read, instructions, calls, and with events what is executed and taken of memory.
//!
//! Everything is counted, nothing is timed, so the figures are the same on every machine.

use crate::Refusal;
use crate::trial::{Event, Recording};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::program::{Op, Package, Program};
use lql_compiler::{Checked, Time, Value};
use lql_runtime::decode::{Decoder, Projection};
use lql_runtime::{Machine, Mapper, StreamSettings};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Functions that take a text apart or read all of it several times; the others look at a value once.
const EXPENSIVE: [&str; 14] = [
    "domain",
    "domains",
    "email",
    "hash.md5",
    "hash.sha1",
    "hash.sha256",
    "hash.sha512",
    "json.jmespath",
    "phone.e164",
    "regex.match",
    "todate",
    "todatein",
    "useragent",
    "useragent.map",
];

/// What a stream costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamCost {
    /// The stream.
    pub stream: String,
    /// All its queries together, as they run.
    pub together: ProgramCost,
    /// The sum of instructions of the queries, each compiled alone.
    pub alone: usize,
    /// What events showed, if there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// Each query compiled alone.
    pub queries: Vec<QueryCost>,
}

/// What a query costs alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryCost {
    /// Its alias.
    pub query: String,
    /// Its file.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// Its program.
    #[serde(flatten)]
    pub cost: ProgramCost,
}

/// What a program is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProgramCost {
    /// Keys that are read.
    pub keys: Vec<String>,
    /// Prefixes whose keys are gathered.
    pub prefixes: Vec<String>,
    /// Instructions.
    pub instructions: usize,
    /// Sub-expressions that several places share.
    pub shared: usize,
    /// Constants.
    pub constants: usize,
    /// Calls of functions.
    pub calls: usize,
    /// Calls of expensive ones, by function.
    pub expensive: BTreeMap<String, usize>,
    /// Instructions that were executed, an event on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed: Option<f64>,
}

/// What events showed; averages are of one event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Events that could be mapped.
    pub events: u64,
    /// Different keys that they have.
    pub keys_seen: usize,
    /// Of those, how many are read.
    pub keys_read: usize,
    /// Bytes of a record.
    pub record_bytes: f64,
    /// Bytes of the values that are read; everything else of a record is checked and skipped.
    pub value_bytes_read: f64,
    /// Bytes that decoding and mapping took from the event's arena. It is emptied after each event and given back to
    /// nobody, so once it is large enough an event takes nothing from the system.
    pub arena_bytes: f64,
    /// The most that one event took.
    pub arena_bytes_most: usize,
}

/// The cost of all streams, by name. `clock` is the time of events without one.
pub fn cost(
    checked: &Checked,
    package: &Package,
    recording: &Recording,
    clock: Time,
) -> Result<Vec<StreamCost>, Refusal> {
    package.streams.iter().map(|program| stream(checked, package, program, recording, clock)).collect()
}

fn stream(
    checked: &Checked,
    package: &Package,
    program: &Program,
    recording: &Recording,
    clock: Time,
) -> Result<StreamCost, Refusal> {
    let events: Vec<&Event> = recording.events.iter().filter(|it| *it.stream == *program.stream).collect();
    let constants = Bump::new();
    let settings =
        StreamSettings { timestamp: program.input.timestamp.clone(), id: program.input.id.clone() };
    let mapper = Mapper::new(program, &package.schema, settings, clock, &constants)
        .map_err(|error| Refusal(error.to_string()))?;
    let (measured, times) = measure(program, &mapper, &events);
    let mut queries = Vec::new();
    for (index, query) in
        checked.queries.iter().enumerate().filter(|(_, query)| query.stream == program.stream)
    {
        let Some(own) = checked.alone(index) else { continue };
        queries.push(QueryCost {
            query: query.alias.clone(),
            file: checked.names().get(query.file as usize).cloned().unwrap_or_default(),
            line: checked.line(query.file, query.tree.span.start),
            cost: program_cost(&own, &events, &times)?,
        });
    }
    Ok(StreamCost {
        stream: program.stream.clone(),
        together: program_cost(program, &events, &times)?,
        alone: queries.iter().map(|query| query.cost.instructions).sum(),
        measured: (!times.is_empty()).then_some(measured),
        queries,
    })
}

fn program_cost(
    program: &Program,
    events: &[&Event],
    times: &[Option<Time>],
) -> Result<ProgramCost, Refusal> {
    let mut expensive: BTreeMap<String, usize> = BTreeMap::new();
    for call in program.calls.iter().filter(|call| EXPENSIVE.contains(&call.function.as_str())) {
        *expensive.entry(call.function.clone()).or_default() += 1;
    }
    let mut keys: Vec<String> = program.keys.iter().map(|key| key.text.clone()).collect();
    keys.sort_unstable();
    Ok(ProgramCost {
        keys,
        prefixes: program.captures.clone(),
        // The end is no work.
        instructions: program.code.iter().filter(|op| !matches!(op, Op::End)).count(),
        shared: program.shared.len(),
        // `false` and `true` are in every program.
        constants: program.constants.len().saturating_sub(2),
        calls: program.calls.len(),
        expensive,
        executed: executed(program, events, times)?,
    })
}

/// Instructions executed an event, on average.
fn executed(program: &Program, events: &[&Event], times: &[Option<Time>]) -> Result<Option<f64>, Refusal> {
    let constants = Bump::new();
    let machine = Machine::load(program, &constants).map_err(|error| Refusal(error.to_string()))?;
    let projection = Projection::new(program, &[]);
    let mut steps = 0;
    let mut arena = Bump::new();
    let mut mapped = 0_u64;
    for (event, time) in events.iter().zip(times) {
        arena.reset();
        let (Some(time), Some(Ok(record))) = (*time, event.record.records().next()) else { continue };
        let slots = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
        if Decoder::new(&projection, event.record.layout()).decode(&record, &arena, slots).is_err() {
            continue;
        }
        let registers = machine.registers(&arena);
        machine.slots(registers).copy_from_slice(slots);
        let env = Env { arena: &arena, event_time: time, clock: time };
        machine.map_counted(registers, &env, &mut steps);
        mapped += 1;
    }
    Ok((mapped > 0).then(|| rounded(steps as f64 / mapped as f64)))
}

/// Maps the events as a run does; what they took, and their times. A rejected event has none.
fn measure(program: &Program, mapper: &Mapper<'_>, events: &[&Event]) -> (Measured, Vec<Option<Time>>) {
    let everything = Program { captures: vec![String::new()], ..Program::default() };
    let projection = Projection::new(&everything, &[]);
    let is_read = |key: &str| {
        program.keys.iter().any(|known| known.text == key)
            || program
                .captures
                .iter()
                .any(|prefix| key.len() > prefix.len() && key.starts_with(prefix.as_str()))
    };
    let (mut seen, mut read) = (BTreeSet::new(), BTreeSet::new());
    let (mut times, mut taken) = (Vec::new(), Vec::new());
    let (mut record_bytes, mut value_bytes) = (0, 0);
    let mut arena = Bump::new();
    for event in events {
        arena.reset();
        let Some(Ok(record)) = event.record.records().next() else {
            times.push(None);
            continue;
        };
        let mut decoder = mapper.decoder(event.record.layout());
        let Ok(mapped) = mapper.map(&mut decoder, &record, &arena) else {
            times.push(None);
            continue;
        };
        times.push(Some(mapped.stamp.time));
        taken.push(arena.iter_allocated_chunks().map(<[_]>::len).sum::<usize>());
        record_bytes += record.raw.len();
        let slots = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
        if Decoder::new(&projection, event.record.layout()).decode(&record, &arena, slots).is_err() {
            continue;
        }
        let Some(Value::Map(entries)) = slots.first() else { continue };
        for (key, value) in *entries {
            if !seen.contains(*key) {
                seen.insert((*key).to_owned());
            }
            if is_read(key) {
                value_bytes += length(*value);
                if !read.contains(*key) {
                    read.insert((*key).to_owned());
                }
            }
        }
    }
    let count = taken.len() as u64;
    let average = |sum: usize| if count == 0 { 0.0 } else { rounded(sum as f64 / count as f64) };
    let measured = Measured {
        events: count,
        keys_seen: seen.len(),
        keys_read: read.len(),
        record_bytes: average(record_bytes),
        value_bytes_read: average(value_bytes),
        arena_bytes: average(taken.iter().sum()),
        arena_bytes_most: taken.iter().copied().max().unwrap_or_default(),
    };
    if count == 0 {
        times.clear();
    }
    (measured, times)
}

/// Bytes of a value as text.
fn length(value: Value<'_>) -> usize {
    match value {
        Value::List(items) => items.iter().map(|item| length(*item)).sum(),
        value => {
            let arena = Bump::new();
            lql_compiler::convert::to_text(value, &arena).map_or(0, str::len)
        }
    }
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_compiler::{Settings, Source, check};

    fn of(query: &str, events: &[&str]) -> StreamCost {
        let checked = check(&[Source::lql("web.lql", query)], &Settings::default());
        let package = checked.package().unwrap();
        let mut recording = Recording::default();
        events.iter().for_each(|event| recording.push_json("web", "web.ndjson", 1, event));
        cost(&checked, &package, &recording, Time::default()).unwrap().remove(0)
    }

    const TWO: &str = "SELECT email(m) AS email, hash.sha256(email(m)) AS hash IF x == 1 FROM web INTO user BY email ALIAS a; \
                       SELECT email(m) AS email, y AS y FROM web INTO user BY email ALIAS b";

    #[test]
    fn a_guard_that_is_not_true_saves_what_it_guards() {
        let executed = |events: &[&str]| of(TWO, events).together.executed.unwrap();
        let (one, two) = (r#"{"m":"a@b","x":1}"#, r#"{"m":"a@b","x":2}"#);
        assert!(executed(&[two]) < executed(&[one]));
        assert_eq!(executed(&[one, two]), f64::midpoint(executed(&[one]), executed(&[two])));
    }

    #[test]
    fn what_queries_share_is_paid_once() {
        let cost = of(TWO, &[]);
        assert_eq!(cost.together.calls, 2, "email() once and the hash");
        assert_eq!(cost.queries.iter().map(|query| query.cost.calls).sum::<usize>(), 3);
        assert_eq!(cost.measured, None);
    }

    #[test]
    fn bytes_are_those_of_the_values_that_are_read() {
        let event = r#"{"m":"ana@example.org","x":1,"long":"0123456789"}"#;
        let measured = of(TWO, &[event, event]).measured.unwrap();
        assert_eq!((measured.events, measured.keys_seen, measured.keys_read), (2, 3, 2));
        assert_eq!(measured.record_bytes, event.len() as f64);
        assert_eq!(measured.value_bytes_read, ("ana@example.org".len() + 1) as f64);
        assert!(measured.arena_bytes > 0.0 && measured.arena_bytes_most as f64 >= measured.arena_bytes);
    }
}
