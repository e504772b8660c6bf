//! The same events in other orders, in parts that are merged, and delivered twice: what comes out must not change.
//!
//! Events are mapped once. Another order costs a merge.

use super::chance::Chance;
use super::court::Court;
use super::format::Orders;
use super::judge::{Failure, clipped, name_of};
use super::matching::{Line, json};
use super::prepare::Ready;
use super::sources::{tables, value_of};
use crate::trial::{KeptChange, Trial};
use lql_compiler::Time;
use lql_runtime::wire::WireError;
use lql_runtime::{Profile, State};

/// Up to so many events, a case that does not say runs in every order.
const ALL_UP_TO: usize = 4;
/// With more events, in so many.
const ELSE: usize = 8;
/// So many ways there are to merge events in one order.
const WAYS: usize = 4;
/// Most events whose every order may be asked for: 5,040.
pub(super) const MOST_FOR_ALL: usize = 7;

/// Applies one change to a state; the number says how many were applied to it before. Tests put one in that depends on
/// the order.
pub(super) type Apply<'a> = &'a dyn Fn(&mut State, &KeptChange, usize);

/// Runs the case in other orders, up to the first that differs. Also tells how many were run.
pub(super) fn check(court: &Court<'_>, ready: &Ready<'_>, trial: &Trial) -> (usize, Option<Failure>) {
    check_with(court, ready, trial, &|state, change, _| {
        change.apply(state);
    })
}

pub(super) fn check_with(
    court: &Court<'_>,
    ready: &Ready<'_>,
    trial: &Trial,
    apply: Apply<'_>,
) -> (usize, Option<Failure>) {
    let count = trial.mapped.len();
    let plans = plans(ready.case.orders, count);
    let written: Vec<usize> = (0..count).collect();
    let expected = match Plan::as_written(count).run(trial, apply) {
        Ok(state) => state,
        Err(error) => return (0, Some(Failure::new(ready.case.place, error.to_string()))),
    };
    let bytes = expected.encode();
    for (at, plan) in plans.iter().enumerate() {
        let got = match plan.run(trial, apply) {
            Ok(got) if got.encode() == bytes => continue,
            got => got,
        };
        let mut failure =
            Failure::new(ready.case.place, format!("another order gives something else: {}", plan.way()));
        let order = |order: &[usize]| {
            let names = order.iter().filter_map(|at| ready.recording.events.get(*at));
            let names = names.map(|event| format!("{}:{}", event.file, event.line)).collect();
            clipped(names, 40).join(", ")
        };
        failure.notes = vec![
            format!("in the order {}", order(&written)),
            format!("and the order {}", order(&plan.order)),
        ];
        match got {
            Ok(got) => failure.lines = differences(court, ready, trial, &expected, &got),
            Err(error) => failure.notes.push(format!("the parts do not merge: {error}")),
        }
        return (at + 1, Some(failure));
    }
    (plans.len(), None)
}

/// One way to merge the events.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    /// The events, by their place in the case.
    order: Vec<usize>,
    /// In how many parts they are merged.
    parts: usize,
    /// Whether parts are merged as bytes.
    as_bytes: bool,
    /// Whether every message is delivered twice.
    twice: bool,
    /// Where chance begins.
    seed: u64,
}

impl Plan {
    fn as_written(count: usize) -> Self {
        Self { order: (0..count).collect(), parts: 1, as_bytes: false, twice: false, seed: 0 }
    }

    fn way(&self) -> String {
        let mut way = match self.parts {
            1 => "in another order".to_owned(),
            parts if self.as_bytes => format!("in another order and {parts} parts that are merged as bytes"),
            parts => format!("in another order and {parts} parts that are merged"),
        };
        if self.twice {
            way.push_str(", each message delivered twice");
        }
        way
    }

