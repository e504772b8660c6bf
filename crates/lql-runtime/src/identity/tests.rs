use std::collections::{BTreeMap, BTreeSet};

use lql_compiler::Time;
use lql_compiler::schema::FieldId;
use proptest::prelude::*;

use super::{Limits, Link, Node, NodeId, Refusal, Refused, Resolution, resolve};
use crate::{Identity, Stamp};

pub(super) fn stamp(seconds: i64) -> Stamp {
    Stamp { time: Time::from_seconds(seconds).unwrap(), id: 0 }
}

/// Sixteen identity values: four each of two single-valued fields, eight of a set-valued one.
pub(super) const NODES: u32 = 16;

fn nodes(names: &[String]) -> Vec<Node<'_>> {
    names
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let rank = [0, 0, 0, 0, 1, 1, 1, 1].get(at).copied().unwrap_or(2);
            Node { identity: Identity { field: FieldId(rank), value }, rank, single: rank < 2 }
        })
        .collect()
}

pub(super) fn names() -> Vec<String> {
    // The order of values is not the order of numbers.
    (0..NODES).map(|at| format!("v{:02}", (at * 7) % NODES)).collect()
}

/// The laws, word by word, quadratic.
pub(super) fn oracle(nodes: &[Node<'_>], links: &[Link], limits: Limits) -> Resolution {
    let place = |id: NodeId| {
        let node = &nodes[id as usize];
        (node.rank, node.identity.field, node.identity.value)
    };
    let ends = |link: &Link| {
        if place(link.a) < place(link.b) { (link.a, link.b) } else { (link.b, link.a) }
    };
    let mut ordered = links.to_vec();
    ordered.sort_by_key(|link| {
        let (a, b) = ends(link);
        (link.first, place(a), place(b))
    });
    let is_among_first = |link: &Link, end: NodeId| {
        let other = |l: &Link| if l.a == end { l.b } else { l.a };
        let mut own: Vec<&Link> = links.iter().filter(|l| l.a == end || l.b == end).collect();
        own.sort_by_key(|l| (l.first, place(other(l))));
        own.iter().position(|l| *l == link).unwrap() < limits.neighbours
    };
    let mut profile: Vec<BTreeSet<NodeId>> = (0..nodes.len() as u32).map(|id| BTreeSet::from([id])).collect();
    let mut refused = Vec::new();
    for link in &ordered {
        let (a, b) = ends(link);
        let link = Link { a, b, first: link.first };
        let original = links.iter().find(|l| ends(l) == (a, b)).unwrap();
        if !is_among_first(original, a) || !is_among_first(original, b) {
            refused.push(Refused { link, reason: Refusal::NeighbourLimit });
            continue;
        }
        let (of_a, of_b) = (profile[a as usize].clone(), profile[b as usize].clone());
        let mut conflicts = BTreeMap::new();
        for x in &of_a {
            for y in &of_b {
                let (x_node, y_node) = (&nodes[*x as usize], &nodes[*y as usize]);
                if x != y && x_node.single && x_node.identity.field == y_node.identity.field {
                    conflicts.insert(x_node.rank, (x_node.identity.field, *x, *y));
                }
            }
        }
        let union: BTreeSet<NodeId> = of_a.union(&of_b).copied().collect();
        if of_a == of_b {
        } else if let Some((field, a, b)) = conflicts.into_values().next() {
            refused.push(Refused { link, reason: Refusal::Conflict { field, a, b } });
        } else if union.len() > limits.identities {
            refused.push(Refused { link, reason: Refusal::IdentityLimit });
        } else {
            for member in &union {
                profile[*member as usize] = union.clone();
            }
        }
    }
    let mut groups: Vec<Vec<NodeId>> = profile
        .into_iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|group| {
            let mut group: Vec<_> = group.into_iter().collect();
            group.sort_by_key(|id| place(*id));
            group
        })
        .collect();
    groups.sort_by_key(|group| place(group[0]));
    Resolution { groups, refused }
}

fn links() -> impl Strategy<Value = Vec<Link>> {
    prop::collection::btree_map((0..NODES, 0..NODES), 0i64..12, 0..40).prop_map(|links| {
        let mut seen = BTreeSet::new();
        let links = links.into_iter().filter(|((a, b), _)| a != b && seen.insert((*a.min(b), *a.max(b))));
        links.map(|((a, b), at)| Link { a, b, first: stamp(at) }).collect()
    })
}

proptest! {
    #![proptest_config(lql_cases::cases(3000))]

    #[test]
    fn a_resolution_is_what_the_laws_say_in_any_order(
        (links, shuffled) in links().prop_flat_map(|links| (Just(links.clone()), Just(links).prop_shuffle())),
        neighbours in 1usize..6,
        identities in 2usize..9,
        turn in any::<bool>(),
    ) {
        let names = names();
        let nodes = nodes(&names);
        let limits = Limits { neighbours, identities };
        let turned = shuffled.into_iter().map(|l| if turn { Link { a: l.b, b: l.a, ..l } } else { l });
        prop_assert_eq!(resolve(&nodes, turned, limits), oracle(&nodes, &links, limits));
    }
}

fn solve(links: &[(NodeId, NodeId)], limits: Limits) -> (Vec<Vec<NodeId>>, Vec<Refusal>) {
    let names: Vec<String> = (0..NODES).map(|at| format!("v{at:02}")).collect();
    let links = links.iter().enumerate().map(|(at, (a, b))| Link { a: *a, b: *b, first: stamp(at as i64) });
    let resolution = resolve(&nodes(&names), links, limits);
    let groups = resolution.groups.into_iter().filter(|group| group.len() > 1).collect();
    (groups, resolution.refused.into_iter().map(|refused| refused.reason).collect())
}

const USUAL: Limits = Limits { neighbours: 50, identities: 50 };

/// Reference 10.3 and 14.10: e-mail A (0) with cookies X (8) and Y (9), e-mail B (1) with cookie Z (10); then B and Y.
#[test]
fn a_link_between_two_values_of_a_single_valued_field_is_a_conflict() {
    let (groups, refused) = solve(&[(0, 8), (0, 9), (1, 10), (1, 9)], USUAL);
    assert_eq!(groups, [vec![0, 8, 9], vec![1, 10]]);
    assert_eq!(refused, [Refusal::Conflict { field: FieldId(0), a: 1, b: 0 }]);
}

#[test]
fn the_earlier_link_wins_a_contested_cookie() {
    let (groups, _) = solve(&[(1, 9), (0, 9)], USUAL);
    assert_eq!(groups, [vec![1, 9]]);
}

#[test]
fn a_link_must_be_among_the_first_of_both_its_ends() {
    let limits = Limits { neighbours: 2, ..USUAL };
    let (groups, refused) = solve(&[(0, 8), (0, 9), (0, 10), (4, 10)], limits);
    assert_eq!(groups, [vec![0, 8, 9], vec![4, 10]]);
    assert_eq!(refused, [Refusal::NeighbourLimit]);
}

#[test]
fn a_profile_does_not_outgrow_the_identity_limit() {
    let limits = Limits { identities: 3, ..USUAL };
    let (groups, refused) = solve(&[(0, 8), (0, 9), (0, 10)], limits);
    assert_eq!(groups, [vec![0, 8, 9]]);
    assert_eq!(refused, [Refusal::IdentityLimit]);
}
