//! What the commands of lenses and actions show: texts for people, made of the sample events.

use super::Snapshot;
use super::commands::Command;
use super::trials::Verdict;
use bumpalo::Bump;
use lql_authoring::Refusal;
use lql_authoring::evidence::{Evidence, TableEvidence};
use lql_authoring::shown::count;
use lql_authoring::trial::{Event, Stage, Tracer};
use lql_authoring::why::{self, ProfileName, Tree};
use lql_compiler::schema::FieldId;
use std::fmt::Write as _;

/// Events and profiles that are listed.
const LISTED: usize = 50;

/// What is shown of the sample events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// A few words.
    pub title: String,
    /// Lines of text.
    pub text: String,
}

/// What a command shows of the sample events; nothing for a command that does something else. A refusal says in one sentence
/// why there is nothing to show.
pub fn answer(snapshot: &Snapshot, command: &Command) -> Result<Option<Answer>, Refusal> {
    let (title, text) = match command {
        Command::ShowMatches { query } => (format!("Events of {query}"), matches(snapshot, query)?),
        Command::ShowProfile { file, line } => (
            format!("Profile of {file}:{line}"),
            with_evidence(snapshot, |evidence| profile_of(evidence, file, *line))?,
        ),
        Command::WhyEmpty { query, field: None } => (
            format!("Why {query} matches nothing"),
            with_evidence(snapshot, |evidence| why_none(snapshot, evidence, query))?,
        ),
        Command::WhyEmpty { query, field: Some(field) } => (
            format!("Why {field} is empty"),
            with_evidence(snapshot, |evidence| why_empty(snapshot, evidence, query, field))?,
        ),
        Command::ShowMembers { segment } => {
            (format!("Members of {segment}"), with_evidence(snapshot, |evidence| members(evidence, segment))?)
        }
        Command::RunTests { .. } | Command::AddToTest { .. } => return Ok(None),
    };
    Ok(Some(Answer { title, text }))
}

/// Which sample events a query matches, and why not the others.
fn matches(snapshot: &Snapshot, query: &str) -> Result<String, Refusal> {
    let index = index_of(snapshot, query)?;
    let trial = snapshot.trials().query(index).ok_or_else(|| no_events(query))?;
    let events = events_of(snapshot, index);
    let mut text = format!("Query {query}: {} of {} sample events match.\n\n", trial.matches, trial.events);
    for (event, verdict) in events.iter().zip(&trial.verdicts).take(LISTED) {
        let what = match verdict {
            Verdict::NoEvent => "cannot be read as an event",
            Verdict::Dropped => "WHERE is not true",
            Verdict::NoIdentity => "no identity has a value",
            Verdict::Matches => "matches",
        };
        let _ = writeln!(text, "{}:{}  {what}", event.file, event.line);
    }
    if events.len() > LISTED {
        let _ = writeln!(text, "and {}", count(events.len() - LISTED, "more event"));
    }
    Ok(text)
}

/// The profile that a sample event is part of.
fn profile_of(evidence: &Evidence<'_>, file: &str, line: u64) -> Result<String, Refusal> {
    let (table, profile) = profile_at(evidence, file, line)?;
    Ok(why::profile(evidence, table, profile).text())
}

fn profile_at<'e>(
    evidence: &'e Evidence<'_>,
    file: &str,
    line: u64,
) -> Result<(&'e TableEvidence, usize), Refusal> {
    let events = &evidence.recording.events;
    let event = events.iter().position(|event| *event.file == *file && event.line == line);
    let of_table = |table: &'e TableEvidence| {
        let placed = table.placed.iter().find(|placed| Some(placed.event) == event)?;
        let home = placed.identities.first()?;
        Some((table, table.profile_of(*home)?))
    };
    let found = evidence.tables.iter().find_map(of_table);
    found.ok_or_else(|| Refusal(format!("{file}:{line} is part of no profile")))
}

/// Why a query matches no sample event: what `WHERE` was worth for the first, or the identities.
fn why_none(snapshot: &Snapshot, evidence: &Evidence<'_>, query: &str) -> Result<String, Refusal> {
    let index = index_of(snapshot, query)?;
    let trial = snapshot.trials().query(index).ok_or_else(|| no_events(query))?;
    let mut text = format!("Query {query} matches none of {}.\n", count(trial.events, "sample event"));
    let number = |wanted: Verdict| trial.verdicts.iter().filter(|verdict| **verdict == wanted).count();
    for (verdict, what) in
        [(Verdict::Dropped, "WHERE is not true"), (Verdict::NoIdentity, "no identity has a value")]
    {
        let first = trial.verdicts.iter().position(|it| *it == verdict);
        let event = first.and_then(|at| events_of(snapshot, index).get(at));
        let Some(event) = event else { continue };
        let _ = writeln!(
            text,
            "\n{what}: {}, for example {}:{}\n",
            count(number(verdict), "event"),
            event.file,
            event.line
        );
        text.push_str(&trees(snapshot, evidence, index, event, verdict).unwrap_or_default());
    }
    Ok(text)
}

/// What the condition, or the identities, of a query were worth for an event.
fn trees(
    snapshot: &Snapshot,
    evidence: &Evidence<'_>,
    index: usize,
    event: &Event,
    verdict: Verdict,
) -> Option<String> {
    let checked = snapshot.checked.queries.get(index)?;
    let probes = snapshot.checked.probe_stream(&checked.stream).ok()??;
    let constants = Bump::new();
    let time = evidence.stage.time_of(event)?;
    let trace = Tracer::of_stream(&probes, &constants).ok()?.event(event, time)?;
    let query = probes.queries.iter().find(|query| query.query == index)?;
    let sources = &snapshot.project.sources;
    let tree = |probe| Tree::of(probe, &trace, sources, time).text();
    if verdict == Verdict::Dropped {
        return query.condition.as_ref().map(tree);
    }
    let columns = query.columns.iter().zip(&checked.columns).filter(|(_, column)| column.identity);
    Some(columns.map(|(probe, _)| tree(&probe.value)).collect())
}

