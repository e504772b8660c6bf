//! `textDocument/completion` and `completionItem/resolve`

use crate::ide;
use crate::ide::completion::ItemKind;
use crate::server::wire::Ticket;
use crate::server::world::{World, failed};
use serde::{Deserialize, Serialize};
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    Command, CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse,
    CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind, Range, TextEdit, Uri,
};

/// More items than these are not sent: reading them takes clients longer than finding them takes us.
const MOST: usize = 200;

/// What a client gives back to have an item explained.
#[derive(Serialize, Deserialize)]
struct Topic {
    uri: Uri,
    topic: String,
}

pub fn answer(world: &World, params: CompletionParams, _: &Ticket) -> Result<Option<CompletionResponse>> {
    let uri = &params.text_document_position.text_document.uri;
    let (look, place) = world.place(&params.text_document_position)?;
    let found = ide::completion::completion(look.snapshot(), place);
    let replace = look.range(found.replace);
    Ok(Some(list(world, uri, found, replace)))
}

/// Items for the client.
pub fn list(
    world: &World,
    uri: &Uri,
    found: ide::completion::Completions,
    replace: Range,
) -> CompletionResponse {
    let snippets = can_fill_in(world);
    // The best stand first; whoever wants another types on, and is asked again.
    let is_incomplete = found.items.len() > MOST;
    let items = found.items.into_iter().take(MOST).enumerate();
    let items = items.map(|(rank, item)| {
        let insert = if item.is_snippet && !snippets { item.filter.clone() } else { item.insert.clone() };
        let is_snippet = item.is_snippet && snippets;
        let topic = |topic| serde_json::to_value(Topic { uri: uri.clone(), topic }).ok();
        CompletionItem {
            // Without it clients take the label; lists are long.
            filter_text: Some(item.filter).filter(|filter| *filter != item.label),
            label: item.label,
            kind: Some(kind(item.kind)),
            detail: Some(item.detail).filter(|detail| !detail.is_empty()),
            sort_text: Some(format!("{rank:05}")),
            insert_text_format: is_snippet.then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(replace, insert))),
            // The one command that editors share for "there is more to choose".
            command: item
                .retrigger
                .then(|| Command::new("Suggest".into(), "editor.action.triggerSuggest".into(), None)),
            data: item.topic.and_then(topic),
            ..CompletionItem::default()
        }
    });
    CompletionResponse::List(CompletionList { is_incomplete, items: items.collect() })
}

/// Adds the documentation.
pub fn resolve(world: &World, mut item: CompletionItem, _: &Ticket) -> Result<CompletionItem> {
    let topic = item.data.clone().and_then(|data| serde_json::from_value::<Topic>(data).ok());
    if let Some(Topic { uri, topic }) = topic {
        let test = world.test(&uri).ok();
        let analysis = match &test {
            Some(test) => test.analysis.clone().map_err(|reason| failed(&reason))?,
            None => world.look(&uri)?.analysis,
        };
        item.documentation = ide::completion::resolve(&analysis.snapshot, &topic)
            .map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }));
    }
    Ok(item)
}

fn can_fill_in(world: &World) -> bool {
    let completion = world.client.text_document.as_ref().and_then(|it| it.completion.as_ref());
    completion.and_then(|it| it.completion_item.as_ref()).is_some_and(|it| it.snippet_support == Some(true))
}

fn kind(kind: ItemKind) -> CompletionItemKind {
    match kind {
        ItemKind::Field => CompletionItemKind::FIELD,
        ItemKind::Key => CompletionItemKind::PROPERTY,
        ItemKind::Function => CompletionItemKind::FUNCTION,
        ItemKind::Keyword => CompletionItemKind::KEYWORD,
        ItemKind::Kind => CompletionItemKind::TYPE_PARAMETER,
        ItemKind::MergeOp => CompletionItemKind::OPERATOR,
        ItemKind::Stream => CompletionItemKind::EVENT,
        ItemKind::Table => CompletionItemKind::STRUCT,
        ItemKind::Alias => CompletionItemKind::REFERENCE,
        ItemKind::Value => CompletionItemKind::VALUE,
        ItemKind::Snippet => CompletionItemKind::SNIPPET,
    }
}
