//! Why: which events, columns and links made a value, why there is none, why two people are one, and why somebody is in
//! an audience.
//!
//! Answers are data that serialise; each turns into text on its own.

mod graph;
mod identity;
mod missing;
mod place;
mod profile;
mod question;
mod rules;
mod segment;
mod text;
mod tree;
mod value;

#[cfg(test)]
mod tests;

pub use graph::Graph;
pub use identity::{Because, IdentityWhy, Ignored, ValueSeen, identity};
pub use missing::{Reason, Silent, SilentReason};
pub use place::{ColumnPlace, EventPlace, IdentityName, LinkPlace, ProfileName, RefusedWhy};
pub use profile::{FieldShort, ProfileWhy, profile};
pub use question::{About, Question, question, segment as segment_named};
pub use rules::Verdict;
pub use segment::{Certainty, FlipWhy, SegmentWhy, segment};
pub use tree::Tree;
pub use value::{Contribution, FieldWhy, PartVerdict, field};
