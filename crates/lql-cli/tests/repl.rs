//! `lql repl` from a pipe: every line is answered.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, folder};

#[test]
fn lines_from_a_pipe_are_answered_one_by_one() {
    let query = "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web";
    let events = "{\"m\":\"Ana@example.org\",\"ts\":\"2026-03-04T05:06:07Z\"}\n{\"m\":\"ben@example.org\"}\n";
    let files = [
        ("shop/web.lql", query),
        ("shop/lql.toml", "[streams.web]\ntimestamp = \"ts\"\n"),
        ("shop/events/web.ndjson", events),
    ];
    let folder = folder(&files);
    let lines =
        "email(m)\nnow()\njoin(m,\n  \"x\",\n  \"-\")\n.next\nemail(m)\n.fields\n.why email(m) == \"x\"\n";
    let ran = Call::new(&["repl", "shop"]).within(folder.path()).stdin(lines).run();
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn mistakes_are_shown_and_told_in_the_exit_code() {
    let ran =
        Call::new(&["repl"]).stdin("1 + 1\nemial(m)\n.doc tobool\n.doc nothing_of_that_name\n2 + 2\n").run();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.starts_with("2 : "), "{}", ran.out);
    for part in ["emial", "write `email`", "tobool(", "nothing_of_that_name", "\n4 : "] {
        assert!(ran.out.contains(part), "no {part:?} in\n{}", ran.out);
    }
    let ran = Call::new(&["repl"]).stdin("1\n.quit\n2\n").run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "1 : int\n"));
    // What is still open at the end is answered too.
    let ran = Call::new(&["repl"]).stdin("email(").run();
    assert_eq!(ran.code, Some(1), "{}", ran.out);
}
