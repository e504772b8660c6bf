//! Events that cannot be read go to a file, with their place and a reason, and the others are processed as if nothing
//! had happened.

use crate::delivery::gzip;
use lql_tests::cli::{Output, lql_in};
use serde_json::Value;
use std::{fmt::Write as _, fs};
use tempfile::TempDir;

const QUERY: &str = "\
SELECT id AS id, count(*) AS events, sum(toint(n)) AS total, max(len(text)) AS longest
FROM web INTO user BY id ALIAS web";

/// A project with one query and the events of one file.
struct Case {
    folder: TempDir,
    file: String,
}

impl Case {
    fn new(file: &str, bytes: impl AsRef<[u8]>) -> Case {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("events")).unwrap();
        fs::write(folder.path().join("web.lql"), QUERY).unwrap();
        fs::write(folder.path().join("events").join(file), bytes).unwrap();
        Case { folder, file: format!("events/{file}") }
    }

    fn run(&self) -> Output {
        lql_in(self.folder.path(), ["run", ".", "--now", "2026-03-04T05:06:07Z", "--output", "out.ndjson"])
    }

    fn output(&self) -> String {
        fs::read_to_string(self.folder.path().join("out.ndjson")).unwrap()
    }

    fn rejects(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.folder.path().join("out.rejects.ndjson")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Place and reason of each reject; what was rejected, in short; and the number of events that were not.
    fn told(&self) -> String {
        let run = self.run();
        let mut told = String::new();
        for reject in self.rejects() {
            let file = reject["file"].as_str().unwrap();
            assert!(file.ends_with(&self.file), "{file}");
            // Bytes that are no text stand there in another form.
            let event = reject["event"].as_str().or(reject["event_base64"].as_str()).unwrap();
            let short: String = event.chars().take(60).collect();
            let dots = if short.len() < event.len() { "…" } else { "" };
            let (line, column, reason) =
                (&reject["line"], &reject["column"], reject["reason"].as_str().unwrap());
            writeln!(told, "{line}:{column} {reason}").unwrap();
            if !short.is_empty() {
                writeln!(told, "    {short}{dots}").unwrap();
            }
        }
        let counted = run.stderr.lines().find(|line| line.starts_with("events ")).unwrap_or(&run.stderr);
        writeln!(told, "exit code {}\n{counted}", run.status).unwrap();
        told
    }
}

