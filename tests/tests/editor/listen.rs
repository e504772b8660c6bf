//! The server on a port: TCP and WebSockets, one session each, and who may not connect.

use crate::{WEB, WRONG, at, folder, path, range};
use lql_tests::cli::lql;
use lql_tests::editor::{Abilities, Editor, Listening};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

fn every_way(server: &Listening) -> [Editor; 2] {
    [Editor::over_tcp(server.address), Editor::over_websocket(server.address, None).unwrap()]
}

#[test]
fn each_connection_is_a_session_like_any_other() {
    let server = Listening::start();
    for mut editor in every_way(&server) {
        let text = format!("-- 😀\nSELECT x AS \"é😀\", {}", WRONG.trim_start_matches("SELECT "));
        let folder = folder(&[("web.lql", &text), ("events/web.ndjson", "{\"m\":\"a@b.c\",\"x\":1}\n")]);
        let uri = at(&folder, "web.lql");
        let mut abilities = Abilities::encodings(&["utf-32"]);
        abilities.0["experimental"] = json!({ "showsAnswers": true });
        editor.initialize(abilities, &[path(&folder)]);
        editor.open(&uri, &text);
        let found = editor.findings(&uri, 1);
        let unknown = found.iter().find(|it| it["code"] == "LQL0201").unwrap();
        assert_eq!(unknown["range"], range((1, 18), (1, 23)), "{found:?}");
        editor.replace(&uri, 2, WEB);
        assert_eq!(editor.findings(&uri, 2), Vec::<Value>::new());
        let hover = json!({ "textDocument": { "uri": uri }, "position": { "line": 0, "character": 8 } });
        let hover = editor.ask("textDocument/hover", hover);
        assert!(hover["contents"]["value"].as_str().unwrap().contains("email("));
        let lenses = editor.ask("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
        let command = &lenses[0]["command"];
        assert_eq!(command["title"], "1 of 1 sample events match");
        let click = json!({ "command": command["command"], "arguments": command["arguments"] });
        let answer = editor.ask("workspace/executeCommand", click);
        assert!(answer["text"].as_str().unwrap().contains("web.ndjson:1  matches"), "{answer}");
        editor.skip("textDocument/publishDiagnostics");
        editor.leave();
    }
}

#[test]
fn sessions_share_nothing_and_the_server_outlives_them() {
    let mut server = Listening::start();
    let [mut one, mut two] = every_way(&server);
    one.initialize(Abilities::old(), &[]);
    two.initialize(Abilities::old(), &[]);
    for (editor, text, findings) in [(&mut one, WRONG, 1), (&mut two, WEB, 0)] {
        editor.open("untitled:1", text);
        assert_eq!(editor.findings("untitled:1", 1).len(), findings);
    }
    // A bug in one session, a busy one, and one that just goes.
    assert_eq!(one.refused("lql/debug/panic", Value::Null)["code"], -32603);
    one.request("lql/debug/busy", json!(60_000));
    one.hang_up();
    assert_eq!(one.exit_code(), 0, "the connection is closed");
    let status = two.ask("lql/status", Value::Null);
    assert_eq!(status["openFiles"], 1);
    two.tell("exit", Value::Null);
    assert_eq!(two.exit_code(), 0, "without shutdown too");
    assert!(server.is_alive());
    for mut editor in every_way(&server) {
        editor.initialize(Abilities::old(), &[]);
        assert_eq!(editor.ask("lql/status", Value::Null)["openFiles"], 0);
        editor.leave();
    }
}

#[test]
fn a_message_over_a_websocket_may_be_broken_too() {
    let server = Listening::start();
    let mut editor = Editor::over_websocket(server.address, None).unwrap();
    editor.initialize(Abilities::old(), &[]);
    editor.send_bytes(b"Content-Length: 1\r\n\r\n{nonsense");
    assert_eq!(editor.refusal_of_nothing()["code"], -32700);
    editor.ask("lql/status", Value::Null);
    editor.leave();
}

#[test]
fn pages_of_elsewhere_are_turned_away() {
    let server = Listening::start();
    let port = server.address.port();
    for foreign in ["https://example.org", "null", "http://localhost.example.org"] {
        let refused = Editor::over_websocket(server.address, Some(foreign)).err();
        assert_eq!(refused, Some(403), "{foreign}");
    }
    for own in [format!("http://localhost:{port}"), "http://127.0.0.1".to_owned()] {
        let mut editor = Editor::over_websocket(server.address, Some(&own)).unwrap();
        editor.initialize(Abilities::old(), &[]);
        editor.leave();
    }
    // What a page may send without asking: a request whose body is a message.
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#;
    let framed = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    let length = framed.len();
    for start in ["POST / HTTP/1.1", "OPTIONS / HTTP/1.1", "GET / HTTP/1.1"] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request = format!("{start}\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n{framed}");
        let _ = stream.write_all(request.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(!answer.contains("capabilities"), "{start}: {answer}");
    }
}

#[test]
fn only_this_machine_is_listened_to() {
    let said = |address: &str| lql(["lsp", "--listen", address]).expect(2).stderr;
    assert!(said("0.0.0.0:0").contains("others could reach 0.0.0.0:0"), "{}", said("0.0.0.0:0"));
    assert!(said("nowhere").contains("`nowhere` is no address"));
    let server = Listening::start();
    let taken = said(&server.address.to_string());
    assert!(taken.contains("cannot listen on 127.0.0.1:"), "{taken}");
}
