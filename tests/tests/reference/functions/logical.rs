//! Reference 9.2: logical functions.

use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql()
        .event(r#"{"n": 5, "zero": 0, "s": "x", "empty": "", "yes": true, "off": false, "d": "2026-03-04"}"#)
}

#[test]
fn all_and_any_ask_for_values_that_are_not_zero() {
    lab().gives(&[
        ("all(n)", "true"),
        ("all(n, s, yes)", "true"),
        ("all(n, zero)", "false"),
        ("all(n, empty)", "false"),
        ("all(n, off)", "false"),
        ("all(n, missing)", "false"),
        ("any(zero)", "false"),
        ("any(zero, empty, off, missing)", "false"),
        ("any(zero, s)", "true"),
        ("any(missing, n)", "true"),
        ("any(yes)", "true"),
    ]);
}

#[test]
fn eq_and_ne_compare_by_the_left_type() {
    lab().gives(&[
        (r#"eq(5, "5")"#, "true"),
        (r#"eq("5", 5)"#, "true"),
        ("eq(n, 5)", "true"),
        ("eq(n, 6)", "false"),
        (r#"eq(s, "x")"#, "true"),
        (r#"eq(s, "X")"#, "false"),
        (r#"eq(yes, "true")"#, "true"),
        (r#"eq(todate(d), "2026-03-04")"#, "true"),
        ("eq(missing, 5)", "false"),
        ("ne(missing, 5)", "true"),
        ("ne(n, 5)", "false"),
        ("ne(n, 6)", "true"),
    ]);
}

#[test]
fn the_orders_take_numbers_only() {
    lab().gives(&[
        ("lt(n, 6)", "true"),
        ("lt(n, 5)", "false"),
        ("le(n, 5)", "true"),
        ("gt(n, 4)", "true"),
        ("gt(n, 5)", "false"),
        (r#"ge(5, "5")"#, "true"),
        (r#"ge("5", "4")"#, "true"),
        ("gt(s, 1)", NV),
        ("gt(n, s)", NV),
        ("lt(missing, 1)", NV),
        ("lt(d, d)", NV),
        (r#"lt(d, "2027-01-01")"#, NV),
    ]);
}

#[test]
fn not_negates_boolean_words() {
    lab().gives(&[
        ("not(yes)", "false"),
        ("not(off)", "true"),
        (r#"not("f")"#, "true"),
        ("not(zero)", "true"),
        ("not(s)", NV),
        ("not(missing)", NV),
    ]);
}

#[test]
fn or_and_and_are_functions_too() {
    lab().gives(&[
        ("or(off, yes)", "true"),
        ("or(off, off)", "false"),
        ("and(yes, yes)", "true"),
        ("and(yes, off)", "false"),
        ("or(n == 9, s == \"x\")", "true"),
        ("and(n == 5, s == \"x\")", "true"),
    ]);
}

#[test]
fn ifcase_and_if_else_are_values() {
    lab().gives(&[
        (r#"ifcase("p" IF n == 5, "q")"#, r#""p""#),
        (r#"ifcase("p" IF n == 6, "q")"#, r#""q""#),
        (r#"ifcase("p" IF n == 6, "q" IF n == 5, "r")"#, r#""q""#),
        (r#"ifcase("p" IF missing > 6, "q" IF n, missing)"#, NV),
        (r#""p" IF n == 5 ELSE "q""#, r#""p""#),
        (r#""p" IF n == 6 ELSE "q""#, r#""q""#),
        (r#"join("a" IF yes ELSE "b", "z", "")"#, r#""az""#),
    ]);
}
