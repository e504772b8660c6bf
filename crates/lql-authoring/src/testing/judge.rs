//! What a case expects against what came of its events.

use super::court::Court;
use super::format::{Case, FieldCase, Identities, Placed, ProfileCase, Reason, RejectCase};
use super::matching::{Line, difference, holds, json};
use super::names::{default_table, identity, table_with};
use super::prepare::Ready;
use crate::trial::{Trial, Unmapped};
use lql_compiler::Time;
use lql_compiler::schema::{FieldId, TableId};
use lql_runtime::Profile;
use lql_runtime::decode::Reject;
use lql_runtime::identity::Refusal;
use lql_runtime::merge::Owned;
use lql_syntax::Span;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Where the expectation stands in the test file.
    pub place: Span,
    /// What is not as expected, on one line.
    pub title: String,
    /// The difference, line by line.
    pub lines: Vec<Line>,
    /// Where what is there comes from.
    pub notes: Vec<String>,
    /// What `--update` writes instead, if it may.
    pub update: Option<Update>,
}

/// A new expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// A field's value.
    Field {
        /// Which profile of the case.
        profile: usize,
        /// Whether the field stands below `fields`.
        nested: bool,
        /// The field.
        name: String,
        /// What it holds.
        value: Option<Owned>,
    },
    /// How many profiles there are.
    Count(usize),
    /// The segments a profile is in.
    Segments {
        /// Which profile of the case.
        profile: usize,
        /// Their slugs.
        slugs: Vec<String>,
    },
    /// The findings of the project.
    Diagnostics(Vec<String>),
}

impl Failure {
    pub(super) fn new(place: Span, title: impl Into<String>) -> Self {
        Self { place, title: title.into(), lines: Vec::new(), notes: Vec::new(), update: None }
    }

    fn expected(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Expected(text.into()));
        self
    }

    fn got(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Got(text.into()));
        self
    }

    fn update(mut self, update: Update) -> Self {
        self.update = Some(update);
        self
    }
}

/// The findings of the project, against those that a case lists; each is `LQL0501 web.lql:12`, or the first words of it.
pub(super) fn diagnostics(case: &Case, found: &[String]) -> Vec<Failure> {
    let Some(expected) = &case.diagnostics else { return Vec::new() };
    let mut left: Vec<&String> = found.iter().collect();
    let mut failures = Vec::new();
    let update = || Update::Diagnostics(found.to_vec());
    for wanted in &expected.value {
        let begins = |text: &&String| {
            text.strip_prefix(wanted.value.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':']))
        };
        match left.iter().position(begins) {
            Some(at) => {
                left.remove(at);
            }
            None => failures.push(
                Failure::new(wanted.span, "the project has no such finding")
                    .expected(&wanted.value)
                    .update(update()),
            ),
        }
    }
    for more in left {
        let failure = Failure::new(expected.span, "the project has a finding that is not expected");
        failures.push(failure.got(more).update(update()));
    }
    failures
}

/// Everything that is not as a case expects. `explain` adds where values come from.
pub(super) fn judge(court: &Court<'_>, ready: &Ready<'_>, trial: &Trial, explain: bool) -> Vec<Failure> {
    let as_of = ready.now.or(trial.newest).unwrap_or_default();
    let tables = (0..court.package.schema.tables.len()).map(|at| TableId(at as u16));
    let profiles: Vec<Profile> = tables.flat_map(|table| trial.profiles(table, as_of)).collect();
    let scene = Scene { court, ready, trial, as_of, profiles, explain };
    let case = ready.case;
    let mut failures = scene.rejects(&case.rejects);
    if let Some(count) = &case.count
        && count.value != scene.profiles.len()
    {
        let there: Vec<String> = scene.profiles.iter().map(|profile| scene.name_of(profile)).collect();
        let mut failure = Failure::new(count.span, "the number of profiles")
            .expected(count.value.to_string())
            .got(scene.profiles.len().to_string())
            .update(Update::Count(scene.profiles.len()));
        failure.notes = clipped(there, 10);
        failures.push(failure);
    }
    case.profiles.iter().for_each(|profile| scene.profile(profile, &mut failures));
    case.same.iter().for_each(|group| scene.same(group, &mut failures));
    case.apart.iter().for_each(|group| scene.apart(group, &mut failures));
    scene.refused(&mut failures);
    failures
}

/// A case with what came of it.
pub(super) struct Scene<'s> {
    pub court: &'s Court<'s>,
    pub ready: &'s Ready<'s>,
    pub trial: &'s Trial,
    pub as_of: Time,
    pub profiles: Vec<Profile>,
    pub explain: bool,
}

