//! The same set of events gives the same profiles, byte for byte: in any order, in any files, on any number of threads,
//! and however often an event with an id comes.

use crate::{
    delivery::{Repeats, Stream, mixed, plain},
    tangle,
};
use lql_tests::{
    cli::{lql, repository, shell},
    generator::{Random, Shape},
};
use std::path::Path;

/// The profiles, with their segments.
fn profiles(project: &Path, events: &[String], threads: u64) -> String {
    let threads = threads.to_string();
    let fixed = ["run", project.to_str().unwrap(), "--segments", "--threads", &threads, "--events"];
    lql(fixed.into_iter().chain(events.iter().map(String::as_str))).expect(0).stdout
}

/// Delivers the events in several ways, on several numbers of threads.
#[track_caller]
fn assert_order_is_invisible(project: &Path, streams: &[Stream], repeats: Repeats, seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let expected = profiles(project, &plain(folder.path(), streams), 1);
    assert!(expected.lines().count() > 3, "too few profiles to show anything:\n{expected}");
    for threads in [1, 2, 3, 8] {
        let folder = tempfile::tempdir().unwrap();
        let files = mixed(folder.path(), streams, repeats, &mut Random::new(seed, 11, threads));
        let got = profiles(project, &files, threads);
        assert!(
            got == expected,
            "seed {seed}, {threads} threads, {}:\n{}",
            files.join(" "),
            first_difference(&expected, &got)
        );
    }
}

fn first_difference(expected: &str, got: &str) -> String {
    let lines = expected.lines().zip(got.lines()).find(|(a, b)| a != b);
    let count = |text: &str| text.lines().count();
    match lines {
        Some((expected, got)) => format!("expected {expected}\ngot      {got}"),
        None => format!("expected {} profiles, got {}", count(expected), count(got)),
    }
}

/// The queries and settings of the project, their lines changed.
fn copy(project: &Path, change: impl Fn(&str) -> String) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let paths = std::fs::read_dir(project).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<String> = text.lines().map(&change).collect();
        std::fs::write(copy.path().join(path.file_name().unwrap()), lines.join("\n")).unwrap();
    }
    copy
}

/// The project, without the settings that name the id of an event.
fn without_ids(project: &Path) -> tempfile::TempDir {
    copy(project, |line| if line.starts_with("id = ") { String::new() } else { line.to_owned() })
}

/// The project of generated events, with the id that they have and the project does not ask for.
fn bench_with_ids() -> tempfile::TempDir {
    let project = copy(&repository().join("examples/bench/m3"), |line| {
        line.replace("timestamp = \"ts\"", "timestamp = \"ts\"\nid = \"event_id\"")
    });
    let settings = std::fs::read_to_string(project.path().join("lql.toml")).unwrap();
    assert!(settings.contains("event_id"), "{settings}");
    project
}

#[test]
fn tangled_identities_and_equal_times() {
    let project = repository().join("tests/projects/tangle");
    for seed in lql_cases::seeds(8) {
        assert_order_is_invisible(&project, &tangle::streams(seed), Repeats::Some, seed);
    }
}

#[test]
fn events_without_ids_come_in_any_order_but_once() {
    let project = without_ids(&repository().join("tests/projects/tangle"));
    for seed in lql_cases::seeds(3) {
        let mut streams = tangle::streams(seed);
        // Two equal events without an id are two events.
        for stream in &mut streams {
            stream.records.extend_from_within(..10);
        }
        assert_order_is_invisible(project.path(), &streams, Repeats::None, seed);
    }
}

/// Enough events that a file is read in several pieces.
#[test]
fn generated_events() {
    let project = bench_with_ids();
    for (seed, events) in [(1, 300), (2, 5_000)] {
        let records = Shape { events, seed }.lines();
        let stream = Stream { name: "events", header: None, records };
        assert_order_is_invisible(project.path(), &[stream], Repeats::Some, seed);
    }
}

#[test]
#[ignore = "takes minutes; `./test --long` runs it"]
fn a_hundred_thousand_generated_events() {
    let project = bench_with_ids();
    for seed in lql_cases::seeds(1) {
        let records = Shape { events: 100_000, seed }.lines();
        let stream = Stream { name: "events", header: None, records };
        assert_order_is_invisible(project.path(), &[stream], Repeats::Some, seed);
    }
}

#[test]
fn changes_come_in_the_order_of_the_events_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let records = Shape { events: 5_000, seed: 3 }.lines();
    let [file] =
        plain(folder.path(), &[Stream { name: "events", header: None, records }]).try_into().unwrap();
    let changes = |threads| {
        let run = ["run", "examples/bench/m3", "--emit", "changes", "--threads", threads, "--events", &file];
        lql(run).expect(0).stdout
    };
    let expected = changes("1");
    assert_eq!(expected.lines().count(), 5_000);
    assert!(changes("8") == expected);
}

#[test]
fn events_may_come_through_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let streams = [tangle::streams(0).into_iter().next().unwrap()];
    let [file] = plain(folder.path(), &streams).try_into().unwrap();
    let project = repository().join("tests/projects/tangle");
    let expected = profiles(&project, std::slice::from_ref(&file), 1);
    let line =
        format!("gzip -c '{file}' | lql run '{}' --segments --events - --stream web", project.display());
    assert!(shell(folder.path(), &line).expect(0).stdout == expected);
}

#[test]
fn the_tangle_reaches_every_limit() {
    let folder = tempfile::tempdir().unwrap();
    let project = repository().join("tests/projects/tangle");
    let files = plain(folder.path(), &tangle::streams(0));
    let fixed = ["run", project.to_str().unwrap(), "--events"];
    let summary = lql(fixed.into_iter().chain(files.iter().map(String::as_str))).expect(0).stderr;
    for reason in ["conflict", "neighbour limit", "identity limit", "blocked", "without identity"] {
        assert!(summary.contains(reason), "no `{reason}` in\n{summary}");
    }
}
