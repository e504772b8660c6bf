//! Programs and events to merged customer profiles: decoding, the VM, merging, identity.
//!
//! Knows no files, no network, no clock, and has no threads of its own.

mod change;
pub mod decode;

pub use change::{Change, Contribution, Identity, Stamp};
