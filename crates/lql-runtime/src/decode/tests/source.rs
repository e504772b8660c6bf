use super::*;
use std::io::{Read, Write};

/// With the format detected, in chunks of every small size.
fn read(input: &[u8], want: &[&str]) {
    for chunk_size in (1..40).chain([1 << 20]) {
        let options = Options { chunk_size, ..Options::default() };
        assert_eq!(records(input, options, &["a"]), want, "chunks of {chunk_size}");
    }
}

fn read_as(format: Format, input: &[u8], want: &[&str]) {
    for chunk_size in (1..40).chain([1 << 20]) {
        let options = Options { format: Some(format), chunk_size, ..Options::default() };
        assert_eq!(records(input, options, &["a"]), want, "chunks of {chunk_size}");
    }
}

fn gzip(input: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(input).unwrap();
    out.finish().unwrap()
}

#[test]
fn lines_are_records() {
    read(b"{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{\"a\":3}", &["1: 1", "4: 2", "5: 3"]);
    read(b"", &[]);
    read(b"\n \n", &[]);
}

#[test]
fn a_damaged_line_does_not_harm_its_neighbours() {
    read(
        b"{\"a\":1}\n{\"a\":\n{\"a\":\"\x01\"}\nx\n{\"a\":2}\n{\"a",
        &[
            "1: 1",
            "2:6! the record ends before it is complete",
            "3:7! control character 0x01 inside a text; write it as an escape",
            "4:1! a record must be a JSON object, `{…}`",
            "5: 2",
            "6:4! the record ends before it is complete",
        ],
    );
}

#[test]
fn arrays_are_read_element_by_element() {
    read(b"[{\"a\":1},{\"a\":[2,\"],[\"]}\n, {\"a\":\n3}]\n", &["1: 1", "1: [2 \"],[\"]", "2: 3"]);
    read(b" [ ] ", &[]);
    read(b"[{\"a\":1}]\n[{\"a\":2}]", &["1: 1", "2: 2"]);
}

#[test]
fn a_damaged_element_does_not_harm_its_neighbours() {
    read(
        b"[{\"a\":1},\n {\"a\" 2},\n 5, {\"a\":\"x}\n, {\"a\":3} x, {\"a\":4}]",
        &[
            "1: 1",
            "2:7! expected `:` after the member name",
            "3:2! a record must be a JSON object, `{…}`",
            "3:13! control character 0x0a inside a text; write it as an escape",
            "4:11! something follows the end of the record",
            "4: 4",
        ],
    );
    read(
        b"[{\"a\":1},,{\"a\":2},]",
        &[
            "1: 1",
            "1:10! expected an object between the commas",
            "1: 2",
            "1:19! expected an object between the commas",
        ],
    );
    read(b"[{\"a\":1} x, {\"a\":4}]", &["1:10! something follows the end of the record", "1: 4"]);
}

#[test]
fn a_cut_array_gives_its_elements_and_a_reject() {
    read(b"[{\"a\":1},{\"a\":2}", &["1: 1", "1: 2", "1:17! the file ends before its array is closed"]);
    read(
        b"[{\"a\":1},\n{\"a\":",
        &[
            "1: 1",
            "2:6! the record ends before it is complete",
            "2:6! the file ends before its array is closed",
        ],
    );
}

#[test]
fn objects_may_span_lines() {
    read(b"{\n  \"a\": 1\n}\n{\n  \"a\":\n 2 }", &["1: 1", "4: 2"]);
    read_as(
        Format::Json,
        b"{\"a\":1}{\"a\":2} {\"a\":3} junk\n{\"a\":4}",
        &["1: 1", "1: 2", "1: 3", "1:24! a record must be a JSON object, `{…}`", "2: 4"],
    );
}

#[test]
fn the_format_is_detected() {
    read(b"\xef\xbb\xbf{\"a\":1}\n", &["1: 1"]);
    read(b"\xef\xbb\xbf\n [{\"a\":1}]", &["2: 1"]);
    read(b"a\n1\n", &["2: \"1\""]);
    read(b"\xff\xfe{\0", &["cannot open: the input is UTF-16; write it as UTF-8"]);
}

