//! Random edits: the server's text is the editor's, what it says is what a fresh look would say, and all is answered.

use crate::{WEB, WRONG};
use lql_tests::editor::{Abilities, Editor};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An edit: where it begins, how much it takes away (both in thousandths of the text), and what it puts there.
type Edit = (usize, usize, String);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let words = prop_oneof![
        "[a-z😀é ,()\r\n]{0,6}",
        Just(WRONG.to_owned()),
        Just(";\n".to_owned()),
        Just("/*".to_owned()),
        Just("\"".to_owned()),
    ];
    proptest::collection::vec((0..1_000usize, 0..200usize, words), 1..12)
}

/// The position of a byte offset, counted as the protocol says.
fn position(text: &str, offset: usize, encoding: &str) -> Value {
    let before = &text[..offset];
    let ends: Vec<usize> = before
        .match_indices(['\n', '\r'])
        .filter(|(at, end)| *end == "\n" || !text[at + 1..].starts_with('\n'))
        .map(|(at, _)| at + 1)
        .collect();
    let line = &before[ends.last().copied().unwrap_or(0)..];
    let line = if text[offset..].starts_with('\n') { line.strip_suffix('\r').unwrap_or(line) } else { line };
    let character = match encoding {
        "utf-8" => line.len(),
        "utf-16" => line.encode_utf16().count(),
        _ => line.chars().count(),
    };
    json!({ "line": ends.len(), "character": character })
}

fn boundary(text: &str, offset: usize) -> usize {
    let at = text.floor_char_boundary(offset.min(text.len()));
    // There is no position between `\r` and `\n`.
    if text[..at].ends_with('\r') && text[at..].starts_with('\n') { at - 1 } else { at }
}

fn tokens(editor: &mut Editor, uri: &str) -> Value {
    editor.ask("lql/program", json!({ "textDocument": { "uri": uri }, "emit": "tokens" }))
}

proptest! {
    #![proptest_config(lql_cases::cases(12))]
    #[test]
    fn server_and_editor_agree_after_any_edits(edits in edits(), encoding in 0..3usize) {
        let encoding = ["utf-8", "utf-16", "utf-32"][encoding];
        let mut editor = Editor::in_memory();
        editor.initialize(Abilities::encodings(&[encoding]), &[]);
        let mut text = WEB.to_owned();
        editor.open("untitled:1", &text);
        let mut waiting = Vec::new();
        let mut version = 1;
        for (from, length, new) in edits {
            let start = boundary(&text, text.len() * from / 1_000);
            let end = boundary(&text, start + text.len() * length / 1_000).max(start);
            let range = json!({ "start": position(&text, start, encoding), "end": position(&text, end, encoding) });
            text.replace_range(start..end, &new);
            version += 1;
            editor.change("untitled:1", version, json!([{ "range": range, "text": new }]));
            let at = json!({ "textDocument": { "uri": "untitled:1" }, "position": range["start"] });
            waiting.push(editor.request("textDocument/hover", at));
        }
        for id in waiting {
            editor.answer(id).unwrap();
        }
        let found = editor.findings("untitled:1", version);

        // A second file with the final text, seen for the first time.
        editor.open("untitled:2", &text);
        let fresh = editor.findings("untitled:2", 1);
        let renamed = |found: &[Value]| Value::from(found).to_string().replace("untitled:2", "untitled:1");
        prop_assert_eq!(renamed(&found), renamed(&fresh));
        let (edited, fresh) = (tokens(&mut editor, "untitled:1"), tokens(&mut editor, "untitled:2"));
        prop_assert_eq!(edited, fresh);
        editor.skip("textDocument/publishDiagnostics");
        editor.leave();
    }
}

/// While no thread is free, 200 edits come. One check was queued with the first of them; what it finds is stale and is not
/// said. One more checks the last.
#[test]
fn of_many_quick_edits_at_most_one_is_queued_to_be_checked() {
    let checks = |editor: &mut Editor| {
        let checks = editor.ask("lql/status", Value::Null)["checks"].clone();
        (checks["made"].as_u64().unwrap(), checks["mostWaiting"].as_u64().unwrap())
    };
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[]);
    editor.open("untitled:1", WEB);
    editor.findings("untitled:1", 1);
    let (before, _) = checks(&mut editor);
    // More than the pool has threads.
    let busy: Vec<i64> = (0..8).map(|_| editor.request("lql/debug/busy", json!(60_000))).collect();
    for version in 2..202 {
        let text = if version == 201 { WRONG } else { WEB };
        editor.change("untitled:1", version, json!([{ "text": text }]));
    }
    // Who keeps the state refuses this itself, after the edits that came before it.
    editor.refused("lql/nothing", Value::Null);
    for id in &busy {
        editor.tell("$/cancelRequest", json!({ "id": id }));
    }
    for id in busy {
        editor.answer(id).expect_err("it is cancelled");
    }
    assert_eq!(editor.findings("untitled:1", 201).len(), 1);
    let (after, most_waiting) = checks(&mut editor);
    assert!(after - before <= 2, "{} checks of 200 versions", after - before);
    assert_eq!(most_waiting, 1);
    // Findings of no other version were said: leaving looks for messages that nobody has read.
    editor.leave();
}
