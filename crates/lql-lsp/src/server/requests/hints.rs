//! `textDocument/inlayHint`: what is not written, and what the first sample event gives

use crate::ide::hints::{HintKind, inlay_hints};
use crate::server::wire::Ticket;
use crate::server::world::World;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    InlayHint, InlayHintKind, InlayHintLabel, InlayHintParams, InlayHintTooltip, TextEdit,
};

pub fn answer(world: &World, params: InlayHintParams, _: &Ticket) -> Result<Option<Vec<InlayHint>>> {
    if !world.settings.inlay_hints {
        return Ok(None);
    }
    let look = world.look(&params.text_document.uri)?;
    let hints = inlay_hints(look.snapshot(), look.file, look.span(params.range)).into_iter().map(|hint| {
        let range = look.range(lql_syntax::Span::at(hint.offset));
        InlayHint {
            position: range.start,
            label: InlayHintLabel::String(hint.label),
            kind: (hint.kind == HintKind::Kind).then_some(InlayHintKind::TYPE),
            text_edits: hint.insert.map(|text| vec![TextEdit::new(range, text)]),
            tooltip: Some(InlayHintTooltip::String(hint.tooltip)),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        }
    });
    Ok(Some(hints.collect()))
}
