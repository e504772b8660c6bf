//! After every event the answer is that of the batch resolver and of the oracle over all links seen so far.

use std::collections::{BTreeMap, BTreeSet};

use lql_compiler::schema::{Block, FieldId};
use proptest::prelude::*;

use super::{IdentityField, Resolver, Touched};
use crate::identity::tests::{NODES, names, oracle, stamp};
use crate::identity::{
    Limits, Link, LinkSet, Node, NodeId, Refusal, Refused, Resolution, merge_links, resolve,
};
use crate::{Identity, Stamp};

/// Sixteen identity values as in the tests of the batch resolver: four each of two single-valued fields, eight of a
/// set-valued one.
struct Values(Vec<String>);

impl Values {
    fn new() -> Self {
        Self(names())
    }

    fn identity(&self, value: usize) -> Identity<'_> {
        let field = [0, 0, 0, 0, 1, 1, 1, 1].get(value).copied().unwrap_or(2);
        Identity { field: FieldId(field), value: &self.0[value] }
    }

    /// A rule for one of them.
    fn rule(&self, value: usize) -> Block {
        Block { field: Some(self.identity(value).field), pattern: self.0[value].clone() }
    }
}

fn resolver(limits: Limits) -> Resolver {
    let field = |field| IdentityField { field: FieldId(field), single: field < 2 };
    Resolver::new((0..3).map(field).collect(), limits)
}

#[derive(Clone, Debug)]
enum Step {
    Event { home: usize, others: Vec<usize>, at: i64 },
    Block(usize),
    Unblock(usize),
}

/// Everything that was seen, nothing forgotten.
#[derive(Default)]
struct Full {
    links: BTreeMap<(usize, usize), Stamp>,
    blocked: BTreeSet<usize>,
}

impl Full {
    fn see(&mut self, home: usize, others: &[usize], at: i64) {
        for other in others.iter().filter(|other| **other != home) {
            let first = self.links.entry((home.min(*other), home.max(*other))).or_insert(stamp(at));
            *first = stamp(at).min(*first);
        }
    }

    /// By the numbers of a resolver that has seen the same, without those of blocked values.
    fn links(&self, resolver: &Resolver, values: &Values) -> Vec<Link> {
        let id = |value: &usize| resolver.number(values.identity(*value)).unwrap();
        let open =
            self.links.iter().filter(|((a, b), _)| !self.blocked.contains(a) && !self.blocked.contains(b));
        open.map(|((a, b), first)| Link { a: id(a), b: id(b), first: *first }).collect()
    }

    fn check(&self, resolver: &Resolver, values: &Values, limits: Limits) -> Result<(), TestCaseError> {
        let nodes = nodes(resolver);
        let links = self.links(resolver, values);
        let mut expected = resolve(&nodes, links.iter().copied(), limits);
        // A link that neither end keeps is in no list.
        expected.refused.retain(|refused| {
            let Link { a, b, .. } = refused.link;
            refused.reason != Refusal::NeighbourLimit
                || [a, b].into_iter().any(|end| is_among_first(&nodes, &links, refused.link, end, limits))
        });
        check(resolver, &nodes, &expected)?;
        for id in 0..nodes.len() as NodeId {
            let all = links.iter().filter(|link| link.a == id || link.b == id).count();
            if self.blocked.is_empty() {
                prop_assert_eq!(resolver.rest(id) > 0, all > limits.neighbours);
            }
        }
        Ok(())
    }
}

fn nodes(resolver: &Resolver) -> Vec<Node<'_>> {
    (0..resolver.len() as NodeId).map(|id| resolver.node(id).unwrap()).collect()
}

