//! `lql cost`: what is counted, with events and without.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod common;

use common::{Call, WRONG, folder};
use serde_json::Value;

const QUERIES: &str = "SELECT email(m) AS email, domain(url) AS site IF kind_of == \"view\", match(\"utm_\") AS campaign FROM web INTO user BY email ALIAS views;\nSELECT email(m) AS email, count(*) AS visits, useragent(ua, \"browser\") AS browser FROM web INTO user BY email ALIAS visits\n";
const EVENTS: &str = "{\"m\":\"ana@example.org\",\"url\":\"https://shop.example.org/\",\"kind_of\":\"view\",\"utm_source\":\"news\",\"unread\":1}\n{\"m\":\"ben@example.org\",\"kind_of\":\"buy\"}\n{\"m\":}\n";

#[test]
fn a_table_a_stream_with_its_queries_alone_and_together() {
    let folder = folder(&[("shop/web.lql", QUERIES), ("shop/events/web.ndjson", EVENTS)]);
    let ran = Call::new(&["cost", "shop"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    insta::assert_snapshot!(ran.out);
    let ran = Call::new(&["cost", "shop/web.lql"]).within(folder.path()).run();
    assert!(ran.out.starts_with("web: no events\n  keys          4 read\n"), "{}", ran.out);
}

#[test]
fn json_holds_the_same() {
    let folder = folder(&[("shop/web.lql", QUERIES), ("today.ndjson", EVENTS)]);
    let args = ["cost", "shop", "--events", "today.ndjson", "--stream", "web", "--format", "json"];
    let ran = Call::new(&args).within(folder.path()).run();
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let web = &json[0];
    assert_eq!(web["measured"]["events"], 2);
    assert_eq!((&web["measured"]["keys_read"], &web["measured"]["keys_seen"]), (&4.into(), &5.into()));
    assert_eq!(web["queries"][1]["expensive"], serde_json::json!({ "email": 1, "useragent": 1 }));
    assert_eq!(web["together"]["expensive"]["email"], 1);
    // The guard of `site` is true for one of two events: what it guards is executed half as often as the rest.
    let executed = web["queries"][0]["executed"].as_f64().unwrap();
    assert!(executed.fract() > 0.0 && executed < web["queries"][0]["instructions"].as_f64().unwrap());
}

#[test]
fn queries_with_errors_cost_nothing_yet() {
    let folder = folder(&[("web.lql", WRONG)]);
    let ran = Call::new(&["cost", "web.lql"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("emial"), "{}", ran.err);
}
