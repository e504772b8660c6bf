//! An editor at work in one project: every answer is looked at, and every one is timed.

use crate::project::Project;
use crate::table::{self, Bar};
use lql_tests::editor::{Abilities, Editor, uri};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How often a session is begun.
const STARTS: usize = 10;

/// What it is called, its method, its parameters, whether it comes right after an edit, what is wanted, and what a right
/// answer looks like.
type Question<'q> = (&'q str, &'q str, Value, bool, Option<Bar>, &'q dyn Fn(&Value) -> bool);

/// A started server with an open file, in which a letter comes and goes.
struct Session<'p> {
    project: &'p Project,
    editor: Editor,
    uri: String,
    version: i64,
    /// What is found in the text as it is on the disk, and in the text with the letter.
    found: [Vec<Value>; 2],
}

/// Measures everything of a project.
pub fn measure(project: &Project, rounds: usize) {
    let starts = (0..STARTS).map(|_| Session::begin(project, &project.text)).map(|(session, took)| {
        session.leave();
        took
    });
    let bar = Bar { half: 100.0, most: 100.0 };
    table::times(project.name, "start to first findings", starts.collect(), Some(bar));

    // What another server finds that never saw the text without the letter.
    let (with_letter, _) = Session::begin(project, &project.text_with_letter());
    let (mut session, _) = Session::begin(project, &project.text);
    session.found[1].clone_from(&with_letter.found[0]);
    with_letter.leave();
    session.memory("after the start");
    let edits = (0..rounds).map(|_| {
        let start = Instant::now();
        let version = session.edit();
        let found = session.findings(version);
        let took = start.elapsed();
        session.expect(found);
        took
    });
    table::times(project.name, "edit to findings", edits.collect(), Some(Bar { half: 5.0, most: 20.0 }));
    session.memory(&format!("after {rounds} edits"));
    session.questions(rounds.min(300));
    session.memory("after all questions");
    session.leave();
}

impl<'p> Session<'p> {
    /// Starts a server and opens the file with a text; how long it took until its findings were there.
    fn begin(project: &'p Project, text: &str) -> (Self, Duration) {
        let uri = uri(&project.file);
        let start = Instant::now();
        let mut editor = Editor::of_binary();
        editor.initialize(Abilities::old(), &[&project.folder]);
        editor.open(&uri, text);
        let found = editor.findings(&uri, 1);
        let took = start.elapsed();
        (Self { project, editor, uri, version: 1, found: [found, Vec::new()] }, took)
    }

    /// The letter comes with even versions and goes with odd ones.
    fn edit(&mut self) -> i64 {
        self.version += 1;
        let (end, text) = if self.has_letter() { (0, "x") } else { (1, "") };
        let range = json!({ "start": self.position(0), "end": self.position(end) });
        self.editor.change(&self.uri, self.version, json!([{ "range": range, "text": text }]));
        self.version
    }

    fn has_letter(&self) -> bool {
        self.version % 2 == 0
    }

    fn position(&self, beyond: usize) -> Value {
        json!({ "line": self.project.line, "character": self.project.column + beyond })
    }

    fn findings(&mut self, version: i64) -> Vec<Value> {
        self.editor.findings(&self.uri, version)
    }

    /// The same text has the same findings, however often it was edited before.
    fn expect(&mut self, found: Vec<Value>) {
        let expected = &self.found[usize::from(self.has_letter())];
        assert_eq!(&found, expected, "findings of version {} of {}", self.version, self.uri);
        self.editor.skip("textDocument/publishDiagnostics");
    }

    /// Every question that editors ask often, alone or right after an edit.
    fn questions(&mut self, rounds: usize) {
        let document = json!({ "uri": self.uri });
        let at = json!({ "textDocument": document, "position": self.position(0) });
        let whole = json!({ "textDocument": document });
        let all =
            json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 100_000, "character": 0 } });
        let range = json!({ "start": self.position(0), "end": self.position(0) });
        let with = |mut params: Value, key: &str, value: Value| {
            params[key] = value;
            params
        };
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        let (completion, hover) = (Bar { half: 5.0, most: 15.0 }, Bar { half: 2.0, most: 10.0 });
        let has_items = |answer: &Value| answer["items"].as_array().is_some_and(|items| items.len() > 10);
        let has_text = |answer: &Value| answer["contents"]["value"].as_str().is_some_and(|it| !it.is_empty());
        let is_full = |answer: &Value| answer.as_array().is_some_and(|it| !it.is_empty());
        let has_data = |answer: &Value| answer["data"].as_array().is_some_and(|it| !it.is_empty());
        let is_list = Value::is_array;
        let questions: [Question<'_>; 15] = [
            ("completion", "completion", at.clone(), false, Some(completion), &has_items),
            ("completion after an edit", "completion", at.clone(), true, Some(completion), &has_items),
            ("hover", "hover", at.clone(), false, Some(hover), &has_text),
            ("hover after an edit", "hover", at.clone(), true, None, &has_text),
            ("semantic tokens after an edit", "semanticTokens/full", whole.clone(), true, None, &has_data),
            ("symbols after an edit", "documentSymbol", whole.clone(), true, None, &is_full),
            ("folding after an edit", "foldingRange", whole.clone(), true, None, &is_full),
            ("hints after an edit", "inlayHint", with(whole.clone(), "range", all), true, None, &is_list),
            ("links", "documentLink", whole.clone(), false, None, &is_list),
            ("highlights", "documentHighlight", at.clone(), false, None, &is_full),
            (
                "actions",
                "codeAction",
                with(with(whole.clone(), "range", range), "context", json!({ "diagnostics": [] })),
                false,
                None,
                &is_list,
            ),
            (
                "references",
                "references",
                with(at.clone(), "context", json!({ "includeDeclaration": true })),
                false,
                None,
                &is_full,
            ),
            ("rename", "rename", with(at, "newName", json!("another")), false, None, &Value::is_object),
            ("formatting", "formatting", with(whole.clone(), "options", options), false, None, &is_list),
            ("fetching findings after an edit", "diagnostic", whole, true, None, &|answer| {
                answer["kind"] == "full"
            }),
        ];
        for (title, method, params, after_edit, bar, is_right) in questions {
            let ask = |_| {
                if after_edit {
                    self.edit();
                }
                let start = Instant::now();
                let answer = self.editor.ask(&format!("textDocument/{method}"), params.clone());
                let took = start.elapsed();
                assert!(is_right(&answer), "{title} of {}: {answer}", self.uri);
                took
            };
            let times: Vec<Duration> = (0..rounds).map(ask).collect();
            table::times(self.project.name, title, times, bar);
            let version = self.version;
            if after_edit {
                let found = self.findings(version);
                self.expect(found);
            }
        }
    }

    fn memory(&self, when: &str) {
        let (now, peak) = (self.editor.memory(), self.editor.peak_memory());
        table::memory(self.project.name, when, now, peak, 60);
    }

    fn leave(mut self) {
        self.editor.skip("textDocument/publishDiagnostics");
        self.editor.leave();
    }
}
