//! What of an event is wanted: every key a slot, arranged as a trie over the nesting of JSON.

use super::switch::{Child, Switch};
use lql_compiler::program::Program;
use std::collections::BTreeMap;

/// The keys and captures that are read from an event, compiled for decoding.
///
/// Slots stand in this order: the program's keys, its captures, the extra keys of the host. So the first two line up with
/// the program's registers, and an event is decoded into them.
///
/// Slots of keys hold scalars or lists; a slot of a capture holds a map. An absent key is `Missing`.
#[derive(Clone, Debug)]
pub struct Projection {
    pub(super) keys: Vec<Wanted>,
    pub(super) captures: Vec<String>,
    /// How many of the keys are the program's.
    own: usize,
    /// The root is the first node.
    pub(super) nodes: Vec<Node>,
    /// Slots that repeat an earlier key: `(earlier, repeated)`.
    pub(super) repeats: Vec<(u32, u32)>,
}

/// A projected key.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub text: String,
    pub slot: u32,
    /// Map and entry, for values that are not flattened.
    pub entry: Option<(String, String)>,
}

/// What is wanted below one flattened prefix.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// By member name, when the value is an object. The name may hold dots itself.
    pub members: Switch,
    /// By index, sorted, when the value is an array.
    pub elements: Vec<(u32, Child)>,
}

impl Node {
    /// What is wanted of the element at `index`.
    pub fn element(&self, index: u32) -> Child {
        match self.elements.binary_search_by_key(&index, |(at, _)| *at) {
            Ok(at) => self.elements.get(at).map_or(Child::NONE, |(_, child)| *child),
            Err(_) => Child::NONE,
        }
    }
}

impl Projection {
    /// Compiles the keys and captures of a program, and further flattened keys that the host reads itself (the
    /// timestamp field, the id field). An extra key may repeat a key of the program.
    pub fn new(program: &Program, extra: &[&str]) -> Projection {
        let (own, captures) = (program.keys.len(), program.captures.len());
        let keys = (0_u32..).zip(&program.keys).map(|(slot, key)| Wanted {
            text: key.text.clone(),
            slot,
            entry: key.entry().map(|(map, entry)| (map.to_owned(), entry.to_owned())),
        });
        let after = (own + captures) as u32;
        let more =
            (after..).zip(extra).map(|(slot, key)| Wanted { text: (*key).to_owned(), slot, entry: None });
        let keys: Vec<Wanted> = keys.chain(more).collect();
        let mut first = BTreeMap::<&str, u32>::new();
        let mut repeats = Vec::new();
        for key in &keys {
            if let Some(&earlier) = first.get(key.text.as_str()) {
                repeats.push((earlier, key.slot));
            } else {
                first.insert(&key.text, key.slot);
            }
        }
        let mut nodes = vec![Node { members: Switch::new(vec![]), elements: vec![] }];
        let suffixes = first.iter().map(|(text, slot)| (*text, *slot)).collect();
        let root = Builder { nodes: &mut nodes, known: BTreeMap::new() }.members("", suffixes);
        if let Some(node) = nodes.first_mut() {
            node.members = root;
        }
        Projection { own, captures: program.captures.clone(), nodes, repeats, keys }
    }

    /// How many slots there are: `slots` given to a decoder must be this long.
    pub fn slots(&self) -> usize {
        self.keys.len() + self.captures.len()
    }

    /// The slot of the first extra key; further extra keys follow.
    pub fn extra(&self) -> usize {
        self.own + self.captures.len()
    }

    /// The slot of the first capture; further captures follow.
    pub fn capture(&self) -> usize {
        self.own
    }

    /// The slot of a flattened key.
    pub fn slot(&self, key: &str) -> Option<usize> {
        self.keys.iter().find(|wanted| wanted.text == key).map(|wanted| wanted.slot as usize)
    }

    /// Whether something below a place with this flattened name could be captured.
    pub(super) fn may_gather(&self, name: &str) -> bool {
        self.captures.iter().any(|prefix| name.starts_with(prefix.as_str()) || prefix.starts_with(name))
    }
}

/// Builds nodes by flattened prefix: `{"a":{"b":1}}` and `{"a.b":1}` come to the same place.
struct Builder<'n> {
    nodes: &'n mut Vec<Node>,
    known: BTreeMap<String, u32>,
}

impl Builder<'_> {
    /// The switch over member names, for keys that go on with `suffixes` after `prefix` (which ends in a dot or is empty).
    fn members(&mut self, prefix: &str, suffixes: Vec<(&str, u32)>) -> Switch {
        // A member name may hold dots and brackets, so each of them may end it.
        let mut names = BTreeMap::<&str, (Option<u32>, Vec<(&str, u32)>)>::new();
        for (suffix, slot) in suffixes {
            names.entry(suffix).or_default().0 = Some(slot);
            for (at, _) in suffix.match_indices(['.', '[']) {
                if let (Some(name), Some(rest)) = (suffix.get(..at), suffix.get(at..)) {
                    names.entry(name).or_default().1.push((rest, slot));
                }
            }
        }
        let mut children = Vec::new();
        for (name, (slot, rests)) in names {
            let node = self.node(&format!("{prefix}{name}"), rests);
            children.push((name.to_owned(), Child { slot, node }));
        }
        Switch::new(children)
    }

    /// The node for keys that go on with `rests` after the flattened name `at`; each begins with a dot or a bracket.
    fn node(&mut self, at: &str, rests: Vec<(&str, u32)>) -> Option<u32> {
        if rests.is_empty() {
            return None;
        }
        if let Some(&known) = self.known.get(at) {
            return Some(known);
        }
        let number = self.nodes.len() as u32;
        self.nodes.push(Node { members: Switch::new(vec![]), elements: vec![] });
        self.known.insert(at.to_owned(), number);
        let mut members = Vec::new();
        let mut indexes = BTreeMap::<u32, (Option<u32>, Vec<(&str, u32)>)>::new();
        for (rest, slot) in rests {
            if let Some(suffix) = rest.strip_prefix('.') {
                members.push((suffix, slot));
            } else if let Some((index, rest)) = element(rest) {
                let entry = indexes.entry(index).or_default();
                if rest.is_empty() { entry.0 = Some(slot) } else { entry.1.push((rest, slot)) }
            }
        }
        let members = self.members(&format!("{at}."), members);
        let mut elements = Vec::new();
        for (index, (slot, rests)) in indexes {
            let node = self.node(&format!("{at}[{index}]"), rests);
            elements.push((index, Child { slot, node }));
        }
        if let Some(node) = self.nodes.get_mut(number as usize) {
            *node = Node { members, elements };
        }
        Some(number)
    }
}

/// `[12].sku` is element 12 with the rest `.sku`. Only the digits that a decoder writes count: `[01]` is no element, and
/// after the bracket comes a dot, a bracket or nothing.
fn element(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.strip_prefix('[')?.split_once(']')?;
    let index: u32 = digits.parse().ok()?;
    let canonical =
        digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    (canonical && (rest.is_empty() || rest.starts_with(['.', '[']))).then_some((index, rest))
}
