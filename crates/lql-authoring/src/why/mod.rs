//! Why: which events, columns and links made a value, why there is none, why two people are one, and why somebody is in
//! an audience.
//!
//! Answers are data that serialise; each turns into text on its own.

mod missing;
mod place;
mod rules;
mod text;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use missing::{Reason, Silent, SilentReason};
pub use place::{ColumnPlace, EventPlace, IdentityName, LinkPlace, ProfileName, RefusedWhy};
pub use rules::Verdict;
pub use tree::Tree;
pub use value::{Contribution, FieldWhy, PartVerdict, field};
