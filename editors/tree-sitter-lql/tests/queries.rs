//! The queries of editors fit the grammar, and colour what they should.

use std::{fs, ops::Range, path::Path};
use tree_sitter::{Parser, Query, QueryCursor, StreamingIterator as _, Tree};

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_lql::LANGUAGE.into()).unwrap();
    parser.parse(text, None).unwrap()
}

/// What a query captures, in order of its patterns: where two capture the same, the later one counts.
fn captures(query: &str, text: &str) -> Vec<(String, Range<usize>)> {
    let query = Query::new(&tree_sitter_lql::LANGUAGE.into(), query).unwrap();
    let tree = parse(text);
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some(matched) = matches.next() {
        for capture in matched.captures() {
            let name = query.capture_names()[capture.index as usize].to_owned();
            found.push((matched.pattern_index, name, capture.node.byte_range()));
        }
    }
    found.sort_by_key(|(pattern, ..)| *pattern);
    found.into_iter().map(|(_, name, range)| (name, range)).collect()
}

/// Comments such as `-- ^ keyword` or `-- <- keyword` below a line say how the line is coloured there, as for `tree-sitter
/// test`.
#[test]
fn colours_are_as_the_texts_say() {
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("test/highlight")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let captures = captures(tree_sitter_lql::HIGHLIGHTS_QUERY, &text);
        let (mut line_start, mut start) = (0, 0);
        for line in text.split_inclusive('\n') {
            let wanted =
                line.trim_end().strip_prefix("--").and_then(|rest| match rest.trim_start().split_once(' ') {
                    Some(("^", name)) => Some((line.find('^').unwrap(), name)),
                    Some(("<-", name)) => Some((0, name)),
                    _ => None,
                });
            match wanted {
                Some((column, name)) => {
                    let at = line_start + column;
                    let found = captures
                        .iter()
                        .rfind(|(_, range)| range.contains(&at))
                        .map(|(name, _)| name.as_str());
                    assert_eq!(
                        found,
                        Some(name),
                        "{}: {line}below {}",
                        path.display(),
                        &text[line_start..start]
                    );
                    count += 1;
                }
                None => line_start = start,
            }
            start += line.len();
        }
    }
    assert!(count > 30, "only {count} assertions");
}

#[test]
fn literals_of_other_languages_are_found() {
    let text = r#"SELECT regex.match(a, "^x+$") AS m, url.matchqs(u, "utm_.*", "^id$") AS n,
        json.jmespath(c, "items[0]") AS j, email("no") AS e FROM s INTO user BY e ALIAS q"#;
    let found = captures(tree_sitter_lql::INJECTIONS_QUERY, text);
    let contents: Vec<&str> = found
        .iter()
        .filter(|(name, _)| name == "injection.content")
        .map(|(_, range)| &text[range.clone()])
        .collect();
    assert_eq!(contents, ["^x+$", "utm_.*", "^id$", "items[0]"]);
}

#[test]
fn statements_and_lists_fold() {
    let text = "FILTER AND (\n  a,\n  b IN (1,\n 2)\n)\nALIAS x";
    let found = captures(tree_sitter_lql::FOLDS_QUERY, text);
    let lines: Vec<usize> = found.iter().map(|(_, range)| text[range.clone()].lines().count()).collect();
    assert_eq!(lines, [6, 5, 2]);
}

#[test]
fn definitions_and_uses_are_told_apart() {
    let text = "SELECT mail AS email FROM s INTO user BY email ALIAS q";
    let found = captures(tree_sitter_lql::LOCALS_QUERY, text);
    let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["local.scope", "local.definition", "local.reference"]);
}
