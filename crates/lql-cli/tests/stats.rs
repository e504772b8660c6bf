//! `lql stats`: what is said about keys, and every way in which events and a project grow apart.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod common;

use common::{Call, folder, lql};
use serde_json::Value;

const QUERY: &str = "SELECT\n  email(user.mail) AS email,\n  sum(tonumber(total)) AS spent,\n  todate(born) AS born,\n  match(\"consent_\") AS consent,\n  items AS items KIND []string IF kind_of == \"order\"\nFROM web\nINTO user\nBY email\nALIAS web\n";
const SETTINGS: &str = "[streams.web]\ntimestamp = \"ts\"\nid = \"id\"\n";

const EVENTS: &str = r#"{"id":1,"ts":"2026-03-01T10:00:00Z","user":{"mail":"Ana@example.org"},"total":"$1,200.50","born":"1990-05-01","consent_sms":true,"items":["a","b"],"kind_of":"order","unread":null}
{"id":2,"ts":"2026-03-02T10:00:00Z","user":{"mail":"ben@example.org"},"total":"7","born":"1991-05-01","consent_sms":false,"lines":[{"sku":"x"},{"sku":"y"}]}
{"id":3,"ts":"2026-03-03T10:00:00Z","user":{"mail":"ben@example.org"},"total":"9.5","born":"1991-05-01","consent_sms":false,"note":""}
{"id":4,"ts":}
"#;

/// The messages of what differs between a project and events.
fn drift(events: &str, extra: &[&str]) -> (Option<i32>, Vec<String>) {
    let files = [
        ("shop/web.lql", QUERY),
        ("shop/lql.toml", SETTINGS),
        ("web.ndjson", events),
        ("before.ndjson", EVENTS),
    ];
    let folder = folder(&files);
    let before = Call::new(&["stats", "before.ndjson", "--stream", "web", "--format", "json"])
        .within(folder.path())
        .run();
    std::fs::write(folder.path().join("before.json"), before.out).unwrap();
    let args = [&["stats", "web.ndjson", "--format", "json"], extra].concat();
    let ran = Call::new(&args).within(folder.path()).run();
    let json: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.err));
    let drift = json["drift"].as_array().unwrap().clone();
    (ran.code, drift.iter().map(|drift| drift["message"].as_str().unwrap().to_owned()).collect())
}

#[test]
fn a_table_tells_what_keys_hold_and_who_reads_them() {
    let folder =
        folder(&[("shop/web.lql", QUERY), ("shop/lql.toml", SETTINGS), ("shop/events/web.ndjson", EVENTS)]);
    let ran = Call::new(&["stats", "shop"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn json_holds_the_same_and_is_read_back_as_baseline() {
    let folder = folder(&[("web.ndjson", EVENTS)]);
    let ran = Call::new(&["stats", "web.ndjson", "--format", "json"]).within(folder.path()).run();
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    insta::assert_json_snapshot!(json["streams"][0]["keys"][8]);
    assert_eq!(json["streams"][0]["rejects"][0]["line"], 4);
    assert_eq!(drift(EVENTS, &["--baseline", "before.json"]), (Some(0), vec![]));
    let wrong = Call::new(&["stats", "web.ndjson", "--baseline", "web.ndjson"]).within(folder.path()).run();
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.err.contains("holds no statistics"), "{}", wrong.err);
}

#[test]
fn events_that_suit_a_project_do_not_differ_from_it() {
    assert_eq!(drift(EVENTS, &["--against", "shop"]), (Some(0), vec![]));
}

#[test]
fn what_a_project_misses_in_events() {
    let events = r#"{"id":1,"ts":"2026-03-01","user":{"mial":"ana@example.org"},"total":"a lot","born":"1990-05-01","items":[]}
{"ts":"2026-03-01","user":{"mial":"ana@example.org"},"total":"5","born":"21/05/1990"}
"#;
    let (code, messages) = drift(events, &["--against", "shop"]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(messages.join("\n"));
    let (_, messages) = drift(events, &["--against", "shop", "--stream", "other"]);
    assert_eq!(messages, ["other: no query reads this stream"]);
}

#[test]
fn what_is_not_as_it_was() {
    let events = r#"{"id":"n1","ts":"2026-03-01","user":{"mail":"ana@example.org"},"total":"7","born":"1990-05-01","consent_sms":true,"items":["a"],"kind_of":"order","channel":"app"}
{"id":"n2","ts":"2026-03-01","total":"7","consent_sms":true,"born":"1990-05-01"}
{"id":"n3","ts":"2026-03-01","total":"7","consent_sms":true,"born":"1990-05-01"}
"#;
    let (code, messages) = drift(events, &["--baseline", "before.json"]);
    assert_eq!(code, Some(1));
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn examples_do_not_differ_from_their_own_events() {
    for example in ["../../examples/shop", "../../examples/functions"] {
        let ran = lql(&["stats", example, "--against", example]);
        assert_eq!(ran.code, Some(0), "{}", ran.out);
    }
}

#[test]
fn rows_are_cut_at_the_separator_that_the_header_shows() {
    let folder = folder(&[
        ("crm.csv", "mail;age\nana@example.org;5\nben@example.org;7\n"),
        ("log.txt", "a\tb\n1\t2\n"),
    ]);
    let ran = Call::new(&["stats", "crm.csv", "log.txt"]).within(folder.path()).run();
    assert!(ran.out.contains("5 … 7") && ran.out.contains("2 … 2"), "{}", ran.out);
}

/// What is kept of values and keys has bounds, whatever comes.
#[test]
fn keys_and_values_without_end_are_only_counted() {
    let lines: Vec<String> = (0..6000).map(|n| format!("{{\"id\":{n},\"k{n}\":1}}")).collect();
    let folder = folder(&[("web.ndjson", &lines.join("\n"))]);
    let ran = Call::new(&["stats", "web.ndjson", "--format", "json"]).within(folder.path()).run();
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let stream = &json["streams"][0];
    assert_eq!(stream["keys"].as_array().unwrap().len(), 4096);
    let near = |value: &Value, truth: f64| (value.as_f64().unwrap() - truth).abs() < 0.15 * truth;
    assert!(near(&stream["further_keys"], 1905.0), "{}", stream["further_keys"]);
    let id = &stream["keys"][0];
    assert!(id["key"] == "id" && id["exact"] == false && near(&id["distinct"], 6000.0), "{id}");
    assert_eq!((&id["min"], &id["max"]), (&0.into(), &5999.into()));
}
