//! One set of events, delivered in many ways: shuffled, repeated, cut into files, packed.

use lql_tests::generator::Random;
use std::{io::Write as _, path::Path};

/// All events of a stream, in the form of its files.
pub struct Stream {
    pub name: &'static str,
    /// For CSV, the header row; without it, the records are JSON objects.
    pub header: Option<&'static str>,
    pub records: Vec<String>,
}

/// What a delivery may do to events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// Every event comes once.
    None,
    /// Some events come several times, as after a retry.
    Some,
}

/// Writes each stream into one plain file, as it is; the names of the files.
pub fn plain(folder: &Path, streams: &[Stream]) -> Vec<String> {
    let write = |stream: &Stream| {
        let ending = if stream.header.is_some() { "csv" } else { "ndjson" };
        write_file(folder, &format!("{}.{ending}", stream.name), &text(stream, &stream.records, false))
    };
    streams.iter().map(write).collect()
}

/// Writes the streams into files in some other way; the names of the files, in any order.
pub fn mixed(folder: &Path, streams: &[Stream], repeats: Repeats, random: &mut Random) -> Vec<String> {
    let mut names = Vec::new();
    for stream in streams {
        let mut records = stream.records.clone();
        if repeats == Repeats::Some {
            for _ in 0..records.len() / 3 {
                records.push(stream.records[random.below(stream.records.len() as u64) as usize].clone());
            }
        }
        shuffle(&mut records, random);
        let mut rest = records.as_slice();
        let files = 1 + random.below(5);
        for file in 0..files {
            let take =
                if file + 1 == files { rest.len() } else { random.below(rest.len() as u64 + 1) as usize };
            let (now, later) = rest.split_at(take);
            rest = later;
            let array = stream.header.is_none() && random.chance(4_000);
            let ending = match stream.header {
                Some(_) => "csv",
                None if array => "json",
                None => "ndjson",
            };
            let (packing, bytes) = packed(&text(stream, now, array), random);
            names.push(write_file(folder, &format!("{}.{file}.{ending}{packing}", stream.name), &bytes));
        }
    }
    shuffle(&mut names, random);
    names
}

fn text(stream: &Stream, records: &[String], array: bool) -> Vec<u8> {
    let mut text = String::new();
    if array {
        text = format!("[\n{}\n]\n", records.join(" ,\n"));
    } else {
        for record in stream.header.into_iter().chain(records.iter().map(String::as_str)) {
            text.push_str(record);
            text.push('\n');
        }
    }
    text.into_bytes()
}

fn packed(bytes: &[u8], random: &mut Random) -> (&'static str, Vec<u8>) {
    match random.below(4) {
        0 => (".gz", gzip(bytes)),
        1 => (".zst", zstd::encode_all(bytes, 1).unwrap()),
        // The packing is seen from the content, whatever the name says.
        2 => ("", gzip(bytes)),
        _ => ("", bytes.to_vec()),
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn write_file(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for at in (1..items.len()).rev() {
        items.swap(at, random.below(at as u64 + 1) as usize);
    }
}
