//! The text of a test file to cases. Mistakes are findings with a place, all of them at once.

use super::format::{
    Body, Case, EventEntry, FieldCase, FileEntry, Identities, Orders, Placed, ProfileCase, Reason,
    RefusedCase, RejectCase, TestFile,
};
use super::read_expect::expect;
use crate::toml_keys::{self, Section};
use crate::toml_reader::{Key, Reader, Value, Words, in_order, span};
use lql_compiler::codes;
use lql_syntax::{Diagnostic, Span};
use regex::Regex;
use std::ops::RangeInclusive;
use std::path::Path;
use toml::de::{DeTable, DeValue};

const WORDS: Words = Words { key: codes::TEST_KEY, value: codes::TEST_VALUE, noun: "key" };

/// Most orders that `orders` may ask for.
const MOST_ORDERS: u32 = 10_000;

/// Reads a test file; `file` is its number in findings.
pub fn read(path: &Path, name: &str, text: &str, file: u32) -> (TestFile, Vec<Diagnostic>) {
    let (mut found, findings) = Reader::file(text, name, file, WORDS, root);
    path.clone_into(&mut found.path);
    name.clone_into(&mut found.name);
    text.clone_into(&mut found.text);
    // A case reaches up to the next one.
    let mut end = text.len() as u32;
    for case in found.cases.iter_mut().rev() {
        case.region.end = end;
        end = case.region.start;
    }
    (found, findings)
}

fn root(reader: &mut Reader, root: &DeTable<'_>) -> TestFile {
    let mut file = TestFile::default();
    let mut names: Vec<String> = Vec::new();
    for (key, value) in in_order(root) {
        match key.get_ref().as_ref() {
            "now" => file.now = reader.time("now", value),
            "project" => file.project = placed_text(reader, "project", value),
            "case" => {
                for (index, section) in reader.list("case", value).into_iter().enumerate() {
                    let case = case(reader, index, section);
                    if names.contains(&case.name) {
                        let title = format!("two cases are called \"{}\"", case.name);
                        reader.wrong(case.place, title, "the second of them");
                    }
                    names.push(case.name.clone());
                    file.cases.push(case);
                }
            }
            _ => unknown(reader, key, &toml_keys::TEST),
        }
    }
    file
}

fn unknown(reader: &mut Reader, key: &Key<'_>, section: &Section) {
    reader.unknown(key, section.title, section);
}

fn case(reader: &mut Reader, index: usize, section: &Value<'_>) -> Case {
    let mut case = Case { region: span(section), place: span(section), index, ..Case::default() };
    for (key, value) in reader.table("case", section) {
        match key.get_ref().as_ref() {
            "name" => {
                case.name = reader.text("name", value).unwrap_or_default();
                case.place = span(value);
            }
            "orders" => case.orders = orders(reader, value),
            "events" => {
                let items = reader.list("events", value);
                case.events = items.into_iter().filter_map(|item| event(reader, item)).collect();
            }
            "files" => {
                let items = reader.list("files", value);
                case.files = items.into_iter().filter_map(|item| event_file(reader, item)).collect();
            }
            "profile" => {
                let items = reader.list("profile", value).into_iter().enumerate();
                case.profiles = items.map(|(index, item)| profile(reader, index, item)).collect();
            }
            "profiles" => {
                let count = reader.count("profiles", value);
                case.count = count.map(|count| Placed { value: count as usize, span: span(value) });
            }
            "same" => case.same = groups(reader, "same", value),
            "apart" => case.apart = groups(reader, "apart", value),
            "refused" => {
                let items = reader.list("refused", value);
                let links = items.into_iter().filter_map(|item| refused(reader, item)).collect();
                case.refused = Some(Placed { value: links, span: span(value) });
            }
            "rejects" => {
                let items = reader.list("rejects", value);
                case.rejects = items.into_iter().map(|item| reject(reader, item)).collect();
            }
            "diagnostics" => case.diagnostics = Some(texts(reader, "diagnostics", value)),
            _ => unknown(reader, key, &toml_keys::CASE),
        }
    }
    if case.name.is_empty() {
        reader.wrong(case.place, "a case has no `name`", "say what it shows: `name = \"…\"`");
    }
    if case.events.is_empty() && case.files.is_empty() && case.diagnostics.is_none() {
        reader.wrong(case.place, "a case has no events", "add `events = […]` or `files = […]`");
    }
    case
}

fn orders(reader: &mut Reader, value: &Value<'_>) -> Option<Orders> {
    match value.get_ref() {
        DeValue::String(text) if text == "all" => Some(Orders::All),
        DeValue::String(_) => {
            reader.wrong(span(value), "`orders` is \"all\" or a number", "expected \"all\" or a number");
            None
        }
        _ => {
            let count = reader.count("orders", value)?;
            if count > MOST_ORDERS {
                let title = format!("`orders` is at most {MOST_ORDERS}");
                reader.wrong(span(value), title, "so many orders take too long");
            }
            Some(Orders::Some(count.min(MOST_ORDERS)))
        }
    }
}

