//! Which profile of one version is which of the other: by the identity values that they share.

use super::short;
use super::side::ProfileSide;
use serde::Serialize;
use std::collections::BTreeMap;

/// Profiles of both versions that share identity values, directly or by others of them.
pub(super) struct Component<'s> {
    pub(super) old: Vec<&'s ProfileSide>,
    pub(super) new: Vec<&'s ProfileSide>,
}

impl<'s> Component<'s> {
    /// One of each: the same profile.
    pub(super) fn pair(&self) -> Option<(&'s ProfileSide, &'s ProfileSide)> {
        match (self.old.as_slice(), self.new.as_slice()) {
            ([old], [new]) => Some((old, new)),
            _ => None,
        }
    }
}

/// Profiles that are not one to one, and how many are.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Regrouped {
    /// Profiles before.
    pub old: usize,
    /// Profiles now.
    pub new: usize,
    /// One to one and the same in every field.
    pub same: usize,
    /// One to one with other values.
    pub changed: usize,
    /// How many are new.
    pub appeared: usize,
    /// How many are gone.
    pub vanished: usize,
    /// How many became several.
    pub split: usize,
    /// How many came of several.
    pub merged: usize,
    /// How often several became several others.
    pub mixed: usize,
    /// Some of them.
    pub examples: Vec<Rearranged>,
}

/// Profiles that are not one to one.
#[derive(Clone, Debug, Serialize)]
pub struct Rearranged {
    /// Before; the best identity value of each.
    pub old: Vec<String>,
    /// Now.
    pub new: Vec<String>,
}

impl Regrouped {
    pub(super) fn add(&mut self, components: &[Component<'_>], examples: usize) {
        let mut shown: BTreeMap<usize, usize> = BTreeMap::new();
        for component in components {
            self.old += component.old.len();
            self.new += component.new.len();
            let (kind, counter) = match (component.old.len(), component.new.len()) {
                (1, 1) => {
                    self.same += 1;
                    continue;
                }
                (0, _) => (0, &mut self.appeared),
                (_, 0) => (1, &mut self.vanished),
                (1, _) => (2, &mut self.split),
                (_, 1) => (3, &mut self.merged),
                _ => (4, &mut self.mixed),
            };
            *counter += 1;
            let seen = shown.entry(kind).or_default();
            if *seen < examples {
                *seen += 1;
                let names =
                    |profiles: &[&ProfileSide]| profiles.iter().map(|profile| short(&profile.name)).collect();
                self.examples.push(Rearranged { old: names(&component.old), new: names(&component.new) });
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.appeared + self.vanished + self.split + self.merged + self.mixed == 0
    }
}

/// Puts together what shares identity values, in the order of the old profiles, then of the new ones.
pub(super) fn match_up<'s>(old: &'s [ProfileSide], new: &'s [ProfileSide]) -> Vec<Component<'s>> {
    let all: Vec<&ProfileSide> = old.iter().chain(new).collect();
    let mut parents: Vec<usize> = (0..all.len()).collect();
    let mut first = BTreeMap::new();
    for (at, profile) in all.iter().enumerate() {
        for identity in &profile.name.identities {
            let known = *first.entry(identity).or_insert(at);
            let (a, b) = (root(&parents, known), root(&parents, at));
            // The first of all stays the root.
            if let Some(parent) = parents.get_mut(a.max(b)) {
                *parent = a.min(b);
            }
        }
    }
    let mut components: BTreeMap<usize, Component<'s>> = BTreeMap::new();
    for (at, profile) in all.into_iter().enumerate() {
        let component = components
            .entry(root(&parents, at))
            .or_insert_with(|| Component { old: Vec::new(), new: Vec::new() });
        if at < old.len() { &mut component.old } else { &mut component.new }.push(profile);
    }
    components.into_values().collect()
}

fn root(parents: &[usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).filter(|parent| **parent != at) {
        at = *parent;
    }
    at
}
