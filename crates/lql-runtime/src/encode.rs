//! Changes as bytes: what is sent to the owner of their home, be it a shard, a store or another machine.
//!
//! ```text
//! table varint, stamp 20 bytes, replay key? u8 [16 bytes],
//! (field + 1 varint, length varint, value) …, 0                 identities, the first is the home
//! fragment                                                       to the end
//! ```

use std::sync::Arc;

use lql_compiler::schema::{FieldId, TableId};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::Change;
use crate::fragment::{self, Scratch};
use crate::identity::{IdentityRules, Unusable};
use crate::merge::OpTable;
use crate::merge::atoms::{StampBytes, check_stamp, stamp_bytes};
use crate::wire::{self, Reader, What, WireError, put_bytes, put_varint};

/// Writes changes as bytes.
#[derive(Clone, Debug)]
pub struct Encoder {
    rules: Arc<IdentityRules>,
    ops: Arc<OpTable>,
    scratch: Scratch,
    /// Identity values of changes that were too long.
    pub too_long: u64,
    /// Identity values of changes that were blocked.
    pub blocked: u64,
}

impl Encoder {
    /// For changes of one schema.
    pub fn new(rules: Arc<IdentityRules>, ops: Arc<OpTable>) -> Self {
        Self { rules, ops, scratch: Scratch::default(), too_long: 0, blocked: 0 }
    }

    /// Appends a change and gives the hash of its home, [`home_hash`]; `None`, and nothing written, if no identity value
    /// counts.
    pub fn encode(&mut self, change: &Change<'_>, out: &mut Vec<u8>) -> Option<u64> {
        let mut home = None;
        let start = out.len();
        put_varint(out, u64::from(change.table.0));
        out.extend_from_slice(&stamp_bytes(change.stamp));
        match change.replay_key {
            None => out.push(0),
            Some(key) => {
                out.push(1);
                out.extend_from_slice(&key.to_be_bytes());
            }
        }
        for identity in change.identities {
            match self.rules.unusable(change, *identity) {
                Some(Unusable::TooLong) => self.too_long += 1,
                Some(Unusable::Blocked) => self.blocked += 1,
                None => {
                    home = home
                        .or_else(|| Some(home_hash(change.table, identity.field, identity.value.as_bytes())));
                    put_varint(out, u64::from(identity.field.0) + 1);
                    put_bytes(out, identity.value.as_bytes());
                }
            }
        }
        out.push(0);
        if home.is_none() {
            out.truncate(start);
            return None;
        }
        fragment::put_change(change, &self.ops, &mut self.scratch, out);
        home
    }
}

/// Encoded changes on their way to a state, each with the hash of its home.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    /// (home u64, length u32, change) …
    bytes: Vec<u8>,
}

impl Letters {
    /// Adds a change that an [`Encoder`] has written, with what it gave.
    pub fn push(&mut self, home: u64, change: &[u8]) {
        self.bytes.extend_from_slice(&home.to_le_bytes());
        self.bytes.extend_from_slice(&(change.len() as u32).to_le_bytes());
        self.bytes.extend_from_slice(change);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// The changes, with the hashes of their homes.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut rest = self.bytes.as_slice();
        std::iter::from_fn(move || {
            let (home, after) = rest.split_first_chunk()?;
            let (length, after) = after.split_first_chunk()?;
            let (change, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some((u64::from_le_bytes(*home), change))
        })
    }
}

/// A hash of an identity value, the same in every process.
///
/// Split changes by that of their homes: replays are only noticed by a state that sees both copies, and a fragment
/// belongs to one state.
pub fn home_hash(table: TableId, field: FieldId, value: &[u8]) -> u64 {
    xxh3_64_with_seed(value, u64::from(table.0) << 16 | u64::from(field.0))
}

/// An encoded change, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct RawChange<'b> {
    /// The table.
    pub table: TableId,
    /// See [`Change::replay_key`].
    pub replay_key: Option<u128>,
    /// The fragment of this event.
    pub fragment: &'b [u8],
    pub(crate) stamp: StampBytes,
    identities: Reader<'b>,
}

impl<'b> RawChange<'b> {
    /// Takes an encoded change apart. The fragment is not looked into.
    pub fn open(bytes: &'b [u8]) -> Result<Self, WireError> {
        let mut rest = Reader::new(bytes);
        let table = TableId(rest.small()?);
        let stamp = rest.array()?;
        let replay_key = match rest.byte()? {
            0 => None,
            1 => Some(u128::from_be_bytes(rest.array()?)),
            _ => return Err(WireError::Invalid("replay key")),
        };
        let identities = rest;
        while next_identity(&mut rest)?.is_some() {}
        Ok(Self { table, replay_key, fragment: rest.rest(), stamp, identities })
    }

    /// The identity values, best rank first; the first is the home.
    pub fn identities(&self) -> impl Iterator<Item = (FieldId, &'b [u8])> + use<'b> {
        let mut rest = self.identities;
        std::iter::from_fn(move || next_identity(&mut rest).ok().flatten())
    }

    /// Puts an encoded change into an envelope, with the hash of the operators that it was made under.
    pub fn seal(change: &[u8], ops: &OpTable) -> Vec<u8> {
        wire::seal(What::Change, ops.hash(), change)
    }

    /// Takes an encoded change out of its envelope; the hash of its operators stands beside it. Anything else is an error.
    pub fn unseal(bytes: &'b [u8]) -> Result<(u64, &'b [u8]), WireError> {
        let opened = wire::open(bytes, What::Change)?;
        Self::check(opened.payload)?;
        Ok((opened.table_hash, opened.payload))
    }

    /// Whether bytes are an encoded change, in the one way to write it.
    pub fn check(bytes: &'b [u8]) -> Result<(), WireError> {
        let change = Self::open(bytes)?;
        check_stamp(&mut Reader::new(&change.stamp))?;
        if change.identities().next().is_none() {
            return Err(WireError::Invalid("identities"));
        }
        for (_, value) in change.identities() {
            crate::merge::value::check_text(value)?;
        }
        fragment::check(change.fragment)
    }
}

#[inline]
fn next_identity<'b>(rest: &mut Reader<'b>) -> Result<Option<(FieldId, &'b [u8])>, WireError> {
    let Some(field) = rest.varint()?.checked_sub(1) else { return Ok(None) };
    let field = u16::try_from(field).map_err(|_| WireError::Invalid("identities"))?;
    Ok(Some((FieldId(field), rest.bytes()?)))
}
