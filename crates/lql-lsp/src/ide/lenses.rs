//! Lines above statements: what they do with the sample events, and what can be asked about them.

use super::commands::Command;
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

/// What is known of the tests of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tests {
    /// There are none.
    None,
    /// They have not run since the project changed.
    NotRun,
    /// So many of so many passed.
    Ran {
        /// The cases that passed.
        passed: usize,
        /// All cases.
        cases: usize,
    },
}

impl Tests {
    /// What a lens says that runs them; nothing if there are none.
    fn title(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::NotRun => Some("run tests".into()),
            Self::Ran { passed, cases } => Some(format!("run tests ({passed} of {cases} passed)")),
        }
    }
}

/// The lenses of a file, in order.
pub fn code_lenses(snapshot: &Snapshot, file: u32, tests: Tests) -> Vec<Lens> {
    let mut lenses = Vec::new();
    for (index, query) in snapshot.checked.queries.iter().enumerate().filter(|(_, it)| it.file == file) {
        of_query(snapshot, index, query, tests, &mut lenses);
    }
    for segment in snapshot.checked.segments.iter().filter(|it| it.file == file) {
        if let Some(trial) = snapshot.trials().segment(&segment.slug) {
            let title = format!("{} of {} sample profiles match", trial.members, trial.profiles);
            let command = Command::ShowMembers { segment: segment.slug.clone() };
            lenses.push(Lens { span: segment.tree.span, title, command });
        }
    }
    lenses.sort_by_key(|lens| lens.span.start);
    lenses
}

fn of_query(snapshot: &Snapshot, index: usize, query: &CheckedQuery, tests: Tests, lenses: &mut Vec<Lens>) {
    let alias = &query.alias;
    let mut above = |span: Span, title: String, command: Command| {
        lenses.push(Lens { span: Span::at(span.start), title, command });
    };
    let span = query.tree.span;
    if let Some(trial) = snapshot.trials().query(index) {
        let title = format!("{} of {} sample events match", trial.matches, trial.events);
        above(span, title, Command::ShowMatches { query: alias.clone() });
        match &trial.first {
            Some((file, line)) => {
                above(span, "show profile".into(), Command::ShowProfile { file: file.clone(), line: *line });
            }
            None => above(span, "why none?".into(), Command::WhyEmpty { query: alias.clone(), field: None }),
        }
        for (column, _) in query.columns.iter().zip(&trial.filled).filter(|(_, filled)| **filled == 0) {
            let Some(tree) = query.tree.columns.get(column.index) else { continue };
            let title = format!("no sample event gives {} a value: why?", column.field);
            let field = Some(column.field.clone());
            above(tree.span, title, Command::WhyEmpty { query: alias.clone(), field });
        }
    }
    if let Some(title) = tests.title() {
        above(span, title, Command::RunTests { case: None });
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
        let lenses = code_lenses(&fixture.snapshot, file as u32, Tests::NotRun);
        lenses
            .into_iter()
            .map(|it| {
                let (name, argument) = it.command.parts();
                format!("{} -> {name} {}", it.title, serde_json::Value::Object(argument))
            })
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
                "1 of 3 sample events match -> lql.showMatches {\"query\":\"web\"}",
                "show profile -> lql.showProfile {\"file\":\"web.ndjson\",\"line\":1}",
                "run tests -> lql.runTests {}",
                "no sample event gives gone a value: why? -> lql.whyEmpty {\"query\":\"web\",\"field\":\"gone\"}",
            ]
        );
        let filter = told(&fixture, "segments/buyers.fql");
        assert_eq!(filter, ["2 of 2 sample profiles match -> lql.showMembers {\"segment\":\"buyers\"}"]);
    }

    #[test]
    fn a_query_that_matches_nothing_can_be_asked_why() {
        let fixture = Fixture::shop("SELECT email(mail) AS email FROM web INTO user BY email ALIAS web");
        assert_eq!(told(&fixture, "web.lql")[1], "why none? -> lql.whyEmpty {\"query\":\"web\"}");
    }
}