#[test]
fn damaged_lines_of_json() {
    let case = Case::new(
        "web.ndjson",
        r#"{"id":"a","n":1}
{"id":"a","n":
{"id":"a" "n":1}
{"id":"a","n":01}
{"id":"a","n":1}}
[{"id":"a"}]
"a"
{"id":"a","text":"\q"}
{'id':'a'}
{"id":"a","n":2,}

   
nonsense
{"id":"a","n":NaN}
{"id":"a","text":"open}
{"id":"a","n":4}
"#,
    );
    insta::assert_snapshot!(case.told(), @r#"
    2:15 the record ends before it is complete
        {"id":"a","n":
    3:11 expected `,` or `}` after a member
        {"id":"a" "n":1}
    4:17 malformed number
        {"id":"a","n":01}
    5:17 something follows the end of the record
        {"id":"a","n":1}}
    6:1 a record must be a JSON object, `{…}`
        [{"id":"a"}]
    7:1 a record must be a JSON object, `{…}`
        "a"
    8:19 unknown escape after `\` in a text
        {"id":"a","text":"\q"}
    9:2 expected a member name in double quotes
        {'id':'a'}
    10:17 expected a member name in double quotes
        {"id":"a","n":2,}
    13:1 a record must be a JSON object, `{…}`
        nonsense
    14:15 expected a value: an object, array, text, number, true, false or null
        {"id":"a","n":NaN}
    15:24 the record ends before it is complete
        {"id":"a","text":"open}
    exit code 1
    events    14 read, 12 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

/// The name says what a file holds, so that damage in its first line does not make it something else.
#[test]
fn a_damaged_first_line() {
    for name in ["web.ndjson", "web.jsonl.gz", "web.json"] {
        let case = Case::new(name, "nonsense\n{\"id\":\"a\",\"n\":1}\n");
        assert!(case.told().starts_with("1:1 a record must be a JSON object"), "{name}: {}", case.told());
        assert_eq!(case.output().lines().count(), 1, "{name}");
    }
    let case = Case::new("web.csv", "[id],n\na,1\n");
    assert!(case.told().contains("1 read, 0 rejected, 1 without identity"), "{}", case.told());
}

#[test]
fn the_events_between_damaged_ones_count_as_if_they_were_alone() {
    let good: Vec<String> =
        (0..200).map(|n| format!(r#"{{"id":"p{}","n":{n},"text":"x"}}"#, n % 7)).collect();
    let alone = Case::new("web.ndjson", good.join("\n"));
    alone.run().expect(0);

    let mut damaged = Vec::new();
    for (n, line) in good.iter().enumerate() {
        damaged.extend_from_slice(&line.as_bytes()[..n % line.len()]);
        damaged.extend_from_slice(b"\n");
        damaged.extend_from_slice(line.as_bytes());
        damaged.extend_from_slice(if n % 3 == 0 { b"\n\xff\xfe\n" } else { b"\r\n" });
    }
    let among = Case::new("web.ndjson", damaged);
    among.run().expect(1);
    assert_eq!(among.output(), alone.output());
    assert!(!among.rejects().is_empty());
}

#[test]
fn text_that_is_not_utf8() {
    let mut bytes = b"{\"id\":\"a\",\"n\":1}\n{\"id\":\"a\",\"text\":\"caf\xe9\"}\n".to_vec();
    bytes.extend_from_slice(b"{\"id\":\"a\",\"other\":\"\xff\"}\n\xff\xfe\n{\"id\":\"a\",\"n\":5}\n");
    insta::assert_snapshot!(Case::new("web.ndjson", bytes).told(), @"
    2:22 the text is not valid UTF-8
        eyJpZCI6ImEiLCJ0ZXh0IjoiY2Fm6SJ9
    3:20 the text is not valid UTF-8
        eyJpZCI6ImEiLCJvdGhlciI6Iv8ifQ==
    4:1 the text is not valid UTF-8
        //4=
    exit code 1
    events    5 read, 3 rejected (see out.rejects.ndjson), 0 without identity
    ");
}

#[test]
fn a_file_of_another_encoding() {
    let utf16: Vec<u8> =
        "{\"id\":\"a\"}\n{\"id\":\"b\"}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!(Case::new("web.ndjson", [b"\xff\xfe".to_vec(), utf16].concat()).told(), @"
    1:1 the rest of the file cannot be read: the input is UTF-16; write it as UTF-8
    exit code 1
    events    1 read, 1 rejected (see out.rejects.ndjson), 0 without identity
    ");
}

#[test]
fn a_value_of_ten_megabytes() {
    let long = "x".repeat(10 << 20);
    let lines = format!(
        "{{\"id\":\"a\",\"n\":1}}\n{{\"id\":\"a\",\"text\":\"{long}\"}}\n{{\"id\":\"a\",\"unread\":\"{long}\"}}\n{{\"id\":\"a\",\"n\":2}}\n"
    );
    insta::assert_snapshot!(Case::new("web.ndjson", lines).told(), @r#"
    2:1 the record is longer than the limit of 4194304 bytes
        {"id":"a","text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    3:1 the record is longer than the limit of 4194304 bytes
        {"id":"a","unread":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    exit code 1
    events    4 read, 2 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn a_line_of_forty_megabytes() {
    let long = "x".repeat(40 << 20);
    let lines =
        format!("{{\"id\":\"a\",\"n\":1}}\n{{\"id\":\"a\",\"text\":\"{long}\"}}\n{{\"id\":\"a\",\"n\":2}}\n");
    insta::assert_snapshot!(Case::new("web.ndjson", lines).told(), @r#"
    2:1 the record is longer than the limit of 4194304 bytes
        {"id":"a","text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    exit code 1
    events    3 read, 1 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn five_thousand_levels_of_nesting() {
    let objects = format!("{}1{}", "{\"id\":".repeat(5_000), "}".repeat(5_000));
    let arrays = format!("{{\"id\":\"a\",\"n\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let unread = format!("{{\"id\":\"a\",\"unread\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    let open = "{\"id\":".repeat(5_000);
    let lines = [r#"{"id":"a","n":1}"#, &objects, &arrays, &unread, &open, r#"{"id":"a","n":2}"#].join("\n");
    insta::assert_snapshot!(Case::new("web.ndjson", lines).told(), @r#"
    2:769 nested deeper than 128 levels
        {"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":…
    3:142 nested deeper than 128 levels
        {"id":"a","n":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
    4:147 nested deeper than 128 levels
        {"id":"a","unread":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
    5:769 nested deeper than 128 levels
        {"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":{"id":…
    exit code 1
    events    6 read, 4 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn rows_of_the_wrong_width() {
    let rows = "id,n,text\na,1,x\na,2\na,3,x,y\n\na,4,\"x\ny\"\na,5,x\"y\na,6,\"x\"y\na,7,x\n";
    insta::assert_snapshot!(Case::new("web.csv", rows).told(), @r#"
    3:4 the row has 2 cells, the header has 3
        a,2
    4:7 the row has 4 cells, the header has 3
        a,3,x,y
    8:6 a quote inside a cell: quote the whole cell and double the quotes in it
        a,5,x"y
    9:7 a quote inside a cell: quote the whole cell and double the quotes in it
        a,6,"x"y
    exit code 1
    events    7 read, 4 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn a_quote_that_is_never_closed() {
    insta::assert_snapshot!(Case::new("web.csv", "id,n,text\na,1,x\na,2,\"x\na,3,x\n").told(), @r#"
    3:5 the quote that opens here is never closed
        a,2,"x
    a,3,x
    exit code 1
    events    2 read, 1 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn elements_of_an_array_that_are_no_events() {
    let array = r#"[{"id":"a","n":1}, 5, {"id":"a","n":}, ["a"], {"id":"a","n":2},, {"id":"a","n":3}]"#;
    insta::assert_snapshot!(Case::new("web.json", array).told(), @r#"
    1:20 a record must be a JSON object, `{…}`
        5
    1:37 expected a value: an object, array, text, number, true, false or null
        {"id":"a","n":}
    1:40 a record must be a JSON object, `{…}`
        ["a"]
    1:64 expected an object between the commas
    exit code 1
    events    7 read, 4 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn an_array_that_ends_early() {
    insta::assert_snapshot!(Case::new("web.json", r#"[{"id":"a","n":1},{"id":"a","n":2},{"id":"a""#).told(), @r#"
    1:45 the record ends before it is complete
        {"id":"a"
    1:45 the file ends before its array is closed
    exit code 1
    events    4 read, 2 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn a_packed_file_that_was_cut() {
    let lines: String = (0..20_000).map(|n| format!("{{\"id\":\"a\",\"n\":{}}}\n", n % 1_000)).collect();
    let packed = gzip(lines.as_bytes());
    let case = Case::new("web.ndjson.gz", &packed[..packed.len() / 2]);
    let told = case.told();
    assert!(told.contains("the rest of the file cannot be read"), "{told}");
    let events = case.output();
    let profile: Value = serde_json::from_str(events.trim()).unwrap();
    // What stands before the cut is processed.
    assert!(profile["events"].as_u64().unwrap() > 5_000, "{events}");
    assert!(told.contains("exit code 1"), "{told}");
}

#[test]
fn a_packed_file_of_nonsense() {
    let case = Case::new("web.ndjson.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff\xff\xff\xff");
    insta::assert_snapshot!(case.told(), @"
    1:1 the rest of the file cannot be read: corrupt deflate stream
    exit code 1
    events    1 read, 1 rejected (see out.rejects.ndjson), 0 without identity
    ");
}

#[test]
fn times_that_cannot_be_read() {
    let case = Case::new(
        "web.ndjson",
        r#"{"id":"a","at":"2026-01-02T03:04:05Z"}
{"id":"a","at":"yesterday-ish"}
{"id":"a"}
{"id":"a","at":""}
{"id":"a","at":"31/12/2026"}
"#,
    );
    fs::write(case.folder.path().join("lql.toml"), "[streams.web]\ntimestamp = \"at\"\n").unwrap();
    insta::assert_snapshot!(case.told(), @r#"
    2:1 no readable time in `at`: "yesterday-ish"
        {"id":"a","at":"yesterday-ish"}
    3:1 no time: `at` is missing or empty
        {"id":"a"}
    4:1 no time: `at` is missing or empty
        {"id":"a","at":""}
    5:1 no readable time in `at`: "31/12/2026"
        {"id":"a","at":"31/12/2026"}
    exit code 1
    events    5 read, 4 rejected (see out.rejects.ndjson), 0 without identity
    "#);
}

#[test]
fn files_without_events() {
    for (file, bytes) in [("web.ndjson", ""), ("web.json", "[]"), ("web.csv", "id,n\n"), ("web.csv", "")] {
        let case = Case::new(file, bytes);
        case.run().expect(0);
        assert_eq!((case.output().as_str(), case.rejects().len()), ("", 0), "{file} {bytes:?}");
    }
}

#[test]
fn no_rejects_no_file_and_no_file_of_an_earlier_run() {
    let case = Case::new("web.ndjson", "{\"id\":\"a\"}\n{\n");
    case.run().expect(1);
    assert_eq!(case.rejects().len(), 1);
    fs::write(case.folder.path().join("events/web.ndjson"), "{\"id\":\"a\"}\n").unwrap();
    case.run().expect(0);
    assert!(
        !case.folder.path().join("out.rejects.ndjson").exists(),
        "the rejects of the earlier run are still there"
    );
}

#[test]
fn rejects_of_several_files_stand_in_their_order_on_any_number_of_threads() {
    let case = Case::new("web.ndjson", "");
    let names: Vec<String> = (0..9).map(|n| format!("web.{n}.ndjson")).collect();
    for (n, name) in names.iter().enumerate() {
        let line = if n % 2 == 0 { "{\n" } else { "]\n" };
        fs::write(case.folder.path().join(name), line.repeat(50 * (9 - n))).unwrap();
    }
    let run = |threads: &str| {
        let fixed = ["run", "web.lql", "--output", "out.ndjson", "--threads", threads, "--events"];
        lql_in(case.folder.path(), fixed.into_iter().chain(names.iter().map(String::as_str))).expect(1);
        case.rejects()
    };
    let expected = run("1");
    assert_eq!(expected.len(), 50 * 45);
    assert!(run("8") == expected);
}
