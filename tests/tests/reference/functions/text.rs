//! Reference 9.3: functions of text.

use lql_compiler::codes::{BAD_LITERAL, LITERAL_NEEDED};
use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql().event(
        r#"{"s": "banana", "n": 5, "f": 2.5, "yes": true, "off": false, "empty": "", "zero": 0, "l": ["a", "b"], "m": {"k": 1, "l": 2},
            "d": "2026-03-04", "spaced": " a ; b ", "u": "é", "de": "straße", "sp": "\t x \r\n"}"#,
    )
}

#[test]
fn join_puts_its_parts_together_and_skips_what_is_empty() {
    lab().gives(&[
        (r#"join("x", 3, 2.5, "/")"#, r#""x/3/2.5""#),
        (r#"join("a", "b", "")"#, r#""ab""#),
        (r#"join(l, "c", "-")"#, r#""a-b-c""#),
        (r#"join("a", empty, missing, "b", "-")"#, r#""a-b""#),
        (r#"join(empty, missing, "-")"#, NV),
        (r#"join(missing, "-")"#, NV),
        (r#"join("a", yes, "b", "-")"#, r#""a-b""#),
        (r#"join("a", todate(d), "b", "-")"#, r#""a-b""#),
        (r#"join(l, "")"#, r#""ab""#),
        (r#"join(l, ", ")"#, r#""a, b""#),
        (r#"join(zero, "x", "-")"#, r#""0-x""#),
    ]);
}

#[test]
fn len_counts_items_or_characters() {
    lab().gives(&[
        (r#"len(split("a,b", ","))"#, "2"),
        ("len(m)", "2"),
        ("len(s)", "6"),
        ("char_length(s)", "6"),
        ("len(u)", "1"),
        (r#"char_length("é")"#, "1"),
        ("len(n)", "0"),
        ("len(f)", "0"),
        ("len(yes)", "0"),
        ("len(todate(d))", "0"),
        ("len(missing)", NV),
    ]);
}

#[test]
fn oneof_gives_the_first_value_that_is_not_nil() {
    lab().gives(&[
        (r#"oneof(missing, "", 0, "z")"#, "0"),
        ("oneof(empty, off, n)", "false"),
        (r#"oneof(missing, empty)"#, NV),
        ("oneof(l, n)", r#"["a","b"]"#),
        ("oneof(missing, n, s)", "5"),
    ]);
}

#[test]
fn replace_changes_all_occurrences_or_deletes_them() {
    lab().gives(&[
        (r#"replace("a-b-c", "-", "+")"#, r#""a+b+c""#),
        (r#"replace("a-b-c", "-")"#, r#""abc""#),
        (r#"replace(s, "an", "")"#, r#""ba""#),
        (r#"replace(n, "5", "7")"#, r#""7""#),
        (r#"replace(s, "x", "y")"#, r#""banana""#),
        (r#"replace(missing, "x", "y")"#, r#""""#),
    ]);
}

#[test]
fn split_keeps_order_blanks_and_empty_pieces() {
    lab().gives(&[
        (r#"split("b,a,c", ",")"#, r#"["b","a","c"]"#),
        (r#"split("b, a", ",")"#, r#"["b"," a"]"#),
        (r#"split("a,,b", ",")"#, r#"["a","","b"]"#),
        (r#"split("abc", ",")"#, r#"["abc"]"#),
        (r#"split("a--b", "--")"#, r#"["a","b"]"#),
        (r#"string.split("a|b", "|")"#, r#"["a","b"]"#),
        (r#"split(empty, ",")"#, NV),
        (r#"split(s, "")"#, NV),
        (r#"split(missing, ",")"#, NV),
    ]);
}

#[test]
fn strip_trims_text_and_the_texts_of_a_list() {
    lab().gives(&[
        (r#"strip(split(" a ; b ", ";"))"#, r#"["a","b"]"#),
        (r#"strip("  a b  ")"#, r#""a b""#),
        ("strip(sp)", r#""x""#),
        (r#"string.strip(" a ")"#, r#""a""#),
        ("strip(n)", NV),
        ("strip(missing)", NV),
    ]);
}

#[test]
fn letter_case_is_that_of_unicode() {
    lab().gives(&[
        (r#"string.lowercase("ÄB")"#, r#""äb""#),
        (r#"tolower("ÄB")"#, r#""äb""#),
        (r#"string.uppercase("äb")"#, r#""ÄB""#),
        ("string.uppercase(de)", r#""STRAßE""#),
        (r#"string.titlecase("mary-jane o'neil")"#, r#""Mary-Jane O'Neil""#),
        (r#"string.titlecase("hELLO wORLD")"#, r#""HELLO WORLD""#),
        (r#"string.titlecase("a1b c")"#, r#""A1B C""#),
        ("tolower(missing)", NV),
    ]);
}

#[test]
fn index_is_the_byte_position_of_the_first_match() {
    lab().gives(&[
        (r#"string.index("banana", "na")"#, "2"),
        (r#"string.index("banana", "b")"#, "0"),
        (r#"string.index("banana", "x")"#, NV),
        (r#"string.index("éa", "a")"#, "2"),
        (r#"string.index(missing, "a")"#, NV),
    ]);
}

#[test]
fn substr_excludes_its_end_and_stays_inside() {
    lab().gives(&[
        (r#"string.substr("banana", 1, 4)"#, r#""ana""#),
        (r#"string.substr("banana", 2)"#, r#""nana""#),
        (r#"string.substr("banana", 0, 6)"#, r#""banana""#),
        (r#"string.substr("banana", 0, 7)"#, NV),
        (r#"string.substr("banana", -1)"#, NV),
        (r#"string.substr("banana", 1, -1)"#, NV),
        (r#"string.substr("banana", 9)"#, NV),
        (r#"string.substr("banana", 4, 2)"#, NV),
        (r#"string.substr(missing, 0)"#, NV),
    ]);
}

#[test]
fn contains_hasprefix_and_hassuffix_look_for_a_part() {
    lab().gives(&[
        (r#"contains(s, "nan")"#, "true"),
        (r#"contains(s, "NAN")"#, "false"),
        (r#"contains(missing, "a")"#, "false"),
        (r#"contains(s, "")"#, NV),
        (r#"contains(empty, "a")"#, NV),
        (r#"hasprefix(s, "ban")"#, "true"),
        (r#"hasprefix(s, "an")"#, "false"),
        (r#"hasprefix(s, "")"#, NV),
        (r#"hasprefix(missing, "a")"#, "false"),
        (r#"hassuffix(s, "ana")"#, "true"),
        (r#"hassuffix(s, "ban")"#, "false"),
        (r#"hassuffix(s, "")"#, NV),
        (r#"hassuffix(missing, "a")"#, "false"),
    ]);
}

#[test]
fn regular_expressions_search_and_are_compiled_by_the_check() {
    lab().event(r#"{"zip": "12345", "s": "banana", "n": 5}"#).gives(&[
        (r#"regex.match(zip, "^[0-9]{5}$")"#, "true"),
        (r#"regex.match(s, "n.n")"#, "true"),
        (r#"regex.match(s, "^n")"#, "false"),
        (r#"regex.match(s, "(?i)BAN")"#, "true"),
        (r#"regex.match(n, "5")"#, NV),
        (r#"regex.match(missing, "5")"#, NV),
    ]);
    lab().refuses_with(&[(r#"regex.match(s, "(")"#, BAD_LITERAL), ("regex.match(s, p)", LITERAL_NEEDED)]);
}

#[test]
fn tostring_of_nothing_is_empty_text() {
    lab().gives(&[("tostring(5)", r#""5""#), ("tostring(missing)", r#""""#), ("tostring(f)", r#""2.5""#)]);
}
