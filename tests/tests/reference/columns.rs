//! Reference 3 and 4: statements, clauses of columns, guards and conditional values.

use lql_compiler::{Kind, MergeOp};
use lql_tests::{NV, Project, TS, columns_give, field, findings};
use serde_json::json;

const EVENT: &str = r#"{"a": 1, "b": 2, "t": "x", "yes": true, "word": "true"}"#;

#[test]
fn a_guard_passes_only_for_the_boolean_true() {
    columns_give(
        EVENT,
        &[
            ("t AS f IF a == 1", r#""x""#),
            ("t AS f IF a == 2", NV),
            ("t AS f IF missing > 1", NV),
            ("t AS f IF yes", r#""x""#),
            ("t AS f IF toint(a)", NV),
            ("t AS f IF a", NV),
            ("t AS f IF word", NV),
            ("t AS f IF t", NV),
            ("t AS f IF missing", NV),
            ("t AS f IF NOT missing", NV),
            ("t AS f IF NOT (missing > 3)", r#""x""#),
        ],
    );
}

#[test]
fn guards_are_written_with_infix_operators_or_lists() {
    columns_give(
        EVENT,
        &[
            ("t AS f IF a == 1 AND b != 3", r#""x""#),
            ("t AS f IF AND (a == 1, b != 3)", r#""x""#),
            ("t AS f IF OR (a == 9, b == 9)", NV),
        ],
    );
}

#[test]
fn a_top_level_comma_ends_the_guard() {
    let project = Project::lql(
        "SELECT id AS id, a AS x IF a == 1, b AS y IF b == 9, b AS z FROM s INTO user BY id ALIAS q",
    );
    let emitted = project.emit("s", r#"{"id": "u", "a": 1, "b": 2}"#, TS);
    assert_eq!(emitted, [("id".into(), json!("u")), ("x".into(), json!("1")), ("z".into(), json!("2"))]);
}

#[test]
fn a_value_may_depend_on_a_condition() {
    columns_give(
        EVENT,
        &[
            (r#""one" IF a == 1 ELSE "other" AS f"#, r#""one""#),
            (r#""one" IF a == 2 ELSE "other" AS f"#, r#""other""#),
            (r#""one" IF missing > 2 ELSE "other" AS f"#, r#""other""#),
            (r#""one" IF a ELSE "other" AS f"#, r#""other""#),
            (r#"missing IF a == 1 ELSE "other" AS f"#, NV),
            // ELSE binds to the nearest IF.
            (r#""p" IF a == 2 ELSE "q" IF b == 2 ELSE "r" AS f"#, r#""q""#),
            (r#""p" IF a == 2 ELSE "q" IF b == 3 ELSE "r" AS f"#, r#""r""#),
            (r#""p" IF a == 1 ELSE "q" IF b == 2 ELSE "r" AS f"#, r#""p""#),
        ],
    );
}

#[test]
fn a_column_may_have_both_a_conditional_value_and_a_guard() {
    columns_give(
        EVENT,
        &[
            (r#""vip" IF a > 0 ELSE "std" AS f IF exists(t)"#, r#""vip""#),
            (r#""vip" IF a > 5 ELSE "std" AS f IF exists(t)"#, r#""std""#),
            (r#""vip" IF a > 0 ELSE "std" AS f IF exists(missing)"#, NV),
        ],
    );
}

#[test]
fn ifcase_gives_its_first_true_arm_or_the_default() {
    columns_give(
        EVENT,
        &[
            (r#"ifcase("p" IF a == 1, "q" IF b == 2, "r") AS f"#, r#""p""#),
            (r#"ifcase("p" IF a == 9, "q" IF b == 2, "r") AS f"#, r#""q""#),
            (r#"ifcase("p" IF a == 9, "q" IF b == 9, "r") AS f"#, r#""r""#),
            (r#"ifcase("p" IF missing > 1, "q" IF a, "r") AS f"#, r#""r""#),
            (r#"ifcase("p" IF a == 9, t) AS f"#, r#""x""#),
        ],
    );
}

#[test]
fn clauses_of_a_column_stand_in_any_order_after_its_name() {
    for clauses in [
        r#"IF a == 1 SHORTDESC "s" LONGDESC "l" KIND int MERGEOP max"#,
        r#"MERGEOP max KIND int LONGDESC "l" SHORTDESC "s" IF a == 1"#,
        r#"KIND INT IF a == 1 MERGEOP MAX SHORTDESC "s" LONGDESC "l""#,
    ] {
        let field = field(&format!("a AS f {clauses}"));
        assert_eq!((field.kind, field.mergeop), (Kind::Int, MergeOp::Max), "{clauses}");
    }
}

#[test]
fn a_clause_stands_once() {
    for clauses in [
        "AS f AS g",
        "AS f KIND int KIND int",
        r#"AS f SHORTDESC "a" SHORTDESC "b""#,
        "AS f IF a == 1 IF b == 1",
    ] {
        let text = format!("SELECT id AS id, a {clauses} FROM s INTO user BY id ALIAS q");
        assert_eq!(findings(&text, "").len(), 1, "{clauses}");
    }
}

#[test]
fn where_drops_the_whole_record_unless_it_is_true() {
    for (condition, passes) in [
        ("a == 1", true),
        ("a == 2", false),
        ("missing == 1", false),
        ("NOT exists(test_order)", true),
        ("NOT missing", false),
        ("yes", true),
        ("a", false),
    ] {
        let text = format!("SELECT id AS id, a AS x FROM s INTO user BY id WHERE {condition} ALIAS q");
        let emitted = Project::lql(&text).emit("s", r#"{"id": "u", "a": 1, "yes": true}"#, TS);
        assert_eq!(emitted.len(), if passes { 2 } else { 0 }, "{condition}: {emitted:?}");
    }
}

#[test]
fn an_event_without_an_identity_writes_nothing() {
    let project =
        Project::lql("SELECT email(m) AS email, id AS id, a AS x FROM s INTO user BY email OR id ALIAS q");
    let count = |event: &str| project.emit("s", event, TS).len();
    assert_eq!(count(r#"{"a": 1}"#), 0);
    assert_eq!(count(r#"{"a": 1, "id": ""}"#), 0);
    assert_eq!(count(r#"{"a": 1, "m": "no address"}"#), 0);
    assert_eq!(count(r#"{"a": 1, "id": "u"}"#), 2);
    assert_eq!(count(r#"{"a": 1, "id": "u", "m": "no address"}"#), 2);
    assert_eq!(count(r#"{"a": 1, "id": "u", "m": "a@b"}"#), 3);
}

#[test]
fn two_columns_may_write_one_field() {
    let project = Project::lql("SELECT id AS id, a AS f, b AS f FROM s INTO user BY id ALIAS q");
    let emitted = project.emit("s", r#"{"id": "u", "a": "1", "b": "2"}"#, TS);
    assert_eq!(emitted, [("id".into(), json!("u")), ("f".into(), json!("1")), ("f".into(), json!("2"))]);
}

#[test]
fn only_the_queries_of_the_stream_run() {
    let project = Project::lql(
        "SELECT id AS id, a AS x FROM s INTO user BY id ALIAS p; SELECT id AS id, a AS y FROM other INTO user BY id ALIAS q;",
    );
    let event = r#"{"id": "u", "a": 1}"#;
    assert_eq!(project.emit("s", event, TS), [("id".into(), json!("u")), ("x".into(), json!("1"))]);
    assert_eq!(project.emit("other", event, TS), [("id".into(), json!("u")), ("y".into(), json!("1"))]);
    assert_eq!(project.emit("none", event, TS), []);
}

#[test]
fn the_statement_of_section_3_compiles_and_maps_an_order() {
    let text = r#"
-- Orders feed: one row per order line
SELECT
    email(buyer_mail)           AS email        SHORTDESC "E-mail"
  , customer_no                 AS customer_id  SHORTDESC "Shop customer number"
  , sum(tonumber(amount))       AS spend_total  SHORTDESC "Lifetime spend"  KIND number
  , count(order_no)             AS order_ct
  , set(sku)                    AS skus_bought
  , min(todate(placed_at))      AS first_order  KIND date
  , channel                     AS first_channel  MERGEOP oldest
  , valuect(yymm(placed_at))    AS orders_by_month  IF exists(placed_at)
  , match("attr_")              AS attributes   KIND map[string]string
FROM shop_orders
INTO user
BY email OR customer_id
WHERE NOT exists(test_order)
ALIAS shop_orders;
"#;
    let project = Project::lql(text);
    let event = r#"{"buyer_mail": "Ana <ANA@example.org>", "customer_no": 17, "amount": "$9.50", "order_no": "o1",
        "sku": ["b", "a", "b"], "placed_at": "2026-01-31", "channel": "ads", "attr_size": "L", "attr_": "x"}"#;
    let emitted: serde_json::Map<_, _> = project.emit("shop_orders", event, TS).into_iter().collect();
    let expected = json!({
        "email": "ana@example.org",
        "customer_id": "17",
        "spend_total": 9.5,
        "order_ct": 1,
        "skus_bought": ["a", "b"],
        "first_order": "2026-01-31T00:00:00Z",
        "first_channel": "ads",
        "orders_by_month": {"2601": 1},
        "attributes": {"size": "L"},
    });
    assert_eq!(serde_json::Value::Object(emitted), expected);
    assert_eq!(project.emit("shop_orders", r#"{"customer_no": 17, "test_order": 1}"#, TS), []);
}
