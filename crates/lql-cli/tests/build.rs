//! `lql build`: compiled files, and the stages on the way there.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, WEB, WRONG, folder};
use std::fs;

#[test]
fn a_project_becomes_one_file_named_after_it() {
    let folder = folder(&[("shop/web.lql", WEB)]);
    let ran = Call::new(&["build", "shop"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""));
    assert!(ran.err.starts_with("wrote shop.lqlc ("), "{}", ran.err);
    let shown = Call::new(&["build", "shop.lqlc", "--emit", "projection"]).within(folder.path()).run();
    assert!(shown.out.contains("stream web"), "{}", shown.out);
}

#[test]
fn two_builds_are_the_same_bytes_wherever_the_project_lies() {
    let folder = folder(&[("a/web.lql", WEB), ("b/c/web.lql", WEB)]);
    for (project, output) in [("a", "1.lqlc"), ("b/c", "2.lqlc")] {
        Call::new(&["build", project, "--output", output]).within(folder.path()).run();
    }
    assert_eq!(
        fs::read(folder.path().join("1.lqlc")).unwrap(),
        fs::read(folder.path().join("2.lqlc")).unwrap()
    );
}

#[test]
fn damaged_and_foreign_files_are_refused() {
    let folder = folder(&[("web.lql", WEB), ("foreign.lqlc", "SELECT")]);
    Call::new(&["build", "--output", "good.lqlc"]).within(folder.path()).run();
    let good = fs::read(folder.path().join("good.lqlc")).unwrap();
    let show = |name: &str| Call::new(&["build", name, "--emit", "program"]).within(folder.path()).run();
    assert_eq!(show("good.lqlc").code, Some(0));

    let foreign = show("foreign.lqlc");
    assert_eq!((foreign.code, foreign.out.as_str()), (Some(2), ""));
    assert!(foreign.err.starts_with("error: foreign.lqlc: "), "{}", foreign.err);

    fs::write(folder.path().join("short.lqlc"), &good[..good.len() / 2]).unwrap();
    assert_eq!(show("short.lqlc").code, Some(2));
    for at in [good.len() / 2, good.len() - 1] {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        fs::write(folder.path().join("damaged.lqlc"), damaged).unwrap();
        assert_eq!(show("damaged.lqlc").code, Some(2), "bit changed in byte {at}");
    }
}

#[test]
fn errors_stop_the_build_and_leave_no_file() {
    let folder = folder(&[("web.lql", WRONG)]);
    let ran = Call::new(&["build", "--output", "x.lqlc"]).within(folder.path()).run();
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
    assert!(ran.err.contains("LQL0201") && ran.err.ends_with("1 error\n"), "{}", ran.err);
    assert!(!folder.path().join("x.lqlc").exists());
}

#[test]
fn every_stage_can_be_seen() {
    let folder = folder(&[("web.lql", WEB)]);
    for stage in ["tokens", "tree", "types", "program", "projection"] {
        let ran = Call::new(&["build", "--emit", stage]).within(folder.path()).run();
        assert_eq!(ran.code, Some(0), "{stage}: {}", ran.err);
        assert!(ran.out.contains("email") || ran.out.contains(" m"), "{stage}: {}", ran.out);
        assert!(fs::read_dir(folder.path()).unwrap().count() == 1, "{stage} writes no file");
    }
}

#[test]
fn a_compiled_project_runs_like_its_sources() {
    let folder = folder(&[
        ("shop/web.lql", WEB),
        ("shop/lql.toml", "[streams.web]\ntimestamp = \"ts\"\n"),
        ("shop/events/web.ndjson", "{\"ts\":1772584496,\"m\":\"ana@example.org\"}\n"),
    ]);
    Call::new(&["build", "shop"]).within(folder.path()).run();
    let run = |project: &str| {
        let args = ["run", project, "--events", "shop/events/web.ndjson", "--quiet"];
        Call::new(&args).within(folder.path()).run()
    };
    let (sources, compiled) = (run("shop"), run("shop.lqlc"));
    assert!(sources.out.contains("2026-03-04T00:34:56Z"), "{} {}", sources.out, sources.err);
    assert_eq!((sources.code, &sources.out), (Some(0), &compiled.out), "{}", compiled.err);
}
