//! `textDocument/signatureHelp`

use crate::ide;
use crate::server::lines::Encoding;
use crate::server::wire::Ticket;
use crate::server::world::World;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    Documentation, MarkupContent, MarkupKind, ParameterInformation, ParameterLabel, SignatureHelp,
    SignatureHelpParams, SignatureInformation,
};

pub fn answer(world: &World, params: SignatureHelpParams, _: &Ticket) -> Result<Option<SignatureHelp>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    let Some(found) = ide::signature::signature_help(look.snapshot(), place) else { return Ok(None) };
    let active = found.active.map(|active| active as u32);
    let markdown =
        |value: String| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
    let parameter = |it: &ide::signature::Parameter| {
        // Offsets into a label count UTF-16 units, whatever positions count.
        let units = |end: u32| Encoding::Utf16.width(found.label.get(..end as usize).unwrap_or(""));
        ParameterInformation {
            label: ParameterLabel::LabelOffsets([units(it.span.start), units(it.span.end)]),
            documentation: Some(markdown(it.documentation.to_owned())),
        }
    };
    let signature = SignatureInformation {
        label: found.label.clone(),
        documentation: Some(markdown(found.documentation.clone())),
        parameters: Some(found.parameters.iter().map(parameter).collect()),
        active_parameter: active,
    };
    Ok(Some(SignatureHelp {
        signatures: vec![signature],
        active_signature: Some(0),
        active_parameter: active,
    }))
}
