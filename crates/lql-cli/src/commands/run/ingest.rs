//! Reading, mapping and merging on several threads.
//!
//! Workers take chunks in turn. Changes go to the shard of their home identity, so replays meet and shards never share a
//! fragment; what is written (changes, rejects) is put back into the order of the input. The number of threads does not
//! show in any output.

use super::changes::Changes;
use super::order::InOrder;
use super::rejects::Rejects;
use super::spill::{Spill, SpillCounts, Spilled};
use crate::outcome::Stop;
use crate::output::Output;
use crate::terminal::event_bar;
use bumpalo::Bump;
use indicatif::ProgressBar;
use lql_authoring::{open_events, rest_unreadable};
use lql_compiler::Time;
use lql_compiler::schema::Schema;
use lql_runtime::decode::{Chunk, Chunker, Reject};
use lql_runtime::state::{Counts as StateCounts, State};
use lql_runtime::{Encoder, Letters, Mapped, Mapper};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A file to read.
pub struct Input {
    /// Where it is; `-` is standard input.
    pub path: PathBuf,
    /// Index of its stream's mapper.
    pub mapper: usize,
    /// Delimiter of rows, if the project sets one.
    pub delimiter: Option<u8>,
}

/// What to do.
pub struct Job<'j> {
    pub schema: &'j Schema,
    pub mappers: &'j [Mapper<'j>],
    pub inputs: Vec<Input>,
    pub threads: usize,
    /// Where changes are written, if they are wanted. They are not merged then.
    pub changes: Option<Changes>,
    pub rejects: Rejects,
    /// Bytes of memory that the state should keep to.
    pub memory: Option<usize>,
    pub progress: bool,
}

/// What a job did.
pub struct Done {
    /// All changes, merged; empty when changes were written.
    pub state: State,
    /// The fragments of the state, if there was not enough memory for them.
    pub spilled: Option<Spilled>,
    /// What became of them.
    pub spill: Option<SpillCounts>,
    /// Time of the newest event.
    pub newest: Option<Time>,
    pub counts: Counts,
    /// What became of the changes.
    pub merged: StateCounts,
    /// The file of rejects, if there are any.
    pub rejects: Option<PathBuf>,
    /// Per mapper and column: how many events gave a value.
    pub values: Vec<Vec<u64>>,
    /// Per mapper: how many events it took.
    pub events: Vec<u64>,
}

/// Counts of a job.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Records read, rejected ones included.
    pub read: u64,
    pub rejected: u64,
    /// Events that no query found an identity in.
    pub without_identity: u64,
}

/// More shards than threads, so that two workers seldom want the same.
const SHARDS_PER_THREAD: usize = 4;

