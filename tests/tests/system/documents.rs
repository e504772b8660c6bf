//! Every block of the documents is true: queries check, files are what they say, commands work and print what is shown.
//!
//! A page is followed from top to bottom in a folder of its own, which holds a copy of the examples:
//!
//! * a block of any language with `file=NAME` is written to that file;
//! * `sh`: every line is a command that succeeds;
//! * `console`: lines that begin with `$ ` are commands, what follows is what they print on both outputs together. `…` in a
//!   line stands for any text, a line of only `…` for any lines; a last line `[exit N]` for the exit code;
//! * `lql`, `filterql`, `expr` (one expression a line), `json`, `toml` are checked as what they are;
//! * `text` is text; `lua` and `elisp`, which set up editors, are not checked.
//!
//! With `UPDATE_BOOK=1` the outputs of consoles are written anew where they differ.

use lql_compiler::{
    Settings, Source, Surroundings, check, check_expression,
    report::{SourceView, concise},
};
use lql_syntax::{Diagnostic, ast::Dialect};
use lql_tests::cli::{Output, repository, shell};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// A fenced block of a document.
struct Block {
    /// `docs/language.md:22`
    place: String,
    /// The line after the fence, counted from 0.
    first: usize,
    tag: String,
    file: Option<String>,
    text: String,
}

