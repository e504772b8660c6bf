//! Memory goes with the number of profiles, not with the number or the size of the events.
#![cfg(target_os = "linux")]

use lql_tests::{
    cli::lql_measured,
    generator::{Format, Shape},
};
use std::{fs, io::BufWriter, path::Path};

const QUERY: &str = "\
SELECT event AS id, count(*) AS events, sum(toint(score)) AS score, user_id AS last_user, url AS last_url
FROM events INTO user BY id ALIAS kinds";

fn run(folder: &Path, file: &str) -> u64 {
    let arguments = ["run", "kinds.lql", "--stream", "events", "--output", "out.ndjson", "--threads", "2"];
    let (output, peak) = lql_measured(folder, arguments.into_iter().chain(["--events", file]));
    output.expect(i32::from(file.contains("damaged")));
    peak
}

#[test]
fn fifty_thousand_events_of_six_profiles_fit_into_sixty_four_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kinds.lql"), QUERY).unwrap();
    let path = folder.path().join("events.ndjson");
    let mut file = BufWriter::new(fs::File::create(&path).unwrap());
    Shape { events: 50_000, seed: 42 }.write(Format::Ndjson, &mut file).unwrap();
    drop(file);
    let size = fs::metadata(&path).unwrap().len() >> 10;
    let peak = run(folder.path(), "events.ndjson");
    assert!(size > 25_000 && peak > 0 && peak < 64 << 10, "{peak} KiB for {size} KiB of events");
}

#[test]
fn profiles_above_the_limit_of_memory_are_not_held() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.lql"), "SELECT id, note FROM notes INTO user BY id ALIAS notes")
        .unwrap();
    let note = "x".repeat(4_000);
    let lines: String = (0..25_000).map(|id| format!("{{\"id\":\"{id}\",\"note\":\"{note}\"}}\n")).collect();
    fs::write(folder.path().join("notes.ndjson"), lines).unwrap();
    let measure = |more: &[&'static str]| {
        let fixed =
            ["run", "notes.lql", "--events", "notes.ndjson", "--output", "out.ndjson", "--now", "2026-01-01"];
        let (output, peak) = lql_measured(folder.path(), fixed.into_iter().chain(more.iter().copied()));
        output.expect(0);
        (fs::read(folder.path().join("out.ndjson")).unwrap(), peak)
    };
    let (whole, peak_of_whole) = measure(&["--threads", "1"]);
    let (limited, peak) = measure(&["--threads", "1", "--memory", "16M"]);
    assert!(limited == whole);
    assert!(
        peak_of_whole > 100 << 10 && peak < peak_of_whole * 2 / 3,
        "{peak_of_whole} KiB, limited {peak} KiB"
    );
}

/// A bomb of one endless line: what cannot be an event is not kept.
#[test]
fn a_line_without_end_is_not_held() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kinds.lql"), QUERY).unwrap();
    let mut bytes = b"{\"event\":\"a\",\"x\":\"".to_vec();
    bytes.resize(400 << 20, b'x');
    let packed = zstd::encode_all(bytes.as_slice(), 1).unwrap();
    drop(bytes);
    fs::write(folder.path().join("damaged.ndjson.zst"), packed).unwrap();
    let peak = run(folder.path(), "damaged.ndjson.zst");
    assert!(peak > 0 && peak < 48 << 10, "{peak} KiB for a line of 400 MiB");
}
