//! Profiles: the fragments of one person, merged and read at an instant.

use std::borrow::Cow;
use std::ops::Range;

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use ecow::EcoString;
use lql_compiler::program::Key;
use lql_compiler::schema::{FieldId, Schema, Table, TableId};
use lql_compiler::{Time, Value};
use xxhash_rust::xxh3::Xxh3;

use crate::fragment::{self, Fragment, Scratch};
use crate::identity::{NodeId, Refused};
use crate::json_out;
use crate::merge::{OpTable, Owned};
use crate::state::State;

/// One person, or whatever the table holds, as of an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Derived from the identity value that was seen first; 32 lower-case hex digits when printed.
    pub id: u128,
    /// Its table.
    pub table: TableId,
    /// Time of the oldest event.
    pub created: Time,
    /// Time of the newest event.
    pub modified: Time,
    /// How many events there were.
    pub events: u64,
    /// Its identity values, by rank, then by value.
    pub identities: Vec<(FieldId, EcoString)>,
    /// Its fields, sorted by name.
    pub fields: Vec<(FieldId, Owned)>,
}

impl State {
    /// The profiles of a table as of an instant, sorted by id. Each is merged as it is asked for.
    pub fn profiles(&self, table: TableId, as_of: Time) -> impl ExactSizeIterator<Item = Profile> + '_ {
        let groups = self.groups(table);
        (0..groups.len()).map(move |at| {
            let (id, members) = groups.get(at).unwrap_or_default();
            self.profile(table, id, members, as_of)
        })
    }

    /// The identity values that are one profile each, and the links that were refused.
    pub fn groups(&self, table: TableId) -> Groups {
        let (Some(state), Some(schema)) = (self.table(table), self.schema().table(table)) else {
            return Groups::default();
        };
        let (ranges, members, refused) = state.groups(self.schema());
        let mut groups = Vec::with_capacity(ranges.len());
        for range in ranges {
            let known = members.get(range.start as usize..range.end as usize).unwrap_or_default();
            let known = known.iter().filter_map(|id| state.known(*id));
            // Of several first ones, the best by rank and value.
            let Some(first) = known.min_by_key(|known| known.first) else { continue };
            groups.push((profile_id(self.schema(), schema, first.field, state.value(first)), range));
        }
        groups.sort_unstable_by_key(|(id, _)| *id);
        Groups { profiles: groups, members, refused }
    }

    /// The profile that these identity values make.
    pub fn profile(&self, table: TableId, id: u128, members: &[NodeId], as_of: Time) -> Profile {
        let whole = self.joined(table, members);
        self.profile_from(table, id, members, whole.as_deref().unwrap_or_default(), as_of)
    }

    /// The profile that these identity values make; `fragment` is all that happened to them.
    pub fn profile_from(
        &self,
        table: TableId,
        id: u128,
        members: &[NodeId],
        fragment: &[u8],
        as_of: Time,
    ) -> Profile {
        let identities = members.iter().filter_map(|id| self.identity(table, *id));
        let identities = identities.map(|(identity, _)| (identity.field, identity.value.into())).collect();
        Profile::read(table, id, identities, fragment, self.ops(), as_of)
    }

    /// The first instant after `after` at which an element of the profile is too old to be read.
    pub fn expiry(&self, table: TableId, members: &[NodeId], after: Time) -> Option<Time> {
        expiry(&self.joined(table, members)?, self.ops(), after)
    }

    /// The fragments of these identity values, merged; `None` if no event happened to them.
    pub fn joined(&self, table: TableId, members: &[NodeId]) -> Option<Cow<'_, [u8]>> {
        join(members.iter().filter_map(|id| self.fragment(table, *id)))
    }
}

impl Profile {
    /// What a fragment of all that happened to these identity values says at an instant.
    pub fn read(
        table: TableId,
        id: u128,
        identities: Vec<(FieldId, EcoString)>,
        fragment: &[u8],
        ops: &OpTable,
        as_of: Time,
    ) -> Self {
        let whole = Fragment::open(fragment).ok();
        let fields = whole.iter().flat_map(Fragment::fields).filter_map(|field| {
            // Field ids of a table are in the order of names.
            Some((field.id, fragment::read(&field, ops, as_of)?))
        });
        Self {
            id,
            table,
            fields: fields.collect(),
            created: whole.map(|whole| whole.created()).unwrap_or_default(),
            modified: whole.map(|whole| whole.modified()).unwrap_or_default(),
            events: whole.map_or(0, |whole| whole.events),
            identities,
        }
    }
}

