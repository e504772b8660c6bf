//! Test files and `lql.toml` in the editor.

use crate::{at, folder, path, range};
use lql_tests::cli::lql;
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

const WEB: &str = "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web\n";
const RICH: &str = "FILTER visits > 3 ALIAS regulars\n";
const SETTINGS: &str = "# 😀\n[streams.web]\nid = \"mid\"\n\n[tables.user]\nrank = [\"email\"]\n";
const TEST: &str = "now = 2024-06-30T00:00:00Z\n\n[[case]]\nname = \"one 😀\"\nevents = [{ stream = \"web\", event = { m = \"a@b.c\" } }]\nfiles = [{ path = \"../events/web.ndjson\" }]\n[[case.profile]]\nis = { email = \"a@b.c\" }\nvisits = 1\nin = []\n";

fn project(test: &str) -> tempfile::TempDir {
    folder(&[
        ("web.lql", WEB),
        ("segments/regulars.fql", RICH),
        ("events/web.ndjson", "{\"mid\":\"1\",\"m\":\"a@b.c\"}\n"),
        ("lql.toml", SETTINGS),
        ("tests/web.test.toml", test),
    ])
}

/// An editor that has opened a file with a text.
fn opened(folder: &tempfile::TempDir, name: &str, text: &str) -> (Editor, String) {
    let mut editor = Editor::in_memory();
    editor.ignored.push("textDocument/publishDiagnostics");
    let mut abilities = Abilities::old();
    abilities.0["textDocument"]["completion"] = json!({ "completionItem": { "snippetSupport": true } });
    editor.initialize(abilities, &[path(folder)]);
    let uri = at(folder, name);
    editor.open(&uri, text);
    (editor, uri)
}

/// The text without its mark `|`, and where that stood.
fn marked(text: &str) -> (String, Value) {
    let before = text.split('|').next().unwrap();
    let line = before.matches('\n').count();
    let character = before.rsplit('\n').next().unwrap().encode_utf16().count();
    (text.replacen('|', "", 1), json!({ "line": line, "character": character }))
}

fn completed(editor: &mut Editor, uri: &str, version: i64, text: &str) -> Vec<(String, String)> {
    let (text, position) = marked(text);
    editor.replace(uri, version, &text);
    let found = editor
        .ask("textDocument/completion", json!({ "textDocument": { "uri": uri }, "position": position }));
    let item = |item: &Value| {
        (item["label"].as_str().unwrap().to_owned(), item["textEdit"]["newText"].as_str().unwrap().to_owned())
    };
    found["items"].as_array().unwrap().iter().map(item).collect()
}

#[test]
fn findings_of_a_test_file_are_those_of_lql_test() {
    let keys = "name = \"one 😀\"\nodrers = 3\nprofiles = \"x\"";
    let names = "[[case]]\nname = \"two 😀\"\nevents = [{ stream = \"😀\", event = { m = 1 } }]\n[[case.profile]]\nis = { emial = \"😀\" }\nvisit = 1\nin = [\"😀\", \"regular\"]\nfilter = \"'😀' = vists\"\n";
    let wrong = format!("{}\n{names}", TEST.replace("name = \"one 😀\"", keys));
    let folder = project(&wrong);
    let (mut editor, uri) = opened(&folder, "tests/web.test.toml", &wrong);
    editor.ask("lql/status", Value::Null);
    editor.ignored.clear();
    editor.replace(&uri, 2, &wrong);
    let found = editor.findings(&uri, 2);
    let out = lql(["test", "--format", "json", &folder.path().display().to_string()]).expect(1);
    let report: Value = serde_json::from_str(&out.stdout).unwrap();
    let expected: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            format!(
                "{}:{} {} {}",
                it["line"],
                it["column"],
                it["code"].as_str().unwrap(),
                it["title"].as_str().unwrap()
            )
        })
        .collect();
    let said: Vec<String> = found
        .iter()
        .map(|it| {
            let start = &it["range"]["start"];
            let number = |value: &Value| value.as_u64().unwrap() + 1;
            let title = it["message"].as_str().unwrap().lines().next().unwrap();
            format!(
                "{}:{} {} {title}",
                number(&start["line"]),
                number(&start["character"]),
                it["code"].as_str().unwrap()
            )
        })
        .collect();
    assert!(!said.is_empty());
    insta::assert_snapshot!(said.join("\n"));
    let plain = |lines: &[String]| {
        lines.iter().map(|it| it.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(plain(&said), plain(&expected));
    // The first can be mended.
    let context = json!({ "diagnostics": [] });
    let here = json!({ "textDocument": { "uri": uri }, "range": found[0]["range"], "context": context });
    let actions = editor.ask("textDocument/codeAction", here);
    let edit = json!([{ "range": range((4, 0), (4, 6)), "newText": "orders" }]);
    assert_eq!(actions[0]["edit"]["changes"][&uri], edit);
    editor.ignored.push("textDocument/publishDiagnostics");
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn a_test_file_follows_its_project() {
    let folder = project(TEST);
    // Names are compared with projects that have no errors.
    std::fs::remove_file(folder.path().join("segments/regulars.fql")).unwrap();
    let (web, uri) = (at(&folder, "web.lql"), at(&folder, "tests/web.test.toml"));
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[]);
    editor.open(&uri, TEST);
    assert_eq!(editor.findings(&uri, 1), Vec::<Value>::new());
    editor.open(&web, WEB);
    editor.findings(&web, 1);
    editor.replace(&web, 2, &WEB.replace("visits", "views"));
    let found = editor.findings(&uri, 1);
    assert_eq!((found.len(), &found[0]["range"]), (1, &range((8, 0), (8, 6))), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().starts_with("the project has no field `visits`"));
    // Closed, nothing is said of it any more.
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let said = editor.take_findings(&uri);
    assert_eq!(said, Vec::<Value>::new());
    editor.ignored.push("textDocument/publishDiagnostics");
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn a_test_without_a_project_says_so() {
    let folder = folder(&[]);
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[]);
    let uri = at(&folder, "a.test.toml");
    editor.open(&uri, TEST);
    let found = editor.findings(&uri, 1);
    assert_eq!(found.len(), 1);
    assert!(found[0]["message"].as_str().unwrap().starts_with("no folder above this test holds queries"));
    editor.leave();
}

#[test]
fn fetched_findings_of_tests_come_too() {
    let wrong = TEST.replace("visits = 1", "visit = 1");
    let folder = project(&wrong);
    let uri = at(&folder, "tests/web.test.toml");
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::pulling(), &[path(&folder)]);
    editor.open(&uri, &wrong);
    let first = editor.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    assert_eq!((&first["kind"], first["items"].as_array().unwrap().len()), (&json!("full"), 1));
    let again = json!({ "textDocument": { "uri": uri }, "previousResultId": first["resultId"] });
    assert_eq!(editor.ask("textDocument/diagnostic", again)["kind"], "unchanged");
    let all = editor.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    assert!(
        all["items"].as_array().unwrap().iter().any(|it| it["uri"] == json!(uri) && it["version"] == 1),
        "{all}"
    );
    editor.leave();
}

