//! What changes cost, in steps: links and identity values looked at. Seconds are not measured.
//!
//! The largest sizes take minutes: `cargo nextest run --release -p lql-runtime --run-ignored only cost`.

use lql_compiler::schema::FieldId;

use super::{IdentityField, Resolver, Touched};
use crate::Identity;
use crate::identity::tests::stamp;
use crate::identity::{Limits, Node, NodeId, resolve};

const USUAL: Limits = Limits { neighbours: 50, identities: 50 };
const EMAIL: u16 = 0;
const COOKIE: u16 = 1;

/// No change takes more steps than this for each identity value and link that it could reach.
const RATIO: u64 = 6;

/// Field and number of an identity value.
type Value = (u16, u32);

/// A link between two identity values, and its time.
type Event = (Value, Value, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Time,
    Reversed,
    Shuffled,
}

const ORDERS: [Order; 3] = [Order::Time, Order::Reversed, Order::Shuffled];

impl Order {
    fn of<T>(self, mut things: Vec<T>) -> Vec<T> {
        match self {
            Self::Time => {}
            Self::Reversed => things.reverse(),
            Self::Shuffled => {
                // Any fixed shuffle will do.
                let mut random = 0x9e37_79b9_7f4a_7c15u64;
                for at in (1..things.len()).rev() {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    things.swap(at, (random >> 33) as usize % (at + 1));
                }
            }
        }
        things
    }
}

/// Steps of one change each.
#[derive(Debug)]
struct Cost {
    median: u64,
    max: u64,
    total: u64,
    changes: u64,
    /// The most steps of a change for each value and link that it could [`reach`].
    ratio: u64,
}

impl Cost {
    fn mean(&self) -> u64 {
        self.total.div_ceil(self.changes.max(1))
    }
}

fn resolver(limits: Limits) -> Resolver {
    let field = |(field, single)| IdentityField { field: FieldId(field), single };
    Resolver::new([(EMAIL, true), (COOKIE, false)].into_iter().map(field).collect(), limits)
}

/// Observes the events one by one; in the end the answer is that of the batch resolver.
fn cost(resolver: &mut Resolver, events: &[Event], limits: Limits) -> Cost {
    let (mut steps, mut ratio) = (Vec::with_capacity(events.len()), 0);
    for event in events {
        let (cost, touched) = observe(resolver, *event);
        steps.push(cost);
        // Few steps are few, whatever they could reach.
        if cost > 20 {
            ratio = ratio.max(cost.div_ceil(reach(resolver, *event, &touched)));
        }
    }
    let nodes: Vec<Node<'_>> = (0..resolver.len() as NodeId).map(|id| resolver.node(id).unwrap()).collect();
    assert_eq!(resolver.resolution(), resolve(&nodes, resolver.links(), limits));
    steps.sort_unstable();
    Cost {
        median: steps[steps.len() / 2],
        max: steps[steps.len() - 1],
        total: steps.iter().sum(),
        changes: steps.len() as u64,
        ratio,
    }
}

fn observe(resolver: &mut Resolver, (a, b, at): Event) -> (u64, Touched) {
    let before = resolver.steps();
    let [a_text, b_text] = [a, b].map(text);
    let touched = resolver.link(identity(a, &a_text), identity(b, &b_text), stamp(at));
    (resolver.steps() - before, touched)
}

/// The identity values of the profiles that an event changed or had its ends in, and the links that they keep.
fn reach(resolver: &Resolver, (a, b, _): Event, touched: &Touched) -> u64 {
    let ends = [a, b].map(|end| resolver.number(identity(end, &text(end))).unwrap());
    let ends = ends.iter().flat_map(|end| resolver.forest.members(*end));
    let mut reach: Vec<&NodeId> = ends.chain(touched.before.iter().chain(&touched.after).flatten()).collect();
    reach.sort_unstable();
    reach.dedup();
    reach.into_iter().map(|id| 1 + resolver.store.kept(*id).len() as u64).sum()
}

fn text((_, number): Value) -> String {
    format!("v{number:07}")
}

fn identity((field, _): Value, text: &str) -> Identity<'_> {
    Identity { field: FieldId(field), value: text }
}

/// One cookie with very many e-mail addresses.
fn kiosk(emails: u32) -> Vec<Event> {
    (0..emails).map(|email| ((EMAIL, email), (COOKIE, 0), i64::from(email))).collect()
}

/// Cookies of which each was seen with the next.
fn chain(cookies: u32) -> Vec<Event> {
    (1..cookies).map(|cookie| ((COOKIE, cookie - 1), (COOKIE, cookie), i64::from(cookie))).collect()
}

/// A cookie with `width` cookies, each of these again, and so on.
fn star_of_stars(width: u32, depth: u32) -> Vec<Event> {
    let (mut level, mut next, mut events) = (vec![0], 1, Vec::new());
    for _ in 0..depth {
        let mut below = Vec::new();
        for hub in level {
            for _ in 0..width {
                events.push(((COOKIE, hub), (COOKIE, next), i64::from(next)));
                below.push(next);
                next += 1;
            }
        }
        level = below;
    }
    events
}

