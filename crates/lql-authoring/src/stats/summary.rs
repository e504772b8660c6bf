//! Statistics as they are written to files and shown, and read back as what later events are compared with.

use super::{KeyStats, StreamStats, fold};
use crate::reads::KeyRead;
use lql_compiler::Checked;
use lql_compiler::program::StreamInput;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the file; another one is refused.
pub const VERSION: u32 = 1;

/// Statistics of all streams.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Of the format.
    pub version: u32,
    /// By name.
    pub streams: Vec<StreamSummary>,
}

/// Statistics of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamSummary {
    /// Its name.
    pub stream: String,
    /// Its files.
    pub files: Vec<String>,
    /// Events that could be read.
    pub events: u64,
    /// Records that could not.
    pub rejected: u64,
    /// The first of them.
    pub rejects: Vec<Place>,
    /// Keys, by name.
    pub keys: Vec<KeySummary>,
    /// Keys beyond those that are listed, about.
    pub further_keys: u64,
}

/// A rejected record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Byte in the line, from 1.
    pub column: u64,
    /// What is wrong.
    pub reason: String,
}

/// Statistics of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySummary {
    /// The flattened key; `items[*].sku` stands for every index.
    pub key: String,
    /// Events with a value.
    pub events: u64,
    /// Their share of all events.
    pub presence: f64,
    /// Events with an empty text only.
    #[serde(default)]
    pub empty: u64,
    /// Events with a list.
    #[serde(default)]
    pub lists: u64,
    /// Elements of the longest list; of `items[*].sku`, of the longest array.
    #[serde(default)]
    pub longest: usize,
    /// What the values are, and how many of each.
    pub types: BTreeMap<String, u64>,
    /// Different values.
    pub distinct: u64,
    /// Whether that is exact, and no estimate.
    pub exact: bool,
    /// Smallest number, oldest date, or first text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<serde_json::Value>,
    /// Largest number, newest date, or last text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<serde_json::Value>,
    /// The first different values.
    pub samples: Vec<String>,
    /// The columns that read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_by: Vec<Read>,
}

/// Who reads a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// The query.
    pub query: String,
    /// The field it goes into; none for a condition of the whole query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The file.
    pub file: String,
    /// The line; 0 for a setting.
    pub line: u32,
}

impl Summary {
    /// What was counted, with who reads each key.
    pub fn new(streams: &[StreamStats], project: Option<Readers<'_>>) -> Self {
        Self { version: VERSION, streams: streams.iter().map(|stats| stream(stats, project)).collect() }
    }

    /// What an earlier run wrote.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let summary: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if summary.version == VERSION {
            Ok(summary)
        } else {
            Err(format!("version {} is not {VERSION}, which this lql writes", summary.version))
        }
    }
}

/// A project, as far as it reads keys.
#[derive(Clone, Copy)]
pub struct Readers<'p> {
    /// The project.
    pub checked: &'p Checked,
    /// Its reads.
    pub reads: &'p [KeyRead],
    /// What its settings say of a stream.
    pub input: &'p dyn Fn(&str) -> StreamInput,
}

impl Readers<'_> {
    fn of(&self, stream: &str, key: &str) -> Vec<Read> {
        let input = (self.input)(stream);
        let of_settings = [("timestamp", input.timestamp), ("id", input.id)]
            .into_iter()
            .filter(|(_, named)| named.as_deref() == Some(key))
            .map(|(setting, _)| Read {
                query: "lql.toml".into(),
                field: Some(setting.into()),
                file: "lql.toml".into(),
                line: 0,
            });
        let of_queries = self.reads.iter().filter(|read| read.stream == stream && read.reads(key));
        of_settings.chain(of_queries.map(|read| reader(self.checked, read))).collect()
    }
}

fn stream(stats: &StreamStats, project: Option<Readers<'_>>) -> StreamSummary {
    let readers = |key: &str| project.map_or_else(Vec::new, |project| project.of(&stats.stream, key));
    StreamSummary {
        stream: stats.stream.clone(),
        files: stats.files.iter().map(|file| file.path.clone()).collect(),
        events: stats.events,
        rejected: stats.rejected,
        rejects: stats
            .rejects
            .iter()
            .map(|(file, reject)| Place {
                file: file.clone(),
                line: reject.line,
                column: reject.column,
                reason: reject.reason.clone(),
            })
            .collect(),
        keys: stats
            .keys
            .iter()
            .map(|(name, key)| KeySummary {
                read_by: readers(name),
                ..summary(name, key, stats.presence(key))
            })
            .collect(),
        further_keys: stats.further.count(),
    }
}

fn summary(name: &str, key: &KeyStats, presence: f64) -> KeySummary {
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    for (shape, count) in &key.shapes {
        *types.entry(shape.name()).or_default() += count;
    }
    let (min, max) = range(key).unzip();
    KeySummary {
        key: name.to_owned(),
        events: key.events,
        presence: (presence * 10_000.0).round() / 10_000.0,
        empty: key.empty,
        lists: key.lists,
        longest: key.longest.max(key.elements),
        types,
        distinct: key.distinct.count(),
        exact: key.distinct.is_exact(),
        min,
        max,
        samples: key.samples.clone(),
        read_by: Vec::new(),
    }
}

/// The range of what most values are.
fn range(key: &KeyStats) -> Option<(serde_json::Value, serde_json::Value)> {
    let main = key.main_shape();
    if main.is_number() {
        // Whole numbers print without a point.
        let number = |number: f64| {
            let only_ints = key.shaped(super::Shape::is_int) == key.shaped(super::Shape::is_number);
            let whole = only_ints && number.abs() < 9.0e15;
            if whole { (number as i64).into() } else { number.into() }
        };
        return key.numbers.map(|(least, most)| (number(least), number(most)));
    }
    if main.is_date() {
        return key.dates.map(|(oldest, newest)| (oldest.to_rfc3339().into(), newest.to_rfc3339().into()));
    }
    key.texts.clone().map(|(first, last)| (first.into(), last.into()))
}

fn reader(checked: &Checked, read: &KeyRead) -> Read {
    Read {
        query: read.query.clone(),
        field: read.field.clone(),
        file: checked.names().get(read.file as usize).cloned().unwrap_or_default(),
        line: checked.line(read.file, read.span.start),
    }
}

impl KeyRead {
    /// Whether this reads a key of the statistics.
    pub fn reads(&self, key: &str) -> bool {
        if self.is_prefix {
            return key.len() > self.key.len() && key.starts_with(&self.key);
        }
        fold(&self.key).0 == key
    }
}