#[test]
fn keys_and_names_are_offered_in_test_files() {
    let folder = project(TEST);
    let (mut editor, uri) = opened(&folder, "tests/web.test.toml", TEST);
    let mut labels = |version, text: &str| completed(&mut editor, &uri, version, text);
    let first =
        |found: &[(String, String)]| found.first().cloned().map(|(label, text)| format!("{label}: {text}"));
    let told = [
        first(&labels(2, "# 😀\nno|")),
        first(&labels(3, "ca|")),
        first(&labels(4, "[[case]]\norde|")),
        first(&labels(5, "[[case]]\nevents = [{ stre|")),
        first(&labels(6, "[[case]]\nevents = [{ stream = \"😀\" }, { stream = \"w|")),
        first(&labels(7, "[[case]]\nevents = [{ event = { mi|")),
        first(&labels(8, "[[case]]\n[[case.profile]]\nvis|")),
        first(&labels(9, "[[case]]\n[[case.profile]]\nis = { em|")),
        first(&labels(10, "[[case]]\n[[case.profile]]\nvisits = { ne|")),
        first(&labels(15, "[[case]]\n[[case.profile]]\nvisits = ne|")),
        first(&labels(11, "[[case]]\n[[case.profile]]\nin = [|]")),
        first(&labels(12, "[[case]]\nrefused = [{ reason = \"ne|")),
        first(&labels(13, "[[case]]\n[[case.profile]]\ntable = |")),
        first(&labels(14, "[[case]]\nname = \"x\" |")),
    ];
    let told: Vec<String> = told.into_iter().map(|it| it.unwrap_or_else(|| "nothing".into())).collect();
    insta::assert_snapshot!(told.join("\n"));
    editor.leave();
}

#[test]
fn keys_and_names_are_offered_in_settings() {
    let folder = project(TEST);
    let (mut editor, uri) = opened(&folder, "lql.toml", SETTINGS);
    let mut labels = |version, text: &str| completed(&mut editor, &uri, version, text);
    let first =
        |found: &[(String, String)]| found.first().cloned().map(|(label, text)| format!("{label}: {text}"));
    let told = [
        first(&labels(2, "|")),
        first(&labels(3, "[str|")),
        first(&labels(4, "[streams.|]")),
        first(&labels(5, "[streams.web]\ntime|")),
        first(&labels(6, "[streams.web]\nid = \"m|")),
        first(&labels(7, "[tables.user]\nrank = [\"é😀\", |]")),
        first(&labels(8, "[tables.user]\nblo|")),
        first(&labels(9, "[tables.user.fields.|]")),
        first(&labels(10, "[lint]\nignore = [\"missing-d|\"]")),
        first(&labels(11, "[tables.user]\nidentity_limit = |")),
    ];
    let told: Vec<String> = told.into_iter().map(|it| it.unwrap_or_else(|| "nothing".into())).collect();
    insta::assert_snapshot!(told.join("\n"));
    editor.leave();
}

