//! `textDocument/hover`

use crate::ide;
use crate::server::wire::Ticket;
use crate::server::world::World;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

pub fn answer(world: &World, params: HoverParams, _: &Ticket) -> Result<Option<Hover>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    let Some(found) = ide::hover::hover(look.snapshot(), place) else { return Ok(None) };
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: found.markdown };
    Ok(Some(Hover { contents: HoverContents::Markup(contents), range: Some(look.range(found.span)) }))
}
