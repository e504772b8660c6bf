use super::{Format, Shape};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

const SHAPE: Shape = Shape { events: 20_000, seed: 42 };

fn bytes(shape: Shape, format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    shape.write(format, &mut bytes).unwrap();
    bytes
}

fn lines() -> &'static [String] {
    static LINES: OnceLock<Vec<String>> = OnceLock::new();
    LINES.get_or_init(|| SHAPE.lines())
}

fn events() -> &'static [Value] {
    static EVENTS: OnceLock<Vec<Value>> = OnceLock::new();
    EVENTS.get_or_init(|| lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn text<'e>(event: &'e Value, key: &str) -> &'e str {
    event[key].as_str().unwrap_or_default()
}

/// The share of events for which `holds` is true, in percent.
#[track_caller]
fn assert_share(percent: f64, tolerance: f64, what: &str, holds: impl Fn(&Value) -> bool) {
    let events = events();
    let share = 100.0 * events.iter().filter(|event| holds(event)).count() as f64 / SHAPE.events as f64;
    assert!((share - percent).abs() <= tolerance, "{what}: {share:.2}%, not {percent}%");
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(leaves).sum(),
        _ => 1,
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for format in [Format::Ndjson, Format::Csv] {
        assert!(bytes(SHAPE, format) == bytes(SHAPE, format));
    }
}

#[test]
fn another_seed_gives_other_bytes() {
    let other = Shape { seed: 43, ..SHAPE };
    assert!(bytes(SHAPE, Format::Ndjson) != bytes(other, Format::Ndjson));
}

/// Figures of two versions must be about the same events.
#[test]
fn the_bytes_of_a_seed_do_not_change_between_versions() {
    let checksum = bytes(SHAPE, Format::Ndjson)
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(format!("{checksum:016x}"), "ff08489a68bd5d52");
}

#[test]
fn lines_and_file_are_the_same_events() {
    let text = lines().join("\n") + "\n";
    assert!(text.as_bytes() == bytes(SHAPE, Format::Ndjson));
}

#[test]
fn size_and_number_of_values_are_as_announced() {
    let sizes: Vec<usize> = lines().iter().map(|line| line.len() + 1).collect();
    let mean = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    assert!((mean - 567.0).abs() < 5.0, "mean {mean}");
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!((400..450).contains(least) && (750..820).contains(most), "{least} to {most}");

    let counts: Vec<usize> = events().iter().map(leaves).collect();
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    assert!((mean - 20.8).abs() < 0.2, "mean {mean}");
    assert!(*counts.iter().min().unwrap() >= 18 && *counts.iter().max().unwrap() <= 26);
}

#[test]
fn shares_are_as_announced() {
    assert_share(15.0, 2.5, "e-mail", |event| event.get("email").is_some());
    assert_share(19.0, 2.5, "user number", |event| event.get("user_id").is_some());
    assert_share(26.0, 2.5, "not ASCII", |event| !event.to_string().is_ascii());
    assert_share(5.0, 0.5, "purchase", |event| text(event, "event") == "purchase");
    assert_share(15.0 * 0.3, 1.0, "e-mail with capitals", |event| {
        text(event, "email").contains(char::is_uppercase)
    });
    let escaped = lines().iter().filter(|line| line.contains('\\')).count();
    assert!((escaped as f64 / SHAPE.events as f64 - 0.04).abs() < 0.004, "{escaped} lines with escapes");
}

#[test]
fn no_two_events_share_their_time_or_their_id() {
    let events = events();
    for key in ["ts", "event_id"] {
        let distinct: HashSet<&str> = events.iter().map(|event| text(event, key)).collect();
        assert_eq!(distinct.len(), events.len(), "{key}");
    }
}

#[test]
fn few_people_are_busy_and_some_share_a_cookie() {
    let events = events();
    let mut of_cookie: HashMap<&str, HashSet<&str>> = HashMap::new();
    let mut of_user: HashMap<&str, usize> = HashMap::new();
    for event in events {
        let users = of_cookie.entry(text(event, "cookie")).or_default();
        if event.get("user_id").is_some() {
            users.insert(text(event, "user_id"));
            *of_user.entry(text(event, "user_id")).or_default() += 1;
        }
    }
    assert!((4_000..6_000).contains(&of_cookie.len()), "{} cookies", of_cookie.len());
    assert!(of_cookie.values().any(|users| users.len() > 1), "no shared cookie");
    assert!(*of_user.values().max().unwrap() > 50 && of_user.values().any(|count| *count == 1));
}

#[test]
fn one_event_in_twenty_is_late() {
    let events = events();
    let mut newest = String::new();
    let mut late = 0;
    for event in events {
        // A month of 20,000 events: 50 places are 108 minutes. Late is what is older than yesterday's newest.
        let day = text(event, "ts").get(..10).unwrap().to_owned();
        late += usize::from(day < newest);
        newest = newest.max(day);
    }
    let share = late as f64 / events.len() as f64;
    assert!((0.03..0.07).contains(&share), "{share}");
}

#[test]
fn both_formats_hold_the_same_values() {
    let csv = String::from_utf8(bytes(SHAPE, Format::Csv)).unwrap();
    assert_eq!(csv.lines().count() as u64, SHAPE.events + 1);
    for (line, event) in csv.lines().skip(1).zip(events()).take(500) {
        for key in ["event_id", "ts", "event", "cookie", "user_id", "email"] {
            assert!(line.contains(text(event, key)), "{key} of {event} in {line}");
        }
    }
}
