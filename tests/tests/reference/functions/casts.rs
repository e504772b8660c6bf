//! Reference 9.4: casting functions.

use lql_tests::{Lab, NV, columns_give};

#[test]
fn the_examples_of_the_table() {
    Lab::lql().gives(&[
        (r#"toint("1,234.9")"#, "1234"),
        (r#"toint("$12")"#, "12"),
        (r#"toint("0x1F")"#, NV),
        (r#"tonumber("€1,5")"#, "15.0"),
        (r#"tobool("yes")"#, NV),
        (r#"unsign("-1")"#, r#""18446744073709551615""#),
        (r#"unsign("5")"#, r#""5""#),
        (r#"unsign("x")"#, NV),
    ]);
}

#[test]
fn toint_maps_over_the_lists_that_become_sets() {
    columns_give(
        r#"{"l": ["10", "9.7", "x"]}"#,
        &[
            ("set(toint(l)) AS f", r#"["10","9"]"#),
            ("toint(l) AS f KIND []string", r#"["10","9"]"#),
            ("toint(l) AS f", "10"),
            ("tonumber(l) AS f", "10.0"),
        ],
    );
}

#[test]
fn cast_knows_five_types_and_two_forms() {
    Lab::lql().event(r#"{"n": "12", "d": "2026-03-04"}"#).gives(&[
        ("cast(n AS int)", "12"),
        (r#"cast(n, "int")"#, "12"),
        ("cast(5 AS string)", r#""5""#),
        ("cast(n AS char)", r#""12""#),
        ("cast(d AS time)", r#""2026-03-04T00:00:00Z""#),
        (r#"cast(d, "time")"#, r#""2026-03-04T00:00:00Z""#),
        (r#"cast(d, "int")"#, NV),
        ("cast(missing AS int)", NV),
        ("cast(n AS bool)", NV),
    ]);
}
