//! `textDocument/codeLens`: what statements do with the sample events, and what can be asked about them. Lenses come with
//! their commands: one run over the sample events tells all of a file, so there is nothing left to resolve.

use crate::ide::commands::Command;
use crate::ide::lenses::{Lens, Tests, code_lenses};
use crate::server::wire::Ticket;
use crate::server::world::World;
use lql_authoring::testing;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{CodeLens, CodeLensParams, Command as Named, Range, Uri};

pub fn answer(world: &World, params: CodeLensParams, _: &Ticket) -> Result<Option<Vec<CodeLens>>> {
    if !world.settings.code_lenses {
        return Ok(None);
    }
    let uri = &params.text_document.uri;
    let look = world.look(uri)?;
    let root = &look.snapshot().root;
    let ran = world.shared.results.of(root).filter(|ran| Some(ran.number) == world.number_of(root));
    let tests = match ran {
        Some(ran) => ran.tests(),
        None if testing::files(root).is_ok_and(|files| !files.is_empty()) => Tests::NotRun,
        None => Tests::None,
    };
    let lenses = code_lenses(look.snapshot(), look.file, tests).into_iter();
    Ok(Some(lenses.map(|lens| clickable(look.range(lens.span), lens, uri)).collect()))
}

/// A lens of a file, for the client.
pub fn clickable(range: Range, lens: Lens, uri: &Uri) -> CodeLens {
    // A lens stands above one line.
    let range = Range::new(range.start, range.start);
    CodeLens { range, command: Some(named(lens.title, &lens.command, uri)), data: None }
}

/// A command about a file, as clients call it: its one argument says the file and all else.
pub fn named(title: String, command: &Command, uri: &Uri) -> Named {
    let (name, mut argument) = command.parts();
    argument.insert("uri".into(), uri.as_str().into());
    Named { title, command: name, arguments: Some(vec![argument.into()]) }
}
