//! Reference 6.3: what operators do with operands of different types. The left type decides.

use lql_compiler::Kind;
use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql().event(
        r#"{"i": 7, "f": 2.5, "n": "7", "nf": "2.5", "money": "$1,234.50", "w": "true", "s": "x", "yes": true, "off": false,
            "d": "2026-03-04T05:06:07.900Z", "t": "2026-03-04T05:06:07.900Z", "m": {"k": 1}, "l": ["a"]}"#,
    ).kind("t", Kind::Date)
}

#[test]
fn two_integers_compute_as_integers() {
    lab().gives(&[
        ("7 + 2", "9"),
        ("7 - 9", "-2"),
        ("7 * 2", "14"),
        ("7 / 2", "3"),
        ("0 - 7 / 2", "-3"),
        ("-7 / 2", "-3"),
        ("7 % 4", "3"),
        ("-7 % 4", "-3"),
        ("7 % -4", "3"),
        ("7 / 0", NV),
        ("7 % 0", NV),
        ("i / 2", "3"),
        ("5.0 / 2", "2"),
        ("2 == 2.0", "true"),
    ]);
}

#[test]
fn an_integer_and_a_float_compute_as_floats() {
    lab().gives(&[
        ("7 / 2.5", "2.8"),
        ("1 + 1.5", "2.5"),
        ("i * f", "17.5"),
        ("i > f", "true"),
        ("3 > 2.5", "true"),
        ("2 == 2.5", "false"),
    ]);
}

#[test]
fn an_integer_takes_text_that_holds_an_integer_or_else_a_float() {
    lab().gives(&[
        (r#"7 == "7""#, "true"),
        (r#"7 + "2""#, "9"),
        (r#"7 / "2""#, "3"),
        ("i + n", "14"),
        (r#"1 + "1.5""#, "2.5"),
        ("i > nf", "true"),
        ("i == s", NV),
        ("i != s", NV),
        ("i > s", NV),
        ("i + s", NV),
    ]);
}

#[test]
fn a_float_takes_integers_floats_and_text() {
    lab().gives(&[
        ("2.5 + 1", "3.5"),
        ("2.5 * 2", "5.0"),
        (r#"2.5 + "1""#, "3.5"),
        ("f == nf", "true"),
        ("f < n", "true"),
        ("f / 0", r#""+Inf""#),
        ("(0 - f) / 0", r#""-Inf""#),
        ("7.9 % 4.9", "3"),
        ("2.5 % 0", NV),
        ("f + s", NV),
        ("f == s", NV),
    ]);
}

#[test]
fn text_on_the_left_of_a_number_is_read_as_a_number() {
    lab().gives(&[
        ("n == 7", "true"),
        ("n > 6.5", "true"),
        ("n != 7", "false"),
        ("money > 1234", "true"),
        ("money == 1234.5", "true"),
        ("nf < i", "true"),
        ("s == 1", NV),
        ("s > 1", NV),
        ("n + 1", "8.0"),
        ("n / 2", "3.5"),
        ("nf * 2", "5.0"),
    ]);
}

#[test]
fn two_texts_have_no_order_and_no_arithmetic() {
    lab().gives(&[
        ("n == nf", "false"),
        (r#"n == "7""#, "true"),
        (r#"n == "7.0""#, "false"),
        ("n > nf", NV),
        ("n + nf", NV),
        ("NOT (n > nf)", NV),
        ("n * nf", NV),
    ]);
}

#[test]
fn text_compares_with_a_boolean_as_a_boolean_word() {
    lab().gives(&[
        ("w == true", "true"),
        ("w == false", "false"),
        ("w != false", "true"),
        (r#""T" == true"#, "true"),
        (r#""0" == false"#, "true"),
        ("s == true", "false"),
        ("s == false", "false"),
    ]);
}

#[test]
fn text_compares_with_an_instant_as_a_date() {
    lab().gives(&[
        (r#""2026-03-04" < t"#, "true"),
        (r#""2026-03-05" > t"#, "true"),
        (r#""2026-03-05" == t"#, "false"),
        ("d == t", "true"),
        ("s < t", NV),
        ("s == t", NV),
    ]);
}

#[test]
fn an_instant_compares_by_whole_seconds() {
    lab().gives(&[
        ("t == t", "true"),
        (r#"t == "2026-03-04T05:06:07Z""#, "true"),
        (r#"t == "2026-03-04T05:06:07.100Z""#, "true"),
        (r#"t > "2026-03-04T05:06:07Z""#, "false"),
        (r#"t >= "2026-03-04T05:06:07.999Z""#, "true"),
        (r#"t > "2026-03-04T05:06:06Z""#, "true"),
        (r#"t < "now+1d""#, "true"),
        (r#"t > "now-1d""#, "true"),
        ("t < todate(d)", "false"),
        // Epoch milliseconds.
        ("t > 1772600766000", "true"),
        ("t > 1772600768000", "false"),
        (r#"t > "no date""#, NV),
        ("t == yes", NV),
    ]);
}

#[test]
fn booleans_compare_and_combine() {
    lab().gives(&[
        ("yes == true", "true"),
        ("yes != off", "true"),
        ("yes AND off", "false"),
        ("yes OR off", "true"),
        ("yes > off", NV),
        ("yes + 1", NV),
        ("yes == 1", NV),
    ]);
}

#[test]
fn a_boolean_takes_boolean_words_as_text_takes_booleans() {
    lab().gives(&[
        ("yes == w", "true"),
        (r#"true == "f""#, "false"),
        (r#"true != "f""#, "true"),
        ("yes == s", "false"),
    ]);
}

#[test]
fn a_map_meets_a_list_by_its_keys() {
    lab().gives(&[
        (r#"m IN ("k")"#, "true"),
        (r#"m INTERSECTS ("k", "l")"#, "true"),
        (r#"m IN ("1")"#, "false"),
        (r#"m INTERSECTS l"#, "false"),
    ]);
}

#[test]
fn null_equals_null_only() {
    lab().gives(&[
        ("NULL == NULL", "true"),
        ("NULL != 1", "true"),
        ("i != NULL", "true"),
        ("NULL > 1", NV),
        ("NULL + 1", NV),
    ]);
}

#[test]
fn a_float_literal_without_fraction_counts_as_an_integer() {
    lab().gives(&[("5.0", "5"), ("7 / 2.0", "3"), ("5.0 IN (5)", "true")]);
}

#[test]
fn integers_that_leave_64_bits_have_no_value() {
    lab().gives(&[
        ("9223372036854775807 + 1", NV),
        ("9223372036854775807 * 2", NV),
        ("-9223372036854775808 / -1", NV),
        ("-9223372036854775808 % -1", NV),
        ("-9223372036854775807 - 2", NV),
        ("9223372036854775806 + 1", "9223372036854775807"),
    ]);
}
