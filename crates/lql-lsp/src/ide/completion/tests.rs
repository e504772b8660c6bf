//! How good completions are: cursor positions in the example shop, with what their authors want.

use super::*;
use crate::ide::testing::Fixture;
use std::path::{Path, PathBuf};

/// The least mean of the reciprocal ranks.
const GOOD: f64 = 0.9;
/// What is wanted below this rank is not seen by anybody.
const SEEN: usize = 20;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// Wanted item, text with the cursor, of a file of the corpus.
fn cases(file: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/completion").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let cases = text.split("\n=> ").skip(1).map(|case| case.split_once('\n').unwrap());
    cases.map(|(wanted, text)| (wanted.to_owned(), text.trim_end().to_owned())).collect()
}

/// The rank of each wanted item, from 1; 0 if it is not there.
fn ranks(corpus: &str, name: &str) -> Vec<(String, String, usize)> {
    let folder = tempfile::tempdir().unwrap();
    copy(&PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop")), folder.path());
    let path = folder.path().join(name);
    let mut earlier: Option<Snapshot> = None;
    let mut ranks = Vec::new();
    for (wanted, marked) in cases(corpus) {
        let offset = marked.find("$0").unwrap() as u32;
        std::fs::write(&path, marked.replace("$0", "")).unwrap();
        let snapshot = Snapshot::load_after(earlier.as_ref(), folder.path(), &lql_authoring::disk).unwrap();
        let file = snapshot.file(&path).unwrap();
        let found = completion(&snapshot, Place { file, offset });
        let rank = found.items.iter().take(SEEN).position(|item| item.label == wanted).map_or(0, |at| at + 1);
        ranks.push((wanted, marked, rank));
        earlier = Some(snapshot);
    }
    ranks
}

#[test]
fn the_wanted_item_stands_at_the_top() {
    let mut ranks = ranks("mapping.txt", "case.lql");
    ranks.extend(self::ranks("filter.txt", "segments/case.fql"));
    let reciprocal = |rank: usize| if rank == 0 { 0.0 } else { 1.0 / rank as f64 };
    let mean = ranks.iter().map(|(.., rank)| reciprocal(*rank)).sum::<f64>() / ranks.len() as f64;
    for (wanted, text, rank) in ranks.iter().filter(|(.., rank)| *rank != 1) {
        println!("{rank:3}  {wanted:24} {}", text.replace('\n', " ⏎ "));
    }
    let first = ranks.iter().filter(|(.., rank)| *rank == 1).count();
    println!("{} positions, {first} at the top, mean reciprocal rank {mean:.3}", ranks.len());
    assert!(ranks.len() >= 100 && mean >= GOOD, "mean reciprocal rank {mean:.3}");
}

fn labels(fixture: &Fixture) -> Vec<String> {
    completion(&fixture.snapshot, fixture.cursor).items.into_iter().map(|item| item.label).collect()
}

#[test]
fn what_is_written_has_the_quotes_it_needs() {
    let fixture = Fixture::shop("SELECT set(`sh$0) AS s FROM orders INTO user BY s ALIAS web");
    let found = completion(&fixture.snapshot, fixture.cursor);
    let item = &found.items[0];
    assert_eq!(
        (item.label.as_str(), item.insert.as_str(), item.filter.as_str()),
        ("ship to", "`ship to`", "`ship to`")
    );
    assert_eq!(found.replace, Span::new(11, 14));
}

#[test]
fn merge_operators_fit_the_kind() {
    let fixture = Fixture::shop("SELECT set(m) AS s MERGEOP $0 FROM web INTO user BY s ALIAS web");
    assert_eq!(labels(&fixture), ["capped", "latest", "oldest", "merge"]);
}

#[test]
fn clauses_that_are_there_are_not_offered_again() {
    let fixture = Fixture::shop("SELECT email(m) AS email FROM web $0\nBY email ALIAS web");
    assert_eq!(labels(&fixture), ["INTO", "WHERE", "WITH"]);
}

#[test]
fn everything_that_has_a_topic_can_be_told_about() {
    for web in [
        "SELECT $0 FROM web INTO user BY e ALIAS web",
        "SELECT a AS b KIND $0",
        "SELECT a AS b MERGEOP $0",
        "$0",
    ] {
        let fixture = Fixture::shop(web);
        for item in completion(&fixture.snapshot, fixture.cursor).items {
            if let Some(topic) = item.topic {
                assert!(resolve(&fixture.snapshot, &topic).is_some_and(|text| !text.is_empty()), "{topic}");
            }
        }
    }
}

#[test]
fn nothing_is_offered_in_comments_and_behind_a_limit() {
    assert!(labels(&Fixture::shop("-- a $0\nSELECT a AS a FROM web INTO user BY a ALIAS web")).is_empty());
    assert!(labels(&Fixture::new("==> a.fql\nFILTER * LIMIT $0")).is_empty());
}
