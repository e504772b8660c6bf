//! What became of each event of a trial: where it is at home, which links it showed, and whose profile it is part of.

mod forest;

use crate::trial::{KeptChange, Mapped, Recording, Stage, Trial};
use forest::Forest;
use lql_compiler::schema::{FieldId, Schema, Table, TableId};
use lql_compiler::{Checked, Source, Time};
use lql_runtime::identity::{IdentityRules, Limits, Link, Node, NodeId, Refusal, Unusable, resolve};
use lql_runtime::state::Outcome;
use lql_runtime::{Identity, Stamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

/// A trial with its sources, ready for questions.
#[derive(Debug)]
pub struct Evidence<'e> {
    /// The checked project.
    pub checked: &'e Checked,
    /// Its sources.
    pub sources: &'e [Source],
    /// The compiled project.
    pub stage: &'e Stage<'e>,
    /// The events.
    pub recording: &'e Recording,
    /// What they do.
    pub trial: &'e Trial,
    /// The instant that profiles are read at, and the clock of filters.
    pub as_of: Time,
    /// In the order of the schema's tables.
    pub tables: Vec<TableEvidence>,
    /// Per event, the identity values that its identity columns would have, whatever conditions say. Costs a trace of every
    /// event, so it waits until somebody asks.
    pub(crate) mentions: OnceLock<Vec<Vec<(TableId, NodeId)>>>,
}

/// What is known of one table.
#[derive(Debug)]
pub struct TableEvidence {
    /// The table.
    pub table: TableId,
    /// The profiles, in the order of their ids.
    pub profiles: Vec<ProfileEvidence>,
    /// What became of the changes, in the order of the events.
    pub placed: Vec<Placed>,
    /// The links, in the order they are taken.
    pub links: Vec<SeenLink>,
    names: Vec<(FieldId, String)>,
    numbers: HashMap<(FieldId, String), NodeId>,
    profile_of: Vec<Option<usize>>,
    forest: Forest,
}

/// A profile: which identity values make it.
#[derive(Clone, Debug)]
pub struct ProfileEvidence {
    /// Its id.
    pub id: u128,
    /// Its identity values, by rank and value.
    pub members: Vec<NodeId>,
}

/// What became of a change.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its event.
    pub event: usize,
    /// Its place among the changes of the event.
    pub change: usize,
    /// Whether it counts.
    pub outcome: Outcome,
    /// The identity values that count, the home first; empty without any.
    pub identities: Vec<NodeId>,
    /// The identity values that do not count.
    pub unusable: Vec<(FieldId, String, Unusable)>,
}

/// A link that events showed.
#[derive(Clone, Debug)]
pub struct SeenLink {
    /// The better-ranked end.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// The stamp of the first event that showed it.
    pub first: Stamp,
    /// That event.
    pub event: usize,
    /// How many events showed it.
    pub events: usize,
    /// What it did.
    pub fate: Fate,
}

/// What a link did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It joined two groups of identity values.
    Joined,
    /// Its ends were one profile already.
    Known,
    /// It joined nothing.
    Refused(Refusal),
}

impl<'e> Evidence<'e> {
    /// Looks at a trial. `as_of` is the instant that profiles are read at.
    pub fn new(
        checked: &'e Checked,
        sources: &'e [Source],
        stage: &'e Stage<'e>,
        recording: &'e Recording,
        trial: &'e Trial,
        as_of: Time,
    ) -> Self {
        let schema = &stage.package().schema;
        let rules = IdentityRules::new(schema);
        let tables = (0..schema.tables.len() as u16)
            .map(|at| TableEvidence::new(TableId(at), schema, &rules, trial))
            .collect();
        Self { checked, sources, stage, recording, trial, as_of, tables, mentions: OnceLock::new() }
    }

    /// The schema.
    pub fn schema(&self) -> &'e Schema {
        &self.stage.package().schema
    }

    /// What is known of a table.
    pub fn table(&self, table: TableId) -> Option<&TableEvidence> {
        self.tables.get(usize::from(table.0))
    }

    /// What an event does, if it was mapped.
    pub fn mapped(&self, event: usize) -> Option<&'e Mapped> {
        self.trial.mapped.get(event)?.as_ref().ok()
    }

    /// The change that was placed.
    pub fn change(&self, placed: &Placed) -> Option<&'e KeptChange> {
        self.mapped(placed.event)?.changes.get(placed.change)
    }

    /// A profile as it is read.
    pub fn profile(&self, table: &TableEvidence, profile: usize) -> Option<lql_runtime::Profile> {
        let profile = table.profiles.get(profile)?;
        Some(self.trial.state.profile(table.table, profile.id, &profile.members, self.as_of))
    }
}

