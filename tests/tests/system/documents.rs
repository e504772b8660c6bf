//! Every piece of LQL in the documents parses and checks, and every command in the READMEs works.

use lql_compiler::{
    Settings, Source, Surroundings, check, check_expression,
    report::{SourceView, concise},
};
use lql_syntax::{Diagnostic, ast::Dialect};
use lql_tests::cli::{lql_in, repository, shell};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A fenced block of a document.
struct Block {
    /// `docs/language.md:22`
    place: String,
    tag: String,
    text: String,
}

fn blocks(document: &Path) -> Vec<Block> {
    let text = fs::read_to_string(document).unwrap();
    let name = document.strip_prefix(repository()).unwrap().display();
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(tag), false) => {
                blocks.push(Block {
                    place: format!("{name}:{}", index + 1),
                    tag: tag.into(),
                    text: String::new(),
                });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let block = blocks.last_mut().unwrap();
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!inside, "{name}: the last block is not closed");
    blocks
}

fn files(folder: &str, matches: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| matches(path)).collect();
    files.sort();
    files
}

/// README and documents of the whole repository.
fn documents() -> Vec<PathBuf> {
    let mut all = vec![repository().join("README.md"), repository().join("CONTRIBUTING.md")];
    all.extend(files("docs", |path| path.extension().is_some_and(|ending| ending == "md")));
    all.extend(files("examples", Path::is_dir).into_iter().map(|folder| folder.join("README.md")));
    all
}

fn findings_of(block: &Block) -> Vec<Diagnostic> {
    match block.tag.as_str() {
        "lql" | "filterql" => {
            let dialect = if block.tag == "lql" { Dialect::Lql } else { Dialect::FilterQl };
            let source = Source { name: block.place.clone(), text: block.text.clone(), dialect };
            check(&[source], &Settings::default()).diagnostics
        }
        "expr" => {
            // One a line.
            let check = |line| match check_expression(line, Dialect::Lql, &Surroundings::default()) {
                Ok(checked) => checked.diagnostics,
                Err(findings) => findings,
            };
            block.text.lines().flat_map(check).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn pieces_of_the_language_are_sound() {
    let mut count = 0;
    for block in documents().iter().flat_map(|document| blocks(document)) {
        let findings = findings_of(&block);
        count += usize::from(matches!(block.tag.as_str(), "lql" | "filterql" | "expr"));
        let view = SourceView::new(&block.place, &block.text);
        assert!(findings.is_empty(), "{}\n{}", concise(&findings, &[view]), block.text);
    }
    assert!(count > 15, "only {count} blocks: the search is broken");
}

#[test]
fn blocks_say_what_they_hold() {
    let known = ["lql", "filterql", "expr", "sh", "json", "toml", "text", "console", ""];
    for block in documents().iter().flat_map(|document| blocks(document)) {
        assert!(known.contains(&block.tag.as_str()), "{}: ```{}", block.place, block.tag);
    }
}

/// A folder that looks like the repository to commands that read it; what they write stays here.
fn stand_in() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["examples", "tests", "docs"] {
        std::os::unix::fs::symlink(repository().join(name), folder.path().join(name)).unwrap();
    }
    folder
}

/// The commands of the `sh` blocks, `cargo run` put as `lql`. Those that build or test the repository are left out.
fn commands(document: &Path) -> Vec<(String, String)> {
    let shells = blocks(document).into_iter().filter(|block| block.tag == "sh");
    shells
        .flat_map(|block| {
            block.text.lines().map(|line| (block.place.clone(), line.to_owned())).collect::<Vec<_>>()
        })
        .map(|(place, line)| {
            (place, line.replace("cargo run --release -- ", "lql ").replace("cargo run -- ", "lql "))
        })
        .filter(|(_, line)| !line.starts_with("./test") && !line.starts_with("cargo "))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect()
}

#[test]
fn commands_of_the_readmes_work() {
    let folder = stand_in();
    let mut count = 0;
    for document in documents() {
        for (place, line) in commands(&document) {
            let output = shell(folder.path(), &line);
            assert!(output.status == 0, "{place}: {line}\n{}{}", output.stdout, output.stderr);
            count += 1;
        }
    }
    assert!(count > 8, "only {count} commands: the search is broken");
}

#[test]
fn first_query_of_the_readme_prints_what_the_readme_says() {
    let readme = blocks(&repository().join("README.md"));
    let block = |tag: &str| &readme.iter().find(|block| block.tag == tag).unwrap().text;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("events")).unwrap();
    fs::write(folder.path().join("visits.lql"), block("lql")).unwrap();
    fs::write(folder.path().join("events/web.ndjson"), block("json")).unwrap();
    let run = lql_in(folder.path(), ["run", ".", "--now", "2026-03-04T05:06:07Z"]).expect(0);
    let [profile] = run.json().try_into().unwrap();
    insta::assert_json_snapshot!(profile, @r#"
    {
      "_created": "2026-03-04T05:06:07Z",
      "_id": "72f3b38d3ee511a372d252b408159f49",
      "_modified": "2026-03-04T05:06:07Z",
      "cookie": [
        "k1",
        "k2"
      ],
      "email": "ana@example.org",
      "first_seen": "2026-03-04T05:06:07Z",
      "first_source": "direct",
      "last_role": "visitor",
      "pages": {
        "/": 1,
        "/pears": 1,
        "/thanks": 1
      },
      "spent": 12.5,
      "visits": 3
    }
    "#);
}
