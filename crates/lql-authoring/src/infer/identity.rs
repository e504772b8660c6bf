//! Identities over all streams: which keys hold the same, under one field, in which rank.

use super::stream::{Candidate, Class, StreamDraft, field_of};
use std::collections::BTreeMap;

/// Two keys of two streams hold the same numbers from this share of common values on.
const SAME: f64 = 0.3;

/// One identity field.
#[derive(Debug)]
pub struct Identity<'s> {
    /// Its name.
    pub field: String,
    /// Which sort.
    pub class: Class,
    /// The keys that hold it, at most one of each stream: place of the stream and key.
    pub keys: Vec<(usize, Candidate<'s>)>,
    /// Values that stand for nobody, as the column makes them, and how often they came.
    pub placeholders: BTreeMap<String, u64>,
}

impl Identity<'_> {
    /// Whether people have several: it is a set, and needs a capacity.
    pub fn is_many(&self) -> bool {
        matches!(self.class, Class::Cookie | Class::Phone)
    }

    /// The key of a stream.
    pub fn of(&self, stream: usize) -> Option<&Candidate<'_>> {
        self.keys.iter().find(|(at, _)| *at == stream).map(|(_, candidate)| candidate)
    }

    /// Events in which some stream has it.
    fn events(&self) -> u64 {
        self.keys.iter().map(|(_, candidate)| candidate.stats.events).sum()
    }
}

/// The identities of all streams, best rank first.
pub fn identities<'s>(streams: &[StreamDraft<'s>]) -> Vec<Identity<'s>> {
    let mut found: Vec<Identity<'s>> = Vec::new();
    for (at, stream) in streams.iter().enumerate() {
        for candidate in &stream.candidates {
            let field = field_of(candidate, &stream.stats.stream);
            let same = found.iter().position(|known| {
                known.class == candidate.class
                    && known.of(at).is_none()
                    && (known.field == field || known.keys.iter().any(|(_, it)| shares(it, candidate)))
            });
            let same = same.unwrap_or_else(|| {
                // Two fields of one name would be one field.
                let taken = found.iter().any(|known| known.field == field);
                let field = if taken {
                    format!("{}_{field}", super::words::field_name(&stream.stats.stream))
                } else {
                    field
                };
                let (class, keys, placeholders) = (candidate.class, Vec::new(), BTreeMap::new());
                found.push(Identity { field, class, keys, placeholders });
                found.len() - 1
            });
            if let Some(identity) = found.get_mut(same) {
                identity.keys.push((at, *candidate));
                for (value, count) in &candidate.stats.placeholders {
                    *identity.placeholders.entry(made(value, candidate.class)).or_default() += count;
                }
            }
        }
    }
    found.sort_by_key(|identity| {
        (identity.class, std::cmp::Reverse(identity.events()), identity.field.clone())
    });
    found
}

/// Whether two keys of different streams hold values of one sort.
fn shares(a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
    // Small numbers are alike everywhere, whatever they count.
    let is_small = |it: &Candidate<'_>| it.stats.numbers.is_some_and(|(_, most)| most < 10_000.0);
    !(is_small(a) || is_small(b)) && a.stats.distinct.shared_with(&b.stats.distinct) >= SAME
}

/// A value as its column makes it.
fn made(value: &str, class: Class) -> String {
    if class != Class::Email {
        return value.to_owned();
    }
    let address = value.trim().trim_end_matches('>');
    address.rsplit_once('<').map_or(address, |(_, address)| address).to_lowercase()
}
