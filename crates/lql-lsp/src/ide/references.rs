//! Where a name comes from, and every place where it stands.

use super::symbols::{Occurrence, Role, Spelling, Symbol};
use super::{Place, Range, Snapshot, about};
use std::path::PathBuf;

/// A place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In a file of the project.
    Source(Range),
    /// A line of a file of events, counted from 1.
    Event(PathBuf, u64),
}

/// Where the thing at a place comes from: the columns that write a field, the first event that has a key, the statement
/// with the alias.
pub fn definition(snapshot: &Snapshot, place: Place) -> Vec<Target> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    match here.symbol() {
        Symbol::Key { stream, name } => event_with(snapshot, stream, name),
        Symbol::Stream(stream) => {
            let sections = setting(snapshot, here.symbol());
            let files = snapshot.samples.files_of(stream).map(|file| Target::Event(file.clone(), 1));
            sections.into_iter().chain(files).collect()
        }
        Symbol::Table(name) => {
            let sections = setting(snapshot, here.symbol());
            let writers = snapshot.checked.queries.iter().filter(|query| query.table == *name);
            let writers = writers.filter_map(|query| {
                let span = query.tree.into.as_ref()?.span;
                Some(Target::Source(Range { file: query.file, span }))
            });
            sections.into_iter().chain(writers).collect()
        }
        symbol => places(snapshot, symbol, |it| it.role == Role::Defines).map(Target::Source).collect(),
    }
}

/// What decides the kind of the thing at a place: the `KIND` clauses of a field, else the expressions that write it; the
/// filter of a segment.
pub fn type_definition(snapshot: &Snapshot, place: Place) -> Vec<Target> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    match here.symbol() {
        Symbol::Field { .. } => {
            let columns: Vec<_> = snapshot
                .index()
                .of_symbol(here.symbol())
                .filter(|it| it.role == Role::Defines)
                .filter_map(|it| {
                    Some((it.range.file, about::column_at(snapshot, it.range.file, it.within.start)?.1))
                })
                .collect();
            let declared: Vec<_> = columns
                .iter()
                .filter_map(|(file, column)| Some(Range { file: *file, span: column.kind.as_ref()?.span }))
                .collect();
            let ranges = if declared.is_empty() {
                columns.iter().map(|(file, column)| Range { file: *file, span: column.expr.span }).collect()
            } else {
                declared
            };
            ranges.into_iter().map(Target::Source).collect()
        }
        Symbol::Key { stream, name } => event_with(snapshot, stream, name),
        Symbol::Segment(slug) => {
            let segments = snapshot.checked.segments.iter().filter(|segment| segment.slug == *slug);
            let conditions = segments.filter_map(|it| Some((it.file, it.tree.condition.as_ref()?.span)));
            conditions.map(|(file, span)| Target::Source(Range { file, span })).collect()
        }
        _ => definition(snapshot, place),
    }
}

/// Every place of the thing at a place; `declarations` says whether those that define it count.
pub fn references(snapshot: &Snapshot, place: Place, declarations: bool) -> Vec<Range> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    places(snapshot, here.symbol(), |it| declarations || it.role == Role::Uses).collect()
}

/// How a highlighted name is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Where it stands.
    pub range: Range,
    /// Whether it is written there, not read.
    pub role: Role,
}

/// Every place in the same file of the thing at a place.
pub fn highlights(snapshot: &Snapshot, place: Place) -> Vec<Highlight> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    let all = snapshot.index().of_symbol(here.symbol()).filter(|it| it.range.file == place.file);
    let mut found: Vec<_> = all.map(|it| Highlight { range: it.range, role: it.role }).collect();
    found.sort_by_key(|it| it.range);
    found
}

/// Places in the same file that say the same name and may change together while somebody types: an alias and its uses.
pub fn linked(snapshot: &Snapshot, place: Place) -> Vec<Range> {
    let Some(here) = snapshot.index().at(place) else { return Vec::new() };
    // An event key is named by whoever sends it.
    if matches!(here.symbol(), Symbol::Key { .. } | Symbol::Stream(_) | Symbol::Table(_)) {
        return Vec::new();
    }
    let text = snapshot.text(place.file).unwrap_or_default();
    let name = here.range.span.of(text);
    let is_plain = |it: &&Occurrence| {
        it.range.file == place.file && it.spelling == Spelling::Name && it.range.span.of(text) == name
    };
    let ranges: Vec<Range> =
        snapshot.index().of_symbol(here.symbol()).filter(is_plain).map(|it| it.range).collect();
    let is_whole = here.spelling == Spelling::Name && !name.starts_with(['`', '\'', '[']);
    if is_whole && ranges.len() > 1 { ranges } else { Vec::new() }
}

