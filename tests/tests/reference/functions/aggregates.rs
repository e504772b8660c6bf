//! Reference 9.1: what aggregates give for one event.

use lql_compiler::codes::AGGREGATE_INSIDE;
use lql_compiler::{MergeOp, Settings, Source, check};
use lql_tests::{Lab, NV, columns_give, field};

const EVENT: &str = r#"{"n": 5, "zero": 0, "empty": "", "list": ["1", "2", "x"], "nums": [1, 2.5], "t": "4", "w": "word",
    "tags": ["b", "a", "b"], "off": false, "d": "2026-03-04"}"#;

#[test]
fn count_is_one_for_anything_that_is_not_nil() {
    columns_give(
        EVENT,
        &[
            ("count(n) AS f", "1"),
            ("count(zero) AS f", "1"),
            ("count(off) AS f", "1"),
            ("count(list) AS f", "1"),
            ("count(empty) AS f", NV),
            ("count(missing) AS f", NV),
            ("count(*) AS f", "1"),
            (r#"count("") AS f"#, NV),
            ("count(0) AS f", "1"),
        ],
    );
}

#[test]
fn sum_adds_all_numeric_arguments_of_the_event() {
    columns_give(
        EVENT,
        &[
            ("sum(n) AS f", "5.0"),
            ("sum(n, t) AS f", "9.0"),
            (r#"sum(toint("2.9"), toint("4")) AS f"#, "6.0"),
            ("sum(nums) AS f", "3.5"),
            ("sum(n, nums) AS f", "8.5"),
            // Text that is no number is skipped.
            ("sum(w) AS f", NV),
            ("sum(w, n) AS f", "5.0"),
            ("sum(missing, n) AS f", "5.0"),
            ("sum(missing) AS f", NV),
            // A total of 0 is no value.
            ("sum(zero) AS f", NV),
            ("sum(n, 0 - n) AS f", NV),
        ],
    );
}

#[test]
fn min_and_max_give_the_value_as_a_number_or_date() {
    columns_give(
        EVENT,
        &[
            ("min(n) AS f", "5.0"),
            ("max(t) AS f", "4.0"),
            ("min(w) AS f", NV),
            ("max(missing) AS f", NV),
            ("min(zero) AS f", "0.0"),
            ("max(todate(d)) AS f", r#""2026-03-04T00:00:00Z""#),
        ],
    );
}

#[test]
fn avg_is_the_mean_within_the_event_and_merges_as_a_scalar() {
    columns_give(
        EVENT,
        &[
            ("avg(n, t) AS f", "4.5"),
            ("avg(nums) AS f", "1.75"),
            ("avg(n) AS f", "5.0"),
            ("avg(list) AS f", NV),
            ("avg(missing) AS f", NV),
        ],
    );
    assert_eq!(field("avg(x) AS f").mergeop, MergeOp::Latest);
}

#[test]
fn set_holds_the_values_as_texts_in_alphabetical_order() {
    columns_give(
        EVENT,
        &[
            ("set(tags) AS f", r#"["a","b"]"#),
            ("set(w) AS f", r#"["word"]"#),
            ("set(n) AS f", r#"["5"]"#),
            ("set(missing) AS f", NV),
            ("set(empty) AS f", NV),
            (r#"set(split("c|a", "|")) AS f"#, r#"["a","c"]"#),
            (r#"set(toint(split("10|9", "|"))) AS f"#, r#"["10","9"]"#),
        ],
    );
}

#[test]
fn valuect_counts_one_for_each_value() {
    columns_give(
        EVENT,
        &[
            ("valuect(w) AS f", r#"{"word":1}"#),
            ("valuect(n) AS f", r#"{"5":1}"#),
            ("valuect(missing) AS f", NV),
            ("valuect(empty) AS f", NV),
            ("valuect(yymm(d)) AS f", r#"{"2603":1}"#),
            (r#"valuect(split("x,y", ",")) AS f"#, r#"{"x":1,"y":1}"#),
        ],
    );
}

#[test]
fn cap_gives_a_field_its_capacity_or_retention() {
    columns_give(EVENT, &[("cap(tags, 5) AS f", r#"["a","b"]"#), (r#"cap(w, "30d") AS f"#, r#"["word"]"#)]);
    let text = r#"SELECT id AS id, cap(x, 5) AS n, cap(x, "30d") AS d FROM s INTO user BY id ALIAS a"#;
    let checked = check(&[Source::lql("a.lql", text)], &Settings::default());
    let limits: Vec<_> =
        checked.schema.fields.iter().map(|f| (f.name.as_str(), f.capacity, f.keep_days)).collect();
    assert_eq!(limits, [("d", None, Some(30)), ("id", None, None), ("n", Some(5), None)]);
}

#[test]
fn aggregates_stand_only_outermost() {
    Lab::lql().refuses_with(&[
        ("sum(x) + 1", AGGREGATE_INSIDE),
        ("tostring(count(x))", AGGREGATE_INSIDE),
        ("count(x) > 3", AGGREGATE_INSIDE),
        ("set(set(x))", AGGREGATE_INSIDE),
    ]);
    Lab::filterql().refuses_with(&[("count(x) > 3", AGGREGATE_INSIDE)]);
}