#[test]
fn packed_inputs_are_unpacked() {
    let lines = b"{\"a\":1}\n{\"a\":2}\n";
    let mut two_members = gzip(lines);
    two_members.extend(gzip(b"\n{\"a\":3}"));
    read(&two_members, &["1: 1", "2: 2", "4: 3"]);
    read(&zstd::encode_all(&lines[..], 1).unwrap(), &["1: 1", "2: 2"]);
    read(&gzip(b"a,b\n1,2\n"), &["2: \"1\""]);
}

#[test]
fn a_cut_archive_gives_what_is_whole_and_then_fails() {
    let lines: Vec<String> = (0..2_000).map(|n| format!("{{\"a\":{}}}", n * 7_919 % 10_007)).collect();
    let lines = lines.join("\n");
    let packed = gzip(lines.as_bytes());
    let shown = records(&packed[..packed.len() / 2], Options::default(), &["a"]);
    assert!(shown.len() > 100);
    assert_eq!(shown[0], "1: 0");
    assert!(shown.last().unwrap().starts_with("cannot read: "), "{:?}", shown.last());
}

#[test]
fn a_reader_that_fails_loses_only_the_cut_record() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("unplugged"))
        }
    }
    for chunk_size in [1, 5, 1 << 20] {
        let input = b"a,b\n1,2\n3,4".as_slice().chain(Broken);
        let mut chunker = Chunker::open(input, Options { chunk_size, ..Options::default() }).unwrap();
        let mut lines = Vec::new();
        let error = loop {
            match chunker.next_chunk() {
                Ok(chunk) => lines.extend(
                    chunk.unwrap().records().map(|record| record.map(|it| it.line).map_err(|it| it.line)),
                ),
                Err(error) => break error,
            }
        };
        assert_eq!(lines, [Ok(2), Err(3)]);
        assert_eq!(error.to_string(), "unplugged");
        assert!(chunker.next_chunk().unwrap().is_none());
    }
}

