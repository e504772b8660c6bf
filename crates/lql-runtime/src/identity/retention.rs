//! What a state keeps of its links decides as much as all links would: in any order of events, with links that get
//! older, are pushed out and come back, and over parts that are merged.

use std::collections::{BTreeMap, BTreeSet};

use lql_compiler::schema::{Field, FieldId, Schema, Table, TableId};
use lql_compiler::{Kind, MergeOp};
use proptest::prelude::*;

use super::tests::{names, stamp};
use super::{Limits, Link, Node, NodeId, Refusal, Resolution, resolve};
use crate::{Change, Identity, Stamp, State};

const USER: TableId = TableId(0);

/// Two single-valued identity fields and one with sets, as the values of the tests of the resolvers need them.
fn schema(limits: Limits) -> Schema {
    let field = |(name, kind): (&str, Kind)| Field {
        table: USER,
        name: name.into(),
        kind,
        mergeop: MergeOp::Latest,
        capacity: None,
        keep_days: None,
        identity: true,
        shortdesc: None,
        longdesc: None,
    };
    let table = Table {
        name: "user".into(),
        identities: (0..3).map(FieldId).collect(),
        neighbour_limit: limits.neighbours as u32,
        identity_limit: limits.identities as u32,
        blocked: Vec::new(),
    };
    let fields = [("a", Kind::Text), ("b", Kind::Text), ("c", Kind::TextSet)];
    Schema { tables: vec![table], fields: fields.into_iter().map(field).collect() }
}

fn identity(names: &[String], value: usize) -> Identity<'_> {
    Identity {
        field: FieldId([0, 0, 0, 0, 1, 1, 1, 1].get(value).copied().unwrap_or(2)),
        value: &names[value],
    }
}

type Event = (BTreeSet<usize>, i64);

/// Few values and few times: links come again and again, at places close to each other.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let values = prop_oneof![Just(0..16usize), Just(3..11usize)];
    values.prop_flat_map(|values| {
        prop::collection::vec((prop::collection::btree_set(values, 1..4), 0i64..20), 0..60)
    })
}

/// Groups and refused links by name. Of the links that neither end keeps nothing can be known.
fn told(resolution: &Resolution, name: impl Fn(NodeId) -> String) -> (Vec<Vec<String>>, Vec<String>) {
    let groups = resolution.groups.iter().map(|group| group.iter().map(|id| name(*id)).collect()).collect();
    let refused = resolution.refused.iter().map(|refused| {
        let reason = match refused.reason {
            Refusal::Conflict { field, a, b } => format!("{field:?} {} {}", name(a), name(b)),
            reason => format!("{reason:?}"),
        };
        format!("{:?} {}-{} {reason}", refused.link.first, name(refused.link.a), name(refused.link.b))
    });
    (groups, refused.collect())
}

proptest! {
    #![proptest_config(lql_cases::cases(256))]

    #[test]
    fn what_a_state_keeps_decides_as_much_as_all_links(
        events in events(),
        parts in 1usize..4,
        neighbours in 1usize..5,
        identities in 2usize..9,
    ) {
        let names = names();
        let limits = Limits { neighbours, identities };
        let schema = schema(limits);
        let mut states = vec![State::new(&schema); parts];
        let mut all: BTreeMap<(usize, usize), Stamp> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (values, at) in &events {
            let values: Vec<usize> = values.iter().copied().collect();
            let mut sorted: Vec<_> = values.iter().map(|value| identity(&names, *value)).collect();
            sorted.sort_unstable();
            let place = |of: Identity<'_>| values.iter().copied().find(|v| identity(&names, *v) == of).unwrap();
            let home = place(sorted[0]);
            seen.extend(&values);
            for other in values.iter().filter(|value| **value != home) {
                let first = all.entry((home.min(*other), home.max(*other))).or_insert(stamp(*at));
                *first = stamp(*at).min(*first);
            }
            let change = Change {
                table: USER,
                stamp: stamp(*at),
                replay_key: None,
                identities: &sorted,
                contributions: &[],
            };
            states[home % parts].apply(&change);
        }
        let mut state = State::new(&schema);
        states.into_iter().for_each(|part| state.merge(part).unwrap());

        let seen: Vec<usize> = seen.into_iter().collect();
        let nodes: Vec<_> = seen.iter().map(|value| {
            let identity = identity(&names, *value);
            Node { identity, rank: identity.field.0, single: identity.field.0 < 2 }
        }).collect();
        let id = |value: &usize| seen.binary_search(value).unwrap() as NodeId;
        let links: Vec<_> =
            all.iter().map(|((a, b), first)| Link { a: id(a), b: id(b), first: *first }).collect();
        let mut full = resolve(&nodes, links.iter().copied(), limits);
        let is_kept = |link: &Link, end: NodeId| {
            let other = |l: &Link| nodes[if l.a == end { l.b } else { l.a } as usize];
            let own = links.iter().filter(|l| l.a == end || l.b == end);
            let before = |l: &&Link| {
                l.first.cmp(&link.first).then_with(|| other(l).order(&other(link))).is_lt()
            };
            own.filter(before).count() < neighbours
        };
        full.refused.retain(|refused| {
            refused.reason != Refusal::NeighbourLimit
                || [refused.link.a, refused.link.b].into_iter().any(|end| is_kept(&refused.link, end))
        });
        let kept = told(&state.resolve(USER), |id| state.identity(USER, id).unwrap().0.value.to_owned());
        prop_assert_eq!(kept, told(&full, |id| nodes[id as usize].identity.value.to_owned()));
    }
}
