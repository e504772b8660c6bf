//! Reference 4.2: the names of columns without `AS`.

use lql_compiler::codes;
use lql_tests::{field, findings};

#[track_caller]
fn named(cases: &[(&str, &str)]) {
    for (column, name) in cases {
        assert_eq!(field(column).name, *name, "{column}");
    }
}

#[test]
fn a_plain_key_names_its_column() {
    named(&[("channel", "channel"), ("`my key`", "my key"), ("cart.total", "cart.total")]);
}

#[test]
fn as_names_the_column_as_written() {
    named(&[("channel AS c", "c"), ("email(mail) AS Mail", "Mail"), ("a AS `two words`", "two words")]);
}

#[test]
fn a_call_is_named_after_its_outermost_function_and_first_key() {
    named(&[
        ("email(mail)", "email_mail"),
        ("max(tonumber(x))", "max_x"),
        ("min(todate(placed_at))", "min_placed_at"),
        ("set(sku)", "set_sku"),
        ("EMAIL(mail)", "email_mail"),
        ("oneof(a, b)", "oneof_a"),
        (r#"join("x", b, c, "-")"#, "join_b"),
        ("tonumber(x)", "tonumber_x"),
    ]);
}

#[test]
fn some_functions_change_or_drop_the_prefix() {
    named(&[
        ("count(order_no)", "ct_order_no"),
        ("valuect(yymm(ts))", "cts_ts"),
        ("todate(ts)", "ts"),
        ("toint(n)", "n"),
        ("tostring(n)", "n"),
        ("tofloat(n)", "n"),
    ]);
}

#[test]
fn an_operation_is_named_after_its_left_operand() {
    named(&[("a + b", "a"), ("toint(a) + b", "a"), ("a == 1", "a"), ("email(mail) == other", "email_mail")]);
}

#[test]
fn a_column_without_any_key_needs_a_name() {
    for column in ["5", r#""text""#, "now()", r#"email("a@b")"#] {
        let text = format!("SELECT id AS id, {column} FROM s INTO user BY id ALIAS a");
        assert_eq!(findings(&text, ""), [codes::NAME_NEEDED], "{column}");
    }
}
