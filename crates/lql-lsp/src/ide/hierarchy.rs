//! Which segments include which.

use super::symbols::{Occurrence, Role, Symbol};
use super::{Place, Range, Snapshot};
use lql_compiler::CheckedSegment;
use lql_syntax::Span;
use std::sync::Arc;

/// A segment as an item of the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its alias, lower case; with it the item is found again.
    pub slug: String,
    /// Its file.
    pub file: u32,
    /// All of its statement.
    pub span: Span,
    /// Its alias in the text.
    pub selection: Span,
}

/// An item, and where the includes stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The other segment.
    pub item: Item,
    /// The names after `INCLUDE`, in the including segment.
    pub ranges: Vec<Range>,
}

/// The segment that a place names, or else stands in.
pub fn prepare(snapshot: &Snapshot, place: Place) -> Option<Item> {
    if let Some(Symbol::Segment(slug)) = snapshot.index().at(place).map(Occurrence::symbol) {
        return segment(snapshot, slug);
    }
    let around = |it: &&CheckedSegment| it.file == place.file && it.tree.span.touches(place.offset);
    snapshot.checked.segments.iter().map(Arc::as_ref).find(around).and_then(item)
}

/// The segments that include one.
pub fn incoming(snapshot: &Snapshot, slug: &str) -> Vec<Relation> {
    let uses = snapshot.index().of_symbol(&Symbol::Segment(slug.to_owned()));
    let mut found: Vec<Relation> = Vec::new();
    for it in uses.filter(|it| it.role == Role::Uses) {
        let around =
            |segment: &&CheckedSegment| segment.file == it.range.file && segment.tree.span == it.within;
        let from = snapshot.checked.segments.iter().map(Arc::as_ref).find(around).and_then(item);
        found.extend(from.map(|item| Relation { item, ranges: vec![it.range] }));
    }
    gathered(found)
}

/// The segments that one includes.
pub fn outgoing(snapshot: &Snapshot, slug: &str) -> Vec<Relation> {
    let Some(from) = snapshot.checked.segments.iter().map(Arc::as_ref).find(|it| it.slug == slug) else {
        return Vec::new();
    };
    let inside = snapshot.index().of_file(from.file).iter().filter(|it| it.within == from.tree.span);
    let mut found = Vec::new();
    for it in inside.filter(|it| it.role == Role::Uses) {
        if let Symbol::Segment(name) = it.symbol() {
            found.extend(segment(snapshot, name).map(|item| Relation { item, ranges: vec![it.range] }));
        }
    }
    gathered(found)
}

/// One relation for each segment.
fn gathered(relations: Vec<Relation>) -> Vec<Relation> {
    let mut found: Vec<Relation> = Vec::new();
    for relation in relations {
        match found.iter_mut().find(|known| known.item == relation.item) {
            Some(known) => known.ranges.extend(relation.ranges),
            None => found.push(relation),
        }
    }
    found
}

fn segment(snapshot: &Snapshot, slug: &str) -> Option<Item> {
    snapshot.checked.segments.iter().map(Arc::as_ref).find(|it| it.slug == slug).and_then(item)
}

fn item(segment: &CheckedSegment) -> Option<Item> {
    let selection = segment.tree.alias.as_ref()?.span;
    Some(Item { slug: segment.slug.clone(), file: segment.file, span: segment.tree.span, selection })
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    #[test]
    fn includes_go_both_ways() {
        let fixture = Fixture::new(
            "==> a.fql\nFILTER OR ( INCLUDE b, NOT INCLUDE B, INCLUDE c ) ALIAS a\n==> b.fql\nFILTER x$0 = 1 ALIAS B\n==> c.fql\nFILTER INCLUDE b ALIAS c\n",
        );
        let told = |relations: Vec<Relation>| -> Vec<(String, usize)> {
            relations.into_iter().map(|it| (it.item.slug, it.ranges.len())).collect()
        };
        let here = prepare(&fixture.snapshot, fixture.cursor).unwrap();
        assert_eq!(told(incoming(&fixture.snapshot, &here.slug)), [("a".into(), 2), ("c".into(), 1)]);
        assert_eq!(told(outgoing(&fixture.snapshot, "a")), [("b".into(), 2), ("c".into(), 1)]);
        assert!(outgoing(&fixture.snapshot, "b").is_empty());
    }
}
