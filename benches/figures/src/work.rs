//! The work that is measured: always the same events, one thread, nothing read or written while it is measured.

use bumpalo::Bump;
use lql_compiler::lint::{self, Selection};
use lql_compiler::program::{Package, StreamInput};
use lql_compiler::schema::TableId;
use lql_compiler::{Settings, Source, TableSettings, Time, Value, check, check_after};
use lql_runtime::decode::{Chunk, Chunker, Decoder, Options, Projection};
use lql_runtime::{Mapper, ProfileWriter, State, StreamSettings};
use lql_tests::cli::repository;
use lql_tests::generator::{Format, Shape};
use std::hint::black_box;

/// How many events there are; half of them go before, so that arenas and tables have their size.
pub const EVENTS: u64 = 10_000;

/// How many queries are checked.
const QUERIES: usize = 200;

/// How often a query is edited.
const EDITS: usize = 20;

/// A stage of a run, or what is done before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Checks a project of many queries and compiles it.
    Check,
    /// Checks and lints it.
    Lint,
    /// Does so again after an edit of one of its queries, as the editor does.
    Edit,
    /// Cuts nested JSON into records and fills the slots of M1.
    Decode,
    /// The same, and runs the program.
    Map,
    /// Decodes and maps for M3, and applies the changes.
    Merge,
    /// M3 from no state at all to the text of all profiles.
    Run,
}

impl Work {
    /// All of them.
    pub const ALL: [Work; 7] =
        [Work::Check, Work::Lint, Work::Edit, Work::Decode, Work::Map, Work::Merge, Work::Run];

    /// Its name in the file of figures.
    pub fn name(self) -> &'static str {
        match self {
            Work::Check => "check",
            Work::Lint => "lint",
            Work::Edit => "edit",
            Work::Decode => "decode",
            Work::Map => "map",
            Work::Merge => "merge",
            Work::Run => "run",
        }
    }

    /// What a figure is given for one of.
    pub fn unit(self) -> &'static str {
        match self {
            Work::Check | Work::Lint => "query",
            Work::Edit => "edit",
            Work::Decode | Work::Map | Work::Merge | Work::Run => "event",
        }
    }

    /// How many of them are measured.
    pub fn count(self) -> u64 {
        match self {
            Work::Check | Work::Lint => QUERIES as u64,
            Work::Edit => EDITS as u64,
            Work::Decode | Work::Map | Work::Merge => EVENTS / 2,
            Work::Run => EVENTS,
        }
    }

    /// Prepares, then hands what is to be measured to `measure`, once.
    pub fn run<R>(self, events: &[u8], measure: impl FnOnce(&mut dyn FnMut()) -> R) -> R {
        match self {
            Work::Check => return measure(&mut check_and_compile()),
            Work::Lint => return measure(&mut check_and_lint()),
            Work::Edit => return measure(&mut edit()),
            Work::Decode | Work::Map | Work::Merge | Work::Run => {}
        }
        let package = questions(self);
        let constants = Bump::new();
        let program = package.streams.first().expect("there is one stream");
        let settings =
            StreamSettings { timestamp: program.input.timestamp.clone(), id: program.input.id.clone() };
        let mapper = Mapper::new(program, &package.schema, settings, Time::default(), &constants)
            .expect("the program loads");
        let mut stage =
            Stage { work: self, mapper: &mapper, arena: Bump::new(), state: State::new(&package.schema) };
        if self == Work::Run {
            return measure(&mut || {
                stage.events(events);
                stage.profiles();
            });
        }
        let (before, measured) = halves(events);
        stage.events(before);
        measure(&mut || stage.events(measured))
    }
}

fn check_and_compile() -> impl FnMut() {
    let sources = project();
    move || {
        let package = check(&sources, &Settings::default()).package();
        black_box(package.expect("the project is sound"));
    }
}

fn check_and_lint() -> impl FnMut() {
    let sources = project();
    move || {
        let settings = Settings::default();
        let checked = check(&sources, &settings);
        black_box(lint::lint(&checked, &sources, &settings, &Selection::default()));
    }
}

