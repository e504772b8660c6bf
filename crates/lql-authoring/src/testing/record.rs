//! `--new`: a case from events, with everything that came of them as its expectations.

use super::court::hold;
use super::find::ENDING;
use super::format::Case;
use super::judge::Scene;
use super::names::default_table;
use super::prepare::Ready;
use super::read::read;
use super::toml_value::{instant, value};
use crate::source::event_options;
use crate::toml_keys::PROFILE;
use crate::trial::{Event, Recording, Unmapped};
use crate::{Project, Read, Refusal, stream_of};
use lql_compiler::Time;
use lql_compiler::program::Program;
use lql_runtime::decode::Layout;
use lql_runtime::{Profile, decode::Reject};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use toml_edit::{Array, InlineTable, Key, Value};

/// Up to so many JSON events stand in the test file; of more, it names the files.
const INLINE: usize = 20;

/// A test file with a new case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Where it belongs.
    pub path: PathBuf,
    /// Its whole text: what stood there, and the case.
    pub text: String,
    /// The name of the case.
    pub case: String,
}

/// Records a case of the project in `folder` from files of events. `now` is the clock if neither the project nor the
/// test file has one, and streams name no time.
pub fn record(
    folder: &Path,
    events: &[PathBuf],
    read_bytes: Read<'_>,
    now: Time,
) -> Result<Recorded, Refusal> {
    let project = Project::load_one(&[folder.to_owned()], None, read_bytes)?;
    let checked = project.check();
    let Ok(package) = checked.package() else {
        return Err(Refusal(format!("{} has errors: `lql check` shows them", folder.display())));
    };
    let first = events.first().ok_or_else(|| Refusal("name a file of events".into()))?;
    let path = folder.join("tests").join(format!("{}{ENDING}", stream_of(first)));
    let before = match read_bytes(&path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    };
    let (file, findings) = read(&path, &path.display().to_string(), &before, 0);
    if !before.is_empty() && findings.iter().any(lql_syntax::Diagnostic::is_error) {
        return Err(Refusal(format!("{} has mistakes: `lql test` shows them", path.display())));
    }
    let mut recording = Recording::default();
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for path in events {
        let program = stream(&package.streams, path)?;
        let input = read_bytes(path).map_err(|error| Refusal::unreadable(path, &error))?;
        let options = event_options(path, program.input.delimiter);
        recording
            .read(&program.stream, &path.display().to_string(), input.as_slice(), options)
            .map_err(|error| Refusal(format!("cannot read {}: {error}", path.display())))?;
        files.push((path.clone(), program.stream.clone()));
    }
    let clock = file.now.or(package.now);
    let name = name_for(first, &file.cases);
    let case = Case { name: name.clone(), ..Case::default() };
    let mut text = before.clone();
    hold(&checked, &package, &project.sources, |court| {
        let times = vec![Some(clock.unwrap_or(now)); recording.events.len()];
        let ready = Ready { case: &case, recording, times, now: clock, streams: BTreeSet::new() };
        let trial = court.run(&ready);
        let as_of = clock.or(trial.newest).unwrap_or(now);
        if before.is_empty() {
            let _ = writeln!(text, "now ={}\n", spaced(instant(as_of)));
        } else {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        let _ = writeln!(text, "[[case]]\nname ={}", spaced(name.as_str().into()));
        match inline(&ready.recording) {
            Some(events) => text.push_str(&events),
            None => text.push_str(&named(&files, &path)),
        }
        let tables = super::sources::tables(package.schema.tables.len());
        let profiles: Vec<Profile> = tables.flat_map(|table| trial.profiles(table, as_of)).collect();
        text.push_str(&rejects(&ready, &trial.mapped));
        let _ = writeln!(text, "profiles = {}", profiles.len());
        let scene = Scene { court, ready: &ready, trial: &trial, as_of, profiles, explain: false };
        for profile in &scene.profiles {
            text.push_str(&expectations(&scene, profile));
        }
    })
    .map_err(|error| Refusal(error.to_string()))?;
    Ok(Recorded { path, text, case: name })
}

/// The stream of a file: by its name, or the only one.
fn stream<'p>(streams: &'p [Program], path: &Path) -> Result<&'p Program, Refusal> {
    let name = stream_of(path);
    let named = streams.iter().find(|program| program.stream == name);
    let lone = if let [one] = streams { Some(one) } else { None };
    named.or(lone).ok_or_else(|| {
        let known: Vec<&str> = streams.iter().map(|program| program.stream.as_str()).collect();
        Refusal(format!(
            "no query reads stream `{name}` ({}): call the file by its stream, one of {}",
            path.display(),
            known.join(", ")
        ))
    })
}

fn name_for(events: &Path, cases: &[Case]) -> String {
    let file = events.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let names = (1..).map(|number| match number {
        1 => format!("what comes of {file}"),
        number => format!("what comes of {file}, {number}"),
    });
    let mut free = names.filter(|name| cases.iter().all(|case| case.name != *name));
    free.next().unwrap_or_default()
}

