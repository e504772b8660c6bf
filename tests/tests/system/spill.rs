//! `--memory`: what does not fit goes to disk, and nobody can tell from the output.

use crate::{delivery::plain, tangle};
use lql_tests::{
    cli::{Output, repository, shell},
    generator::{Format, Shape},
};
use std::{fs, path::Path};
use tempfile::TempDir;

/// Two tables, sets, sums, links, and an audience.
const QUERIES: &str = r#"
SELECT set(cookie) AS cookies, email(email) AS email, count(*) AS events, set(host(url)) AS hosts,
    valuect(event) AS event_ct, sum(tonumber(product.price)) AS spent, url AS last_url
FROM events INTO user BY email OR cookies ALIAS people;
SELECT path(url) AS path, count(*) AS views, set(event) AS kinds, url AS first_url MERGEOP oldest
FROM events INTO page BY path ALIAS pages;
"#;
const AUDIENCE: &str = "FILTER AND ( events > 4, spent > 10 ) FROM user ALIAS eager";

/// A folder with a project `p`, a file of events and an empty folder for temporary files.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["p", "tmp"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("p/pages.lql"), QUERIES).unwrap();
    fs::write(folder.path().join("p/eager.fql"), AUDIENCE).unwrap();
    let mut file = fs::File::create(folder.path().join("events.ndjson")).unwrap();
    Shape { events: 30_000, seed: 42 }.write(Format::Ndjson, &mut file).unwrap();
    folder
}

/// Runs with a folder for temporary files, which is empty afterwards.
#[track_caller]
fn run(folder: &Path, arguments: &str) -> Output {
    let output = shell(folder, &format!("TMPDIR=tmp lql run {arguments} --timestamp-field ts"));
    assert_eq!(fs::read_dir(folder.join("tmp")).unwrap().count(), 0, "{arguments}");
    output.expect(0)
}

/// How often fragments went to disk, as the summary says.
fn runs(output: &Output) -> u32 {
    let line = output.stderr.lines().find(|line| line.starts_with("memory "));
    let words = line.and_then(|line| line.split(" in ").nth(1));
    words.and_then(|words| words.split(' ').next()).map_or(0, |number| number.parse().unwrap())
}

#[test]
fn a_limit_of_memory_changes_no_byte() {
    let folder = folder();
    let folder = folder.path();
    let limits = [("64K", 1, 12), ("64K", 2, 12), ("64K", 3, 12), ("2M", 2, 2)];
    for (more, limits) in [("--segments", &limits[..]), ("--format csv", &limits[1..2])] {
        let whole = run(folder, &format!("p --events events.ndjson {more}"));
        assert!(whole.stdout.lines().count() > 3_000 && runs(&whole) == 0);
        for (limit, threads, least) in limits {
            let limits = format!("--memory {limit} --threads {threads}");
            let limited = run(folder, &format!("p --events events.ndjson {more} {limits}"));
            assert!(runs(&limited) >= *least, "{limits}: {}", limited.stderr);
            assert!(limited.stdout == whole.stdout, "{more} {limits}");
        }
    }
}

#[test]
fn nor_does_it_where_every_rule_of_merging_and_identity_is_reached() {
    let project = repository().join("tests/projects/tangle");
    for seed in 0..6 {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        let files = plain(folder.path(), &tangle::streams(seed)).join(" ");
        let fixed = format!("{} --segments --events {files}", project.display());
        let whole = run(folder.path(), &fixed);
        for threads in 1..=3 {
            let limited = run(folder.path(), &format!("{fixed} --memory 1K --threads {threads}"));
            assert!(runs(&limited) > 0);
            assert_eq!(limited.stdout, whole.stdout, "seed {seed}, {threads} threads");
        }
    }
}

#[test]
fn a_limit_that_is_not_reached_writes_nothing() {
    let folder = folder();
    let limited =
        shell(folder.path(), "TMPDIR=nowhere lql run p --events events.ndjson --memory 1G").expect(0);
    assert_eq!(runs(&limited), 0);
}

#[test]
fn the_summary_says_when_identities_alone_take_more() {
    let folder = folder();
    let small = run(folder.path(), "p --events events.ndjson --memory 64K");
    assert!(small.stderr.contains("of --memory"), "{}", small.stderr);
    let large = run(folder.path(), "p --events events.ndjson --memory 6M");
    assert!(runs(&large) > 0 && !large.stderr.contains("of --memory"), "{}", large.stderr);
}

#[test]
fn temporary_files_that_cannot_be_written_stop_the_run() {
    let folder = folder();
    let run = shell(folder.path(), "TMPDIR=nowhere lql run p --events events.ndjson --memory 64K --output o");
    let run = run.expect(2);
    assert!(run.stderr.contains("cannot write nowhere"), "{}", run.stderr);
    assert!(!folder.path().join("o").exists());
}
