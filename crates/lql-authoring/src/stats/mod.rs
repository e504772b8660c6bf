//! What events hold: every key with its types, presence, number of values and samples.
//!
//! Events are flattened by the decoder that runs them, with a projection that wants every key, so what is told here is
//! what a query finds. Memory is bounded: by the number of keys, and for each key by what is kept of its values.

mod distinct;
mod key;
mod shape;
mod summary;

pub use distinct::{Distinct, EXACT, STANDARD_ERROR};
pub use key::{COUNTED, KeyStats};
pub use shape::{DateForm, Shape, reads_day_first};
pub use summary::{KeySummary, Place, Read, Readers, StreamSummary, Summary};

use crate::source::{delimiter_of, open_events, rest_unreadable};
use crate::{EventFile, Refusal};
use bumpalo::Bump;
use lql_compiler::Value;
use lql_compiler::program::{Program, StreamInput};
use lql_runtime::decode::{Chunk, Decoder, Layout, Projection, Reject};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// More keys than these of one stream are only counted: somebody writes values where keys should be.
pub const MOST_KEYS: usize = 4096;
/// So many first events are kept, if they are not longer than this.
const KEPT_EVENTS: usize = 6;
const KEPT_BYTES: usize = 4096;
/// So many rejects are kept with their place; all are counted.
const KEPT_REJECTS: usize = 20;

/// What the events of one stream hold.
#[derive(Clone, Debug, Default)]
pub struct StreamStats {
    /// The stream.
    pub stream: String,
    /// Its files, in the order in which they were read.
    pub files: Vec<FileStats>,
    /// Events that could be read.
    pub events: u64,
    /// Records that could not.
    pub rejected: u64,
    /// The first of them: file and reject.
    pub rejects: Vec<(String, Reject)>,
    /// The first events, as JSON.
    pub first: Vec<String>,
    /// By flattened key; an index in brackets stands as `[*]`.
    pub keys: BTreeMap<String, KeyStats>,
    /// Keys beyond [`MOST_KEYS`].
    pub further: Distinct,
}

/// One file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStats {
    /// Where it is, as the user named it.
    pub path: String,
    /// Events that could be read.
    pub events: u64,
    /// What stands between its cells, if it holds rows.
    pub delimiter: Option<u8>,
}

/// Reads all events of some files, stream by stream in the order of names. `watch` is told how many more events were read.
///
/// `input` says what a project knows of a stream; the delimiter is seen from the header if it says none.
pub fn read_events(
    files: &[EventFile],
    input: &dyn Fn(&str) -> StreamInput,
    watch: &mut dyn FnMut(u64),
) -> Result<Vec<StreamStats>, Refusal> {
    let mut streams: BTreeMap<&str, StreamStats> = BTreeMap::new();
    for file in files {
        let stats = streams
            .entry(&file.stream)
            .or_insert_with(|| StreamStats { stream: file.stream.clone(), ..StreamStats::default() });
        let delimiter = input(&file.stream).delimiter.or_else(|| delimiter_of(file));
        stats.read(file, delimiter, watch)?;
    }
    Ok(streams.into_values().collect())
}

impl StreamStats {
    /// Reads a file to its end, or to where it cannot be read further.
    fn read(
        &mut self,
        file: &EventFile,
        delimiter: Option<u8>,
        watch: &mut dyn FnMut(u64),
    ) -> Result<(), Refusal> {
        let path = file.path.to_string_lossy().into_owned();
        self.files.push(FileStats { path: path.clone(), events: 0, delimiter });
        let before = self.events;
        match open_events(&file.path, delimiter)? {
            Err(reject) => self.reject(&path, reject),
            Ok(mut chunker) => loop {
                match chunker.next_chunk() {
                    Ok(Some(chunk)) => {
                        let before = self.events;
                        self.chunk(&path, &chunk);
                        watch(self.events - before);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        self.reject(&path, rest_unreadable(chunker.line(), &error));
                        break;
                    }
                }
            },
        }
        if let Some(file) = self.files.last_mut() {
            file.events = self.events - before;
        }
        Ok(())
    }