fn event(reader: &mut Reader, section: &Value<'_>) -> Option<EventEntry> {
    let (mut stream, mut body, mut id, mut time) = (None, None, None, None);
    let before = reader.findings.len();
    for (key, value) in reader.table("events", section) {
        match key.get_ref().as_ref() {
            "stream" => stream = placed_text(reader, "stream", value),
            "event" => {
                reader.table("event", value);
                if let serde_json::Value::Object(members) = json(value) {
                    body = Some(Body::Object(members));
                }
            }
            "json" => body = reader.text("json", value).map(Body::Text),
            "id" => id = placed_text(reader, "id", value),
            "time" => {
                time = reader.time("time", value).map(|time| Placed { value: time, span: span(value) });
            }
            _ => unknown(reader, key, &toml_keys::EVENT),
        }
    }
    if body.is_none() && reader.findings.len() == before {
        reader.wrong(span(section), "an event says nothing", "add `event = { … }` or `json = '''…'''`");
    }
    Some(EventEntry { span: span(section), stream, body: body?, id, time })
}

fn event_file(reader: &mut Reader, section: &Value<'_>) -> Option<FileEntry> {
    let (mut stream, mut path, mut lines) = (None, None, Vec::new());
    for (key, value) in reader.table("files", section) {
        match key.get_ref().as_ref() {
            "stream" => stream = placed_text(reader, "stream", value),
            "path" => path = placed_text(reader, "path", value),
            "lines" => match value.get_ref() {
                DeValue::Array(items) => items.iter().for_each(|item| lines.extend(range(reader, item))),
                _ => lines.extend(range(reader, value)),
            },
            _ => unknown(reader, key, &toml_keys::FILE),
        }
    }
    if path.is_none() {
        reader.wrong(span(section), "a file of events has no `path`", "add `path = \"…\"`");
    }
    Some(FileEntry { stream, path: path?, lines })
}

/// `7` or `"2-5"`.
fn range(reader: &mut Reader, value: &Value<'_>) -> Option<RangeInclusive<u64>> {
    if !matches!(value.get_ref(), DeValue::String(_)) {
        let line = u64::from(reader.count("lines", value)?);
        return Some(line..=line);
    }
    let text = reader.text("lines", value)?;
    let ends = text.split_once('-').unwrap_or((&text, &text));
    let (from, to) = (ends.0.trim().parse().ok(), ends.1.trim().parse().ok());
    if from.is_none() || to.is_none() || from > to {
        let label = "expected a line, or lines such as \"2-5\"";
        reader.wrong(span(value), format!("`{text}` names no lines"), label);
    }
    Some(from?..=to?)
}

fn profile(reader: &mut Reader, index: usize, section: &Value<'_>) -> ProfileCase {
    let nobody = Placed { value: Vec::new(), span: span(section) };
    let mut profile = ProfileCase {
        index,
        is: nobody,
        table: None,
        absent: false,
        only: false,
        fields: Vec::new(),
        filters: Vec::new(),
        segments: None,
        within: Vec::new(),
        without: Vec::new(),
    };
    for (key, value) in reader.table("case.profile", section) {
        match key.get_ref().as_ref() {
            "is" => profile.is = identities(reader, "is", value),
            "table" => profile.table = placed_text(reader, "table", value),
            "absent" => profile.absent = reader.flag("absent", value),
            "only" => profile.only = reader.flag("only", value),
            "filter" => profile.filters.extend(placed_text(reader, "filter", value)),
            "segments" => profile.segments = Some(texts(reader, "segments", value)),
            "in" => profile.within = texts(reader, "in", value).value,
            "not_in" => profile.without = texts(reader, "not_in", value).value,
            "fields" => {
                for (key, value) in reader.table("fields", value) {
                    field(reader, key, value, true, &mut profile);
                }
            }
            _ => field(reader, key, value, false, &mut profile),
        }
    }
    if profile.is.value.is_empty() {
        let label = "say whose: `is = { email = \"…\" }`";
        reader.wrong(span(section), "a profile has no identity", label);
    }
    profile
}

fn field(reader: &mut Reader, key: &Key<'_>, value: &Value<'_>, nested: bool, profile: &mut ProfileCase) {
    // A filter asks about the whole profile, wherever it stands.
    if let DeValue::Table(table) = value.get_ref()
        && let [(mode, filter)] = in_order(table).as_slice()
        && mode.get_ref() == "filter"
        && matches!(filter.get_ref(), DeValue::String(_))
    {
        profile.filters.extend(placed_text(reader, "filter", filter));
        return;
    }
    let name = Placed { value: key.get_ref().to_string(), span: span(key) };
    let expect = expect(reader, &name.value, value);
    profile.fields.extend(expect.map(|expect| FieldCase { name, nested, expect }));
}