fn places<'s, F: Fn(&Occurrence) -> bool + 's>(
    snapshot: &'s Snapshot,
    symbol: &Symbol,
    takes: F,
) -> impl Iterator<Item = Range> + use<'s, F> {
    snapshot.index().of_symbol(symbol).filter(move |it| takes(it)).map(|it| it.range)
}

fn event_with(snapshot: &Snapshot, stream: &str, key: &str) -> Vec<Target> {
    let key = snapshot.samples.key(stream, key);
    key.map(|key| Target::Event(key.file.clone(), key.line)).into_iter().collect()
}

fn setting(snapshot: &Snapshot, symbol: &Symbol) -> Vec<Target> {
    places(snapshot, symbol, |it| it.spelling == Spelling::SettingKey).map(Target::Source).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    fn shown(fixture: &Fixture, range: Range) -> String {
        let text = fixture.snapshot.text(range.file).unwrap();
        let name = fixture.snapshot.name(range.file);
        format!("{name}:{} {}", fixture.snapshot.line(range.file, range.span.start), range.span.of(text))
    }

    fn targets(fixture: &Fixture, targets: Vec<Target>) -> Vec<String> {
        targets
            .into_iter()
            .map(|target| match target {
                Target::Source(range) => shown(fixture, range),
                Target::Event(path, line) => format!("{}:{line}", fixture.plain(&path)),
            })
            .collect()
    }

    fn defined(web: &str) -> Vec<String> {
        let fixture = Fixture::shop(web);
        targets(&fixture, definition(&fixture.snapshot, fixture.cursor))
    }

    #[test]
    fn names_lead_to_where_they_come_from() {
        assert_eq!(
            defined("SELECT email(m) AS email FROM web INTO user BY em$0ail ALIAS web"),
            ["orders.lql:3 email", "web.lql:1 email"]
        );
        assert_eq!(
            defined("SELECT email(m) AS email, page.u$0rl AS u FROM web INTO user BY email ALIAS web"),
            ["events/web.ndjson:1"]
        );
        assert_eq!(
            defined("SELECT email(m) AS email FROM w$0eb INTO user BY email ALIAS web"),
            ["lql.toml:3 web", "events/web.ndjson:1"]
        );
        assert_eq!(
            defined("SELECT email(m) AS email FROM web INTO us$0er BY email ALIAS web"),
            ["orders.lql:9 user", "web.lql:1 user"]
        );
        assert!(defined("SELECT em$0ail(m) AS email FROM web INTO user BY email ALIAS web").is_empty());
    }

    #[test]
    fn kinds_come_from_clauses_or_expressions() {
        let fixture = Fixture::new(
            "==> a.lql\nSELECT x AS id, tonumber(y) AS n, z AS n KIND number, w AS v FROM s INTO user BY id ALIAS a\n\
             ==> b.fql\nFILTER n$0 > 1 ALIAS b\n",
        );
        let found = targets(&fixture, type_definition(&fixture.snapshot, fixture.cursor));
        assert_eq!(found, ["a.lql:1 number"]);
    }

    #[test]
    fn references_stand_in_queries_filters_and_settings() {
        let fixture = Fixture::new(
            "==> a.lql\nSELECT id, count(x) AS vis$0its FROM s INTO user BY id ALIAS a\n\
             ==> b.fql\nFILTER visits > 1 AND id = \"7\" ALIAS b\n\
             ==> lql.toml\n[tables.user]\nrank = [\"id\"]\n[tables.user.fields.visits]\nkeep_days = 3\n",
        );
        let all = |declarations| -> Vec<String> {
            references(&fixture.snapshot, fixture.cursor, declarations)
                .into_iter()
                .map(|range| shown(&fixture, range))
                .collect()
        };
        assert_eq!(all(true), ["a.lql:1 visits", "b.fql:1 visits", "lql.toml:3 visits"]);
        assert_eq!(all(false), ["b.fql:1 visits", "lql.toml:3 visits"]);
    }

    #[test]
    fn an_alias_and_its_uses_are_linked_where_they_look_alike() {
        let linked = |web: &str| {
            let fixture = Fixture::shop(web);
            linked(&fixture.snapshot, fixture.cursor).len()
        };
        assert_eq!(linked("SELECT email(m) AS em$0ail FROM web INTO user BY email ALIAS web"), 2);
        assert_eq!(linked("SELECT email(m) AS `em$0ail` FROM web INTO user BY email ALIAS web"), 0);
        assert_eq!(linked("SELECT email(m$0) AS email, m AS x FROM web INTO user BY email ALIAS web"), 0);
    }

    #[test]
    fn highlights_stay_in_the_file() {
        let fixture =
            Fixture::shop("SELECT email(m) AS email, m AS x FROM web INTO user BY em$0ail ALIAS web");
        let roles: Vec<Role> =
            highlights(&fixture.snapshot, fixture.cursor).into_iter().map(|it| it.role).collect();
        assert_eq!(roles, [Role::Defines, Role::Uses]);
    }
}