#[test]
fn long_records_are_rejected_without_holding_them() {
    let long = "x".repeat(5_000);
    let lines = format!("{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n{{\"a\":2}}\n");
    let array = format!("[{{\"a\":1}}\n,{{\"a\":\"{long}\"}}\n,{{\"a\":2}}]");
    let rows = format!("a,b\n1,1\n\"{long}\n\",1\n2,2\n");
    let too_long = "the record is longer than the limit of 100 bytes";
    for chunk_size in [1, 64, 256, 1 << 20] {
        let options = || Options { chunk_size, record_limit: 100, ..Options::default() };
        let second = format!("2:1! {too_long}");
        assert_eq!(records(lines.as_bytes(), options(), &["a"]), ["1: 1", &second, "3: 2"]);
        let second = format!("2:2! {too_long}");
        assert_eq!(records(array.as_bytes(), options(), &["a"]), ["1: 1", &second, "3: 2"]);
        let third = format!("3:1! {too_long}");
        assert_eq!(records(rows.as_bytes(), options(), &["a"]), [r#"2: "1""#, &third, r#"5: "2""#]);
        let cut = lines.get(..100 + lines.len() / 2).unwrap();
        assert_eq!(records(cut.as_bytes(), options(), &["a"]), ["1: 1", &format!("2:1! {too_long}")]);
    }
}

#[test]
fn an_endless_record_is_read_in_bounded_memory() {
    let endless = std::io::repeat(b'x').take(8 << 20);
    for format in [Format::Ndjson, Format::Json, Format::Csv] {
        let start: &[u8] = if format == Format::Json { b"[" } else { b"a\n" };
        let options = Options {
            format: Some(format),
            record_limit: 1 << 20,
            columns: Some(vec![]),
            ..Options::default()
        };
        let input = start.chain(std::io::repeat(b'x').take(endless.limit()));
        let mut chunker = Chunker::open(input, options).unwrap();
        while let Some(chunk) = chunker.next_chunk().unwrap() {
            assert!(chunk.bytes().len() < 3 << 20);
        }
    }
}

#[test]
fn chunks_tell_their_place() {
    let options = Options { chunk_size: 10, ..Options::default() };
    let mut chunker = Chunker::open(b"{\"a\":1}\n{\"a\":22}\n{}\n".as_slice(), options).unwrap();
    let mut places = Vec::new();
    while let Some(chunk) = chunker.next_chunk().unwrap() {
        places.push((chunk.offset(), chunk.line(), chunk.bytes().len()));
    }
    assert_eq!(places, [(0, 1, 8), (8, 2, 9), (17, 3, 3)]);
}

/// A chunk of all of an input.
fn chunk(input: &str) -> Chunk {
    Chunker::open(input.as_bytes(), Options::default()).unwrap().next_chunk().unwrap().unwrap()
}

fn decoded(chunk: &Chunk, keys: &[&str]) -> Vec<String> {
    let projection = projection(keys, &[]);
    let mut decoder = Decoder::new(&projection, chunk.layout());
    let arena = Bump::new();
    let decode = |record: Result<Record<'_>, Reject>| {
        let mut slots = vec![Value::Missing; projection.slots()];
        let decoded = record.and_then(|record| {
            let decoded = decoder.decode(&record, &arena, &mut slots);
            decoded.map(|()| record.line).map_err(|error| record.reject(&error))
        });
        match decoded {
            Ok(line) => format!("{line}: {}", show_all(&slots)),
            Err(Reject { line, reason, .. }) => format!("{line}! {reason}"),
        }
    };
    chunk.records().map(decode).collect()
}

#[test]
fn pairs_come_into_every_record() {
    let pairs = serde_json::json!({"source": "c\"rm", "n": 7});
    let pairs = pairs.as_object().unwrap();
    let keys = ["source", "n", "a"];
    let with = |input: &str| decoded(&chunk(input).with_pairs(pairs), &keys);
    let text = r#""c\"rm" 7"#;
    assert_eq!(
        with("{\"a\":1}\n\n{ }\n{\"a\":2}\n"),
        [format!("1: {text} 1"), format!("3: {text} -"), format!("4: {text} 2")]
    );
    assert_eq!(
        with("[{\"a\":1},\n{},\n {\"a\":2}]"),
        [format!("1: {text} 1"), format!("2: {text} -"), format!("3: {text} 2")]
    );
    let text = r#""c\"rm" "7""#;
    assert_eq!(with("a,b\n1,x\n\n\"2\n\",y\n"), [format!("2: {text} \"1\""), format!("4: {text} \"2\\n\"")]);
    let damaged = with("[{\"a\":1}, 5, {\"a\":2} x, {\"a\":3}]");
    assert_eq!(damaged.len(), 4, "{damaged:?}");
    assert_eq!(damaged.iter().filter(|line| line.contains('!')).count(), 2, "{damaged:?}");
}

#[test]
fn a_chunk_can_be_cut_short() {
    for input in
        ["{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}", "[{\"a\":1},\n\n{\"a\":2},\n{\"a\":3}]", "a\n\n1\n2\n3\n"]
    {
        let whole = decoded(&chunk(input), &["a"]);
        for count in 0..5 {
            let cut = decoded(&chunk(input).first(count), &["a"]);
            assert_eq!(cut, whole[..count.min(whole.len())], "{input:?} to {count}");
        }
    }
}

#[test]
fn pairs_of_a_form_are_a_row() {
    let row = Chunk::of_row([("_e", "pv"), ("tag", "a\"b"), ("tag", "c,\nd"), ("empty", "")]);
    assert_eq!(decoded(&row, &["_e", "tag", "empty", "none"]), [r#"1: "pv" ["a\"b" "c,\nd"] "" -"#]);
}
