//! `lql test` as users call it.

mod common;

use common::{Call, folder};
use std::fs;
use std::path::Path;

const WEB: &str =
    "SELECT email(m) AS email, count(*) AS visits, page AS page FROM web INTO user BY email ALIAS web\n";
const GOOD: &str = r#"now = 2024-06-30T00:00:00Z
[[case]]
name = "letter case does not matter"
events = [{ event = { m = "Ana@example.org", page = "/a" } }, { event = { m = "ana@example.org" } }]
[[case.profile]]
is = { email = "ana@example.org" }
visits = 2 # both
"#;

fn project(test: &str) -> tempfile::TempDir {
    folder(&[("web.lql", WEB), ("tests/web.test.toml", test)])
}

fn lql_test(folder: &Path, arguments: &[&str]) -> common::Ran {
    let arguments: Vec<&str> = ["test"].into_iter().chain(arguments.iter().copied()).collect();
    Call::new(&arguments).within(folder).run()
}

#[test]
fn cases_that_pass_say_so_in_one_line() {
    let folder = project(GOOD);
    let ran = lql_test(folder.path(), &[]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert!(ran.err.starts_with("1 case passed; 4 other orders; "), "{}", ran.err);
}

#[test]
fn a_case_that_fails_shows_the_difference_and_where_the_value_comes_from() {
    let folder = project(&GOOD.replace("visits = 2", "visits = 3"));
    let ran = lql_test(folder.path(), &["--format", "text"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.starts_with("0 cases passed, 1 failed; "), "{}", ran.err);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn no_tests_found_is_a_failure_that_says_where_was_looked() {
    let folder = folder(&[("web.lql", WEB)]);
    let ran = lql_test(folder.path(), &["."]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err, "error: no test found: looked for files named *.test.toml in .\n");
    let folder = project(GOOD);
    let ran = lql_test(folder.path(), &["--filter", "kiosk"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.err, "error: no test found: none of 1 cases in . contains `kiosk`\n");
}

#[test]
fn paths_that_are_no_tests_are_misuse() {
    let folder = project(GOOD);
    for (path, says) in [("web.lql", "is no test"), ("gone.test.toml", "cannot read")] {
        let ran = lql_test(folder.path(), &[path]);
        assert_eq!(ran.code, Some(2), "{path}");
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}

#[test]
fn update_writes_the_file_and_what_is_left_decides() {
    let wrong = GOOD.replace("visits = 2", "visits = 3").replace("\"web.lql\"", "");
    let folder = project(&wrong);
    let ran = lql_test(folder.path(), &["--update"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.err.starts_with("tests/web.test.toml: 1 new expectation\n1 case passed"), "{}", ran.err);
    assert_eq!(fs::read_to_string(folder.path().join("tests/web.test.toml")).unwrap(), GOOD);
}

#[test]
fn a_new_case_is_recorded_and_passes() {
    let folder = folder(&[("web.lql", WEB), ("web.ndjson", "{\"m\":\"ana@example.org\"}\n")]);
    for _ in 0..2 {
        let ran = lql_test(folder.path(), &["--new", "web.ndjson"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        assert!(ran.err.contains("tests/web.test.toml: recorded \"what comes of web.ndjson"), "{}", ran.err);
    }
    let ran = lql_test(folder.path(), &[]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.err.starts_with("2 cases passed"), "{}", ran.err);
    let ran = lql_test(folder.path(), &["--new", "orders.ndjson"]);
    assert_eq!(ran.code, Some(2));
}

#[test]
fn machine_formats_are_sound_and_alike() {
    let folder = project(&GOOD.replace("visits = 2", "visits = 3"));
    let json = lql_test(folder.path(), &["--format", "json", "--coverage"]);
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((report["passed"].as_u64(), report["failed"].as_u64()), (Some(0), Some(1)));
    let failure = &report["cases"][0]["failures"][0];
    assert_eq!(failure["line"], 7);
    assert!(report["coverage"]["percent"].as_f64().unwrap() > 50.0);
    let junit = lql_test(folder.path(), &["--format", "junit"]);
    assert!(junit.out.contains("<testsuites tests=\"1\" failures=\"1\""), "{}", junit.out);
    let github = lql_test(folder.path(), &["--format", "github"]);
    let begins =
        "::error file=tests/web.test.toml,line=7,title=letter case does not matter::`visits` of email";
    assert!(github.out.starts_with(begins), "{}", github.out);
    assert_eq!([json.code, junit.code, github.code], [Some(1); 3]);
}

#[test]
fn coverage_has_a_threshold() {
    let folder = project(GOOD);
    let ran = lql_test(folder.path(), &["--coverage", "--coverage-min", "90"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.out,
        "web.lql:1 `latest` of `page` never had two values to merge\ncoverage 83.3 %: 5 of 6 points\n"
    );
    assert!(ran.err.ends_with("error: the cases show 83.3 %, less than 90 %\n"), "{}", ran.err);
    assert_eq!(lql_test(folder.path(), &["--coverage", "--coverage-min", "80"]).code, Some(0));
}

#[test]
fn mutants_are_listed_with_their_place_and_have_a_threshold() {
    let folder = project(GOOD);
    let ran = lql_test(folder.path(), &["--mutate", "--mutate-min", "90"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains(
            "web.lql:1:59 survives: `latest` of `page` becomes `oldest`; the 1 case that reaches it passes"
        ),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("less than 90 %"), "{}", ran.err);
    let failing = project(&GOOD.replace("visits = 2", "visits = 3"));
    let ran = lql_test(failing.path(), &["--mutate"]);
    assert!(ran.code == Some(1) && ran.err.contains("only when all cases pass"), "{}", ran.err);
}
