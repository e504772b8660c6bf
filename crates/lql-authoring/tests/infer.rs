//! What is made of events is a project without findings, formatted, that rejects nothing and loses nobody.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

use bumpalo::Bump;
use lql_authoring::infer::{self, Events};
use lql_authoring::stats::read_events;
use lql_authoring::testing;
use lql_authoring::trial::{Recording, Stage};
use lql_authoring::{EventFile, Project, disk, event_files, event_options};
use lql_compiler::lint::{Selection, lint};
use lql_compiler::program::StreamInput;
use lql_compiler::report::concise;
use lql_compiler::{Time, dates};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// Makes a project of files, and checks all that must hold of every project that is made.
fn sound(files: &[EventFile]) -> Result<tempfile::TempDir, TestCaseError> {
    let streams = read_events(files, &|_| StreamInput::default(), &mut |_| ()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let draft = match infer::draft("made", &streams, files) {
        Ok(draft) => draft,
        Err(refusal) => {
            prop_assert!(refusal.0.contains("no project can be made"), "{refusal}");
            return Ok(folder);
        }
    };
    let made = folder.path().join("made");
    draft.write(&made, Events::Copied).unwrap();
    let project = Project::load_one(std::slice::from_ref(&made), None, &disk).unwrap();
    let checked = project.check();
    let page =
        draft.files.iter().map(|(name, text)| format!("== {name}\n{text}")).collect::<Vec<_>>().join("\n");
    let found = concise(&checked.diagnostics, &project.views());
    prop_assert!(found.is_empty(), "{found}\n{page}");
    let lints = lint(&checked, &project.sources, &project.file.settings, &Selection::default());
    let found = concise(&lints, &project.views());
    prop_assert!(found.is_empty(), "{found}\n{page}");
    for source in &project.sources {
        let formatted = lql_syntax::format(&source.text, source.dialect, 100).text;
        prop_assert_eq!(&*formatted, &*source.text);
    }
    if let Some(test) =
        infer::first_test(&made, &streams, dates::parse("2026-03-04", Time::default()).unwrap()).unwrap()
    {
        fs::create_dir_all(made.join("tests")).unwrap();
        fs::write(&test.path, &test.text).unwrap();
        let found = testing::find(std::slice::from_ref(&made), &disk).unwrap();
        let report = testing::run(&found, &disk, &testing::Options::default(), &|_| ());
        prop_assert!(report.is_clean() && report.cases.len() == 1, "{}\n{}", report.text(false), test.text);
    }
    let rejected: u64 = streams.iter().map(|stats| stats.rejected).sum();
    nobody_is_lost(&project, rejected, &page)?;
    Ok(folder)
}

/// No event is rejected that could be read before, and every identity value stands in exactly one profile, unless it is
/// blocked, or known only from links that were refused.
fn nobody_is_lost(project: &Project, damaged: u64, page: &str) -> Result<(), TestCaseError> {
    let package = project.check().package().unwrap();
    let mut recording = Recording::default();
    for file in &project.events {
        let delimiter =
            package.streams.iter().find(|it| it.stream == file.stream).and_then(|it| it.input.delimiter);
        let input = fs::File::open(&file.path).unwrap();
        recording.read(&file.stream, "events", input, event_options(&file.path, delimiter)).unwrap();
    }
    let constants = Bump::new();
    let now = dates::parse("2026-03-04", Time::default()).unwrap();
    let stage = Stage::new(&package, now, &constants).unwrap();
    let trial = stage.run(&recording);
    let table = package.schema.find_table("user").unwrap();
    let profiles = trial.profiles(table, trial.as_of(&package));
    let rejects: Vec<_> = trial.mapped.iter().filter_map(|mapped| mapped.as_ref().err()).collect();
    let left_out = recording.damaged.len() + rejects.len();
    prop_assert!(left_out as u64 <= damaged, "{rejects:?}\n{page}");
    let groups = trial.state.groups(table);
    let refused: Vec<_> = groups
        .refused
        .iter()
        .flat_map(|it| [it.link.a, it.link.b])
        .filter_map(|end| trial.state.identity(table, end))
        .map(|(identity, _)| (identity.field, identity.value.to_owned()))
        .collect();
    let blocked = &project.file.settings.tables["user"].blocked;
    for mapped in &trial.mapped {
        let Ok(mapped) = mapped else { continue };
        for (field, value) in mapped.changes.iter().flat_map(|change| &change.identities) {
            let name = &package.schema.field(*field).unwrap().name;
            let is_blocked =
                blocked.iter().any(|rule| rule.field.as_ref() == Some(name) && rule.pattern == *value);
            let has = |it: &&lql_runtime::Profile| {
                it.identities.iter().any(|(at, known)| at == field && known == value)
            };
            let found = profiles.iter().filter(has).count();
            if found == 0 && refused.contains(&(*field, value.clone())) {
                continue;
            }
            prop_assert_eq!(
                found,
                usize::from(!is_blocked && value.len() <= 256),
                "{} {}\n{}",
                name,
                value,
                page
            );
        }
    }
    Ok(())
}

fn files(folder: &Path, streams: &[(String, String)]) -> Vec<EventFile> {
    for (name, text) in streams {
        fs::write(folder.join(name), text).unwrap();
    }
    event_files(&[folder.to_owned()], None).unwrap()
}

/// Keys as people name them, some of which are hard to write.
fn key() -> impl Strategy<Value = String> {
    let usual = select(vec![
        "id",
        "email",
        "E-Mail",
        "user_id",
        "userId",
        "customer_no",
        "cookie",
        "phone",
        "ts",
        "timestamp",
        "updated_at",
        "created",
        "price",
        "qty",
        "Order ID",
        "tags",
        "event",
        "type",
        "url",
        "referrer",
        "ua",
        "ip",
        "name",
        "kind",
        "from",
        "consent_sms",
        "consent_mail",
        "first_seen",
        "last_seen",
        "_id",
        "_created",
        "birthday",
        "visitor_id",
        "os",
        "browser",
        "session",
        "items",
        "select",
        "web_events",
        "known",
    ]);
    prop_oneof![8 => usual.prop_map(str::to_owned), 1 => "[a-zA-Z0-9 ._/`'\"\\[\\]#é\\n-]{0,8}"]
}

/// One value, as one of the sorts that keys hold.
fn value(sort: usize) -> BoxedStrategy<Value> {
    let text = |choices: &[&str]| select(choices.iter().map(|it| json!(it)).collect::<Vec<_>>()).boxed();
    match sort {
        0 => text(&["ana@example.org", "Ben <BEN@example.org>", "test@example.com", "no mail"]),
        1 => text(&["u1", "u2", "u3", "U4", "unknown"]),
        2 => (0..5_i64).prop_map(Value::from).boxed(),
        3 => text(&["2026-03-04T10:00:00Z", "2026-03-05", "2026-01-01 10:30"]),
        4 => text(&["3/4/2026", "1/14/2026", "12/31/2025"]),
        5 => text(&["14/1/2026", "3/4/2026", "2026-03-04"]),
        6 => (1_767_000_000..1_772_000_000_i64).prop_map(Value::from).boxed(),
        7 => text(&["$1,234.50", "7", "12.5", "€3"]),
        8 => text(&["true", "false", "1", "0", ""]),
        9 => any::<bool>().prop_map(Value::from).boxed(),
        10 => text(&["https://shop.example/a?utm_source=News", "https://shop.example/b"]),
        11 => vec(select(vec!["a", "b", "c"]), 0..3).prop_map(|items| json!(items)).boxed(),
        12 => vec(select(vec!["x", "y"]).prop_map(|sku| json!({ "sku": sku, "price": "2.5" })), 0..5)
            .prop_map(Value::Array)
            .boxed(),
        13 => "[ -~é]{0,12}".prop_map(Value::from).boxed(),
        14 => (-1_000_000..1_000_000_i32).prop_map(|it| Value::from(f64::from(it) / 1000.0)).boxed(),
        15 => Just(Value::Null).boxed(),
        16 => text(&["+44 20 7946 0958", "+1 (514) 721-4711"]),
        _ => select(vec!["x", "y"]).prop_map(|it| json!({ "inner": it, "deep": { "er": 1 } })).boxed(),
    }
}

/// Events whose keys hold mostly one sort each.
fn events() -> impl Strategy<Value = Vec<Value>> {
    vec((key(), 0..18_usize, 0..10_u32), 1..8).prop_flat_map(|keys| {
        let members: Vec<_> = keys
            .into_iter()
            .map(|(key, sort, presence)| {
                let sort = prop_oneof![9 => Just(sort), 1 => 0..18_usize];
                (Just(key), sort.prop_flat_map(value), (0..10_u32).prop_map(move |it| it <= presence))
            })
            .collect();
        let event = members.prop_map(|members| {
            let there = members.into_iter().filter(|(_, _, there)| *there);
            Value::Object(there.map(|(key, value, _)| (key, value)).collect::<Map<_, _>>())
        });
        vec(event, 1..30)
    })
}

fn lines(events: &[Value]) -> String {
    events.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The same events as rows.
fn rows(events: &[Value]) -> String {
    let mut names: Vec<&String> = events.iter().flat_map(|event| event.as_object().unwrap().keys()).collect();
    names.sort();
    names.dedup();
    let row = |cells: Vec<String>| cells.join(";") + "\n";
    let header = row(names.iter().map(|name| cell(Some(&json!(name)))).collect());
    let all =
        events.iter().map(|event| row(names.iter().map(|name| cell(event.get(name.as_str()))).collect()));
    header + &all.collect::<Vec<_>>().concat()
}

#[test]
fn projects_of_the_examples_are_sound() {
    for example in ["shop", "bench", "functions"] {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(example).join("events");
        sound(&event_files(&[folder], None).unwrap()).unwrap();
    }
}

proptest! {
    #![proptest_config(lql_cases::cases(60))]

    #[test]
    fn projects_of_any_events_are_sound(
        web in events(),
        crm in events(),
        name in select(vec!["web", "users", "page views", "select", "events"]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let streams = [(format!("{name}.ndjson"), lines(&web)), ("crm.csv".to_owned(), rows(&crm))];
        sound(&files(folder.path(), &streams))?;
    }

    #[test]
    fn projects_of_any_text_are_sound(web in "[\\[\\]{}\",:a-z0-9 \\n;]{0,200}", crm in ".{0,80}") {
        let folder = tempfile::tempdir().unwrap();
        sound(&files(folder.path(), &[("web.txt".to_owned(), web), ("crm.csv".to_owned(), crm)]))?;
    }
}