    fn chunk(&mut self, path: &str, chunk: &Chunk) {
        // Captures the keys with the prefix "": all of them.
        let everything = Program { captures: vec![String::new()], ..Program::default() };
        let projection = Projection::new(&everything, &[]);
        let mut decoder = Decoder::new(&projection, chunk.layout());
        let mut arena = Bump::new();
        for record in chunk.records() {
            arena.reset();
            let slots = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
            let decoded = record.and_then(|record| {
                decoder.decode(&record, &arena, slots).map_err(|error| record.reject(&error))?;
                Ok(record)
            });
            match decoded {
                Ok(record) => {
                    let keys = slots.first().copied().unwrap_or_default();
                    if self.first.len() < KEPT_EVENTS && record.raw.len() <= KEPT_BYTES {
                        self.first.push(json(chunk.layout(), record.raw, keys));
                    }
                    self.event(keys);
                }
                Err(reject) => self.reject(path, reject),
            }
        }
    }

    /// Takes an event as the map of its flattened keys.
    fn event(&mut self, keys: Value<'_>) {
        self.events += 1;
        let Value::Map(entries) = keys else { return };
        for (key, value) in entries {
            let (pattern, index) = fold(key);
            if !self.keys.contains_key(pattern.as_ref()) {
                if self.keys.len() == MOST_KEYS {
                    self.further.add(xxh3_64(pattern.as_bytes()));
                    continue;
                }
                self.keys.insert(pattern.clone().into_owned(), KeyStats::default());
            }
            let Some(stats) = self.keys.get_mut(pattern.as_ref()) else { continue };
            stats.elements = stats.elements.max(index.map_or(0, |index| index + 1));
            stats.add(*value, self.events);
        }
    }

    fn reject(&mut self, path: &str, reject: Reject) {
        self.rejected += 1;
        if self.rejects.len() < KEPT_REJECTS {
            self.rejects.push((path.to_owned(), reject));
        }
    }

    /// The share of events that have a value under a key.
    pub fn presence(&self, key: &KeyStats) -> f64 {
        if self.events == 0 { 0.0 } else { key.events as f64 / self.events as f64 }
    }
}

/// An event as JSON on one line, without what is no value; of a row, its cells.
fn json(layout: &Layout, raw: &[u8], keys: Value<'_>) -> String {
    let (Layout::Csv(_), Value::Map(entries)) = (layout, keys) else {
        return serde_json::from_slice(raw).map(without_nulls).unwrap_or_default().to_string();
    };
    let cell = |value: &Value<'_>| match value {
        Value::Text(text) => serde_json::Value::from(*text),
        Value::List(items) => {
            items.iter().map(|item| if let Value::Text(text) = item { *text } else { "" }).collect()
        }
        _ => serde_json::Value::Null,
    };
    let cells = entries.iter().map(|(key, value)| ((*key).to_owned(), cell(value)));
    serde_json::Value::Object(cells.collect()).to_string()
}

fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            Json::Object(members.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Json::Array(items) => {
            Json::Array(items.into_iter().filter(|item| !item.is_null()).map(without_nulls).collect())
        }
        value => value,
    }
}

/// `items[3].sku` as `items[*].sku`, and the largest index.
pub fn fold(key: &str) -> (std::borrow::Cow<'_, str>, Option<usize>) {
    if !key.contains('[') {
        return (key.into(), None);
    }
    let (mut folded, mut largest, mut rest) = (String::new(), None, key);
    while let Some((before, after)) = rest.split_once('[') {
        folded.push_str(before);
        folded.push('[');
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = match after.split_at_checked(digits) {
            Some((number, tail)) if digits > 0 && tail.starts_with(']') => {
                largest = largest.max(number.parse::<usize>().ok());
                folded.push('*');
                tail
            }
            _ => after,
        };
    }
    folded.push_str(rest);
    (folded.into(), largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_fold_and_other_brackets_stay() {
        let fold = |key| {
            let (folded, index) = fold(key);
            (folded.into_owned(), index)
        };
        assert_eq!(fold("items[0].sku"), ("items[*].sku".to_owned(), Some(0)));
        assert_eq!(fold("a[2][13]"), ("a[*][*]".to_owned(), Some(13)));
        assert_eq!(fold("price [EUR]"), ("price [EUR]".to_owned(), None));
        assert_eq!(fold("open["), ("open[".to_owned(), None));
        assert_eq!(fold("cart.total"), ("cart.total".to_owned(), None));
    }
}
