//! States as bytes.
//!
//! ```text
//! tables varint, then for each
//!   neighbour limit varint, ranks varint, field varint …
//!   identities varint, then for each, ascending by (field, value)
//!     field varint, length varint, value, first stamp 20 bytes
//!     links varint, (place of the other identity varint, stamp 20 bytes) …      ascending by place
//!     fragment length varint, fragment                                          empty if it was never a home
//!   replay keys varint, key 16 bytes …                                          ascending
//! ```
//!
//! Equal states give equal bytes, and the bytes say all that merging them needs.

use std::sync::Arc;

use lql_compiler::schema::{FieldId, Schema, TableId};

use super::State;
use super::table::{TableRules, TableState};
use crate::encode::home_hash;
use crate::fragment;
use crate::identity::{LONGEST_IDENTITY, NodeId};
use crate::merge::atoms::check_stamp;
use crate::merge::value::check_text;
use crate::wire::{Reader, What, WireError, open, put_bytes, put_varint, seal};

impl State {
    /// The state as bytes, in an envelope: equal states give equal bytes. What became of the changes is not part of it.
    pub fn encode(&self) -> Vec<u8> {
        seal(What::State, self.ops.hash(), &put_tables(&self.tables))
    }

    /// The state again. An error if the bytes are damaged or were made under another schema.
    pub fn decode(bytes: &[u8], schema: &Schema) -> Result<Self, WireError> {
        let mut state = Self::new(schema);
        let opened = open(bytes, What::State)?;
        let tables = get_tables(opened.payload)?;
        let same = |a: &TableState, b: &TableState| a.rules == b.rules;
        if opened.table_hash != state.ops.hash()
            || tables.len() != state.tables.len()
            || !tables.iter().zip(&state.tables).all(|(a, b)| same(a, b))
        {
            return Err(WireError::Invalid("operators: made under another schema"));
        }
        state.tables = tables;
        Ok(state)
    }
}

/// Merges two encoded states. It needs neither program nor schema, and gives the same bytes whichever comes first.
///
/// An error if either is damaged, if they were made under different schemas, or if both have seen the same message.
pub fn merge(a: &[u8], b: &[u8]) -> Result<Vec<u8>, WireError> {
    let (a, b) = (open(a, What::State)?, open(b, What::State)?);
    let (mut tables, others) = (get_tables(a.payload)?, get_tables(b.payload)?);
    if a.table_hash != b.table_hash || tables.len() != others.len() {
        return Err(WireError::Invalid("operators: made under another schema"));
    }
    for (own, theirs) in tables.iter_mut().zip(others) {
        if own.rules != theirs.rules {
            return Err(WireError::Invalid("operators: made under another schema"));
        }
        own.merge(theirs)?;
    }
    Ok(seal(What::State, a.table_hash, &put_tables(&tables)))
}

fn put_tables(tables: &[TableState]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, tables.len() as u64);
    tables.iter().for_each(|table| put_table(table, &mut out));
    out
}

fn put_table(table: &TableState, out: &mut Vec<u8>) {
    put_varint(out, u64::from(table.rules.neighbours));
    put_varint(out, table.rules.ranks.len() as u64);
    table.rules.ranks.iter().for_each(|field| put_varint(out, u64::from(field.0)));

    let mut sorted: Vec<NodeId> = (0..table.len() as NodeId).collect();
    let key = |id: NodeId| table.known(id).map(|known| (known.field, table.value(known)));
    sorted.sort_unstable_by(|a, b| key(*a).cmp(&key(*b)));
    let mut places = vec![0u32; sorted.len()];
    for (id, at) in sorted.iter().zip(0..) {
        if let Some(place) = places.get_mut(*id as usize) {
            *place = at;
        }
    }
    put_varint(out, sorted.len() as u64);
    for id in sorted {
        let Some(known) = table.known(id) else { continue };
        put_varint(out, u64::from(known.field.0));
        put_bytes(out, table.value(known));
        out.extend_from_slice(&known.first);
        let place = |other: NodeId| places.get(other as usize).copied().unwrap_or_default();
        let mut links: Vec<_> = known.links.iter().map(|link| (place(link.other), link.first)).collect();
        links.sort_unstable();
        put_varint(out, links.len() as u64);
        for (place, first) in links {
            put_varint(out, u64::from(place));
            out.extend_from_slice(&first);
        }
        put_bytes(out, &table.fragment(id).unwrap_or_default());
    }

    let mut replays: Vec<u128> = table.replays.iter().copied().collect();
    replays.sort_unstable();
    put_varint(out, replays.len() as u64);
    replays.iter().for_each(|key| out.extend_from_slice(&key.to_be_bytes()));
}

fn get_tables(payload: &[u8]) -> Result<Vec<TableState>, WireError> {
    let mut reader = Reader::new(payload);
    let count = reader.count()?;
    let tables: Result<_, _> = (0..count).map(|at| get_table(TableId(at as u16), &mut reader)).collect();
    let tables = tables?;
    reader.finish()?;
    Ok(tables)
}

fn get_table(table: TableId, reader: &mut Reader<'_>) -> Result<TableState, WireError> {
    let neighbours = reader.small()?;
    let ranks: Result<_, WireError> = (0..reader.count()?).map(|_| Ok(FieldId(reader.small()?))).collect();
    let mut state = TableState::new(Arc::new(TableRules { table, neighbours, ranks: ranks? }));
    let count = reader.count()?;
    let mut links = Vec::new();
    let mut last = None;
    for id in 0..count as NodeId {
        let (field, value) = (FieldId(reader.small()?), reader.bytes()?);
        check_text(value)?;
        if last.is_some_and(|last| last >= (field, value))
            || value.is_empty()
            || value.len() > LONGEST_IDENTITY
        {
            return Err(WireError::Invalid("order"));
        }
        last = Some((field, value));
        let first = check_stamp(reader)?;
        state.number(field, value, home_hash(table, field, value), &first)?;
        let mut before = None;
        let degree = reader.count()?;
        if degree > neighbours as usize {
            return Err(WireError::Invalid("links"));
        }
        for _ in 0..degree {
            let (other, first) = (reader.small::<NodeId>()?, check_stamp(reader)?);
            if other as usize >= count || other == id || before.is_some_and(|before| before >= other) {
                return Err(WireError::Invalid("links"));
            }
            before = Some(other);
            links.push((id, other, first));
        }
        let fragment = reader.bytes()?;
        if !fragment.is_empty() {
            fragment::check(fragment)?;
            state.add(id, fragment)?;
        }
    }
    for (from, to, first) in links {
        state.note_link(from, to, first);
    }
    let mut last = None;
    for _ in 0..reader.count()? {
        let key = u128::from_be_bytes(reader.array()?);
        if last.is_some_and(|last| last >= key) {
            return Err(WireError::Invalid("order"));
        }
        last = Some(key);
        state.replays.insert(key);
    }
    Ok(state)
}