/// Runs a job.
pub fn run(job: Job<'_>, output: &mut Output) -> Result<Done, Stop> {
    let threads = job.threads.max(1);
    let shards = if threads == 1 { 1 } else { threads * SHARDS_PER_THREAD };
    let empty = State::new(job.schema);
    let states: Vec<Mutex<State>> = (0..shards).map(|_| Mutex::new(empty.sibling())).collect();
    let tables = job.schema.tables.len();
    let spill = job.memory.map(|limit| Spill::new(limit, shards, tables, job.progress));
    let bar = event_bar(job.progress);
    let reader = Mutex::new(Reader { inputs: job.inputs, at: 0, open: None, next: 0 });
    let separator = job.changes.as_ref().map_or(&b""[..], Changes::separator);
    let sink = Mutex::new(Sink {
        ordered: InOrder::default(),
        output,
        rejects: job.rejects,
        separator,
        began: false,
    });
    let shared = Shared {
        mappers: job.mappers,
        reader,
        empty: &empty,
        states: &states,
        spill: spill.as_ref(),
        changes: job.changes,
        sink,
        bar: &bar,
    };
    let mut totals = Totals::new(job.mappers);
    std::thread::scope(|scope| -> Result<(), Stop> {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(|| shared.work())).collect();
        let mut results = vec![shared.work()];
        for worker in workers {
            match worker.join() {
                Ok(result) => results.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        for result in results {
            totals.add(&result?);
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let sink = shared.sink.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(changes) = shared.changes {
        changes.finish(sink.output)?;
    }
    let rejects = sink.rejects.finish()?;
    // Before the shards are merged: then there is room for what merging them takes.
    let spilled = spill.map(|spill| spill.finish(&states)).transpose()?.flatten();
    let mut shards =
        states.into_iter().map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut state = shards.next().unwrap_or_else(|| empty.sibling());
    shards.try_for_each(|shard| state.merge(shard)).map_err(|error| Stop::Misuse(error.to_string()))?;
    let mut merged = state.counts();
    merged += totals.merged;
    Ok(Done {
        spill: spilled.as_ref().map(|spilled| spilled.counts(&state)),
        spilled,
        state,
        newest: totals.newest,
        counts: totals.counts,
        merged,
        rejects,
        values: totals.values,
        events: totals.events,
    })
}

/// What all workers share.
struct Shared<'s> {
    mappers: &'s [Mapper<'s>],
    reader: Mutex<Reader>,
    empty: &'s State,
    states: &'s [Mutex<State>],
    spill: Option<&'s Spill>,
    changes: Option<Changes>,
    sink: Mutex<Sink<'s>>,
    bar: &'s ProgressBar,
}

impl Shared<'_> {
    /// Takes chunks until there are none; what this worker counted.
    fn work(&self) -> Result<Totals, Stop> {
        let mut totals = Totals::new(self.mappers);
        let mut arena = Bump::new();
        let mut outbox = Outbox::new(self.empty.encoder(), self.states.len());
        let mut spare = Vec::new();
        loop {
            let taken = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some(piece) = taken? else {
                totals.merged = outbox.counts();
                return Ok(totals);
            };
            let number = piece.number;
            let result = PieceResult {
                file: piece.file.clone(),
                output: std::mem::take(&mut spare),
                ..PieceResult::default()
            };
            let result = self.piece(&piece, result, &mut arena, &mut outbox, &mut totals)?;
            self.bar.inc(result.records);
            let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
            spare = sink.accept(number, result)?;
            if sink.rejects.count() > 0 {
                self.bar.set_message(format!("{} rejected", sink.rejects.count()));
            }
        }
    }

    fn piece(
        &self,
        piece: &Piece,
        mut result: PieceResult,
        arena: &mut Bump,
        outbox: &mut Outbox,
        totals: &mut Totals,
    ) -> Result<PieceResult, Stop> {
        let chunk = match &piece.content {
            Content::Chunk(chunk) => chunk,
            Content::Failed(reject) => {
                totals.counts.rejected += 1;
                totals.counts.read += 1;
                result.rejects.push(reject.clone());
                return Ok(result);
            }
        };
        let Some(mapper) = self.mappers.get(piece.mapper) else { return Ok(result) };
        let mut decoder = mapper.decoder(chunk.layout());
        let (mut values, mut events) = (vec![0_u64; mapper.program().columns.len()], 0);
        let mut lines = self.changes.as_ref().and_then(|changes| changes.of(piece.mapper, &piece.file));
        if lines.is_some() {
            // A change is about as long as its event.
            result.output.reserve(chunk.bytes().len());
        }
        for record in chunk.records() {
            arena.reset();
            result.records += 1;
            let mapped = record.and_then(|record| {
                let mapped = mapper.map(&mut decoder, &record, arena)?;
                if let Some(lines) = &mut lines {
                    lines.write(record.line, &mapped, &mut result.output);
                }
                Ok(mapped)
            });
            match mapped {
                Ok(mapped) => {
                    events += 1;
                    totals.newest = totals.newest.max(Some(mapped.stamp.time));
                    totals.counts.without_identity += u64::from(mapped.changes.is_empty());
                    for change in mapped.changes {
                        for contribution in change.contributions {
                            if let Some(count) = values.get_mut(usize::from(contribution.column)) {
                                *count += 1;
                            }
                        }
                    }
                    if self.changes.is_none() {
                        outbox.put(&mapped);
                    }
                }
                Err(reject) => {
                    totals.counts.rejected += 1;
                    result.rejects.push(reject);
                }
            }
        }
        totals.counts.read += result.records;
        totals.add_columns(piece.mapper, &values, events);
        outbox.send(self.states, self.spill)?;
        Ok(result)
    }
}

/// Changes on their way to the shards of their homes: they go by the chunk, so a shard is locked once for many.
struct Outbox {
    encoder: Encoder,
    /// For each shard.
    letters: Vec<Letters>,
    change: Vec<u8>,
    no_identity: u64,
}

impl Outbox {
    fn new(encoder: Encoder, shards: usize) -> Self {
        Self { encoder, letters: vec![Letters::default(); shards], change: Vec::new(), no_identity: 0 }
    }

    fn put(&mut self, mapped: &Mapped<'_>) {
        for change in mapped.changes {
            self.change.clear();
            let Some(home) = self.encoder.encode(change, &mut self.change) else {
                self.no_identity += 1;
                continue;
            };
            let shard = home as usize % self.letters.len();
            if let Some(letters) = self.letters.get_mut(shard) {
                letters.push(home, &self.change);
            }
        }
    }

    fn send(&mut self, shards: &[Mutex<State>], spill: Option<&Spill>) -> Result<(), Stop> {
        for (number, (letters, shard)) in self.letters.iter_mut().zip(shards).enumerate() {
            if letters.is_empty() {
                continue;
            }
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.apply_all(letters).map_err(|error| Stop::Misuse(error.to_string()))?;
            letters.clear();
            spill.inspect(|spill| spill.note(number, &shard));
        }
        spill.map_or(Ok(()), |spill| spill.relieve(shards))
    }

    /// What became of the changes that no shard has seen.
    fn counts(&self) -> StateCounts {
        StateCounts {
            no_identity: self.no_identity,
            too_long: self.encoder.too_long,
            blocked: self.encoder.blocked,
            ..StateCounts::default()
        }
    }
}

/// The inputs, one chunk after the other.
struct Reader {
    inputs: Vec<Input>,
    at: usize,
    open: Option<Chunker<'static>>,
    next: u64,
}

/// Part of an input.
struct Piece {
    /// Its place in the order of all pieces.
    number: u64,
    /// The file as the user named it.
    file: String,
    mapper: usize,
    content: Content,
}

enum Content {
    Chunk(Chunk),
    /// The rest of the file cannot be read.
    Failed(Reject),
}

impl Reader {
    fn take(&mut self) -> Result<Option<Piece>, Stop> {
        while let Some(input) = self.inputs.get(self.at) {
            let content = match self.open.take() {
                Some(chunker) => self.more(chunker),
                None => match open_events(&input.path, input.delimiter)? {
                    Ok(chunker) => self.more(chunker),
                    Err(reject) => Some(Content::Failed(reject)),
                },
            };
            let Some(input) = self.inputs.get(self.at) else { break };
            let (file, mapper) = (input.path.to_string_lossy().into_owned(), input.mapper);
            if self.open.is_none() {
                self.at += 1;
            }
            if let Some(content) = content {
                let number = self.next;
                self.next += 1;
                return Ok(Some(Piece { number, file, mapper, content }));
            }
        }
        Ok(None)
    }

    /// The next chunk of an open file; the file stays open unless it has ended.
    fn more(&mut self, mut chunker: Chunker<'static>) -> Option<Content> {
        match chunker.next_chunk() {
            Ok(Some(chunk)) => {
                self.open = Some(chunker);
                Some(Content::Chunk(chunk))
            }
            Ok(None) => None,
            Err(error) => Some(Content::Failed(rest_unreadable(chunker.line(), &error))),
        }
    }
}

/// What one piece gives to be written.
#[derive(Default)]
pub struct PieceResult {
    pub file: String,
    pub records: u64,
    pub output: Vec<u8>,
    pub rejects: Vec<Reject>,
}

/// Where results go, in the order of the pieces.
struct Sink<'s> {
    ordered: InOrder<PieceResult>,
    output: &'s mut Output,
    rejects: Rejects,
    /// What stands before every change; the first is written without it.
    separator: &'static [u8],
    /// Whether anything was written.
    began: bool,
}