fn kiosk_cost(emails: u32) {
    for order in ORDERS {
        let mut resolver = resolver(USUAL);
        let cost = cost(&mut resolver, &order.of(kiosk(emails)), USUAL);
        println!("kiosk of {emails}, {order:?}: {cost:?}");
        let kiosk = resolver.number(Identity { field: FieldId(COOKIE), value: "v0000000" }).unwrap();
        assert_eq!(resolver.refused_of(kiosk).len(), USUAL.neighbours - 1);
        let rest = resolver.rest(kiosk) as f64 / f64::from(emails - USUAL.neighbours as u32);
        assert!((0.8..1.2).contains(&rest), "{rest}");
        match order {
            Order::Time => assert!(cost.median <= 3 && cost.max <= 10, "{cost:?}"),
            // Each new one is the first: all that count are decided again, each pushed out by its neighbour.
            Order::Reversed => assert!(cost.max <= 3 * 50 + 20, "{cost:?}"),
            // Only those that get among the first 50 matter.
            Order::Shuffled => {
                assert!(cost.median <= 3 && cost.max <= 3 * 50 + 20 && cost.mean() <= 20, "{cost:?}");
            }
        }
    }
}

#[test]
fn a_cookie_with_very_many_addresses_costs_its_limit_at_most() {
    kiosk_cost(10_000);
}

#[test]
#[ignore = "long"]
fn a_cookie_with_200_000_addresses_costs_its_limit_at_most() {
    kiosk_cost(200_000);
}

/// With a link before all others, all profiles of a chain move on by one: each of its values changes its company.
fn chain_cost(cookies: u32) {
    for order in ORDERS {
        let cost = cost(&mut resolver(USUAL), &order.of(chain(cookies)), USUAL);
        println!("chain of {cookies}, {order:?}: {cost:?}");
        assert!(cost.ratio <= RATIO, "{cost:?}");
        match order {
            Order::Time => assert!(cost.median <= 5 && cost.max <= 10, "{cost:?}"),
            Order::Reversed => assert!(cost.max <= 8 * u64::from(cookies), "{cost:?}"),
            // A link comes between two stretches of the chain, which are short but for the last links.
            Order::Shuffled => assert!(cost.median <= 30 && cost.mean() <= 200, "{cost:?}"),
        }
    }
}

#[test]
fn a_chain_costs_what_changes() {
    chain_cost(500);
}

#[test]
#[ignore = "long"]
fn a_long_chain_costs_what_changes() {
    chain_cost(10_000);
}

fn star_cost(depth: u32) {
    for order in ORDERS {
        let cost = cost(&mut resolver(USUAL), &order.of(star_of_stars(50, depth)), USUAL);
        println!("star of stars 50^{depth}, {order:?}: {cost:?}");
        assert!(cost.ratio <= RATIO, "{cost:?}");
        match order {
            Order::Time => assert!(cost.median <= 5 && cost.max <= 10, "{cost:?}"),
            // A hub that loses or wins a value passes it on, so one link can change many profiles. Most do not.
            _ => assert!(cost.median <= 300 && cost.mean() <= 300, "{cost:?}"),
        }
    }
}

#[test]
fn a_star_of_stars_costs_what_changes() {
    star_cost(2);
}

#[test]
#[ignore = "long"]
fn a_star_of_stars_of_stars_costs_what_changes() {
    star_cost(3);
}

/// The same link again and again.
fn popular_cost(events: u32) {
    for order in ORDERS {
        let same = (0..events).map(|at| ((EMAIL, 0), (COOKIE, 0), i64::from(at))).collect();
        let mut resolver = resolver(USUAL);
        let cost = cost(&mut resolver, &order.of(same), USUAL);
        println!("the same link {events} times, {order:?}: {cost:?}");
        assert!(cost.max <= 20, "{cost:?}");
        assert!(resolver.store.links.len() <= 2, "the link, and what it was while it gets older");
        if order != Order::Reversed {
            assert!(cost.median == 1 && cost.mean() <= 2, "{cost:?}");
        }
    }
}

#[test]
fn a_link_seen_by_very_many_events_costs_nothing_more() {
    popular_cost(20_000);
}

#[test]
#[ignore = "long"]
fn a_link_seen_by_a_million_events_costs_nothing_more() {
    popular_cost(1_000_000);
}

/// In order, it does not matter how large profiles are.
#[test]
fn a_link_in_order_costs_the_same_in_a_large_profile() {
    let limits = Limits { neighbours: usize::MAX, identities: usize::MAX };
    for events in [chain(2_000), star_of_stars(2_000, 1)] {
        let cost = cost(&mut resolver(limits), &events, limits);
        println!("2000 in one profile: {cost:?}");
        assert!(cost.max <= 10, "{cost:?}");
    }
}

/// Everything at once: conflicts, both limits, profiles that touch each other.
#[test]
fn a_tangle_costs_what_changes() {
    let limits = Limits { neighbours: 8, identities: 12 };
    let value = |number: u32| if number < 50 { (EMAIL, number) } else { (COOKIE, number) };
    let mut random = 1u32;
    let mut next = |below: u32| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) % below
    };
    let events: Vec<Event> =
        (0..2_000).map(|at| (value(next(500)), value(next(500)), i64::from(at))).collect();
    for order in ORDERS {
        let cost = cost(&mut resolver(limits), &order.of(events.clone()), limits);
        println!("tangle of 2000 links, {order:?}: {cost:?}");
        assert!(cost.ratio <= RATIO, "{cost:?}");
    }
}
