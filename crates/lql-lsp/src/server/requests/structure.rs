//! `textDocument/documentSymbol`, `workspace/symbol`, `foldingRange`, `selectionRange` and `documentLink`: how files hang
//! together

use crate::ide::links::LinkTarget;
use crate::ide::outline::{self, Entry, EntryKind};
use crate::ide::{folding, links};
use crate::server::wire::Ticket;
use crate::server::world::World;
use lql_syntax::Span;
use std::sync::Arc;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    DocumentLink, DocumentLinkParams, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse,
    FoldingRange, FoldingRangeKind, FoldingRangeParams, Location, OneOf, Range, SelectionRange,
    SelectionRangeParams, SymbolKind, Uri, WorkspaceSymbol, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};

pub fn symbols(
    world: &World,
    params: DocumentSymbolParams,
    _: &Ticket,
) -> Result<Option<DocumentSymbolResponse>> {
    let look = world.look(&params.text_document.uri)?;
    let entries = outline::document_symbols(look.snapshot(), look.file);
    Ok(Some(nested(entries, &|span| look.range(span))))
}

/// An outline for the client; `range` tells where a span stands.
pub fn nested(entries: Vec<Entry>, range: &dyn Fn(Span) -> Range) -> DocumentSymbolResponse {
    DocumentSymbolResponse::Nested(entries.into_iter().map(|entry| symbol(range, entry)).collect())
}

#[expect(deprecated, reason = "the protocol's type has the old field still")]
fn symbol(range: &dyn Fn(Span) -> Range, entry: Entry) -> DocumentSymbol {
    let children: Vec<_> = entry.children.into_iter().map(|child| symbol(range, child)).collect();
    DocumentSymbol {
        name: entry.name,
        detail: Some(entry.detail).filter(|detail| !detail.is_empty()),
        kind: kind(entry.kind),
        tags: None,
        deprecated: None,
        range: range(entry.span),
        selection_range: range(entry.selection),
        children: Some(children).filter(|children| !children.is_empty()),
    }
}

fn kind(kind: EntryKind) -> SymbolKind {
    match kind {
        EntryKind::Query => SymbolKind::FUNCTION,
        EntryKind::Segment => SymbolKind::BOOLEAN,
        EntryKind::Field => SymbolKind::FIELD,
        EntryKind::Identity => SymbolKind::KEY,
        EntryKind::Section => SymbolKind::NAMESPACE,
        EntryKind::Case => SymbolKind::METHOD,
    }
}

/// Of all projects of the workspace.
pub fn workspace_symbols(
    world: &World,
    params: WorkspaceSymbolParams,
    ticket: &Ticket,
) -> Result<Option<WorkspaceSymbolResponse>> {
    let mut found = Vec::new();
    for revision in world.projects.values() {
        let Ok(analysis) = revision.analysis() else { continue };
        if ticket.is_cancelled() {
            break;
        }
        let analysis = Arc::clone(analysis);
        for named in outline::workspace_symbols(&analysis.snapshot, &params.query) {
            let Some(uri) = analysis.uri(named.range.file) else { continue };
            let range = analysis.range(named.range.file, named.range.span, world.encoding);
            found.push(WorkspaceSymbol {
                name: named.name,
                kind: kind(named.kind),
                tags: None,
                container_name: Some(named.container).filter(|container| !container.is_empty()),
                location: OneOf::Left(Location::new(uri, range)),
                data: None,
            });
        }
    }
    Ok(Some(WorkspaceSymbolResponse::Nested(found)))
}

pub fn folds(world: &World, params: FoldingRangeParams, _: &Ticket) -> Result<Option<Vec<FoldingRange>>> {
    let look = world.look(&params.text_document.uri)?;
    let folds = folding::folding(look.snapshot(), look.file).into_iter().map(|fold| {
        let range = look.range(fold.span);
        FoldingRange {
            start_line: range.start.line,
            end_line: range.end.line,
            kind: Some(if fold.is_comment { FoldingRangeKind::Comment } else { FoldingRangeKind::Region }),
            ..FoldingRange::default()
        }
    });
    Ok(Some(folds.collect()))
}

/// One chain for each position, from the smallest range outwards.
pub fn selections(
    world: &World,
    params: SelectionRangeParams,
    _: &Ticket,
) -> Result<Option<Vec<SelectionRange>>> {
    let look = world.look(&params.text_document.uri)?;
    let chain = |position| {
        let place = look.place(position);
        let mut spans = folding::selection(look.snapshot(), place);
        if spans.is_empty() {
            spans.push(Span::at(place.offset));
        }
        let outwards = spans.into_iter().rev();
        outwards.fold(None, |parent, span| {
            Some(SelectionRange { range: look.range(span), parent: parent.map(Box::new) })
        })
    };
    Ok(Some(params.positions.into_iter().filter_map(chain).collect()))
}

pub fn links(world: &World, params: DocumentLinkParams, _: &Ticket) -> Result<Option<Vec<DocumentLink>>> {
    let look = world.look(&params.text_document.uri)?;
    let links = links::document_links(look.snapshot(), look.file).into_iter().filter_map(|link| {
        let target = match link.to {
            LinkTarget::Events(path) => Uri::from_file_path(path)?,
            LinkTarget::Source(file) => look.analysis.uri(file)?,
            LinkTarget::Url(url) => url.parse().ok()?,
        };
        let (range, tooltip) = (look.range(link.span), Some(link.tooltip));
        Some(DocumentLink { range, target: Some(target), tooltip, data: None })
    });
    Ok(Some(links.collect()))
}
