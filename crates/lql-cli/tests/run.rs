//! `lql run`: what it refuses, and that a compiled project keeps its settings. Whole runs are tested in `tests/`.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, WEB, folder};
use std::fs;

const EVENT: &str = "{\"m\":\"ana@example.org\"}\n";

#[test]
fn nothing_that_is_read_is_written_over() {
    let folder = folder(&[
        ("shop/web.lql", WEB),
        ("shop/events/web.ndjson", EVENT),
        ("web.lql", WEB),
        ("profiles.rejects.ndjson", EVENT),
    ]);
    let read = ["shop/web.lql", "shop/events/web.ndjson", "web.lql", "profiles.rejects.ndjson"];
    let before: Vec<String> = read.map(|name| fs::read_to_string(folder.path().join(name)).unwrap()).into();
    for args in [
        &["run", "shop", "--output", "shop/events/web.ndjson"][..],
        &["run", "shop", "--output", "shop/web.lql"],
        &["run", "web.lql", "--events", "shop/events/web.ndjson", "--output", "web.lql"],
        &["run", "web.lql", "--events", "profiles.rejects.ndjson", "--stream", "web"],
    ] {
        let ran = Call::new(args).within(folder.path()).run();
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.err.contains("would be written over while it is read"), "{args:?}: {}", ran.err);
    }
    let after: Vec<String> = read.map(|name| fs::read_to_string(folder.path().join(name)).unwrap()).into();
    assert_eq!(before, after);
}

#[test]
fn a_folder_is_no_file_of_events() {
    let folder = folder(&[("web.lql", WEB), ("more/web.ndjson", EVENT)]);
    let ran = Call::new(&["run", "web.lql", "--events", "more"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("more is a folder"), "{}", ran.err);
}

#[test]
fn a_compiled_project_keeps_its_clock() {
    let files = [
        ("shop/web.lql", WEB),
        ("shop/recent.fql", "FILTER _created > \"now-1d\" ALIAS recent\n"),
        ("shop/lql.toml", "now = \"2030-01-01T00:00:00Z\"\n[streams.web]\ntimestamp = \"ts\"\n"),
        ("shop/events/web.ndjson", "{\"m\":\"ana@example.org\",\"ts\":\"2029-12-31T12:00:00Z\"}\n"),
    ];
    let folder = folder(&files);
    assert_eq!(Call::new(&["build", "shop"]).within(folder.path()).run().code, Some(0));
    let run = |project| {
        let args = ["run", project, "--events", "shop/events/web.ndjson", "--segments", "--quiet"];
        Call::new(&args).within(folder.path()).run().out
    };
    assert!(run("shop").contains("\"_segments\":[\"recent\"]"), "{}", run("shop"));
    assert_eq!(run("shop"), run("shop.lqlc"));
    let later =
        ["run", "shop.lqlc", "--events", "shop/events/web.ndjson", "--segments", "--now", "2030-06-01"];
    assert!(Call::new(&later).within(folder.path()).run().out.contains("\"_segments\":[]"));
}
