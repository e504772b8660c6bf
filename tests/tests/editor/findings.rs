//! Findings, pushed and fetched: those of `lql check`, where they stand, and when they go.

use crate::{WEB, WRONG, at, folder, path, range};
use lql_tests::cli::lql;
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

/// The alias is used twice: a finding that points into another file.
const TWICE: &str = "SELECT email(m) AS email FROM app INTO user BY email ALIAS web\n";

#[test]
fn the_squiggle_stands_right_behind_an_emoji() {
    let text = format!("-- 😀\nSELECT x AS \"é😀\", {}", WRONG.trim_start_matches("SELECT "));
    for (encoding, start) in [("utf-8", 22), ("utf-16", 19), ("utf-32", 18)] {
        let mut editor = Editor::in_memory();
        editor.initialize(Abilities::encodings(&[encoding]), &[]);
        editor.open("untitled:1", &text);
        let found = editor.findings("untitled:1", 1);
        let unknown = found.iter().find(|it| it["code"] == "LQL0201").unwrap();
        assert_eq!(unknown["range"], range((1, start), (1, start + 5)), "{encoding}");
        editor.leave();
    }
}

#[test]
fn findings_follow_the_text_of_the_editor_and_go_with_the_mistake() {
    let folder = folder(&[("web.lql", WRONG)]);
    let uri = at(&folder, "web.lql");
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    let first = editor.told("textDocument/publishDiagnostics");
    assert_eq!((&first["uri"], first["diagnostics"].as_array().unwrap().len()), (&json!(uri), 1));
    assert_eq!(first["version"], Value::Null);
    editor.open(&uri, WRONG);
    assert_eq!(editor.findings(&uri, 1).len(), 1);
    editor.change(&uri, 2, json!([{ "range": range((0, 7), (0, 12)), "text": "email" }]));
    assert_eq!(editor.findings(&uri, 2), Vec::<Value>::new());
    // Closed without saving: the disk counts again.
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let again = editor.told("textDocument/publishDiagnostics");
    assert_eq!((&again["version"], again["diagnostics"].as_array().unwrap().len()), (&Value::Null, 1));
    editor.leave();
}

#[test]
fn a_finding_names_the_other_place_in_another_file() {
    let folder = folder(&[("app.lql", TWICE), ("web.lql", WEB)]);
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    let said = editor.told("textDocument/publishDiagnostics");
    assert_eq!(said["uri"], at(&folder, "web.lql"));
    let finding = &said["diagnostics"][0];
    assert_eq!((&finding["code"], &finding["source"]), (&json!("LQL0502"), &json!("lql")));
    assert_eq!(finding["relatedInformation"][0]["location"]["uri"], at(&folder, "app.lql"));
    editor.leave();
}

