//! The requests, one file each: positions in, a question to [`ide`](crate::ide), positions out.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "all answers have one form: they own their parameters and may fail"
)]

mod actions;
mod add_to_test;
pub mod colours;
mod completion;
mod diagnostic;
mod evaluate;
mod execute;
mod format;
mod hierarchy;
mod hints;
mod hover;
mod lenses;
mod names;
mod navigate;
mod program;
mod signature;
mod status;
mod structure;
mod testfiles;
#[cfg(debug_assertions)]
mod trouble;

use super::document::is_foreign;
use super::owner::read;
use super::wire::Ticket;
use super::world::World;
use lql_authoring::testing::ENDING;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::LSPAny;
use tower_lsp_server::ls_types::request::{
    CallHierarchyIncomingCalls, CallHierarchyOutgoingCalls, CallHierarchyPrepare, CodeActionRequest,
    CodeLensRequest, Completion, DocumentDiagnosticRequest, DocumentHighlightRequest, DocumentLinkRequest,
    DocumentSymbolRequest, ExecuteCommand, FoldingRangeRequest, Formatting, GotoDefinition,
    GotoTypeDefinition, HoverRequest, InlayHintRequest, LinkedEditingRange, OnTypeFormatting,
    PrepareRenameRequest, RangeFormatting, References, Rename, Request, ResolveCompletionItem,
    SelectionRangeRequest, SemanticTokensFullDeltaRequest, SemanticTokensFullRequest,
    SemanticTokensRangeRequest, SignatureHelpRequest, WorkspaceDiagnosticRequest, WorkspaceSymbolRequest,
};

type Answer = Box<dyn Fn(&World, LSPAny, &Ticket) -> Result<LSPAny> + Send + Sync>;

/// Which function answers which method.
#[derive(Default)]
pub struct Table {
    answers: HashMap<&'static str, Answer>,
    /// Of a test file.
    of_tests: HashMap<&'static str, Answer>,
}

impl Table {
    /// All requests.
    pub fn new() -> Self {
        let table = Self::default()
            .on::<DocumentDiagnosticRequest>(diagnostic::document)
            .on::<WorkspaceDiagnosticRequest>(diagnostic::workspace)
            .on::<Formatting>(format::document)
            .on::<RangeFormatting>(format::range)
            .on::<OnTypeFormatting>(format::on_type)
            .on::<Completion>(completion::answer)
            .on::<ResolveCompletionItem>(completion::resolve)
            .on::<HoverRequest>(hover::answer)
            .on::<SignatureHelpRequest>(signature::answer)
            .on::<GotoDefinition>(navigate::definition)
            .on::<GotoTypeDefinition>(navigate::type_definition)
            .on::<References>(navigate::references)
            .on::<DocumentHighlightRequest>(names::highlight)
            .on::<LinkedEditingRange>(names::linked)
            .on::<PrepareRenameRequest>(names::prepare)
            .on::<Rename>(names::rename)
            .on::<CodeActionRequest>(actions::answer)
            .on::<InlayHintRequest>(hints::answer)
            .on::<SemanticTokensFullRequest>(colours::full)
            .on::<SemanticTokensFullDeltaRequest>(colours::delta)
            .on::<SemanticTokensRangeRequest>(colours::range)
            .on::<DocumentSymbolRequest>(structure::symbols)
            .on::<WorkspaceSymbolRequest>(structure::workspace_symbols)
            .on::<FoldingRangeRequest>(structure::folds)
            .on::<SelectionRangeRequest>(structure::selections)
            .on::<DocumentLinkRequest>(structure::links)
            .on::<CallHierarchyPrepare>(hierarchy::prepare)
            .on::<CallHierarchyIncomingCalls>(hierarchy::incoming)
            .on::<CallHierarchyOutgoingCalls>(hierarchy::outgoing)
            .on::<program::Program>(program::answer)
            .on::<evaluate::Evaluate>(evaluate::answer)
            .on::<status::Status>(status::answer)
            .on::<CodeLensRequest>(lenses::answer)
            .on::<ExecuteCommand>(execute::answer)
            .on_test::<DocumentDiagnosticRequest>(testfiles::diagnostic)
            .on_test::<CodeLensRequest>(testfiles::lenses)
            .on_test::<Completion>(testfiles::completion)
            .on_test::<HoverRequest>(testfiles::hover)
            .on_test::<GotoDefinition>(testfiles::definition)
            .on_test::<DocumentSymbolRequest>(testfiles::symbols)
            .on_test::<DocumentLinkRequest>(testfiles::links)
            .on_test::<CodeActionRequest>(testfiles::actions);
        #[cfg(debug_assertions)]
        let table = table.on::<trouble::Panic>(trouble::panic).on::<trouble::Busy>(trouble::busy);
        table
    }

    fn on<R: Request>(mut self, answer: Function<R>) -> Self
    where
        R::Params: 'static,
        R::Result: 'static,
    {
        self.answers.insert(R::METHOD, boxed::<R>(answer));
        self
    }

    /// The same for test files.
    fn on_test<R: Request>(mut self, answer: Function<R>) -> Self
    where
        R::Params: 'static,
        R::Result: 'static,
    {
        self.of_tests.insert(R::METHOD, boxed::<R>(answer));
        self
    }

    /// Whether a method is known.
    pub fn has(&self, method: &str) -> bool {
        self.answers.contains_key(method)
    }

    /// Answers a request, whatever happens: a panic is an error, and the server lives on.
    pub fn answer(&self, world: &World, params: LSPAny, ticket: &Ticket) {
        if ticket.is_cancelled() {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| self.result(world, params, ticket)));
        // First this: who has the answer may ask for the figures.
        world.shared.latencies.add(&ticket.method, ticket.arrived.elapsed());
        ticket.answer(result.unwrap_or_else(|_| Err(bug(&ticket.method))));
    }

    fn result(&self, world: &World, params: LSPAny, ticket: &Ticket) -> Result<LSPAny> {
        let method = ticket.method.as_str();
        let file = params.pointer("/textDocument/uri").and_then(LSPAny::as_str);
        let is_foreign = |uri: &str| is_foreign(Path::new(uri));
        let is_test = |uri: &str| uri.ends_with(ENDING);
        let answer = match file {
            Some(uri) if is_test(uri) || is_foreign(uri) => {
                match self.of_tests.get(method).filter(|_| is_test(uri)) {
                    // Whatever else is asked of a document: it has none of it.
                    None if method.starts_with("textDocument/") => return Ok(none(method)),
                    known => known.or_else(|| self.answers.get(method)),
                }
            }
            _ => self.answers.get(method),
        };
        answer.ok_or_else(Error::method_not_found)?(world, params, ticket)
    }
}

/// The answer of a document that has nothing of what is asked for.
fn none(method: &str) -> LSPAny {
    if method == DocumentDiagnosticRequest::METHOD {
        return serde_json::json!({ "kind": "full", "items": [] });
    }
    LSPAny::Null
}

type Function<R> = fn(&World, <R as Request>::Params, &Ticket) -> Result<<R as Request>::Result>;

fn boxed<R: Request>(answer: Function<R>) -> Answer
where
    R::Params: 'static,
    R::Result: 'static,
{
    Box::new(move |world, params, ticket| {
        let result = answer(world, read(params)?, ticket)?;
        serde_json::to_value(result).map_err(|_| Error::internal_error())
    })
}

/// What is said when an answer panicked; the panic hook has written the place to standard error.
fn bug(method: &str) -> Error {
    let mut error = Error::internal_error();
    error.message = format!("{method} has a bug; standard error says where").into();
    error
}