/// The id of the profile whose first seen identity value this is; of several seen at once, the best by rank and value.
pub fn profile_id(schema: &Schema, table: &Table, field: FieldId, value: &[u8]) -> u128 {
    let field = schema.field(field).map_or("", |field| field.name.as_str());
    let mut hash = Xxh3::new();
    for part in [table.name.as_bytes(), b"\0", field.as_bytes(), b"\0", value] {
        hash.update(part);
    }
    hash.digest128()
}

/// The first instant after `after` at which an element of a fragment is too old to be read.
pub fn expiry(fragment: &[u8], ops: &OpTable, after: Time) -> Option<Time> {
    let fields = Fragment::open(fragment).ok()?.fields();
    fields.filter_map(|field| fragment::expiry(&field, ops, after)).min()
}

/// Fragments of one schema, merged; `None` if there are none.
pub fn join<'f>(mut fragments: impl Iterator<Item = Cow<'f, [u8]>>) -> Option<Cow<'f, [u8]>> {
    let mut whole = fragments.next()?;
    let mut scratch = Scratch::default();
    for fragment in fragments {
        let mut merged = Vec::with_capacity(whole.len() + fragment.len());
        // Fragments of one schema merge.
        if fragment::merge(&whole, &fragment, &mut scratch, &mut merged).is_ok() {
            whole = Cow::Owned(merged);
        }
    }
    Some(whole)
}

/// Writes the profiles of one table as JSON objects, their keys in the order of names: `_id`, `_created`, `_modified`,
/// what the caller adds, and the fields.
#[derive(Clone, Debug)]
pub struct ProfileWriter {
    /// Per field of the schema: `"name":`.
    keys: Vec<Vec<u8>>,
    /// The other keys, each with the first field that comes after it.
    others: Vec<(FieldId, Vec<u8>, Other)>,
}

#[derive(Clone, Copy, Debug)]
enum Other {
    Id,
    Created,
    Modified,
    /// What the caller gives at this place.
    Extra(usize),
}

impl ProfileWriter {
    /// For a table; `extras` are the keys that every profile gets besides, with values that [`ProfileWriter::write`] is
    /// given.
    pub fn new(schema: &Schema, table: TableId, extras: &[&str]) -> Self {
        let quoted = |name: &str| {
            let mut key = Vec::new();
            json_out::text(&mut key, name);
            key.push(b':');
            key
        };
        let system = [("_id", Other::Id), ("_created", Other::Created), ("_modified", Other::Modified)];
        let extras = extras.iter().enumerate().map(|(at, name)| (*name, Other::Extra(at)));
        let mut others: Vec<_> = system.into_iter().chain(extras).collect();
        others.sort_by_key(|(name, _)| *name);
        let before = |name: &str| {
            let after = schema.fields_of(table).find(|(_, field)| field.name.as_str() > name);
            after.map_or(FieldId(u16::MAX), |(id, _)| id)
        };
        Self {
            keys: schema.fields.iter().map(|field| quoted(&field.name)).collect(),
            others: others.into_iter().map(|(name, other)| (before(name), quoted(name), other)).collect(),
        }
    }

