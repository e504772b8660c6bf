//! What starts `lql` does not wait: large projects are checked, and a few events mapped, before anybody notices.
//!
//! The tests run a binary without optimisation beside other tests, so the bounds are wide; `benches/figures.toml` holds
//! the instructions of the check.

use lql_tests::cli::{lql, lql_in};
use lql_tests::generator::{Shape, project};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// A project of so many queries, each in its own file.
fn project(queries: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (at, text) in project::queries(queries).iter().enumerate() {
        fs::write(folder.path().join(format!("{at:03}.lql")), text).unwrap();
    }
    folder
}

/// The shortest of a few checks: the one that other tests disturbed least.
fn check(folder: &Path, says: &str) -> Duration {
    let once = || {
        let started = Instant::now();
        let checked = lql_in(folder, ["check", "."]).expect(0);
        assert!((checked.stdout + &checked.stderr).contains(says));
        started.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

#[test]
fn a_project_of_two_hundred_queries_is_checked_in_no_time() {
    let folder = project(200);
    let took = check(folder.path(), "no findings in 200 files");
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[test]
fn four_times_the_queries_take_about_four_times_as_long() {
    let (small, large) = (project(100), project(400));
    let (few, many) =
        (check(small.path(), "no findings in 100 files"), check(large.path(), "no findings in 400 files"));
    assert!(many < 10 * few, "100 queries: {few:?}, 400 queries: {many:?}");
}

#[test]
fn ten_events_are_mapped_in_no_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    fs::write(&file, Shape { events: 10, seed: 42 }.lines().join("\n")).unwrap();
    let once = || {
        let started = Instant::now();
        let run = ["run", "examples/bench/m3", "--events", file.to_str().unwrap()];
        assert!(lql(run).expect(0).stdout.lines().count() > 1);
        started.elapsed()
    };
    let took = (0..3).map(|_| once()).min().unwrap();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn one_wrong_query_among_two_hundred_is_the_only_finding() {
    let folder = project(200);
    fs::write(
        folder.path().join("wrong.lql"),
        "SELECT emial(m) AS email FROM stream_1 INTO user BY email ALIAS w\n",
    )
    .unwrap();
    let checked = lql_in(folder.path(), ["check", "."]).expect(1);
    assert!(checked.stdout.contains("LQL0201"), "{}", checked.stdout);
    assert_eq!(checked.stdout.matches("LQL0").count(), 1, "{}", checked.stdout);
}
