//! Statistics as tables for people.

use crate::commands::plural;
use crate::terminal::Terminal;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use lql_authoring::drift::percent;
use lql_authoring::stats::{KeySummary, StreamSummary, Summary};
use std::fmt::Write as _;

/// Samples are shown up to so many characters each.
const SAMPLE: usize = 28;
/// So many readers of a key are named.
const READERS: usize = 4;

/// A table for each stream.
pub fn page(summary: &Summary, with_readers: bool, terminal: &Terminal) -> String {
    let mut page = String::new();
    for (at, stream) in summary.streams.iter().enumerate() {
        if at > 0 {
            page.push('\n');
        }
        heading(stream, terminal, &mut page);
        if !stream.keys.is_empty() {
            let _ = writeln!(page, "{}", table(stream, with_readers));
        }
        if stream.further_keys > 0 {
            let _ = writeln!(page, "and {} further keys, which are only counted", stream.further_keys);
        }
        if with_readers {
            unread(stream, &mut page);
        }
        rejects(stream, &mut page);
    }
    page
}

fn heading(stream: &StreamSummary, terminal: &Terminal, page: &mut String) {
    let rejected =
        if stream.rejected > 0 { format!(", {} rejected", stream.rejected) } else { String::new() };
    let events = plural(stream.events as usize, "event");
    let name = terminal.bold(&stream.stream);
    let _ = writeln!(page, "{name}: {events}{rejected} in {}", stream.files.join(", "));
}

fn rejects(stream: &StreamSummary, page: &mut String) {
    for place in &stream.rejects {
        let _ = writeln!(page, "  rejected {}:{}:{}: {}", place.file, place.line, place.column, place.reason);
    }
    let more = stream.rejected - stream.rejects.len() as u64;
    if more > 0 {
        let _ = writeln!(page, "  and {more} more");
    }
}

fn table(stream: &StreamSummary, with_readers: bool) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    let mut header = vec!["key", "type", "in", "values", "range", "samples"];
    if with_readers {
        header.push("read by");
    }
    table.set_header(header);
    for key in &stream.keys {
        let about = if key.exact { "" } else { "~" };
        let mut row = vec![
            Cell::new(&key.key),
            Cell::new(types(key)),
            Cell::new(percent(key.presence)).set_alignment(CellAlignment::Right),
            Cell::new(format!("{about}{}", key.distinct)).set_alignment(CellAlignment::Right),
            Cell::new(range(key)),
            Cell::new(samples(key)),
        ];
        if with_readers {
            row.push(Cell::new(readers(key)));
        }
        table.add_row(row);
    }
    table
}

/// `list of text`, `text: date 96 %, text 4 %`.
fn types(key: &KeySummary) -> String {
    let all: u64 = key.types.values().sum();
    let mut counts: Vec<(&String, &u64)> = key.types.iter().collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), (*name).clone()));
    let text = match counts.as_slice() {
        [] => "empty".to_owned(),
        [(name, _)] => (*name).clone(),
        counts => {
            let parts: Vec<String> = counts
                .iter()
                .take(3)
                .map(|(name, count)| format!("{name} {}", percent(**count as f64 / all as f64)))
                .collect();
            parts.join(", ")
        }
    };
    let text = if key.key.contains("[*]") { format!("up to {} × {text}", key.longest) } else { text };
    if key.lists > 0 { format!("list of {text}") } else { text }
}

fn range(key: &KeySummary) -> String {
    let text = |value: &Option<serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => clip(text),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    // The alphabet says little about texts.
    let says = key.min.as_ref().is_some_and(serde_json::Value::is_number)
        || key.types.keys().any(|name| name.contains("date"));
    if says { format!("{} … {}", text(&key.min), text(&key.max)) } else { String::new() }
}

fn samples(key: &KeySummary) -> String {
    let shown: Vec<String> = key.samples.iter().take(3).map(|sample| clip(sample)).collect();
    shown.join(", ")
}

fn readers(key: &KeySummary) -> String {
    let mut names: Vec<String> = key
        .read_by
        .iter()
        .map(|read| format!("{}.{}", read.query, read.field.as_deref().unwrap_or("WHERE")))
        .collect();
    names.dedup();
    let more = names.len().saturating_sub(READERS);
    names.truncate(READERS);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

/// The keys that nobody reads, which may be right.
fn unread(stream: &StreamSummary, page: &mut String) {
    let keys = stream.keys.iter().filter(|key| key.events > 0 && key.read_by.is_empty());
    let names: Vec<&str> = keys.map(|key| key.key.as_str()).collect();
    if !names.is_empty() {
        let _ = writeln!(page, "no column reads {}", names.join(", "));
    }
}

/// One line, not too long.
fn clip(text: &str) -> String {
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match flat.char_indices().nth(SAMPLE) {
        Some((at, _)) => format!("{}…", flat.get(..at).unwrap_or(&flat).trim_end()),
        None => flat,
    }
}
