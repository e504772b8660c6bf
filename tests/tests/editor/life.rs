//! From `initialize` to `exit`, and what is not allowed before and after.

use crate::{WEB, folder, path};
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

#[test]
fn nothing_is_answered_before_initialize_and_after_shutdown() {
    let mut editor = Editor::in_memory();
    assert_eq!(editor.refused("lql/status", Value::Null)["code"], -32002);
    editor.initialize(Abilities::old(), &[]);
    assert_eq!(editor.refused("initialize", json!({ "capabilities": {} }))["code"], -32600);
    assert_eq!(editor.refused("no/such", Value::Null)["code"], -32601);
    assert_eq!(editor.refused("textDocument/hover", json!({ "position": 5 }))["code"], -32602);
    editor.ask("shutdown", Value::Null);
    assert_eq!(editor.refused("lql/status", Value::Null)["code"], -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.exit_code(), 0);
}

#[test]
fn the_clients_best_encoding_is_taken() {
    for (offered, chosen) in [
        (&["utf-8", "utf-16"][..], "utf-8"),
        (&["utf-32"][..], "utf-32"),
        (&["utf-7", "utf-16"][..], "utf-16"),
        (&[][..], "utf-16"),
    ] {
        let mut editor = Editor::in_memory();
        let can = editor.initialize(Abilities::encodings(offered), &[]);
        assert_eq!(can["positionEncoding"], chosen);
        editor.leave();
    }
}

#[test]
fn the_first_load_shows_how_far_it_is() {
    let folder = folder(&[("a/web.lql", WEB), ("b/web.lql", WEB)]);
    let mut editor = Editor::in_memory();
    let mut abilities = Abilities::old();
    abilities.0["window"] = json!({ "workDoneProgress": true });
    editor.initialize(abilities, &[path(&folder)]);
    let steps: Vec<String> =
        (0..4).map(|_| editor.told("$/progress")["value"]["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(steps, ["begin", "report", "report", "end"]);
    editor.leave();
}

#[test]
fn settings_are_asked_for_and_taken_over() {
    let mut editor = Editor::in_memory();
    let mut abilities = Abilities::old();
    abilities.0["workspace"] = json!({ "configuration": true });
    editor.initialize_with(abilities, &[], json!({ "docs": "https://example.org" }));
    editor.open("untitled:1", crate::WRONG);
    let found = editor.findings("untitled:1", 1);
    let page = "https://example.org/diagnostics.html#lql0201-unknown-function";
    assert_eq!(found[0]["codeDescription"]["href"], page);
    assert_eq!(editor.questions[0]["method"], "workspace/configuration");
    editor.leave();
}
