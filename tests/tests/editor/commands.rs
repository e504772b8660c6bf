//! Lenses, and the commands behind them: clicked by clients of every ability.

use crate::{at, folder, path, range};
use lql_tests::editor::{Abilities, Editor};
use serde_json::{Value, json};

const WEB: &str = "SELECT email(m) AS email, total AS spent, nothing AS gone FROM web INTO user BY email WHERE total > 1 ALIAS web\n";
const EVENTS: &str =
    "{\"m\":\"Ann@example.org\",\"total\":5}\n{\"m\":\"bo@example.org\",\"total\":1}\n{\"total\":9}\n";
const TEST: &str = "now = 2024-06-30T00:00:00Z\n\n[[case]] # 😀\nname = \"five\"\nevents = [{ event = { m = \"a@b.c\", total = 5 } }]\n[[case.profile]]\nis = { email = \"a@b.c\" }\nspent = \"5\"\n\n[[case]]\nname = \"six\"\nevents = [{ event = { m = \"a@b.c\", total = 5 } }]\nprofile = [{ is = { email = \"a@b.c\" }, spent = \"6\" }]\n";

fn project() -> tempfile::TempDir {
    folder(&[
        ("web.lql", WEB),
        ("segments/rich.lql", "FILTER toint(spent) > 3 ALIAS rich\n"),
        ("events/web.ndjson", EVENTS),
        ("tests/web.test.toml", TEST),
    ])
}

fn all(abilities: &[Value]) -> Abilities {
    let mut all = Abilities::old();
    for more in abilities {
        for (part, value) in more.as_object().unwrap() {
            match all.0[part].as_object_mut() {
                Some(members) => members.extend(value.as_object().unwrap().clone()),
                None => all.0[part] = value.clone(),
            }
        }
    }
    all
}

fn started(folder: &tempfile::TempDir, abilities: &[Value]) -> Editor {
    let mut editor = Editor::in_memory();
    editor.ignored.push("textDocument/publishDiagnostics");
    let can = editor.initialize(all(abilities), &[path(folder)]);
    assert_eq!(can["codeLensProvider"], json!({ "resolveProvider": false }));
    assert_eq!(can["executeCommandProvider"]["commands"].as_array().unwrap().len(), 6);
    editor.open(&at(folder, "web.lql"), WEB);
    editor
}

