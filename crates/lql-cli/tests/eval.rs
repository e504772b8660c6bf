//! `lql eval` on one event, and its machine door.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, lql};
use serde_json::{Value, json};

/// Answers of the machine door, one a case.
fn batch(cases: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    let ran = Call::new(&["eval", "--batch"]).stdin(lines.join("\n")).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Expression, event, expected value (`null`: no value).
fn check_table(dialect: &str, rows: &[(&str, Value, Value)]) {
    let cases: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(id, (expr, event, _))| {
            json!({"id": id, "expr": expr, "dialect": dialect, "event": event, "ts": "2026-03-04T12:00:00Z"})
        })
        .collect();
    let answers = batch(&cases);
    assert_eq!(answers.len(), rows.len());
    let mut wrong = Vec::new();
    for (id, ((expr, event, expected), answer)) in rows.iter().zip(&answers).enumerate() {
        assert_eq!(answer["id"], id);
        let is_right = match expected {
            Value::Null => {
                answer["ok"] == false && answer["phase"] == "eval" && answer["error"] == "no value"
            }
            value => answer["ok"] == true && answer["value"] == *value,
        };
        if !is_right {
            wrong.push(format!("{expr} on {event}: expected {expected}, found {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_left_operand_decides_how_operands_are_read() {
    check_table(
        "expr",
        &[
            ("a / b", json!({"a": 7, "b": 2}), json!(3)),
            ("a / b", json!({"a": 7, "b": 0}), json!(null)),
            ("a % b", json!({"a": -7, "b": 2}), json!(-1)),
            ("a + b", json!({"a": 1, "b": 0.5}), json!(1.5)),
            ("a + b", json!({"a": 1, "b": "2"}), json!(3)),
            ("a + b", json!({"a": 1, "b": "x"}), json!(null)),
            ("a == b", json!({"a": "5", "b": 5}), json!(true)),
            ("a > b", json!({"a": "x", "b": "y"}), json!(null)),
            ("toint(a)", json!({"a": "1,234.9"}), json!(1234)),
            ("tonumber(a)", json!({"a": "$2.50"}), json!(2.5)),
            ("todate(a)", json!({"a": "2026-03-04"}), json!("2026-03-04T00:00:00Z")),
            ("tobool(a)", json!({"a": "T"}), json!(true)),
        ],
    );
}

#[test]
fn comparisons_with_no_value_follow_the_three_valued_rules() {
    check_table(
        "filter",
        &[
            ("x != 1", json!({}), json!(true)),
            ("x == y", json!({}), json!(false)),
            ("x != y", json!({}), json!(false)),
            ("x <= 1", json!({}), json!(false)),
            ("NOT x > 1", json!({}), json!(true)),
            ("NOT x", json!({}), json!(null)),
            ("EXISTS x", json!({"x": ""}), json!(false)),
            ("EXISTS x", json!({"x": 0}), json!(true)),
            ("EXISTS m.k", json!({"m": {"k": 1}}), json!(true)),
            ("x BETWEEN 1 AND 5", json!({"x": 1}), json!(false)),
            ("x BETWEEN 1 AND 5", json!({}), json!(null)),
            ("FILTER OR ( x > 1, y > 1 )", json!({"y": 2}), json!(true)),
            ("x IN (\"a\", \"b\")", json!({"x": "b"}), json!(true)),
            ("x INTERSECTS (\"a\", \"b\")", json!({"x": ["c", "b"]}), json!(true)),
            ("x CONTAINS \"or\"", json!({"x": ["Oslo", "York"]}), json!(true)),
            ("x LIKE \"/shop/*\"", json!({"x": "/shop/fruit/pear"}), json!(false)),
            ("x LIKE \"/shop/**\"", json!({"x": "/shop/fruit/pear"}), json!(true)),
            ("x = \"a\"", json!({"x": ["a"]}), json!(false)),
        ],
    );
}

#[test]
fn values_come_with_the_name_of_their_kind() {
    let case = |expr: &str, event: Value| json!({"expr": expr, "event": event, "ts": "2026-03-04T12:00:00Z"});
    let kinds: Vec<Value> = batch(&[
        case("x", json!({"x": "a"})),
        case("x", json!({"x": 1})),
        case("x", json!({"x": 1.5})),
        case("x > 1", json!({"x": 2})),
        case("todate(x)", json!({"x": "2026-03-04"})),
        case("split(x, \",\")", json!({"x": "a,b"})),
        case("x", json!({"x": {"k": 1}})),
    ])
    .into_iter()
    .map(|answer| answer["kind"].clone())
    .collect();
    assert_eq!(kinds, ["string", "int", "number", "bool", "date", "[]string", "map[string]int"]);
}

#[test]
fn kinds_and_includes_are_taken_from_the_case() {
    let answers = batch(&[
        json!({"id": "k", "dialect": "filter", "expr": "born > \"1990-01-01\"", "event": {"born": "1995-05-05"},
            "kinds": {"born": "date"}, "ts": "2026-03-04T12:00:00Z"}),
        json!({"id": "no k", "dialect": "filter", "expr": "born > \"1990-01-01\"", "event": {"born": "1995-05-05"},
            "ts": "2026-03-04T12:00:00Z"}),
        json!({"id": "i", "dialect": "filter", "expr": "INCLUDE loyal", "event": {"visits": 9},
            "includes": ["FILTER visits > 5 ALIAS loyal"], "ts": "2026-03-04T12:00:00Z"}),
        json!({"id": "math", "dialect": "filter", "expr": "last > \"now-7d\"", "event": {"last": "2026-03-01"},
            "kinds": {"last": "date"}, "ts": "2026-03-04T12:00:00Z"}),
        json!({"id": "bad", "dialect": "filter", "expr": "x > 1", "kinds": {"x": "dat"}}),
    ]);
    let values: Vec<_> = answers.iter().map(|answer| &answer["value"]).collect();
    // Two texts are not ordered: without its kind, the date has no value here.
    assert_eq!(values, [&json!(true), &Value::Null, &json!(true), &json!(true), &Value::Null]);
    assert_eq!(answers[4]["phase"], "compile");
}

#[test]
fn lines_that_are_no_case_are_answered_and_the_next_goes_on() {
    let input = "{\"id\":1,\"expr\":\"emial(x)\"}\nnot json\n{\"id\":3}\n\n{\"id\":[4],\"expr\":\"1 + 1\"}\n\
                 {\"id\":5,\"expr\":\"x\",\"event\":[1]}\n{\"id\":6,\"expr\":\"x\",\"ts\":\"soon\"}\n{\"id\":7,\"expr\":\"7\"}";
    let ran = Call::new(&["eval", "--batch"]).stdin(input).run();
    insta::assert_snapshot!(format!("{input}\n===\n{}", ran.out));
}

#[test]
fn one_expression_prints_its_value_and_says_its_kind() {
    let ran = Call::new(&["eval", "email(user.mail)", "--event", "-"])
        .stdin(r#"{"user":{"mail":"A@B.org"}}"#)
        .run();
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "\"a@b.org\"\n", "string\n"));
}

#[test]
fn no_value_is_said_and_not_printed() {
    let ran = lql(&["eval", "x"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", "no value\n"));
}

#[test]
fn a_wrong_expression_is_a_finding_and_a_wrong_event_is_misuse() {
    let ran = lql(&["eval", "emial(x)"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("error[LQL0201]"), "{}", ran.out);
    let ran = Call::new(&["eval", "x", "--event", "-"]).stdin("[1]").run();
    assert_eq!(ran.code, Some(2));
    assert_eq!(lql(&["eval"]).code, Some(2));
    assert_eq!(lql(&["eval", "x", "--ts", "soon"]).code, Some(2));
}

#[test]
fn a_filter_reads_a_profile_at_a_time() {
    let filter = "FILTER todate(last) > \"now-7d\"";
    let at = |ts: &str| {
        let args = ["eval", filter, "--dialect", "filter", "--event", "-", "--ts", ts];
        Call::new(&args).stdin(r#"{"last":"2024-06-25"}"#).run().out
    };
    assert_eq!(at("2024-06-30T00:00:00Z"), "true\n");
    assert_eq!(at("2024-07-30T00:00:00Z"), "false\n");
}

#[test]
fn kinds_of_maps_reach_their_entries() {
    let case = |expr: &str, kind: &str| {
        json!({
            "expr": expr,
            "event": {"m": {"k": "2026-03-04", "z": "abc"}},
            "kinds": {"m": kind},
            "ts": "2026-03-05T00:00:00Z",
        })
    };
    let answers = batch(&[
        case("m.k > \"2026-03-03\"", "map[string]time"),
        case("m.k > \"now-1h\"", "map[string]time"),
        case("EXISTS m.z", "map[string]int"),
    ]);
    let values: Vec<&Value> = answers.iter().map(|answer| &answer["value"]).collect();
    assert_eq!(values, [&json!(true), &json!(false), &json!(false)]);
}

#[test]
fn aggregates_give_what_the_profile_would_hold() {
    let case =
        |expr: &str| json!({"expr": expr, "event": {"l": ["b", "a", "b", ""], "i": "9007199254740993"}});
    let answers = batch(&[case("set(l)"), case("sum(toint(i))"), case("7.5 / 0")]);
    let values: Vec<&Value> = answers.iter().map(|answer| &answer["value"]).collect();
    assert_eq!(values, [&json!(["a", "b"]), &json!(9_007_199_254_740_993_i64), &json!("Infinity")]);
}

#[test]
fn a_single_filter_takes_kinds_too() {
    let args = [
        "eval",
        "FILTER last > \"now-7d\"",
        "--dialect",
        "filter",
        "--kind",
        "last=date",
        "--ts",
        "2024-06-30",
        "--event",
        "-",
    ];
    let ran = Call::new(&args).stdin("{\"last\":\"2024-06-29T00:00:00Z\"}").run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "true\n"), "{}", ran.err);
    assert_eq!(lql(&["eval", "x", "--kind", "x=dat"]).code, Some(2));
}
