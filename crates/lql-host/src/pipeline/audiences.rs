//! Who is in which segment, after each entry of the log and at each instant at which time alone changes something.

use crate::people::{Known, People};
use crate::views::{Batch, Move, Standing, ViewError, Why};
use lql_compiler::Time;
use lql_compiler::program::Segment;
use lql_compiler::schema::TableId;
use lql_runtime::identity::{NodeId, Touched};
use lql_runtime::{Identity, Memberships, Profile, Reading, join};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Tells which segments profiles are in.
pub struct Audiences<'p> {
    people: &'p People,
    segments: &'p [Segment],
    memberships: Memberships<'p>,
}

/// Identity values whose profiles an entry may have changed.
#[derive(Debug, Default)]
pub struct Changed {
    /// Those that something happened to, or whose profile is another one now.
    nodes: BTreeSet<(TableId, NodeId)>,
    /// Those, among them, whose first sight is earlier now, or that are new.
    pub older: BTreeSet<(TableId, NodeId)>,
}

impl Changed {
    /// An event had this identity value as its home, and that did to who is who.
    pub fn add(&mut self, table: TableId, home: NodeId, touched: &Touched) {
        self.nodes.insert((table, home));
        let groups = touched.before.iter().chain(&touched.after).flatten();
        self.nodes.extend(groups.chain(&touched.older).map(|node| (table, *node)));
    }
}

impl<'p> Audiences<'p> {
    /// For the segments of a package.
    pub fn new(people: &'p People, memberships: Memberships<'p>) -> Self {
        Self { people, segments: &people.package.segments, memberships }
    }

    /// Brings memberships to where they are after an entry.
    pub fn update(
        &self,
        changed: &Changed,
        clock: Time,
        batch: &mut Batch,
        known: &mut Known,
    ) -> Result<(), ViewError> {
        let mut profiles = BTreeMap::new();
        let mut gone = BTreeSet::new();
        for (table, node) in &changed.nodes {
            let (Some(resolver), Some(ids)) =
                (known.resolvers.get(usize::from(table.0)), known.ids.get_mut(usize::from(table.0)))
            else {
                continue;
            };
            let members = resolver.profile_of(*node);
            let id = self.people.id(*table, resolver, &members);
            if profiles.contains_key(&(*table, id)) {
                continue;
            }
            ids.resize(ids.len().max(resolver.len()), 0);
            for member in &members {
                let before = ids.get_mut(*member as usize).map(|before| std::mem::replace(before, id));
                gone.extend(
                    before.filter(|before| *before != id && *before != 0).map(|before| (*table, before)),
                );
                if before != Some(id) || changed.older.contains(&(*table, *member)) {
                    let (Some(node), Some(first)) = (resolver.node(*member), resolver.first(*member)) else {
                        continue;
                    };
                    batch.identify(*table, node.identity, first, id);
                }
            }
            profiles.insert((*table, id), members);
        }
        if self.segments.is_empty() {
            return Ok(());
        }
        for (table, id) in gone {
            // The rest of a profile that was split keeps its id.
            if !profiles.contains_key(&(table, id)) {
                let before = batch.standing(table, id)?;
                self.stand(table, id, (before, Standing::default()), (clock, Why::Joined), batch)?;
            }
        }
        for ((table, id), members) in profiles {
            self.look(table, id, &members, (clock, Why::Events), batch, known)?;
        }
        Ok(())
    }

    /// Brings the standing of a profile to where it is at an instant.
    pub fn turn(
        &self,
        table: TableId,
        profile: u128,
        at: Time,
        batch: &mut Batch,
        known: &Known,
    ) -> Result<(), ViewError> {
        let standing = batch.standing(table, profile)?;
        let resolver = known.resolvers.get(usize::from(table.0));
        let members = resolver.zip(standing.member.as_ref()).and_then(|(resolver, (field, value))| {
            Some(resolver.profile_of(resolver.number(Identity { field: *field, value })?))
        });
        self.look(table, profile, &members.unwrap_or_default(), (at, Why::Clock), batch, known)
    }

    /// Evaluates all segments for a profile.
    fn look(
        &self,
        table: TableId,
        id: u128,
        members: &[NodeId],
        (clock, why): (Time, Why),
        batch: &mut Batch,
        known: &Known,
    ) -> Result<(), ViewError> {
        let Some(resolver) = known.resolvers.get(usize::from(table.0)) else { return Ok(()) };
        let (schema, ops) = (&self.people.package.schema, &self.people.ops);
        let identities: Vec<_> =
            members.iter().filter_map(|id| resolver.node(*id)).map(|it| it.identity).collect();
        let mut fragments = Vec::new();
        for identity in &identities {
            fragments.extend(batch.fragment(table, *identity)?);
        }
        let before = batch.standing(table, id)?;
        // An identity value that was only ever seen beside another, and whose link is refused, is nobody.
        let Some(whole) = join(fragments.into_iter()).map(Cow::into_owned) else {
            return self.stand(table, id, (before, Standing::default()), (clock, why), batch);
        };
        let owned: Vec<_> = identities.iter().map(|it| (it.field, it.value.into())).collect();
        let read = |at: Time| {
            let profile = Profile::read(table, id, owned.clone(), &whole, ops, at);
            Reading { expires: lql_runtime::expiry(&whole, ops, at), profile }
        };
        let profile = read(clock).profile;
        let since = |slug: &str| {
            let known = before.segments.iter().find(|(known, _)| known == slug);
            (slug.to_owned(), known.map_or(clock, |(_, since)| *since))
        };
        let segments = self.memberships.of(&profile, schema, clock).into_iter().map(since).collect();
        let flip = self.memberships.look_again(table, schema, clock, read);
        let member = identities.first().map(|it| (it.field, it.value.to_owned()));
        // Of somebody who is nowhere and stays there nothing is kept.
        let after = Standing { member, segments, flip };
        let after = if after.is_empty() { Standing::default() } else { after };
        self.stand(table, id, (before, after), (clock, why), batch)
    }

    /// Writes a standing down, and to the ledger what is new in it.
    fn stand(
        &self,
        table: TableId,
        profile: u128,
        (before, after): (Standing, Standing),
        (at, why): (Time, Why),
        batch: &mut Batch,
    ) -> Result<(), ViewError> {
        batch.stand(table, profile, (&before, &after))?;
        for segment in self.segments.iter().map(|segment| &segment.slug) {
            let is_in = |standing: &Standing| standing.segments.iter().any(|(slug, _)| slug == segment);
            let (was, enters) = (is_in(&before), is_in(&after));
            if was != enters {
                batch.note(&Move { table, profile, segment: segment.clone(), enters, at, why })?;
            }
        }
        Ok(())
    }
}
