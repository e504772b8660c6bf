//! Where events and a project have grown apart: keys that came, went, or changed their type.

use crate::reads::{KeyRead, Purpose};
use crate::stats::{DateForm, KeySummary, Shape, StreamStats, StreamSummary, Summary, fold, reads_day_first};
use lql_compiler::Checked;
use lql_compiler::program::StreamInput;
use lql_compiler::suggest::nearest;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A type counts as there, or as wrong, from this share of the values on.
const SHARE: f64 = 0.05;
/// A key is rarer when its presence falls below this part of what it was.
const RARER: f64 = 0.5;

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The stream.
    pub stream: String,
    /// The key, the prefix with a `*`, or nothing for the whole stream.
    pub key: String,
    /// What happened.
    #[serde(flatten)]
    pub change: Change,
}

/// What happened to a key.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// No query reads the stream.
    NoQuery,
    /// A column reads the key and no event has it.
    Vanished {
        /// `web.lql:5 email`
        read_by: Vec<String>,
        /// A key of a similar name that no column reads.
        similar: Option<String>,
    },
    /// Values are not what a column makes of them.
    Unfit {
        /// `web.lql:5 spent`
        read_by: String,
        /// `a number`
        wanted: String,
        /// How many values do not fit, of how many.
        unfit: u64,
        /// All of them.
        values: u64,
        /// What they are instead.
        found: Vec<String>,
    },
    /// The settings take the event's time or id from a key that not every event has.
    Setting {
        /// `timestamp`, `id`
        setting: String,
        /// Events without it.
        without: u64,
        /// All events.
        events: u64,
    },
    /// The baseline has no such key.
    New {
        /// What it holds.
        types: Vec<String>,
    },
    /// The baseline has the key, no event has.
    Gone,
    /// Types that the baseline does not have.
    Types {
        /// Then.
        before: Vec<String>,
        /// Now.
        after: Vec<String>,
    },
    /// Fewer events have it.
    Rarer {
        /// The share then.
        before: f64,
        /// The share now.
        after: f64,
    },
}

/// Compares events with what a project reads.
pub fn against_project(
    streams: &[StreamStats],
    checked: &Checked,
    reads: &[KeyRead],
    input: &dyn Fn(&str) -> StreamInput,
) -> Vec<Drift> {
    let mut drift = Vec::new();
    for stats in streams {
        let reads: Vec<&KeyRead> = reads.iter().filter(|read| read.stream == stats.stream).collect();
        if reads.is_empty() {
            drift.push(Drift { stream: stats.stream.clone(), key: String::new(), change: Change::NoQuery });
            continue;
        }
        if stats.events == 0 {
            continue;
        }
        let mut push = |key: &str, change| {
            drift.push(Drift { stream: stats.stream.clone(), key: key.to_owned(), change });
        };
        settings(stats, &input(&stats.stream), &mut push);
        vanished(stats, checked, &reads, &input(&stats.stream), &mut push);
        unfit(stats, checked, &reads, &mut push);
    }
    drift
}

fn settings(stats: &StreamStats, input: &StreamInput, push: &mut impl FnMut(&str, Change)) {
    for (setting, key) in [("timestamp", &input.timestamp), ("id", &input.id)] {
        let Some(key) = key else { continue };
        let with = stats.keys.get(key).map_or(0, |known| known.events);
        if with < stats.events {
            let change = Change::Setting {
                setting: setting.into(),
                without: stats.events - with,
                events: stats.events,
            };
            push(key, change);
        }
    }
}

/// Keys that columns cannot do without, and no event has.
fn vanished(
    stats: &StreamStats,
    checked: &Checked,
    reads: &[&KeyRead],
    input: &StreamInput,
    push: &mut impl FnMut(&str, Change),
) {
    let mut gone: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for read in reads.iter().filter(|read| read.purpose != Purpose::Optional) {
        let is_there = |(key, known): (&String, &crate::stats::KeyStats)| known.events > 0 && read.reads(key);
        if !stats.keys.iter().any(is_there) {
            let name = if read.is_prefix { format!("{}*", read.key) } else { read.key.clone() };
            gone.entry(name).or_default().push(place(checked, read));
        }
    }
    let unread = unread(stats, reads, input);
    for (key, read_by) in gone {
        let similar = nearest(&key, unread.iter().copied()).first().map(|near| (*near).to_owned());
        push(&key, Change::Vanished { read_by, similar });
    }
}

/// The keys that events have and no query reads, neither the settings of the stream.
pub fn unread<'s>(stats: &'s StreamStats, reads: &[&KeyRead], input: &StreamInput) -> Vec<&'s str> {
    let set: BTreeSet<&str> = input.timestamp.iter().chain(&input.id).map(String::as_str).collect();
    let keys = stats.keys.iter().filter(|(_, known)| known.events > 0).map(|(key, _)| key.as_str());
    keys.filter(|key| !set.contains(key) && !reads.iter().any(|read| read.reads(key))).collect()
}

