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

#[test]
fn changes_say_where_values_come_from_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let query = "SELECT\n  mail AS email,\n  tonumber(total) AS z_total,\n  \"a\\\"b\" AS a,\n  tags AS tags KIND []string\nFROM web INTO user BY email ALIAS shop\n";
    std::fs::write(folder.path().join("a.lql"), query).unwrap();
    let events = "{\"mail\":\"ana@example.org\",\"total\":\"12.0\",\"tags\":[\"y\",\"x\\u0001\"]}\n{\"total\":1}\n{\"mail\":\"b\"}\n";
    std::fs::write(folder.path().join("web.ndjson"), events).unwrap();
    let run = |more: &[&str]| {
        let args = ["run", "a.lql", "--events", "web.ndjson", "--now", "2026-03-04T12:30:00Z", "--quiet"];
        Call::new(&[&args[..], more].concat()).within(folder.path()).run()
    };
    let ana = r#"{"event":{"file":"web.ndjson","line":1,"stream":"web"},"time":"2026-03-04T12:30:00Z","table":"user","identities":[{"field":"email","value":"ana@example.org"}],"fields":{"a":"a\"b","email":"ana@example.org","tags":["x\u0001","y"],"z_total":12}}"#;
    let b = r#"{"event":{"file":"web.ndjson","line":3,"stream":"web"},"time":"2026-03-04T12:30:00Z","table":"user","identities":[{"field":"email","value":"b"}],"fields":{"a":"a\"b","email":"b"}}"#;
    let plain = run(&["--emit", "changes"]);
    assert_eq!((plain.code, plain.out), (Some(0), format!("{ana}\n{b}\n")), "{}", plain.err);
    let array = run(&["--emit", "changes", "--format", "json"]);
    assert_eq!(array.out, format!("[\n{ana},\n{b}\n]\n"));

    let traced = run(&["--emit", "changes", "--provenance"]).out;
    let from = r#","from":[{"field":"email","query":"shop","at":"a.lql:2","expr":"mail"},{"field":"a","query":"shop","at":"a.lql:4","expr":"\"a\"\"b\""}]}"#;
    let b_traced = format!("{}{from}", b.strip_suffix('}').unwrap());
    assert_eq!(traced.lines().next_back(), Some(b_traced.as_str()));

    let refused = run(&["--provenance"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("--emit changes"), "{}", refused.err);
}
