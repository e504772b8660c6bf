//! Every project in `examples/` runs, gives the output in its snapshot, and is an example of good style.

use lql_tests::cli::{Output, lql, repository};
use serde_json::Value;
use std::{fmt::Write as _, fs};

/// The projects below a folder, as a user names them.
fn projects(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let projects = entries.filter(|path| path.join("lql.toml").is_file());
    let mut projects: Vec<String> =
        projects.map(|path| format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap())).collect();
    projects.sort();
    assert!(!projects.is_empty());
    projects
}

/// All examples. Those of `bench/` are many profiles that say little; `speed.rs` looks at them.
fn examples() -> Vec<String> {
    [projects("examples"), projects("examples/bench")].concat()
}

/// The summary without what differs from run to run.
fn summary(output: &Output) -> String {
    output
        .stderr
        .lines()
        .filter(|line| !line.starts_with("time "))
        .map(|line| line.to_owned() + "\n")
        .collect()
}

/// Profiles for people: a line for each field, so that a reviewer sees which one changed.
fn page(profiles: &[Value]) -> String {
    let mut page = String::new();
    for profile in profiles {
        let fields = profile.as_object().unwrap();
        writeln!(page, "\n{}", profile["_id"].as_str().unwrap()).unwrap();
        for (name, value) in fields.iter().filter(|(name, _)| *name != "_id") {
            writeln!(page, "    {name}: {value}").unwrap();
        }
    }
    page
}

#[test]
fn profiles_and_summary() {
    for example in projects("examples") {
        let run = lql(["run", &example, "--segments"]).expect(0);
        let name = example.replace('/', "-");
        let page = format!("lql run {example} --segments\n{}\n{}", page(&run.json()), summary(&run));
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, page);
        });
    }
}

#[test]
fn every_format_holds_the_same_profiles() {
    for example in examples() {
        let run = |format: &str| lql(["run", &example, "--format", format]).expect(0).stdout;
        let lines = run("ndjson");
        let array: Vec<Value> = serde_json::from_str(&run("json")).unwrap();
        let from_lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(array, from_lines, "{example}");
        for format in ["csv", "table"] {
            let text = run(format);
            for profile in &array {
                let id = profile["_id"].as_str().unwrap();
                assert!(text.contains(id), "{example}: {id} is missing in\n{text}");
            }
        }
    }
}

#[test]
fn nothing_to_complain_about() {
    for example in examples() {
        let check = lql(["check", &example]).expect(0);
        assert_eq!(check.stdout, "", "{example}");
    }
}

#[test]
fn formatted() {
    for example in examples() {
        lql(["fmt", "--check", &example]).expect(0);
    }
}
