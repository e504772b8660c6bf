//! `lql test` on whole projects: the shop's own tests, and many cases at once.

use lql_tests::cli::{lql, lql_in};
use serde_json::Value;
use std::fmt::Write as _;

#[test]
fn the_shop_s_tests_pass_and_show_everything() {
    let output =
        lql(["test", "examples/shop", "--coverage", "--coverage-min", "100", "--format", "json"]).expect(0);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["failed"], 0);
    assert!(report["passed"].as_u64().unwrap() > 25, "{report}");
    let orders: u64 =
        report["cases"].as_array().unwrap().iter().map(|case| case["orders"].as_u64().unwrap()).sum();
    assert!(orders > 100, "only {orders} other orders");
    assert!(report["coverage"]["all"].as_u64().unwrap() > 100, "{report}");
}

/// All changes in `./test --long`, else some of them, the same in every run.
#[test]
fn the_shop_s_tests_notice_changes_of_its_queries() {
    let sample = lql_cases::cases(80).cases.to_string();
    let arguments = ["test", "examples/shop", "--mutate", "--mutate-min", "90", "--mutate-sample", &sample];
    let output = lql(arguments.into_iter().chain(["--format", "json"])).expect(0);
    let mutation: Value = serde_json::from_str(&output.stdout).unwrap();
    let mutants = mutation["mutants"].as_array().unwrap();
    assert!(mutants.len() > 70, "only {} changes", mutants.len());
    // examples/shop/README.md says why these survive.
    for mutant in mutants.iter().filter(|mutant| mutant["killed_by"].is_null()) {
        let (file, what) = (mutant["file"].as_str().unwrap(), mutant["what"].as_str().unwrap());
        let explained =
            [("crm.lql", "the guard of `member_since` is dropped"), ("cart_left.lql", "> becomes >=")];
        assert!(explained.iter().any(|(name, change)| file.ends_with(name) && what == *change), "{mutant:#}");
    }
}

#[test]
fn a_thousand_cases_run_at_once_and_one_wrong_one_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let query = "SELECT set(cookie) AS cookie, email(mail) AS email, sum(paid) AS spent FROM web INTO user BY email OR cookie ALIAS web";
    std::fs::write(folder.path().join("web.lql"), query).unwrap();
    let mut text = String::from("now = 2024-06-30T00:00:00Z\n");
    for number in 0..1_000 {
        let spent = if number == 777 { 0 } else { number + 1 };
        write!(
            text,
            "[[case]]\nname = \"case {number}\"\nevents = [
                {{ event = {{ cookie = \"a\", mail = \"u{number}@example.org\", paid = {number} }} }},
                {{ event = {{ cookie = \"b\", mail = \"u{number}@example.org\", paid = 1 }} }},
            ]\n[[case.profile]]\nis = {{ cookie = \"b\", email = \"u{number}@example.org\" }}\nspent = {spent}\n"
        )
        .unwrap();
    }
    std::fs::write(folder.path().join("many.test.toml"), text).unwrap();
    let output = lql_in(folder.path(), ["test"]).expect(1);
    assert!(output.stderr.starts_with("999 cases passed, 1 failed; 3996 other orders"), "{}", output.stderr);
    assert!(output.stdout.starts_with("FAIL many.test.toml:6996 case 777\n"), "{}", output.stdout);
    assert!(output.stdout.contains("    - 0\n    + 778\n"), "{}", output.stdout);
}
