//! Reference 5.3: patterns of `LIKE`.

use lql_tests::{Lab, NV};

/// Text, pattern, whether it matches.
#[track_caller]
fn matches(cases: &[(&str, &str, bool)]) {
    for (text, pattern, expected) in cases {
        let lab = Lab::lql().event(&serde_json::json!({ "x": text, "p": pattern }).to_string());
        let quoted = pattern.replace('"', "\"\"");
        let result = if *expected { "true" } else { "false" };
        // As a literal, in a list, and computed: three ways through the machine.
        lab.gives(&[
            (&format!("x LIKE \"{quoted}\""), result),
            (&format!("x LIKE [\"{quoted}\"]"), result),
            ("x LIKE p", result),
        ]);
    }
}

#[test]
fn a_pattern_matches_the_whole_value_with_its_letter_case() {
    matches(&[
        ("pear", "pear", true),
        ("pear", "pea", false),
        ("pear", "ear", false),
        ("pear", "Pear", false),
        ("pear", "*ea*", true),
        ("pear", "p*", true),
        ("pear", "*p", false),
        ("/shop/", "/shop/", true),
        ("/shop/x", "/shop/", false),
    ]);
}

#[test]
fn one_star_stops_at_a_slash_and_two_do_not() {
    matches(&[
        ("/shop/fruit", "/shop/*", true),
        ("/shop/fruit/pear", "/shop/*", false),
        ("/shop/fruit/pear", "/shop/**", true),
        ("/shop/fruit/pear", "/shop/*/pear", true),
        ("/shop/fruit/pear", "/**/pear", true),
        ("/shop/", "/shop/*", true),
        ("/shop", "/shop/*", false),
        ("e.org/shop/x", "**shop**", true),
        ("e.org/shop/x", "*shop*", false),
        ("anything / at all", "**", true),
        ("anything", "*", true),
        ("any/thing", "*", false),
        ("two\nlines", "two*", true),
    ]);
}

#[test]
fn a_question_mark_is_one_character_except_a_slash() {
    matches(&[
        ("cat", "c?t", true),
        ("cart", "c?t", false),
        ("ct", "c?t", false),
        ("c/t", "c?t", false),
        ("cät", "c?t", true),
    ]);
}

#[test]
fn classes_list_characters_and_ranges_or_exclude_them() {
    matches(&[
        ("cat", "c[abc]t", true),
        ("cet", "c[abc]t", false),
        ("c5t", "c[0-9]t", true),
        ("cxt", "c[0-9]t", false),
        ("cxt", "c[^a]t", true),
        ("cat", "c[^a]t", false),
        ("cat", "[a-z][a-z][a-z]", true),
        ("c7", "[a-c][5-9]", true),
    ]);
}

#[test]
fn a_backslash_takes_the_next_character_as_it_is() {
    matches(&[
        ("a*b", r"a\*b", true),
        ("axb", r"a\*b", false),
        ("a?b", r"a\?b", true),
        ("a[b", r"a\[b", true),
        (r"a\b", r"a\\b", true),
    ]);
}

#[test]
fn a_percent_sign_is_a_star() {
    matches(&[
        ("pear", "p%", true),
        ("pear", "%ea%", true),
        ("a/b", "a%", false),
        ("a/b", "a%%", true),
        ("a%b", "a%b", true),
    ]);
}

#[test]
fn signs_of_other_pattern_languages_are_ordinary() {
    matches(&[
        ("a.b", "a.b", true),
        ("axb", "a.b", false),
        ("a+b", "a+b", true),
        ("(a|b)", "(a|b)", true),
        ("a$", "a$", true),
        ("^a", "^a", true),
    ]);
}

#[test]
fn an_empty_or_malformed_pattern_is_an_error_so_not_true() {
    let lab = Lab::lql().event(r#"{"x": "a", "empty": "", "open": "[a"}"#);
    lab.gives(&[
        ("x LIKE empty", NV),
        ("x LIKE open", NV),
        (r#"NOT (x LIKE empty)"#, NV),
        (r#"x LIKE ["[a", "a"]"#, "true"),
    ]);
    for literal in [r#"x LIKE """#, r#"x LIKE "[a""#] {
        let outcome = lab.eval(literal);
        assert_eq!(outcome.value(), None, "{literal}");
    }
}

#[test]
fn like_is_for_texts() {
    Lab::lql().event(r#"{"n": 5, "m": {"k": "v"}}"#).gives(&[
        (r#"n LIKE "5""#, NV),
        (r#"m LIKE "k""#, NV),
        (r#"tostring(n) LIKE "5""#, "true"),
    ]);
}
