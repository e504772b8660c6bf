//! Reference 5.5: what exists.

use lql_tests::Lab;

#[test]
fn absent_null_and_empty_text_do_not_exist_but_zero_and_false_do() {
    let event = r#"{"zero": 0, "off": false, "empty": "", "null": null, "blank": " ", "list": ["a"], "none": [], "map": {"k": 1}, "word": "x", "float": 0.0}"#;
    for (field, exists) in [
        ("zero", true),
        ("off", true),
        ("float", true),
        ("word", true),
        ("blank", true),
        ("list", true),
        ("map", true),
        ("map.k", true),
        ("map.l", false),
        ("empty", false),
        ("`null`", false),
        ("none", false),
        ("absent", false),
    ] {
        let expected = if exists { "true" } else { "false" };
        let negated = if exists { "false" } else { "true" };
        for lab in [Lab::lql(), Lab::filterql()] {
            lab.event(event).gives(&[
                (&format!("EXISTS {field}"), expected),
                (&format!("exists({field})"), expected),
                (&format!("NOT EXISTS {field}"), negated),
                (&format!("{field} IS NOT NULL"), expected),
                (&format!("{field} IS NULL"), negated),
            ]);
        }
    }
}

#[test]
fn an_expression_exists_when_it_has_a_value() {
    Lab::lql().event(r#"{"n": "12", "s": "x"}"#).gives(&[
        ("exists(toint(n))", "true"),
        ("exists(toint(s))", "false"),
        ("EXISTS toint(n)", "true"),
        ("EXISTS toint(s)", "false"),
        ("EXISTS (n + 1)", "true"),
        ("EXISTS (s + 1)", "false"),
    ]);
}
