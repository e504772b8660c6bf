//! Reference 14: every decision, in its order. Decisions about a host or a document have their nearest testable statement here.

use lql_compiler::{Kind, MergeOp};
use lql_syntax::ast::Dialect;
use lql_tests::{Lab, NV, Project, TS, columns_give, field, findings};
use serde_json::json;

#[test]
fn d01_clauses_stand_in_any_order_after_the_columns() {
    for clauses in [
        "FROM s INTO user BY id WHERE a == 1 ALIAS q",
        "INTO user FROM s BY id WHERE a == 1 ALIAS q",
        "FROM s WHERE a == 1 INTO user BY id ALIAS q",
        "ALIAS q BY id WHERE a == 1 INTO user FROM s",
    ] {
        let project = Project::lql(&format!("SELECT id AS id, a AS x {clauses}"));
        assert_eq!(project.emit("s", r#"{"id": "u", "a": 1}"#, TS).len(), 2, "{clauses}");
        assert_eq!(project.emit("s", r#"{"id": "u", "a": 2}"#, TS).len(), 0, "{clauses}");
    }
    let twice = "SELECT id AS id FROM s FROM t INTO user BY id ALIAS q";
    assert_eq!(findings(twice, "").len(), 1);
}

#[test]
fn d02_a_semicolon_separates_statements_and_a_blank_line_never_does() {
    let one = "SELECT id AS id\n\nFROM s\n\nINTO user\n\nBY id\n\nALIAS p";
    let count = |text: &str| {
        let parsed = lql_syntax::parse(text, Dialect::Lql);
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        parsed.statements.len()
    };
    assert_eq!(count(one), 1);
    assert_eq!(count(&format!("{one};\n{one}")), 2);
    assert_eq!(count(&format!("{one};\n{one};")), 2);
}

#[test]
fn d03_months_count_from_1_to_12() {
    Lab::lql().gives(&[
        (r#"mm("2026-01-15")"#, "1"),
        (r#"mm("2026-05-15")"#, "5"),
        (r#"mm("2026-12-15")"#, "12"),
    ]);
}

#[test]
fn d04_empty_text_does_not_exist_but_zero_and_false_do() {
    Lab::lql().event(r#"{"e": "", "z": 0, "f": false}"#).gives(&[
        ("exists(e)", "false"),
        ("EXISTS e", "false"),
        ("exists(z)", "true"),
        ("exists(f)", "true"),
        (r#"exists("")"#, "false"),
        ("exists(0)", "true"),
        ("exists(false)", "true"),
    ]);
}

#[test]
fn d05_any_is_false_for_zero_and_all_true_for_other_numbers() {
    Lab::lql().gives(&[
        ("any(0)", "false"),
        ("all(5)", "true"),
        ("all(5.5, 1)", "true"),
        ("all(0)", "false"),
    ]);
}

#[test]
fn d06_one_star_stays_within_a_segment_and_two_cross() {
    Lab::lql().event(r#"{"p": "/shop/fruit/pear"}"#).gives(&[
        (r#"p LIKE "/shop/*""#, "false"),
        (r#"p LIKE "/shop/*/*""#, "true"),
        (r#"p LIKE "/shop/**""#, "true"),
    ]);
}

#[test]
fn d07_qs_lower_cases_and_qs2_keeps_case() {
    Lab::lql().gives(&[
        (r#"qs("https://e.org/?Q=A+B", "q")"#, r#""a b""#),
        (r#"qs2("https://e.org/?Q=A+B", "Q")"#, r#""A B""#),
    ]);
}

#[test]
fn d08_path_host_and_domain_are_lower_case() {
    Lab::lql().event(r#"{"u": "https://WWW.Example.ORG/Ab/C"}"#).gives(&[
        ("path(u)", r#""/ab/c""#),
        ("host(u)", r#""www.example.org""#),
        ("domain(u)", r#""example.org""#),
    ]);
}

#[test]
fn d09_a_layout_parses_and_never_reformats() {
    Lab::lql().gives(&[
        (r#"todate("02/01/2006", "03/04/2026")"#, r#""2026-04-03T00:00:00Z""#),
        (r#"todate("02/01/2006", "04/13/2026")"#, NV),
    ]);
}

#[test]
fn d10_an_event_belongs_to_its_best_ranked_identity() {
    // Rank is the order of BY. The rest is the runtime's: a conflict leaves the event with its best identity.
    let project =
        Project::lql("SELECT uid AS uid, email(m) AS email FROM s INTO user BY email OR uid ALIAS q");
    let schema = &project.package().schema;
    let ranked: Vec<&str> =
        schema.tables[0].identities.iter().map(|id| schema.field(*id).unwrap().name.as_str()).collect();
    assert_eq!(ranked, ["email", "uid"]);
}

#[test]
fn d11_between_is_exclusive_at_both_ends() {
    Lab::lql().gives(&[
        ("1 BETWEEN 1 AND 3", "false"),
        ("2 BETWEEN 1 AND 3", "true"),
        ("3 BETWEEN 1 AND 3", "false"),
    ]);
}

#[test]
fn d12_is_null_and_is_not_null_are_tests_of_existence() {
    Lab::lql().event(r#"{"a": 1, "e": ""}"#).gives(&[
        ("a IS NOT NULL", "true"),
        ("missing IS NOT NULL", "false"),
        ("e IS NOT NULL", "false"),
        ("missing IS NULL", "true"),
        ("now() IS NOT NULL", "true"),
    ]);
}

#[test]
fn d13_one_and_two_equal_signs_are_equal() {
    Lab::lql().event(r#"{"a": 1}"#).gives(&[("a = 1", "true"), ("a == 1", "true")]);
    Lab::filterql().event(r#"{"a": 1}"#).gives(&[("a = 1", "true"), ("a == 1", "true")]);
}

#[test]
fn d14_inequality_with_a_missing_operand_is_true() {
    Lab::filterql().gives(&[(r#"plan != "pro""#, "true")]);
}

#[test]
fn d15_a_sum_of_zero_is_no_value() {
    columns_give(
        r#"{"a": 0, "b": 5}"#,
        &[("sum(a) AS f", NV), ("sum(b, 0 - b) AS f", NV), ("sum(a, b) AS f", "5.0")],
    );
}

#[test]
fn d16_count_star_counts_every_event() {
    columns_give("{}", &[("count(*) AS f", "1")]);
}

#[test]
fn d17_filter_without_a_wildcard_is_a_prefix_match() {
    Lab::lql().gives(&[(r#"filter(split("utm_a,x,utm", ","), "utm_")"#, r#"["x","utm"]"#)]);
}

#[test]
fn d18_lists_keep_their_order_and_only_stored_sets_sort() {
    Lab::lql().gives(&[
        (r#"split("b,a", ",")"#, r#"["b","a"]"#),
        (r#"array.index(split("b,a", ","), 0)"#, r#""b""#),
    ]);
    columns_give(
        "{}",
        &[(r#"split("b,a", ",") AS f"#, r#"["a","b"]"#), (r#"set(split("b,a", ",")) AS f"#, r#"["a","b"]"#)],
    );
}

#[test]
fn d19_a_map_without_a_kind_stores_text_when_nothing_else_is_known() {
    assert_eq!(field(r#"match("p_") AS f"#).kind, Kind::MapText);
    columns_give(r#"{"p_a": "1", "p_b": 2}"#, &[(r#"match("p_") AS f"#, r#"{"a":"1","b":"2"}"#)]);
}

#[test]
fn d20_split_and_strip_have_two_names_each() {
    Lab::lql().gives(&[
        (r#"string.split("a,b", ",")"#, r#"["a","b"]"#),
        (r#"split("a,b", ",")"#, r#"["a","b"]"#),
        (r#"string.strip(" a ")"#, r#""a""#),
        (r#"strip(" a ")"#, r#""a""#),
    ]);
}

#[test]
fn d21_kinds_have_aliases() {
    for (alias, kind) in [
        ("float", Kind::Number),
        ("num", Kind::Number),
        ("integer", Kind::Int),
        ("boolean", Kind::Bool),
        ("time", Kind::Date),
        ("datetime", Kind::Date),
    ] {
        assert_eq!(field(&format!("x AS f KIND {alias}")).kind, kind, "{alias}");
    }
}

#[test]
fn d22_toint_maps_over_a_list_when_a_set_is_wanted() {
    columns_give(
        r#"{"ids": "3|1|2"}"#,
        &[
            (r#"set(toint(split(ids, "|"))) AS f"#, r#"["1","2","3"]"#),
            (r#"toint(split(ids, "|")) AS f KIND []string"#, r#"["1","2","3"]"#),
            (r#"toint(split(ids, "|")) AS f KIND int"#, "3"),
        ],
    );
    Lab::lql().event(r#"{"ids": ["3", "1"]}"#).gives(&[("toint(ids) + 1", "4")]);
}

#[test]
fn d23_date_math_in_todate_counts_from_the_message() {
    Lab::lql().clock("2030-01-01T00:00:00Z").gives(&[(r#"todate("now-3m")"#, r#""2026-03-04T05:03:07Z""#)]);
}

#[test]
fn d24_a_bare_address_has_no_name() {
    Lab::lql().gives(&[(r#"emailname("a@b")"#, NV)]);
}

#[test]
fn d25_oneof_returns_zero_and_false() {
    Lab::lql().gives(&[(r#"oneof(missing, 0, "z")"#, "0"), (r#"oneof("", false, "z")"#, "false")]);
}

#[test]
fn d26_single_quotes_are_text_in_expressions_and_names_in_filters() {
    let event = r#"{"a": "x", "x": "x"}"#;
    Lab::lql().event(event).gives(&[("a == 'x'", "true"), ("'y' == \"y\"", "true")]);
    Lab::filterql().event(event).gives(&[("a == 'x'", "true"), ("a == 'y'", "false")]);
    let (_, findings) = lql_syntax::parse_expression("a == 'x'", Dialect::FilterQl);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(!findings[0].is_error());
}

#[test]
fn d27_any_is_no_membership_test() {
    Lab::lql()
        .event(r#"{"a": "x"}"#)
        .gives(&[(r#"any(a, "y", "z")"#, "true"), (r#"a IN ("y", "z")"#, "false")]);
}

#[test]
fn d28_merge_on_maps_is_the_newest_per_key() {
    let column = r#"match("p_") AS f MERGEOP merge"#;
    assert_eq!(field(column).mergeop, MergeOp::Merge);
    assert!(MergeOp::Merge.entry().unwrap().summary.contains("newest value per key"));
}

#[test]
fn d29_the_length_of_text_is_in_characters() {
    Lab::lql().gives(&[(r#"len("é")"#, "1"), (r#"char_length("日本")"#, "2"), (r#"len("")"#, "0")]);
}

#[test]
fn d30_empty_arguments_are_errors_and_trailing_commas_in_lists_are_not() {
    Lab::lql().event(r#"{"a": true}"#).gives(&[("AND (a, a,)", "true"), ("OR (a,)", "true")]);
    Lab::lql().refuses(&["join(a,,b)", "AND (a,,a)", "join(,a)", "a IN (1,,2)"]);
    let trailing = Project::lql("SELECT id AS id, a AS x, FROM s INTO user BY id ALIAS q");
    assert_eq!(
        trailing.emit("s", r#"{"id": "u", "a": 1}"#, TS),
        [("id".into(), json!("u")), ("x".into(), json!("1"))]
    );
    assert_eq!(findings("SELECT id AS id,, a AS x FROM s INTO user BY id ALIAS q", "").len(), 1);
}

#[test]
fn d31_from_names_one_stream() {
    assert_eq!(findings("SELECT id AS id FROM s, t INTO user BY id ALIAS q", "").len(), 1);
    assert_eq!(findings("SELECT id AS id FROM s OR t INTO user BY id ALIAS q", "").len(), 1);
}
