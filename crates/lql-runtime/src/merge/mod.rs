//! Merging: the states that contributions to one field fold into.
//!
//! The laws, for every merge operator: applying contributions in any order, or merging the states of any parts of them
//! in any order, gives *equal* states, down to their structure. Contributions are ordered by (stamp, value), so even
//! two with the same stamp have no order of arrival. A value that has not the field's shape changes nothing.

mod exact;
mod fold;
mod limit;
mod maps;
mod owned;
mod sets;

#[cfg(test)]
mod tests;

use lql_compiler::schema::Field;
use lql_compiler::{Kind, MergeOp, Time, Value};

use crate::Stamp;
use exact::{ExactSum, IntSum};
use fold::{Best, Count, Fold, Held, Rule};
use limit::Limit;
use maps::FoldMap;
pub use owned::Owned;
use sets::{Days, Set, StampedSet};

/// All contributions to one field, folded. There is none without a contribution.
///
/// The field that every method takes is the one the state was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldState(Folded);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Folded {
    Held(Held),
    Best(Best),
    Count(Count),
    IntSum(IntSum),
    NumberSum(ExactSum),
    Set(Set),
    StampedSet(StampedSet),
    HeldMap(FoldMap<Held>),
    BestMap(FoldMap<Best>),
    IntSumMap(FoldMap<IntSum>),
    NumberSumMap(FoldMap<ExactSum>),
    Days(Days),
}

impl FieldState {
    /// The state after a first contribution; `None` if that contributes nothing.
    pub fn first(stamp: Stamp, value: Value<'_>, field: &Field) -> Option<Self> {
        let rule = rule(field);
        let limit = Limit::of(field);
        let kind = field.kind;
        let folded = match field.mergeop {
            _ if kind == Kind::TimeBuckets => Folded::Days(Days::default()),
            MergeOp::Latest | MergeOp::Oldest => Folded::Held(Held::first(stamp, value, rule)?),
            MergeOp::Min | MergeOp::Max => Folded::Best(Best::first(stamp, value, rule)?),
            MergeOp::Count => Folded::Count(Count::first(stamp, value, rule)?),
            MergeOp::Sum if kind == Kind::Int => Folded::IntSum(IntSum::first(stamp, value, rule)?),
            MergeOp::Sum if kind == Kind::Number => Folded::NumberSum(ExactSum::first(stamp, value, rule)?),
            MergeOp::Sum if kind == Kind::MapNumber => Folded::NumberSumMap(FoldMap::new(rule, limit)),
            MergeOp::Sum => Folded::IntSumMap(FoldMap::new(rule, limit)),
            MergeOp::Merge | MergeOp::Capped if kind.is_set() => {
                if limit.needs_stamps() || kind == Kind::TimedSet {
                    Folded::StampedSet(StampedSet::default())
                } else {
                    Folded::Set(Set::default())
                }
            }
            MergeOp::Merge | MergeOp::Capped | MergeOp::LatestMap | MergeOp::OldestMap => {
                Folded::HeldMap(FoldMap::new(rule, limit))
            }
            MergeOp::MapMax | MergeOp::MapMin => Folded::BestMap(FoldMap::new(rule, limit)),
        };
        let mut state = Self(folded);
        if state.is_empty_collection() {
            state.apply(stamp, value, field);
            if state.is_empty_collection() {
                return None;
            }
        }
        Some(state)
    }

    /// One contribution more.
    pub fn apply(&mut self, stamp: Stamp, value: Value<'_>, field: &Field) {
        let rule = rule(field);
        match &mut self.0 {
            Folded::Held(held) => held.apply(stamp, value, rule),
            Folded::Best(best) => best.apply(stamp, value, rule),
            Folded::Count(count) => count.apply(stamp, value, rule),
            Folded::IntSum(sum) => Fold::apply(sum, stamp, value, rule),
            Folded::NumberSum(sum) => Fold::apply(sum, stamp, value, rule),
            Folded::Set(set) => set.apply(field.kind, value),
            Folded::StampedSet(set) => set.apply(stamp, field.kind, value, Limit::of(field)),
            Folded::HeldMap(map) => map.apply(stamp, value, rule, Limit::of(field)),
            Folded::BestMap(map) => map.apply(stamp, value, rule, Limit::of(field)),
            Folded::IntSumMap(map) => map.apply(stamp, value, rule, Limit::of(field)),
            Folded::NumberSumMap(map) => map.apply(stamp, value, rule, Limit::of(field)),
            Folded::Days(days) => days.apply(value),
        }
    }

