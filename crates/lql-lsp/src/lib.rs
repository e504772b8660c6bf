//! The language server of LQL.
//!
//! Two halves. [`ide`] answers questions about a project at one moment, in byte offsets, and knows no protocol. The server
//! speaks the protocol and owns the open files; it hands immutable [`ide::Snapshot`]s to the answers.
//! [`run`] serves an editor on standard input and output, [`listen`] any number of them on a port.

pub mod ide;
mod server;

pub use server::{listen, run, serve};
