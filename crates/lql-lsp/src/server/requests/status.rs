//! `lql/status`: what the server holds and how fast it answers.

use crate::server::checks;
use crate::server::latency::Summary;
use crate::server::wire::Ticket;
use crate::server::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::LSPAny;
use tower_lsp_server::ls_types::request::Request;

/// The request.
pub enum Status {}

impl Request for Status {
    type Params = LSPAny;
    type Result = Report;
    const METHOD: &'static str = "lql/status";
}

/// The answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    version: String,
    encoding: String,
    open_files: usize,
    projects: Vec<Project>,
    latencies: BTreeMap<String, Summary>,
    checks: checks::Summary,
}

#[derive(Debug, Serialize, Deserialize)]
struct Project {
    folder: String,
    files: usize,
    revision: u64,
}

pub fn answer(world: &World, _: LSPAny, _: &Ticket) -> Result<Report> {
    let projects = world.projects.iter().map(|(folder, revision)| Project {
        folder: folder.display().to_string(),
        files: revision.listing.files().count(),
        revision: revision.number,
    });
    Ok(Report {
        version: env!("CARGO_PKG_VERSION").into(),
        encoding: world.encoding.kind().as_str().into(),
        open_files: world.documents.len(),
        projects: projects.collect(),
        latencies: world.shared.latencies.summary(),
        checks: world.shared.checks.summary(),
    })
}
