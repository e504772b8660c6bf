//! `textDocument/codeAction`: fixes of findings, and changes that say the same in other words

use super::lenses::named;
use crate::ide::Range;
use crate::ide::actions::{Action, ActionKind, code_actions};
use crate::server::wire::Ticket;
use crate::server::world::{Look, World};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse, Uri,
};

pub fn answer(world: &World, params: CodeActionParams, _: &Ticket) -> Result<Option<CodeActionResponse>> {
    let look = world.look(&params.text_document.uri)?;
    let range = Range { file: look.file, span: look.span(params.range) };
    let wanted = params.context.only;
    let is_wanted = |kind: &CodeActionKind| {
        let within = |only: &CodeActionKind| {
            kind == only
                || kind.as_str().strip_prefix(only.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        wanted.as_ref().is_none_or(|wanted| wanted.iter().any(within))
    };
    let actions = code_actions(look.snapshot(), range).into_iter();
    let actions = actions.map(|action| action_of(&look, action, &params.text_document.uri));
    let actions = actions.filter(|action| action.kind.as_ref().is_none_or(is_wanted));
    Ok(Some(actions.map(CodeActionOrCommand::CodeAction).collect()))
}

fn action_of(look: &Look, action: Action, uri: &Uri) -> CodeAction {
    let kind = match action.kind {
        ActionKind::QuickFix => CodeActionKind::QUICKFIX,
        ActionKind::FixAll => CodeActionKind::SOURCE_FIX_ALL,
        ActionKind::Extract => CodeActionKind::REFACTOR_EXTRACT,
        ActionKind::Rewrite => CodeActionKind::REFACTOR_REWRITE,
    };
    let command = action.command.map(|command| named(action.title.clone(), &command, uri));
    let edit = command.is_none().then(|| look.workspace_edit(&action.edits));
    CodeAction {
        title: action.title,
        kind: Some(kind),
        edit,
        command,
        is_preferred: action.preferred.then_some(true),
        ..CodeAction::default()
    }
}
