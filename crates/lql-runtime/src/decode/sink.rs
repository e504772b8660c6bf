//! Where decoded values go: slots, and what does not fit into one step (repeated keys, captures).

use super::projection::Projection;
use bumpalo::Bump;
use lql_compiler::Value;

/// Takes values in the order of the record; [`Sink::finish`] completes the slots.
pub(super) struct Sink<'a, 's> {
    projection: &'s Projection,
    arena: &'a Bump,
    slots: &'s mut [Value<'a>],
    /// Values of keys that had one already, in order. Merged at the end, so that a key repeated a million times costs
    /// no more than its values.
    again: Vec<(u32, Value<'a>)>,
    /// Captured values: capture, key without the prefix, value.
    gathered: Vec<(u32, &'a str, Value<'a>)>,
}

impl<'a, 's> Sink<'a, 's> {
    /// Empties the slots.
    pub fn new(projection: &'s Projection, arena: &'a Bump, slots: &'s mut [Value<'a>]) -> Self {
        slots.fill(Value::Missing);
        Sink { projection, arena, slots, again: Vec::new(), gathered: Vec::new() }
    }

    /// A value for a slot.
    #[inline]
    pub fn put(&mut self, slot: u32, value: Value<'a>) {
        match self.slots.get_mut(slot as usize) {
            Some(empty @ Value::Missing) => *empty = value,
            Some(_) if !matches!(value, Value::Missing) => self.again.push((slot, value)),
            _ => {}
        }
    }

    /// A value for the captures whose prefix the flattened name begins with.
    pub fn gather(&mut self, name: &str, value: Value<'a>) {
        if matches!(value, Value::Missing) {
            return;
        }
        for (capture, prefix) in (0_u32..).zip(&self.projection.captures) {
            match name.strip_prefix(prefix.as_str()) {
                Some(rest) if !rest.is_empty() => {
                    self.gathered.push((capture, self.arena.alloc_str(rest), value));
                }
                _ => {}
            }
        }
    }

    /// Merges repeated keys, builds the maps of captures and copies slots of keys that stand twice in the projection.
    pub fn finish(mut self) {
        self.complete();
        for &(earlier, repeated) in &self.projection.repeats {
            let value = self.slots.get(earlier as usize).copied().unwrap_or_default();
            if let Some(slot) = self.slots.get_mut(repeated as usize) {
                *slot = value;
            }
        }
    }

    /// The same without the copies: every slot of a key was looked up on its own.
    pub fn finish_looked_up(mut self) {
        self.complete();
    }

    fn complete(&mut self) {
        if !self.again.is_empty() {
            self.merge_repeated();
        }
        if !self.gathered.is_empty() {
            self.build_maps();
        }
    }

    #[cold]
    fn merge_repeated(&mut self) {
        self.again.sort_by_key(|(slot, _)| *slot);
        for run in self.again.chunk_by(|a, b| a.0 == b.0) {
            let Some(slot) = run.first().and_then(|(slot, _)| self.slots.get_mut(*slot as usize)) else {
                continue;
            };
            *slot = list(self.arena, std::iter::once(*slot).chain(run.iter().map(|(_, value)| *value)));
        }
    }

    #[cold]
    fn build_maps(&mut self) {
        self.gathered.sort_by_key(|(capture, name, _)| (*capture, *name));
        for run in self.gathered.chunk_by(|a, b| a.0 == b.0) {
            let Some((capture, _, _)) = run.first() else { continue };
            let mut entries = bumpalo::collections::Vec::with_capacity_in(run.len(), self.arena);
            for same in run.chunk_by(|a, b| a.1 == b.1) {
                match same {
                    [(_, name, value)] => entries.push((*name, *value)),
                    [(_, name, _), ..] => {
                        entries.push((*name, list(self.arena, same.iter().map(|(_, _, value)| *value))));
                    }
                    [] => {}
                }
            }
            let slot = self.projection.capture() + *capture as usize;
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = Value::Map(entries.into_bump_slice());
            }
        }
    }
}

/// All values in order as one list; the values of lists stand singly.
fn list<'a>(arena: &'a Bump, values: impl Iterator<Item = Value<'a>>) -> Value<'a> {
    let mut all = bumpalo::collections::Vec::new_in(arena);
    for value in values {
        match value {
            Value::List(items) => all.extend_from_slice(items),
            single => all.push(single),
        }
    }
    Value::List(all.into_bump_slice())
}