#[test]
fn findings_are_those_of_lql_check() {
    let folder = folder(&[
        ("app.lql", TWICE),
        ("web.lql", WRONG),
        ("segments/a.fql", "FILTER EXISTS emial ALIAS a"),
        ("lql.toml", "[streams.wbe]\nid = \"x\"\n[streams]\nnwo = 1\n"),
    ]);
    let out = lql(["check", "--format", "json", &folder.path().display().to_string()]).expect(1);
    let expected: Value = serde_json::from_str(&out.stdout).unwrap();
    let expected: Vec<String> = expected
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let (start, end) = (&finding["start"], &finding["end"]);
            let number = |value: &Value| value.as_u64().unwrap() - 1;
            format!(
                "{} {} {}:{}-{}:{} {}",
                finding["file"].as_str().unwrap(),
                finding["code"].as_str().unwrap(),
                number(&start["line"]),
                number(&start["column"]),
                number(&end["line"]),
                number(&end["column"]),
                finding["title"].as_str().unwrap()
            )
        })
        .collect();
    assert!(expected.len() >= 4, "{expected:?}");

    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::pulling(), &[path(&folder)]);
    // The load runs in the background: the workspace is complete when its project is.
    let report = loop {
        let report = editor.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
        if !report["items"].as_array().unwrap().is_empty() {
            break report;
        }
    };
    let mut found = Vec::new();
    for file in report["items"].as_array().unwrap() {
        for finding in file["items"].as_array().unwrap() {
            let place = |end: &str| {
                format!("{}:{}", finding["range"][end]["line"], finding["range"][end]["character"])
            };
            found.push(format!(
                "{} {} {}-{} {}",
                file["uri"].as_str().unwrap().trim_start_matches("file://"),
                finding["code"].as_str().unwrap(),
                place("start"),
                place("end"),
                finding["message"].as_str().unwrap().lines().next().unwrap()
            ));
        }
    }
    assert_eq!(found, expected);
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn fetched_findings_are_sent_once() {
    let folder = folder(&[("app.lql", TWICE), ("web.lql", WEB)]);
    let (web, app) = (at(&folder, "web.lql"), at(&folder, "app.lql"));
    let mut editor = Editor::in_memory();
    let can = editor.initialize(Abilities::pulling(), &[]);
    assert_eq!(can["diagnosticProvider"]["workspaceDiagnostics"], true);
    editor.open(&web, WEB);
    let fetch = |editor: &mut Editor, previous: Option<&Value>| {
        let params = json!({ "textDocument": { "uri": web }, "previousResultId": previous });
        editor.ask("textDocument/diagnostic", params)
    };
    let first = fetch(&mut editor, None);
    assert_eq!((&first["kind"], first["items"].as_array().unwrap().len()), (&json!("full"), 1));
    let second = fetch(&mut editor, Some(&first["resultId"]));
    assert_eq!(second, json!({ "kind": "unchanged", "resultId": first["resultId"] }));
    let previous = json!([
        { "uri": web, "value": first["resultId"] },
        { "uri": "file:///gone.lql", "value": "x" },
    ]);
    let all = editor.ask("workspace/diagnostic", json!({ "previousResultIds": previous }));
    let kinds: Vec<_> = all["items"].as_array().unwrap().iter().map(|it| (&it["uri"], &it["kind"])).collect();
    let expected = [
        (json!(app), json!("full")),
        (json!(web), json!("unchanged")),
        (json!("file:///gone.lql"), json!("full")),
    ];
    assert_eq!(kinds, expected.iter().map(|(uri, kind)| (uri, kind)).collect::<Vec<_>>());

    // An edit of one file mends the other: the client is told to fetch again.
    editor.open(&app, TWICE);
    editor.replace(&app, 2, &TWICE.replace("ALIAS web", "ALIAS app"));
    assert_eq!(fetch(&mut editor, Some(&first["resultId"]))["items"], json!([]));
    while !editor.questions.iter().any(|it| it["method"] == "workspace/diagnostic/refresh") {
        editor.ask("lql/status", Value::Null);
    }
    editor.leave();
}

/// CodeMirror's client says so, and shows what is pushed only.
#[test]
fn a_client_that_only_says_it_fetches_is_told() {
    let mut editor = Editor::in_memory();
    let client = json!({ "name": "@codemirror/lsp-client", "version": "6.3.0" });
    editor.ask("initialize", json!({ "capabilities": Abilities::pulling().0, "clientInfo": client }));
    editor.tell("initialized", json!({}));
    editor.open("untitled:1", WRONG);
    assert_eq!(editor.findings("untitled:1", 1).len(), 1);
    editor.leave();
}

