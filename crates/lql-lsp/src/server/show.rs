//! Answers of commands, shown by clients that can do no more than the protocol: as a document, else as a message.

use super::abilities;
use super::wire::lock;
use super::world::World;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;
use tempfile::TempDir;
use tower_lsp_server::ls_types::notification::ShowMessage;
use tower_lsp_server::ls_types::request::ShowDocument;
use tower_lsp_server::ls_types::{MessageType, Range, ShowDocumentParams, ShowMessageParams, Uri};

/// Messages show so many lines of an answer.
const LINES: usize = 30;

/// The folder of the answers that were shown as documents; gone when the session is.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<Option<TempDir>>);

impl Shelf {
    /// Writes an answer; nothing if it cannot be written.
    fn put(&self, title: &str, text: &str) -> Option<PathBuf> {
        let mut folder = lock(&self.0);
        if folder.is_none() {
            *folder = tempfile::Builder::new().prefix("lql-answers-").tempdir().ok();
        }
        let name: String =
            title.chars().map(|c| if c.is_alphanumeric() || "-_. ".contains(c) { c } else { '-' }).collect();
        let path = folder.as_ref()?.path().join(format!("{name}.txt"));
        std::fs::write(&path, text).ok()?;
        Some(path)
    }
}

/// Shows an answer, unless the client does so itself with the value of the answer.
pub fn show(world: &World, title: &str, text: &str) {
    if abilities::shows_answers(&world.client) {
        return;
    }
    let page = if abilities::shows_documents(&world.client) {
        world.shared.shelf.put(title, text).and_then(Uri::from_file_path)
    } else {
        None
    };
    match page {
        Some(uri) => open(world, uri, None),
        None => message(world, &clipped(text)),
    }
}

/// Opens a document in the editor.
pub fn open(world: &World, uri: Uri, selection: Option<Range>) {
    let params = ShowDocumentParams { uri, external: Some(false), take_focus: Some(true), selection };
    world.shared.to_client.ask::<ShowDocument>(&params, |_| ());
}

/// Says something in passing.
pub fn message(world: &World, text: &str) {
    if !abilities::shows_answers(&world.client) {
        let params = ShowMessageParams { typ: MessageType::INFO, message: text.to_owned() };
        world.shared.to_client.notify::<ShowMessage>(&params);
    }
}

fn clipped(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let mut shown = lines.iter().take(LINES).copied().collect::<Vec<_>>().join("\n");
    if lines.len() > LINES {
        let _ = write!(shown, "\n… and {} more lines", lines.len() - LINES);
    }
    shown
}
