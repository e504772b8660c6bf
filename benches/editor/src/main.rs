//! `cargo run --release -p lql-latency`: starts `lql lsp`, edits, asks, and prints percentiles in milliseconds.
//!
//! Times are those of the editor: from the message that leaves to the answer that is read, over the real pipes.

use clap::Parser;
use lql_syntax::ast::Dialect;
use lql_tests::editor::{Abilities, Editor, uri};
use lql_tests::generator::project::queries;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Measure how long the language server takes to answer
#[derive(Parser)]
struct Arguments {
    /// How often each question is asked
    #[arg(long, default_value_t = 300)]
    rounds: i64,
}

fn main() {
    let arguments = Arguments::parse();
    println!("{:<34} {:>7} {:>7} {:>7} {:>7}", "ms", "p50", "p90", "p99", "max");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let large = folder.path().join("large");
    let text = thousand_lines();
    write(&large.join("large.lql"), &text);
    session("1,000 lines", &large, "large.lql", arguments.rounds);

    let many = folder.path().join("many");
    for (at, query) in queries(200).iter().enumerate() {
        write(&many.join(format!("q{at:03}.lql")), &tidy(query));
    }
    session("200 queries", &many, "q100.lql", arguments.rounds);
}

fn write(path: &PathBuf, text: &str) {
    std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder can be made");
    std::fs::write(path, text).expect("a file can be written");
}

fn tidy(query: &str) -> String {
    lql_syntax::format(query, Dialect::Lql, 100).text
}

/// Queries as people write them, a column a line.
fn thousand_lines() -> String {
    let mut text = String::new();
    for query in queries(1_000) {
        if text.lines().count() >= 1_000 {
            break;
        }
        text.push_str(tidy(&query).trim_end().trim_end_matches(';'));
        text.push_str(";\n\n");
    }
    text
}

/// Everything that is measured of one project.
fn session(name: &str, folder: &Path, file: &str, rounds: i64) {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).expect("it was written");
    let uri = uri(&path);
    lql_tests::cli::binary();
    let starts = (0..10).map(|_| {
        let start = Instant::now();
        let mut editor = Editor::of_binary();
        editor.initialize(Abilities::old(), &[folder]);
        editor.open(&uri, &text);
        editor.findings(&uri, 1);
        start.elapsed()
    });
    row(name, "start to first findings", starts.collect());

    let mut editor = Editor::of_binary();
    editor.initialize(Abilities::old(), &[folder]);
    editor.open(&uri, &text);
    editor.findings(&uri, 1);
    // In the middle, a letter of a name comes and goes.
    let line = text.lines().count() / 2;
    let line =
        (line..).find(|at| text.lines().nth(*at).is_none_or(|line| line.contains(" AS "))).unwrap_or(0);
    let column = text.lines().nth(line).and_then(|line| Some(line.find(" AS ")? + 5)).unwrap_or(0);
    let position = |column: usize| json!({ "line": line, "character": column });
    let mut version = 1;
    let mut edit = |editor: &mut Editor| {
        version += 1;
        let (end, text) = if version % 2 == 0 { (column, "x") } else { (column + 1, "") };
        let range = json!({ "start": position(column), "end": position(end) });
        editor.change(&uri, version, json!([{ "range": range, "text": text }]));
        version
    };
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        let version = edit(&mut editor);
        editor.findings(&uri, version);
        times.push(start.elapsed());
        editor.skip("textDocument/publishDiagnostics");
    }
    row(name, "edit to findings", times);
    let document = json!({ "uri": uri });
    let at = json!({ "textDocument": document, "position": position(column) });
    let whole = json!({ "textDocument": document });
    for (title, method, params, after_edit) in [
        ("completion", "textDocument/completion", &at, false),
        ("completion after an edit", "textDocument/completion", &at, true),
        ("hover", "textDocument/hover", &at, false),
        ("signature help", "textDocument/signatureHelp", &at, false),
        ("semantic tokens, all", "textDocument/semanticTokens/full", &whole, true),
        ("document symbols", "textDocument/documentSymbol", &whole, true),
        (
            "references",
            "textDocument/references",
            &json!({ "textDocument": document, "position": position(column), "context": { "includeDeclaration": true } }),
            false,
        ),
        (
            "formatting",
            "textDocument/formatting",
            &json!({ "textDocument": document, "options": { "tabSize": 4, "insertSpaces": true } }),
            false,
        ),
    ] {
        let mut times = Vec::new();
        for _ in 0..rounds {
            if after_edit {
                edit(&mut editor);
            }
            let start = Instant::now();
            let id = editor.request(method, params.clone());
            if editor.answer(id).is_err() {
                break;
            }
            times.push(start.elapsed());
        }
        row(name, title, times);
        editor.skip("textDocument/publishDiagnostics");
    }
    let memory = editor.peak_memory();
    println!("{name:<12} peak memory {:.0} MiB", memory as f64 / 1024.0);
    editor.ask("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    editor.exit_code();
}

fn row(name: &str, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(rank).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    if !times.is_empty() {
        println!(
            "{:<34} {:>7.2} {:>7.2} {:>7.2} {:>7.2}",
            format!("{name}: {what}"),
            at(50),
            at(90),
            at(99),
            at(100)
        );
    }
}