/// Why a field has no value in the profile of the first event that the query matches.
fn why_empty(
    snapshot: &Snapshot,
    evidence: &Evidence<'_>,
    query: &str,
    field: &str,
) -> Result<String, Refusal> {
    let index = index_of(snapshot, query)?;
    let first = snapshot.trials().query(index).and_then(|trial| trial.first.as_ref());
    let (file, line) = first.ok_or_else(|| Refusal(format!("query `{query}` matches no sample event")))?;
    let (table, profile) = profile_at(evidence, file, *line)?;
    let id: Option<FieldId> = evidence.schema().find_field(table.table, field);
    let told = id.and_then(|id| why::field(evidence, table, profile, id, None));
    told.map(|told| told.text(false)).ok_or_else(|| Refusal(format!("there is no field `{field}`")))
}

/// The sample profiles that are in a segment, and those that are not.
fn members(evidence: &Evidence<'_>, slug: &str) -> Result<String, Refusal> {
    let segment = evidence.checked.segments.iter().find(|segment| segment.slug == slug);
    let segment = segment.ok_or_else(|| Refusal(format!("there is no segment `{slug}`")))?;
    let schema = evidence.schema();
    let table = schema.find_table(&segment.table).and_then(|table| evidence.table(table));
    let table = table.ok_or_else(|| Refusal(format!("no query writes table `{}`", segment.table)))?;
    let constants = Bump::new();
    let segments = &evidence.stage.package().segments;
    let memberships = lql_runtime::Memberships::new(segments, &constants);
    let memberships = memberships.map_err(|error| Refusal(error.to_string()))?;
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for at in 0..table.profiles.len() {
        let Some(profile) = evidence.profile(table, at) else { continue };
        let is_in = memberships.of(&profile, schema, evidence.as_of).contains(&slug);
        let name = ProfileName::of(evidence, table, at).short().to_owned();
        if is_in { inside.push(name) } else { outside.push(name) }
    }
    let mut text = String::new();
    for (title, names) in [("in", inside), ("not in", outside)] {
        let _ = writeln!(text, "{} {title} {slug}", count(names.len(), "sample profile"));
        names.iter().take(LISTED).for_each(|name| {
            let _ = writeln!(text, "  {name}");
        });
        if names.len() > LISTED {
            let _ = writeln!(text, "  and {} more", names.len() - LISTED);
        }
        text.push('\n');
    }
    Ok(text)
}

/// Runs the sample events and looks at what became of them.
fn with_evidence(
    snapshot: &Snapshot,
    ask: impl FnOnce(&Evidence<'_>) -> Result<String, Refusal>,
) -> Result<String, Refusal> {
    let Ok(package) = snapshot.checked.package() else {
        return Err(Refusal("the project holds errors: they come first".into()));
    };
    let constants = Bump::new();
    let stage = Stage::new(&package, package.now.unwrap_or_default(), &constants);
    let stage = stage.map_err(|error| Refusal(error.to_string()))?;
    let recording = snapshot.samples.recording();
    let trial = stage.run(&recording);
    let as_of = trial.as_of(&package);
    ask(&Evidence::new(&snapshot.checked, &snapshot.project.sources, &stage, &recording, &trial, as_of))
}

fn index_of(snapshot: &Snapshot, query: &str) -> Result<usize, Refusal> {
    let found = snapshot.checked.queries.iter().position(|it| it.alias == query);
    found.ok_or_else(|| Refusal(format!("there is no query `{query}`")))
}

fn events_of(snapshot: &Snapshot, index: usize) -> &[Event] {
    let stream = snapshot.checked.queries.get(index).map_or("", |query| &query.stream);
    snapshot.samples.streams().get(stream).map_or(&[], |stream| &stream.events)
}

fn no_events(query: &str) -> Refusal {
    Refusal(format!("there are no sample events for query `{query}`, or the project holds errors"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    fn told(web: &str, command: &Command) -> String {
        let fixture = Fixture::shop(web);
        let answer = answer(&fixture.snapshot, command);
        answer.map_or_else(|refusal| refusal.0, |answer| answer.unwrap().text)
    }

    const WEB: &str = "SELECT email(m) AS email, nothing AS gone, total AS last FROM web INTO user BY email WHERE total < 10 ALIAS web";

    #[test]
    fn lenses_show_what_they_promise() {
        let web = || "web".to_owned();
        let shown = [
            told(WEB, &Command::ShowMatches { query: web() }),
            told(WEB, &Command::ShowProfile { file: "web.ndjson".into(), line: 1 }),
            told(WEB, &Command::WhyEmpty { query: web(), field: Some("gone".into()) }),
            told(&WEB.replace("< 10", "< 0"), &Command::WhyEmpty { query: web(), field: None }),
            told(&WEB.replace("email(m)", "email(mail)"), &Command::WhyEmpty { query: web(), field: None }),
            told(WEB, &Command::ShowMembers { segment: "loyal".into() }),
        ];
        insta::assert_snapshot!(shown.join("\n════\n"));
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        assert_eq!(told(WEB, &Command::ShowMatches { query: "x".into() }), "there is no query `x`");
        assert_eq!(
            told(WEB, &Command::ShowProfile { file: "web.ndjson".into(), line: 3 }),
            "web.ndjson:3 is part of no profile"
        );
        assert_eq!(
            told("SELECT", &Command::ShowMembers { segment: "loyal".into() }),
            "the project holds errors: they come first"
        );
    }
}
