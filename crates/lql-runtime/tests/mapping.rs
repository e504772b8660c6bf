//! From text to changes: what a stream's program does to single events.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use bumpalo::Bump;
use lql_compiler::{Settings, Source, Time, Value, check};
use lql_runtime::decode::{Chunker, Options};
use lql_runtime::{Mapper, StreamSettings};

/// Maps events (NDJSON) through queries; a line per contribution: `field=value`, per event.
fn mapped(queries: &str, events: &str) -> Vec<Vec<String>> {
    let checked = check(&[Source::lql("q.lql", queries)], &Settings::default());
    assert!(checked.diagnostics.is_empty(), "{:#?}", checked.diagnostics);
    let package = checked.package().unwrap();
    let constants = Bump::new();
    let settings = StreamSettings { timestamp: Some("ts".into()), id: None };
    let program = &package.streams[0];
    let mapper = Mapper::new(program, &package.schema, settings, Time::default(), &constants).unwrap();
    let mut chunker = Chunker::open(events.as_bytes(), Options::default()).unwrap();
    let mut decoder = mapper.decoder(chunker.layout());
    let mut out = Vec::new();
    while let Some(chunk) = chunker.next_chunk().unwrap() {
        for record in chunk.records() {
            let arena = Bump::new();
            let mapped = mapper.map(&mut decoder, &record.unwrap(), &arena).unwrap();
            let changes = mapped.changes.iter().flat_map(|change| change.contributions);
            let line = |c: &lql_runtime::Contribution<'_>| {
                format!("{}={}", package.schema.field(c.field).unwrap().name, show(c.value))
            };
            out.push(changes.map(line).collect());
        }
    }
    out
}

fn show(value: Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_owned(),
        Value::Int(int) => int.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Bool(flag) => flag.to_string(),
        Value::Time(time) => time.to_rfc3339(),
        Value::List(items) => items.iter().map(|item| show(*item)).collect::<Vec<_>>().join("|"),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| format!("{key}:{}", show(*value))).collect::<Vec<_>>().join("|")
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn columns_guards_and_where_do_what_they_say() {
    let queries = r#"
        SELECT email(mail) AS email,
               sum(price * quantity) AS spend IF event == "purchase",
               "vip" IF price > 9 ELSE "std" AS tier,
               match("attr_") AS attributes,
               valuect(lower_event) AS events
        FROM shop INTO user BY email WHERE NOT EXISTS test ALIAS shop
    "#;
    let events = concat!(
        r#"{"ts":1772584496,"mail":"ANA@example.org","event":"purchase","price":"12.5","quantity":2,"attr_a":"x","attr_b":5}"#,
        "\n",
        r#"{"ts":1772584496,"mail":"ANA@example.org","event":"view","price":3,"quantity":2,"lower_event":["a","b"]}"#,
        "\n",
        r#"{"ts":1772584496,"mail":"ANA@example.org","test":1}"#,
        "\n",
        r#"{"ts":1772584496,"event":"purchase","price":3,"quantity":2}"#,
    );
    assert_eq!(
        mapped(queries, events),
        [
            vec!["email=ana@example.org", "spend=25.0", "tier=vip", "attributes=a:x|b:5"],
            vec!["email=ana@example.org", "tier=std", "events=a:1|b:1"],
            vec![],
            vec![],
        ]
    );
}

#[test]
fn a_sub_expression_shared_by_guards_is_asked_for_when_needed() {
    let queries = r#"
        SELECT id AS id,
               todate(at) AS seen IF todate(at) > todate("2020-01-01"),
               todate(at) AS early IF NOT (todate(at) > todate("2020-01-01")),
               yy(todate(at)) AS year IF a == 1 AND todate(at) > todate("2020-01-01")
        FROM s INTO user BY id ALIAS s
    "#;
    let events = "{\"ts\":1,\"id\":7,\"at\":\"2026-03-04\",\"a\":1}\n{\"ts\":1,\"id\":7,\"at\":\"2016-03-04\",\"a\":1}";
    let rows = mapped(&queries.replace("\"ts\":1", ""), &events.replace("\"ts\":1,", "\"ts\":1772584496,"));
    assert_eq!(
        rows,
        [vec!["id=7", "seen=2026-03-04T00:00:00Z", "year=26"], vec!["id=7", "early=2016-03-04T00:00:00Z"],]
    );
}

#[test]
fn functions_of_one_key_share_what_they_make_of_it() {
    let queries = r#"
        SELECT id AS id, host(url) AS host, path(url) AS path, qs2(url, "a b") AS wanted IF id != "2",
               host(other) AS other, email(mail) AS mail, emaildomain(mail) AS mail_domain
        FROM s INTO user BY id ALIAS s
    "#;
    let events = [
        r#"{"ts":1772584496,"id":"1","url":"https://E.org/p?a+b=%C3%A9","other":"x.org","mail":"A <b@C.d>"}"#,
        r#"{"ts":1772584496,"id":"2","url":"http://f.org?a+b=1","other":"no url","mail":"no address"}"#,
        r#"{"ts":1772584496,"id":"3","url":["g.org/q?a%20b=2","h.org"],"mail":"e@f.g"}"#,
        r#"{"ts":1772584496,"id":"4","url":"http://a b/","mail":{"x":1}}"#,
        r#"{"ts":1772584496,"id":"5"}"#,
    ];
    assert_eq!(
        mapped(queries, &events.join("\n")),
        [
            &["id=1", "host=e.org", "path=/p", "wanted=é", "other=x.org", "mail=b@c.d", "mail_domain=c.d"][..],
            &["id=2", "host=f.org"],
            &["id=3", "host=g.org", "path=/q", "wanted=2", "mail=e@f.g", "mail_domain=f.g"],
            &["id=4"],
            &["id=5"],
        ]
    );
}
