//! Formatting: what it makes of texts, and its laws.

use super::*;
use crate::generate::statements as texts;
use crate::properties::{broken_text, dialects, word_soup};
use proptest::prelude::*;

fn laws(text: &str, dialect: Dialect, width: usize) {
    let once = format(text, dialect, width);
    let before = parse(text, dialect);
    let after = parse(&once.text, dialect);
    let erase =
        |parsed: &Parsed| -> Vec<_> { parsed.statements.iter().map(Statement::without_spans).collect() };
    assert_eq!(sorted_comments(&once.text), sorted_comments(text), "comments of\n{text}\n{}", once.text);
    assert_eq!(erase(&after), erase(&before), "tree of\n{text}\nas\n{}", once.text);
    let twice = format(&once.text, dialect, width);
    assert_eq!(twice.text, once.text, "twice\n{text}");
    if !before.has_errors() {
        assert_eq!(once.skipped, [], "skipped\n{text}");
    }
}

proptest! {
    #![proptest_config(lql_cases::cases(150))]

    #[test]
    fn laws_hold_for_queries(text in texts(Dialect::Lql), width in 20..120_usize) {
        laws(&text, Dialect::Lql, width);
    }

    #[test]
    fn laws_hold_beside_broken_statements(text in broken_text(), dialect in dialects(), width in 20..120_usize) {
        laws(&text, dialect, width);
    }

    #[test]
    fn laws_hold_for_word_soup(text in word_soup(), dialect in dialects()) {
        laws(&text, dialect, 80);
    }

    /// The fourth law: a broken statement is refused, and the sound ones around it come out as if it were not there.
    #[test]
    fn statements_around_a_broken_one_are_formatted(
        before in texts(Dialect::Lql),
        after in texts(Dialect::Lql),
        broken in prop::sample::select(vec!["SELECT f(a  FROM s", "SELECT a b  c FROM s ALIAS", "SELECT  a == FROM s"]),
        width in 20..120_usize,
    ) {
        let lone = |text: &str| format(text, Dialect::Lql, width).text.trim_end().to_owned();
        let (before, after) = (before.trim_end_matches([';', ' ', '\n']), after.as_str());
        // A comment at the end would take the semicolon in.
        prop_assume!(!before.lines().next_back().unwrap_or_default().contains(['-', '#', '/']));
        let text = format!("{before};\n{broken};\n{after}");
        let formatted = format(&text, Dialect::Lql, width);
        prop_assert_eq!(formatted.skipped.iter().map(|it| it.of(&text)).collect::<Vec<_>>(), [broken]);
        prop_assert!(formatted.text.starts_with(&lone(&format!("{before};"))), "{}\n{}", text, formatted.text);
        prop_assert!(formatted.text.trim_end().ends_with(&lone(after)), "{}\n{}", text, formatted.text);
        laws(&text, Dialect::Lql, width);
    }

    #[test]
    fn laws_hold_for_filters(text in texts(Dialect::FilterQl), width in 20..120_usize) {
        laws(&text, Dialect::FilterQl, width);
    }
}

/// The text, formatted; and formatted again it stays.
#[track_caller]
fn check(dialect: Dialect, text: &str, expect: &str) {
    let formatted = format(text, dialect, 60);
    assert_eq!(formatted.text, expect);
    laws(text, dialect, 60);
}

#[track_caller]
fn lql(text: &str, expect: &str) {
    check(Dialect::Lql, text, expect);
}

#[track_caller]
fn filterql(text: &str, expect: &str) {
    check(Dialect::FilterQl, text, expect);
}

#[test]
fn whole_files() {
    for (name, text, dialect) in [
        ("orders", include_str!("../fixtures/orders.lql"), Dialect::Lql),
        ("paying", include_str!("../fixtures/paying.lql"), Dialect::FilterQl),
    ] {
        laws(text, dialect, 80);
        insta::assert_snapshot!(name, format(text, dialect, 80).text);
    }
}

#[test]
fn clauses_in_documented_order_and_keywords_in_capitals() {
    lql(
        "select a as x mergeop latest if b alias q where c=1 or d by x or y into user from s",
        "SELECT\n    a AS x IF b MERGEOP latest\nFROM s\nINTO user\nBY x OR y\nWHERE c = 1 OR d\nALIAS q\n",
    );
}

#[test]
fn names_strings_and_operators_stay_as_they_are_spelt() {
    lql(
        "SELECT `a` AS x IF b<>'it''s' && !c==[my key] FROM S INTO User BY x ALIAS Q;",
        "SELECT\n    `a` AS x IF b <> 'it''s' && !c == [my key]\nFROM S\nINTO User\nBY x\nALIAS Q;\n",
    );
}

