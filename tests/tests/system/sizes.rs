//! How large a profile is: as a fragment, as an encoded state, and as the JSON that is written of it.

use bumpalo::Bump;
use lql_compiler::schema::TableId;
use lql_compiler::{Settings, Source, Time, check};
use lql_runtime::decode::{Chunker, Options};
use lql_runtime::state::Outcome;
use lql_runtime::{Mapper, ProfileWriter, State, StreamSettings};
use lql_tests::generator::{Format, Shape};

/// Bytes of fragments, of the encoded state and of JSON, each for a profile of `examples/bench/m3`.
fn bytes_per_profile(events: u64) -> [f64; 3] {
    let query = include_str!("../../../examples/bench/m3/m3.lql");
    let package = check(&[Source::lql("events.lql", query)], &Settings::default()).package().unwrap();
    let mut input = Vec::new();
    Shape { events, seed: 42 }.write(Format::Ndjson, &mut input).unwrap();
    let settings = StreamSettings { timestamp: Some("ts".to_owned()), id: None };
    let (constants, mut arena) = (Bump::new(), Bump::new());
    let program = &package.streams[0];
    let mapper = Mapper::new(program, &package.schema, settings, Time::default(), &constants).unwrap();
    let mut state = State::new(&package.schema);
    let mut chunker = Chunker::open(input.as_slice(), Options::default()).unwrap();
    while let Some(chunk) = chunker.next_chunk().unwrap() {
        let mut decoder = mapper.decoder(chunk.layout());
        for record in chunk.records() {
            arena.reset();
            let mapped = mapper.map(&mut decoder, &record.unwrap(), &arena).unwrap();
            for change in mapped.changes {
                assert_eq!(state.apply(change), Outcome::Applied);
            }
        }
    }
    let table = TableId(0);
    let groups = state.groups(table);
    let writer = ProfileWriter::new(state.schema(), table, &[]);
    let (mut fragments, mut json) = (0, Vec::new());
    for (id, members) in groups.iter() {
        fragments +=
            members.iter().filter_map(|id| state.fragment(table, *id)).map(|f| f.len()).sum::<usize>();
        let joined = state.joined(table, members).unwrap();
        writer.write(id, &joined, state.ops(), Time::default(), &[], &mut json);
    }
    [fragments, state.encode().len(), json.len()].map(|bytes| bytes as f64 / groups.len() as f64)
}

#[test]
fn a_profile_takes_no_more_bytes_than_its_json() {
    let [fragments, state, json] = bytes_per_profile(5_000);
    println!(
        "bytes per profile: {fragments:.0} in fragments, {state:.0} in the encoded state, {json:.0} as JSON"
    );
    assert!(fragments < json && state < json * 1.3, "{fragments} {state} {json}");
}
