//! `lql lint` as a user runs it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, Ran, WEB, WRONG, folder, lql};
use std::fs;
use std::path::Path;

const SHOES: &str = "FILTER product LIKE \"shoe\" FROM content ALIAS Shoes\n";

fn within(folder: &Path, args: &[&str]) -> Ran {
    Call::new(args).within(folder).run()
}

#[test]
fn findings_of_checker_and_rules_come_together() {
    let folder = folder(&[("shoes.fql", SHOES), ("web.lql", WRONG)]);
    let ran = within(folder.path(), &["lint", "--format", "concise", "shoes.fql", "web.lql"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("shoes.fql:1:21: warning[LQL0603]"), "{}", ran.out);
    assert!(ran.out.contains("web.lql:1:8: error[LQL0201]"), "{}", ran.out);
    assert_eq!(ran.err, "1 error and 2 warnings in 2 files; --fix mends 1, with --unsafe-fixes 2 more\n");
}

#[test]
fn a_project_without_findings_is_clean() {
    let folder = folder(&[("web.lql", WEB)]);
    let ran = within(folder.path(), &["lint"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "", "no findings in 1 file\n"));
}

#[test]
fn fix_writes_safe_fixes_and_reports_what_is_left() {
    let folder = folder(&[("shoes.fql", SHOES)]);
    let ran = within(folder.path(), &["lint", "--fix", "--format", "concise"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("LQL0603") && !ran.out.contains("LQL0905"), "{}", ran.out);
    assert_eq!(ran.err, "applied 1 fix in 1 file; 1 warning in 1 file\n");
    assert_eq!(read(folder.path(), "shoes.fql"), SHOES.replace("Shoes", "shoes"));
    let ran = within(folder.path(), &["lint", "--fix", "--unsafe-fixes"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert_eq!(read(folder.path(), "shoes.fql"), SHOES.replace("Shoes", "shoes").replace("LIKE", "=="));
}

#[test]
fn diff_writes_nothing() {
    let folder = folder(&[("shoes.fql", SHOES)]);
    let ran = within(folder.path(), &["lint", "--diff"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), "1 fix would change 1 file\n"));
    assert!(ran.out.starts_with("--- shoes.fql\n+++ shoes.fql (fixed)\n@@"), "{}", ran.out);
    assert_eq!(read(folder.path(), "shoes.fql"), SHOES);
}

#[test]
fn settings_are_mended_too() {
    let toml = "[streams.wbe]\nid = \"event_id\"\n";
    let folder = folder(&[("web.lql", WEB), ("lql.toml", toml)]);
    let ran = within(folder.path(), &["lint", "--fix"]);
    assert_eq!(ran.code, Some(0), "{}", ran.out);
    assert_eq!(read(folder.path(), "lql.toml"), toml.replace("wbe", "web"));
}

#[test]
fn rules_are_chosen_by_arguments_and_by_lql_toml() {
    let folder = folder(&[("shoes.fql", SHOES)]);
    let count = |args: &[&str]| within(folder.path(), args).out.lines().count();
    assert_eq!(count(&["lint", "--format", "concise"]), 2);
    assert_eq!(count(&["lint", "--format", "concise", "--ignore", "style"]), 1);
    fs::write(folder.path().join("lql.toml"), "[lint]\nignore = [\"LQL0603\", \"alias-case\"]\n").unwrap();
    assert_eq!(count(&["lint", "--format", "concise"]), 0);
    fs::write(folder.path().join("lql.toml"), "[lint]\nignore = [\"alias-csae\"]\n").unwrap();
    let ran = within(folder.path(), &["lint", "--format", "concise"]);
    assert!(
        ran.out.contains("lql.toml:2:11: error[LQL0509]") && ran.out.contains("`alias-case`?"),
        "{}",
        ran.out
    );
}

#[test]
fn warnings_need_not_fail() {
    let folder = folder(&[("shoes.fql", SHOES)]);
    assert_eq!(within(folder.path(), &["lint", "--fail-level", "error"]).code, Some(0));
    fs::write(folder.path().join("web.lql"), WRONG).unwrap();
    assert_eq!(within(folder.path(), &["lint", "--fail-level", "error"]).code, Some(1));
}

#[test]
fn a_file_in_another_encoding_is_left_alone() {
    let folder = folder(&[]);
    let path = folder.path().join("a.fql");
    let bytes = b"-- Malm\xf6\nFILTER tofloat(spend) > 5 ALIAS Rich";
    fs::write(&path, bytes).unwrap();
    assert_eq!(within(folder.path(), &["lint", "--fix", "--unsafe-fixes"]).code, Some(1));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn misuse_is_said_in_a_sentence() {
    let ran = Call::new(&["lint", "--fix", "-"]).stdin(SHOES).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("--diff shows"), "{}", ran.err);
    let ran = Call::new(&["lint", "-", "--ignore", "text-ordre"]).stdin(SHOES).run();
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("did you mean `text-order`?"), "{}", ran.err);
    assert_eq!(lql(&["lint", "--unsafe-fixes"]).code, Some(2), "fixes are shown or written, so say which");
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}
