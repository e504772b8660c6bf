//! How long the parts of a run take, one by one: `cargo bench -p lql-micro`, or `cargo bench -p lql-micro -- decode`.
//!
//! Times are of this machine and this moment: compare runs that took turns. What must not get worse without notice is
//! counted, in `benches/figures`.

use bumpalo::Bump;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use lql_authoring::{disk, testing};
use lql_compiler::catalog::{self, Env, Scope};
use lql_compiler::program::{Package, Program};
use lql_compiler::schema::TableId;
use lql_compiler::{Settings, Source, Surroundings, Time, Value, check, check_expression};
use lql_runtime::decode::{Chunk, Chunker, Decoder, Options, Projection};
use lql_runtime::{Change, Machine, Mapper, State, StreamSettings};
use lql_syntax::ast::Dialect;
use lql_tests::cli::repository;
use lql_tests::generator::{Format, Shape};

fn main() {
    divan::main();
}

/// How many events one iteration reads or applies.
const EVENTS: usize = 1_000;

/// Filling the slots of M1 from bytes.
#[divan::bench(args = ["ndjson", "csv"])]
fn decode(bencher: Bencher, format: &str) {
    let chunks = chunks(if format == "csv" { Format::Csv } else { Format::Ndjson });
    let package = questions("m1");
    let projection = Projection::new(&package.streams[0], &[]);
    let mut arena = Bump::new();
    let bytes: usize = chunks.iter().map(|chunk| chunk.bytes().len()).sum();
    bencher.counter(ItemsCount::new(EVENTS)).counter(BytesCount::new(bytes)).bench_local(|| {
        for chunk in &chunks {
            let mut decoder = Decoder::new(&projection, chunk.layout());
            for record in chunk.records() {
                arena.reset();
                let slots = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
                decoder.decode(&record.unwrap(), &arena, slots).unwrap();
                black_box(&slots);
            }
        }
    });
}

/// What `lql watch` does on a save: a project of so many queries is read, checked and linted, and one test is run.
#[divan::bench(args = [10, 50])]
fn watch_round(bencher: Bencher, queries: usize) {
    let folder = tempfile::tempdir().unwrap();
    for (at, text) in lql_tests::generator::project::queries(queries).into_iter().enumerate() {
        std::fs::write(folder.path().join(format!("query_{at}.lql")), text).unwrap();
    }
    let test = "now = 2024-06-30T00:00:00Z\n[[case]]\nname = \"one\"\n\
                events = [{ stream = \"stream_0\", event = { mail = \"a@b.c\" } }]\n\
                [[case.profile]]\nis = { email = \"a@b.c\" }\n";
    std::fs::write(folder.path().join("one.test.toml"), test).unwrap();
    let paths = [folder.path().to_owned()];
    let tested = lql_authoring::watch::round(&paths, &lql_authoring::disk).unwrap().tests.unwrap();
    assert_eq!((tested.cases.len(), tested.failed()), (1, 0));
    bencher.bench_local(|| black_box(lql_authoring::watch::round(&paths, &lql_authoring::disk).unwrap()));
}

/// Decoding and mapping.
#[divan::bench(args = ["m1", "m3"])]
fn map(bencher: Bencher, questions_of: &str) {
    let chunks = chunks(Format::Ndjson);
    let (package, constants) = (questions(questions_of), Bump::new());
    let mapper = mapper(&package, &constants);
    let mut arena = Bump::new();
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        for chunk in &chunks {
            let mut decoder = mapper.decoder(chunk.layout());
            for record in chunk.records() {
                arena.reset();
                black_box(mapper.map(&mut decoder, &record.unwrap(), &arena).unwrap());
            }
        }
    });
}

