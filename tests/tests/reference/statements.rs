//! Reference 3: statements and what is no statement. Also 15: words that are kept for a message of their own.

use lql_compiler::codes;
use lql_syntax::ast::{Dialect, Literal, Statement};
use lql_tests::{Project, TS, findings};

/// Each of these has exactly one finding, and it is an error.
#[track_caller]
fn refused(texts: &[&str]) {
    for text in texts {
        let found = findings(text, "");
        assert_eq!(found.len(), 1, "{text}\n{found:?}");
    }
}

#[test]
fn a_statement_needs_its_five_clauses() {
    refused(&[
        "SELECT id AS id INTO user BY id ALIAS q",
        "SELECT id AS id FROM s BY id ALIAS q",
        "SELECT id AS id FROM s INTO user ALIAS q",
        "SELECT id AS id FROM s INTO user BY id",
        "SELECT FROM s INTO user BY id ALIAS q",
        "id AS id FROM s INTO user BY id ALIAS q",
    ]);
    assert_eq!(findings("SELECT id AS id FROM s INTO user BY id ALIAS q", ""), []);
}

#[test]
fn identities_are_joined_by_or_only() {
    assert_eq!(findings("SELECT a AS a, b AS b FROM s INTO user BY a OR b ALIAS q", ""), []);
    refused(&[
        "SELECT a AS a, b AS b FROM s INTO user BY a, b ALIAS q",
        "SELECT a AS a, b AS b FROM s INTO user BY a AND b ALIAS q",
    ]);
}

#[test]
fn an_identity_is_the_name_of_a_column() {
    assert_eq!(findings("SELECT email(m) AS email FROM s INTO user BY m ALIAS q", ""), [codes::BY_NO_COLUMN]);
    assert_eq!(findings("SELECT email(m) FROM s INTO user BY email_m ALIAS q", ""), []);
}

#[test]
fn a_star_selects_nothing_in_lql() {
    refused(&["SELECT * FROM s INTO user BY id ALIAS q"]);
}

#[test]
fn include_belongs_to_filters() {
    let text = "SELECT id AS id, a AS a IF INCLUDE buyers FROM s INTO user BY id ALIAS q";
    assert_eq!(findings(text, ""), [codes::INCLUDE_IN_MAPPING]);
}

#[test]
fn each_clause_stands_once() {
    refused(&[
        "SELECT id AS id FROM s INTO user INTO content BY id ALIAS q",
        "SELECT id AS id FROM s INTO user BY id WHERE a WHERE b ALIAS q",
        "SELECT id AS id FROM s INTO user BY id ALIAS q ALIAS r",
    ]);
}

#[test]
fn with_takes_settings_or_a_json_object() {
    for with in ["WITH a = 1, b = \"x\", c = true", r#"WITH {"a": 1, "b": "x", "c": true}"#] {
        let text = format!("SELECT id AS id FROM s INTO user BY id {with} ALIAS q");
        let parsed = lql_syntax::parse(&text, Dialect::Lql);
        assert!(parsed.diagnostics.is_empty(), "{with}: {:?}", parsed.diagnostics);
        let [Statement::Query(query)] = &parsed.statements[..] else { panic!("{with}") };
        let found: Vec<(&str, &Literal)> =
            query.with.iter().map(|s| (s.key.text.as_str(), &s.value)).collect();
        let expected =
            [("a", &Literal::Int(1)), ("b", &Literal::Text("x".into())), ("c", &Literal::Bool(true))];
        assert_eq!(found, expected, "{with}");
    }
}

#[test]
fn keywords_and_tables_have_no_letter_case_but_streams_do() {
    let project = Project::lql("select id as id from S into USER by id alias Q.one-2_x");
    assert_eq!(project.package().schema.tables[0].name, "user");
    assert_eq!(project.emit("S", r#"{"id": "u"}"#, TS).len(), 1);
    assert_eq!(project.emit("s", r#"{"id": "u"}"#, TS).len(), 0);
}

#[test]
fn one_alias_is_one_query() {
    let query = "SELECT id AS id FROM s INTO user BY id ALIAS";
    assert_eq!(findings(&format!("{query} q; {query} q"), ""), [codes::DUPLICATE_ALIAS]);
    assert_eq!(findings(&format!("{query} q; {query} r"), ""), []);
}

#[test]
fn clauses_that_do_not_exist_are_refused_by_name() {
    for clause in ["CAPACITY 5", "TTL 5", "KEEP 5", "WITHIN 5"] {
        refused(&[&format!("SELECT id AS id, set(a) AS a {clause} FROM s INTO user BY id ALIAS q")]);
    }
}
