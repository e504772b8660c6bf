//! Reference 6.4: conversions of single values, seen through the functions that convert.

use lql_compiler::Kind;
use lql_tests::{Lab, NV, columns_give};

fn lab() -> Lab {
    Lab::lql()
        .event(r#"{"i": 5, "f": 2.75, "yes": true, "off": false, "t": "2026-03-04T05:06:07Z", "l": ["8", "9"], "m": {"k": 1}}"#)
        .kind("t", Kind::Date)
}

#[test]
fn to_number_reads_a_float_and_retries_without_money_signs() {
    lab().gives(&[
        (r#"tonumber("2.5")"#, "2.5"),
        (r#"tonumber("-2.5e3")"#, "-2500.0"),
        (r#"tonumber("$1,234.50")"#, "1234.5"),
        (r#"tonumber("£5")"#, "5.0"),
        (r#"tonumber("€1,5")"#, "15.0"),
        (r#"tonumber("1 000")"#, "1000.0"),
        (r#"tonumber("ten")"#, NV),
        (r#"tonumber("")"#, NV),
        (r#"tonumber("12abc")"#, NV),
        (r#"tonumber("NaN")"#, NV),
        ("tonumber(i)", "5.0"),
        ("tonumber(f)", "2.75"),
        ("tonumber(yes)", "1.0"),
        ("tonumber(off)", "0.0"),
        ("tonumber(missing)", NV),
    ]);
}

#[test]
fn to_int_truncates_and_retries_without_money_signs() {
    lab().gives(&[
        (r#"toint("12")"#, "12"),
        (r#"toint("-12")"#, "-12"),
        (r#"toint("12.9")"#, "12"),
        (r#"toint("-12.9")"#, "-12"),
        (r#"toint("1,234.9")"#, "1234"),
        (r#"toint("$12")"#, "12"),
        (r#"toint("€ 1,200")"#, "1200"),
        (r#"toint("0x1F")"#, NV),
        (r#"toint("ten")"#, NV),
        (r#"toint("")"#, NV),
        (r#"toint("99999999999999999999")"#, NV),
        ("toint(f)", "2"),
        ("toint(0 - f)", "-2"),
        ("toint(yes)", "1"),
        ("toint(t)", "1772600767000"),
    ]);
}

#[test]
fn to_bool_knows_twelve_words_and_two_numbers() {
    for word in ["1", "t", "T", "TRUE", "true", "True"] {
        lab().gives(&[(&format!(r#"tobool("{word}")"#), "true")]);
    }
    for word in ["0", "f", "F", "FALSE", "false", "False"] {
        lab().gives(&[(&format!(r#"tobool("{word}")"#), "false")]);
    }
    lab().gives(&[
        (r#"tobool("yes")"#, NV),
        (r#"tobool("tRUE")"#, NV),
        (r#"tobool("")"#, NV),
        ("tobool(1)", "true"),
        ("tobool(0)", "false"),
        ("tobool(2)", NV),
        ("tobool(1.0)", "true"),
        ("tobool(0.5)", NV),
        ("tobool(yes)", "true"),
        ("tobool(missing)", NV),
    ]);
}

#[test]
fn to_string_is_plain_and_short() {
    lab().gives(&[
        ("tostring(5)", r#""5""#),
        ("tostring(-5)", r#""-5""#),
        ("tostring(2.75)", r#""2.75""#),
        ("tostring(12.50)", r#""12.5""#),
        ("tostring(f * 4)", r#""11""#),
        ("tostring(yes)", r#""true""#),
        ("tostring(off)", r#""false""#),
        ("tostring(t)", r#""1772600767000""#),
    ]);
}

#[test]
fn function_arguments_take_the_first_item_of_a_list() {
    lab().gives(&[
        ("tonumber(l)", "8.0"),
        (r#"replace(l, "8", "x")"#, r#""x""#),
        ("hash.md5(l)", r#""c9f0f895fb98ab9159f51fd0297e236d""#),
    ]);
}

#[test]
fn to_time_reads_date_math_dates_and_numbers() {
    lab().gives(&[
        (r#"todate("now")"#, r#""2026-03-04T05:06:07Z""#),
        (r#"todate("now-3d")"#, r#""2026-03-01T05:06:07Z""#),
        (r#"todate("2026-03-04")"#, r#""2026-03-04T00:00:00Z""#),
        ("todate(1772600767)", r#""2026-03-04T05:06:07Z""#),
        ("todate(1772600767000)", r#""2026-03-04T05:06:07Z""#),
        ("todate(t)", r#""2026-03-04T05:06:07Z""#),
        ("todate(5)", NV),
        ("todate(9999999999)", NV),
        (r#"todate("soon")"#, NV),
    ]);
}

#[test]
fn a_column_s_kind_converts_like_the_functions() {
    columns_give(
        r#"{"n": "1,234.9", "w": "T", "z": "zzz", "d": "2026-03-04", "f": 2.5, "b": true, "l": ["7", "8"]}"#,
        &[
            ("n AS f KIND int", "1234"),
            ("n AS f KIND number", "1234.9"),
            ("w AS f KIND bool", "true"),
            ("d AS f KIND date", r#""2026-03-04T00:00:00Z""#),
            ("f AS f", r#""2.5""#),
            ("b AS f", r#""true""#),
            ("z AS f KIND int", NV),
            ("z AS f KIND number", NV),
            ("z AS f KIND bool", NV),
            ("z AS f KIND date", NV),
            ("l AS f KIND int", "7"),
        ],
    );
}
