use super::*;
use crate::{Project, disk};
use lql_compiler::Checked;
use lql_runtime::decode::Options;
use std::path::PathBuf;

fn shop() -> (Project, Checked, Recording) {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop"));
    let project = Project::load_one(&[folder], None, &disk).unwrap();
    let checked = project.check();
    let mut recording = Recording::default();
    for file in &project.events {
        let input = std::fs::File::open(&file.path).unwrap();
        recording.read(&file.stream, "events", input, Options::default()).unwrap();
    }
    (project, checked, recording)
}

#[test]
fn a_trial_of_the_shop_gives_what_any_order_gives() {
    let (_, checked, mut recording) = shop();
    let package = checked.package().unwrap();
    let constants = Bump::new();
    let stage = Stage::new(&package, Time::default(), &constants).unwrap();
    let trial = stage.run(&recording);
    let profiles = trial.profiles(TableId(0), trial.as_of(&package));
    assert!(profiles.len() > 20 && recording.damaged.is_empty());
    recording.events.reverse();
    let again = stage.run(&recording);
    assert_eq!(again.profiles(TableId(0), trial.as_of(&package)), profiles);
}

/// What probes show of a column is what the column contributes, and of a guard whether it does.
#[test]
fn probes_show_what_a_run_does() {
    let (_, checked, recording) = shop();
    let package = checked.package().unwrap();
    let constants = Bump::new();
    let stage = Stage::new(&package, Time::default(), &constants).unwrap();
    let mut compared = 0;
    for program in &package.streams {
        let probes = checked.probe_stream(&program.stream).unwrap().unwrap();
        let constants = Bump::new();
        let tracer = Tracer::of_stream(&probes, &constants).unwrap();
        for event in recording.events.iter().filter(|event| *event.stream == *program.stream) {
            let mapped = stage.map(event).unwrap();
            let trace = tracer.event(event, mapped.stamp.time).unwrap();
            let contributions: Vec<_> = mapped.changes.iter().flat_map(|it| &it.contributions).collect();
            for (index, column) in program.columns.iter().enumerate() {
                let query = &probes.queries[usize::from(column.query)];
                let tree = &checked.queries[query.query].tree;
                let at = tree.columns.iter().position(|it| it.span.start == column.span.0).unwrap();
                let probe = &query.columns[at];
                let guarded = probe.guard.as_ref().is_none_or(|guard| trace.is_true(guard))
                    && query.condition.as_ref().is_none_or(|condition| trace.is_true(condition));
                let shown = trace.register(probe.written).filter(|_| guarded && !mapped.changes.is_empty());
                let done = contributions.iter().find(|(_, column, _)| usize::from(*column) == index);
                assert_eq!(shown, done.map(|(_, _, value)| value), "{} of {}", column.text, event.line);
                compared += usize::from(done.is_some());
            }
        }
    }
    assert!(compared > 5000, "{compared}");
}
