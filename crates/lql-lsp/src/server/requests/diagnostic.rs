//! `textDocument/diagnostic` and `workspace/diagnostic`: findings for clients that fetch them.

use crate::server::diagnostics::{Report, report};
use crate::server::tests;
use crate::server::wire::Ticket;
use crate::server::world::World;
use std::collections::HashMap;
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::{
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult,
    FullDocumentDiagnosticReport, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Uri,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

pub fn document(
    world: &World,
    params: DocumentDiagnosticParams,
    _: &Ticket,
) -> Result<DocumentDiagnosticReportResult> {
    let look = world.look(&params.text_document.uri)?;
    let report = report(world, &look.analysis, look.file);
    Ok(document_report(report, params.previous_result_id.as_deref()))
}

/// What is said about a document, for a client that has seen a report.
pub fn document_report(report: Report, previous: Option<&str>) -> DocumentDiagnosticReportResult {
    let report = match since(report, previous) {
        News::Full(full_document_diagnostic_report) => {
            DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
                related_documents: None,
                full_document_diagnostic_report,
            })
        }
        News::None(unchanged_document_diagnostic_report) => {
            DocumentDiagnosticReport::Unchanged(RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report,
            })
        }
    };
    DocumentDiagnosticReportResult::Report(report)
}

pub fn workspace(
    world: &World,
    params: WorkspaceDiagnosticParams,
    ticket: &Ticket,
) -> Result<WorkspaceDiagnosticReportResult> {
    let previous = params.previous_result_ids.into_iter();
    let mut previous: HashMap<Uri, String> = previous.map(|it| (it.uri, it.value)).collect();
    let mut items = Vec::new();
    let mut say = |uri: Uri, version: Option<i32>, report: Report| {
        let (version, before) = (version.map(Into::into), previous.remove(&uri));
        items.push(match since(report, before.as_deref()) {
            News::Full(full_document_diagnostic_report) => {
                WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
                    uri,
                    version,
                    full_document_diagnostic_report,
                })
            }
            News::None(unchanged_document_diagnostic_report) => {
                WorkspaceDocumentDiagnosticReport::Unchanged(WorkspaceUnchangedDocumentDiagnosticReport {
                    uri,
                    version,
                    unchanged_document_diagnostic_report,
                })
            }
        });
    };
    for (home, revision) in &world.projects {
        tests::reports(world, home).into_iter().for_each(|it| say(it.uri, it.version, it.report));
        // A project that cannot be read has nothing to say here; the log tells why.
        let Ok(analysis) = revision.analysis() else { continue };
        for file in 0..analysis.count() {
            if ticket.is_cancelled() {
                return Err(Error::request_cancelled());
            }
            let Some(uri) = analysis.uri(file) else { continue };
            let version = analysis.document(file).map(|document| document.version);
            say(uri, version, report(world, analysis, file));
        }
    }
    // Files that are gone have no findings any more.
    items.extend(previous.into_keys().map(|uri| {
        WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
            uri,
            version: None,
            full_document_diagnostic_report: FullDocumentDiagnosticReport::default(),
        })
    }));
    Ok(WorkspaceDiagnosticReportResult::Report(WorkspaceDiagnosticReport { items }))
}

/// What a client that has seen a report needs to be told.
enum News {
    Full(FullDocumentDiagnosticReport),
    None(UnchangedDocumentDiagnosticReport),
}

fn since(report: Report, previous: Option<&str>) -> News {
    if previous == Some(&report.id) {
        News::None(UnchangedDocumentDiagnosticReport { result_id: report.id })
    } else {
        News::Full(FullDocumentDiagnosticReport { result_id: Some(report.id), items: report.findings })
    }
}
