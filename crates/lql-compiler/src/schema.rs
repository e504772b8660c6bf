//! Tables, fields and identities of a compiled project: what merging needs to know, and nothing more.

use crate::{Kind, MergeOp};
use serde::{Deserialize, Serialize};

/// Index of a [`Field`] in [`Schema::fields`]; dense, and the same for every program of one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldId(pub u16);

/// Index of a [`Table`] in [`Schema::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableId(pub u16);

/// All tables and fields that the queries of a project write.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The tables, sorted by name.
    pub tables: Vec<Table>,
    /// The fields, sorted by table and name.
    pub fields: Vec<Field>,
}

/// A table of profiles.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its name, lower case: `user`.
    pub name: String,
    /// Its identity fields, best rank first.
    pub identities: Vec<FieldId>,
    /// Most links that count at one identity value (design: 50).
    pub neighbour_limit: u32,
    /// Most identity values of one profile (design: 50).
    pub identity_limit: u32,
    /// Identity values that link nothing and own nothing.
    pub blocked: Vec<Block>,
}

/// A rule that blocks identity values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// The identity field it is for; all of them if `None`.
    pub field: Option<FieldId>,
    /// A `LIKE` pattern of the whole value; without wildcards, the value itself.
    pub pattern: String,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its table.
    pub table: TableId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// How contributions are folded.
    pub mergeop: MergeOp,
    /// Most elements of a set or map that stay; the newest by (time, id, value).
    pub capacity: Option<u32>,
    /// Elements of a set or map last seen longer ago than this many days are left out when the profile is read.
    pub keep_days: Option<u32>,
    /// Whether it is an identity field. Single-valued unless `kind` is a set.
    pub identity: bool,
    /// `SHORTDESC` of the last query that has one.
    pub shortdesc: Option<String>,
    /// `LONGDESC` of the last query that has one.
    pub longdesc: Option<String>,
}

impl Field {
    /// A number that depends on table and name only, so that it means the same field in every version of a project.
    /// It stands for the field in encoded fragments.
    pub fn stable_id(&self, table: &Table) -> u64 {
        xxhash_rust::xxh3::xxh3_64(format!("{}\0{}", table.name, self.name).as_bytes())
    }
}

impl Schema {
    /// The table with this id.
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(usize::from(id.0))
    }

    /// The field with this id.
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(usize::from(id.0))
    }

    /// Finds a table by name, any letter case.
    pub fn find_table(&self, name: &str) -> Option<TableId> {
        let at = self.tables.iter().position(|t| t.name.eq_ignore_ascii_case(name))?;
        Some(TableId(at as u16))
    }

    /// Finds a field of a table by name.
    pub fn find_field(&self, table: TableId, name: &str) -> Option<FieldId> {
        let at = self.fields.iter().position(|f| f.table == table && f.name == name)?;
        Some(FieldId(at as u16))
    }

    /// The fields of a table, with their ids.
    pub fn fields_of(&self, table: TableId) -> impl Iterator<Item = (FieldId, &Field)> {
        self.fields
            .iter()
            .enumerate()
            .filter(move |(_, field)| field.table == table)
            .map(|(at, field)| (FieldId(at as u16), field))
    }
}
