//! Who is known: profiles, read from the views and from who is who.

use crate::views::{Look, ViewError, Views};
use lql_compiler::Time;
use lql_compiler::program::Package;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::identity::{NodeId, Resolver};
use lql_runtime::merge::OpTable;
use lql_runtime::{Identity, ProfileWriter, join, profile_id};
use std::borrow::Cow;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// All profiles, as far as the log is worked in. Shared by who reads and the one who changes.
#[derive(Debug)]
pub struct People {
    /// The compiled project that the views follow from.
    pub package: Package,
    pub(crate) views: Views,
    pub(crate) ops: OpTable,
    /// Who is who, per table. Changes together with the views: who reads both holds it meanwhile.
    resolvers: RwLock<Vec<Resolver>>,
    /// Per table.
    writers: Vec<ProfileWriter>,
}

impl People {
    /// Reads who is who from the views, which are those of the package.
    pub fn new(package: Package, views: Views) -> Result<Self, ViewError> {
        let resolvers = views.look()?.resolvers(&package.schema)?;
        let tables = 0..package.schema.tables.len() as u16;
        Ok(Self {
            ops: OpTable::new(&package.schema),
            writers: tables.map(|table| ProfileWriter::new(&package.schema, TableId(table), &[])).collect(),
            resolvers: RwLock::new(resolvers),
            package,
            views,
        })
    }

    /// A moment at which nothing changes, as long as it is held.
    pub fn moment(&self) -> Result<Moment<'_>, ViewError> {
        let resolvers = self.resolvers.read().unwrap_or_else(PoisonError::into_inner);
        Ok(Moment { people: self, look: self.views.look()?, resolvers })
    }

    /// For the one who changes: readers wait.
    pub(crate) fn resolvers(&self) -> RwLockWriteGuard<'_, Vec<Resolver>> {
        self.resolvers.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All profiles at one moment.
pub struct Moment<'p> {
    people: &'p People,
    /// The views.
    pub look: Look,
    resolvers: RwLockReadGuard<'p, Vec<Resolver>>,
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
        self.write_members(found.table, &resolver.profile_of(found.node), as_of, out)
    }

    /// Gives all profiles of a table, sorted by id, each as one JSON object, as they are at an instant.
    pub fn write_all<E: From<ViewError>>(
        &self,
        table: TableId,
        as_of: Time,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(resolver) = self.resolver(table) else { return Ok(()) };
        let mut groups = resolver.groups();
        groups.sort_by_cached_key(|members| self.id(table, members));
        let mut line = Vec::new();
        for members in groups {
            line.clear();
            if self.write_members(table, &members, as_of, &mut line)? {
                each(&line)?;
            }
        }
        Ok(())
    }

    /// How many profiles a table has.
    pub fn count(&self, table: TableId) -> usize {
        self.resolver(table).map_or(0, |resolver| resolver.groups().len())
    }

    /// The id of the profile that these identity values are.
    fn id(&self, table: TableId, members: &[NodeId]) -> u128 {
        let (schema, resolver) = (&self.people.package.schema, self.resolver(table));
        let first = resolver.and_then(|resolver| {
            // Of several first ones, the best by rank and value: they are sorted so.
            let first = members.iter().min_by_key(|id| resolver.first(**id))?;
            resolver.node(*first)
        });
        let table = schema.table(table);
        first.zip(table).map_or(0, |(node, table)| {
            profile_id(schema, table, node.identity.field, node.identity.value.as_bytes())
        })
    }

    fn write_members(
        &self,
        table: TableId,
        members: &[NodeId],
        as_of: Time,
        out: &mut Vec<u8>,
    ) -> Result<bool, ViewError> {
        let (Some(resolver), Some(writer)) =
            (self.resolver(table), self.people.writers.get(usize::from(table.0)))
        else {
            return Ok(false);
        };
        let mut fragments = Vec::new();
        for node in members.iter().filter_map(|id| resolver.node(*id)) {
            fragments.extend(self.look.fragment(table, node.identity)?);
        }
        let Some(whole) = join(fragments.into_iter().map(Cow::Owned)) else { return Ok(false) };
        writer.write(self.id(table, members), &whole, &self.people.ops, as_of, &[], out);
        Ok(true)
    }

    fn resolver(&self, table: TableId) -> Option<&Resolver> {
        self.resolvers.get(usize::from(table.0))
    }
}
