//! `lql doc`, `lql explain` and `lql completions`.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::lql;

#[test]
fn a_function_has_a_page() {
    insta::assert_snapshot!(lql(&["doc", "email"]).out);
}

#[test]
fn a_kind_and_a_merge_operator_have_pages() {
    let pages = [lql(&["doc", "map[string]int"]), lql(&["doc", "capped"])];
    insta::assert_snapshot!(pages.map(|page| page.out).join("---\n"));
}

#[test]
fn a_name_in_any_letter_case_and_every_alias_finds_its_function() {
    assert_eq!(lql(&["doc", "EMAIL"]).out, lql(&["doc", "email"]).out);
    let catalog: serde_json::Value =
        serde_json::from_str(&lql(&["doc", "functions", "--format", "json"]).out).unwrap();
    let with_alias = catalog.as_array().unwrap().iter().find(|f| f["aliases"][0].is_string()).unwrap();
    let alias = with_alias["aliases"][0].as_str().unwrap();
    assert!(lql(&["doc", alias]).out.contains(with_alias["name"].as_str().unwrap()));
}

#[test]
fn the_whole_catalog_is_listed_by_group() {
    let out = lql(&["doc"]).out;
    for title in ["Aggregates", "Dates and times", "Kinds", "Merge operators"] {
        assert!(out.contains(title), "{title}");
    }
    let json: serde_json::Value = serde_json::from_str(&lql(&["doc", "--format", "json"]).out).unwrap();
    assert!(json.as_array().unwrap().len() > 100);
}

#[test]
fn an_unknown_name_is_misuse_with_a_suggestion() {
    let ran = lql(&["doc", "emial"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert!(ran.err.contains("did you mean `email`?"), "{}", ran.err);
    assert!(lql(&["doc", "qqqqqq"]).err.contains("`lql doc` lists everything"));
}

#[test]
fn a_code_is_explained_with_what_check_says() {
    insta::assert_snapshot!(lql(&["explain", "LQL0201"]).out);
}

#[test]
fn codes_are_found_in_any_spelling_and_listed() {
    assert_eq!(lql(&["explain", "lql0201"]).out, lql(&["explain", "201"]).out);
    assert!(lql(&["explain"]).out.contains("LQL0201  unknown function\n"));
    let ran = lql(&["explain", "LQL9999"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("`LQL9999`"));
}

#[test]
fn shells_get_their_completions() {
    assert!(lql(&["completions", "bash"]).out.contains("_lql()"));
    assert_eq!(lql(&["completions", "dos"]).code, Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_bug() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_lql"))
        .args(["doc", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
