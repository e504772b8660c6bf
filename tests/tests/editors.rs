//! What editors know of the language is made from the catalog: the words of the grammars, the functions that are coloured.
//!
//! With `UPDATE_BOOK=1` stale files are written anew. The parser follows: `cargo test -p tree-sitter-lql`.

use lql_compiler::{KINDS, MERGE_OPS, SYSTEM_KINDS, catalog, operators::OPERATORS};
use lql_syntax::{
    KEYWORDS,
    ast::{Dialect, ExprKind},
    parse_expression,
};
use lql_tests::cli::repository;
use serde_json::json;
use std::{collections::BTreeSet, fs};

/// Every word of the language, by what it is. The grammars of all editors are made of this file.
fn words() -> String {
    let spellings =
        || OPERATORS.iter().flat_map(|it| [it.name].into_iter().chain(it.spellings.iter().copied()));
    let of_operators: BTreeSet<&str> = spellings().flat_map(str::split_whitespace).collect();
    let is_constant =
        |word: &&str| matches!(parse_expression(word, Dialect::Lql).0.kind, ExprKind::Literal(_));
    let is_operator = |word: &&str| of_operators.contains(word) && !is_constant(word);
    let (constants, others): (Vec<&str>, Vec<&str>) = KEYWORDS.iter().copied().partition(is_constant);
    let (operators, clauses): (Vec<&str>, Vec<&str>) = others.into_iter().partition(is_operator);
    let symbols =
        of_operators.iter().filter(|it| it.chars().all(|c| c.is_ascii_punctuation()) && **it != "(…)");
    let aggregates = catalog::functions().filter(|it| it.aggregate.is_some());
    let kinds = KINDS.iter().flat_map(|it| [it.name].into_iter().chain(it.aliases.iter().copied()));
    let kinds = kinds.chain(SYSTEM_KINDS.iter().copied());
    let words = json!({
        "made": "From the catalog; change the entry there, then run the tests with UPDATE_BOOK=1.",
        "keywords": KEYWORDS,
        "clauses": clauses,
        "operators": operators,
        "constants": constants,
        "symbols": symbols.collect::<Vec<_>>(),
        "functions": functions(),
        "aggregates": aggregates.map(|it| it.name).collect::<Vec<_>>(),
        "kinds": kinds.collect::<Vec<_>>(),
        "merge_operators": MERGE_OPS.iter().map(|it| it.name).collect::<Vec<_>>(),
    });
    format!("{words:#}\n")
}

/// The names of functions, aliases too.
fn functions() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        catalog::functions().flat_map(|it| [it.name].into_iter().chain(it.aliases.iter().copied())).collect();
    names.sort_unstable();
    names
}

/// The query with the names of functions put in their place.
fn highlights(old: &str) -> String {
    const BEGIN: &str = "(#any-of? @function.builtin\n";
    const END: &str = "    ; end of what is made\n";
    let (before, rest) = old.split_once(BEGIN).expect("the place of the functions");
    let (_, after) = rest.split_once(END).expect("the end of the functions");
    let names: String = functions().iter().map(|name| format!("    \"{name}\"\n")).collect();
    format!("{before}{BEGIN}{names}{END}{after}")
}

#[test]
fn words_are_those_of_the_catalog() {
    let folder = repository().join("editors/tree-sitter-lql");
    let mut stale = Vec::new();
    type Make = fn(&str) -> String;
    let files: [(&str, Make); 2] =
        [("words.json", |_| words()), ("queries/highlights.scm", |old| highlights(old))];
    for (name, made) in files {
        let old = fs::read_to_string(folder.join(name)).unwrap_or_default();
        let new = made(&old);
        if old == new {
            continue;
        }
        match std::env::var_os("UPDATE_BOOK") {
            Some(_) => fs::write(folder.join(name), new).unwrap(),
            None => stale.push(name),
        }
    }
    assert!(stale.is_empty(), "{stale:?} are not what the catalog says: run the tests with UPDATE_BOOK=1");
}

/// The injections name functions; they exist and take what the injection says.
#[test]
fn injections_name_functions_of_the_catalog() {
    let query =
        fs::read_to_string(repository().join("editors/tree-sitter-lql/queries/injections.scm")).unwrap();
    let names = regex::Regex::new(r#"any-of\? @_function ([^)]*)\)"#).unwrap();
    let quoted = regex::Regex::new(r#""([^"]*)""#).unwrap();
    let mut count = 0;
    for list in names.captures_iter(&query) {
        for name in quoted.captures_iter(&list[1]) {
            let function = catalog::functions().find(|it| it.name == &name[1]);
            assert!(function.is_some_and(|it| it.prepare.is_some()), "{} takes no such literal", &name[1]);
            count += 1;
        }
    }
    assert_eq!(count, 3);
}