/// Instructions of the machine, on one event.
#[divan::bench(args = [
    "score",
    "toint(score)",
    "score + 1",
    "score > 3 AND event == \"view\"",
    "event IN (\"a\", \"b\", \"c\", \"view\")",
    "oneof(nothing, nobody, event)",
    "name LIKE \"*son\"",
    "join(event, name, \"/\")",
])]
fn machine(bencher: Bencher, expression: &str) {
    evaluate(bencher, expression, r#"{"score": 17, "event": "view", "name": "Ada Lovelace-Gibson"}"#);
}

/// Every function that mappings may call, on the first example of the catalog that has a value.
#[divan::bench(args = functions())]
fn function(bencher: Bencher, name: &str) {
    let examples = catalog::find(name).unwrap().examples;
    let example = examples.iter().find(|example| example.result.is_some()).unwrap();
    let event = if example.event.is_empty() { "{}" } else { example.event };
    evaluate(bencher, example.expr, event);
}

fn functions() -> Vec<&'static str> {
    let mapping = catalog::functions().filter(|function| function.scope != Scope::Filter);
    let mapping = mapping.filter(|function| function.aggregate.is_none());
    let shown = mapping.filter(|function| {
        let example = function.examples.iter().find(|example| example.result.is_some());
        example.is_some_and(|example| {
            check_expression(example.expr, Dialect::Lql, &Surroundings::default()).is_ok()
        })
    });
    let mut names: Vec<&str> = shown.map(|function| function.name).collect();
    names.sort_unstable();
    names
}

/// Merge operators: three events for each profile.
#[divan::bench(args = [
    "count(*) AS v",
    "sum(score) AS v",
    "sum(price) AS v",
    "min(score) AS v",
    "set(event) AS v",
    "valuect(event) AS v",
    "event AS v",
    "event AS v MERGEOP oldest",
    "map(event, score) AS v",
    "timebucket(now()) AS v",
])]
fn apply(bencher: Bencher, column: &str) {
    let query = format!("SELECT id AS id, {column} FROM events INTO user BY id ALIAS a");
    let package = check(&[Source::lql("a.lql", query)], &Settings::default()).package().unwrap();
    let lines: String = (0..EVENTS)
        .map(|i| {
            format!(
                "{{\"id\":\"u{}\",\"event\":\"e{}\",\"score\":{i},\"price\":{}.25}}\n",
                i * 7 % (EVENTS / 3),
                i % 5,
                i
            )
        })
        .collect();
    let (constants, arena) = (Bump::new(), Bump::new());
    let mapper = mapper(&package, &constants);
    let chunks = chunks_of(lines.into_bytes());
    let changes = changes(&mapper, &chunks, &arena);
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| State::new(&package.schema)).bench_local_refs(
        |state| {
            for change in &changes {
                black_box(state.apply(change));
            }
        },
    );
}

/// Fields and links of M3, on the generated events.
#[divan::bench]
fn apply_m3(bencher: Bencher) {
    let (package, constants, arena) = (questions("m3"), Bump::new(), Bump::new());
    let mapper = mapper(&package, &constants);
    let chunks = chunks(Format::Ndjson);
    let changes = changes(&mapper, &chunks, &arena);
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| State::new(&package.schema)).bench_local_refs(
        |state| {
            for change in &changes {
                black_box(state.apply(change));
            }
        },
    );
}

/// Which identity values are one, from all links.
#[divan::bench]
fn resolve(bencher: Bencher) {
    let (package, constants, arena) = (questions("m3"), Bump::new(), Bump::new());
    let mapper = mapper(&package, &constants);
    let chunks = chunks(Format::Ndjson);
    let mut state = State::new(&package.schema);
    for change in changes(&mapper, &chunks, &arena) {
        state.apply(&change);
    }
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| black_box(state.resolve(TableId(0))));
}

/// The canonical bytes of a state.
#[divan::bench]
fn encode(bencher: Bencher) {
    let (package, constants, arena) = (questions("m3"), Bump::new(), Bump::new());
    let mapper = mapper(&package, &constants);
    let chunks = chunks(Format::Ndjson);
    let mut state = State::new(&package.schema);
    for change in changes(&mapper, &chunks, &arena) {
        state.apply(&change);
    }
    bencher.counter(BytesCount::new(state.encode().len())).bench_local(|| black_box(state.encode()));
}

