//! The first events of each stream, and what their keys hold: read once, when something asks.

use bumpalo::Bump;
use lql_authoring::shown::clip;
use lql_authoring::trial::{Event, Recording};
use lql_authoring::{EventFile, Project, delimiter_of, open_events};
use lql_compiler::program::Program;
use lql_compiler::{Value, convert};
use lql_runtime::decode::{Decoder, Projection};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// So many events of a file are looked at.
pub const EVENTS: usize = 100;
/// So many different values of a key are kept.
pub const VALUES: usize = 20;
/// Values are shown up to so many characters.
const CLIP: usize = 60;

/// What the files below `events/` hold, as far as was looked.
#[derive(Debug)]
pub struct Samples {
    files: Vec<Sampled>,
    streams: OnceLock<BTreeMap<String, Stream>>,
}

/// A file, and how it was when it was listed.
#[derive(Debug, PartialEq)]
struct Sampled {
    file: EventFile,
    size: u64,
    modified: Option<SystemTime>,
    delimiter: Option<u8>,
}

/// The first events of a stream.
#[derive(Debug, Default)]
pub struct Stream {
    /// The events.
    pub events: Vec<Event>,
    /// What the keys hold, by flattened key.
    pub keys: BTreeMap<String, Key>,
}

/// What the first events hold under a key.
#[derive(Debug)]
pub struct Key {
    /// So many events have a value.
    pub events: usize,
    /// The first different values.
    pub values: Vec<String>,
    /// Whether every value was a number.
    pub is_number: bool,
    /// The file of the first event that has it.
    pub file: PathBuf,
    /// The line of that event, counted from 1.
    pub line: u64,
}

impl Samples {
    /// The files of a project; nothing of them is read yet.
    pub fn of(project: &Project) -> Self {
        let sampled = |file: &EventFile| {
            let meta = std::fs::metadata(&file.path).ok();
            Sampled {
                file: file.clone(),
                size: meta.as_ref().map_or(0, std::fs::Metadata::len),
                modified: meta.and_then(|meta| meta.modified().ok()),
                delimiter: project.file.settings.streams.get(&file.stream).and_then(|it| it.delimiter),
            }
        };
        Self { files: project.events.iter().map(sampled).collect(), streams: OnceLock::new() }
    }

    /// Whether the files are those of `other`, unchanged.
    pub fn are_of_the_files_of(&self, other: &Self) -> bool {
        self.files == other.files
    }

    /// The streams that have files.
    pub fn streams(&self) -> &BTreeMap<String, Stream> {
        self.streams.get_or_init(|| {
            let mut streams = BTreeMap::new();
            for file in &self.files {
                // A file that cannot be read shows nothing here; a run says why.
                let _ = file.read(streams.entry(file.file.stream.clone()).or_default());
            }
            streams
        })
    }

    /// The events of all streams.
    pub fn recording(&self) -> Recording {
        let events = self.streams().values().flat_map(|stream| stream.events.iter().cloned());
        Recording { events: events.collect(), damaged: Vec::new() }
    }

    /// What the events of a stream hold under a key.
    pub fn key(&self, stream: &str, key: &str) -> Option<&Key> {
        self.streams().get(stream)?.keys.get(key)
    }

    /// The files of a stream.
    pub fn files_of<'s>(&'s self, stream: &'s str) -> impl Iterator<Item = &'s PathBuf> {
        self.files.iter().filter(move |it| it.file.stream == stream).map(|it| &it.file.path)
    }

    /// The streams that have files; these are not read for it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|it| it.file.stream.as_str())
    }
}

impl Sampled {
    /// Takes the first events of the file; nothing if it cannot be opened.
    fn read(&self, stream: &mut Stream) -> Option<()> {
        let name = self.file.path.file_name()?.to_string_lossy().into_owned();
        let delimiter = self.delimiter.or_else(|| delimiter_of(&self.file));
        let mut chunker = open_events(&self.file.path, delimiter).ok()?.ok()?;
        let (of_stream, of_file): (Arc<str>, Arc<str>) = (self.file.stream.as_str().into(), name.into());
        // Captures the keys with the prefix "": all of them.
        let everything = Program { captures: vec![String::new()], ..Program::default() };
        let projection = Projection::new(&everything, &[]);
        let mut taken = 0;
        while taken < EVENTS {
            let chunk = chunker.next_chunk().ok()??;
            let mut decoder = Decoder::new(&projection, chunk.layout());
            for record in chunk.records().flatten().take(EVENTS - taken) {
                let arena = Bump::new();
                let mut slots = vec![Value::Missing; projection.slots()];
                if decoder.decode(&record, &arena, &mut slots).is_err() {
                    continue;
                }
                taken += 1;
                if let Some(Value::Map(entries)) = slots.first() {
                    entries.iter().for_each(|(key, value)| self.value(stream, key, *value, record.line));
                }
                stream.events.push(Event {
                    stream: Arc::clone(&of_stream),
                    file: Arc::clone(&of_file),
                    line: record.line,
                    record: chunk.alone(&record),
                });
            }
        }
        Some(())
    }

    fn value(&self, stream: &mut Stream, key: &str, value: Value<'_>, line: u64) {
        let items = match &value {
            Value::List(items) => items,
            one => std::slice::from_ref(one),
        };
        let arena = Bump::new();
        let texts: Vec<&str> = items.iter().filter_map(|item| convert::to_text(*item, &arena)).collect();
        if texts.iter().all(|text| text.is_empty()) {
            return;
        }
        let key = stream.keys.entry(key.to_owned()).or_insert_with(|| Key {
            events: 0,
            values: Vec::new(),
            is_number: true,
            file: self.file.path.clone(),
            line,
        });
        key.events += 1;
        for text in texts {
            key.is_number &= text.parse::<f64>().is_ok();
            let shown = clip(text, CLIP);
            if key.values.len() < VALUES && !key.values.contains(&shown) {
                key.values.push(shown);
            }
        }
    }
}
