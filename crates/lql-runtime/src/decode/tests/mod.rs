//! Tests of decoding. `json`, `rows` and `records` are the helpers; a case is one line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod csv;
mod json;
mod oracle;
mod source;

use super::*;
use lql_compiler::program::{Key, Program};

fn projection(keys: &[&str], captures: &[&str]) -> Projection {
    let key = |text: &&str| Key { text: (*text).into(), entry_at: text.find('.').map(|at| at as u32) };
    let captures = captures.iter().map(|&prefix| prefix.into()).collect();
    Projection::new(&Program { keys: keys.iter().map(key).collect(), captures, ..Program::default() }, &[])
}

/// A value in short: texts in quotes, fractions with a point, `-` for no value.
fn show(value: Value<'_>) -> String {
    match value {
        Value::Missing => "-".into(),
        Value::Int(integer) => integer.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Bool(bool) => bool.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| show(*item)).collect::<Vec<_>>().join(" "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key}:{}", show(*value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    }
}

fn show_all(slots: &[Value<'_>]) -> String {
    slots.iter().map(|value| show(*value)).collect::<Vec<_>>().join(" ")
}

/// All records of an input decoded, each as `line: values` or `line:column! reason`.
fn records(input: &[u8], options: Options, keys: &[&str]) -> Vec<String> {
    let projection = projection(keys, &[]);
    let mut chunker = match Chunker::open(input, options) {
        Ok(chunker) => chunker,
        Err(error) => return vec![format!("cannot open: {error}")],
    };
    let mut decoder = Decoder::new(&projection, &chunker.layout().clone());
    let mut shown = Vec::new();
    loop {
        let chunk = match chunker.next_chunk() {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return shown,
            Err(error) => {
                shown.push(format!("cannot read: {error}"));
                return shown;
            }
        };
        let mut kept = Vec::new();
        chunk.encode(&mut kept);
        // What a log keeps of a chunk gives the same.
        let chunk = Chunk::decode(&kept).unwrap();
        for record in chunk.records() {
            let arena = Bump::new();
            let mut slots = vec![Value::Missing; projection.slots()];
            let decoded = record.and_then(|record| {
                let decoded = decoder.decode(&record, &arena, &mut slots);
                decoded.map(|()| record.line).map_err(|error| record.reject(&error))
            });
            shown.push(match decoded {
                Ok(line) => format!("{line}: {}", show_all(&slots)),
                Err(Reject { line, column, reason, .. }) => format!("{line}:{column}! {reason}"),
            });
        }
    }
}