/// `lql test` of 1,000 cases of `examples/shop`: reading them, compiling the project, mapping, merging in other orders,
/// comparing. Each has three events of two streams.
#[divan::bench(sample_count = 10)]
fn test_cases(bencher: Bencher) {
    const CASES: usize = 1_000;
    let mut text =
        format!("now = 2024-06-30T00:00:00Z\nproject = {:?}\n", repository().join("examples/shop"));
    for i in 0..CASES {
        text += &format!(
            r#"
[[case]]
name = "person {i}"
events = [
    {{ stream = "web", id = "1", time = 2024-05-01T10:00:00Z, event = {{ event = "login", cookie = "desk{i}", user = {{ email = "P{i}@Example.org" }} }} }},
    {{ stream = "web", id = "2", time = 2024-05-02T10:00:00Z, event = {{ event = "add_to_cart", cookie = "phone{i}", user = {{ email = "p{i}@example.org" }} }} }},
    {{ stream = "orders", id = "3", event = {{ "Order Date" = "5/3/2024", "E-Mail" = "p{i}@example.org", Sales = "${i}.50" }} }},
]
profiles = 1
[[case.profile]]
is = {{ email = "p{i}@example.org" }}
cookie = {{ set = ["phone{i}", "desk{i}"] }}
event_counts = {{ login = 1, add_to_cart = 1 }}
spend_total = {i}.5
in = ["cart_left"]
"#
        );
    }
    let folder = std::env::temp_dir().join(format!("lql-micro-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("many.test.toml"), text).unwrap();
    let paths = [folder.clone()];
    bencher.counter(ItemsCount::new(CASES)).bench_local(|| {
        let found = testing::find(&paths, &disk).unwrap();
        let report = testing::run(&found, &disk, &testing::Options::default(), &|_| ());
        assert!(report.is_clean() && report.cases.len() == CASES, "{}", report.text(false));
        report
    });
    std::fs::remove_dir_all(folder).unwrap();
}

fn evaluate(bencher: Bencher, expression: &str, event: &str) {
    let checked = check_expression(expression, Dialect::Lql, &Surroundings::default()).unwrap();
    let (constants, slots) = (Bump::new(), Bump::new());
    let machine = Machine::load(&checked.program, &constants).unwrap();
    let event: serde_json::Value = serde_json::from_str(event).unwrap();
    let filled = filled(&checked.program, &event, &slots);
    let mut arena = Bump::new();
    bencher.bench_local(|| {
        arena.reset();
        let registers = machine.registers(&arena);
        for (slot, value) in machine.slots(registers).iter_mut().zip(filled) {
            *slot = *value;
        }
        let env = Env { arena: &arena, event_time: Time::default(), clock: Time::default() };
        black_box(machine.value(registers, &env));
    });
}

fn filled<'a>(program: &Program, event: &'a serde_json::Value, arena: &'a Bump) -> &'a [Value<'a>] {
    let projection = Projection::new(program, &[]);
    let slots = arena.alloc_slice_fill_copy(projection.slots(), Value::Missing);
    projection.fill_from_json_value(event, arena, slots).unwrap();
    slots
}

fn changes<'a>(mapper: &'a Mapper<'_>, chunks: &'a [Chunk], arena: &'a Bump) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    for chunk in chunks {
        let mut decoder = mapper.decoder(chunk.layout());
        for record in chunk.records() {
            changes.extend_from_slice(mapper.map(&mut decoder, &record.unwrap(), arena).unwrap().changes);
        }
    }
    assert!(changes.len() >= EVENTS, "every event changes something");
    changes
}

fn mapper<'p>(package: &'p Package, constants: &'p Bump) -> Mapper<'p> {
    Mapper::new(&package.streams[0], &package.schema, StreamSettings::default(), Time::default(), constants)
        .unwrap()
}

/// The questions of `examples/bench`.
fn questions(name: &str) -> Package {
    let text = std::fs::read_to_string(repository().join(format!("examples/bench/{name}/{name}.lql")));
    check(&[Source::lql(name, text.unwrap())], &Settings::default()).package().unwrap()
}

fn chunks(format: Format) -> Vec<Chunk> {
    let mut bytes = Vec::new();
    Shape { events: EVENTS as u64, seed: 42 }.write(format, &mut bytes).unwrap();
    chunks_of(bytes)
}

fn chunks_of(bytes: Vec<u8>) -> Vec<Chunk> {
    let mut chunker = Chunker::open(bytes.as_slice(), Options::default()).unwrap();
    std::iter::from_fn(|| chunker.next_chunk().unwrap()).collect()
}
