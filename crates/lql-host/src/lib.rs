//! The host: events in, profiles and audiences kept, results out.

mod clock;
pub mod entry;
pub mod host;
pub mod http;
pub mod ingress;
pub mod log;
pub mod people;
pub mod pipeline;
pub mod tokens;
pub mod views;

pub use host::{Host, HostError, Settings};
