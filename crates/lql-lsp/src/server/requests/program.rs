//! `lql/program`: what the compiler makes of the project of a file, as `lql build --emit` shows it.

use crate::server::wire::Ticket;
use crate::server::world::{World, failed};
use lql_compiler::emit;
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::TextDocumentIdentifier;
use tower_lsp_server::ls_types::request::Request;

/// The request.
pub enum Program {}

impl Request for Program {
    type Params = Params;
    type Result = Listing;
    const METHOD: &'static str = "lql/program";
}

/// Which stage, of which file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: TextDocumentIdentifier,
    #[serde(default)]
    emit: Stage,
}

/// A stage of compiling.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The tokens of the file.
    Tokens,
    /// The tree of the file, as JSON.
    Tree,
    /// The kind of every expression of the project.
    Types,
    /// The instructions of each stream and segment.
    #[default]
    Program,
    /// The event keys that each stream needs.
    Projection,
}

/// A stage as text.
#[derive(Debug, Serialize, Deserialize)]
pub struct Listing {
    text: String,
}

pub fn answer(world: &World, params: Params, _: &Ticket) -> Result<Listing> {
    let look = world.look(&params.text_document.uri)?;
    let snapshot = look.snapshot();
    let package = || {
        let errors = |_| failed("the project has errors: nothing is compiled until they are mended");
        snapshot.checked.package().map_err(errors)
    };
    let parsed = || snapshot.parsed(look.file).ok_or_else(|| failed("this file holds no statements"));
    let text = match params.emit {
        Stage::Tokens => emit::tokens(look.text(), parsed()?),
        Stage::Tree => emit::tree(parsed()?),
        Stage::Types => emit::types(&snapshot.checked, &snapshot.project.sources),
        Stage::Program => emit::program(&package()?),
        Stage::Projection => emit::projection(&package()?),
    };
    Ok(Listing { text })
}
