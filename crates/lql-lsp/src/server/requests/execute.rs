//! `workspace/executeCommand`: what lenses and actions do when they are clicked.
//!
//! The value of every answer holds a `title` and a `text`, for clients that show it themselves
//! (`experimental.showsAnswers`); for all others the server shows it.

use crate::ide::answers;
use crate::ide::commands::Command;
use crate::server::owner::{Event, read};
use crate::server::progress::Progress;
use crate::server::wire::Ticket;
use crate::server::world::{World, failed};
use crate::server::{abilities, document, show};
use lql_authoring::testing::{self, Found, Options, Outcome};
use serde::Deserialize;
use serde_json::{Map, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::{ExecuteCommandParams, LSPAny, NumberOrString, Uri};

/// The argument of every command: a file of the project, and what the command needs besides.
#[derive(Deserialize)]
struct Argument {
    uri: Uri,
    #[serde(flatten)]
    members: Map<String, LSPAny>,
}

pub fn answer(world: &World, params: ExecuteCommandParams, ticket: &Ticket) -> Result<Option<LSPAny>> {
    let name = params.command.as_str();
    let argument = params.arguments.into_iter().next().unwrap_or_default();
    let Argument { uri, members } =
        read(argument).map_err(|error| Error::invalid_params(format!("{name}: {}", error.message)))?;
    let token = params.work_done_progress_params.work_done_token;
    match Command::of_parts(name, members).map_err(Error::invalid_params)? {
        Command::RunTests { case } => run_tests(world, &uri, case.as_deref(), token, ticket).map(Some),
        Command::AddToTest { query } => super::add_to_test::answer(world, &uri, &query).map(Some),
        command => {
            let look = world.look(&uri)?;
            let shown = answers::answer(look.snapshot(), &command).map_err(|refusal| failed(&refusal.0))?;
            Ok(shown.filter(|_| !ticket.is_cancelled()).map(|answers::Answer { title, text }| {
                show::show(world, &title, &text);
                json!({ "title": title, "text": text })
            }))
        }
    }
}

/// Runs the tests of the project of a file; of a test file, its cases, or the one with a name.
fn run_tests(
    world: &World,
    uri: &Uri,
    case: Option<&str>,
    token: Option<NumberOrString>,
    ticket: &Ticket,
) -> Result<LSPAny> {
    let path = document::path_of(uri);
    let is_whole = !document::is_test(&path);
    let paths = if is_whole { tests_of_project(world, uri)? } else { vec![path] };
    let from = |path: &Path| world.read(path);
    let mut found = testing::find(&paths, &from).map_err(|refusal| failed(&refusal.0))?;
    if let Some(name) = case {
        found.files.iter_mut().for_each(|file| file.cases.retain(|case| case.name == name));
        if found.files.iter().all(|file| file.cases.is_empty()) {
            return Err(failed(&format!("there is no case \"{name}\" in this file")));
        }
    }
    let report = {
        let (done, all) = (AtomicUsize::new(0), found.files.iter().map(|file| file.cases.len()).sum());
        let progress = Progress::begin(world, "Running tests", token, ticket);
        let options = Options { cancelled: ticket.flag(), ..Options::default() };
        testing::run(&found, &from, &options, &|_| {
            progress.report(done.fetch_add(1, Ordering::Relaxed) + 1, all);
        })
    };
    if ticket.is_cancelled() {
        return Err(Error::request_cancelled());
    }
    keep(world, &found, &report, is_whole);
    let text = format!("{}{}\n", report.text(false), report.summary());
    let text = found.suites.iter().fold(text, |text, suite| text.replace(&prefix(&suite.folder), ""));
    if report.cases.iter().all(|case| case.outcome == Outcome::Passed) && report.findings.is_empty() {
        show::message(world, &report.summary());
    } else {
        show::show(world, "Tests", &text);
    }
    Ok(json!({ "title": report.summary(), "text": text, "report": report.json() }))
}

/// The folder of a project with all its tests, and those that are only in the editor yet.
fn tests_of_project(world: &World, uri: &Uri) -> Result<Vec<PathBuf>> {
    let look = world.look(uri)?;
    let root = &look.snapshot().root;
    if !root.is_dir() {
        return Err(failed("save the file first: tests belong to a project on the disk"));
    }
    let open = world.tests.iter().filter(|(_, home)| *home == root).map(|(path, _)| path.clone());
    Ok(std::iter::once(root.clone()).chain(open).collect())
}

/// Remembers what was shown, and tells the owner to say it.
fn keep(world: &World, found: &Found, report: &testing::Report, is_whole: bool) {
    for (at, suite) in found.suites.iter().enumerate() {
        let Some(number) = world.number_of(&suite.folder) else { continue };
        world.shared.results.add(&suite.folder, number, report, at, is_whole);
        let _ = world.shared.inbox.send(Event::Tested(suite.folder.clone()));
    }
}

fn prefix(folder: &Path) -> String {
    format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR)
}

/// Whether commands may change files in the editor.
pub fn can_edit(world: &World) -> Result<()> {
    if abilities::applies_edits(&world.client) {
        Ok(())
    } else {
        Err(failed("this editor takes no changes from a server"))
    }
}