impl TableEvidence {
    fn new(table: TableId, schema: &Schema, rules: &IdentityRules, trial: &Trial) -> Self {
        let state = &trial.state;
        let count = state.identities(table);
        let name = |id| {
            let identity = state.identity(table, id).map(|(identity, _)| identity);
            identity.map_or((FieldId(0), String::new()), |it| (it.field, it.value.to_owned()))
        };
        let names: Vec<_> = (0..count as NodeId).map(name).collect();
        let numbers: HashMap<_, _> = names.iter().cloned().zip(0..).collect();
        let placed = place(table, rules, trial, &numbers);
        let mut profile_of = vec![None; count];
        let groups = state.groups(table);
        let mut profiles = Vec::with_capacity(groups.len());
        for (at, (id, members)) in groups.iter().enumerate() {
            for member in members {
                if let Some(of) = profile_of.get_mut(*member as usize) {
                    *of = Some(at);
                }
            }
            profiles.push(ProfileEvidence { id, members: members.to_vec() });
        }
        let nodes = nodes(&names, schema, schema.table(table));
        let links = judge(&nodes, links(&placed, trial), limits(schema.table(table)));
        let forest = Forest::new(count, &links);
        Self { table, profiles, placed, links, names, numbers, profile_of, forest }
    }

    /// Field and value of an identity value.
    pub fn name(&self, id: NodeId) -> (FieldId, &str) {
        self.names.get(id as usize).map_or((FieldId(0), ""), |(field, value)| (*field, value))
    }

    /// The number of an identity value.
    pub fn number(&self, field: FieldId, value: &str) -> Option<NodeId> {
        self.numbers.get(&(field, value.to_owned())).copied()
    }

    /// All identity values.
    pub fn identities(&self) -> impl Iterator<Item = (NodeId, FieldId, &str)> {
        self.names.iter().zip(0..).map(|((field, value), id)| (id, *field, value.as_str()))
    }

    /// The profile that an identity value is part of.
    pub fn profile_of(&self, id: NodeId) -> Option<usize> {
        self.profile_of.get(id as usize).copied().flatten()
    }

    /// The changes that count and are at home in a profile.
    pub fn changes_of(&self, profile: usize) -> impl Iterator<Item = &Placed> {
        let is_of = move |placed: &&Placed| {
            placed.outcome == Outcome::Applied
                && placed.identities.first().and_then(|home| self.profile_of(*home)) == Some(profile)
        };
        self.placed.iter().filter(is_of)
    }

    /// The links, as places in [`TableEvidence::links`], that connect these identity values of one profile.
    pub fn connecting(&self, ids: &BTreeSet<NodeId>) -> BTreeSet<usize> {
        self.forest.connecting(ids, usize::MAX)
    }

    /// The events that decide the same as all events about these links: those of `events`, and where one of them shows
    /// a link that is refused, those that make it so.
    ///
    /// What holds of the profile is told by `holds`, which gets the groups that the events alone make.
    pub fn settled(
        &self,
        schema: &Schema,
        trial: &Trial,
        mut events: BTreeSet<usize>,
        holds: impl Fn(&dyn Fn(NodeId) -> NodeId, &BTreeSet<usize>) -> bool,
    ) -> BTreeSet<usize> {
        let nodes = nodes(&self.names, schema, schema.table(self.table));
        let refused: BTreeMap<(NodeId, NodeId), usize> = self
            .links
            .iter()
            .enumerate()
            .filter(|(_, link)| matches!(link.fate, Fate::Refused(_)))
            .map(|(at, link)| ((link.a, link.b), at))
            .collect();
        loop {
            let some: Vec<Placed> =
                self.placed.iter().filter(|placed| events.contains(&placed.event)).cloned().collect();
            let alone = judge(&nodes, links(&some, trial), limits(schema.table(self.table)));
            let forest = Forest::new(nodes.len(), &alone);
            if holds(&|id| forest.root(id), &events) {
                return events;
            }
            let before = events.len();
            for link in alone.iter().filter(|link| !matches!(link.fate, Fate::Refused(_))) {
                if let Some(at) = refused.get(&(link.a, link.b)) {
                    events.extend(
                        self.refusers(*at).into_iter().filter_map(|at| Some(self.links.get(at)?.event)),
                    );
                }
            }
            if events.len() == before {
                // All that was ever said about links decides for sure.
                events.extend(self.links.iter().map(|link| link.event));
                return events;
            }
        }
    }