fn lenses(editor: &mut Editor, uri: &str) -> Vec<Value> {
    let found = editor.ask("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }));
    found.as_array().unwrap().clone()
}

fn titles(lenses: &[Value]) -> Vec<&str> {
    lenses.iter().map(|lens| lens["command"]["title"].as_str().unwrap()).collect()
}

/// As editors do: name and arguments as the lens has them.
fn click(editor: &mut Editor, lens: &Value) -> Value {
    let command = &lens["command"];
    let params = json!({ "command": command["command"], "arguments": command["arguments"] });
    editor.ask("workspace/executeCommand", params)
}

#[test]
fn lenses_say_what_the_events_do_and_every_one_can_be_clicked() {
    let folder = project();
    let web = at(&folder, "web.lql");
    let mut editor = started(&folder, &[json!({ "experimental": { "showsAnswers": true } })]);
    let found = lenses(&mut editor, &web);
    let expected = [
        "1 of 3 sample events match",
        "show profile",
        "run tests",
        "no sample event gives gone a value: why?",
    ];
    assert_eq!(titles(&found), expected);
    assert_eq!(found[0]["range"], range((0, 0), (0, 0)));
    assert_eq!(found[3]["range"], range((0, 42), (0, 42)));
    let texts: Vec<String> =
        found.iter().map(|lens| click(&mut editor, lens)["text"].as_str().unwrap().to_owned()).collect();
    assert!(texts[0].contains("web.ndjson:2  WHERE is not true"), "{}", texts[0]);
    assert!(texts[1].contains("ann@example.org"), "{}", texts[1]);
    assert!(texts[2].contains("1 case passed, 1 failed"), "{}", texts[2]);
    assert!(texts[2].contains("tests/web.test.toml:13") && !texts[2].contains("/tests/"), "{}", texts[2]);
    assert!(texts[3].contains("nothing"), "{}", texts[3]);

    let filter = lenses(&mut editor, &at(&folder, "segments/rich.lql"));
    assert_eq!(titles(&filter), ["1 of 1 sample profiles match"]);
    assert!(click(&mut editor, &filter[0])["text"].as_str().unwrap().contains("1 sample profile in rich"));
    editor.leave();
}

#[test]
fn results_of_tests_stand_in_lenses_and_in_the_test_file() {
    let folder = project();
    let (web, test) = (at(&folder, "web.lql"), at(&folder, "tests/web.test.toml"));
    let refresh = json!({ "refreshSupport": true });
    let abilities = [
        json!({ "workspace": { "codeLens": refresh, "inlayHint": refresh } }),
        json!({ "experimental": { "showsAnswers": true } }),
    ];
    let mut editor = started(&folder, &abilities);
    editor.open(&test, "");
    editor.ignored.clear();
    editor.replace(&test, 2, TEST);
    assert_eq!(editor.findings(&test, 2), Vec::<Value>::new());
    let run = lenses(&mut editor, &web).into_iter().find(|it| it["command"]["title"] == "run tests").unwrap();
    editor.questions.clear();
    let report = click(&mut editor, &run)["report"].clone();
    assert_eq!(
        (&report["cases"][0]["outcome"], &report["cases"][1]["outcome"]),
        (&json!("passed"), &json!("failed"))
    );
    let found = editor.findings(&test, 2);
    // `spent` of the second case, behind no emoji: line 13 of the file.
    assert_eq!((found.len(), &found[0]["range"]["start"]["line"]), (1, &json!(12)), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("- \"6\"\n+ \"5\""), "{found:?}");
    editor.question("workspace/codeLens/refresh");
    editor.question("workspace/inlayHint/refresh");
    assert!(titles(&lenses(&mut editor, &web)).contains(&"run tests (1 of 2 passed)"));
    let of_test = lenses(&mut editor, &test);
    assert_eq!(titles(&of_test), ["run all cases", "run case (passed)", "run case (failed)"]);
    assert_eq!(of_test[2]["range"]["start"], json!({ "line": 9, "character": 0 }));

    // The query has changed: what was shown is of yesterday.
    editor.replace(&web, 2, &WEB.replace("total AS", "toint(total) AS"));
    assert_eq!(editor.findings(&test, 2), Vec::<Value>::new());
    assert_eq!(titles(&lenses(&mut editor, &test))[2], "run case");
    // One case, in the text of the editor.
    editor.replace(&test, 3, &TEST.replace("\"5\"", "5"));
    editor.findings(&test, 3);
    let one = lenses(&mut editor, &test)[1].clone();
    let report = click(&mut editor, &one)["report"].clone();
    assert_eq!(report["cases"].as_array().unwrap().len(), 1);
    assert_eq!(report["cases"][0]["outcome"], "passed");
    assert!(titles(&lenses(&mut editor, &web)).contains(&"run tests"), "one case is not all");
    assert_eq!(titles(&lenses(&mut editor, &test))[1], "run case (passed)");
    editor.ignored.push("textDocument/publishDiagnostics");
    editor.skip("textDocument/publishDiagnostics");
    editor.leave();
}

#[test]
fn a_client_that_opens_documents_is_shown_one_and_others_a_message() {
    let folder = project();
    let web = at(&folder, "web.lql");
    let mut editor = started(&folder, &[json!({ "window": { "showDocument": { "support": true } } })]);
    let lens = lenses(&mut editor, &web)[0].clone();
    let text = click(&mut editor, &lens)["text"].clone();
    let shown = editor.question("window/showDocument");
    let page = shown["uri"].as_str().unwrap().strip_prefix("file://").unwrap().replace("%20", " ");
    assert_eq!(json!(std::fs::read_to_string(&page).unwrap()), text);
    editor.leave();
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::path::Path::new(&page).exists() {
        assert!(std::time::Instant::now() < end, "the document is gone with the session");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }

    let mut editor = started(&folder, &[]);
    let lens = lenses(&mut editor, &web)[0].clone();
    let text = click(&mut editor, &lens)["text"].as_str().unwrap().trim_end().to_owned();
    assert_eq!(editor.told("window/showMessage"), json!({ "type": 3, "message": text }));
    editor.leave();
}

#[test]
fn what_cannot_be_done_says_why() {
    let folder = project();
    let web = at(&folder, "web.lql");
    let mut editor = started(&folder, &[]);
    let refused = |editor: &mut Editor, command: &str, argument: Value| {
        let arguments = if argument.is_null() { json!([]) } else { json!([argument]) };
        let error =
            editor.refused("workspace/executeCommand", json!({ "command": command, "arguments": arguments }));
        format!("{} {}", error["code"], error["message"].as_str().unwrap())
    };
    let said = [
        refused(&mut editor, "lql.showMatches", json!({ "uri": web, "query": "x" })),
        refused(&mut editor, "lql.showMatches", json!({ "uri": web })),
        refused(&mut editor, "lql.nothing", json!({ "uri": web })),
        refused(&mut editor, "lql.addToTest", json!({ "uri": web, "query": "web" })),
        refused(
            &mut editor,
            "lql.runTests",
            json!({ "uri": at(&folder, "tests/web.test.toml"), "case": "x" }),
        ),
    ];
    assert_eq!(said[0], "-32803 there is no query `x`");
    assert_eq!(said[1], "-32602 lql.showMatches: missing field `query`");
    assert!(said[2].starts_with("-32602 lql.nothing: unknown variant"), "{}", said[2]);
    assert_eq!(said[3], "-32803 this editor takes no changes from a server");
    assert_eq!(said[4], "-32803 there is no case \"x\" in this file");
    assert!(refused(&mut editor, "lql.showMatches", Value::Null).starts_with("-32602 lql.showMatches:"));
    editor.leave();
}

#[test]
fn the_first_event_becomes_a_case_by_an_edit() {
    let folder = project();
    let (web, test) = (at(&folder, "web.lql"), at(&folder, "tests/web.test.toml"));
    let edits = json!({ "applyEdit": true, "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create"] } });
    let abilities =
        [json!({ "workspace": edits }), json!({ "window": { "showDocument": { "support": true } } })];
    let mut editor = started(&folder, &abilities);
    let here = json!({ "textDocument": { "uri": web }, "range": range((0, 30), (0, 30)), "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", here);
    let add = actions.as_array().unwrap().iter().find(|it| it["command"]["command"] == "lql.addToTest");
    let add = add.unwrap_or_else(|| panic!("{actions}")).clone();
    // The file is there, but not open: it grows at its end.
    let added = click(&mut editor, &add)["text"].clone();
    let change = editor.question("workspace/applyEdit")["edit"]["documentChanges"][0].clone();
    assert_eq!(change["textDocument"], json!({ "uri": test, "version": null }));
    assert_eq!(change["edits"], json!([{ "range": range((13, 0), (13, 0)), "newText": added }]));
    let shown = editor.question("window/showDocument");
    assert_eq!((&shown["uri"], &shown["selection"]), (&json!(test), &range((14, 0), (14, 0))));

    // What is open counts, and has a version.
    editor.open(&test, "");
    click(&mut editor, &add);
    let change = editor.question("workspace/applyEdit")["edit"]["documentChanges"][0].clone();
    assert_eq!(change["textDocument"], json!({ "uri": test, "version": 1 }));
    // Of today: nothing says when the events happened.
    assert!(change["edits"][0]["newText"].as_str().unwrap().starts_with("now = 20"), "{change}");
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": test } }));

    // A file that is not there is made.
    std::fs::remove_file(folder.path().join("tests/web.test.toml")).unwrap();
    click(&mut editor, &add);
    let changes = editor.question("workspace/applyEdit")["edit"]["documentChanges"].clone();
    assert_eq!((&changes[0]["kind"], &changes[0]["uri"]), (&json!("create"), &json!(test)));
    let made = changes[1]["edits"][0]["newText"].as_str().unwrap();
    std::fs::write(folder.path().join("tests/web.test.toml"), made).unwrap();
    lql_tests::cli::lql(["test", &folder.path().display().to_string()]).expect(0);
    editor.leave();
}