impl Sink<'_> {
    /// Takes the result of a piece. What it gives back has room for the output of the next.
    fn accept(&mut self, number: u64, result: PieceResult) -> Result<Vec<u8>, Stop> {
        let mut spare = Vec::new();
        for result in self.ordered.put(number, result) {
            let skip = if self.began { 0 } else { self.separator.len().min(result.output.len()) };
            self.began |= !result.output.is_empty();
            self.output.write(result.output.get(skip..).unwrap_or_default())?;
            for reject in &result.rejects {
                self.rejects.write(&result.file, reject)?;
            }
            spare = result.output;
        }
        spare.clear();
        Ok(spare)
    }
}

/// What a worker counted.
struct Totals {
    newest: Option<Time>,
    counts: Counts,
    merged: StateCounts,
    values: Vec<Vec<u64>>,
    events: Vec<u64>,
}

impl Totals {
    fn new(mappers: &[Mapper<'_>]) -> Self {
        Self {
            newest: None,
            counts: Counts::default(),
            merged: StateCounts::default(),
            values: mappers.iter().map(|m| vec![0; m.program().columns.len()]).collect(),
            events: vec![0; mappers.len()],
        }
    }

    fn add_columns(&mut self, mapper: usize, values: &[u64], events: u64) {
        if let Some(counts) = self.values.get_mut(mapper) {
            counts.iter_mut().zip(values).for_each(|(to, more)| *to += more);
        }
        if let Some(count) = self.events.get_mut(mapper) {
            *count += events;
        }
    }

    fn add(&mut self, other: &Self) {
        self.newest = self.newest.max(other.newest);
        self.counts.read += other.counts.read;
        self.counts.rejected += other.counts.rejected;
        self.counts.without_identity += other.counts.without_identity;
        self.merged += other.merged;
        for (mapper, (values, events)) in other.values.iter().zip(&other.events).enumerate() {
            self.add_columns(mapper, values, *events);
        }
    }
}
