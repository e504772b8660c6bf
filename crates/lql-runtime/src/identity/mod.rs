//! Identities: which values of an event count, which of them is its home, and who is joined with whom.

mod incremental;
mod links;
mod resolve;
mod sketch;

#[cfg(test)]
mod retention;
#[cfg(test)]
mod tests;

use lql_compiler::pattern::Pattern;
use lql_compiler::schema::{FieldId, Schema, Table};
use xxhash_rust::xxh3::Xxh3;

use crate::{Change, Identity};
pub use incremental::{IdentityField, Resolver, Touched};
pub use links::{LinkSet, merge_links};
pub use resolve::{Limits, Link, Node, NodeId, Refusal, Refused, Resolution, resolve};
pub(crate) use resolve::{Nodes, partition};

/// Identity values longer than this many bytes are ignored.
pub const LONGEST_IDENTITY: usize = 256;

/// The identity rules of all tables, ready to run. Independent of any state, so that a router can ask for homes.
#[derive(Debug)]
pub struct IdentityRules {
    tables: Vec<TableRules>,
}

#[derive(Debug)]
struct TableRules {
    blocks: Vec<(Option<FieldId>, Blocker)>,
}

/// Why an identity value of an event links nothing and owns nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Longer than [`LONGEST_IDENTITY`].
    TooLong,
    /// A block rule of the table matches.
    Blocked,
}

impl IdentityRules {
    /// Prepares the rules of a schema.
    pub fn new(schema: &Schema) -> Self {
        let rules = |table: &Table| TableRules {
            blocks: table.blocked.iter().map(|block| (block.field, Blocker::new(&block.pattern))).collect(),
        };
        Self { tables: schema.tables.iter().map(rules).collect() }
    }

    /// Why an identity value does not count, if it does not.
    pub fn unusable(&self, change: &Change<'_>, identity: Identity<'_>) -> Option<Unusable> {
        if identity.value.len() > LONGEST_IDENTITY {
            return Some(Unusable::TooLong);
        }
        let rules = self.tables.get(usize::from(change.table.0))?;
        let blocked = rules
            .blocks
            .iter()
            .any(|(field, block)| field.is_none_or(|f| f == identity.field) && block.matches(identity.value));
        blocked.then_some(Unusable::Blocked)
    }
}

/// A hash of an identity value, the same in every process.
fn identity_hash(identity: Identity<'_>) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&identity.field.0.to_le_bytes());
    hash.update(identity.value.as_bytes());
    hash.digest()
}

/// The pattern of one block rule.
#[derive(Clone, Debug)]
enum Blocker {
    Exactly(Box<str>),
    Like(Pattern),
}

impl Blocker {
    /// A text that is no pattern blocks itself.
    fn new(text: &str) -> Self {
        match Pattern::new(text) {
            Ok(pattern) if !pattern.is_plain() => Self::Like(pattern),
            _ => Self::Exactly(text.into()),
        }
    }

    fn matches(&self, value: &str) -> bool {
        match self {
            Self::Exactly(text) => **text == *value,
            Self::Like(pattern) => pattern.matches(value),
        }
    }
}