#[test]
fn running_tests_shows_how_far_it_is_and_can_be_cancelled() {
    let folder = project();
    let web = at(&folder, "web.lql");
    let case = |at: usize| {
        format!(
            "[[case]]\nname = \"{at}\"\norders = 10000\nevents = [{}]\n",
            "{ event = { m = \"a@b.c\", total = 5 } },".repeat(12)
        )
    };
    let many: String = (0..400).map(case).collect();
    std::fs::write(folder.path().join("tests/web.test.toml"), format!("now = 2024-06-30T00:00:00Z\n{many}"))
        .unwrap();
    let mut editor = started(&folder, &[json!({ "window": { "workDoneProgress": true } })]);
    editor.ask("lql/status", Value::Null);
    let run = json!({ "command": "lql.runTests", "arguments": [{ "uri": web }] });
    // By the button of the progress.
    let id = editor.request("workspace/executeCommand", run.clone());
    let token = loop {
        let step = editor.told("$/progress");
        if step["value"]["title"] == "Running tests" {
            assert_eq!(step["value"]["cancellable"], true);
            break step["token"].clone();
        }
    };
    editor.tell("window/workDoneProgress/cancel", json!({ "token": token }));
    assert_eq!(editor.answer(id).unwrap_err()["code"], -32800);
    while editor.told("$/progress")["value"]["kind"] != "end" {}
    // By taking the request back, under the client's own token.
    let mut own = run;
    own["workDoneToken"] = json!("mine");
    let id = editor.request("workspace/executeCommand", own);
    let begun = editor.told("$/progress");
    assert_eq!((&begun["token"], &begun["value"]["kind"]), (&json!("mine"), &json!("begin")));
    editor.tell("$/cancelRequest", json!({ "id": id }));
    assert_eq!(editor.answer(id).unwrap_err()["code"], -32800);
    while editor.told("$/progress")["value"]["kind"] != "end" {}
    editor.leave();
}
