//! Requests that misbehave, for the tests: only builds with debug assertions know them.

use crate::server::wire::Ticket;
use crate::server::world::World;
use std::time::{Duration, Instant};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::LSPAny;
use tower_lsp_server::ls_types::request::Request;

/// Panics.
pub enum Panic {}

impl Request for Panic {
    type Params = LSPAny;
    type Result = LSPAny;
    const METHOD: &'static str = "lql/debug/panic";
}

/// Keeps a thread busy for so many milliseconds, or until it is cancelled; answers how long that was.
pub enum Busy {}

impl Request for Busy {
    type Params = u64;
    type Result = u64;
    const METHOD: &'static str = "lql/debug/busy";
}

#[expect(clippy::panic, reason = "it is what this is for")]
pub fn panic(_: &World, _: LSPAny, _: &Ticket) -> Result<LSPAny> {
    panic!("as asked");
}

pub fn busy(_: &World, milliseconds: u64, ticket: &Ticket) -> Result<u64> {
    let (start, end) = (Instant::now(), Duration::from_millis(milliseconds));
    while start.elapsed() < end && !ticket.is_cancelled() {
        std::hint::spin_loop();
    }
    Ok(start.elapsed().as_millis() as u64)
}
