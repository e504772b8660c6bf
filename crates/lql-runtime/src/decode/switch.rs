//! A compiled key switch: from a member name to what is wanted of its value, in one probe.
//!
//! The keys are known before the first event, so the table is built once with the multiplier that probes least, and names
//! from outside cannot make it slower. A name is compared by its length and its first and last eight bytes, which settles
//! names up to 16 bytes; only longer ones are compared in full.

/// What is wanted of a value: its own slot, and a deeper node for what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Child {
    /// Slot of a scalar or of an array of scalars at this place.
    pub slot: Option<u32>,
    /// Node for the members of an object or the elements of an array at this place.
    pub node: Option<u32>,
}

impl Child {
    /// Nothing is wanted.
    pub const NONE: Child = Child { slot: None, node: None };
}

/// The compiled table. Invariant: its length is a power of two and at least one entry is empty.
#[derive(Clone, Debug)]
pub(super) struct Switch {
    multiplier: u64,
    shift: u32,
    entries: Box<[Entry]>,
}

#[derive(Clone, Debug)]
struct Entry {
    first: u64,
    last: u64,
    /// `usize::MAX` marks an empty entry.
    len: usize,
    child: Child,
    text: Box<str>,
}

const EMPTY: usize = usize::MAX;

impl Switch {
    /// Compiles a table of unique names.
    pub fn new(children: Vec<(String, Child)>) -> Switch {
        let size = (children.len() * 2 + 1).next_power_of_two();
        let shift = 64 - size.trailing_zeros();
        let keys: Vec<_> = children.iter().map(|(text, _)| (ends(text.as_bytes()), text.len())).collect();
        let cost = |multiplier: u64| {
            let mut taken = vec![false; size];
            let mut steps = 0_usize;
            for &((first, last), len) in &keys {
                let mut at = place(first, last, len, multiplier, shift);
                while taken.get(at).copied().unwrap_or(false) {
                    at = (at + 1) & (size - 1);
                    steps += 1;
                }
                if let Some(taken) = taken.get_mut(at) {
                    *taken = true;
                }
            }
            steps
        };
        let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
        let mut best = (usize::MAX, multiplier);
        for _ in 0..64 {
            let steps = cost(multiplier);
            if steps < best.0 {
                best = (steps, multiplier);
            }
            if steps == 0 {
                break;
            }
            multiplier = multiplier.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(2) | 1;
        }
        let multiplier = best.1;
        let empty = Entry { first: 0, last: 0, len: EMPTY, child: Child::NONE, text: "".into() };
        let mut entries = vec![empty; size];
        for (text, child) in children {
            let (first, last) = ends(text.as_bytes());
            let len = text.len();
            let mut at = place(first, last, len, multiplier, shift);
            while entries.get(at).is_some_and(|entry| entry.len != EMPTY) {
                at = (at + 1) & (size - 1);
            }
            if let Some(entry) = entries.get_mut(at) {
                *entry = Entry { first, last, len, child, text: text.into() };
            }
        }
        Switch { multiplier, shift, entries: entries.into() }
    }

    /// What is wanted of the member `name`.
    #[inline]
    pub fn get(&self, name: &str) -> Child {
        let (first, last) = ends(name.as_bytes());
        let mut at = place(first, last, name.len(), self.multiplier, self.shift);
        while let Some(entry) = self.entries.get(at) {
            if entry.len == EMPTY {
                break;
            }
            if entry.first == first
                && entry.last == last
                && entry.len == name.len()
                && (name.len() <= 16 || &*entry.text == name)
            {
                return entry.child;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
        Child::NONE
    }
}

/// Where a name stands if nothing is in its way. A shift by 64 would be the table of one entry.
#[inline]
fn place(first: u64, last: u64, len: usize, multiplier: u64, shift: u32) -> usize {
    let mixed = (first ^ last.rotate_left(29) ^ len as u64).wrapping_mul(multiplier);
    mixed.checked_shr(shift).unwrap_or(0) as usize
}

/// The first and last eight bytes. Together with the length they are the whole name up to 16 bytes.
#[inline]
fn ends(name: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        return (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into());
    }
    match *name {
        [a] => (a.into(), 0),
        [a, b] => (a.into(), b.into()),
        [a, b, c] => (u64::from(a) | u64::from(b) << 8, c.into()),
        _ => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names: Vec<String> = (0..500)
            .map(|n| "abcdefghijklmnopqrstuvwxyz".chars().cycle().skip(n / 26).take(n % 26).collect())
            .collect();
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        let (inside, outside): (Vec<_>, Vec<_>) =
            unique.into_iter().enumerate().partition(|(at, _)| at % 3 != 0);
        let child = |at: usize| Child { slot: Some(at as u32), node: None };
        let switch = Switch::new(inside.iter().map(|(at, name)| (name.clone(), child(*at))).collect());
        for (at, name) in inside {
            assert_eq!(switch.get(&name), child(at), "{name}");
        }
        for (_, name) in outside {
            assert_eq!(switch.get(&name), Child::NONE, "{name}");
        }
    }

    #[test]
    fn an_empty_switch_finds_nothing() {
        assert_eq!(Switch::new(vec![]).get("a"), Child::NONE);
    }

    #[test]
    fn long_names_that_share_both_ends_differ() {
        let name = |middle: &str| format!("12345678{middle}12345678");
        let child = Child { slot: Some(7), node: None };
        let switch = Switch::new(vec![(name("a"), child)]);
        assert_eq!(switch.get(&name("a")), child);
        assert_eq!(switch.get(&name("b")), Child::NONE);
    }
}
