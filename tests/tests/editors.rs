//! What editors know of the language is made from the catalog: the words of the grammars, the functions that are coloured.
//!
//! With `UPDATE_BOOK=1` stale files are written anew. The parser follows: `cargo test -p tree-sitter-lql`.

use lql_compiler::{KINDS, MERGE_OPS, SYSTEM_KINDS, catalog, operators::OPERATORS};
use lql_compiler::{Settings, Source, check};
use lql_syntax::{
    KEYWORDS,
    ast::{Dialect, ExprKind},
    parse_expression,
};
use lql_tests::cli::repository;
use serde_json::{Value, json};
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

/// Makes a file of what it was.
type Make = fn(&str) -> String;

/// The files that are made, and what makes them.
const MADE: [(&str, Make); 2] =
    [("words.json", |_| words()), ("queries/highlights.scm", |old| highlights(old))];

#[test]
fn words_are_those_of_the_catalog() {
    let folder = repository().join("editors/tree-sitter-lql");
    let mut stale = Vec::new();
    for (name, made) in MADE {
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

/// A function, kind, merge operator or keyword that is missing, and one that is gone.
#[test]
fn a_stale_list_is_noticed() {
    for (name, made) in MADE {
        let now = fs::read_to_string(repository().join("editors/tree-sitter-lql").join(name)).unwrap();
        for word in ["email", "valuect"] {
            let line = now.lines().find(|line| line.trim().starts_with(&format!("\"{word}\""))).unwrap();
            let without = now.replace(&format!("{line}\n"), "");
            assert_ne!(made(&without), without, "{name} without {word}");
            let with = now.replace(line, &format!("{}\n{line}", line.replace(word, "gone")));
            assert_ne!(made(&with), with, "{name} with a function that is gone");
        }
    }
    for (list, word) in [("kinds", "ts[]string"), ("merge_operators", "oldest"), ("keywords", "MERGEOP")] {
        let words: Value = serde_json::from_str(&words()).unwrap();
        assert!(words[list].as_array().unwrap().contains(&json!(word)), "{list}: {word}");
    }
}

/// What Tree-sitter colours by hand is complete: every keyword and every sign.
#[test]
fn every_keyword_and_sign_is_coloured() {
    let query =
        fs::read_to_string(repository().join("editors/tree-sitter-lql/queries/highlights.scm")).unwrap();
    let words: Value = serde_json::from_str(&words()).unwrap();
    let of = |list: &str| words[list].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned());
    let missing: Vec<String> = of("clauses")
        .chain(of("operators"))
        .chain(of("symbols"))
        .filter(|word| !query.contains(&format!("\"{word}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn extension(file: &str) -> Value {
    let path = repository().join("editors/vscode").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What a snippet gives when nobody types into it.
fn filled(body: &Value) -> String {
    let lines: Vec<&str> = match body {
        Value::Array(lines) => lines.iter().map(|line| line.as_str().unwrap()).collect(),
        line => vec![line.as_str().unwrap()],
    };
    let place = regex::Regex::new(r"\$\{\d+:([^}]*)\}").unwrap();
    let end = regex::Regex::new(r"\$\{0:([^}]*)\}|\$\d+").unwrap();
    let text = place.replace_all(&lines.join("\n"), "$1").into_owned();
    end.replace_all(&text, "$1").into_owned()
}

/// Snippets are queries and filters, or pieces of them, without errors.
#[test]
fn snippets_are_sound() {
    let whole = |name: &str, text: &str, dialect: Dialect| {
        let source = Source { name: name.into(), text: text.into(), dialect };
        let errors = check(&[source], &Settings::default()).diagnostics;
        // Another audience is elsewhere.
        let errors: Vec<_> =
            errors.into_iter().filter(|it| it.is_error() && name != "Another audience").collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}\n{text}");
    };
    for (name, snippet) in extension("snippets/lql.json").as_object().unwrap() {
        let text = filled(&snippet["body"]);
        if text.contains("SELECT") {
            whole(name, &text, Dialect::Lql);
        } else {
            let column = text.trim_end_matches(',');
            let column = if column.contains(" AS ") { column.into() } else { format!("{column} AS y") };
            let query = format!("SELECT {column}, id AS id FROM s INTO user BY id ALIAS q");
            whole(name, &query, Dialect::Lql);
        }
    }
    for (name, snippet) in extension("snippets/filterql.json").as_object().unwrap() {
        let text = filled(&snippet["body"]);
        let is_whole = text.contains("FILTER");
        // An empty list is filled by who asked for it.
        let text = text.replace("(\n    ,\n)", "(\n    EXISTS a,\n)");
        whole(name, &if is_whole { text } else { format!("FILTER {text} ALIAS x") }, Dialect::FilterQl);
    }
}
