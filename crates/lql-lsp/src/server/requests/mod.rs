//! The requests, one file each: positions in, a question to [`ide`](crate::ide), positions out.

#![allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "all answers have one form: they own their parameters and may fail"
)]

mod actions;
pub mod colours;
mod completion;
mod diagnostic;
mod format;
mod hierarchy;
mod hints;
mod hover;
mod names;
mod navigate;
mod program;
mod signature;
mod status;
mod structure;
#[cfg(debug_assertions)]
mod trouble;

use super::owner::read;
use super::wire::Ticket;
use super::world::World;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::LSPAny;
use tower_lsp_server::ls_types::request::{
    CallHierarchyIncomingCalls, CallHierarchyOutgoingCalls, CallHierarchyPrepare, CodeActionRequest,
    Completion, DocumentDiagnosticRequest, DocumentHighlightRequest, DocumentLinkRequest,
    DocumentSymbolRequest, FoldingRangeRequest, Formatting, GotoDefinition, GotoTypeDefinition, HoverRequest,
    InlayHintRequest, LinkedEditingRange, OnTypeFormatting, PrepareRenameRequest, RangeFormatting,
    References, Rename, Request, ResolveCompletionItem, SelectionRangeRequest,
    SemanticTokensFullDeltaRequest, SemanticTokensFullRequest, SemanticTokensRangeRequest,
    SignatureHelpRequest, WorkspaceDiagnosticRequest, WorkspaceSymbolRequest,
};

type Answer = Box<dyn Fn(&World, LSPAny, &Ticket) -> Result<LSPAny> + Send + Sync>;

/// Which function answers which method.
#[derive(Default)]
pub struct Table(HashMap<&'static str, Answer>);

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
            .on::<status::Status>(status::answer);
        #[cfg(debug_assertions)]
        let table = table.on::<trouble::Panic>(trouble::panic).on::<trouble::Busy>(trouble::busy);
        table
    }

    fn on<R: Request>(mut self, answer: fn(&World, R::Params, &Ticket) -> Result<R::Result>) -> Self
    where
        R::Params: 'static,
        R::Result: 'static,
    {
        let answer = move |world: &World, params: LSPAny, ticket: &Ticket| {
            let result = answer(world, read(params)?, ticket)?;
            serde_json::to_value(result).map_err(|_| Error::internal_error())
        };
        self.0.insert(R::METHOD, Box::new(answer));
        self
    }

    /// Whether a method is known.
    pub fn has(&self, method: &str) -> bool {
        self.0.contains_key(method)
    }

    /// Answers a request, whatever happens: a panic is an error, and the server lives on.
    pub fn answer(&self, world: &World, params: LSPAny, ticket: &Ticket) {
        let Some(answer) = self.0.get(ticket.method.as_str()).filter(|_| !ticket.is_cancelled()) else {
            return;
        };
        let result = catch_unwind(AssertUnwindSafe(|| answer(world, params, ticket)));
        // Before the client has the answer, for with it the client may ask for the figures.
        world.shared.latencies.add(&ticket.method, ticket.arrived.elapsed());
        ticket.answer(result.unwrap_or_else(|_| Err(bug(&ticket.method))));
    }
}

/// What is said when an answer panicked; the panic hook has written the place to standard error.
fn bug(method: &str) -> Error {
    let mut error = Error::internal_error();
    error.message = format!("{method} has a bug; standard error says where").into();
    error
}