#[test]
fn files_on_the_disk_and_settings_are_watched() {
    let folder = folder(&[("web.lql", WEB)]);
    let uri = at(&folder, "web.lql");
    let mut editor = Editor::in_memory();
    let mut abilities = Abilities::old();
    abilities.0["workspace"] = json!({ "didChangeWatchedFiles": { "dynamicRegistration": true } });
    editor.initialize(abilities, &[path(&folder)]);
    editor.open(&uri, WEB);
    assert_eq!(editor.findings(&uri, 1), Vec::<Value>::new());
    assert_eq!(editor.questions[0]["method"], "client/registerCapability");
    let changed = |editor: &mut Editor, name: &str, kind: u8| {
        let changes = json!([{ "uri": at(&folder, name), "type": kind }]);
        editor.tell("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    };
    std::fs::write(folder.path().join("app.lql"), TWICE).unwrap();
    changed(&mut editor, "app.lql", 1);
    assert_eq!(editor.findings(&uri, 1)[0]["code"], "LQL0502");
    std::fs::remove_file(folder.path().join("app.lql")).unwrap();
    changed(&mut editor, "app.lql", 3);
    assert_eq!(editor.findings(&uri, 1), Vec::<Value>::new());
    std::fs::write(folder.path().join("lql.toml"), "nwo = 1").unwrap();
    changed(&mut editor, "lql.toml", 1);
    let said = editor.told("textDocument/publishDiagnostics");
    assert_eq!(
        (&said["uri"], &said["diagnostics"][0]["code"]),
        (&json!(at(&folder, "lql.toml")), &json!("LQL0508"))
    );
    editor.leave();
}

#[test]
fn a_new_file_stands_alone_until_it_is_saved() {
    let folder = folder(&[]);
    let (uri, other) = (at(&folder, "web.lql"), at(&folder, "app.lql"));
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    editor.open(&uri, WEB);
    assert_eq!(editor.findings(&uri, 1), Vec::<Value>::new());
    editor.open(&other, TWICE);
    assert_eq!(editor.findings(&other, 1), Vec::<Value>::new());
    std::fs::write(folder.path().join("web.lql"), WEB).unwrap();
    editor.tell("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    // Now the folder is a project, and the file that is only in the editor belongs to it.
    assert_eq!(editor.findings(&uri, 1)[0]["code"], "LQL0502");
    editor.leave();
}

#[test]
fn folders_come_and_go() {
    let (one, two) = (folder(&[("web.lql", WRONG)]), folder(&[("web.lql", WRONG)]));
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&one)]);
    assert_eq!(editor.told("textDocument/publishDiagnostics")["uri"], at(&one, "web.lql"));
    let item = |folder: &tempfile::TempDir| json!([{ "uri": at(folder, ""), "name": "w" }]);
    let event = json!({ "added": item(&two), "removed": item(&one) });
    editor.tell("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    let said =
        [editor.told("textDocument/publishDiagnostics"), editor.told("textDocument/publishDiagnostics")];
    let of = |folder: &tempfile::TempDir| {
        let said = said.iter().find(|it| it["uri"] == at(folder, "web.lql")).unwrap();
        said["diagnostics"].as_array().unwrap().len()
    };
    assert_eq!((of(&one), of(&two)), (0, 1));
    editor.leave();
}

#[test]
fn changes_on_the_disk_are_seen_without_the_client() {
    let folder = folder(&[("web.lql", WRONG)]);
    let uri = at(&folder, "web.lql");
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[path(&folder)]);
    assert_eq!(editor.take_findings(&uri).len(), 1);
    std::fs::write(folder.path().join("new"), WEB).unwrap();
    std::fs::rename(folder.path().join("new"), folder.path().join("web.lql")).unwrap();
    assert_eq!(editor.take_findings(&uri), Vec::<Value>::new());
    // A folder that was not there, and a file in it.
    std::fs::create_dir(folder.path().join("segments")).unwrap();
    std::fs::write(folder.path().join("segments/a.fql"), "FILTER EXISTS emial ALIAS a").unwrap();
    assert_eq!(editor.take_findings(&at(&folder, "segments/a.fql"))[0]["code"], "LQL0505");
    std::fs::remove_file(folder.path().join("segments/a.fql")).unwrap();
    assert_eq!(editor.take_findings(&at(&folder, "segments/a.fql")), Vec::<Value>::new());
    editor.leave();
}
