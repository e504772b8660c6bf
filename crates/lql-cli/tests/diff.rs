//! `lql diff`: folders, files and revisions, on the same events.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, Ran, folder};
use std::fs;
use std::path::Path;
use std::process::Command;

const OLD: &str = "SELECT email(mail) AS email, set(cookie) AS cookie, count(page) AS visits, total AS total KIND int, set(page) AS pages
FROM web INTO user BY email OR cookie ALIAS web
";

const SETTINGS: &str = "now = \"2024-03-10T00:00:00Z\"\n[streams.web]\ntimestamp = \"at\"\n";

const SEGMENT: &str = "FILTER visits > 1 ALIAS often";

const EVENTS: &str = r#"{"at":"2024-03-01","cookie":"k1","mail":"Ann@Example.com","page":"/","total":7}
{"at":"2024-03-02","cookie":"k2","mail":"ann@example.com","page":"/p","total":5}
{"at":"2024-03-03","cookie":"k3","page":"/"}
{"at":"2024-03-04","cookie":"k3","page":"/q"}
{"at":"2024-03-05","mail":"bob@example.com","total":1}
{"at":"soon","mail":"eve@example.com"}
"#;

/// Mail as it is written, a sum instead of the newest, no pages, cookies only.
const NEW: &str = "SELECT mail AS email, set(cookie) AS cookie, count(page) AS visits IF page != \"/q\", sum(total) AS total KIND int, tolower(page) AS last_page
FROM web INTO user BY email OR cookie ALIAS web
";

fn project(query: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("web.lql", query),
        ("lql.toml", SETTINGS),
        ("segments/often.lql", SEGMENT),
        ("events/web.ndjson", EVENTS),
    ]
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn diff(within: &Path, args: &[&str]) -> Ran {
    Call::new(&[&["diff"], args].concat()).within(within).run()
}

fn git(folder: &Path, args: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn everything_that_changes_is_counted_and_shown() {
    let folder = folder(&[]);
    write(&folder.path().join("old"), &project(OLD));
    write(&folder.path().join("new"), &project(NEW));
    let ran = diff(folder.path(), &["old", "new"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(ran.out);
    let json = diff(folder.path(), &["old", "new", "--format", "json", "--examples", "1"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["profiles"]["split"], 1);
    assert!(
        json["fields"]
            .as_array()
            .unwrap()
            .iter()
            .all(|field| field["examples"].as_array().unwrap().len() == 1)
    );
}

#[test]
fn a_version_does_not_differ_from_itself() {
    let folder = folder(&project(OLD));
    let ran = diff(
        folder.path(),
        &[".", "web.lql", "--events", "events/web.ndjson", "--timestamp-field", "at", "--now", "2024-03-10"],
    );
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("- segment often"), "{}", ran.out);
    let ran = diff(folder.path(), &[".", "."]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "No difference on 6 events.\n"));
}

#[test]
fn revisions_are_read_from_git() {
    let folder = folder(&[]);
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    write(&root.join("shop"), &project(OLD));
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "-m", "old"]);
    let shop = root.join("shop");
    for (within, args) in [
        (root, &["HEAD", "shop"][..]),
        (root, &["HEAD:shop", "shop"]),
        (&shop, &["HEAD"]),
        (&shop, &["HEAD", "main", "--events", "events/web.ndjson"]),
        (
            root,
            &[
                "main:shop/web.lql",
                "shop/web.lql",
                "--events",
                "shop/events/web.ndjson",
                "--timestamp-field",
                "at",
            ],
        ),
    ] {
        let ran = diff(within, args);
        assert_eq!(
            (ran.code, ran.out.as_str()),
            (Some(0), "No difference on 6 events.\n"),
            "{args:?}: {}",
            ran.err
        );
    }
    fs::write(shop.join("web.lql"), NEW).unwrap();
    let uncommitted = diff(root, &["HEAD", "shop"]);
    assert_eq!(uncommitted.code, Some(1), "{}", uncommitted.err);
    git(root, &["commit", "--quiet", "-a", "-m", "new"]);
    let committed = diff(root, &["HEAD~1", "shop"]);
    assert_eq!(committed.out, uncommitted.out);
    let both = diff(&shop, &["HEAD~1", "HEAD", "--events", "events/web.ndjson"]);
    assert_eq!(both.code, Some(1), "{}", both.err);
    assert_eq!(diff(root, &["HEAD", "shop"]).code, Some(0));
}

#[test]
fn what_is_no_version_is_refused() {
    let folder = folder(&[]);
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    write(root, &project(OLD));
    git(root, &["add", "web.lql", "lql.toml"]);
    git(root, &["commit", "--quiet", "-m", "old"]);
    write(root, &[("broken/web.lql", common::WRONG)]);
    for (args, says) in [
        (&["HAED", "."][..], "`HAED` is no file, no folder and no revision here"),
        (&["HEAD:nowhere", "."], "nowhere is not in revision HEAD"),
        (&["--", "-x", "."], "no revision here"),
        (&["broken", "."], "broken has errors: there is nothing to compare"),
        (&[".", ".", "--events", "-"], "standard input can be read once"),
    ] {
        let ran = diff(root, args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
    }
    let without_git = Call::new(&["diff", "HEAD", "."]).within(root).env("PATH", "").run();
    assert_eq!(without_git.code, Some(2));
    assert!(without_git.err.contains("the program `git` is not installed"), "{}", without_git.err);
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), &project(OLD));
    let ran = diff(elsewhere.path(), &["HEAD"]);
    assert!(ran.err.contains("not a git repository"), "{}", ran.err);
}

/// Findings in an old version name the revision, not the folder that it was unpacked to.
#[test]
fn findings_of_a_revision_name_it() {
    let folder = folder(&[]);
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    write(root, &[("web.lql", common::WRONG)]);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "-m", "broken"]);
    write(root, &project(OLD));
    let ran = diff(root, &["HEAD"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("HEAD/web.lql"), "{}", ran.err);
}
