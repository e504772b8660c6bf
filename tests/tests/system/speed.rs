//! `lql` and the program that its speed is measured against give the same answers: `examples/bench` beside `benches/limit`.

use limit::{Options, Task};
use lql_tests::{
    cli::lql,
    generator::{Format, Shape},
};
use serde_json::Value;
use std::{fs, path::Path};

/// Numbers as texts of ten digits: sums of floats depend on their order in the last ones, except in `lql`.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => format!("{:.9e}", number.as_f64().unwrap()).into(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(plain).collect();
            items.sort_by_key(ToString::to_string);
            items.into()
        }
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// All rows, in the order of the key that every row has once.
fn sorted(rows: impl Iterator<Item = Value>, key: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = rows.map(|row| plain(&row)).collect();
    rows.sort_by_key(|row| row[key].to_string());
    rows
}

fn by_hand(options: Options, file: &Path, key: &str) -> Vec<Value> {
    let mut out = Vec::new();
    limit::run(fs::File::open(file).unwrap(), options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    sorted(text.lines().map(|line| serde_json::from_str(line).unwrap()), key)
}

fn by_lql(name: &str, file: &Path, key: &str) -> Vec<Value> {
    let project = format!("examples/bench/{name}");
    let mut arguments = vec!["run", &project, "--stream", "events"];
    arguments.extend((name == "m1").then_some(["--emit", "changes"]).iter().flatten());
    let output = lql(arguments.into_iter().chain(["--events", file.to_str().unwrap()])).expect(0);
    let row = |mut line: Value| {
        if name == "m1" {
            return line["fields"].take();
        }
        let fields = line.as_object_mut().unwrap();
        for own in ["_id", "_created", "_modified"] {
            assert!(fields.remove(own).is_some(), "no {own}");
        }
        if name == "m3" {
            let smallest = fields["cookies"][0].clone();
            fields.insert("id".into(), smallest);
        }
        line
    };
    sorted(output.json().into_iter().map(row), key)
}

#[track_caller]
fn assert_same(task: Task, name: &str, key: &str, least: usize) {
    let folder = tempfile::tempdir().unwrap();
    let shape = Shape { events: 5_000, seed: 7 };
    for (format, ending) in [(Format::Ndjson, "ndjson"), (Format::Csv, "csv")] {
        let file = folder.path().join("events").with_extension(ending);
        shape.write(format, &mut fs::File::create(&file).unwrap()).unwrap();
        let ours = by_lql(name, &file, key);
        assert!(ours.len() >= least, "{} rows", ours.len());
        for threads in [1, 2] {
            let options = Options { task, csv: format == Format::Csv, threads };
            let theirs = by_hand(options, &file, key);
            assert_eq!(ours.len(), theirs.len(), "{options:?}");
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert!(ours == theirs, "{options:?}\nlql   {ours}\nlimit {theirs}");
            }
        }
    }
}

#[test]
fn columns_of_each_event() {
    assert_same(Task::M1, "m1", "ts_ms", 5_000);
}

#[test]
fn folded_by_cookie() {
    assert_same(Task::M2, "m2", "cookie", 1_000);
}

#[test]
fn folded_by_person() {
    assert_same(Task::M3, "m3", "id", 1_000);
}

/// More kinds, categories and days than a row of the program has room for, and a person of many cookies.
#[test]
fn values_beyond_the_room_of_a_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    let kinds = ["product_view", "add_to_cart", "purchase"];
    let line = |at: usize| {
        let kind = if at.is_multiple_of(2) { kinds[at % 3].to_owned() } else { format!("kind {}", at % 40) };
        format!(
            r#"{{"ts":"2026-{:02}-{:02}T00:00:{:02}.{at:03}Z","event":"{kind}","cookie":"c{}","email":"E{}@Mail.example","product":{{"category":"C\u0041{}","price":"0.1","qty":{}}},"url":"https://E.example/a?utm_source=%41%22+b"}}"#,
            1 + at % 12,
            1 + at % 28,
            at % 60,
            at % 7,
            at % 2,
            at % 200,
            1 + at % 3,
        )
    };
    let lines: Vec<String> = (0..900).map(line).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    for (task, name, key) in [(Task::M1, "m1", "ts_ms"), (Task::M2, "m2", "cookie"), (Task::M3, "m3", "id")] {
        let ours = by_lql(name, &file, key);
        for threads in [1, 2] {
            let theirs = by_hand(Options { task, csv: false, threads }, &file, key);
            assert!(ours == theirs, "{task:?}: {ours:?}\n{theirs:?}");
        }
    }
}