    fn run(&self, trial: &Trial, apply: Apply<'_>) -> Result<State, WireError> {
        let empty = trial.state.sibling();
        let mut states: Vec<(State, usize)> = (0..self.parts).map(|_| (empty.sibling(), 0)).collect();
        let mut chance = Chance(self.seed);
        let events = self.order.iter().filter_map(|at| Some((*at, trial.mapped.get(*at)?.as_ref().ok()?)));
        let events: Vec<_> = events.collect();
        // Copies come anywhere later; only messages with ids are known again.
        let again = events.iter().filter(|_| self.twice);
        for (number, (at, mapped)) in events.iter().chain(again).enumerate() {
            for change in &mapped.changes {
                if number >= events.len() && change.replay_key.is_none() {
                    continue;
                }
                // Copies of one message stay together, as they do when events are dealt out by home.
                let part = match change.replay_key {
                    Some(key) => Chance(self.seed ^ key as u64).below(self.parts),
                    None => Chance(self.seed ^ *at as u64).below(self.parts),
                };
                if let Some((state, applied)) = states.get_mut(part) {
                    apply(state, change, *applied);
                    *applied += 1;
                }
            }
        }
        let mut states: Vec<State> = states.into_iter().map(|(state, _)| state).collect();
        chance.shuffle(&mut states);
        let mut whole = states.pop().unwrap_or(empty);
        for state in states {
            if self.as_bytes {
                let bytes = lql_runtime::state::merge_encoded(&whole.encode(), &state.encode())?;
                whole = State::decode(&bytes, trial.state.schema())?;
            } else {
                whole.merge(state)?;
            }
        }
        Ok(whole)
    }
}

/// The orders of a case: all of them, or some that chance picks, the same in every run.
fn plans(orders: Option<Orders>, count: usize) -> Vec<Plan> {
    let all = match orders {
        Some(Orders::All) => true,
        Some(Orders::Some(_)) => false,
        None => count <= ALL_UP_TO,
    };
    let orders: Vec<Vec<usize>> = if all && count <= MOST_FOR_ALL {
        let orders = permutations(count);
        // Few events have few orders, but all the ways to merge them.
        let least = orders.len().max(WAYS);
        orders.into_iter().cycle().take(least).collect()
    } else {
        let wanted = match orders {
            Some(Orders::Some(wanted)) => wanted as usize,
            _ => ELSE,
        };
        let shuffled = |seed: usize| {
            let mut order: Vec<usize> = (0..count).collect();
            Chance(seed as u64 + 1).shuffle(&mut order);
            order
        };
        (0..wanted).map(shuffled).collect()
    };
    // One after the other: as one; in parts; in parts and twice; as one and twice.
    let plan = |(at, order): (usize, Vec<usize>)| Plan {
        order,
        parts: 1 + at % 3,
        as_bytes: at % 2 == 1,
        twice: at % 4 >= 2,
        seed: at as u64,
    };
    orders.into_iter().enumerate().map(plan).collect()
}

/// Every order of so many things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=order.len()).map(move |at| {
                let mut longer = order.clone();
                longer.insert(at, next);
                longer
            })
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// How the profiles of two states differ.
fn differences(
    court: &Court<'_>,
    ready: &Ready<'_>,
    trial: &Trial,
    expected: &State,
    got: &State,
) -> Vec<Line> {
    let schema = &court.package.schema;
    let as_of: Time = ready.now.or(trial.newest).unwrap_or_default();
    let mut lines = Vec::new();
    for table in tables(schema.tables.len()) {
        let (before, after): (Vec<Profile>, Vec<Profile>) =
            (expected.profiles(table, as_of).collect(), got.profiles(table, as_of).collect());
        for profile in &before {
            let name = name_of(profile, schema);
            let Some(other) = after.iter().find(|other| other.id == profile.id) else {
                lines.push(Line::Expected(format!("profile {name}")));
                continue;
            };
            for (id, field) in schema.fields_of(table) {
                let (a, b) = (value_of(profile, id), value_of(other, id));
                if a != b {
                    let shown = |value: Option<&_>| value.map_or("no value".to_owned(), json);
                    lines.push(Line::Expected(format!("{} of {name}: {}", field.name, shown(a))));
                    lines.push(Line::Got(format!("{} of {name}: {}", field.name, shown(b))));
                }
            }
            if profile.identities != other.identities {
                lines.push(Line::Expected(format!("profile {name}")));
                lines.push(Line::Got(format!("profile {}", name_of(other, schema))));
            }
        }
        let more = after.iter().filter(|other| before.iter().all(|profile| profile.id != other.id));
        lines.extend(more.map(|profile| Line::Got(format!("profile {}", name_of(profile, schema)))));
    }
    lines
}
