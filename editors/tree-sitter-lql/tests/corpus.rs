//! The trees of the texts in `test/corpus`, in the format of `tree-sitter test`. `UPDATE_BOOK=1` writes them anew.

use std::{fmt::Write as _, fs, path::Path};
use tree_sitter::{Parser, TreeCursor};

/// One text and its tree.
struct Case<'a> {
    title: &'a str,
    text: &'a str,
    tree: &'a str,
}

fn cases(file: &str) -> Vec<Case<'_>> {
    let mut parts = file.split("==================\n").skip(1);
    let mut cases = Vec::new();
    while let (Some(title), Some(body)) = (parts.next(), parts.next()) {
        let (text, tree) = body.split_once("\n---\n").expect("`---` between text and tree");
        cases.push(Case {
            title: title.trim(),
            text: text.strip_prefix('\n').unwrap_or(text),
            tree: tree.trim(),
        });
    }
    cases
}

/// A tree as `tree-sitter test` writes it.
fn show(cursor: &mut TreeCursor<'_>, depth: usize, out: &mut String) {
    let node = cursor.node();
    let is_shown = node.is_named() || node.is_missing();
    if is_shown {
        let _ = write!(out, "{}{}", if depth > 0 { "\n" } else { "" }, "  ".repeat(depth));
        if let Some(name) = cursor.field_name() {
            let _ = write!(out, "{name}: ");
        }
        let missing = if node.is_missing() { "MISSING " } else { "" };
        let _ = write!(out, "({missing}{}", node.kind());
    }
    if cursor.goto_first_child() {
        loop {
            show(cursor, depth + 1, out);
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
    }
    if is_shown {
        out.push(')');
    }
}

#[test]
fn trees_are_as_they_should_be() {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_lql::LANGUAGE.into()).unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus")).unwrap() {
        let path = entry.unwrap().path();
        let file = fs::read_to_string(&path).unwrap();
        let mut made = String::new();
        for case in cases(&file) {
            let tree = parser.parse(case.text, None).unwrap();
            let mut shown = String::new();
            show(&mut tree.walk(), 0, &mut shown);
            if shown != case.tree {
                wrong.push(format!("{}: {}\n{}\n{shown}\n", path.display(), case.title, case.text));
            }
            let line = "==================";
            let _ = write!(made, "{line}\n{}\n{line}\n\n{}\n---\n\n{shown}\n\n", case.title, case.text);
            count += 1;
        }
        if std::env::var_os("UPDATE_BOOK").is_some() {
            fs::write(&path, format!("{}\n", made.trim_end())).unwrap();
            wrong.clear();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 20, "only {count} cases");
}
