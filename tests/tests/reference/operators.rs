//! Reference 5.2: comparison and set operators.

use lql_compiler::Kind;
use lql_tests::{Lab, NV};

fn lab() -> Lab {
    Lab::lql().event(
        r#"{"n": 5, "f": 2.5, "s": "pear", "d": "2026-03-04", "tags": ["red", "green"], "nums": [1, 5], "m": {"k": 1, "l": 2},
            "dates": ["2026-01-01", "2026-02-01"], "five": "5"}"#,
    )
}

#[test]
fn equality_is_after_coercion() {
    lab().gives(&[
        ("n == 5", "true"),
        ("n = 5", "true"),
        ("n != 5", "false"),
        (r#"n == "5""#, "true"),
        ("five == 5", "true"),
        ("f == 2.5", "true"),
        (r#"s == "pear""#, "true"),
        (r#"s == "Pear""#, "false"),
        (r#"s != "Pear""#, "true"),
    ]);
}

#[test]
fn order_is_of_numbers_and_dates() {
    lab().gives(&[
        ("n > 4", "true"),
        ("n > 5", "false"),
        ("n >= 5", "true"),
        ("n < 5", "false"),
        ("n <= 5", "true"),
        ("f < n", "true"),
        ("n > 4.5", "true"),
        ("five > 4", "true"),
        (r#"n > "4""#, "true"),
        (r#"todate(d) > "2026-03-03""#, "true"),
        (r#"todate(d) < "2026-03-03""#, "false"),
        (r#"todate(d) >= "2026-03-04""#, "true"),
        (r#"todate(d) <= "2026-03-04""#, "true"),
    ]);
}

#[test]
fn order_is_not_defined_for_two_texts() {
    lab().gives(&[
        (r#"s > "a""#, NV),
        (r#"s <= "z""#, NV),
        (r#"d > "1990-01-01""#, NV),
        (r#"five > "4""#, NV),
        (r#"NOT (five > "4")"#, NV),
    ]);
}

#[test]
fn in_finds_a_scalar_in_a_list_a_set_or_the_keys_of_a_map() {
    lab().gives(&[
        (r#"s IN ("apple", "pear")"#, "true"),
        (r#"s IN ("apple", "plum")"#, "false"),
        (r#"s IN ["apple", "pear"]"#, "true"),
        (r#""red" IN tags"#, "true"),
        (r#""blue" IN tags"#, "false"),
        (r#""k" IN m"#, "true"),
        (r#""1" IN m"#, "false"),
        ("n IN nums", "true"),
        (r#"s IN "pear""#, "true"),
        (r#"s IN "pea""#, "false"),
        (r#""b" IN split("a,b", ",")"#, "true"),
        (r#"s IN ()"#, "false"),
    ]);
}

#[test]
fn in_with_a_collection_on_the_left_is_any_common_element() {
    lab().gives(&[
        (r#"tags IN ("green", "blue")"#, "true"),
        (r#"tags IN ("blue")"#, "false"),
        (r#"m IN ("l", "x")"#, "true"),
        (r#"m IN ("x")"#, "false"),
    ]);
}

#[test]
fn intersects_is_any_common_element() {
    lab().gives(&[
        (r#"tags INTERSECTS ("green", "blue")"#, "true"),
        (r#"tags INTERSECTS ("blue")"#, "false"),
        (r#"tags INTERSECTS ["red"]"#, "true"),
        (r#"m INTERSECTS ("k")"#, "true"),
        (r#"m INTERSECTS ("v")"#, "false"),
        (r#"s INTERSECTS ("pear")"#, "true"),
        ("nums INTERSECTS (5, 9)", "true"),
        ("tags INTERSECTS tags", "true"),
        (r#"tags INTERSECTS split("x,red", ",")"#, "true"),
    ]);
}

#[test]
fn contains_looks_for_a_part_of_a_text() {
    lab().gives(&[
        (r#"s CONTAINS "ea""#, "true"),
        (r#"s CONTAINS "EA""#, "false"),
        (r#"s CONTAINS "pear""#, "true"),
        (r#"s CONTAINS ("x", "ea")"#, "true"),
        (r#"s CONTAINS ["x", "y"]"#, "false"),
        (r#"s CONTAINS ["x", "ar"]"#, "true"),
    ]);
}

#[test]
fn contains_on_a_set_looks_into_its_elements() {
    lab().gives(&[
        (r#"tags CONTAINS "ree""#, "true"),
        (r#"tags CONTAINS "blue""#, "false"),
        ("nums CONTAINS 5", "true"),
        ("nums CONTAINS 4", "false"),
        (r#"tags CONTAINS ("x", "gre")"#, "true"),
    ]);
}

#[test]
fn like_takes_a_pattern_or_patterns_in_square_brackets() {
    lab().gives(&[
        (r#"s LIKE "p*""#, "true"),
        (r#"s LIKE ["x*", "p*"]"#, "true"),
        (r#"s LIKE ["x*", "y*"]"#, "false"),
        (r#"tags LIKE "gr*""#, "true"),
        (r#"tags LIKE "bl*""#, "false"),
        (r#"tags LIKE ["bl*", "re?"]"#, "true"),
    ]);
    lab().refuses(&[r#"s LIKE ("x*", "p*")"#]);
}

#[test]
fn between_excludes_both_ends() {
    lab().gives(&[
        ("n BETWEEN 4 AND 6", "true"),
        ("n BETWEEN 5 AND 6", "false"),
        ("n BETWEEN 4 AND 5", "false"),
        ("n BETWEEN 6 AND 4", "false"),
        ("f BETWEEN 2 AND 3", "true"),
        ("five BETWEEN 4 AND 6", "true"),
        (r#"todate(d) BETWEEN "2026-03-03" AND "2026-03-05""#, "true"),
        (r#"todate(d) BETWEEN "2026-03-04" AND "2026-03-05""#, "false"),
        (r#"five BETWEEN "4" AND "6""#, NV),
        (r#"s BETWEEN 4 AND 6"#, NV),
    ]);
}

#[test]
fn is_null_is_the_negation_of_exists() {
    lab().gives(&[
        ("n IS NOT NULL", "true"),
        ("missing IS NOT NULL", "false"),
        ("n IS NULL", "false"),
        ("missing IS NULL", "true"),
        ("todate(d) IS NOT NULL", "true"),
    ]);
}

#[test]
fn a_set_never_equals_a_scalar() {
    lab().gives(&[
        (r#"tags == "red""#, "false"),
        (r#"tags != "red""#, NV),
        (r#"NOT (tags == "red")"#, "true"),
        ("nums == 5", "false"),
        ("m == 1", "false"),
        ("tags > 1", NV),
    ]);
}

#[test]
fn a_list_of_dates_satisfies_a_comparison_when_any_element_does() {
    lab().kind("dates", Kind::TimeSet).gives(&[
        (r#"dates > "2026-01-15""#, "true"),
        (r#"dates > "2026-02-15""#, "false"),
        (r#"dates < "2026-01-15""#, "true"),
        (r#"dates <= "2026-01-01""#, "true"),
        (r#"dates >= "2026-02-01""#, "true"),
        (r#"dates == "2026-02-01""#, "true"),
        (r#"dates == "2026-02-02""#, "false"),
        (r#"dates != "2026-02-01""#, "true"),
    ]);
}

#[test]
fn numbers_in_lists_match_numeric_text_and_the_other_way() {
    lab().gives(&[
        (r#"5 IN ("5")"#, "true"),
        (r#""5" IN (5)"#, "true"),
        (r#"n IN ("5", "x")"#, "true"),
        ("five IN (4, 5)", "true"),
        (r#"n IN ("x")"#, "false"),
        (r#"nums INTERSECTS ("5")"#, "true"),
    ]);
}

#[test]
fn include_is_a_segment_s_filter() {
    let lab = Lab::filterql()
        .event(r#"{"n": 5}"#)
        .include("FILTER n > 4 ALIAS big")
        .include("FILTER gone > 4 ALIAS unknown");
    lab.gives(&[
        ("INCLUDE big", "true"),
        ("NOT INCLUDE big", "false"),
        ("INCLUDE unknown", "false"),
        ("NOT INCLUDE unknown", "true"),
        ("AND (INCLUDE big, n < 6)", "true"),
    ]);
}
