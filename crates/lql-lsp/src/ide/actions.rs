//! Changes that are offered at a place: fixes of what was found there, and rewritings.

mod columns;
mod fixes;
mod guard;
mod lists;
mod silence;

pub use columns::add_to_test;
pub use fixes::fix_all;

use super::commands::Command;
use super::{Range, Snapshot};
use lql_syntax::Edit;

/// A change that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What it does, as an order.
    pub title: String,
    /// What it is for.
    pub kind: ActionKind,
    /// The edits, in order of place, not overlapping.
    pub edits: Vec<Edit>,
    /// What else happens; where this is something, there are no edits.
    pub command: Option<Command>,
    /// Whether it is what is most likely wanted.
    pub preferred: bool,
    /// What it mends: its place in [`Snapshot::findings`].
    pub finding: Option<usize>,
}

/// What an action is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// Mends a finding.
    QuickFix,
    /// Mends all of a file.
    FixAll,
    /// Takes a part out.
    Extract,
    /// Says the same in other words, or more.
    Rewrite,
}

/// The changes that are offered for a range.
pub fn code_actions(snapshot: &Snapshot, range: Range) -> Vec<Action> {
    let mut actions = Vec::new();
    fixes::offer(snapshot, range, &mut actions);
    silence::offer(snapshot, range, &mut actions);
    columns::offer(snapshot, range, &mut actions);
    guard::offer(snapshot, range, &mut actions);
    lists::offer(snapshot, range, &mut actions);
    actions
}

impl Action {
    fn new(kind: ActionKind, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), kind, edits, command: None, preferred: false, finding: None }
    }
}

#[cfg(test)]
mod tests;