#[test]
fn a_column_that_is_too_long_has_its_clauses_on_lines_of_their_own() {
    lql(
        "SELECT some_long_function(with_an_argument) AS x SHORTDESC \"A description\" KIND int FROM s INTO user BY x ALIAS q",
        "SELECT
    some_long_function(with_an_argument) AS x
        SHORTDESC \"A description\"
        KIND int
FROM s
INTO user
BY x
ALIAS q
",
    );
}

#[test]
fn long_arguments_and_conditions_break() {
    lql(
        "SELECT outer(inner(first_argument, second_argument), third_argument, x) AS x IF first_condition == 1 AND the_second_condition == 2 FROM s INTO user BY x ALIAS q",
        "SELECT
    outer(
        inner(first_argument, second_argument),
        third_argument,
        x
    ) AS x
        IF first_condition == 1 AND
            the_second_condition == 2
FROM s
INTO user
BY x
ALIAS q
",
    );
}

#[test]
fn leading_commas_and_a_last_one_go() {
    lql(
        "SELECT\n  a -- one\n , b -- two\n , c,\nFROM s INTO user BY a ALIAS q",
        "SELECT\n    a, -- one\n    b, -- two\n    c\nFROM s\nINTO user\nBY a\nALIAS q\n",
    );
}

#[test]
fn an_empty_line_between_columns_stays() {
    lql(
        "SELECT\na,\n\n\n-- who\nb,\nc FROM s INTO user BY a ALIAS q",
        "SELECT\n    a,\n\n    -- who\n    b,\n    c\nFROM s\nINTO user\nBY a\nALIAS q\n",
    );
}

#[test]
fn comments_between_statements_keep_their_distance() {
    lql(
        "-- file\n\n\n-- first\nSELECT a FROM s INTO user BY a ALIAS q; -- behind\n\n\n\n# second\nSELECT a FROM s INTO user BY a ALIAS r\n-- after\n\n-- end",
        "-- file

-- first
SELECT
    a
FROM s
INTO user
BY a
ALIAS q; -- behind

# second
SELECT
    a
FROM s
INTO user
BY a
ALIAS r
-- after

-- end
",
    );
}

#[test]
fn a_broken_statement_stays_and_its_neighbours_are_formatted() {
    let text = "select a from s into user by a alias q;\n\n  SELECT   f(a  FROM s;\n\nselect b from s into user by b alias r";
    let formatted = format(text, Dialect::Lql, 60);
    assert_eq!(formatted.skipped.iter().map(|it| it.of(text)).collect::<Vec<_>>(), ["SELECT   f(a  FROM s"]);
    assert!(formatted.text.contains("\n\n  SELECT   f(a  FROM s;\n\nSELECT\n    b\n"), "{}", formatted.text);
    laws(text, Dialect::Lql, 60);
}

#[test]
fn short_filters_are_one_line() {
    filterql("filter  a=1   from user limit 5 alias x;", "FILTER a = 1 FROM user LIMIT 5 ALIAS x;\n");
    filterql("FILTER AND(a\nb\n)", "FILTER AND ( a, b )\n");
    filterql("FILTER AND ()", "FILTER AND ()\n");
    filterql("filter *", "FILTER *\n");
}

#[test]
fn long_lists_have_one_item_per_line_and_commas() {
    filterql(
        "FILTER AND ( exists email\n plan in (\"pro\" , \"team\",)\nOR (orders.`2601` > 0, spend >= 250), )\nFROM user ALIAS x",
        "FILTER AND (
    EXISTS email,
    plan IN (\"pro\", \"team\"),
    OR ( orders.`2601` > 0, spend >= 250 )
)
FROM user
ALIAS x
",
    );
}

#[test]
fn filterql_has_one_spelling_of_strings() {
    filterql(r#"FILTER a = "say \"hi\"" OR 'b c' > 1"#, "FILTER a = \"say \"\"hi\"\"\" OR `b c` > 1\n");
}

#[test]
fn operators_end_lines_because_they_may_not_begin_them() {
    filterql(
        "FILTER some_long_field_name > 1 AND another_long_field_name < 2 AND c FROM user",
        "FILTER some_long_field_name > 1 AND
    another_long_field_name < 2 AND
    c
FROM user
",
    );
}

#[test]
fn minus_signs_do_not_make_comments() {
    lql(
        "SELECT - -5 + - - a - -1 AS x FROM s INTO user BY x ALIAS q",
        "SELECT\n    - -5 + - -a - -1 AS x\nFROM s\nINTO user\nBY x\nALIAS q\n",
    );
}

#[test]
fn nothing_is_nothing() {
    lql("", "");
    lql(" \n\n", "");
    lql("-- only this  \n", "-- only this\n");
    lql(";;", "");
}