/// Values that a column cannot read. A guard may choose the values that it can.
fn unfit(stats: &StreamStats, checked: &Checked, reads: &[&KeyRead], push: &mut impl FnMut(&str, Change)) {
    for read in reads.iter().filter(|read| !read.is_prefix && !read.guarded) {
        let Some(wanted) = wanted(&read.purpose) else { continue };
        let Some(known) = stats.keys.get(fold(&read.key).0.as_ref()) else { continue };
        let fits = |shape: Shape| fits(&read.purpose, shape, &known.samples);
        let unfit =
            known.values - known.shaped(fits).max(if read.purpose == Purpose::Date { known.unix } else { 0 });
        if unfit as f64 <= SHARE * known.values as f64 {
            continue;
        }
        let found: BTreeSet<String> =
            known.shapes.keys().filter(|shape| !fits(**shape)).map(|shape| shape.name()).collect();
        let change = Change::Unfit {
            read_by: place(checked, read),
            wanted: wanted.to_owned(),
            unfit,
            values: known.values,
            found: found.into_iter().collect(),
        };
        push(&read.key, change);
    }
}

fn wanted(purpose: &Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Optional | Purpose::Any => None,
        Purpose::Number => Some("a number"),
        Purpose::Date => Some("a date"),
        Purpose::DateIn(_) => Some("a date in the layout of the column"),
        Purpose::Bool => Some("true or false"),
        Purpose::Email => Some("an e-mail address"),
    }
}

fn fits(purpose: &Purpose, shape: Shape, samples: &[String]) -> bool {
    match purpose {
        Purpose::Optional | Purpose::Any => true,
        Purpose::Number => shape.is_number() || shape == Shape::Bool,
        Purpose::Date => {
            matches!(shape, Shape::Date(form) if !matches!(form, DateForm::DayFirst(_)))
                // Years, compact dates and times since 1970 are numbers that `todate()` may read.
                || shape.is_int()
        }
        Purpose::DateIn(layout) => match shape {
            Shape::Date(DateForm::DayFirst(found)) => {
                found == layout || samples.iter().any(|sample| reads_day_first(found, sample))
            }
            Shape::Date(_) => true,
            _ => false,
        },
        Purpose::Bool => {
            matches!(shape, Shape::Bool | Shape::BoolText | Shape::Int | Shape::IntText | Shape::Word)
        }
        Purpose::Email => shape == Shape::Email,
    }
}

fn place(checked: &Checked, read: &KeyRead) -> String {
    let file = checked.names().get(read.file as usize).map_or("", String::as_str);
    let line = checked.line(read.file, read.span.start);
    format!("{file}:{line} {}", read.field.as_deref().unwrap_or("WHERE"))
}

/// Compares events with statistics of earlier ones. Streams that were not there before are not compared.
pub fn against_baseline(now: &Summary, before: &Summary) -> Vec<Drift> {
    let mut drift = Vec::new();
    for stream in &now.streams {
        let Some(was) = before.streams.iter().find(|was| was.stream == stream.stream) else { continue };
        let mut push = |key: &str, change| {
            drift.push(Drift { stream: stream.stream.clone(), key: key.to_owned(), change });
        };
        compare(stream, was, &mut push);
    }
    drift
}

fn compare(now: &StreamSummary, before: &StreamSummary, push: &mut impl FnMut(&str, Change)) {
    let find = |stream: &StreamSummary, key: &str| -> Option<usize> {
        stream.keys.iter().position(|known| known.key == key && known.events > 0)
    };
    for key in now.keys.iter().filter(|key| key.events > 0) {
        match find(before, &key.key).and_then(|at| before.keys.get(at)) {
            None => push(&key.key, Change::New { types: main_types(key) }),
            Some(was) => {
                let (then, today) = (main_types(was), main_types(key));
                if today.iter().any(|name| !then.contains(name)) {
                    push(&key.key, Change::Types { before: then, after: today });
                }
                if key.presence < RARER * was.presence {
                    push(&key.key, Change::Rarer { before: was.presence, after: key.presence });
                }
            }
        }
    }
    for was in before.keys.iter().filter(|key| key.events > 0) {
        if find(now, &was.key).is_none() {
            push(&was.key, Change::Gone);
        }
    }
}

/// The types that are more than an accident.
fn main_types(key: &KeySummary) -> Vec<String> {
    let all: u64 = key.types.values().sum();
    let counts = key.types.iter().filter(|(_, count)| **count as f64 > SHARE * all as f64);
    counts.map(|(name, _)| name.clone()).collect()
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Drift { stream, key, change } = self;
        match change {
            Change::NoQuery => write!(f, "{stream}: no query reads this stream"),
            Change::Vanished { read_by, similar } => {
                write!(f, "{stream}: no event has `{key}`, which {} reads", read_by.join(", "))?;
                match similar {
                    Some(similar) => write!(f, "; `{similar}` is there and nothing reads it"),
                    None => Ok(()),
                }
            }
            Change::Unfit { read_by, wanted, unfit, values, found } => write!(
                f,
                "{stream}: {unfit} of {values} values of `{key}` are not {wanted}, as {read_by} needs; they are {}",
                found.join(", ")
            ),
            Change::Setting { setting, without, events } => write!(
                f,
                "{stream}: {without} of {events} events have no `{key}`, which lql.toml names as {setting}"
            ),
            Change::New { types } => write!(f, "{stream}: `{key}` is new, {}", types.join(" or ")),
            Change::Gone => write!(f, "{stream}: `{key}` is gone"),
            Change::Types { before, after } => {
                write!(f, "{stream}: `{key}` was {} and is {}", before.join(" or "), after.join(" or "))
            }
            Change::Rarer { before, after } => write!(
                f,
                "{stream}: `{key}` is in {} of the events, it was in {}",
                percent(*after),
                percent(*before)
            ),
        }
    }
}

/// A share in percent, for people: `12.5 %`, `<0.1 %`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        return "<0.1 %".to_owned();
    }
    let text = format!("{percent:.1}");
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}
