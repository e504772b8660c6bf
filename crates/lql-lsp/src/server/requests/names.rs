//! `textDocument/documentHighlight`, `linkedEditingRange`, `prepareRename` and `rename`: a name, wherever it stands

use crate::ide::symbols::Role;
use crate::ide::testfiles::rename_in_test;
use crate::ide::{references, rename as renames};
use crate::server::tests;
use crate::server::wire::Ticket;
use crate::server::world::{Edited, World, failed};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, LinkedEditingRangeParams,
    LinkedEditingRanges, PrepareRenameResponse, RenameParams, TextDocumentPositionParams, TextEdit,
    WorkspaceEdit,
};

pub fn highlight(
    world: &World,
    params: DocumentHighlightParams,
    _: &Ticket,
) -> Result<Option<Vec<DocumentHighlight>>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    let found = references::highlights(look.snapshot(), place).into_iter().map(|it| {
        let kind = match it.role {
            Role::Defines => DocumentHighlightKind::WRITE,
            Role::Uses => DocumentHighlightKind::READ,
        };
        DocumentHighlight { range: look.range(it.range.span), kind: Some(kind) }
    });
    Ok(Some(found.collect()))
}

pub fn linked(
    world: &World,
    params: LinkedEditingRangeParams,
    _: &Ticket,
) -> Result<Option<LinkedEditingRanges>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    let found = references::linked(look.snapshot(), place);
    let ranges: Vec<_> = found.into_iter().map(|range| look.range(range.span)).collect();
    Ok((!ranges.is_empty()).then_some(LinkedEditingRanges { ranges, word_pattern: None }))
}

pub fn prepare(
    world: &World,
    params: TextDocumentPositionParams,
    _: &Ticket,
) -> Result<Option<PrepareRenameResponse>> {
    let (look, place) = world.place(&params)?;
    let found = renames::prepare_rename(look.snapshot(), place).map_err(|reason| failed(&reason))?;
    let (range, placeholder) = (look.range(found.span), found.name);
    Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder }))
}

pub fn rename(world: &World, params: RenameParams, _: &Ticket) -> Result<Option<WorkspaceEdit>> {
    let (look, place) = world.place(&params.text_document_position)?;
    let (snapshot, name) = (look.snapshot(), params.new_name.as_str());
    let edits = renames::rename(snapshot, place, name).map_err(|reason| failed(&reason))?;
    let mut files = look.edited(&edits);
    for test in tests::of_project(world, &snapshot.root) {
        let edits = rename_in_test(snapshot, place, name, &test.path, &test.text);
        let edits = edits.map_err(|reason| failed(&reason))?.into_iter();
        let edits: Vec<TextEdit> =
            edits.map(|(span, text)| TextEdit::new(test.range(span, world.encoding), text)).collect();
        if !edits.is_empty() {
            files.push(Edited { uri: test.uri, version: test.version, edits });
        }
    }
    Ok(Some(look.edits_of(files)))
}