fn is_among_first(nodes: &[Node<'_>], links: &[Link], link: Link, end: NodeId, limits: Limits) -> bool {
    let other = |link: &Link| nodes[if link.a == end { link.b } else { link.a } as usize];
    let before = links
        .iter()
        .filter(|l| l.a == end || l.b == end)
        .filter(|l| l.first.cmp(&link.first).then_with(|| other(l).order(&other(&link))).is_lt());
    before.count() < limits.neighbours
}

/// The quadratic oracle says the same; it is slow, so it is asked once.
fn check_by_oracle(
    resolver: &Resolver,
    full: &Full,
    values: &Values,
    limits: Limits,
) -> Result<(), TestCaseError> {
    let expected = oracle(&nodes(resolver), &full.links(resolver, values), limits);
    prop_assert_eq!(resolver.groups(), expected.groups);
    for refused in resolver.refused() {
        prop_assert!(expected.refused.contains(&refused));
    }
    Ok(())
}

/// All that can be asked says the same.
fn check(resolver: &Resolver, nodes: &[Node<'_>], expected: &Resolution) -> Result<(), TestCaseError> {
    prop_assert_eq!(&resolver.resolution(), expected);
    for id in 0..nodes.len() as NodeId {
        let group = expected.groups.iter().find(|group| group.contains(&id)).unwrap();
        prop_assert_eq!(&resolver.profile_of(id), group);
        for refused in resolver.refused_of(id) {
            prop_assert!(refused.link.a == id || refused.link.b == id);
            prop_assert!(expected.refused.contains(&refused));
        }
    }
    let of: BTreeSet<_> = (0..nodes.len() as NodeId)
        .flat_map(|id| resolver.refused_of(id))
        .map(|refused| (refused.link.a, refused.link.b))
        .collect();
    let all = expected.refused.iter().map(|refused| (refused.link.a, refused.link.b)).collect();
    prop_assert_eq!(of, all);
    Ok(())
}

/// What changes say, put together, is who is together.
#[derive(Default)]
struct Mirror(BTreeSet<Vec<NodeId>>);

impl Mirror {
    fn follow(&mut self, touched: &Touched, resolver: &Resolver) -> Result<(), TestCaseError> {
        for group in &touched.before {
            prop_assert!(self.0.remove(group), "{:?} was no profile", group);
        }
        for group in &touched.after {
            prop_assert!(!touched.before.contains(group), "{:?} stayed the same", group);
            prop_assert!(self.0.insert(group.clone()), "{:?} was there", group);
        }
        let groups: BTreeSet<_> = resolver
            .groups()
            .into_iter()
            .map(|mut group| {
                group.sort_unstable();
                group
            })
            .collect();
        prop_assert_eq!(&self.0, &groups);
        Ok(())
    }
}

fn step(values: std::ops::Range<usize>) -> impl Strategy<Value = Step> {
    let event = (values.clone(), prop::collection::vec(values.clone(), 0..4), 0i64..15)
        .prop_map(|(home, others, at)| Step::Event { home, others, at });
    prop_oneof![
        20 => event,
        1 => values.clone().prop_map(Step::Block),
        1 => values.prop_map(Step::Unblock),
    ]
}

/// Of all sixteen values, or so few of them that links come again and again.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop_oneof![Just(0..NODES as usize), Just(2..10usize)]
        .prop_flat_map(|values| prop::collection::vec(step(values), 0..60))
}

fn limits() -> impl Strategy<Value = Limits> {
    (1usize..6, 2usize..9).prop_map(|(neighbours, identities)| Limits { neighbours, identities })
}

proptest! {
    #![proptest_config(lql_cases::cases(200))]

    /// Rules do not change on the way: exact, whatever the limits.
    #[test]
    fn after_every_event_the_answer_is_that_of_the_batch(
        steps in steps(),
        blocked in prop::collection::btree_set(0..NODES as usize, 0..3),
        limits in limits(),
    ) {
        let values = Values::new();
        let (mut resolver, mut full, mut mirror) = (resolver(limits), Full::default(), Mirror::default());
        for value in &blocked {
            resolver.block(&values.rule(*value));
        }
        full.blocked = blocked;
        for step in steps {
            let Step::Event { home, others, at } = step else { continue };
            full.see(home, &others, at);
            let others = others.iter().map(|other| values.identity(*other));
            let touched = resolver.observe(values.identity(home), others, stamp(at));
            full.check(&resolver, &values, limits)?;
            mirror.follow(&touched, &resolver)?;
            prop_assert!(touched.incomplete.is_empty());
            let kept = resolve(&nodes(&resolver), resolver.links(), limits);
            prop_assert_eq!(resolver.resolution(), kept);
        }
        check_by_oracle(&resolver, &full, &values, limits)?;
    }

    /// Rules come and go; what they leave incomplete is seen again.
    #[test]
    fn blocking_takes_links_away_and_unblocking_brings_them_back(steps in steps(), limits in limits()) {
        let values = Values::new();
        let (mut resolver, mut full, mut mirror) = (resolver(limits), Full::default(), Mirror::default());
        for step in steps {
            let touched = match step {
                Step::Event { home, others, at } => {
                    full.see(home, &others, at);
                    let others = others.iter().map(|other| values.identity(*other));
                    resolver.observe(values.identity(home), others, stamp(at))
                }
                Step::Block(value) => {
                    full.blocked.insert(value);
                    resolver.block(&values.rule(value))
                }
                Step::Unblock(value) => {
                    full.blocked.remove(&value);
                    resolver.unblock(&values.rule(value))
                }
            };
            mirror.follow(&touched, &resolver)?;
            // What is kept decides, even before what is incomplete was seen again.
            let kept = resolve(&nodes(&resolver), resolver.links(), limits);
            prop_assert_eq!(resolver.resolution(), kept);
            let again: BTreeSet<_> = touched.incomplete.into_iter().collect();
            for ((a, b), first) in &full.links {
                let (a, b) = (values.identity(*a), values.identity(*b));
                if [a, b].into_iter().any(|end| again.contains(&resolver.number(end).unwrap())) {
                    let touched = resolver.link(a, b, *first);
                    mirror.follow(&touched, &resolver)?;
                }
            }
            full.check(&resolver, &values, limits)?;
        }
        check_by_oracle(&resolver, &full, &values, limits)?;
    }

    /// Nothing is ever incomplete while no value has more links than count.
    #[test]
    fn blocking_is_exact_below_the_neighbour_limit(steps in steps(), identities in 2usize..9) {
        let limits = Limits { neighbours: NODES as usize, identities };
        let values = Values::new();
        let (mut resolver, mut full) = (resolver(limits), Full::default());
        for step in steps {
            let touched = match step {
                Step::Event { home, others, at } => {
                    full.see(home, &others, at);
                    let others = others.iter().map(|other| values.identity(*other));
                    resolver.observe(values.identity(home), others, stamp(at))
                }
                Step::Block(value) => {
                    full.blocked.insert(value);
                    resolver.block(&values.rule(value))
                }
                Step::Unblock(value) => {
                    full.blocked.remove(&value);
                    resolver.unblock(&values.rule(value))
                }
            };
            prop_assert!(touched.incomplete.is_empty());
            full.check(&resolver, &values, limits)?;
        }
    }

    /// As a cluster does it: each part keeps the link sets of its values, they are merged as bytes, and what they hold
    /// is all that a resolver needs.
    #[test]
    fn link_sets_of_parts_give_the_answer_of_the_whole(steps in steps(), parts in 1usize..4, limits in limits()) {
        let values = Values::new();
        let mut whole = resolver(limits);
        let mut sets = vec![BTreeMap::<usize, LinkSet>::new(); parts];
        for (at_step, step) in steps.iter().enumerate() {
            let Step::Event { home, others, at } = step else { continue };
            whole.observe(values.identity(*home), others.iter().map(|other| values.identity(*other)), stamp(*at));
            for other in others.iter().filter(|other| *other != home) {
                for (end, other) in [(home, other), (other, home)] {
                    let other = values.identity(*other);
                    let set = sets[at_step % parts].entry(*end).or_default();
                    set.note(other.field.0, other, stamp(*at), limits.neighbours);
                }
            }
        }
        let mut merged = BTreeMap::<usize, Vec<u8>>::new();
        for (value, set) in sets.into_iter().flatten() {
            let theirs = set.encode();
            let own = merged.entry(value).or_insert_with(|| LinkSet::default().encode());
            *own = merge_links(own, &theirs, limits.neighbours).unwrap();
        }
        let mut finished = resolver(limits);
        for id in 0..whole.len() as NodeId {
            let node = whole.node(id).unwrap();
            finished.see(node.identity, whole.first(id).unwrap());
        }
        for (value, bytes) in merged {
            let set = LinkSet::decode(&bytes).unwrap();
            let identity = values.identity(value);
            set.iter().for_each(|(_, other, first)| drop(finished.link(identity, other, first)));
            prop_assert_eq!(set.rest() > 0, whole.rest(whole.number(identity).unwrap()) > 0);
        }
        prop_assert_eq!(finished.resolution(), whole.resolution());
    }

    /// The answer, the counts of the rest and the first sights are those of the set of events: in another order, with
    /// repetitions, they are the same.
    #[test]
    fn neither_order_nor_repetition_shows(
        (steps, shuffled) in steps().prop_flat_map(|steps| {
            let twice: Vec<_> = steps.iter().cloned().chain(steps.iter().take(20).cloned()).collect();
            (Just(steps), Just(twice).prop_shuffle())
        }),
        limits in limits(),
    ) {
        let told = |steps: &[Step]| {
            let values = Values::new();
            let mut resolver = resolver(limits);
            for step in steps {
                let Step::Event { home, others, at } = step else { continue };
                let others = others.iter().map(|other| values.identity(*other));
                resolver.observe(values.identity(*home), others, stamp(*at));
            }
            let name = |id: &NodeId| resolver.node(*id).unwrap().identity.value.to_owned();
            let groups: Vec<Vec<_>> = resolver.groups().iter().map(|g| g.iter().map(name).collect()).collect();
            let refused = resolver.refused();
            let refused: Vec<_> = refused.iter().map(|Refused { link, reason }| {
                let reason = match reason {
                    Refusal::Conflict { field, a, b } => format!("{field:?} {} {}", name(a), name(b)),
                    reason => format!("{reason:?}"),
                };
                (link.first, name(&link.a), name(&link.b), reason)
            }).collect();
            let ends: BTreeMap<_, _> = (0..resolver.len() as NodeId)
                .map(|id| (name(&id), (resolver.first(id), resolver.rest(id))))
                .collect();
            (groups, refused, ends)
        };
        prop_assert_eq!(told(&steps), told(&shuffled));
    }
}

#[test]
fn a_late_event_splits_a_profile_and_says_so() {
    let values = Values::new();
    let mut resolver = resolver(Limits { neighbours: 50, identities: 50 });
    let [anna, ben, cookie] = [0, 1, 8].map(|value| values.identity(value));
    resolver.link(ben, cookie, stamp(20));
    let [ben_id, cookie_id] = [ben, cookie].map(|identity| resolver.number(identity).unwrap());
    assert_eq!(resolver.profile_of(cookie_id), [ben_id, cookie_id]);

    let touched = resolver.link(anna, cookie, stamp(10));
    let anna_id = resolver.number(anna).unwrap();
    assert_eq!(touched.before, [vec![ben_id, cookie_id]]);
    assert_eq!(touched.after, [vec![ben_id], vec![cookie_id, anna_id]]);
    assert_eq!(touched.older, [cookie_id]);
    let link = Link { a: ben_id, b: cookie_id, first: stamp(20) };
    let reason = Refusal::Conflict { field: FieldId(0), a: ben_id, b: anna_id };
    assert_eq!(resolver.refused(), [Refused { link, reason }]);
    assert_eq!(resolver.refused_of(ben_id), resolver.refused());
    assert!(resolver.refused_of(anna_id).is_empty());

    assert_eq!(resolver.link(anna, cookie, stamp(10)), Touched::default());
}

#[test]
fn a_rule_blocks_values_seen_and_values_to_come_until_it_is_taken_back() {
    let values = Values::new();
    let mut resolver = resolver(Limits { neighbours: 50, identities: 50 });
    let [anna, kiosk, other] = [0, 8, 9].map(|value| values.identity(value));
    resolver.link(anna, kiosk, stamp(1));
    let [anna_id, kiosk_id] = [anna, kiosk].map(|identity| resolver.number(identity).unwrap());
    let rule = Block { field: Some(FieldId(2)), pattern: "v*".into() };
    let touched = resolver.block(&rule);
    assert_eq!(touched.after, [vec![anna_id], vec![kiosk_id]]);
    assert!(resolver.is_blocked(kiosk_id) && !resolver.is_blocked(anna_id));
    assert_eq!(resolver.block(&rule), Touched::default());

    resolver.link(anna, other, stamp(2));
    let other_id = resolver.number(other).unwrap();
    assert_eq!(resolver.profile_of(anna_id), [anna_id]);
    assert!(resolver.refused().is_empty());

    let touched = resolver.unblock(&rule);
    assert_eq!(touched.before, [vec![anna_id], vec![kiosk_id], vec![other_id]]);
    assert_eq!(touched.after, [vec![anna_id, kiosk_id, other_id]]);
}

#[test]
fn an_unknown_number_has_no_answer() {
    let resolver = resolver(Limits { neighbours: 1, identities: 1 });
    assert!(resolver.is_empty() && resolver.node(0).is_none() && resolver.first(0).is_none());
    assert!(resolver.profile_of(7).is_empty() && resolver.refused_of(7).is_empty());
    assert!(resolver.rest(7) == 0 && !resolver.is_blocked(7));
}
