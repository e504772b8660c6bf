//! Requests about test files.

use super::diagnostic::document_report;
use super::lenses::clickable;
use super::{completion as completions, structure};
use crate::ide::links::LinkTarget;
use crate::server::tests::{TestLook, report};
use crate::server::wire::Ticket;
use crate::server::world::World;
use std::collections::HashMap;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, CodeLens,
    CodeLensParams, CompletionParams, CompletionResponse, DocumentDiagnosticParams,
    DocumentDiagnosticReportResult, DocumentLink, DocumentLinkParams, DocumentSymbolParams,
    DocumentSymbolResponse, GotoDefinitionParams, GotoDefinitionResponse, Hover, HoverContents, HoverParams,
    Location, MarkupContent, MarkupKind, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit,
};

pub fn diagnostic(
    world: &World,
    params: DocumentDiagnosticParams,
    _: &Ticket,
) -> Result<DocumentDiagnosticReportResult> {
    let look = world.test(&params.text_document.uri)?;
    Ok(document_report(report(world, &look), params.previous_result_id.as_deref()))
}

pub fn lenses(world: &World, params: CodeLensParams, _: &Ticket) -> Result<Option<Vec<CodeLens>>> {
    if !world.settings.code_lenses {
        return Ok(None);
    }
    let look = world.test(&params.text_document.uri)?;
    let ran = world.ran(&look);
    let outcome = |case: &str| ran.as_ref().and_then(|ran| ran.cases.get(case));
    let lenses = look.test().lenses(&outcome).into_iter();
    Ok(Some(lenses.map(|lens| clickable(look.range(lens.span), lens, &look.document.uri)).collect()))
}

pub fn completion(world: &World, params: CompletionParams, _: &Ticket) -> Result<Option<CompletionResponse>> {
    let (look, offset) = place(world, &params.text_document_position)?;
    let found = look.test().completion(offset);
    let replace = look.range(found.replace);
    Ok(Some(completions::list(world, &look.document.uri, found, replace)))
}

pub fn hover(world: &World, params: HoverParams, _: &Ticket) -> Result<Option<Hover>> {
    let (look, offset) = place(world, &params.text_document_position_params)?;
    let Some(found) = look.test().hover(offset) else { return Ok(None) };
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: found.markdown };
    Ok(Some(Hover { contents: HoverContents::Markup(contents), range: Some(look.range(found.span)) }))
}

pub fn definition(
    world: &World,
    params: GotoDefinitionParams,
    _: &Ticket,
) -> Result<Option<GotoDefinitionResponse>> {
    let (look, offset) = place(world, &params.text_document_position_params)?;
    let Ok(analysis) = &look.analysis else { return Ok(None) };
    let locate = |range: crate::ide::Range| {
        let place = analysis.range(range.file, range.span, world.encoding);
        Some(Location::new(analysis.uri(range.file)?, place))
    };
    let found: Vec<Location> = look.test().definition(offset).into_iter().filter_map(locate).collect();
    Ok((!found.is_empty()).then_some(GotoDefinitionResponse::Array(found)))
}

pub fn symbols(
    world: &World,
    params: DocumentSymbolParams,
    _: &Ticket,
) -> Result<Option<DocumentSymbolResponse>> {
    let look = world.test(&params.text_document.uri)?;
    Ok(Some(structure::nested(look.test().outline(), &|span| look.range(span))))
}

pub fn links(world: &World, params: DocumentLinkParams, _: &Ticket) -> Result<Option<Vec<DocumentLink>>> {
    let look = world.test(&params.text_document.uri)?;
    let links = look.test().links().into_iter().filter_map(|link| {
        let LinkTarget::Events(path) = link.to else { return None };
        let (range, tooltip) = (look.range(link.span), Some(link.tooltip));
        Some(DocumentLink { range, target: Uri::from_file_path(path), tooltip, data: None })
    });
    Ok(Some(links.collect()))
}

/// What is misspelt can be written as it was probably meant.
pub fn actions(world: &World, params: CodeActionParams, _: &Ticket) -> Result<Option<CodeActionResponse>> {
    let look = world.test(&params.text_document.uri)?;
    let uri = &look.document.uri;
    let test = look.test();
    let mut actions = Vec::new();
    for fix in test.mendable(look.span(params.range)).flat_map(|finding| &finding.fixes) {
        let edits = fix.edits.iter().map(|edit| TextEdit::new(look.range(edit.span), edit.text.clone()));
        let mut title = fix.title.chars();
        let title = title.next().map_or(String::new(), |first| first.to_uppercase().chain(title).collect());
        actions.push(CodeActionOrCommand::CodeAction(CodeAction {
            title,
            kind: Some(CodeActionKind::QUICKFIX),
            edit: Some(WorkspaceEdit::new(HashMap::from([(uri.clone(), edits.collect())]))),
            is_preferred: Some(true),
            ..CodeAction::default()
        }));
    }
    Ok(Some(actions))
}

fn place(world: &World, at: &TextDocumentPositionParams) -> Result<(TestLook, u32)> {
    let look = world.test(&at.text_document.uri)?;
    let offset = look.offset(at.position);
    Ok((look, offset))
}
