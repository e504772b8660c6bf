//! Lines above statements: what they do with the sample events, and what can be asked about them.

use super::{Place, Snapshot};
use lql_compiler::CheckedQuery;
use lql_syntax::Span;

/// A line above a range, which can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    /// Above this.
    pub span: Span,
    /// Its words.
    pub title: String,
    /// What happens on a click.
    pub command: Command,
}

/// Something that can be done with a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Shows which sample events a query matches, by its alias.
    ShowMatches(String),
    /// Shows the profile that a sample event leads to: file name and line.
    ShowProfile(String, u64),
    /// Tells why a field has no value, or a query no event: alias and field.
    WhyEmpty(String, Option<String>),
    /// Shows which sample profiles are in a segment, by its alias.
    ShowMembers(String),
    /// Runs the tests of the project.
    RunTests,
    /// Adds the first sample event that a query matches to its tests, by its alias.
    AddToTest(String),
}

impl Command {
    /// The name that editors call it by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ShowMatches(_) => "lql.showMatches",
            Self::ShowProfile(..) => "lql.showProfile",
            Self::WhyEmpty(..) => "lql.whyEmpty",
            Self::ShowMembers(_) => "lql.showMembers",
            Self::RunTests => "lql.runTests",
            Self::AddToTest(_) => "lql.addToTest",
        }
    }

    /// What it is about.
    pub fn arguments(&self) -> Vec<String> {
        match self {
            Self::ShowMatches(name) | Self::ShowMembers(name) | Self::AddToTest(name) => vec![name.clone()],
            Self::ShowProfile(file, line) => vec![file.clone(), line.to_string()],
            Self::WhyEmpty(query, field) => std::iter::once(query).chain(field).cloned().collect(),
            Self::RunTests => Vec::new(),
        }
    }
}

/// The lenses of a file, in order. `has_tests` says whether the project has any.
pub fn code_lenses(snapshot: &Snapshot, file: u32, has_tests: bool) -> Vec<Lens> {
    let mut lenses = Vec::new();
    for (index, query) in snapshot.checked.queries.iter().enumerate().filter(|(_, it)| it.file == file) {
        of_query(snapshot, index, query, has_tests, &mut lenses);
    }
    for segment in snapshot.checked.segments.iter().filter(|it| it.file == file) {
        if let Some(trial) = snapshot.trials().segment(&segment.slug) {
            let title = format!("{} of {} sample profiles match", trial.members, trial.profiles);
            let command = Command::ShowMembers(segment.slug.clone());
            lenses.push(Lens { span: segment.tree.span, title, command });
        }
    }
    lenses.sort_by_key(|lens| lens.span.start);
    lenses
}

fn of_query(
    snapshot: &Snapshot,
    index: usize,
    query: &CheckedQuery,
    has_tests: bool,
    lenses: &mut Vec<Lens>,
) {
    let alias = &query.alias;
    let mut above = |span: Span, title: String, command: Command| {
        lenses.push(Lens { span: Span::at(span.start), title, command });
    };
    let span = query.tree.span;
    if let Some(trial) = snapshot.trials().query(index) {
        let title = format!("{} of {} sample events match", trial.matches, trial.events);
        above(span, title, Command::ShowMatches(alias.clone()));
        match &trial.first {
            Some((file, line)) => {
                above(span, "show profile".into(), Command::ShowProfile(file.clone(), *line));
            }
            None => above(span, "why none?".into(), Command::WhyEmpty(alias.clone(), None)),
        }
        for (column, _) in query.columns.iter().zip(&trial.filled).filter(|(_, filled)| **filled == 0) {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            let title = format!("no sample event gives {} a value: why?", column.field);
            above(tree.span, title, Command::WhyEmpty(alias.clone(), Some(column.field.clone())));
        }
    }
    if has_tests {
        above(span, "run tests".into(), Command::RunTests);
    }
}

/// The query around a place, by its index.
pub fn query_at(snapshot: &Snapshot, place: Place) -> Option<usize> {
    let around = |it: &CheckedQuery| it.file == place.file && it.tree.span.touches(place.offset);
    snapshot.checked.queries.iter().position(|it| around(it))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    fn told(fixture: &Fixture, name: &str) -> Vec<String> {
        let file = fixture.snapshot.project.sources.iter().position(|it| it.name == name).unwrap();
        let lenses = code_lenses(&fixture.snapshot, file as u32, true);
        lenses
            .into_iter()
            .map(|it| format!("{} -> {} {:?}", it.title, it.command.name(), it.command.arguments()))
            .collect()
    }

    #[test]
    fn queries_and_filters_tell_what_they_match() {
        let fixture = Fixture::shop(
            "SELECT email(m) AS email, nothing AS gone FROM web INTO user BY email WHERE total < 10 ALIAS web",
        );
        assert_eq!(
            told(&fixture, "web.lql"),
            [
                "1 of 3 sample events match -> lql.showMatches [\"web\"]",
                "show profile -> lql.showProfile [\"web.ndjson\", \"1\"]",
                "run tests -> lql.runTests []",
                "no sample event gives gone a value: why? -> lql.whyEmpty [\"web\", \"gone\"]",
            ]
        );
        let filter = told(&fixture, "segments/buyers.fql");
        assert_eq!(filter, ["2 of 2 sample profiles match -> lql.showMembers [\"buyers\"]"]);
    }

    #[test]
    fn a_query_that_matches_nothing_can_be_asked_why() {
        let fixture = Fixture::shop("SELECT email(mail) AS email FROM web INTO user BY email ALIAS web");
        assert_eq!(told(&fixture, "web.lql")[1], "why none? -> lql.whyEmpty [\"web\"]");
    }
}
