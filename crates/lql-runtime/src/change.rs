//! What one event does to one table: identities, contributions, event time, and where they came from.

use lql_compiler::schema::{FieldId, TableId};
use lql_compiler::{Time, Value};
use serde::{Deserialize, Serialize};

/// The order of events: time, then id. Never arrival.
///
/// `id` is a hash of the client's message id if the stream names one, else of stream, time and content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Stamp {
    /// Event time.
    pub time: Time,
    /// Event id.
    pub id: u64,
}

/// An identity value of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity<'a> {
    /// The identity field.
    pub field: FieldId,
    /// Its value as text; never empty.
    pub value: &'a str,
}

/// A value for a field, from one column of one event. Already of the field's kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution<'a> {
    /// The field.
    pub field: FieldId,
    /// Index of the column in its program, for provenance.
    pub column: u16,
    /// The value; never `Missing`.
    pub value: Value<'a>,
}

/// What one event does to one table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change<'a> {
    /// The table.
    pub table: TableId,
    /// The event's place in the order.
    pub stamp: Stamp,
    /// The message id as a 128-bit hash together with stream, time and content, when the stream names an id field:
    /// a change with a key that was seen before is a replay and changes nothing.
    pub replay_key: Option<u128>,
    /// The event's identity values, best rank first, unique; at least one. The first is the home of the change.
    pub identities: &'a [Identity<'a>],
    /// The contributions, in the order of the program.
    pub contributions: &'a [Contribution<'a>],
}
