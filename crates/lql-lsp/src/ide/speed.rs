//! How long answers take on a file of 1,000 lines. Not run by default, for only an optimised build tells:
//! `cargo test --release -p lql-lsp -- --ignored --nocapture speed`.

use super::testing::Fixture;
use super::{
    Place, Range, Snapshot, actions, completion, folding, hints, hover, lenses, outline, references, rename,
    tokens,
};
use lql_syntax::Span;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// A thousand lines: fifty statements of twenty lines.
fn long() -> String {
    let mut text = String::new();
    for query in 0..50 {
        text.push_str("SELECT\n    email(m) AS email SHORTDESC \"E-mail address\",\n");
        for column in 0..13 {
            let _ = writeln!(
                text,
                "    sum(tonumber(total_{column})) AS spent_{query}_{column} IF event == \"view\" KIND number,"
            );
        }
        let _ = writeln!(text, "FROM web\nINTO user\nBY email\nALIAS query_{query};\n");
    }
    text
}

/// The middle of many times, after a first that fills what is kept.
fn median(mut ask: impl FnMut()) -> (Duration, Duration) {
    let mut time = || {
        let start = Instant::now();
        ask();
        start.elapsed()
    };
    let first = time();
    let mut times: Vec<Duration> = (0..51).map(|_| time()).collect();
    times.sort();
    (first, times[25])
}

#[test]
#[ignore = "only an optimised build tells"]
fn answers_take_a_few_milliseconds() {
    let text = long();
    assert!(text.lines().count() >= 1000);
    let fixture = Fixture::shop(&text);
    let snapshot: &Snapshot = &fixture.snapshot;
    let file = snapshot.project.sources.iter().position(|it| it.name == "web.lql").unwrap() as u32;
    let middle = text.len() as u32 / 2;
    let at = |what: &str| {
        let from = text[middle as usize..].find(what).unwrap() as u32 + middle;
        Place { file, offset: from + what.len() as u32 }
    };
    let (key, field, function) = (at("total_7"), at("BY email"), at("sum"));
    let whole = hints::whole(snapshot, file);
    let rows: Vec<(&str, u64, (Duration, Duration))> = vec![
        ("completion of a key", 5, median(|| drop(completion::completion(snapshot, key)))),
        ("completion of a function", 5, median(|| drop(completion::completion(snapshot, function)))),
        ("hover of a function", 2, median(|| drop(hover::hover(snapshot, function)))),
        ("hover of a key in 50 queries", 2, median(|| drop(hover::hover(snapshot, key)))),
        ("hover of a field of 50 queries", 2, median(|| drop(hover::hover(snapshot, field)))),
        ("semantic tokens", 10, median(|| drop(tokens::semantic_tokens(snapshot, file)))),
        ("folding", 10, median(|| drop(folding::folding(snapshot, file)))),
        ("outline", 10, median(|| drop(outline::document_symbols(snapshot, file)))),
        ("references", 5, median(|| drop(references::references(snapshot, field, true)))),
        ("rename", 10, median(|| drop(rename::rename(snapshot, field, "mail")))),
        ("highlights", 5, median(|| drop(references::highlights(snapshot, field)))),
        ("hints of all", 10, median(|| drop(hints::inlay_hints(snapshot, file, whole)))),
        ("lenses", 10, median(|| drop(lenses::code_lenses(snapshot, file, lenses::Tests::NotRun)))),
        (
            "actions",
            10,
            median(|| {
                drop(actions::code_actions(snapshot, Range { file, span: Span::at(key.offset) }));
            }),
        ),
    ];
    for (what, limit, (first, median)) in &rows {
        println!("{what:32} first {first:10.1?}  then {median:10.1?}  of {limit} ms");
    }
    for (what, limit, (_, median)) in rows {
        assert!(cfg!(debug_assertions) || median < Duration::from_millis(limit), "{what}: {median:?}");
    }
}