/// A field of a query in the middle is named differently, again and again.
fn edit() -> impl FnMut() {
    let (mut sources, settings, selection) = (project(), Settings::default(), Selection::default());
    let middle = QUERIES / 2;
    let text = sources.get(middle).expect("there are many").text.to_string();
    let mut checked = check(&sources, &settings);
    let mut linted = lint::lint_after(None, &checked, &sources, &settings, &selection);
    move || {
        for edit in 0..EDITS {
            if let Some(source) = sources.get_mut(middle) {
                source.text = text.replacen(" AS field", &format!(" AS field{edit}"), 1).into();
            }
            checked = check_after(Some(&checked), &sources, &settings);
            linted = lint::lint_after(Some(&linted), &checked, &sources, &settings, &selection);
            black_box(&linted);
        }
    }
}

/// The generated events as bytes.
pub fn events() -> Vec<u8> {
    let mut bytes = Vec::new();
    Shape { events: EVENTS, seed: 42 }.write(Format::Ndjson, &mut bytes).expect("a vector takes all");
    bytes
}

/// The function that callgrind counts in: its name must survive, and nothing else may be called so.
#[inline(never)]
pub fn measured(work: &mut dyn FnMut()) {
    work();
    black_box(());
}

/// A run as far as one work goes.
struct Stage<'p> {
    work: Work,
    mapper: &'p Mapper<'p>,
    arena: Bump,
    state: State,
}

impl Stage<'_> {
    fn events(&mut self, bytes: &[u8]) {
        let mut chunker = Chunker::open(bytes, Options::default()).expect("events are JSON");
        while let Some(chunk) = chunker.next_chunk().expect("events are JSON") {
            self.chunk(&chunk);
        }
    }

    fn chunk(&mut self, chunk: &Chunk) {
        let projection = Projection::new(self.mapper.program(), &[]);
        let mut slots = Decoder::new(&projection, chunk.layout());
        let mut decoder = self.mapper.decoder(chunk.layout());
        for record in chunk.records() {
            self.arena.reset();
            let record = record.expect("events are JSON");
            if self.work == Work::Decode {
                let filled = self.arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
                slots.decode(&record, &self.arena, filled).expect("events are JSON");
                black_box(&filled);
                continue;
            }
            let mapped = self.mapper.map(&mut decoder, &record, &self.arena).expect("events have their time");
            for change in black_box(mapped.changes) {
                if self.work != Work::Map {
                    black_box(self.state.apply(change));
                }
            }
        }
    }

    fn profiles(&self) {
        let table = TableId(0);
        let writer = ProfileWriter::new(self.state.schema(), table, &[]);
        let mut text = Vec::new();
        let groups = self.state.groups(table);
        for (id, members) in groups.iter() {
            let Some(fragment) = self.state.joined(table, members) else { continue };
            writer.write(id, &fragment, self.state.ops(), Time::default(), &[], &mut text);
        }
        black_box(text);
    }
}

/// Two halves at the end of a line.
fn halves(events: &[u8]) -> (&[u8], &[u8]) {
    let mut ends = events.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let (end, _) = ends.nth(EVENTS as usize / 2 - 1).expect("a line an event");
    events.split_at(end + 1)
}

/// The questions of `examples/bench`: M1 maps events one by one, M3 merges them to profiles.
fn questions(work: Work) -> Package {
    let name = if matches!(work, Work::Decode | Work::Map) { "m1" } else { "m3" };
    let file = repository().join(format!("examples/bench/{name}/{name}.lql"));
    let text = std::fs::read_to_string(file).expect("the questions of examples/bench");
    let checked = check(&[Source::lql(name, text)], &settings());
    checked.package().expect("they are sound")
}

/// What their `lql.toml` says.
fn settings() -> Settings {
    let input = StreamInput { timestamp: Some("ts".into()), ..StreamInput::default() };
    let no_limit = Some(1_000_000_000);
    let table =
        TableSettings { neighbour_limit: no_limit, identity_limit: no_limit, ..TableSettings::default() };
    Settings {
        streams: [("events".to_owned(), input)].into(),
        tables: [("user".to_owned(), table)].into(),
        ..Settings::default()
    }
}

/// A project of many queries.
fn project() -> Vec<Source> {
    let queries = lql_tests::generator::project::queries(QUERIES);
    queries.into_iter().enumerate().map(|(at, text)| Source::lql(format!("{at}.lql"), text)).collect()
}
