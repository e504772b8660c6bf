//! What a project says besides its statements: ranks, limits, capacities, blocked values.

use crate::program::StreamInput;
use std::collections::BTreeMap;

/// Settings of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The clock of filters and retention. Goes into the package as it is.
    pub now: Option<crate::Time>,
    /// By stream name: how its events are read. Goes into the programs as it is.
    pub streams: BTreeMap<String, StreamInput>,
    /// By table name, lower case.
    pub tables: BTreeMap<String, TableSettings>,
}

/// Settings of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableSettings {
    /// Identity fields, best first; those not listed follow in the order of the BY clauses.
    pub rank: Vec<String>,
    /// Most links that count at one identity value; 50 if absent.
    pub neighbour_limit: Option<u32>,
    /// Most identity values of one profile; 50 if absent.
    pub identity_limit: Option<u32>,
    /// Identity values that link nothing.
    pub blocked: Vec<BlockSettings>,
    /// Settings of single fields.
    pub fields: BTreeMap<String, FieldSettings>,
}

/// A rule that blocks identity values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockSettings {
    /// The identity field; all of them if absent.
    pub field: Option<String>,
    /// A `LIKE` pattern; without wildcards, the value itself.
    pub pattern: String,
}

/// Settings of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSettings {
    /// Most elements that stay; absent or 0 means no limit.
    pub capacity: Option<u32>,
    /// Days that elements stay; absent or 0 means for ever.
    pub keep_days: Option<u32>,
}
