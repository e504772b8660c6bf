//! Requests about test files.

use super::diagnostic::document_report;
use super::lenses::clickable;
use crate::server::tests::report;
use crate::server::wire::Ticket;
use crate::server::world::World;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CodeLens, CodeLensParams, DocumentDiagnosticParams, DocumentDiagnosticReportResult,
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
