//! How far long work is, shown by the client, and its button that cancels. Nothing here waits for the client: what is said
//! before it has taken notice is not shown.

use super::abilities;
use super::client::Client;
use super::wire::{Ticket, lock};
use super::world::World;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tower_lsp_server::ls_types::notification::Progress as Notification;
use tower_lsp_server::ls_types::request::WorkDoneProgressCreate;
use tower_lsp_server::ls_types::{
    NumberOrString, ProgressParams, ProgressParamsValue, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressCreateParams, WorkDoneProgressEnd, WorkDoneProgressReport,
};

/// The work that is under way, by token, and what cancels it.
#[derive(Debug, Default)]
pub struct UnderWay {
    cancels: Mutex<HashMap<NumberOrString, Arc<AtomicBool>>>,
    next: AtomicU64,
}

impl UnderWay {
    /// The client's user has seen enough.
    pub fn cancel(&self, token: &NumberOrString) {
        if let Some(flag) = lock(&self.cancels).get(token) {
            flag.store(true, Ordering::Relaxed);
        }
    }
}

/// Work that is shown from its beginning until this is dropped.
pub struct Progress<'w> {
    world: &'w World,
    shown: Option<(NumberOrString, Arc<Mutex<Stage>>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The client was asked to make room for it.
    Asked,
    Shown,
    Over,
}

impl<'w> Progress<'w> {
    /// Begins. A client that gave a token is told under it, another is asked for a place if it has one.
    pub fn begin(world: &'w World, title: &str, token: Option<NumberOrString>, ticket: &Ticket) -> Self {
        let client = &world.shared.to_client;
        let under_way = &world.shared.under_way;
        let begin = WorkDoneProgress::Begin(WorkDoneProgressBegin {
            title: title.to_owned(),
            cancellable: Some(true),
            ..WorkDoneProgressBegin::default()
        });
        let stage = |stage| Arc::new(Mutex::new(stage));
        let shown = match token {
            Some(token) => Some((token, stage(Stage::Shown))),
            None if abilities::shows_progress(&world.client) => {
                let number = under_way.next.fetch_add(1, Ordering::Relaxed);
                Some((NumberOrString::String(format!("lql/work/{number}")), stage(Stage::Asked)))
            }
            None => None,
        };
        if let Some((token, stage)) = &shown {
            // Before the client can know of it: its button may be quick.
            lock(&under_way.cancels).insert(token.clone(), ticket.flag());
            if *lock(stage) == Stage::Shown {
                say(client, token, begin);
            } else {
                ask(client, token, stage, begin);
            }
        }
        Self { world, shown }
    }

    /// So many of so many are done.
    pub fn report(&self, done: usize, all: usize) {
        let Some((token, stage)) = &self.shown else { return };
        if *lock(stage) == Stage::Shown {
            let step = WorkDoneProgress::Report(WorkDoneProgressReport {
                message: Some(format!("{done} of {all}")),
                percentage: Some((done * 100).checked_div(all).unwrap_or(100) as u32),
                cancellable: Some(true),
            });
            say(&self.world.shared.to_client, token, step);
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        let Some((token, stage)) = &self.shown else { return };
        lock(&self.world.shared.under_way.cancels).remove(token);
        if std::mem::replace(&mut *lock(stage), Stage::Over) == Stage::Shown {
            let end = WorkDoneProgress::End(WorkDoneProgressEnd { message: None });
            say(&self.world.shared.to_client, token, end);
        }
    }
}

/// Asks the client for a place; the work is shown there once it has made one, unless it is over.
fn ask(client: &Client, token: &NumberOrString, stage: &Arc<Mutex<Stage>>, begin: WorkDoneProgress) {
    let (to, place, stage) = (client.clone(), token.clone(), Arc::clone(stage));
    let params = WorkDoneProgressCreateParams { token: token.clone() };
    client.ask::<WorkDoneProgressCreate>(&params, move |made| {
        let mut stage = lock(&stage);
        if made.is_some() && *stage == Stage::Asked {
            *stage = Stage::Shown;
            say(&to, &place, begin);
        }
    });
}

/// One step of some work.
pub fn say(client: &Client, token: &NumberOrString, step: WorkDoneProgress) {
    let value = ProgressParamsValue::WorkDone(step);
    client.notify::<Notification>(&ProgressParams { token: token.clone(), value });
}
