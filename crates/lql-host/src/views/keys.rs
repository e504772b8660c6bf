//! Keys of the store.
//!
//! ```text
//! identity value   table u16, field u16, value                        all numbers with the highest byte first
//! link             table u16, field u16, length u16, value, field u16, value
//! ```

use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::Identity;
use lql_runtime::wire::WireError;

/// The key of an identity value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeKey(Vec<u8>);

impl NodeKey {
    pub fn of(table: TableId, identity: Identity<'_>) -> Self {
        let mut key = Vec::with_capacity(4 + identity.value.len());
        key.extend(table.0.to_be_bytes());
        key.extend(identity.field.0.to_be_bytes());
        key.extend(identity.value.as_bytes());
        Self(key)
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The key of a link.
pub(super) fn link_key(table: TableId, a: Identity<'_>, b: Identity<'_>) -> Vec<u8> {
    let mut key = Vec::with_capacity(8 + a.value.len() + b.value.len());
    key.extend(table.0.to_be_bytes());
    key.extend(a.field.0.to_be_bytes());
    key.extend((a.value.len() as u16).to_be_bytes());
    key.extend(a.value.as_bytes());
    key.extend(b.field.0.to_be_bytes());
    key.extend(b.value.as_bytes());
    key
}

pub(super) fn node(key: &[u8]) -> Result<(TableId, Identity<'_>), WireError> {
    let (table, rest) = number(key)?;
    let (field, value) = number(rest)?;
    Ok((TableId(table), Identity { field: FieldId(field), value: text(value)? }))
}

pub(super) fn link(key: &[u8]) -> Result<(TableId, Identity<'_>, Identity<'_>), WireError> {
    let (table, rest) = number(key)?;
    let (field, rest) = number(rest)?;
    let (length, rest) = number(rest)?;
    let (value, rest) = rest.split_at_checked(usize::from(length)).ok_or(WireError::Short)?;
    let a = Identity { field: FieldId(field), value: text(value)? };
    let (field, value) = number(rest)?;
    Ok((TableId(table), a, Identity { field: FieldId(field), value: text(value)? }))
}

fn number(bytes: &[u8]) -> Result<(u16, &[u8]), WireError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(WireError::Short)?;
    Ok((u16::from_be_bytes(*number), rest))
}

fn text(bytes: &[u8]) -> Result<&str, WireError> {
    std::str::from_utf8(bytes).map_err(|_| WireError::Invalid("text"))
}
