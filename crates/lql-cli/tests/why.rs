//! `lql why`: what it answers about a small shop, and what it says when it cannot.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, Ran, folder};

/// A shop in which everything that can be asked happens once.
const QUERIES: &str = r#"-- Clicks.
SELECT
    email(mail) AS email,
    set(cookie) AS cookie,
    card AS card,
    count(page) AS visits,
    sum(tonumber(total)) AS spent IF event == "order" AND tonumber(total) > 0,
    max(now()) AS last_seen KIND date,
    toint(age) AS age,
    string.uppercase(code) AS coupon
FROM web
INTO user
BY email OR card OR cookie
WHERE NOT exists(bot)
ALIAS web;

SELECT email(Mail) AS email, Town AS town FROM crm INTO user BY email ALIAS crm;
"#;

const SETTINGS: &str = r#"now = "2024-03-10T00:00:00Z"
[streams.web]
timestamp = "at"
id = "id"
[streams.crm]
timestamp = "at"
[[tables.user.blocked]]
field = "email"
value = "test@example.com"
[tables.user.fields.cookie]
keep_days = 30
"#;

const CLICKS: &str = r#"{"id":1,"at":"2024-03-01T10:00:00Z","cookie":"k1","page":"/","total":"12","event":"view"}
{"id":2,"at":"2024-03-02T10:00:00Z","cookie":"k1","mail":"Ann@Example.com","page":"/p","age":"forty"}
{"id":3,"at":"2024-03-03T10:00:00Z","cookie":"k2","mail":"ann@example.com","event":"order","total":"$20.50"}
{"id":3,"at":"2024-03-03T10:00:00Z","cookie":"k2","mail":"ann@example.com","event":"order","total":"$20.50"}
{"id":4,"at":"2024-03-04T10:00:00Z","cookie":"k2","event":"order","total":"4.5","page":"/thanks"}
{"id":5,"at":"2024-03-05T10:00:00Z","cookie":"k2","mail":"bob@example.com","page":"/"}
{"id":6,"at":"2024-03-06T10:00:00Z","cookie":"k3","mail":"test@example.com","page":"/"}
{"id":7,"at":"2024-03-07T10:00:00Z","cookie":"k1","bot":true,"code":"spring"}
{"id":8,"at":"soon","cookie":"k1"}
"#;

const SEGMENTS: &str = r#"FILTER AND (spent > 20, last_seen > "now-1w", NOT INCLUDE strangers) ALIAS loyal;
FILTER NOT EXISTS email ALIAS strangers;
"#;

fn shop() -> tempfile::TempDir {
    folder(&[
        ("shop/web.lql", QUERIES),
        ("shop/segments/all.lql", SEGMENTS),
        ("shop/lql.toml", SETTINGS),
        ("shop/events/web.ndjson", CLICKS),
        ("shop/events/crm.csv", "Mail,Town,at\nbob@example.com,Bonn,2024-01-01\n"),
    ])
}

fn why(question: &[&str]) -> Ran {
    let folder = shop();
    Call::new(&[&["why", "shop"], question].concat()).within(folder.path()).run()
}

/// Question and answer.
fn told(question: &[&str]) -> String {
    let ran = why(question);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{question:?}");
    ran.out
}

#[test]
fn a_value_names_its_events_and_what_lost() {
    insta::assert_snapshot!(told(&["ann@example.com.last_seen"]));
    insta::assert_snapshot!(told(&["ann@example.com.spent"]));
    insta::assert_snapshot!(told(&["k1.cookie"]));
}

#[test]
fn a_missing_value_names_every_column_and_what_stopped_it() {
    insta::assert_snapshot!(told(&["ann@example.com.age"]));
    insta::assert_snapshot!(told(&["bob@example.com.spent"]));
    insta::assert_snapshot!(told(&["ann@example.com.town"]));
    insta::assert_snapshot!(told(&["ann@example.com.coupon"]));
}

