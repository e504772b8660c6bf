//! Appendix B of the reference: the ideas that concern the language. (Late events, stitching: see the runtime's tests.)

use lql_tests::{Lab, NV, Project, TS};

#[test]
fn not_greater_is_true_and_less_or_equal_false_without_the_field() {
    Lab::filterql().gives(&[("NOT x > 1", "true"), ("x <= 1", "false")]);
}

#[test]
fn one_star_stays_in_its_segment_and_two_do_not() {
    Lab::lql()
        .event(r#"{"p": "/a/b/c"}"#)
        .gives(&[(r#"p LIKE "/a/*""#, "false"), (r#"p LIKE "/a/**""#, "true")]);
}

#[test]
fn hash_sip_gives_the_documented_number() {
    Lab::lql().gives(&[(r#"hash.sip("ana@example.org")"#, "-6570817484087043616")]);
}

#[test]
fn months_days_and_hours_count_as_documented() {
    Lab::lql().gives(&[
        (r#"mm("2031-12-01")"#, "12"),
        (r#"dayofweek("2026-03-01")"#, "0"),
        (r#"hourofweek("2026-03-07T23:00:00Z")"#, "167"),
    ]);
}

#[test]
fn between_excludes_its_bounds() {
    Lab::lql().gives(&[
        ("5 BETWEEN 5 AND 10", "false"),
        ("10 BETWEEN 5 AND 10", "false"),
        ("6 BETWEEN 5 AND 10", "true"),
    ]);
}

#[test]
fn european_dates_need_a_layout() {
    Lab::lql().gives(&[
        (r#"todate("13/04/2026")"#, NV),
        (r#"todate("02/01/2006", "13/04/2026")"#, r#""2026-04-13T00:00:00Z""#),
    ]);
}

#[test]
fn a_false_where_stores_nothing_not_even_identities() {
    let project =
        Project::lql("SELECT email(m) AS email, a AS x FROM s INTO user BY email WHERE a == 1 ALIAS q");
    assert_eq!(project.emit("s", r#"{"m": "a@b", "a": 2}"#, TS), []);
    assert_eq!(project.emit("s", r#"{"m": "a@b", "a": 1}"#, TS).len(), 2);
}

#[test]
fn single_quotes_in_a_filter_compare_two_fields() {
    let filter = "FILTER city = 'Oslo'";
    Lab::filterql().event(r#"{"city": "Oslo"}"#).gives(&[(filter, "false")]);
    Lab::filterql().event(r#"{"city": "Oslo", "Oslo": "Oslo"}"#).gives(&[(filter, "true")]);
}
