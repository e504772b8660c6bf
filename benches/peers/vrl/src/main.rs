//! M1 with the Vector Remap Language: `vrl-peer FILE > out.ndjson`.

use std::{
    collections::BTreeMap,
    env,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
};
use vrl::{
    compiler::{Context, TargetValue, TimeZone, compile, state::RuntimeState},
    value::{Secrets, Value},
};

// The faster of the allocators that were tried.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> io::Result<()> {
    let file = env::args().nth(1).expect("usage: vrl-peer FILE");
    let program = match compile(include_str!("m1.vrl"), &vrl::stdlib::all()) {
        Ok(compiled) => compiled.program,
        Err(findings) => panic!("{findings:#?}"),
    };
    let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    let mut source = BufReader::with_capacity(1 << 18, File::open(file)?);
    let (mut line, mut state, zone) = (Vec::new(), RuntimeState::default(), TimeZone::default());
    while source.read_until(b'\n', &mut line)? > 0 {
        let value: Value = serde_json::from_slice(&line)?;
        line.clear();
        let mut target =
            TargetValue { value, metadata: Value::Object(BTreeMap::new()), secrets: Secrets::new() };
        state.clear();
        let result = program
            .resolve(&mut Context::new(&mut target, &mut state, &zone))
            .unwrap_or_else(|error| panic!("{error:?}"));
        serde_json::to_writer(&mut out, &result)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