impl Scene<'_> {
    fn profile(&self, wanted: &ProfileCase, failures: &mut Vec<Failure>) {
        let schema = &self.court.package.schema;
        let table = match &wanted.table {
            Some(name) => schema.find_table(&name.value),
            None => default_table(schema),
        };
        let name = said(&wanted.is);
        let found = table.and_then(|table| self.holder(table, &wanted.is).transpose());
        let profile = match found {
            Some(Ok(profile)) if wanted.absent => {
                let failure = Failure::new(wanted.is.span, format!("there is a profile of {name}"));
                return failures.push(failure.expected("no profile").got(self.name_of(profile)));
            }
            Some(Ok(profile)) => profile,
            Some(Err(())) => {
                let title = format!("{name} are of different profiles");
                return failures.push(Failure::new(wanted.is.span, title));
            }
            None if wanted.absent => return,
            None => {
                let mut failure = Failure::new(wanted.is.span, format!("no profile has {name}"));
                let there = self.profiles.iter().map(|profile| self.name_of(profile)).collect();
                failure.notes = clipped(there, 10);
                return failures.push(failure);
            }
        };
        for field in &wanted.fields {
            self.field(wanted, profile, field, &name, failures);
        }
        if wanted.only {
            for (id, value) in &profile.fields {
                let field = schema.field(*id).map_or("", |field| field.name.as_str());
                if wanted.fields.iter().all(|wanted| wanted.name.value != field) {
                    let title =
                        format!("`{field}` of {name} is not expected: the profile has `only` those listed");
                    let mut failure = Failure::new(wanted.is.span, title).got(json(value));
                    failure.notes = self.sources(profile, *id);
                    failures.push(failure);
                }
            }
        }
        for filter in &wanted.filters {
            if !self.court.is_true(&filter.value, profile, self.as_of) {
                let title = format!("a filter is not true of {name}");
                failures.push(Failure::new(filter.span, title).expected(&filter.value));
            }
        }
        self.segments(wanted, profile, &name, failures);
    }

    fn field(
        &self,
        wanted: &ProfileCase,
        profile: &Profile,
        field: &FieldCase,
        name: &str,
        failures: &mut Vec<Failure>,
    ) {
        let schema = &self.court.package.schema;
        let key = field.name.value.as_str();
        let system = match key {
            "_id" => Some(Owned::Text(profile.id_text().into())),
            "_created" => Some(Owned::Time(profile.created)),
            "_modified" => Some(Owned::Time(profile.modified)),
            _ => None,
        };
        let value = system.as_ref().or_else(|| profile.get(schema, key));
        if holds(&field.expect, value) {
            return;
        }
        let id = schema.find_field(profile.table, key);
        failures.push(Failure {
            place: field.expect.span,
            title: format!("`{key}` of {name}"),
            lines: difference(&field.expect, value),
            notes: id.map(|id| self.sources(profile, id)).unwrap_or_default(),
            update: Some(Update::Field {
                profile: wanted.index,
                nested: field.nested,
                name: key.to_owned(),
                value: value.cloned(),
            }),
        });
    }

    fn segments(&self, wanted: &ProfileCase, profile: &Profile, name: &str, failures: &mut Vec<Failure>) {
        if wanted.segments.is_none() && wanted.within.is_empty() && wanted.without.is_empty() {
            return;
        }
        let of = self.court.memberships.of(profile, &self.court.package.schema, self.as_of);
        let is_in = |segment: &Placed<String>| of.contains(&segment.value.to_lowercase().as_str());
        if let Some(all) = &wanted.segments {
            let mut lines: Vec<Line> = Vec::new();
            lines.extend(all.value.iter().filter(|it| !is_in(it)).map(|it| Line::Expected(it.value.clone())));
            let listed = |slug: &&&str| all.value.iter().any(|it| it.value.eq_ignore_ascii_case(slug));
            lines.extend(of.iter().filter(|slug| !listed(slug)).map(|slug| Line::Got((*slug).to_owned())));
            if !lines.is_empty() {
                let slugs = of.iter().map(|slug| (*slug).to_owned()).collect();
                let update = Update::Segments { profile: wanted.index, slugs };
                let mut failure = Failure::new(all.span, format!("the segments of {name}")).update(update);
                let slugs = lines.iter().map(|line| match line {
                    Line::Same(slug) | Line::Expected(slug) | Line::Got(slug) => slug,
                });
                failure.notes = slugs.flat_map(|slug| self.membership(profile, slug)).collect();
                failure.lines = lines;
                failures.push(failure);
            }
        }
        let wrong = wanted.within.iter().filter(|segment| !is_in(segment)).map(|it| (it, "is not in"));
        let wrong =
            wrong.chain(wanted.without.iter().filter(|segment| is_in(segment)).map(|it| (it, "is in")));
        for (segment, is) in wrong {
            let mut failure = Failure::new(segment.span, format!("{name} {is} `{}`", segment.value));
            failure.notes = self.membership(profile, &segment.value);
            failures.push(failure);
        }
    }

    fn same(&self, group: &Placed<Vec<Identities>>, failures: &mut Vec<Failure>) {
        let mut first: Option<(&Identities, &Profile)> = None;
        for member in &group.value {
            match (self.any_holder(member), first) {
                (None, _) => {
                    failures.push(Failure::new(member.span, format!("no profile has {}", said(member))));
                }
                (Some(profile), None) => first = Some((member, profile)),
                (Some(profile), Some((other, one))) if profile.id != one.id => {
                    let title = format!("{} and {} are two profiles", said(other), said(member));
                    let mut failure = Failure::new(member.span, title);
                    failure.notes = vec![self.name_of(one), self.name_of(profile)];
                    failure
                        .notes
                        .extend(self.refusals().into_iter().map(|(_, text)| format!("refused: {text}")));
                    failures.push(failure);
                }
                _ => {}
            }
        }
    }

    fn apart(&self, group: &Placed<Vec<Identities>>, failures: &mut Vec<Failure>) {
        let mut seen: Vec<(&Identities, &Profile)> = Vec::new();
        for member in &group.value {
            let Some(profile) = self.any_holder(member) else {
                failures.push(Failure::new(member.span, format!("no profile has {}", said(member))));
                continue;
            };
            if let Some((other, _)) = seen.iter().find(|(_, one)| one.id == profile.id) {
                let title = format!("{} and {} are one profile", said(other), said(member));
                failures.push(Failure::new(member.span, title).got(self.name_of(profile)));
            }
            seen.push((member, profile));
        }
    }

    fn refused(&self, failures: &mut Vec<Failure>) {
        let Some(wanted) = &self.ready.case.refused else { return };
        let mut found = self.refusals();
        for link in &wanted.value {
            let [a, b] = &link.ends;
            let is_it = |(found, _): &(RefusedLink, String)| {
                let [x, y] = &found.ends;
                link.reason.is_none_or(|reason| reason == found.reason)
                    && ((is(a, x) && is(b, y)) || (is(a, y) && is(b, x)))
            };
            match found.iter().position(is_it) {
                Some(at) => {
                    found.remove(at);
                }
                None => {
                    let reason = link.reason.map_or(String::new(), |reason| format!(": {}", reason.word()));
                    let text = format!("{} to {}{reason}", said(a), said(b));
                    let mut failure = Failure::new(link.span, "no such link was refused").expected(text);
                    failure.notes =
                        self.refusals().into_iter().map(|(_, text)| format!("refused: {text}")).collect();
                    failures.push(failure);
                }
            }
        }
        for (_, text) in found {
            failures.push(Failure::new(wanted.span, "a link was refused that is not expected").got(text));
        }
    }

    /// The links that were refused, and each in words.
    fn refusals(&self) -> Vec<(RefusedLink, String)> {
        let schema = &self.court.package.schema;
        let mut links = Vec::new();
        for table in (0..schema.tables.len()).map(|at| TableId(at as u16)) {
            for refused in self.trial.state.resolve(table).refused {
                let end = |id| {
                    let (identity, _) = self.trial.state.identity(table, id)?;
                    let field = schema.field(identity.field)?;
                    Some((field.name.clone(), identity.value.to_owned()))
                };
                let (Some(a), Some(b)) = (end(refused.link.a), end(refused.link.b)) else { continue };
                let reason = match refused.reason {
                    Refusal::Conflict { .. } => Reason::Conflict,
                    Refusal::NeighbourLimit => Reason::NeighbourLimit,
                    Refusal::IdentityLimit => Reason::IdentityLimit,
                };
                let text = format!("{} = {:?} to {} = {:?}: {}", a.0, a.1, b.0, b.1, reason.word());
                links.push((RefusedLink { ends: [a, b], reason }, text));
            }
        }
        links
    }

    fn rejects(&self, wanted: &[RejectCase]) -> Vec<Failure> {
        let recording = &self.ready.recording;
        let mapped = recording.events.iter().zip(&self.trial.mapped).enumerate();
        let rejected = mapped.filter_map(|(at, (event, mapped))| match mapped {
            Err(Unmapped::Rejected(reject)) => {
                // A lone record knows its own first line only.
                Some((Some(at as u32 + 1), event.file.as_ref(), event.line, reject))
            }
            _ => None,
        });
        let damaged =
            recording.damaged.iter().map(|(file, reject)| (None, file.as_ref(), reject.line, reject));
        let mut found: Vec<(Option<u32>, &str, u64, &Reject)> = rejected.chain(damaged).collect();
        let mut failures = Vec::new();
        for wanted in wanted {
            let is_it = |(event, file, line, reject): &(Option<u32>, &str, u64, &Reject)| {
                wanted.event.is_none_or(|wanted| *event == Some(wanted))
                    && wanted.file.as_ref().is_none_or(|wanted| file.contains(wanted.as_str()))
                    && wanted.line.is_none_or(|wanted| *line == u64::from(wanted))
                    && wanted.reason.as_ref().is_none_or(|wanted| wanted.is_match(&reject.reason))
            };
            match found.iter().position(is_it) {
                Some(at) => {
                    found.remove(at);
                }
                None => {
                    let mut failure = Failure::new(wanted.span, "no such event was rejected");
                    let there =
                        found.iter().map(|(_, file, line, it)| format!("{file}:{line}: {}", it.reason));
                    failure.notes = there.collect();
                    failures.push(failure);
                }
            }
        }
        for (event, file, line, reject) in found {
            let which = event.map_or_else(|| "a line".to_owned(), |event| format!("event {event}"));
            let title = format!("{which} was rejected, and no `rejects` says so");
            failures.push(
                Failure::new(self.ready.case.place, title).got(format!("{file}:{line}: {}", reject.reason)),
            );
        }
        failures
    }

    /// The profile of a table that holds all of these identities. `Err` if they are of several.
    fn holder(&self, table: TableId, wanted: &Identities) -> Result<Option<&Profile>, ()> {
        let schema = &self.court.package.schema;
        let mut found: Option<&Profile> = None;
        for (at, (field, value)) in wanted.value.iter().enumerate() {
            let field = identity(schema, table, &field.value);
            let holds = |profile: &&Profile| {
                profile.table == table
                    && profile.identities.iter().any(|(id, it)| Some(*id) == field && it.as_str() == value)
            };
            let next = self.profiles.iter().find(holds);
            match (found, next) {
                _ if at == 0 => found = next,
                (Some(one), Some(other)) if one.id == other.id => {}
                (None, None) => {}
                _ => return Err(()),
            }
        }
        Ok(found)
    }

    fn any_holder(&self, wanted: &Identities) -> Option<&Profile> {
        let table = table_with(&self.court.package.schema, wanted)?;
        self.holder(table, wanted).ok().flatten()
    }

    /// A profile by its identities.
    pub fn name_of(&self, profile: &Profile) -> String {
        name_of(profile, &self.court.package.schema)
    }

    fn membership(&self, profile: &Profile, slug: &str) -> Vec<String> {
        if self.explain {
            super::sources::of_segment(self, profile, &slug.to_lowercase())
        } else {
            Vec::new()
        }
    }

    fn sources(&self, profile: &Profile, field: FieldId) -> Vec<String> {
        if self.explain { super::sources::of_field(self, profile, field) } else { Vec::new() }
    }
}

/// A link that joined nothing.
struct RefusedLink {
    ends: [(String, String); 2],
    reason: Reason,
}

fn is(wanted: &Identities, (field, value): &(String, String)) -> bool {
    wanted.value.iter().any(|(name, text)| name.value == *field && text == value)
}

/// `email = "ana@example.org"`
fn said(identities: &Identities) -> String {
    let parts: Vec<String> =
        identities.value.iter().map(|(field, value)| format!("{} = {value:?}", field.value)).collect();
    parts.join(", ")
}

/// A profile by its first identities.
pub(super) fn name_of(profile: &Profile, schema: &lql_compiler::schema::Schema) -> String {
    let parts = profile.identities.iter().map(|(field, value)| {
        let field = schema.field(*field).map_or("", |field| field.name.as_str());
        format!("{field} = {value:?}")
    });
    let parts: Vec<String> = parts.collect();
    clipped(parts, 4).join(", ")
}

/// The first few, and how many more there are.
pub(super) fn clipped(mut items: Vec<String>, most: usize) -> Vec<String> {
    if items.len() > most {
        let more = items.len() - most;
        items.truncate(most);
        items.push(format!("and {more} more"));
    }
    items
}