    /// Appends a profile as one object.
    pub fn write(
        &self,
        id: u128,
        fragment: &[u8],
        ops: &OpTable,
        as_of: Time,
        extras: &[Vec<u8>],
        out: &mut Vec<u8>,
    ) {
        let Ok(fragment) = Fragment::open(fragment) else { return };
        let mut others = self.others.iter().peekable();
        let put_other = |(_, key, other): &(FieldId, Vec<u8>, Other), out: &mut Vec<u8>| {
            out.extend_from_slice(key);
            match other {
                Other::Id => json_out::text(out, &id_text(id)),
                Other::Created => json_out::time(out, fragment.created()),
                Other::Modified => json_out::time(out, fragment.modified()),
                Other::Extra(at) => {
                    out.extend_from_slice(extras.get(*at).map_or(b"null", Vec::as_slice));
                }
            }
            out.push(b',');
        };
        out.push(b'{');
        for field in fragment.fields() {
            while let Some(other) = others.next_if(|(before, ..)| *before <= field.id) {
                put_other(other, out);
            }
            let start = out.len();
            out.extend_from_slice(
                self.keys.get(usize::from(field.id.0)).map(Vec::as_slice).unwrap_or_default(),
            );
            if fragment::write_json(&field, ops, as_of, out) {
                out.push(b',');
            } else {
                out.truncate(start);
            }
        }
        others.for_each(|other| put_other(other, out));
        // There is always `_id`, hence a comma.
        out.pop();
        out.push(b'}');
    }
}

fn id_text(id: u128) -> String {
    let digits = id.to_be_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or_default()).collect()
}

/// The profiles of a table: which identity values make each, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Id, and where its members are.
    profiles: Vec<(u128, Range<u32>)>,
    members: Vec<NodeId>,
    /// The links that joined nothing, in the order they were taken.
    pub refused: Vec<Refused>,
}

impl Groups {
    /// How many profiles there are.
    pub fn len(&self) -> usize {
        self.profiles.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// A profile's id, and its identity values by rank and value. The id is derived from the one that was seen first.
    pub fn get(&self, at: usize) -> Option<(u128, &[NodeId])> {
        let (id, range) = self.profiles.get(at)?;
        Some((*id, self.members.get(range.start as usize..range.end as usize)?))
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (u128, &[NodeId])> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl Profile {
    /// The id as it is printed.
    pub fn id_text(&self) -> String {
        id_text(self.id)
    }

    /// A field's value.
    pub fn get(&self, schema: &Schema, name: &str) -> Option<&Owned> {
        let name_of = |id: &FieldId| schema.field(*id).map_or("", |field| field.name.as_str());
        let at = self.fields.binary_search_by(|(id, _)| name_of(id).cmp(name)).ok()?;
        self.fields.get(at).map(|(_, value)| value)
    }

    /// Looks up the keys of a segment's program: first one slot per key, then one per captured prefix.
    ///
    /// A key is a field's name, `_id`, `_created` or `_modified`, or else the name of a map field and, after the dot,
    /// an entry. A prefix gathers the fields whose names begin with it, by the rest of their names.
    pub fn fill<'a>(
        &'a self,
        schema: &'a Schema,
        keys: &[Key],
        captures: &[String],
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) {
        let looked_up = keys.iter().map(|key| self.look_up(schema, key, arena));
        let captured = captures.iter().map(|prefix| self.capture(schema, prefix, arena));
        for (slot, value) in slots.iter_mut().zip(looked_up.chain(captured)) {
            *slot = value;
        }
    }

    fn look_up<'a>(&'a self, schema: &Schema, key: &Key, arena: &'a Bump) -> Value<'a> {
        match key.text.as_str() {
            "_id" => return Value::Text(arena.alloc_str(&self.id_text())),
            "_created" => return Value::Time(self.created),
            "_modified" => return Value::Time(self.modified),
            _ => {}
        }
        if let Some(value) = self.get(schema, &key.text) {
            return value.value(arena);
        }
        let Some((field, entry)) = key.entry() else { return Value::Missing };
        let Some(Owned::Map(entries)) = self.get(schema, field) else { return Value::Missing };
        let at = entries.binary_search_by(|(key, _)| key.as_str().cmp(entry)).ok();
        at.and_then(|at| entries.get(at)).map_or(Value::Missing, |(_, value)| value.value(arena))
    }

    fn capture<'a>(&'a self, schema: &'a Schema, prefix: &str, arena: &'a Bump) -> Value<'a> {
        let mut entries = ArenaVec::new_in(arena);
        for (id, value) in &self.fields {
            let rest = schema.field(*id).and_then(|field| field.name.strip_prefix(prefix));
            entries.extend(rest.map(|rest| (rest, value.value(arena))));
        }
        if entries.is_empty() { Value::Missing } else { Value::Map(entries.into_bump_slice()) }
    }
}
