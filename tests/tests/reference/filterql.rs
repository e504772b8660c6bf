//! Reference 11: filters, alone and in a project.

use lql_compiler::{Kind, codes};
use lql_syntax::ast::{Dialect, ExprKind, Filter, Statement};
use lql_tests::{Lab, NV, findings};

fn lab() -> Lab {
    Lab::filterql().event(
        r#"{"email": "a@b", "plan": "pro", "spend_total": 300, "orders_by_month": {"2601": 2}, "a": 1, "b": 2, "c": "x", "yes": true,
            "topics": {"Iced Tea": 0.7, "org.name": 1}, "seen": "2026-03-01"}"#,
    )
}

#[track_caller]
fn filter(text: &str) -> Filter {
    let parsed = lql_syntax::parse(text, Dialect::FilterQl);
    assert!(
        !parsed.diagnostics.iter().any(lql_syntax::Diagnostic::is_error),
        "{text}\n{:?}",
        parsed.diagnostics
    );
    match parsed.statements.into_iter().next() {
        Some(Statement::Filter(filter)) => filter,
        other => panic!("{text}\n{other:?}"),
    }
}

#[track_caller]
fn refused(texts: &[&str]) {
    for text in texts {
        let parsed = lql_syntax::parse(text, Dialect::FilterQl);
        assert!(
            parsed.diagnostics.iter().any(lql_syntax::Diagnostic::is_error),
            "accepted, but wrong: {text}"
        );
    }
}

#[test]
fn a_statement_has_its_clauses_in_a_fixed_order() {
    let all = filter(
        r#"FILTER a > 1 FROM content LIMIT 10 WITH name = "N", public = true, backfill = 3 ALIAS Slug;"#,
    );
    assert_eq!(all.from.unwrap().text, "content");
    assert_eq!(all.limit, Some(10));
    let keys: Vec<String> = all.with.into_iter().map(|setting| setting.key.text).collect();
    assert_eq!(keys, ["name", "public", "backfill"]);
    assert_eq!(all.alias.unwrap().text.to_lowercase(), "slug");
    assert_eq!(filter("FILTER a > 1 ALIAS `two words`").alias.unwrap().text, "two words");
    refused(&[
        "FILTER * ALIAS a FROM user",
        "FILTER * LIMIT 5 FROM user",
        r#"FILTER * ALIAS "a""#,
        "FILTER * LIMIT x",
        "FILTER * LIMIT -1",
    ]);
}

