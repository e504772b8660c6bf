//! What is known to go wrong between editors and servers of this framework, each through the real pipes.

use crate::{WEB, WRONG, at, folder, path};
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn started(folder: &tempfile::TempDir) -> Editor {
    let mut editor = Editor::of_binary();
    editor.initialize(Abilities::old(), &[path(folder)]);
    editor
}

#[test]
fn edits_are_applied_in_the_order_they_came() {
    let folder = folder(&[("web.lql", WEB)]);
    let uri = at(&folder, "web.lql");
    let mut editor = started(&folder);
    editor.open(&uri, WEB);
    // Each edit begins where the one before has ended: any other order gives another text.
    for version in 2..=200 {
        let change = json!([{ "range": crate::range((0, 0), (0, 0)), "text": format!("-- {version}\n") }]);
        editor.change(&uri, version, change);
    }
    let last = json!([{ "range": crate::range((199, 7), (199, 12)), "text": "emial" }]);
    editor.change(&uri, 201, last);
    let found = editor.findings(&uri, 201);
    assert_eq!(found[0]["range"], crate::range((199, 7), (199, 12)), "{found:?}");
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn many_waiting_requests_starve_no_other() {
    let folder = folder(&[("web.lql", WEB)]);
    let uri = at(&folder, "web.lql");
    let mut editor = started(&folder);
    editor.open(&uri, WEB);
    editor.findings(&uri, 1);
    // Far more than a queue of 100, and more than there are threads: all are answered.
    let hover = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 8 } });
    let ids: Vec<i64> = (0..400).map(|_| editor.request("textDocument/hover", hover.clone())).collect();
    for id in ids {
        editor.answer(id).unwrap();
    }
    editor.leave();
}

#[test]
fn a_client_that_owes_answers_blocks_nothing() {
    let folder = folder(&[("web.lql", WEB)]);
    let uri = at(&folder, "web.lql");
    let mut editor = Editor::of_binary();
    let mut abilities = Abilities::old();
    abilities.0["workspace"] =
        json!({ "configuration": true, "didChangeWatchedFiles": { "dynamicRegistration": true } });
    // Written by hand, so that the server's questions are not answered.
    editor.initialize(abilities, &[path(&folder)]);
    for _ in 0..20 {
        editor.tell("workspace/didChangeConfiguration", json!({ "settings": null }));
    }
    editor.open(&uri, WRONG);
    assert_eq!(editor.findings(&uri, 1).len(), 1);
    editor.leave();
}

#[test]
fn a_busy_request_hears_its_cancelling_and_holds_up_no_other() {
    let folder = folder(&[("web.lql", WEB)]);
    let mut editor = started(&folder);
    let start = Instant::now();
    let busy = editor.request("lql/debug/busy", json!(30_000));
    let other = editor.ask("lql/status", Value::Null);
    assert_eq!(other["encoding"], "utf-16");
    editor.tell("$/cancelRequest", json!({ "id": busy }));
    assert_eq!(editor.answer(busy).unwrap_err()["code"], -32800);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    // The thread is free again: more of them than there are threads would take minutes otherwise.
    for _ in 0..10 {
        let busy = editor.request("lql/debug/busy", json!(30_000));
        editor.tell("$/cancelRequest", json!({ "id": busy }));
        assert_eq!(editor.answer(busy).unwrap_err()["code"], -32800);
    }
    editor.ask("lql/debug/busy", json!(0));
    editor.leave();
}

#[test]
fn a_panic_is_an_error_and_the_server_lives() {
    let folder = folder(&[("web.lql", WEB)]);
    let mut editor = started(&folder);
    for _ in 0..20 {
        let error = editor.refused("lql/debug/panic", Value::Null);
        assert_eq!(error["code"], -32603);
        assert!(error["message"].as_str().unwrap().contains("lql/debug/panic"));
    }
    editor.ask("lql/status", Value::Null);
    editor.leave();
}

#[test]
fn exit_ends_the_server_though_its_input_stays_open() {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    editor.ask("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.exit_code(), 0);
}

#[test]
fn exit_ends_the_server_though_a_request_is_busy() {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    let busy = editor.request("lql/debug/busy", json!(60_000));
    let start = Instant::now();
    editor.tell("exit", Value::Null);
    assert_eq!(editor.exit_code(), 1);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(editor.answer(busy).unwrap_err()["code"], -32800);
}

#[test]
fn exit_without_shutdown_and_a_closed_pipe_are_exit_code_1() {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.exit_code(), 1);
    let mut editor = started(&folder);
    editor.hang_up();
    assert_eq!(editor.exit_code(), 1);
}

/// Clients that know several ways to talk name the one they have chosen.
#[test]
fn standard_input_may_be_named() {
    // The pipe is closed: an end without leave, and not the misuse of an option.
    lql_tests::cli::lql(["lsp", "--stdio"]).expect(1);
    lql_tests::cli::lql(["lsp", "--stdio", "--listen", "127.0.0.1:0"]).expect(2);
}

#[test]
#[cfg(unix)]
fn the_server_ends_when_the_editor_has_died() {
    let mut dead = std::process::Command::new("true").spawn().unwrap();
    let process = dead.id();
    dead.wait().unwrap();
    let mut editor = Editor::of_binary();
    editor.ask("initialize", json!({ "processId": process, "capabilities": {} }));
    assert_eq!(editor.exit_code(), 1);
}

/// The error that answers bytes which are no message, and what the next message is answered.
fn after(bytes: &str, code: i64) {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    editor.send_bytes(bytes.as_bytes());
    let status = editor.ask("lql/status", Value::Null);
    assert_eq!(status["encoding"], "utf-16");
    let refused = editor.refusal_of_nothing();
    assert_eq!(refused["code"], code, "{bytes}");
    editor.leave();
}

#[test]
fn a_broken_message_is_answered_and_the_next_is_heard() {
    let framed = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len());
    after(&framed("{nonsense"), -32700);
    after(&framed("[1, 2]"), -32600);
    after("Content-Length: 99999999999999999999\r\n\r\n{}", -32700);
    after("Content-Length: many\r\n\r\n{}", -32700);
    after(&format!("Content-Length: 320\r\n\r\n{}", "x".repeat(300)), -32700);
}

#[test]
fn a_broken_request_is_answered_under_its_id() {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    let body = r#"{"jsonrpc":"1.0","id":77,"method":"lql/status"}"#;
    editor.send_bytes(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    assert_eq!(editor.answer(77).unwrap_err()["code"], -32600);
    editor.leave();
}

#[test]
fn messages_come_in_pieces_and_many_at_once() {
    let folder = folder(&[]);
    let mut editor = started(&folder);
    let ask = |id: i64| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"lql/status","params":{{"x":"😀"}}}}"#);
        format!(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    for byte in ask(1001).as_bytes() {
        editor.send_bytes(&[*byte]);
    }
    editor.answer(1001).unwrap();
    let many: String = (2000..2200).map(ask).collect();
    editor.send_bytes(many.as_bytes());
    for id in 2000..2200 {
        editor.answer(id).unwrap();
    }
    editor.leave();
}
