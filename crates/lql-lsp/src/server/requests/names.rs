//! `textDocument/documentHighlight`, `linkedEditingRange`, `prepareRename` and `rename`: a name, wherever it stands

use crate::ide::symbols::Role;
use crate::ide::{references, rename as renames};
use crate::server::wire::Ticket;
use crate::server::world::{World, failed};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams, LinkedEditingRangeParams,
    LinkedEditingRanges, PrepareRenameResponse, RenameParams, TextDocumentPositionParams, WorkspaceEdit,
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
    let edits =
        renames::rename(look.snapshot(), place, &params.new_name).map_err(|reason| failed(&reason))?;
    Ok(Some(look.workspace_edit(&edits)))
}