#[test]
fn with_takes_a_json_object_too() {
    let keys: Vec<String> = filter(r#"FILTER * WITH {"name": "N", "public": false} ALIAS a"#)
        .with
        .into_iter()
        .map(|s| s.key.text)
        .collect();
    assert_eq!(keys, ["name", "public"]);
}

#[test]
fn a_star_and_match_all_match_everyone() {
    for text in ["FILTER *", "FILTER match_all", "*", "match_all", "filter *"] {
        Lab::filterql().gives(&[(text, "true")]);
    }
    assert_eq!(filter("FILTER * ALIAS a").condition.unwrap().kind, ExprKind::Star);
    Lab::filterql()
        .include("FILTER * ALIAS everyone")
        .gives(&[("INCLUDE everyone", "true"), ("NOT INCLUDE everyone", "false")]);
}

#[test]
fn several_statements_are_separated_by_semicolons() {
    let parsed = lql_syntax::parse("FILTER a > 1 ALIAS p; FILTER b > 1 ALIAS q;", Dialect::FilterQl);
    assert_eq!((parsed.statements.len(), parsed.diagnostics.len()), (2, 0));
}

#[test]
fn a_projecting_select_has_columns_and_a_filter() {
    let select = filter(
        "SELECT email, spend_total AS spend IF spend_total > 5 FROM user FILTER a > 1 LIMIT 3 ALIAS p",
    );
    assert_eq!(select.columns.len(), 2);
    assert!(select.columns[1].guard.is_some());
    assert_eq!(filter("SELECT * FROM user FILTER a > 1").columns.len(), 1);
    assert!(filter("SELECT a FROM user WHERE b == 2").condition.is_some());
}

#[test]
fn comments_before_a_filter_are_its_description() {
    let description = filter("-- big spenders\nFILTER a > 1 ALIAS p").description.unwrap();
    assert!(description.contains("big spenders"), "{description}");
}

#[test]
fn the_filter_of_the_reference_reads_as_six_items() {
    let text = "FILTER AND (
    EXISTS email                    -- newline ends the item
    plan IN (\"pro\", \"team\")
    OR ( orders_by_month.`2601` > 0, spend_total >= 250 ),
    NOT INCLUDE staff_accounts,
)
FROM user ALIAS paying_customers";
    let ExprKind::List { items, .. } = filter(text).condition.unwrap().kind else { panic!() };
    assert_eq!(items.len(), 4);
    let staff = r#"FILTER email LIKE "*@example.org" ALIAS staff_accounts"#;
    lab().include(staff).gives(&[(text, "true")]);
    lab()
        .event(r#"{"email": "x@example.org", "plan": "pro", "spend_total": 300}"#)
        .include(staff)
        .gives(&[(text, "false")]);
    lab()
        .event(r#"{"email": "a@b", "plan": "pro", "spend_total": 249}"#)
        .include(staff)
        .gives(&[(text, "false")]);
}

#[test]
fn a_newline_ends_an_item() {
    lab().gives(&[
        ("AND (a == 1\nOR (b == 2))", "true"),
        // Two AND-ed items, no infix OR.
        ("AND (a == 1\nOR (b == 9))", "false"),
        ("AND (a == 9\nOR (b == 2))", "false"),
        ("AND (a == 1\nb == 2\nc == \"x\"\n)", "true"),
        ("OR (a == 9\nb == 9\nyes\n)", "true"),
    ]);
    lab().refuses(&["a\n == 1", "AND (a == 1\nOR b == 2)", "a == 1\nAND b == 2", "a == 1\nOR (b == 2)"]);
}

#[test]
fn newlines_are_harmless_where_an_item_cannot_end() {
    lab().gives(&[
        ("FILTER\n a == 1", "true"),
        ("AND\n (a == 1, b == 2)", "true"),
        ("AND (\n\n a == 1,\n\n b == 2\n)", "true"),
        ("plan IN (\n\"pro\"\n,\n\"team\"\n)", "true"),
        ("len(\n c\n) == 1", "true"),
        // Three that qlbridge rejects.
        ("a ==\n 1", "true"),
        ("NOT\n a == 9", "true"),
        ("AND (a == 1\n,\nb == 2)", "true"),
    ]);
}

#[test]
fn items_are_separated_by_commas_newlines_or_nothing() {
    lab().gives(&[
        ("AND (a == 1, b == 2)", "true"),
        ("AND (a == 1 b == 2)", "true"),
        ("AND (a == 1 b == 3)", "false"),
        ("AND (a == 1, b == 2,)", "true"),
        ("AND (a == 1,\n b == 2,\n)", "true"),
    ]);
}

#[test]
fn two_items_with_nothing_but_blanks_between_them_are_warned_about() {
    let warnings = |text: &str| {
        let (_, findings) = lql_syntax::parse_expression(text, Dialect::FilterQl);
        assert!(!findings.iter().any(lql_syntax::Diagnostic::is_error), "{text}: {findings:?}");
        findings.len()
    };
    assert_eq!(warnings("OR ( topics.Iced Tea > 0.5 )"), 1);
    assert_eq!(warnings("OR ( topics.`Iced Tea` > 0.5 )"), 0);
    assert_eq!(warnings("OR ( a > 1, b > 2 )"), 0);
    assert_eq!(warnings("OR ( a > 1\n b > 2 )"), 0);
}

#[test]
fn single_quotes_quote_names_and_are_warned_about() {
    let (_, findings) = lql_syntax::parse_expression("plan = 'pro'", Dialect::FilterQl);
    assert!(!findings.is_empty() && !findings.iter().any(lql_syntax::Diagnostic::is_error), "{findings:?}");
    lab().gives(&[("plan = 'pro'", "false"), ("plan = \"pro\"", "true"), ("'plan' = \"pro\"", "true")]);
}

#[test]
fn a_top_level_comma_is_an_error() {
    lab().refuses(&["FILTER a > 1, b < 2", "a > 1, b < 2"]);
    refused(&["FILTER a > 1, b < 2 ALIAS p"]);
}

#[test]
fn infix_operators_and_parentheses_work() {
    lab().gives(&[
        (r#"FILTER a > 0 AND (b < 2 OR c = "x")"#, "true"),
        ("FILTER (a > 0)", "true"),
        ("FILTER a > 0 AND b > 9", "false"),
        ("NOT a > 0", "false"),
    ]);
}

#[test]
fn a_lone_name_is_true_only_for_a_boolean_true() {
    lab().gives(&[("yes", "true"), ("FILTER yes", "true")]);
    for text in ["a", "c", "missing", "FILTER a"] {
        assert_ne!(lab().eval(text).value(), Some(true.into()), "{text}");
    }
}

#[test]
fn negated_exists_has_every_spelling() {
    lab().gives(&[
        ("! EXISTS email", "false"),
        ("!exists(email)", "false"),
        ("NOT EXISTS email", "false"),
        ("! EXISTS missing", "true"),
        ("!exists(missing)", "true"),
    ]);
}

#[test]
fn map_entries_are_reached_with_a_dot() {
    lab().gives(&[
        ("orders_by_month.2601 > 1", "true"),
        ("orders_by_month.`2601` > 1", "true"),
        ("EXISTS orders_by_month.2601", "true"),
        ("EXISTS orders_by_month.2602", "false"),
        ("topics.`Iced Tea` > 0.5", "true"),
        ("topics.`org.name` = 1", "true"),
        ("topics.org.name = 1", "true"),
    ]);
}

#[test]
fn a_field_of_kind_date_makes_comparisons_of_dates() {
    lab().kind("seen", Kind::Date).gives(&[
        (r#"seen > "2026-02-28""#, "true"),
        (r#"seen < "2026-02-28""#, "false"),
        (r#"seen > "now-7d""#, "true"),
        (r#"seen > "now-1d""#, "false"),
        (r#"seen < "now""#, "true"),
        ("seen > now-7d", "false"),
        ("seen > 1771000000000", "true"),
        ("seen IS NOT NULL", "true"),
    ]);
    lab().gives(&[(r#"seen > "2026-02-28""#, NV)]);
}

#[test]
fn includes_are_found_in_any_letter_case_and_may_start_with_a_digit() {
    let lab = lab()
        .include("FILTER a == 1 ALIAS One")
        .include("FILTER INCLUDE one ALIAS two")
        .include("FILTER b == 9 ALIAS `3f9a`");
    lab.gives(&[
        ("INCLUDE ONE", "true"),
        ("INCLUDE one", "true"),
        ("INCLUDE `one`", "true"),
        ("INCLUDE two", "true"),
        ("INCLUDE 3f9a", "false"),
        ("NOT INCLUDE 3f9a", "true"),
        ("AND (INCLUDE one, NOT INCLUDE 3f9a)", "true"),
    ]);
}

#[test]
fn unknown_and_cyclic_includes_are_refused() {
    Lab::filterql().refuses_with(&[
        ("INCLUDE nobody", codes::UNKNOWN_SEGMENT),
        ("NOT INCLUDE nobody", codes::UNKNOWN_SEGMENT),
    ]);
    let cyclic = Lab::filterql().include("FILTER INCLUDE b ALIAS a").include("FILTER INCLUDE a ALIAS b");
    cyclic.refuses(&["INCLUDE a"]);
    // The circle need not pass through the segment that is asked for.
    Lab::filterql()
        .include("FILTER INCLUDE b ALIAS a")
        .include("FILTER INCLUDE b ALIAS b")
        .refuses(&["INCLUDE a"]);
    Lab::filterql().include("FILTER INCLUDE nobody ALIAS a").refuses(&["INCLUDE a"]);
    assert_eq!(findings("", "FILTER INCLUDE me ALIAS me"), [codes::CYCLIC_SEGMENT]);
}

#[test]
fn segments_that_include_others_twice_at_each_of_many_levels_compile_at_once() {
    let mut lab = Lab::filterql().include("FILTER yes ALIAS s0");
    for level in 1..60 {
        let below = level - 1;
        lab = lab.include(&format!("FILTER AND (INCLUDE s{below}, INCLUDE s{below}) ALIAS s{level}"));
    }
    lab.event(r#"{"yes": true}"#).gives(&[("INCLUDE s59", "true")]);
}

#[test]
fn a_chain_of_includes_has_at_most_a_hundred_segments() {
    let chain = |length: usize| {
        let mut lab = Lab::filterql().event(r#"{"yes": true}"#).include("FILTER yes ALIAS s1");
        for at in 2..=length {
            lab = lab.include(&format!("FILTER INCLUDE s{} ALIAS s{at}", at - 1));
        }
        lab
    };
    chain(100).gives(&[("INCLUDE s100", "true")]);
    chain(101).refuses_with(&[("INCLUDE s101", codes::SEGMENT_TOO_DEEP)]);
    // One finding, however far it goes on.
    chain(5_000).refuses_with(&[("INCLUDE s5000", codes::SEGMENT_TOO_DEEP)]);
    let deep = format!("FILTER {}INCLUDE s1 ALIAS s2", "NOT ".repeat(990));
    chain(1).include(&deep).gives(&[("INCLUDE s2", "true")]);
    let deeper = format!("FILTER {}INCLUDE s2 ALIAS s3", "NOT ".repeat(990));
    chain(1).include(&deep).include(&deeper).refuses_with(&[("INCLUDE s3", codes::SEGMENT_TOO_DEEP)]);
}

#[test]
fn geodistance_and_timewindow_belong_to_filters() {
    let lab = Lab::filterql().event(r#"{"home": "59.91,10.75"}"#).kind("home", Kind::Geo);
    lab.gives(&[
        (r#"geodistance(home, "59.92,10.75", 5)"#, "true"),
        (r#"geodistance(home, "48.85,2.35", 5)"#, "false"),
        (r#"geodistance(home, "48.85,2.35", 5000)"#, "true"),
    ]);
    Lab::lql().refuses_with(&[
        (r#"geodistance(home, "59.92,10.75", 5)"#, codes::FUNCTION_SCOPE),
        ("timewindow(f, 5, 7)", codes::FUNCTION_SCOPE),
    ]);
}

#[test]
fn timewindow_counts_events_of_the_last_days() {
    let days = r#"{"f": ["2026-03-04T00:00:00Z", "2026-03-03T01:00:00Z", "2026-03-03T22:00:00Z", "2026-03-02", "2026-03-01", "2026-02-10"]}"#;
    let lab = Lab::filterql().event(days).kind("f", Kind::TimeBuckets);
    lab.gives(&[
        ("timewindow(f, 1, 7)", "true"),
        ("timewindow(f, 5, 7)", "true"),
        ("timewindow(f, 10, 7)", "false"),
        ("timewindow(f, 10, 30)", "false"),
    ]);
    lab.refuses(&["timewindow(f, 2, 7)", "timewindow(f, 5, 8)", "timewindow(f, 5)"]);
}

#[test]
fn scalar_functions_work_in_filters() {
    lab().event(r#"{"u": "https://shop.example.org", "skus": ["a", "b", "c", "d"]}"#).gives(&[
        (r#"domain(u) = "example.org""#, "true"),
        ("len(skus) > 3", "true"),
        (r#"contains(u, "shop")"#, "true"),
    ]);
}

#[test]
fn filters_read_the_fields_that_queries_write() {
    let lql = "SELECT email(m) AS email, todate(t) AS seen, match(\"a_\") AS attrs FROM s INTO user BY email ALIAS q";
    assert_eq!(findings(lql, "FILTER AND (EXISTS email, seen > \"now-7d\", attrs.x = \"1\") ALIAS p"), []);
    assert_eq!(findings(lql, "FILTER EXISTS emial ALIAS p"), [codes::UNWRITTEN_FIELD]);
    assert_eq!(findings(lql, "FILTER EXISTS email"), [codes::SEGMENT_UNNAMED]);
    assert_eq!(findings(lql, "FILTER * ALIAS p; FILTER * ALIAS P"), [codes::DUPLICATE_ALIAS]);
}