#[test]
fn keys_and_names_explain_themselves() {
    let folder = project(TEST);
    let (mut editor, uri) = opened(&folder, "tests/web.test.toml", TEST);
    let settings = at(&folder, "lql.toml");
    editor.open(&settings, SETTINGS);
    let hover = |editor: &mut Editor, uri: &str, line: u32, character: u32| {
        let position = json!({ "line": line, "character": character });
        let found =
            editor.ask("textDocument/hover", json!({ "textDocument": { "uri": uri }, "position": position }));
        let lines = found["contents"]["value"]
            .as_str()
            .unwrap_or("nothing")
            .lines()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ");
        format!("{} {lines}", found["range"]["start"])
    };
    let told = [
        hover(&mut editor, &uri, 0, 1),
        hover(&mut editor, &uri, 4, 12),
        hover(&mut editor, &uri, 4, 22),
        hover(&mut editor, &uri, 7, 9),
        hover(&mut editor, &uri, 8, 2),
        hover(&mut editor, &uri, 9, 1),
        hover(&mut editor, &uri, 3, 12),
        hover(&mut editor, &settings, 1, 10),
        hover(&mut editor, &settings, 1, 3),
        hover(&mut editor, &settings, 2, 1),
        hover(&mut editor, &settings, 5, 10),
    ];
    insta::assert_snapshot!(told.join("\n"));
    let to = json!({ "textDocument": { "uri": uri }, "position": { "line": 8, "character": 2 } });
    let found = editor.ask("textDocument/definition", to);
    assert_eq!(found, json!([{ "uri": at(&folder, "web.lql"), "range": range((0, 38), (0, 44)) }]));
    editor.leave();
}

#[test]
fn outlines_and_links_and_nothing_else() {
    let folder = project(TEST);
    let (mut editor, uri) = opened(&folder, "tests/web.test.toml", TEST);
    let document = json!({ "textDocument": { "uri": uri } });
    let outline = editor.ask("textDocument/documentSymbol", document.clone());
    assert_eq!((&outline[0]["name"], &outline[0]["range"]), (&json!("one 😀"), &range((2, 0), (9, 7))));
    assert_eq!(outline[0]["children"][0]["name"], "email = a@b.c");
    let links = editor.ask("textDocument/documentLink", document.clone());
    assert_eq!(links[0]["range"], range((5, 19), (5, 39)));
    assert!(links[0]["target"].as_str().unwrap().ends_with("/events/web.ndjson"), "{links}");
    // Editors ask for everything they know; an error would be shown to the user.
    for method in ["foldingRange", "semanticTokens/full", "formatting", "selectionRange"] {
        let method = format!("textDocument/{method}");
        assert_eq!(editor.ask(&method, document.clone()), Value::Null, "{method}");
    }
    let settings = at(&folder, "lql.toml");
    let outline = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": settings } }));
    assert_eq!(
        (&outline[0]["name"], &outline[1]["name"]),
        (&json!("[streams.web]"), &json!("[tables.user]"))
    );
    editor.leave();
}

#[test]
fn names_of_a_query_are_found_and_renamed_in_its_tests() {
    let folder = project(TEST);
    let (mut editor, test) = opened(&folder, "tests/web.test.toml", &format!("# mine\n{TEST}"));
    let web = at(&folder, "web.lql");
    let at_visits = json!({ "textDocument": { "uri": web }, "position": { "line": 0, "character": 40 } });
    let mut ask = at_visits.clone();
    ask["context"] = json!({ "includeDeclaration": true });
    let found = editor.ask("textDocument/references", ask);
    let of_test: Vec<&Value> =
        found.as_array().unwrap().iter().filter(|it| it["uri"] == json!(test)).collect();
    assert_eq!(of_test, [&json!({ "uri": test, "range": range((9, 0), (9, 6)) })]);
    let mut ask = at_visits;
    ask["newName"] = json!("all visits");
    let edit = editor.ask("textDocument/rename", ask);
    assert_eq!(
        edit["changes"][&test],
        json!([{ "range": range((9, 0), (9, 6)), "newText": "\"all visits\"" }])
    );
    assert_eq!(edit["changes"].as_object().unwrap().len(), 3, "query, filter, test: {edit}");
    editor.leave();
}

#[test]
fn toml_of_others_is_left_alone() {
    let folder = project(TEST);
    let text = "[package]\nname = \"x\"\n";
    let mut editor = Editor::in_memory();
    editor.initialize(Abilities::old(), &[]);
    let uri = at(&folder, "Cargo.toml");
    editor.open(&uri, text);
    let position = json!({ "textDocument": { "uri": uri }, "position": { "line": 1, "character": 2 } });
    for method in ["hover", "completion", "documentSymbol", "codeLens"] {
        assert_eq!(editor.ask(&format!("textDocument/{method}"), position.clone()), Value::Null, "{method}");
    }
    assert_eq!(editor.ask("textDocument/diagnostic", position)["items"], json!([]));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    editor.leave();
}
