//! `lql fmt` as a user and an editor run it.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, folder};
use std::fs;

const CROOKED: &str = "-- web\nselect   email( m )  as email from web into user by email alias web\n";

/// What the formatter makes of the crooked text.
fn straight() -> String {
    let ran = Call::new(&["fmt", "-"]).stdin(CROOKED).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_ne!(ran.out, CROOKED);
    ran.out
}

#[test]
fn standard_input_comes_back_formatted() {
    let straight = straight();
    assert!(straight.contains("-- web"), "comments stay");
    assert_eq!(
        Call::new(&["fmt", "-"]).stdin(&straight).run().out,
        straight,
        "formatted twice is formatted once"
    );
}

#[test]
fn files_are_formatted_in_place_and_named() {
    let folder = folder(&[("web.lql", CROOKED), ("done.lql", &straight())]);
    let ran = Call::new(&["fmt"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "formatted web.lql\n"));
    assert_eq!(ran.err, "1 of 2 files formatted\n");
    assert_eq!(fs::read_to_string(folder.path().join("web.lql")).unwrap(), straight());
}

#[test]
fn check_changes_nothing_and_exits_with_1() {
    let folder = folder(&[("web.lql", CROOKED)]);
    let ran = Call::new(&["fmt", "--check"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "would format web.lql\n"));
    assert_eq!(fs::read_to_string(folder.path().join("web.lql")).unwrap(), CROOKED);
    fs::write(folder.path().join("web.lql"), straight()).unwrap();
    assert_eq!(Call::new(&["fmt", "--check"]).within(folder.path()).run().code, Some(0));
}

#[test]
fn diff_shows_what_would_change() {
    let folder = folder(&[("web.lql", CROOKED)]);
    let ran = Call::new(&["fmt", "--diff"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with("--- web.lql\n+++ web.lql (formatted)\n@@"), "{}", ran.out);
    assert!(ran.out.contains("\n-select   email( m )"), "{}", ran.out);
    assert_eq!(fs::read_to_string(folder.path().join("web.lql")).unwrap(), CROOKED);
}

#[test]
fn broken_statements_stay_and_are_reported() {
    let broken = "SELECT   email((m AS email FROM web INTO user BY email ALIAS broken";
    let folder = folder(&[("web.lql", &format!("{broken};\n{CROOKED}"))]);
    let ran = Call::new(&["fmt"]).within(folder.path()).run();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("error[LQL"), "{}", ran.err);
    assert!(fs::read_to_string(folder.path().join("web.lql")).unwrap().contains(broken));
}