    /// All contributions of another state of the same field.
    pub fn merge(&mut self, other: Self, field: &Field) {
        let rule = rule(field);
        let limit = Limit::of(field);
        match (&mut self.0, other.0) {
            (Folded::Held(a), Folded::Held(b)) => a.merge(b, rule),
            (Folded::Best(a), Folded::Best(b)) => a.merge(b, rule),
            (Folded::Count(a), Folded::Count(b)) => a.merge(b, rule),
            (Folded::IntSum(a), Folded::IntSum(b)) => a.merge(b, rule),
            (Folded::NumberSum(a), Folded::NumberSum(b)) => a.merge(b, rule),
            (Folded::Set(a), Folded::Set(b)) => a.merge(b),
            (Folded::StampedSet(a), Folded::StampedSet(b)) => a.merge(b, limit),
            (Folded::HeldMap(a), Folded::HeldMap(b)) => a.merge(b, rule, limit),
            (Folded::BestMap(a), Folded::BestMap(b)) => a.merge(b, rule, limit),
            (Folded::IntSumMap(a), Folded::IntSumMap(b)) => a.merge(b, rule, limit),
            (Folded::NumberSumMap(a), Folded::NumberSumMap(b)) => a.merge(b, rule, limit),
            (Folded::Days(a), Folded::Days(b)) => a.merge(&b),
            // Two states of one field have one form.
            _ => {}
        }
    }

    /// The value at an instant; `None` if all elements of the collection are too old by then.
    pub fn read(&self, field: &Field, as_of: Time) -> Option<Owned> {
        let rule = rule(field);
        let limit = Limit::of(field);
        let value = match &self.0 {
            Folded::Held(held) => return Some(held.read()),
            Folded::Best(best) => best.read(),
            Folded::Count(count) => count.read(),
            Folded::IntSum(sum) => sum.read(),
            Folded::NumberSum(sum) => sum.read(),
            Folded::Set(set) => set.read(),
            Folded::StampedSet(set) => set.read(field.kind, limit, as_of),
            Folded::HeldMap(map) => map.read(rule, limit, as_of),
            Folded::BestMap(map) => map.read(rule, limit, as_of),
            Folded::IntSumMap(map) => map.read(rule, limit, as_of),
            Folded::NumberSumMap(map) => map.read(rule, limit, as_of),
            Folded::Days(days) => days.read(),
        };
        match &value {
            Owned::List(items) if items.is_empty() => None,
            Owned::Map(entries) if entries.is_empty() => None,
            _ => Some(value),
        }
    }

    fn is_empty_collection(&self) -> bool {
        match &self.0 {
            Folded::Set(set) => set.0.is_empty(),
            Folded::StampedSet(set) => set.0.is_empty(),
            Folded::HeldMap(map) => map.entries.is_empty(),
            Folded::BestMap(map) => map.entries.is_empty(),
            Folded::IntSumMap(map) => map.entries.is_empty(),
            Folded::NumberSumMap(map) => map.entries.is_empty(),
            Folded::Days(days) => days.0.is_empty(),
            Folded::Held(_)
            | Folded::Best(_)
            | Folded::Count(_)
            | Folded::IntSum(_)
            | Folded::NumberSum(_) => false,
        }
    }
}

fn rule(field: &Field) -> Rule {
    let whole = matches!(field.mergeop, MergeOp::Latest | MergeOp::Oldest);
    let kind = match field.kind.entry_kind() {
        Some(entry) if !whole => entry,
        _ => field.kind,
    };
    Rule { kind, op: field.mergeop }
}
