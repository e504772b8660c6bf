//! The host as its clients see it: over HTTP, killed and started again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod audiences;
mod clients;
mod collect;
mod durable;
mod profiles;
mod send;
mod tokens;

use lql_tests::cli::{self, repository};
use std::path::PathBuf;

/// Where the profiles of the shop are read.
const AS_OF: &str = "2024-06-30T00:00:00Z";

fn shop() -> PathBuf {
    repository().join("examples/shop")
}

/// The profiles of the shop, as a run gives them.
fn profiles_of_a_run() -> String {
    cli::lql(["run", "examples/shop", "--quiet", "--now", AS_OF]).expect(0).stdout
}

/// The profiles that a host has.
fn profiles_of(host: &lql_tests::host::Host) -> String {
    host.settle();
    host.get(&format!("/v1/profiles/user?as_of={AS_OF}")).expect(200).text()
}

/// The events of a file of the shop.
fn events(name: &str) -> Vec<u8> {
    std::fs::read(shop().join("events").join(name)).unwrap()
}

/// A generator of numbers, the same for each seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
