//! `lql check` as a user runs it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, WEB, WRONG, folder, lql};

#[test]
fn a_clean_project_exits_with_0_and_prints_nothing() {
    let folder = folder(&[("web.lql", WEB), ("segments/loyal.lql", "FILTER visits > 5 ALIAS loyal")]);
    let ran = lql(&["check", folder.path().to_str().unwrap()]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert_eq!(ran.err, "no findings in 2 files\n");
}

#[test]
fn the_folder_one_stands_in_is_the_default() {
    let folder = folder(&[("web.lql", WRONG)]);
    let ran = Call::new(&["check", "--format", "concise"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "web.lql:1:8: error[LQL0201]: unknown function `emial`\n");
    assert_eq!(ran.err, "1 error in 1 file\n");
}

#[test]
fn the_full_report_shows_the_line_and_the_way_out() {
    let folder = folder(&[("web.lql", WRONG)]);
    let ran = Call::new(&["check"]).within(folder.path()).run();
    insta::assert_snapshot!(format!("{WRONG}===\n{}", ran.out));
}

#[test]
fn standard_input_is_a_file_too() {
    let ran = Call::new(&["check", "-", "--format", "concise"]).stdin(WRONG).run();
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("<stdin>:1:8: error[LQL0201]"), "{}", ran.out);
}

#[test]
fn a_dialect_can_be_asked_for() {
    let text = "FILTER visits > 5 ALIAS loyal";
    let as_filter =
        Call::new(&["check", "-", "--dialect", "filterql", "--format", "concise"]).stdin(text).run();
    assert!(!as_filter.out.contains("LQL01"), "{}", as_filter.out);
    let as_lql = Call::new(&["check", "-", "--dialect", "lql"]).stdin(text).run();
    assert_eq!(as_lql.code, Some(1));
}

#[test]
fn json_is_an_array_with_places_and_fixes_whatever_is_found() {
    let ran = Call::new(&["check", "-", "--format", "json"]).stdin(WRONG).run();
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found[0]["code"], "LQL0201");
    assert_eq!(found[0]["file"], "<stdin>");
    assert_eq!(found[0]["start"], serde_json::json!({"line": 1, "column": 8, "offset": 7}));
    assert_eq!(found[0]["fixes"][0]["edits"][0]["text"], "email");
    let clean = Call::new(&["check", "-", "--format", "json"]).stdin(WEB).run();
    assert_eq!((clean.code, clean.out.as_str()), (Some(0), "[]\n"));
}

#[test]
fn colours_obey_environment_and_argument() {
    let colourful = |call: Call| call.stdin(WRONG).run().out.contains('\x1b');
    assert!(!colourful(Call::new(&["check", "-"])), "no terminal, no colours");
    assert!(colourful(Call::new(&["check", "-"]).env("FORCE_COLOR", "1")));
    assert!(!colourful(Call::new(&["check", "-"]).env("FORCE_COLOR", "1").env("NO_COLOR", "1")));
    assert!(colourful(Call::new(&["check", "-", "--color", "always"]).env("NO_COLOR", "1")));
    assert!(!colourful(Call::new(&["check", "-", "--color", "never"]).env("FORCE_COLOR", "1")));
}

#[test]
fn mistakes_in_lql_toml_are_findings_with_a_place() {
    let folder = folder(&[("web.lql", WEB), ("lql.toml", "[streams.web]\ntimestmap = \"ts\"\n")]);
    let ran = Call::new(&["check", "--format", "concise"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "lql.toml:2:1: error[LQL0508]: unknown setting `timestmap` in [streams.web]\n");
}

#[test]
fn files_are_checked_together_and_folders_apart() {
    let files = [("a/web.lql", WEB), ("b/web.lql", WEB)];
    let folder = folder(&files);
    let apart = Call::new(&["check", "a", "b"]).within(folder.path()).run();
    assert_eq!(apart.code, Some(0), "{}", apart.out);
    let together =
        Call::new(&["check", "a/web.lql", "b/web.lql", "--format", "concise"]).within(folder.path()).run();
    assert!(together.out.contains("LQL0502"), "one alias twice: {}", together.out);
}

#[test]
fn what_is_not_there_is_misuse() {
    let ran = lql(&["check", "no/such/file.lql"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(ran.err, "error: cannot read no/such/file.lql: no such file or directory\n");
    assert_eq!(lql(&["check", "--frmat", "json"]).code, Some(2));
    assert_eq!(lql(&["chekc"]).code, Some(2));
    assert_eq!(lql(&[]).code, Some(2));
}

#[test]
fn help_and_version_are_no_misuse() {
    assert_eq!(lql(&["--help"]).code, Some(0));
    assert_eq!(lql(&["check", "--help"]).code, Some(0));
    assert!(lql(&["--version"]).out.starts_with("lql 0."));
}
