//! Reference 2: blanks, comments, names, literals, keywords.

use lql_syntax::ast::{Dialect, Statement};
use lql_tests::{Lab, NV};

#[test]
fn any_blank_separates_tokens_and_newlines_mean_nothing_in_lql() {
    Lab::lql().event(r#"{"a": 1}"#).gives(&[
        ("a == 1", "true"),
        ("a\t==\t1", "true"),
        ("a\n==\n1", "true"),
        ("a\r\n==\r\n1", "true"),
        ("a\u{a0}==\u{2003}1", "true"),
        ("\n  a == 1\n\n", "true"),
    ]);
}

#[test]
fn comments_stand_anywhere_outside_quotes() {
    Lab::lql().event(r#"{"a": 1}"#).gives(&[
        ("a -- one\n + 2", "3"),
        ("a # one\n + 2", "3"),
        ("a // one\n + 2", "3"),
        ("a /* one */ + 2", "3"),
        ("a /* one\n two */ + 2", "3"),
        ("/* before */ a + 2 /* after */", "3"),
        ("a + 2 -- at the end of the text", "3"),
        ("AND (a == 1 -- first\n , a < 2 # second\n)", "true"),
    ]);
}

#[test]
fn block_comments_do_not_nest() {
    Lab::lql().event(r#"{"a": 1}"#).gives(&[("a /* x /* y */ + 2", "3")]);
    Lab::lql().refuses(&["a /* x /* y */ */ + 2", "a /* never closed"]);
}

#[test]
fn two_dashes_always_begin_a_comment() {
    Lab::lql().event(r#"{"a": 7, "b": 2}"#).gives(&[("a --b", "7"), ("5 --3", "5")]);
}

#[test]
fn comment_signs_in_quotes_are_data() {
    Lab::lql().event(r#"{"a # b": 4}"#).gives(&[
        (r#""http://e.org""#, r#""http://e.org""#),
        (r#""a -- b""#, r#""a -- b""#),
        (r#""a # b""#, r##""a # b""##),
        (r#""a /* b */""#, r#""a /* b */""#),
        ("'http://e.org'", r#""http://e.org""#),
        ("`a # b`", "4"),
    ]);
}

#[test]
fn the_comment_before_a_statement_is_its_description() {
    let text = "-- Orders feed\n-- one row a line\nSELECT a AS a FROM s INTO user BY a ALIAS s";
    let parsed = lql_syntax::parse(text, Dialect::Lql);
    let [Statement::Query(query)] = &parsed.statements[..] else { panic!("{parsed:?}") };
    let description = query.description.as_deref().unwrap();
    assert!(description.contains("Orders feed") && description.contains("one row a line"), "{description}");
    assert!(!description.contains("--"), "{description}");
}

#[test]
fn names_hold_letters_digits_and_four_signs() {
    let event = r#"{"total-tax": 1, "a/b": 2, "_uid": 3, "größe": 4, "@at": 5, ".5": 6, "x9": 7, "a.b": 8, "日本": 9}"#;
    Lab::lql().event(event).gives(&[
        ("total-tax", "1"),
        ("a/b", "2"),
        ("_uid", "3"),
        ("größe", "4"),
        ("@at", "5"),
        (".5", "6"),
        ("x9", "7"),
        ("a.b", "8"),
        ("日本", "9"),
    ]);
}

#[test]
fn minus_and_slash_need_blanks_to_be_operators() {
    Lab::lql().event(r#"{"total": 9, "tax": 2}"#).gives(&[
        ("total - tax", "7"),
        ("total-tax", NV),
        ("total / tax", "4"),
        ("total/tax", NV),
    ]);
}

#[test]
fn quoted_names_hold_any_text() {
    let event = r#"{"my key": 1, "a, b": 2, "select": 3, "5": 4, "say \"x\"": 5}"#;
    Lab::lql().event(event).gives(&[
        ("`my key`", "1"),
        ("`a, b`", "2"),
        ("`select`", "3"),
        ("`5`", "4"),
        ("`say \"x\"`", "5"),
        ("[my key]", "1"),
    ]);
}

#[test]
fn names_are_case_sensitive() {
    Lab::lql().event(r#"{"Total": 1, "total": 2}"#).gives(&[("Total", "1"), ("total", "2"), ("TOTAL", NV)]);
}

#[test]
fn single_quotes_are_text_in_lql_and_names_in_filterql() {
    let event = r#"{"name": "Ada", "Ada": "Ada", "two words": 2}"#;
    Lab::lql().event(event).gives(&[
        ("'Ada'", r#""Ada""#),
        ("name == 'Ada'", "true"),
        ("name != ''", "true"),
    ]);
    Lab::filterql().event(event).gives(&[
        ("name = 'Ada'", "true"),
        ("'two words' = 2", "true"),
        ("name = 'Bob'", "false"),
    ]);
}

#[test]
fn unquoted_words_are_never_text() {
    Lab::lql()
        .event(r#"{"city": "Oslo"}"#)
        .gives(&[("city == Oslo", "false"), (r#"city == "Oslo""#, "true")]);
    Lab::lql().event(r#"{"city": "Oslo", "Oslo": "Oslo"}"#).gives(&[("city == Oslo", "true")]);
}

#[test]
fn a_dotted_name_is_a_key_or_else_the_entry_of_a_map() {
    Lab::lql().event(r#"{"cart.total": 1, "cart.grand total": 2, "flags.has.dot": 3}"#).gives(&[
        ("cart.total", "1"),
        ("`cart.total`", "1"),
        ("cart.`grand total`", "2"),
        ("`cart`.`grand total`", "2"),
        ("flags.`has.dot`", "3"),
    ]);
    Lab::lql().event(r#"{"cart": {"total": 1, "grand total": 2}, "flags": {"has.dot": 3}}"#).gives(&[
        ("cart.total", "1"),
        ("`cart.total`", NV),
        ("cart.`grand total`", "2"),
        ("`cart`.`grand total`", "2"),
        ("flags.`has.dot`", "3"),
        ("flags.has.dot", "3"),
        ("cart.absent", NV),
        ("absent.total", NV),
    ]);
}

#[test]
fn the_whole_key_wins_over_the_entry() {
    Lab::lql().event(r#"{"cart.total": 1, "cart": {"total": 2}}"#).gives(&[("cart.total", "1")]);
}

#[test]
fn one_name_may_be_read_both_ways_in_one_expression() {
    Lab::lql().event(r#"{"cart": {"total": 9}}"#).gives(&[
        ("AND (cart.total == 9, NOT EXISTS `cart.total`)", "true"),
        ("AND (NOT EXISTS `cart.total`, cart.total == 9)", "true"),
    ]);
}

#[test]
fn a_path_splits_at_its_first_dot() {
    Lab::lql().event(r#"{"hits": {"example.org": 4}}"#).gives(&[("hits.example.org", "4")]);
    Lab::lql().event(r#"{"hits": {"example": {"org": 4}}}"#).gives(&[("hits.example.org", NV)]);
}

#[test]
fn quotes_are_doubled_or_escaped_and_other_backslashes_stay() {
    Lab::lql().gives(&[
        (r#""say ""hi""""#, r#""say \"hi\"""#),
        (r#""say \"hi\"""#, r#""say \"hi\"""#),
        (r"'it''s'", r#""it's""#),
        (r"'it\'s'", r#""it's""#),
        (r#""a\nb""#, r#""a\\nb""#),
        (r#""a\tb""#, r#""a\\tb""#),
        (r#""it's""#, r#""it's""#),
        (r#"'say "hi"'"#, r#""say \"hi\"""#),
        (r#""""#, r#""""#),
    ]);
}

#[test]
fn integers_are_signed_64_bit_without_leading_zeros() {
    Lab::lql().gives(&[
        ("7", "7"),
        ("-7", "-7"),
        ("0", "0"),
        ("0-7", "-7"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
    ]);
    Lab::lql().refuses(&["007", "9223372036854775808", "-007"]);
}

#[test]
fn hexadecimal_numbers_have_upper_case_digits() {
    Lab::lql().gives(&[("0x1A2B", "6699"), ("0xFF", "255")]);
    Lab::lql().refuses(&["0xff", "0x"]);
}

#[test]
fn floats_have_digits_on_both_sides_and_a_lower_case_exponent() {
    Lab::lql().gives(&[("1.5", "1.5"), ("6.5e2", "650"), ("-3e-3", "-0.003"), ("1e-2", "0.01"), (".5", NV)]);
    Lab::lql().refuses(&["5.", "6E23", "1.5.2"]);
}

#[test]
fn durations_are_refused() {
    Lab::lql().refuses(&["14d", "2w", "45m", "x > 14d"]);
}

#[test]
fn booleans_and_null_are_words_of_any_case() {
    Lab::lql().gives(&[
        ("true", "true"),
        ("TRUE", "true"),
        ("False", "false"),
        ("NULL == null", "true"),
        ("NULL", NV),
    ]);
}

#[test]
fn square_brackets_hold_literals_and_round_ones_after_in_any_expression() {
    Lab::lql().event(r#"{"a": "x", "b": "x", "n": 5}"#).gives(&[
        (r#"["a", "b"]"#, r#"["a","b"]"#),
        (r#"a IN ["x", "y"]"#, "true"),
        (r#"a IN ("x", 5)"#, "true"),
        ("a IN (b, n + 1)", "true"),
        ("n IN (1 + 4)", "true"),
        ("n IN [1, 5]", "true"),
    ]);
}

#[test]
fn keywords_are_case_insensitive() {
    Lab::lql().event(r#"{"a": 3}"#).gives(&[
        ("a > 1 and a < 5", "true"),
        ("a between 1 AND 5", "true"),
        ("Not a In (1, 2)", "true"),
        ("exists a oR a == 9", "true"),
        ("a Is Not Null", "true"),
        (r#""abc" Contains "b""#, "true"),
        (r#""abc" like "a*""#, "true"),
    ]);
}

#[test]
fn function_names_are_case_insensitive() {
    Lab::lql().gives(&[
        (r#"TOINT("5")"#, "5"),
        (r#"String.LowerCase("AB")"#, r#""ab""#),
        (r#"Join("a", "b", "")"#, r#""ab""#),
    ]);
}

#[test]
fn names_of_functions_and_kinds_are_ordinary_names_unless_a_parenthesis_follows() {
    Lab::lql().event(r#"{"name": 1, "user": 2, "date": 3, "count": 4, "email": 5, "string": 6}"#).gives(&[
        ("name", "1"),
        ("user", "2"),
        ("date", "3"),
        ("count", "4"),
        ("email", "5"),
        ("string", "6"),
        ("count + 1", "5"),
    ]);
}

#[test]
fn keywords_are_names_only_in_quotes() {
    let words = "AND OR NOT IN LIKE BETWEEN CONTAINS INTERSECTS EXISTS INCLUDE IS ELSE AS IF FROM INTO BY WHERE ALIAS WITH KIND MERGEOP SHORTDESC LONGDESC";
    for word in words.split(' ') {
        let lab = Lab::lql().event(&format!(r#"{{"{word}": 1}}"#));
        lab.gives(&[(&format!("`{word}` + 1"), "2")]);
        lab.refuses(&[&format!("{word} + 1")]);
    }
}