/// `events = […]`, if they are few and JSON.
fn inline(recording: &Recording) -> Option<String> {
    if recording.events.len() > INLINE || !recording.damaged.is_empty() {
        return None;
    }
    let mut text = String::from("events = [\n");
    for event in &recording.events {
        let mut entry = InlineTable::new();
        entry.insert("stream", event.stream.as_ref().into());
        entry.insert("event", Value::InlineTable(object(event)?));
        let _ = writeln!(text, "    {},", Value::InlineTable(entry));
    }
    text.push_str("]\n");
    Some(text)
}

fn object(event: &Event) -> Option<InlineTable> {
    if matches!(event.record.layout(), Layout::Csv(_)) {
        return None;
    }
    let record = event.record.records().next()?.ok()?;
    match serde_json::from_slice(record.raw).ok()? {
        serde_json::Value::Object(members) => table(&members),
        _ => None,
    }
}

fn table(members: &serde_json::Map<String, serde_json::Value>) -> Option<InlineTable> {
    let mut table = InlineTable::new();
    // `null` says as much as nothing.
    for (key, member) in members.iter().filter(|(_, member)| !member.is_null()) {
        table.insert(key, json(member)?);
    }
    Some(table)
}

fn json(member: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;
    Some(match member {
        Json::Null => return None,
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => match number.as_i64() {
            Some(int) => int.into(),
            // Larger integers would lose digits.
            None if number.is_u64() => return None,
            None => number.as_f64()?.into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().map(json).collect::<Option<Array>>()?),
        Json::Object(members) => Value::InlineTable(table(members)?),
    })
}

/// `files = […]`
fn named(files: &[(PathBuf, String)], test: &Path) -> String {
    let mut text = String::from("files = [\n");
    for (path, stream) in files {
        let mut entry = InlineTable::new();
        if stream_of(path) != *stream {
            entry.insert("stream", stream.as_str().into());
        }
        entry.insert("path", relative(path, test).into());
        let _ = writeln!(text, "    {},", Value::InlineTable(entry));
    }
    text.push_str("]\n");
    text
}

/// The way from the folder of a test to a file.
fn relative(path: &Path, test: &Path) -> String {
    let full = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    // `tests` may not be there yet, the project is.
    let project = test.parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let (path, from) = (full(path), full(project).join("tests"));
    let shared = path.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

fn rejects(ready: &Ready<'_>, mapped: &[Result<crate::trial::Mapped, Unmapped>]) -> String {
    let rejected = mapped.iter().enumerate().filter_map(|(at, mapped)| match mapped {
        Err(Unmapped::Rejected(reject)) => Some((Some(at + 1), reject)),
        _ => None,
    });
    let damaged = ready.recording.damaged.iter().map(|(_, reject)| (None, reject));
    let entries: Vec<(Option<usize>, &Reject)> = rejected.chain(damaged).collect();
    if entries.is_empty() {
        return String::new();
    }
    let mut text = String::from("rejects = [\n");
    for (event, reject) in entries {
        let mut entry = InlineTable::new();
        match event {
            Some(event) => entry.insert("event", (event as i64).into()),
            None => entry.insert("line", (reject.line as i64).into()),
        };
        entry.insert("reason", regex::escape(&reject.reason).into());
        let _ = writeln!(text, "    {},", Value::InlineTable(entry));
    }
    text.push_str("]\n");
    text
}

/// `[[case.profile]]` with everything a profile holds.
fn expectations(scene: &Scene<'_>, profile: &Profile) -> String {
    let schema = &scene.court.package.schema;
    let mut text = String::from("\n[[case.profile]]\n");
    let field_name = |id| schema.field(id).map_or("", |field| field.name.as_str());
    let mut is = InlineTable::new();
    if let Some((field, identity)) = profile.identities.first() {
        is.insert(field_name(*field), identity.as_str().into());
    }
    let _ = writeln!(text, "is ={}", spaced(Value::InlineTable(is)));
    if default_table(schema) != Some(profile.table) {
        let table = schema.table(profile.table).map_or("", |table| table.name.as_str());
        let _ = writeln!(text, "table ={}", spaced(table.into()));
    }
    let fields: Vec<(&str, Option<Value>)> =
        profile.fields.iter().map(|(id, owned)| (field_name(*id), value(owned))).collect();
    if fields.iter().all(|(_, value)| value.is_some()) {
        text.push_str("only = true\n");
    }
    let segments = scene.court.package.segments.iter();
    if segments.filter(|segment| segment.table == Some(profile.table)).count() > 0 {
        let slugs = scene.court.memberships.of(profile, schema, scene.as_of);
        let _ = writeln!(text, "segments ={}", spaced(Value::Array(slugs.into_iter().collect())));
    }
    // Fields that are called like a word of the format stand apart.
    let (apart, plain): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(name, _)| PROFILE.key(name).is_some());
    for (name, value) in plain {
        if let Some(value) = value {
            let _ = writeln!(text, "{} ={}", Key::new(name).display_repr(), spaced(value));
        }
    }
    let apart: InlineTable = apart.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if !apart.is_empty() {
        let _ = writeln!(text, "fields ={}", spaced(Value::InlineTable(apart)));
    }
    text
}

/// A value as it stands behind `=`.
fn spaced(value: Value) -> String {
    value.decorated(" ", "").to_string()
}
