//! The Tree-sitter grammar of the editors accepts what the parser accepts, and nothing else.

use crate::ast::Dialect;
use crate::generate::statements;
use crate::properties::{dialects, word_soup};
use crate::{CODES, Code, codes, detect_dialect, lex, parse};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// Findings that the Tree-sitter grammar leaves to the language server: it accepts such texts.
const LEFT_TO_THE_SERVER: &[(Code, &str)] = &[
    (codes::INT_OVERFLOW, "how large a number may be is no matter of grammar"),
    (codes::TOO_DEEP, "a bound for our own recursion"),
    (codes::TOO_LONG, "a bound for our own recursion"),
    (codes::ARM_OUTSIDE_IFCASE, "the grammar knows no function by name"),
    (codes::AS_OUTSIDE_CAST, "the grammar knows no function by name"),
];

/// Whether the parser finds a mistake that the Tree-sitter grammar must find, too.
fn we_accept(text: &str, dialect: Dialect) -> bool {
    let left = |code: Code| LEFT_TO_THE_SERVER.iter().any(|(it, _)| *it == code);
    !parse(text, dialect).diagnostics.iter().any(|it| it.is_error() && !left(it.code))
}

fn tree(text: &str) -> tree_sitter::Tree {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_lql::LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap()
}

fn tree_sitter_accepts(text: &str) -> bool {
    !tree(text).root_node().has_error()
}

/// What is said about a text on which the two disagree.
fn disagreement(name: &str, text: &str, dialect: Dialect) -> Option<String> {
    (we_accept(text, dialect) != tree_sitter_accepts(text)).then(|| {
        let errors: Vec<String> = parse(text, dialect)
            .diagnostics
            .iter()
            .filter(|it| it.is_error())
            .map(ToString::to_string)
            .collect();
        let place = first_error(tree(text).root_node()).unwrap_or_default();
        format!("{name}: {dialect:?}\n{text:?}\nours: {errors:#?}\ntree-sitter: {:?}\n", text.get(place))
    })
}

fn first_error(node: tree_sitter::Node<'_>) -> Option<std::ops::Range<usize>> {
    if node.is_error() || node.is_missing() {
        return Some(node.byte_range());
    }
    node.children(&mut node.walk()).find_map(first_error)
}

fn agree(texts: impl IntoIterator<Item = (String, String, Dialect)>) -> usize {
    let mut count = 0;
    let wrong: Vec<String> = texts
        .into_iter()
        .inspect(|_| count += 1)
        .filter_map(|(name, text, dialect)| disagreement(&name, &text, dialect))
        .collect();
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
    count
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn with_ending<'a>(paths: &'a [PathBuf], ending: &'a str) -> impl Iterator<Item = &'a PathBuf> {
    paths.iter().filter(move |path| path.extension().is_some_and(|it| it == ending))
}

#[test]
fn on_every_text_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in [
        "tests/broken",
        "tests/projects",
        "tests/seeded",
        "tests/editors",
        "examples",
        "docs",
        "crates/lql-syntax/src/fixtures",
    ] {
        files(&root.join(folder), &mut paths);
    }
    paths.push(root.join("README.md"));
    let read = |path: &PathBuf| {
        (path.display().to_string(), String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
    };
    let queries = with_ending(&paths, "lql").map(read).map(|(name, text)| {
        let dialect = detect_dialect(&text);
        (name, text, dialect)
    });
    let filters = with_ending(&paths, "fql").map(read).map(|(name, text)| (name, text, Dialect::FilterQl));
    let blocks = with_ending(&paths, "md").map(read).flat_map(|(name, page)| {
        let mut rest = page.as_str();
        let mut blocks = Vec::new();
        while let Some((_, after)) = rest.split_once("\n```") {
            let (head, body) = after.split_once('\n').unwrap_or_default();
            let (text, behind) = body.split_once("\n```").unwrap_or_default();
            match head.split(' ').next() {
                Some("lql") => blocks.push((name.clone(), text.to_owned(), Dialect::Lql)),
                Some("filterql") => blocks.push((name.clone(), text.to_owned(), Dialect::FilterQl)),
                _ => {}
            }
            rest = behind;
        }
        blocks
    });
    let count = agree(queries.chain(filters).chain(blocks));
    assert!(count > 220, "only {count} texts: the search is broken");
}

/// The trees of these texts are checked beside the grammar; here, whether they have mistakes.
#[test]
fn on_the_corpus_of_the_grammar() {
    let mut paths = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/tree-sitter-lql/test/corpus"),
        &mut paths,
    );
    let count = agree(paths.iter().flat_map(|path| {
        let file = fs::read_to_string(path).unwrap();
        let parts: Vec<&str> = file.split("==================\n").skip(1).collect();
        let case = |part: &[&str]| {
            let (text, _tree) = part[1].split_once("\n---\n").unwrap();
            (part[0].trim().to_owned(), text.to_owned(), detect_dialect(text))
        };
        parts.chunks(2).map(case).collect::<Vec<_>>()
    }));
    assert!(count >= 30, "only {count} texts: the search is broken");
}

#[test]
fn on_the_examples_of_every_finding() {
    let count = agree(CODES.iter().flat_map(|entry| [entry.wrong, entry.right]).map(|example| {
        let is_whole =
            example.starts_with("SELECT") || example.starts_with("FILTER") || example.contains(" FROM ");
        let text = if is_whole {
            example.to_owned()
        } else {
            format!("SELECT {example} AS x FROM s INTO user BY x ALIAS q")
        };
        let dialect = detect_dialect(&text);
        (example.to_owned(), text, dialect)
    }));
    assert!(count > 100);
}

/// One token left out, said twice, or put before the one before it.
fn changed(text: &str, place: usize, change: u8) -> String {
    let tokens = lex(text);
    let mut pieces: Vec<&str> = tokens.iter().map(|token| token.span.of(text)).collect();
    if pieces.len() < 2 {
        return text.to_owned();
    }
    let at = 1 + place % (pieces.len() - 1);
    match change % 3 {
        0 => drop(pieces.remove(at)),
        1 => pieces.insert(at, pieces[at]),
        _ => pieces.swap(at - 1, at),
    }
    pieces.concat()
}

proptest! {
    #![proptest_config(lql_cases::cases(40))]

    #[test]
    fn on_random_good_texts((dialect, text) in dialects().prop_flat_map(|it| (Just(it), statements(it)))) {
        let wrong = disagreement("random", &text, dialect);
        prop_assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
    }

    #[test]
    fn on_random_texts_with_a_change(
        (dialect, text) in dialects().prop_flat_map(|it| (Just(it), statements(it))),
        place in any::<usize>(),
        change in any::<u8>(),
    ) {
        let text = changed(&text, place, change);
        prop_assume!(detect_dialect(&text) == dialect);
        let wrong = disagreement("random", &text, dialect);
        prop_assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
    }

    /// Noise is nearly always refused by both; neither may fail on it.
    #[test]
    fn on_words_in_any_order(text in word_soup()) {
        let dialect = detect_dialect(&text);
        let wrong = disagreement("soup", &text, dialect);
        prop_assert!(wrong.is_none(), "{}", wrong.unwrap_or_default());
    }
}
