//! Reference 6.1: null, empty, and what contributes nothing.

use lql_tests::{Lab, NV, columns_give};

#[test]
fn nil_is_null_empty_text_empty_list_and_empty_map_but_not_zero_or_false() {
    Lab::lql().event(r#"{"null": null, "empty": "", "list": [], "map": {}, "zero": 0, "off": false}"#).gives(
        &[
            (r#"oneof(`null`, "z")"#, r#""z""#),
            (r#"oneof(empty, "z")"#, r#""z""#),
            (r#"oneof(list, "z")"#, r#""z""#),
            (r#"oneof(map, "z")"#, r#""z""#),
            (r#"oneof(zero, "z")"#, "0"),
            (r#"oneof(off, "z")"#, "false"),
        ],
    );
}

#[test]
fn a_column_of_nil_contributes_nothing() {
    columns_give(
        r#"{"null": null, "empty": "", "list": [], "zero": 0, "off": false, "x": "x"}"#,
        &[
            ("`null` AS f", NV),
            ("empty AS f", NV),
            ("list AS f", NV),
            ("absent AS f", NV),
            ("toint(x) AS f", NV),
            ("zero AS f", r#""0""#),
            ("zero AS f KIND int", "0"),
            ("off AS f KIND bool", "false"),
        ],
    );
}

#[test]
fn where_a_scalar_is_needed_the_first_element_counts() {
    columns_give(
        r#"{"tags": ["b", "a"], "nums": [3, 4]}"#,
        &[
            ("tags AS f", r#""b""#),
            ("nums AS f KIND int", "3"),
            ("nums AS f KIND number", "3.0"),
            ("tolower(tags) AS f", r#""b""#),
            ("toint(nums) + 1 AS f KIND int", "4"),
        ],
    );
}

#[test]
fn nested_objects_flatten_with_dots_and_arrays_become_lists() {
    columns_give(
        r#"{"cart": {"total": 9, "deep": {"er": "x"}}, "tags": ["b", "a"], "items": [{"sku": "s1"}, {"sku": "s2"}]}"#,
        &[
            ("cart.total AS f KIND int", "9"),
            ("`cart.total` AS f KIND int", "9"),
            ("cart.deep.er AS f", r#""x""#),
            ("set(tags) AS f", r#"["a","b"]"#),
            ("`items[1].sku` AS f", r#""s2""#),
            (r#"match("cart.") AS f"#, r#"{"deep.er":"x","total":"9"}"#),
        ],
    );
}
