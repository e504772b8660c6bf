//! A small project, and every question about it that the server answers: that positions and names arrive as they should.

use crate::{at, folder, path, range};
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

const WEB: &str = "\
-- 😀 Clicks of the shop.
-- They have two identities.
SELECT
    email(m)    AS email,
    set(cookie) AS cookie,
    count(*)    AS visits
FROM web
INTO user
BY email OR cookie
ALIAS web;
";

const EVENT: &str = "{\"m\":\"Ann@example.org\",\"cookie\":\"k1\"}\n";

/// An editor with the project open, and the addresses of the query and of the filter that includes another.
fn editor() -> (tempfile::TempDir, Editor, [String; 2]) {
    let folder = folder(&[
        ("web.lql", WEB),
        ("segments/regulars.lql", "FILTER visits > 5 ALIAS regulars\n"),
        ("segments/known.lql", "FILTER AND ( EXISTS email, INCLUDE regulars ) ALIAS known\n"),
        ("events/web.ndjson", EVENT),
    ]);
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    let files = [at(&folder, "web.lql"), at(&folder, "segments/known.lql")];
    editor.open(&files[0], WEB);
    editor.findings(&files[0], 1);
    (folder, editor, files)
}

/// Leaves; findings of files that are not open may have come at any time.
fn leave(mut editor: Editor) {
    editor.ignored.push("textDocument/publishDiagnostics");
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

fn of(uri: &str) -> Value {
    json!({ "textDocument": { "uri": uri } })
}

#[test]
fn the_outline_has_the_query_and_its_columns() {
    let (_folder, mut editor, [web, _]) = editor();
    let symbols = editor.ask("textDocument/documentSymbol", of(&web));
    assert_eq!(symbols[0]["name"], "web");
    let columns: Vec<_> = symbols[0]["children"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(columns, ["email", "cookie", "visits"]);
    let found = editor.ask("workspace/symbol", json!({ "query": "known" }));
    assert!(found.as_array().unwrap().iter().any(|it| it["name"] == "known"), "{found}");
    leave(editor);
}

#[test]
fn colours_come_whole_in_part_and_as_what_changed() {
    let (_folder, mut editor, [web, _]) = editor();
    let whole = editor.ask("textDocument/semanticTokens/full", of(&web));
    let data = whole["data"].as_array().unwrap();
    assert!(data.len() > 50 && data.len().is_multiple_of(5), "{data:?}");
    let part = json!({ "textDocument": { "uri": web }, "range": range((6, 0), (6, 8)) });
    let part = editor.ask("textDocument/semanticTokens/range", part);
    // FROM and the stream.
    assert_eq!(part["data"].as_array().unwrap().len(), 10, "{part}");

    editor.replace(&web, 2, &WEB.replace("visits", "all_visits"));
    let changed = editor.ask(
        "textDocument/semanticTokens/full/delta",
        json!({ "textDocument": { "uri": web }, "previousResultId": whole["resultId"] }),
    );
    let edits = changed["edits"].as_array().unwrap();
    assert!(edits.len() == 1 && edits[0]["data"].as_array().unwrap().len() < data.len() / 2, "{changed}");
    let unknown = json!({ "textDocument": { "uri": web }, "previousResultId": "none of ours" });
    assert!(editor.ask("textDocument/semanticTokens/full/delta", unknown)["data"].is_array());
    editor.findings(&web, 2);
    leave(editor);
}

#[test]
fn statements_fold_and_selections_grow() {
    let (_folder, mut editor, [web, _]) = editor();
    let folds = editor.ask("textDocument/foldingRange", of(&web));
    let folds = folds.as_array().unwrap();
    assert!(folds.iter().any(|fold| fold["kind"] == "comment" && fold["endLine"] == 1), "{folds:?}");
    let at = json!({ "textDocument": { "uri": web }, "positions": [{ "line": 3, "character": 10 }] });
    let chain = editor.ask("textDocument/selectionRange", at);
    let mut ranges = Vec::new();
    let mut next = &chain[0];
    while next.is_object() {
        ranges.push(next["range"].clone());
        next = &next["parent"];
    }
    // The key, the call, the column, the statement.
    assert_eq!(ranges[0], range((3, 10), (3, 11)));
    assert!(ranges.len() >= 4 && ranges.contains(&range((3, 4), (3, 12))), "{ranges:?}");
    leave(editor);
}

#[test]
fn hints_tell_what_is_not_written_and_what_the_event_gives() {
    let (_folder, mut editor, [web, _]) = editor();
    let all = json!({ "textDocument": { "uri": web }, "range": range((0, 0), (10, 0)) });
    let hints = editor.ask("textDocument/inlayHint", all);
    let labels: Vec<&str> =
        hints.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap()).collect();
    assert!(labels.iter().any(|label| label.contains("ann@example.org")), "{labels:?}");
    leave(editor);
}

#[test]
fn a_fix_mends_the_file() {
    let (_folder, mut editor, [web, _]) = editor();
    editor.replace(&web, 2, &WEB.replace("email(m)", "emial(m)"));
    editor.findings(&web, 2);
    let here = json!({
        "textDocument": { "uri": web }, "range": range((3, 6), (3, 6)),
        "context": { "diagnostics": [], "only": ["quickfix"] },
    });
    let actions = editor.ask("textDocument/codeAction", here);
    let fix = actions.as_array().unwrap().iter().find(|it| it["isPreferred"] == true).expect("a fix");
    assert_eq!(fix["edit"]["changes"][&web], json!([{ "range": range((3, 4), (3, 9)), "newText": "email" }]));
    assert!(actions.as_array().unwrap().iter().all(|it| it["kind"] == "quickfix"), "{actions}");
    leave(editor);
}

#[test]
fn segments_tell_whom_they_include() {
    let (_folder, mut editor, [_, known]) = editor();
    let at = json!({ "textDocument": { "uri": known }, "position": { "line": 0, "character": 55 } });
    let items = editor.ask("textDocument/prepareCallHierarchy", at);
    assert_eq!(items[0]["name"], "known");
    let outgoing = editor.ask("callHierarchy/outgoingCalls", json!({ "item": items[0] }));
    assert_eq!(outgoing[0]["to"]["name"], "regulars");
    assert_eq!(outgoing[0]["fromRanges"], json!([range((0, 35), (0, 43))]));
    let incoming = editor.ask("callHierarchy/incomingCalls", json!({ "item": outgoing[0]["to"] }));
    assert_eq!(incoming[0]["from"]["name"], "known");
    leave(editor);
}

#[test]
fn a_stream_links_to_its_events() {
    let (_folder, mut editor, [web, _]) = editor();
    let links = editor.ask("textDocument/documentLink", of(&web));
    let targets: Vec<&str> =
        links.as_array().unwrap().iter().filter_map(|it| it["target"].as_str()).collect();
    assert!(targets.iter().any(|target| target.ends_with("events/web.ndjson")), "{targets:?}");
    leave(editor);
}
