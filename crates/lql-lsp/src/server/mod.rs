//! The server: everything that knows the protocol.
//!
//! ```text
//! transport ─▶ wire ─▶ owner ─▶ pool ─▶ a request's file ─▶ ide
//!                        │
//!                        └─ world: documents, projects, settings
//! ```
//!
//! `tower-lsp-server` moves the bytes and nothing else: it calls [`wire`] with one message after the other. The [`owner`]
//! is one thread that holds the state; reads run on the [`pool`] over an immutable [`world`]. So nothing that an answer
//! does can disturb the order of edits, and nothing that takes long keeps a message from being heard.

mod abilities;
mod checking;
mod checks;
mod client;
mod diagnostics;
mod discover;
mod disk;
mod document;
mod frames;
mod latency;
mod lines;
mod listen;
mod loading;
mod notifications;
mod owner;
mod parent;
mod pool;
mod progress;
mod project;
mod requests;
mod results;
mod settings;
mod show;
mod tests;
mod tokens;
mod websocket;
mod wire;
mod world;

pub use listen::listen;

use client::Client;
use futures::future::{Either, select};
use owner::{Event, Owner};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp_server::Server;
use wire::{Life, Wire};

/// How long the last replies may take to leave after `exit`.
const FAREWELL: Duration = Duration::from_millis(500);

/// Handlers only wait for an answer, so any number of them may.
const AT_ONCE: usize = 1 << 16;

/// The pipe between the input and the transport holds so many bytes.
const PIPE: usize = 1 << 16;

/// Serves one client on standard input and output, until it leaves. The exit code: 0 if it said `shutdown` first, else 1.
pub fn run() -> std::io::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let code = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout()));
    // Standard input may stay open: its thread waits for a byte that never comes.
    runtime.shutdown_background();
    code
}

/// Serves one client over any pair of pipes.
pub async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite) -> std::io::Result<u8> {
    let life = Arc::new(Life::default());
    let (client, socket) = Client::new(tokio::runtime::Handle::current());
    let inbox = Owner::start(client, Arc::clone(&life))?;
    let wire = Wire::new(inbox.clone(), Arc::clone(&life));
    let (inlet, messages) = tokio::io::duplex(PIPE);
    let served = Server::new(messages, output, socket).concurrency_level(AT_ONCE).serve(wire);
    let session = async {
        // Where the input ends, so do the messages.
        if let Either::Left((_, served)) = select(pin!(frames::pass(input, inlet)), pin!(served)).await {
            served.await;
        }
    };
    let session = pin!(session);
    if let Either::Right(((), session)) = select(session, pin!(life.exit.notified())).await {
        let _ = tokio::time::timeout(FAREWELL, session).await;
    }
    let _ = inbox.send(Event::Stop);
    Ok(u8::from(!life.was_shut_down.load(Ordering::Relaxed)))
}
