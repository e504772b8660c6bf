//! What `lql why` names is enough: `lql run` on the named events alone prints the same value.

use crate::delivery::{Stream, plain};
use crate::tangle;
use lql_tests::cli::{lql, repository};
use lql_tests::generator::{Random, Shape};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;

const NOW: &str = "2026-06-01T00:00:00Z";

fn arguments<'a>(verb: &'a str, project: &'a Path, events: &'a [String]) -> Vec<&'a str> {
    let fixed = [verb, project.to_str().unwrap(), "--now", NOW, "--events"];
    fixed.into_iter().chain(events.iter().map(String::as_str)).collect()
}

fn why(project: &Path, events: &[String], question: &str) -> Json {
    let arguments = arguments("why", project, events);
    let asked = ["--format", "json", "--", question];
    // The project comes first, then the question.
    let answer = lql(arguments.into_iter().chain(asked)).expect(0);
    serde_json::from_str(&answer.stdout).unwrap()
}

/// The streams, with the events of an answer only.
fn named(streams: &[Stream], events: &[String], answer: &Json) -> Vec<Stream> {
    let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for event in answer["enough"].as_array().unwrap() {
        let (file, line) = event["at"].as_str().unwrap().rsplit_once(':').unwrap();
        lines.entry(file).or_default().push(line.parse().unwrap());
    }
    let of = |(stream, file): (&Stream, &String)| {
        let first = if stream.header.is_some() { 2 } else { 1 };
        let lines = lines.get(file.as_str()).into_iter().flatten();
        let records = lines.map(|line| stream.records[line - first].clone()).collect();
        Stream { records, ..*stream }
    };
    streams.iter().zip(events).map(of).filter(|stream| !stream.records.is_empty()).collect()
}

/// Asks for every value of some profiles. How many answers were checked.
fn check(project: &Path, streams: &[Stream], random: &mut Random, profiles: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let events = plain(folder.path(), streams);
    let printed = lql(arguments("run", project, &events)).expect(0).json();
    let mut asked = 0;
    for _ in 0..profiles {
        let profile = &printed[random.below(printed.len() as u64) as usize];
        let id = profile["_id"].as_str().unwrap();
        for (field, value) in profile.as_object().unwrap().iter().filter(|(name, _)| !name.starts_with('_')) {
            if random.chance(6_000) {
                continue;
            }
            let answer = why(project, &events, &format!("{id}.{field}"));
            assert_eq!(&answer["value"], value, "{field} of {id}");
            let alone = tempfile::tempdir().unwrap();
            let few = plain(alone.path(), &named(streams, &events, &answer));
            let again = lql(arguments("run", project, &few)).expect(0).json();
            let is_same = |other: &Json| shares_identity(&answer, other) && &other[field] == value;
            assert!(again.iter().any(is_same), "{field} of {id}: {answer:#}\n{again:#?}");
            asked += 1;
        }
    }
    asked
}

/// Whether a printed profile has an identity value of the profile that was asked about.
fn shares_identity(answer: &Json, profile: &Json) -> bool {
    answer["profile"]["identities"].as_array().unwrap().iter().any(|identity| {
        let held = &profile[identity["field"].as_str().unwrap()];
        *held == identity["value"] || held.as_array().is_some_and(|all| all.contains(&identity["value"]))
    })
}

#[test]
fn of_tangled_identities_and_equal_times() {
    let project = repository().join("tests/projects/tangle");
    let mut asked = 0;
    for seed in lql_cases::seeds(2) {
        asked += check(&project, &tangle::streams(seed), &mut Random::new(seed, 12, 0), 3);
    }
    assert!(asked > 20, "{asked}");
}

#[test]
fn of_generated_events() {
    let project = repository().join("examples/bench/m3");
    let mut asked = 0;
    for seed in lql_cases::seeds(1) {
        let records = Shape { events: 400, seed }.lines();
        let streams = [Stream { name: "events", header: None, records }];
        asked += check(&project, &streams, &mut Random::new(seed, 13, 0), 3);
    }
    assert!(asked > 10, "{asked}");
}
