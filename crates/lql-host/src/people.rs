//! Who is known: profiles, read from the views and from who is who.

use crate::views::{Look, ViewError, Views};
use lql_compiler::Time;
use lql_compiler::program::Package;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::identity::{NodeId, Resolver};
use lql_runtime::merge::OpTable;
use lql_runtime::{Identity, ProfileWriter, join, profile_id};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Who is who.
#[derive(Debug)]
pub struct Known {
    /// Per table.
    pub resolvers: Vec<Resolver>,
    /// Per table and by number of identity value: the profile that it belongs to.
    pub ids: Vec<Vec<u128>>,
}

/// All profiles, as far as the log is worked in. Shared by who reads and the one who changes.
#[derive(Debug)]
pub struct People {
    /// The compiled project that the views follow from.
    pub package: Package,
    pub(crate) views: Views,
    pub(crate) ops: OpTable,
    /// Who is who, per table. Changes together with the views: who reads both holds it meanwhile.
    known: RwLock<Known>,
    /// Per table.
    writers: Vec<ProfileWriter>,
}

impl People {
    /// Reads who is who from the views, which are those of the package.
    pub fn new(package: Package, views: Views) -> Result<Self, ViewError> {
        let (resolvers, ids) = views.look()?.people(&package.schema)?;
        let tables = 0..package.schema.tables.len() as u16;
        Ok(Self {
            ops: OpTable::new(&package.schema),
            writers: tables.map(|table| ProfileWriter::new(&package.schema, TableId(table), &[])).collect(),
            known: RwLock::new(Known { resolvers, ids }),
            package,
            views,
        })
    }

    /// A moment at which nothing changes, as long as it is held.
    pub fn moment(&self) -> Result<Moment<'_>, ViewError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Ok(Moment { people: self, look: self.views.look()?, known })
    }

    /// All profiles of a table as they are now. Meanwhile things may change: what is listed here does not.
    pub fn all(&self, table: TableId) -> Result<All, ViewError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let look = self.views.look()?;
        let groups = known.resolvers.get(usize::from(table.0)).map(|resolver| {
            let groups = resolver.groups().into_iter();
            groups.map(|members| (self.id(table, resolver, &members), members)).collect::<Vec<_>>()
        });
        drop(known);
        let mut groups = groups.unwrap_or_default();
        groups.sort_unstable_by_key(|(id, _)| *id);
        Ok(All { table, look, groups })
    }

    /// Appends some of all profiles, each as one JSON object and a line break, as they are at an instant.
    pub fn write_some(
        &self,
        all: &All,
        which: Range<usize>,
        as_of: Time,
        out: &mut Vec<u8>,
    ) -> Result<(), ViewError> {
        // The numbers of identity values never change their meaning.
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let Some(resolver) = known.resolvers.get(usize::from(all.table.0)) else { return Ok(()) };
        for (id, members) in all.groups.get(which).unwrap_or_default() {
            if self.write(&all.look, all.table, (*id, members), resolver, as_of, out)? {
                out.push(b'\n');
            }
        }
        Ok(())
    }

    /// The id of the profile that these identity values are, which are sorted by rank and value.
    pub(crate) fn id(&self, table: TableId, resolver: &Resolver, members: &[NodeId]) -> u128 {
        let schema = &self.package.schema;
        // Of several first ones, the best by rank and value.
        let first = members.iter().min_by_key(|id| resolver.first(**id));
        let first = first.and_then(|id| resolver.node(*id)).map(|node| node.identity);
        first
            .zip(schema.table(table))
            .map_or(0, |(first, table)| profile_id(schema, table, first.field, first.value.as_bytes()))
    }

    /// `false`, and nothing is written, if no event happened to any of the identity values.
    fn write(
        &self,
        look: &Look,
        table: TableId,
        (id, members): (u128, &[NodeId]),
        resolver: &Resolver,
        as_of: Time,
        out: &mut Vec<u8>,
    ) -> Result<bool, ViewError> {
        let Some(writer) = self.writers.get(usize::from(table.0)) else { return Ok(false) };
        let mut fragments = Vec::new();
        for node in members.iter().filter_map(|id| resolver.node(*id)) {
            fragments.extend(look.fragment(table, node.identity)?);
        }
        let Some(whole) = join(fragments.into_iter().map(Cow::Owned)) else { return Ok(false) };
        writer.write(id, &whole, &self.ops, as_of, &[], out);
        Ok(true)
    }

    /// For the one who changes: readers wait.
    pub(crate) fn known(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All profiles at one moment.
pub struct Moment<'p> {
    people: &'p People,
    /// The views.
    pub look: Look,
    known: RwLockReadGuard<'p, Known>,
}

/// The profiles of a table at one moment, sorted by id.
pub struct All {
    table: TableId,
    look: Look,
    groups: Vec<(u128, Vec<NodeId>)>,
}

impl All {
    /// How many there are at most: some may be identity values that nothing happened to.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// A profile that was found.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// Its table.
    pub table: TableId,
    /// One of its identity values, by number.
    pub node: NodeId,
}

impl Moment<'_> {
    /// The profile that has an identity value.
    pub fn find(&self, table: TableId, field: FieldId, value: &str) -> Option<Found> {
        let node = self.resolver(table)?.number(Identity { field, value })?;
        Some(Found { table, node })
    }

    /// The profile with an id, if any segment knows it.
    pub fn find_id(&self, table: TableId, id: u128) -> Result<Option<Found>, ViewError> {
        let member = self.look.standing(table, id)?.member;
        Ok(member.and_then(|(field, value)| self.find(table, field, &value)))
    }

    /// The id of a profile.
    pub fn id(&self, found: Found) -> u128 {
        self.resolver(found.table)
            .map_or(0, |resolver| self.people.id(found.table, resolver, &resolver.profile_of(found.node)))
    }

    /// The identity values of a profile, by rank, then by value.
    pub fn identities(&self, found: Found) -> Vec<Identity<'_>> {
        let Some(resolver) = self.resolver(found.table) else { return Vec::new() };
        let nodes = resolver.profile_of(found.node);
        nodes.iter().filter_map(|node| resolver.node(*node)).map(|node| node.identity).collect()
    }

    /// Appends a profile as one JSON object, as it is at an instant: the same bytes that a run over the same events gives.
    /// `false` if no event happened to it yet.
    pub fn write(&self, found: Found, as_of: Time, out: &mut Vec<u8>) -> Result<bool, ViewError> {
        let Some(resolver) = self.resolver(found.table) else { return Ok(false) };
        let members = resolver.profile_of(found.node);
        let id = self.people.id(found.table, resolver, &members);
        self.people.write(&self.look, found.table, (id, &members), resolver, as_of, out)
    }

    /// How many profiles a table has.
    pub fn count(&self, table: TableId) -> usize {
        self.resolver(table).map_or(0, Resolver::profiles)
    }

    fn resolver(&self, table: TableId) -> Option<&Resolver> {
        self.known.resolvers.get(usize::from(table.0))
    }
}
