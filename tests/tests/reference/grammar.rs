//! Reference 5.1: precedence, associativity, lists.

use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql().event(r#"{"a": 1, "b": 2, "c": 3, "x": 1, "y": 2, "z": true, "no": false, "s": "text"}"#)
}

#[test]
fn multiplication_binds_stronger_than_addition_and_that_than_comparison() {
    lab().gives(&[
        ("2 + 3 * 4", "14"),
        ("2 * 3 + 4", "10"),
        ("(2 + 3) * 4", "20"),
        ("10 - 6 / 2", "7"),
        ("7 % 4 + 1", "4"),
        ("1 + 2 == 3", "true"),
        ("2 * 3 > 5", "true"),
        ("1 + 1 IN (2)", "true"),
        ("1 + 2 BETWEEN 1 + 1 AND 2 + 2", "true"),
    ]);
}

#[test]
fn and_binds_stronger_than_or() {
    lab().gives(&[
        ("true OR false AND false", "true"),
        ("(true OR false) AND false", "false"),
        ("false AND false OR true", "true"),
        ("a == 1 OR b == 9 AND c == 9", "true"),
        ("true || false && false", "true"),
    ]);
}

#[test]
fn binary_operators_are_left_associative() {
    lab().gives(&[
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 5", "2"),
        ("100 / 10 * 5", "50"),
        ("20 % 7 % 4", "2"),
        ("2 - 3 + 4", "3"),
    ]);
}

#[test]
fn operators_have_several_spellings() {
    lab().gives(&[
        ("a = 1", "true"),
        ("a == 1", "true"),
        ("a != 2", "true"),
        ("a <> 2", "true"),
        ("a <> 1", "false"),
        ("!z", "false"),
        ("NOT z", "false"),
        ("! (a == 2)", "true"),
    ]);
}

#[test]
fn not_takes_a_whole_comparison() {
    lab().gives(&[
        ("NOT a == 2", "true"),
        ("NOT a == 1", "false"),
        ("NOT a + 1 == 2", "false"),
        ("NOT a IN (1, 2)", "false"),
        ("NOT no AND z", "true"),
        ("NOT z OR z", "true"),
        ("NOT NOT z", "true"),
        ("NOT EXISTS missing", "true"),
        ("!a == 2", "true"),
    ]);
}

#[test]
fn set_operators_have_a_negated_form() {
    lab().gives(&[
        ("a NOT IN (1, 2)", "false"),
        ("a NOT IN (5, 6)", "true"),
        (r#"s NOT LIKE "te*""#, "false"),
        (r#"s NOT CONTAINS "q""#, "true"),
        ("b NOT BETWEEN 1 AND 3", "false"),
        ("b NOT BETWEEN 5 AND 9", "true"),
        ("b NOT INTERSECTS (1, 2)", "false"),
    ]);
}

#[test]
fn prefix_lists_nest_and_can_be_negated() {
    lab().gives(&[
        ("AND (a == 1, b == 2)", "true"),
        ("AND (a == 1, b == 3)", "false"),
        ("OR (a == 9, b == 2)", "true"),
        ("OR (a == 9, b == 9)", "false"),
        ("NOT AND (a == 1, b == 2)", "false"),
        ("NOT OR (a == 9, b == 9)", "true"),
        ("AND (a == 1, OR (b == 9, c == 3))", "true"),
        ("OR (AND (a == 1, b == 9), AND (b == 2, c == 3))", "true"),
        ("AND (NOT OR (a == 9), z)", "true"),
    ]);
}

#[test]
fn items_of_a_list_need_no_comma() {
    lab().gives(&[
        ("AND (a == 1 b == 2)", "true"),
        ("AND (a == 1 b == 3)", "false"),
        ("AND (a == 1\n b == 2\n)", "true"),
        ("AND (a == 1, b == 2,)", "true"),
        ("OR (a == 9 -- one\n b == 2 -- two\n)", "true"),
        ("OR (EXISTS missing EXISTS a)", "true"),
    ]);
}

#[test]
fn one_item_is_the_item_itself_and_an_empty_list_has_a_value() {
    lab().gives(&[
        ("AND (a == 1)", "true"),
        ("OR (a == 9)", "false"),
        ("AND ()", "true"),
        ("OR ()", "false"),
    ]);
}

#[test]
fn an_infix_item_in_a_list_is_legal() {
    lab().gives(&[("AND (a > 0 AND b < 9)", "true"), ("AND (a > 0 OR b > 9, c == 3)", "true")]);
}

#[test]
fn or_before_a_parenthesis_is_infix_after_an_item_and_and_begins_the_next_item() {
    lab().gives(&[
        // One item: a == 9 OR (b == 2).
        ("AND (a == 9 OR (b == 2))", "true"),
        // Two items: x == 9, then AND (y == 2, z).
        ("OR (x == 9 AND (y == 2, z))", "true"),
        ("OR (x == 1 AND (y == 9, z))", "true"),
        ("OR (x == 9, AND (y == 9, z))", "false"),
    ]);
    lab().refuses(&["AND (EXISTS a OR (b, c))"]);
}

#[test]
fn the_words_not_exists_and_contains_are_functions_before_a_parenthesis() {
    lab().gives(&[
        ("not(z)", "false"),
        ("NOT (z)", "false"),
        ("not(missing)", NV),
        ("exists(a)", "true"),
        ("EXISTS a", "true"),
        ("EXISTS (a)", "true"),
        (r#"contains(s, "ex")"#, "true"),
        (r#"s CONTAINS "ex""#, "true"),
    ]);
    lab().refuses(&[r#"contains (s, "ex")"#]);
}

#[test]
fn plus_does_not_join_texts() {
    lab().event(r#"{"p": "a", "q": "b"}"#).gives(&[("p + q", NV), (r#"p + "b""#, NV)]);
}

#[test]
fn a_minus_sign_may_stand_before_any_operand() {
    lab().gives(&[
        ("-a", "-1"),
        ("-a + 2", "1"),
        ("0 - a", "-1"),
        ("3 * -2", "-6"),
        ("-(a + b)", "-3"),
        ("- -a", "1"),
        ("-missing", NV),
        ("5 - -3", "8"),
    ]);
}

#[test]
fn deep_nesting_is_refused_or_read_but_never_a_crash() {
    for depth in [50, 900, 100_000] {
        let text = format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        let outcome = lab().eval(&text);
        assert!(depth > 50 || outcome.value() == Some(1.into()), "{depth}");
        let text = format!("{}z", "NOT ".repeat(depth));
        let outcome = lab().eval(&text);
        assert!(depth > 50 || outcome.value() == Some(true.into()), "{depth}");
    }
}

#[test]
fn broken_expressions_are_refused() {
    lab().refuses(&[
        "a ==",
        "== 1",
        "a b",
        "a, b",
        "(a",
        "a)",
        "f(a,,b)",
        "join(a,,b)",
        "()",
        "a IN",
        "a IN 5",
        "a LIKE",
        "a BETWEEN 1",
        "a BETWEEN 1 OR 2",
        "a IS 5",
        "[a, b]",
        "a INCLUDE b",
        "AND (a,,b)",
        "\"open",
        "`open",
        "a IF b",
        "",
    ]);
}
