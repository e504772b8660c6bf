//! `lql new`: what is made of events checks without finding, is formatted, runs without reject and loses nobody.

use lql_tests::cli::{lql_in, repository};
use lql_tests::generator::{Format, Shape};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Makes the project `made` in a folder, and holds it to what must be true of each; its profiles.
fn sound(folder: &Path, from: &[PathBuf]) -> Vec<Value> {
    let mut arguments = vec!["new".into(), "made".into(), "--from".into()];
    arguments.extend(from.iter().map(|path| path.as_os_str().to_owned()));
    lql_in(folder, arguments).expect(0);
    assert_eq!(lql_in(folder, ["check", "made"]).expect(0).stdout, "");
    lql_in(folder, ["fmt", "--check", "made"]).expect(0);
    assert_eq!(lql_in(folder, ["lint", "made"]).expect(0).stdout, "");
    lql_in(folder, ["test", "made"]).expect(0);
    lql_in(folder, ["stats", "made", "--against", "made"]).expect(0);
    let run = lql_in(folder, ["run", "made", "--segments"]).expect(0);
    assert!(run.stderr.contains(" 0 rejected, 0 without identity"), "{}", run.stderr);
    run.json()
}

/// The values of a field in all profiles.
fn values<'p>(profiles: &'p [Value], field: &str) -> BTreeSet<&'p str> {
    let of = |profile: &'p Value| match &profile[field] {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect::<Vec<_>>(),
    };
    profiles.iter().flat_map(of).collect()
}

fn text(project: &Path, file: &str) -> String {
    fs::read_to_string(project.join(file)).unwrap()
}

#[test]
fn the_shop() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = sound(folder.path(), &[repository().join("examples/shop/events")]);
    assert_eq!(values(&profiles, "cookie").len(), 36);
    // One of them has given no order with an account, so the numbers are those of the customer file.
    assert_eq!(values(&profiles, "customer_no").len(), 59);
    let made = folder.path().join("made");
    let files = [
        "crm.lql",
        "orders.lql",
        "web.lql",
        "lql.toml",
        "README.md",
        "segments/known.lql",
        "segments/seen_this_month.lql",
    ];
    let page = files.map(|file| format!("=== {file}\n{}", text(&made, file))).join("\n");
    insta::assert_snapshot!(page);
}

#[test]
fn the_examples() {
    for (example, field, least) in [("bench", "user_id", 20), ("functions", "who", 2)] {
        let folder = tempfile::tempdir().unwrap();
        let profiles = sound(folder.path(), &[repository().join("examples").join(example).join("events")]);
        assert!(values(&profiles, field).len() >= least, "{example}: {profiles:?}");
    }
}

#[test]
fn generated_events_in_either_format() {
    for seed in lql_cases::seeds(2) {
        for (format, name) in [(Format::Ndjson, "web.ndjson"), (Format::Csv, "web.csv")] {
            let folder = tempfile::tempdir().unwrap();
            let mut bytes = Vec::new();
            Shape { events: 1500, seed }.write(format, &mut bytes).unwrap();
            fs::write(folder.path().join(name), &bytes).unwrap();
            let profiles = sound(folder.path(), &[folder.path().join(name)]);
            let events = String::from_utf8(bytes).unwrap();
            for user in values(&profiles, "user_id") {
                assert!(events.contains(user));
            }
            let lines = events.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            for event in lines {
                if let Some(user) = event["user_id"].as_str() {
                    assert!(values(&profiles, "user_id").contains(user), "{user} is in no profile");
                }
            }
        }
    }
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_of_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("made")).unwrap();
    fs::write(folder.path().join("web.ndjson"), "{\"price\":1.5}\n").unwrap();
    let refused = lql_in(folder.path(), ["new", "made", "--from", "web.ndjson"]).expect(2);
    assert!(refused.stderr.contains("made is there already"), "{}", refused.stderr);
    let refused = lql_in(folder.path(), ["new", "other", "--from", "web.ndjson"]).expect(2);
    assert!(refused.stderr.contains("none of its keys tells people apart"), "{}", refused.stderr);
    let refused = lql_in(folder.path(), ["new", "other", "--from", "crm.csv"]).expect(2);
    assert!(refused.stderr.contains("cannot read crm.csv"), "{}", refused.stderr);
    assert!(!folder.path().join("other").exists());
}

#[test]
fn files_of_one_stream_and_damaged_records() {
    let folder = tempfile::tempdir().unwrap();
    for part in ["a", "b"] {
        fs::create_dir(folder.path().join(part)).unwrap();
        let events = format!("{{\"email\":\"{part}@example.org\"}}\n{{\"email\":}}\n");
        fs::write(folder.path().join(part).join("web.ndjson"), events).unwrap();
    }
    let made = lql_in(folder.path(), ["new", "made", "--link", "--from", "a", "b"]).expect(0);
    assert!(made.stderr.contains("2 records of `web` cannot be read"), "{}", made.stderr);
    assert!(folder.path().join("made/events/web.ndjson").is_symlink());
    let run = lql_in(folder.path(), ["run", "made"]).expect(1);
    assert_eq!(
        values(&run.json(), "email").into_iter().collect::<Vec<_>>(),
        ["a@example.org", "b@example.org"]
    );
}
