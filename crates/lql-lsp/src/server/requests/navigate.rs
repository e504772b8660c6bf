//! `textDocument/definition`, `typeDefinition` and `references`

use crate::ide::references::{self, Target};
use crate::ide::testfiles::references_in_test;
use crate::server::tests;
use crate::server::wire::Ticket;
use crate::server::world::{Look, World};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::request::{GotoTypeDefinitionParams, GotoTypeDefinitionResponse};
use tower_lsp_server::ls_types::{
    GotoDefinitionParams, GotoDefinitionResponse, Location, Position, Range, ReferenceParams, Uri,
};

pub fn definition(
    world: &World,
    params: GotoDefinitionParams,
    _: &Ticket,
) -> Result<Option<GotoDefinitionResponse>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    Ok(to(&look, references::definition(look.snapshot(), place)))
}

pub fn type_definition(
    world: &World,
    params: GotoTypeDefinitionParams,
    _: &Ticket,
) -> Result<Option<GotoTypeDefinitionResponse>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    Ok(to(&look, references::type_definition(look.snapshot(), place)))
}

pub fn references(world: &World, params: ReferenceParams, _: &Ticket) -> Result<Option<Vec<Location>>> {
    let (look, place) = world.place(&params.text_document_position)?;
    let declarations = params.context.include_declaration;
    let found = references::references(look.snapshot(), place, declarations).into_iter();
    let mut found: Vec<Location> = found.filter_map(|range| look.location(range)).collect();
    for test in tests::of_project(world, &look.snapshot().root) {
        let spans = references_in_test(look.snapshot(), place, &test.path, &test.text).into_iter();
        found.extend(spans.map(|span| Location::new(test.uri.clone(), test.range(span, world.encoding))));
    }
    Ok(Some(found))
}

fn to(look: &Look, targets: Vec<Target>) -> Option<GotoDefinitionResponse> {
    let location = |target| match target {
        Target::Source(range) => look.location(range),
        Target::Event(path, line) => {
            let start = Position::new(u32::try_from(line).ok()?.saturating_sub(1), 0);
            Some(Location::new(Uri::from_file_path(path)?, Range::new(start, start)))
        }
    };
    let found: Vec<Location> = targets.into_iter().filter_map(location).collect();
    (!found.is_empty()).then_some(GotoDefinitionResponse::Array(found))
}