/// Nothing stopped the columns: their values are too old, or have other keys.
#[test]
fn a_value_that_was_there_says_what_became_of_it() {
    let told = told(&["k1.cookie", "--now", "2024-06-01"]);
    let expected = "4 other values changed nothing:\n  web (web.lql:4)  set(cookie)\n    [\"k2\"]";
    assert!(told.contains("cookie of ann@example.com has no value") && told.contains(expected), "{told}");
    assert!(told.contains("too old to be kept") && !told.contains("no event"), "{told}");
    let shop = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop");
    let ran = common::lql(&["why", shop, "C1020.lines_by_month.2401"]);
    assert_eq!(
        ran.out,
        "lines_by_month.2401 of C1020 has no value\n  map[string]intsum, sum: of each key, all values are added\n\n\
         The map has other entries: 2103, 2305, 2312\n"
    );
}

#[test]
fn a_profile_says_who_it_is_and_where_fields_come_from() {
    insta::assert_snapshot!(told(&["ann@example.com"]));
    insta::assert_snapshot!(told(&["k3"]));
}

#[test]
fn a_segment_shows_each_test_and_when_time_changes_it() {
    insta::assert_snapshot!(told(&["ann@example.com", "in", "loyal"]));
    assert_eq!(told(&["ann@example.com", "--segment", "LOYAL"]), told(&["email=ann@example.com in loyal"]));
    let later = told(&["ann@example.com in loyal", "--now", "2024-03-12"]);
    assert!(later.contains("is not in loyal"), "{later}");
}

#[test]
fn pictures_show_refused_links() {
    insta::assert_snapshot!(told(&["ann@example.com", "--graph", "dot"]));
    let svg = told(&["ann@example.com", "--graph", "svg"]);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("stroke-dasharray") && svg.contains("conflict of email"), "{svg}");
}

#[test]
fn machines_get_the_same() {
    let json = |question: &[&str]| -> serde_json::Value {
        serde_json::from_str(&told(&[question, &["--format", "json"]].concat())).unwrap()
    };
    let field = json(&["ann@example.com.spent"]);
    assert_eq!(field["value"], 25);
    let verdicts: Vec<_> =
        field["contributions"].as_array().unwrap().iter().map(|it| &it["verdict"]).collect();
    assert_eq!(verdicts, ["counts", "counts"]);
    assert_eq!(field["contributions"][1]["event"]["at"], "shop/events/web.ndjson:3");
    let segment = json(&["ann@example.com in loyal"]);
    assert_eq!(segment["flip"]["at"], "2024-03-11T10:00:00Z");
    assert_eq!(segment["flip"]["because"], serde_json::json!(["last_seen > \"now-1w\""]));
    assert_eq!(json(&["ann@example.com"])["identity"]["refused"][0]["refused"]["reason"], "conflict");
    assert_eq!(json(&[]).as_array().unwrap().len(), 3);
}

#[test]
fn a_question_that_has_no_answer_says_what_would_have() {
    for (question, says) in [
        (&["ann@exmple.com"][..], "did you mean `ann@example.com`"),
        (&["ann@example.com.spnt"], "did you mean `spent`?"),
        (&["test@example.com"], "email test@example.com is blocked in lql.toml"),
        (&["nobody"], "give an id or an identity value"),
        (&["ann@example.com in loyl"], "did you mean `loyal`?"),
        (&["ann@example.com.spent", "--segment", "loyal"], "not with a field of it"),
    ] {
        let ran = why(question);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{question:?}");
        assert!(ran.err.contains(says), "{question:?}: {}", ran.err);
    }
}

#[test]
fn a_text_that_fits_several_profiles_lists_them() {
    let folder = folder(&[
        ("a.lql", "SELECT a AS a, b AS b FROM s INTO user BY a OR b ALIAS q"),
        ("s.ndjson", "{\"a\":\"x\",\"b\":\"1\"}\n{\"a\":\"y\",\"b\":\"x\"}\n"),
    ]);
    let ask =
        |question| Call::new(&["why", "a.lql", question, "--events", "s.ndjson"]).within(folder.path()).run();
    let ran = ask("x");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("`x` is 2 profiles; say which by id or as field=value:"), "{}", ran.err);
    assert_eq!(ask("a=x").code, Some(0));
    assert!(ask("b=x.a").out.contains("a of y is \"y\""), "{}", ask("b=x.a").out);
}

#[test]
fn a_project_with_errors_shows_them() {
    let folder = folder(&[("a.lql", common::WRONG), ("web.ndjson", "{}\n")]);
    let ran = Call::new(&["why", "a.lql", "x", "--events", "web.ndjson"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("emial"), "{}", ran.err);
}