    /// The links that make another one refused.
    fn refusers(&self, at: usize) -> BTreeSet<usize> {
        let Some(link) = self.links.get(at) else { return BTreeSet::new() };
        match link.fate {
            Fate::Refused(Refusal::NeighbourLimit) => {
                let earlier = self.links.iter().enumerate().take(at);
                let touches =
                    |other: &SeenLink| [link.a, link.b].iter().any(|end| other.a == *end || other.b == *end);
                earlier.filter(|(_, other)| touches(other)).map(|(at, _)| at).collect()
            }
            Fate::Refused(Refusal::Conflict { a, b, .. }) => {
                let mut all = self.forest.connecting(&BTreeSet::from([link.a, a]), at);
                all.extend(self.forest.connecting(&BTreeSet::from([link.b, b]), at));
                all
            }
            Fate::Refused(Refusal::IdentityLimit) => {
                let mut all = self.forest.around(link.a, at);
                all.extend(self.forest.around(link.b, at));
                all
            }
            Fate::Joined | Fate::Known => BTreeSet::new(),
        }
    }
}

/// What became of the changes of a table.
fn place(
    table: TableId,
    rules: &IdentityRules,
    trial: &Trial,
    numbers: &HashMap<(FieldId, String), NodeId>,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    for (event, (mapped, outcomes)) in trial.mapped.iter().zip(&trial.outcomes).enumerate() {
        let changes = mapped.iter().flat_map(|mapped| &mapped.changes);
        for (change, (kept, outcome)) in changes.zip(outcomes).enumerate() {
            if kept.table != table {
                continue;
            }
            let (mut identities, mut unusable) = (Vec::new(), Vec::new());
            kept.with(|borrowed| {
                for (field, value) in &kept.identities {
                    match rules.unusable(borrowed, Identity { field: *field, value }) {
                        Some(why) => unusable.push((*field, value.clone(), why)),
                        None => identities.extend(numbers.get(&(*field, value.clone()))),
                    }
                }
            });
            placed.push(Placed { event, change, outcome: *outcome, identities, unusable });
        }
    }
    placed
}

/// A pair of identity values, the first event that showed it, and how many did.
type Met = (Link, usize, usize);

/// All links of changes that count.
fn links(placed: &[Placed], trial: &Trial) -> Vec<Met> {
    let mut met: BTreeMap<(NodeId, NodeId), Met> = BTreeMap::new();
    for placed in placed.iter().filter(|placed| placed.outcome == Outcome::Applied) {
        let Some((home, others)) = placed.identities.split_first() else { continue };
        let Some(Ok(mapped)) = trial.mapped.get(placed.event) else { continue };
        for other in others.iter().filter(|other| *other != home) {
            let link = Link { a: *home, b: *other, first: mapped.stamp };
            let pair = (*home.min(other), *home.max(other));
            let known = met.entry(pair).or_insert((link, placed.event, 0));
            known.2 += 1;
            if link.first < known.0.first {
                (known.0, known.1) = (link, placed.event);
            }
        }
    }
    met.into_values().collect()
}

fn nodes<'n>(names: &'n [(FieldId, String)], schema: &Schema, table: Option<&Table>) -> Vec<Node<'n>> {
    let ranks = table.map_or(&[][..], |table| &table.identities);
    let node = |(field, value): &'n (FieldId, String)| Node {
        identity: Identity { field: *field, value },
        rank: ranks.iter().position(|other| other == field).map_or(u16::MAX, |rank| rank as u16),
        single: schema.field(*field).is_some_and(|field| field.identity && !field.kind.is_set()),
    };
    names.iter().map(node).collect()
}

fn limits(table: Option<&Table>) -> Limits {
    let of = |limit: fn(&Table) -> u32| table.map_or(0, |table| limit(table) as usize);
    Limits { neighbours: of(|table| table.neighbour_limit), identities: of(|table| table.identity_limit) }
}

/// What each link does, in the order they are taken.
fn judge(nodes: &[Node<'_>], met: Vec<Met>, limits: Limits) -> Vec<SeenLink> {
    let refused = resolve(nodes, met.iter().map(|(link, ..)| *link), limits).refused;
    let reasons: HashMap<(NodeId, NodeId), Refusal> =
        refused.into_iter().map(|refused| ((refused.link.a, refused.link.b), refused.reason)).collect();
    let order = |a: NodeId, b: NodeId| match (nodes.get(a as usize), nodes.get(b as usize)) {
        (Some(a), Some(b)) => a.order(b),
        _ => a.cmp(&b),
    };
    let mut links: Vec<SeenLink> = met
        .into_iter()
        .map(|(link, event, events)| {
            let (a, b) = if order(link.a, link.b).is_le() { (link.a, link.b) } else { (link.b, link.a) };
            let fate = reasons.get(&(a, b)).map_or(Fate::Joined, |reason| Fate::Refused(*reason));
            SeenLink { a, b, first: link.first, event, events, fate }
        })
        .collect();
    links.sort_by(|x, y| x.first.cmp(&y.first).then_with(|| order(x.a, y.a)).then_with(|| order(x.b, y.b)));
    forest::tell_known(nodes.len(), &mut links);
    links
}
