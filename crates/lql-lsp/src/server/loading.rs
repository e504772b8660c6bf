//! Reads the projects of workspace folders in the background, and shows how far it is.

use super::abilities;
use super::discover;
use super::owner::{Event, Owner};
use super::progress;
use super::project::Revision;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tower_lsp_server::ls_types::request::WorkDoneProgressCreate;
use tower_lsp_server::ls_types::{
    NumberOrString, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressCreateParams,
    WorkDoneProgressEnd, WorkDoneProgressReport,
};

/// Looks for projects in folders; each is given to the owner as soon as it is read.
pub fn load(owner: &Owner, folders: Vec<PathBuf>) {
    if folders.is_empty() {
        return;
    }
    let (client, inbox) = (owner.client.clone(), owner.inbox.clone());
    let search = move |token: Option<NumberOrString>| {
        let say = |step: WorkDoneProgress| {
            if let Some(token) = &token {
                progress::say(&client, token, step);
            }
        };
        say(WorkDoneProgress::Begin(WorkDoneProgressBegin {
            title: "Reading LQL projects".into(),
            ..WorkDoneProgressBegin::default()
        }));
        let found: Vec<PathBuf> = folders.iter().flat_map(|folder| discover::projects(folder)).collect();
        for (at, folder) in found.iter().enumerate() {
            say(WorkDoneProgress::Report(WorkDoneProgressReport {
                message: Some(format!("{} of {}", at + 1, found.len())),
                percentage: Some((at * 100 / found.len()) as u32),
                ..WorkDoneProgressReport::default()
            }));
            // Open files come with the owner's own reading of their project.
            let revision = Revision::of_folder(folder, &BTreeMap::new());
            let _ = inbox.send(Event::Loaded(Box::new(revision)));
        }
        say(WorkDoneProgress::End(WorkDoneProgressEnd { message: None }));
    };
    if !abilities::shows_progress(&owner.world.client) {
        return owner.pool.run(move || search(None));
    }
    let token = NumberOrString::String("lql/load".into());
    let pool = Arc::clone(&owner.pool);
    let params = WorkDoneProgressCreateParams { token: token.clone() };
    owner.client.ask::<WorkDoneProgressCreate>(&params, move |created| {
        pool.run(move || search(created.map(|()| token)));
    });
}
