//! The second half of the work: what entries do comes to the views, all of it or nothing.

use super::audiences::Changed;
use super::plan::{Event, Plan};
use crate::views::{Batch, Message, ViewError};
use lql_runtime::identity::Resolver;
use lql_runtime::wire::WireError;
use lql_runtime::{Identity, RawChange, Stamp};

/// Adds what an entry does to a batch and to who is who, and gives whom it may have changed. `window` is how long messages
/// are remembered, in seconds.
pub fn apply(
    plan: &Plan,
    batch: &mut Batch,
    resolvers: &mut [Resolver],
    window: i64,
) -> Result<Changed, ViewError> {
    let mut changed = Changed::default();
    let mut counts = plan.counts();
    let mut rejects = 0;
    for event in &plan.events {
        let (stamp, message, changes, raw) = match event {
            Event::Mapped { stamp, message, changes, raw } => (stamp, message, changes, raw),
            Event::Rejected(reject) => {
                counts.rejected += 1;
                batch.reject(plan.lane, plan.position, rejects, plan.rejected(reject.clone()));
                rejects += 1;
                continue;
            }
        };
        if let Some((id, content)) = message {
            match batch.message(*id, *content, plan.entry.received.seconds(), window)? {
                Message::New => {}
                Message::Copy => {
                    counts.duplicates += 1;
                    continue;
                }
                Message::Other => {
                    counts.rejected += 1;
                    if let Some(reject) = raw {
                        batch.reject(plan.lane, plan.position, rejects, plan.rejected(reject.clone()));
                        rejects += 1;
                    }
                    continue;
                }
            }
        }
        counts.events += 1;
        counts.without_identity += u64::from(changes.is_empty());
        for change in plan.changes(changes) {
            apply_change(&RawChange::open(change)?, *stamp, batch, resolvers, &mut changed)?;
        }
    }
    batch.count(&plan.entry.stream, &counts);
    Ok(changed)
}

fn apply_change(
    change: &RawChange<'_>,
    stamp: Stamp,
    batch: &mut Batch,
    resolvers: &mut [Resolver],
    changed: &mut Changed,
) -> Result<(), ViewError> {
    let table = change.table;
    let resolver = resolvers.get_mut(usize::from(table.0)).ok_or(WireError::Invalid("table"))?;
    let mut identities = Vec::new();
    for (field, value) in change.identities() {
        let value = std::str::from_utf8(value).map_err(|_| WireError::Invalid("identity"))?;
        identities.push(Identity { field, value });
    }
    let (home, others) = identities.split_first().ok_or(WireError::Invalid("identities"))?;
    batch.merge(table, *home, change.fragment)?;
    let is_older = |resolver: &Resolver, identity: Identity<'_>| {
        let known = resolver.number(identity).and_then(|id| resolver.first(id));
        known.is_none_or(|known| stamp < known)
    };
    let older: Vec<_> = identities.iter().filter(|it| is_older(resolver, **it)).copied().collect();
    let link_stamp = |resolver: &Resolver, other: Identity<'_>| {
        resolver.first_of_link(resolver.number(*home)?, resolver.number(other)?)
    };
    let before: Vec<_> = others.iter().map(|other| link_stamp(resolver, *other)).collect();
    let touched = resolver.observe(*home, others.iter().copied(), stamp);
    if let Some(home) = resolver.number(*home) {
        changed.add(table, home, &touched);
    }
    changed.older.extend(older.iter().filter_map(|it| resolver.number(*it)).map(|node| (table, node)));
    for (other, before) in others.iter().zip(before) {
        let now = link_stamp(resolver, *other);
        if let Some(first) = now.filter(|_| now != before) {
            batch.link(table, *home, *other, first);
        }
    }
    Ok(())
}
