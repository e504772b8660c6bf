//! `textDocument/prepareCallHierarchy` and its two directions: which segment includes which

use crate::ide::hierarchy::{self, Item, Relation};
use crate::server::wire::Ticket;
use crate::server::world::{Look, World};
use serde_json::json;
use tower_lsp_server::jsonrpc::Result;
use tower_lsp_server::ls_types::{
    CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
    CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams, Range,
    SymbolKind,
};

pub fn prepare(
    world: &World,
    params: CallHierarchyPrepareParams,
    _: &Ticket,
) -> Result<Option<Vec<CallHierarchyItem>>> {
    let (look, place) = world.place(&params.text_document_position_params)?;
    Ok(hierarchy::prepare(look.snapshot(), place).and_then(|found| item(&look, found)).map(|item| vec![item]))
}

pub fn incoming(
    world: &World,
    params: CallHierarchyIncomingCallsParams,
    _: &Ticket,
) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
    let look = world.look(&params.item.uri)?;
    let found = hierarchy::incoming(look.snapshot(), slug(&params.item)).into_iter();
    let calls = found.filter_map(|relation| {
        let from_ranges = ranges(&look, &relation);
        Some(CallHierarchyIncomingCall { from: item(&look, relation.item)?, from_ranges })
    });
    Ok(Some(calls.collect()))
}

pub fn outgoing(
    world: &World,
    params: CallHierarchyOutgoingCallsParams,
    _: &Ticket,
) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
    let look = world.look(&params.item.uri)?;
    let found = hierarchy::outgoing(look.snapshot(), slug(&params.item)).into_iter();
    let calls = found.filter_map(|relation| {
        let from_ranges = ranges(&look, &relation);
        Some(CallHierarchyOutgoingCall { to: item(&look, relation.item)?, from_ranges })
    });
    Ok(Some(calls.collect()))
}

/// The alias travels in the data of the item; its name is shown to people.
fn slug(item: &CallHierarchyItem) -> &str {
    item.data.as_ref().and_then(|data| data.as_str()).unwrap_or(&item.name)
}

fn item(look: &Look, item: Item) -> Option<CallHierarchyItem> {
    Some(CallHierarchyItem {
        name: item.slug.clone(),
        kind: SymbolKind::BOOLEAN,
        tags: None,
        detail: None,
        uri: look.analysis.uri(item.file)?,
        range: look.range_in(item.file, item.span),
        selection_range: look.range_in(item.file, item.selection),
        data: Some(json!(item.slug)),
    })
}

fn ranges(look: &Look, relation: &Relation) -> Vec<Range> {
    relation.ranges.iter().map(|range| look.range_in(range.file, range.span)).collect()
}
