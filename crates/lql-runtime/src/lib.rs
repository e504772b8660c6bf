//! Programs and events to merged customer profiles: decoding, the VM, merging, identity.
//!
//! Knows no files, no network, no clock, and has no threads of its own.

mod change;
pub mod identity;
pub mod merge;
mod profile;
pub mod state;

pub use change::{Change, Contribution, Identity, Stamp};
pub use profile::Profile;
pub use state::State;
