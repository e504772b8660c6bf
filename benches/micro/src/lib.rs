//! Nothing: the benchmarks are in `benches/micro.rs`; `cargo bench -p lql-micro` runs them.