fn blocks(document: &Path) -> Vec<Block> {
    let text = fs::read_to_string(document).unwrap();
    let name = document.strip_prefix(repository()).unwrap().display();
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), inside) {
            (Some(info), false) => {
                let (tag, rest) = info.split_once(' ').unwrap_or((info, ""));
                let file = rest.strip_prefix("file=");
                assert!(rest.is_empty() || file.is_some(), "{name}:{}: ```{info}", index + 1);
                blocks.push(Block {
                    place: format!("{name}:{}", index + 1),
                    first: index + 1,
                    tag: tag.into(),
                    file: file.map(Into::into),
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
            let source = Source { name: block.place.clone(), text: block.text.as_str().into(), dialect };
            check(&[source], &Settings::default()).diagnostics
        }
        "expr" => {
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
fn blocks_are_what_they_say() {
    for block in documents().iter().flat_map(|document| blocks(document)) {
        let Block { place, tag, text, .. } = &block;
        match tag.as_str() {
            "lql" | "filterql" | "expr" | "sh" | "console" | "text" | "csv" | "lua" | "elisp" => {}
            "json" => {
                let values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
                let values: Result<Vec<_>, _> = values.collect();
                assert!(values.is_ok_and(|values| !values.is_empty()), "{place}: no JSON");
            }
            "toml" => assert!(toml::from_str::<toml::Table>(text).is_ok(), "{place}: no TOML"),
            _ => panic!("{place}: ```{tag} is none of the languages that documents hold"),
        }
    }
}

/// Where a page is followed: the examples are copies, so that commands may write.
fn folder_of_a_page() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&repository().join("examples"), &folder.path().join("examples"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A command, `cargo run` put as `lql`. Nothing for those that build or test the repository.
fn command(line: &str) -> Option<String> {
    let line = line.replace("cargo run --release -- ", "lql ").replace("cargo run -- ", "lql ");
    let is_ours = !line.trim().is_empty() && !line.starts_with("./") && !line.starts_with("cargo ");
    is_ours.then_some(line)
}

#[test]
fn pages_can_be_followed() {
    let (mut commands, mut consoles) = (0, 0);
    let mut failures = String::new();
    for document in documents() {
        let folder = folder_of_a_page();
        let mut corrections = Vec::new();
        for block in blocks(&document) {
            if let Some(file) = &block.file {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &block.text).unwrap();
            }
            match block.tag.as_str() {
                "sh" => {
                    for line in block.text.lines().filter_map(command) {
                        let Output { status, stdout, stderr } = shell(folder.path(), &line);
                        if status != 0 {
                            let _ = writeln!(failures, "{}: {line}\n{stdout}{stderr}", block.place);
                        }
                        commands += 1;
                    }
                }
                "console" => {
                    let said = talk(folder.path(), &block.text);
                    if !fits(&block.text, &said) {
                        let _ = writeln!(failures, "{}: printed\n{said}", block.place);
                        corrections.push((block.first, block.text.lines().count(), said));
                    }
                    consoles += 1;
                }
                _ => {}
            }
        }
        if std::env::var_os("UPDATE_BOOK").is_some() {
            correct(&document, &corrections);
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(
        commands > 8 && consoles > 5,
        "only {commands} commands, {consoles} consoles: the search is broken"
    );
}

/// The console with what its commands print now.
fn talk(folder: &Path, console: &str) -> String {
    let mut said = String::new();
    for line in console.lines() {
        let Some(typed) = line.strip_prefix("$ ") else { continue };
        let output = shell(folder, &format!("{{ {typed}\n}} 2>&1"));
        let _ = writeln!(said, "{line}");
        for line in output.stdout.lines() {
            let _ = writeln!(said, "{}", line.trim_end());
        }
        if output.status != 0 {
            let _ = writeln!(said, "[exit {}]", output.status);
        }
    }
    said
}

/// Whether a console as it is shown, with its `…`, fits what was said.
fn fits(shown: &str, said: &str) -> bool {
    fn lines(shown: &[&str], said: &[&str]) -> bool {
        match (shown, said) {
            (["…", rest @ ..], _) => (0..=said.len()).any(|skipped| lines(rest, &said[skipped..])),
            ([first, rest @ ..], [line, others @ ..]) => line_fits(first, line) && lines(rest, others),
            ([], []) => true,
            _ => false,
        }
    }
    lines(&shown.lines().collect::<Vec<_>>(), &said.lines().collect::<Vec<_>>())
}

fn line_fits(shown: &str, said: &str) -> bool {
    match shown.split_once('…') {
        None => shown == said,
        Some((start, rest)) => said.strip_prefix(start).is_some_and(|said| {
            said.char_indices().map(|(at, _)| at).chain([said.len()]).any(|at| line_fits(rest, &said[at..]))
        }),
    }
}

/// Puts what was said where the document says otherwise; from the end, so that lines keep their numbers.
fn correct(document: &Path, corrections: &[(usize, usize, String)]) {
    let text = fs::read_to_string(document).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    for (first, count, said) in corrections.iter().rev() {
        lines.splice(*first..first + count, said.lines());
    }
    if !corrections.is_empty() {
        fs::write(document, lines.join("\n") + "\n").unwrap();
    }
}

#[test]
fn consoles_are_compared_with_their_gaps() {
    let said = "$ lql check\nno findings in 3 files\n[exit 1]\n";
    assert!(fits(said, said));
    assert!(fits("$ lql check\n… in … files\n…\n", said));
    assert!(fits("…\n[exit 1]\n", said));
    for wrong in
        ["$ lql check\n", "$ lql check\n… in 4 files\n…\n", "…\n[exit 2]\n", "$ lql check\nno findings\n…\n"]
    {
        assert!(!fits(wrong, said), "{wrong}");
    }
}

/// The book has every page, and its table of contents no other.
#[test]
fn the_table_of_contents_is_whole() {
    let summary = fs::read_to_string(repository().join("docs/SUMMARY.md")).unwrap();
    let pages = files("docs", |path| path.extension().is_some_and(|ending| ending == "md"));
    for page in pages {
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("({name})")),
            "{name} is not in SUMMARY.md"
        );
    }
}

/// Links between documents, and to places in them, lead somewhere.
#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)").unwrap();
    let mut count = 0;
    let mut dead = String::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for found in link.captures_iter(&text) {
            let (target, place) = (&found[1], found.get(2).map(|place| place.as_str()));
            if target.contains("://") {
                continue;
            }
            let path =
                if target.is_empty() { document.clone() } else { document.parent().unwrap().join(target) };
            let is_there = match place {
                Some(place) if path.is_file() => {
                    let text = fs::read_to_string(&path).unwrap();
                    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == place)
                }
                _ => path.exists(),
            };
            if !is_there {
                let _ = writeln!(dead, "{}: {}", document.display(), &found[0]);
            }
            count += 1;
        }
    }
    assert!(dead.is_empty(), "\n{dead}");
    assert!(count > 20, "only {count} links: the search is broken");
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
