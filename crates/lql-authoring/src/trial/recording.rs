//! Recorded events: each keeps its bytes and its place, so that it can be mapped again and named in an answer.

use crate::{EventFile, Refusal, open_events, rest_unreadable};
use lql_runtime::decode::{Chunk, Chunker, Options, Reject, SourceError};
use std::io::Read;
use std::sync::Arc;

/// Events of several streams, in the order they were recorded.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The events.
    pub events: Vec<Event>,
    /// Records that are no events at all: damaged lines, rows of the wrong width, ends of broken files.
    pub damaged: Vec<(Arc<str>, Reject)>,
}

/// One recorded event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The stream it belongs to.
    pub stream: Arc<str>,
    /// The file it stands in, as the user names it.
    pub file: Arc<str>,
    /// Its first line there, counted from 1.
    pub line: u64,
    /// The record alone.
    pub record: Chunk,
}

impl Recording {
    /// Records a file of events. An error is an input that cannot be opened at all; what is wrong further down is
    /// [damaged](Recording::damaged).
    pub fn read(
        &mut self,
        stream: &str,
        file: &str,
        input: impl Read + Send,
        options: Options,
    ) -> Result<(), SourceError> {
        self.take(stream, file, Chunker::open(input, options)?);
        Ok(())
    }

    /// Records a file of events, named as `shown` in answers. What cannot be decoded is [damaged](Recording::damaged).
    pub fn read_file(&mut self, file: &EventFile, shown: &str, delimiter: Option<u8>) -> Result<(), Refusal> {
        match open_events(&file.path, delimiter)? {
            Ok(chunker) => self.take(&file.stream, shown, chunker),
            Err(reject) => self.damaged.push((shown.into(), reject)),
        }
        Ok(())
    }

    fn take(&mut self, stream: &str, file: &str, mut chunker: Chunker<'_>) {
        let (stream, file): (Arc<str>, Arc<str>) = (stream.into(), file.into());
        loop {
            let chunk = match chunker.next_chunk() {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return,
                Err(error) => {
                    self.damaged.push((file, rest_unreadable(chunker.line(), &error)));
                    return;
                }
            };
            for record in chunk.records() {
                match record {
                    Ok(record) => self.events.push(Event {
                        stream: Arc::clone(&stream),
                        file: Arc::clone(&file),
                        line: record.line,
                        record: chunk.alone(&record),
                    }),
                    Err(reject) => self.damaged.push((Arc::clone(&file), reject)),
                }
            }
        }
    }

    /// Records one event that stands as a JSON object in some other file, such as a test.
    pub fn push_json(&mut self, stream: &str, file: &str, line: u64, json: &str) {
        let record = Chunk::of_json(json.as_bytes(), line);
        self.events.push(Event { stream: stream.into(), file: file.into(), line, record });
    }
}
