//! Values that are not flattened: records of the batch door, and profiles that filters read.

use super::projection::Projection;
use super::sink::Sink;
use super::{DecodeError, Fault, MAX_DEPTH};
use bumpalo::Bump;
use lql_compiler::Value;

impl Projection {
    /// Fills the slots from a JSON object *without* flattening: each member is one field, an object is a map value, an
    /// array a list, at any depth. A key is looked up whole, else as map and entry ([`Key::entry`]); captures gather
    /// over the top-level members. `null` and empty collections are absent.
    ///
    /// `slots` must be [`Projection::slots`] long; all of them are written.
    ///
    /// Fails when `value` is no object, or holds more than [`MAX_DEPTH`] levels; then the slots hold anything.
    ///
    /// [`Key::entry`]: lql_compiler::program::Key::entry
    pub fn fill_from_json_value<'a>(
        &self,
        value: &'a serde_json::Value,
        arena: &'a Bump,
        slots: &mut [Value<'a>],
    ) -> Result<(), DecodeError> {
        let serde_json::Value::Object(fields) = value else {
            return Err(DecodeError { at: 0, fault: Fault::NotAnObject });
        };
        let mut sink = Sink::new(self, arena, slots);
        for key in &self.keys {
            let whole = match fields.get(&key.text) {
                Some(value) => convert(value, arena, 1)?,
                None => Value::Missing,
            };
            let found = match (&key.entry, whole) {
                (Some((map, entry)), Value::Missing) => {
                    match fields.get(map).and_then(|map| map.get(entry)) {
                        Some(value) => convert(value, arena, 2)?,
                        None => Value::Missing,
                    }
                }
                _ => whole,
            };
            sink.put(key.slot, found);
        }
        if !self.captures.is_empty() {
            for (name, value) in fields {
                let wanted = |prefix: &String| name.len() > prefix.len() && name.starts_with(prefix.as_str());
                if self.captures.iter().any(wanted) {
                    sink.gather(name, convert(value, arena, 1)?);
                }
            }
        }
        sink.finish_looked_up();
        Ok(())
    }
}

fn convert<'a>(
    value: &'a serde_json::Value,
    arena: &'a Bump,
    depth: usize,
) -> Result<Value<'a>, DecodeError> {
    use serde_json::Value as Json;
    if depth > MAX_DEPTH {
        return Err(DecodeError { at: 0, fault: Fault::TooDeep });
    }
    Ok(match value {
        Json::Null => Value::Missing,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::String(text) => Value::Text(text),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Int(integer),
            // As in decoding: what an i64 cannot hold keeps its digits.
            None if number.is_u64() => Value::Text(arena.alloc_str(&number.to_string())),
            None => Value::Number(number.as_f64().unwrap_or_default()),
        },
        Json::Array(elements) => {
            let mut items = bumpalo::collections::Vec::with_capacity_in(elements.len(), arena);
            for element in elements {
                match convert(element, arena, depth + 1)? {
                    Value::Missing => {}
                    item => items.push(item),
                }
            }
            if items.is_empty() { Value::Missing } else { Value::List(items.into_bump_slice()) }
        }
        Json::Object(members) => {
            let mut entries = bumpalo::collections::Vec::with_capacity_in(members.len(), arena);
            for (name, member) in members {
                match convert(member, arena, depth + 1)? {
                    Value::Missing => {}
                    value => entries.push((name.as_str(), value)),
                }
            }
            entries.sort_unstable_by_key(|(name, _)| *name);
            if entries.is_empty() { Value::Missing } else { Value::Map(entries.into_bump_slice()) }
        }
    })
}
