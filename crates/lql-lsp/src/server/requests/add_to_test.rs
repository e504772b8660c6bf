//! `lql.addToTest`: a sample event becomes a case of a test file, by an edit that the client applies.

use super::execute::can_edit;
use crate::ide::actions::add_to_test;
use crate::server::lines::Lines;
use crate::server::world::{World, failed, now};
use crate::server::{abilities, show};
use serde_json::json;
use std::collections::HashMap;
use std::path::Path;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::request::ApplyWorkspaceEdit;
use tower_lsp_server::ls_types::{
    ApplyWorkspaceEditParams, CreateFile, CreateFileOptions, DocumentChangeOperation, DocumentChanges,
    LSPAny, OneOf, OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, TextDocumentEdit,
    TextEdit, Uri, WorkspaceEdit,
};

pub fn answer(world: &World, uri: &Uri, query: &str) -> Result<LSPAny> {
    can_edit(world)?;
    let look = world.look(uri)?;
    let from = |path: &Path| world.read(path);
    let recorded = add_to_test(look.snapshot(), query, &from, now()).map_err(|refusal| failed(&refusal.0))?;
    let before = world.read(&recorded.path).ok();
    let before_text = before.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let added = recorded.text.strip_prefix(&*before_text).unwrap_or(&recorded.text);
    let open = world.documents.get(&recorded.path);
    let lines = if open.is_some() { Lines::new(&before_text) } else { Lines::of_file(&before_text) };
    let end = lines.position(&before_text, before_text.len() as u32, world.encoding);
    let address = open.map(|document| document.uri.clone()).or_else(|| Uri::from_file_path(&recorded.path));
    let address = address.ok_or_else(|| failed("the project has no place on the disk"))?;
    let edit = TextEdit::new(Range::new(end, end), added.to_owned());
    let version = open.map(|document| document.version);
    let params = ApplyWorkspaceEditParams {
        label: Some("Add to test".into()),
        edit: workspace_edit(world, address.clone(), version, before.is_none(), edit),
    };
    let shown = world.clone();
    let place = added.find("[[case]]").map(|at| case_at(end, added, at));
    let opened = address.clone();
    world.shared.to_client.ask::<ApplyWorkspaceEdit>(&params, move |answer| {
        if answer.is_some_and(|answer| answer.applied) && abilities::shows_documents(&shown.client) {
            show::open(&shown, opened, place.map(|place| Range::new(place, place)));
        }
    });
    let title = format!("Added \"{}\"", recorded.case);
    Ok(json!({ "title": title, "text": added, "uri": address.as_str(), "case": recorded.case }))
}

/// Where the new case begins, behind what stood there.
fn case_at(end: Position, added: &str, at: usize) -> Position {
    let lines = added.get(..at).unwrap_or_default().matches('\n').count() as u32;
    Position::new(end.line + lines, if lines == 0 { end.character } else { 0 })
}

fn workspace_edit(
    world: &World,
    uri: Uri,
    version: Option<i32>,
    is_new: bool,
    edit: TextEdit,
) -> WorkspaceEdit {
    if !abilities::versions_edits(&world.client) {
        return WorkspaceEdit::new(HashMap::from([(uri, vec![edit])]));
    }
    let text_document = OptionalVersionedTextDocumentIdentifier { uri: uri.clone(), version };
    let edit = TextDocumentEdit { text_document, edits: vec![OneOf::Left(edit)] };
    let changes = if is_new && abilities::creates_files(&world.client) {
        let options = CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(true) };
        let create = CreateFile { uri, options: Some(options), annotation_id: None };
        let create = DocumentChangeOperation::Op(ResourceOp::Create(create));
        DocumentChanges::Operations(vec![create, DocumentChangeOperation::Edit(edit)])
    } else {
        DocumentChanges::Edits(vec![edit])
    };
    WorkspaceEdit { document_changes: Some(changes), ..WorkspaceEdit::default() }
}