/// `{ email = "…", cookie = "…" }`
fn identities(reader: &mut Reader, name: &str, value: &Value<'_>) -> Identities {
    let mut found = Vec::new();
    for (key, value) in reader.table(name, value) {
        let field = Placed { value: key.get_ref().to_string(), span: span(key) };
        found.extend(reader.text(&field.value, value).map(|text| (field, text)));
    }
    Placed { value: found, span: span(value) }
}

/// `[{ … }, { … }]`, or several of them in a list.
fn groups(reader: &mut Reader, name: &str, value: &Value<'_>) -> Vec<Placed<Vec<Identities>>> {
    let items = reader.list(name, value);
    let nested = items.iter().any(|item| matches!(item.get_ref(), DeValue::Array(_)));
    let groups: Vec<(Span, Vec<&Value<'_>>)> = if nested {
        items.into_iter().map(|item| (span(item), reader.list(name, item))).collect()
    } else {
        vec![(span(value), items)]
    };
    let mut found = Vec::new();
    for (place, members) in groups {
        if members.len() < 2 {
            reader.wrong(place, format!("`{name}` compares at least two identities"), "only one of them");
        }
        let members = members.into_iter().map(|member| identities(reader, name, member)).collect();
        found.push(Placed { value: members, span: place });
    }
    found
}

fn refused(reader: &mut Reader, section: &Value<'_>) -> Option<RefusedCase> {
    let (mut ends, mut reason) = (Vec::new(), None);
    for (key, value) in reader.table("refused", section) {
        match key.get_ref().as_ref() {
            "link" => {
                let items = reader.list("link", value);
                ends = items.into_iter().map(|item| identities(reader, "link", item)).collect();
            }
            "reason" => {
                let text = reader.text("reason", value)?;
                reason = Reason::WORDS.iter().find(|(word, _)| *word == text).map(|(_, reason)| *reason);
                if reason.is_none() {
                    let words: Vec<&str> = Reason::WORDS.iter().map(|(word, _)| *word).collect();
                    let title = format!("no link is refused for \"{text}\"");
                    reader.wrong(span(value), title, format!("the reasons are {}", words.join(", ")));
                }
            }
            _ => unknown(reader, key, &toml_keys::REFUSED),
        }
    }
    match <[Identities; 2]>::try_from(ends) {
        Ok(ends) => Some(RefusedCase { span: span(section), ends, reason }),
        Err(_) => {
            let label = "add `link = [{ cookie = \"…\" }, { email = \"…\" }]`";
            reader.wrong(span(section), "a link has two ends", label);
            None
        }
    }
}

fn reject(reader: &mut Reader, section: &Value<'_>) -> RejectCase {
    let mut reject = RejectCase { span: span(section), event: None, file: None, line: None, reason: None };
    for (key, value) in reader.table("rejects", section) {
        match key.get_ref().as_ref() {
            "event" => reject.event = reader.count("event", value),
            "file" => reject.file = reader.text("file", value),
            "line" => reject.line = reader.count("line", value),
            "reason" => reject.reason = regex(reader, "reason", value),
            _ => unknown(reader, key, &toml_keys::REJECT),
        }
    }
    reject
}

pub(super) fn regex(reader: &mut Reader, name: &str, value: &Value<'_>) -> Option<Regex> {
    let text = reader.text(name, value)?;
    match Regex::new(&text) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            reader.wrong(span(value), format!("`{name}` is no regular expression"), reason);
            None
        }
    }
}

fn texts(reader: &mut Reader, name: &str, value: &Value<'_>) -> Placed<Vec<Placed<String>>> {
    let items = reader.list(name, value);
    let texts = items.into_iter().filter_map(|item| placed_text(reader, name, item)).collect();
    Placed { value: texts, span: span(value) }
}

fn placed_text(reader: &mut Reader, name: &str, value: &Value<'_>) -> Option<Placed<String>> {
    reader.text(name, value).map(|text| Placed { value: text, span: span(value) })
}

/// An inline event as JSON. Times are texts there.
fn json(value: &Value<'_>) -> serde_json::Value {
    match value.get_ref() {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().into(),
        DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok().into(),
        DeValue::Boolean(flag) => (*flag).into(),
        DeValue::Datetime(time) => time.to_string().into(),
        DeValue::Array(items) => items.iter().map(json).collect(),
        DeValue::Table(table) => {
            in_order(table).into_iter().map(|(key, value)| (key.get_ref().to_string(), json(value))).collect()
        }
    }
}
