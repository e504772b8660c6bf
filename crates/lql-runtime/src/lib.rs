//! Programs and events to merged customer profiles: decoding, the VM, merging, identity.
//!
//! Knows no files, no network, no clock, and has no threads of its own.

mod change;
pub mod decode;
mod encode;
mod flips;
pub mod fragment;
pub mod identity;
pub mod json_out;
mod mapper;
mod membership;
pub mod merge;
mod ops;
mod profile;
pub mod state;
mod vm;
pub mod wire;

pub use change::{Change, Contribution, Identity, Stamp};
pub use encode::{Encoder, Letters, RawChange, home_hash};
pub use flips::{Flip, Reading};
pub use mapper::{Mapped, Mapper, StreamSettings};
pub use membership::Memberships;
pub use profile::{Groups, Profile, ProfileWriter, expiry, join, profile_id};
pub use state::State;
pub use vm::{Emitted, LoadError, Machine};
