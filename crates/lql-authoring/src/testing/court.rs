//! A compiled project, ready to try cases.

use super::prepare::Ready;
use crate::trial::{Stage, Trial};
use bumpalo::Bump;
use lql_compiler::program::Package;
use lql_compiler::{Checked, Source, Time};
use lql_runtime::identity::IdentityRules;
use lql_runtime::{LoadError, Memberships, Profile};

/// A compiled project: what a case is tried by. May be shared by threads.
pub(super) struct Court<'p> {
    pub checked: &'p Checked,
    pub package: &'p Package,
    pub sources: &'p [Source],
    pub stage: Stage<'p>,
    pub memberships: Memberships<'p>,
    pub rules: IdentityRules,
}

/// Makes a project ready for as long as `work` takes.
pub(super) fn hold<R>(
    checked: &Checked,
    package: &Package,
    sources: &[Source],
    work: impl FnOnce(&Court<'_>) -> R,
) -> Result<R, LoadError> {
    let constants = Bump::new();
    let court = Court {
        checked,
        package,
        sources,
        stage: Stage::new(package, package.now.unwrap_or_default(), &constants)?,
        memberships: Memberships::new(&package.segments, &constants)?,
        rules: IdentityRules::new(&package.schema),
    };
    Ok(work(&court))
}

impl Court<'_> {
    /// Maps and merges the events of a case.
    pub fn run(&self, ready: &Ready<'_>) -> Trial {
        let events = ready.recording.events.iter().zip(&ready.times);
        self.stage.merge(events.map(|(event, time)| self.stage.map_at(event, *time)).collect())
    }

    /// Whether a filter is true of a profile. One that cannot be compiled is not.
    pub fn is_true(&self, filter: &str, profile: &Profile, clock: Time) -> bool {
        let schema = &self.package.schema;
        let table = schema.table(profile.table).map_or("", |table| table.name.as_str());
        let Ok(segment) = self.checked.filter(filter, table) else { return false };
        let (constants, segments) = (Bump::new(), [segment]);
        Memberships::new(&segments, &constants)
            .is_ok_and(|memberships| !memberships.of(profile, schema, clock).is_empty())
    }
}
