//! Requests that need no more than a look at their answer; what they say is tested where it is made.

use crate::{WEB, at, folder, path, range};
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

fn with(text: &str) -> Editor {
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[]);
    editor.open("untitled:1", text);
    editor.findings("untitled:1", 1);
    editor
}

fn document() -> Value {
    json!({ "uri": "untitled:1" })
}

#[test]
fn formatting_edits_only_lines_that_change() {
    let text = format!("{WEB};\n\nselect  a as a from web into user by a alias b");
    let mut editor = with(&text);
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let edits =
        editor.ask("textDocument/formatting", json!({ "textDocument": document(), "options": options }));
    assert!(!edits.as_array().unwrap().is_empty());
    // Of the second statement only.
    let part = json!({ "textDocument": document(), "options": options, "range": range((3, 3), (3, 3)) });
    let edits = editor.ask("textDocument/rangeFormatting", part);
    let edits = edits.as_array().unwrap();
    assert!(edits.iter().all(|edit| edit["range"]["start"]["line"].as_u64().unwrap() >= 2), "{edits:?}");
    assert!(edits.iter().any(|edit| edit["newText"].as_str().unwrap().contains("SELECT")), "{edits:?}");
    editor.leave();
}

#[test]
fn hover_tells_of_functions() {
    let mut editor = with("-- 😀\nSELECT /* 😀 */ email(m) AS email FROM web INTO user BY email ALIAS web");
    let hover = |editor: &mut Editor, character| {
        let position = json!({ "line": 1, "character": character });
        editor.ask("textDocument/hover", json!({ "textDocument": document(), "position": position }))
    };
    let found = hover(&mut editor, 18);
    assert_eq!(found["range"], range((1, 16), (1, 21)));
    assert!(found["contents"]["value"].as_str().unwrap().contains("email("));
    assert_eq!(hover(&mut editor, 9), Value::Null, "a comment");
    editor.leave();
}

#[test]
fn the_program_is_that_of_lql_build() {
    let folder = folder(&[("web.lql", WEB)]);
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    let uri = at(&folder, "web.lql");
    editor.open(&uri, WEB);
    for emit in ["tokens", "tree", "types", "program", "projection"] {
        let folder = folder.path().display().to_string();
        let expected = lql_tests::cli::lql(["build", "--emit", emit, &folder]).expect(0).stdout;
        let got = editor.ask("lql/program", json!({ "textDocument": { "uri": uri }, "emit": emit }));
        assert_eq!(got["text"].as_str().unwrap().trim_end(), expected.trim_end(), "{emit}");
    }
    editor.replace(&uri, 2, crate::WRONG);
    let error = editor.refused("lql/program", json!({ "textDocument": { "uri": uri } }));
    assert_eq!(error["code"], -32803);
    let status = editor.ask("lql/status", Value::Null);
    assert_eq!(status["latencies"]["lql/program"]["count"], 6);
    editor.findings(&uri, 2);
    // Those of the text before may have been said, or not.
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn expressions_and_statements_are_tried_on_sample_events() {
    let events = "{\"m\":\"Ann@example.org\",\"total\":5}\n{\"m\":\"bo@example.org\"}\n";
    let folder = folder(&[
        ("web.lql", WEB),
        ("segments/many.fql", "FILTER visits > 3 ALIAS many\n"),
        ("events/web.ndjson", events),
    ]);
    let mut editor = Editor::in_memory();
    editor.ignored.push("textDocument/publishDiagnostics");
    editor.initialize(Abilities::old(), &[path(&folder)]);
    let web = at(&folder, "web.lql");
    editor.open(&web, WEB);
    let mut evaluate = |name: &str, expression: &str, event: Value| {
        let document = json!({ "uri": at(&folder, name) });
        let params = json!({ "textDocument": document, "expression": expression, "event": event });
        editor.ask("lql/evaluate", params)
    };
    let found = evaluate("web.lql", "email(m)", Value::Null);
    assert_eq!(found["text"], "\"ann@example.org\" : string\n");
    assert_eq!(found["parts"], "email(m)  \"ann@example.org\"\n  m       \"Ann@example.org\"\n");
    assert_eq!(found["event"], json!({ "file": "web.ndjson", "line": 1 }));
    let second = json!({ "file": "web.ndjson", "line": 2 });
    assert_eq!(evaluate("web.lql", "tonumber(total) * 2", second)["text"], "no value : number\n");
    let statement =
        "SELECT email(m) AS email, nothing AS gone FROM web INTO user BY email WHERE total > 9 ALIAS x";
    let told = "WHERE is not true: the event would be passed over\nemail = \"ann@example.org\" : string\ngone has no value : string\n";
    assert_eq!(evaluate("web.lql", statement, Value::Null)["text"], told);
    assert_eq!(evaluate("segments/many.fql", "total > 3", Value::Null)["text"], "true : bool\n");
    assert_eq!(evaluate("web.lql", "FILTER total > 7", Value::Null)["text"], "false : bool\n");
    let wrong = evaluate("web.lql", "\"😀\" = emial(m)", Value::Null);
    assert_eq!(wrong["findings"][0]["range"], range((0, 7), (0, 12)));
    assert_eq!((&wrong["findings"][0]["code"], &wrong["text"]), (&json!("LQL0201"), &json!("")));
    let unknown =
        json!({ "textDocument": { "uri": web }, "expression": "1", "event": { "file": "x", "line": 1 } });
    assert_eq!(editor.refused("lql/evaluate", unknown)["message"], "x:1 is no sample event");
    editor.leave();
}
