//! Reference 5.4: three-valued logic, every cell of the table. `q` and `r` have no value.

use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql().event(r#"{"x": 1, "t": true, "f": false, "s": "text", "l": ["a"]}"#)
}

#[test]
fn equality_with_a_missing_operand_is_false() {
    lab().gives(&[
        ("q == 1", "false"),
        ("1 == q", "false"),
        ("q == r", "false"),
        ("q == q", "false"),
        ("NOT (q == 1)", "true"),
    ]);
}

#[test]
fn inequality_with_one_missing_operand_is_true_and_with_two_false() {
    lab().gives(&[("q != 1", "true"), ("1 != q", "true"), ("q != r", "false"), ("NOT (q != 1)", "false")]);
}

#[test]
fn order_and_like_with_a_missing_operand_are_false() {
    lab().gives(&[
        ("q > 1", "false"),
        ("q >= 1", "false"),
        ("q < 1", "false"),
        ("q <= 1", "false"),
        ("1 > q", "false"),
        ("1 >= q", "false"),
        ("1 < q", "false"),
        ("1 <= q", "false"),
        ("q > r", "false"),
        ("q <= r", "false"),
        (r#"q LIKE "a*""#, "false"),
        (r#"q LIKE ["a*"]"#, "false"),
        ("s LIKE q", "false"),
        ("q LIKE r", "false"),
    ]);
}

#[test]
fn set_operators_with_a_missing_left_operand_are_false() {
    lab().gives(&[
        ("q IN (1, 2)", "false"),
        ("q IN l", "false"),
        (r#"q CONTAINS "a""#, "false"),
        (r#"q CONTAINS ("a", "b")"#, "false"),
        (r#"q INTERSECTS ("a")"#, "false"),
        ("q INTERSECTS l", "false"),
        ("NOT (q IN (1, 2))", "true"),
        ("q NOT IN (1, 2)", "true"),
        (r#"q NOT CONTAINS "a""#, "true"),
        (r#"q NOT LIKE "a""#, "true"),
    ]);
}

#[test]
fn between_with_a_missing_operand_has_no_value() {
    lab().gives(&[
        ("q BETWEEN 0 AND 2", NV),
        ("x BETWEEN q AND 2", NV),
        ("x BETWEEN 0 AND q", NV),
        ("q NOT BETWEEN 0 AND 2", NV),
    ]);
}

#[test]
fn arithmetic_with_a_missing_operand_has_no_value() {
    lab().gives(&[("q + 1", NV), ("1 + q", NV), ("q - r", NV), ("q * 2", NV), ("2 / q", NV), ("q % 2", NV)]);
}

#[test]
fn infix_and_with_one_missing_operand_is_false_and_with_two_has_no_value() {
    lab().gives(&[
        ("t AND t", "true"),
        ("t AND f", "false"),
        ("f AND t", "false"),
        ("f AND f", "false"),
        ("t AND q", "false"),
        ("q AND t", "false"),
        ("f AND q", "false"),
        ("q AND f", "false"),
        ("q AND r", NV),
        ("NOT (t AND q)", "true"),
        ("NOT (q AND r)", NV),
    ]);
}

#[test]
fn infix_or_is_the_other_operand_and_false_when_both_are_missing() {
    lab().gives(&[
        ("t OR t", "true"),
        ("t OR f", "true"),
        ("f OR t", "true"),
        ("f OR f", "false"),
        ("t OR q", "true"),
        ("q OR t", "true"),
        ("f OR q", "false"),
        ("q OR f", "false"),
        ("q OR r", "false"),
        ("NOT (q OR r)", "true"),
    ]);
}

#[test]
fn an_and_list_has_no_value_as_soon_as_an_item_has_none_in_order() {
    lab().gives(&[
        ("AND (t, t)", "true"),
        ("AND (t, f)", "false"),
        ("AND (t, q)", NV),
        ("AND (q, t)", NV),
        ("AND (q, f)", NV),
        // The false item ends the list before the one without value.
        ("AND (f, q)", "false"),
        ("AND (t, q, f)", NV),
        ("AND (t, f, q)", "false"),
        ("NOT AND (t, q)", NV),
        ("NOT AND (f, q)", "true"),
    ]);
}

#[test]
fn an_or_list_skips_items_without_value() {
    lab().gives(&[
        ("OR (f, f)", "false"),
        ("OR (f, t)", "true"),
        ("OR (q, t)", "true"),
        ("OR (t, q)", "true"),
        ("OR (q, f)", "false"),
        ("OR (q, r)", "false"),
        ("NOT OR (q, r)", "true"),
    ]);
}

#[test]
fn not_of_no_value_has_no_value() {
    lab().gives(&[
        ("NOT t", "false"),
        ("NOT f", "true"),
        ("NOT q", NV),
        ("NOT (q > 3)", "true"),
        ("NOT q > 3", "true"),
        ("NOT s", NV),
        ("NOT x", NV),
    ]);
}

#[test]
fn exists_of_no_value_is_false() {
    lab().gives(&[("EXISTS q", "false"), ("NOT EXISTS q", "true"), ("EXISTS x", "true")]);
}

#[test]
fn the_function_not_has_no_value_without_a_boolean_word() {
    lab().gives(&[
        ("not(t)", "false"),
        ("not(q)", NV),
        ("not(s)", NV),
        (r#"not("true")"#, "false"),
        ("not(x)", "false"),
    ]);
}

#[test]
fn a_negated_include_of_a_segment_without_value_is_true() {
    let lab = Lab::filterql().include("FILTER q ALIAS none").include("FILTER AND (q, t) ALIAS list");
    lab.gives(&[("NOT INCLUDE none", "true"), ("INCLUDE none", "false"), ("NOT INCLUDE list", "true")]);
}

#[test]
fn functions_get_missing_arguments_as_null_and_decide_themselves() {
    lab().gives(&[
        ("toint(q)", NV),
        (r#"oneof(q, "z")"#, r#""z""#),
        (r#"join(q, "a", "b", "-")"#, r#""a-b""#),
        ("tostring(q)", r#""""#),
        ("exists(q)", "false"),
        ("eq(q, 1)", "false"),
        ("ne(q, 1)", "true"),
    ]);
}

#[test]
fn operands_that_are_no_booleans_count_as_missing() {
    lab().gives(&[
        ("x AND t", "false"),
        ("s AND t", "false"),
        ("x OR t", "true"),
        ("x OR f", "false"),
        ("AND (t, x)", NV),
        ("OR (x, f)", "false"),
    ]);
}

#[test]
fn the_consequences_that_the_reference_names() {
    let without = Lab::filterql().event("{}");
    without.gives(&[("x != 1", "true"), ("NOT x > 1", "true"), ("x <= 1", "false"), ("NOT x", NV)]);
}
