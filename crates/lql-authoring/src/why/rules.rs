//! Which contributions make the value of a field, and what beat the others: the merge operators, told one by one.
//!
//! The merge itself knows only the result. Here every contribution gets a verdict; those that *decide* are enough to make
//! the same value again, which a property test checks against the merge.

use lql_compiler::{Kind, Time};
use lql_runtime::Stamp;
use lql_runtime::merge::{FieldOp, Form, Owned};
use serde::Serialize;
use std::collections::BTreeMap;

/// What became of a contribution, or of an element or key of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is the value.
    Wins,
    /// It is added or counted with others.
    Counts,
    /// It brought an element or key that is there.
    Brings,
    /// The value of its key comes from elsewhere, but it is why the key is still among the newest.
    Renews,
    /// Another brought the same: nothing changed.
    Same,
    /// A newer one won.
    Older,
    /// An older one won.
    Newer,
    /// Another event of the same time won: of two event ids, the smaller is the older.
    SameTime,
    /// The same time and event id: the larger of two values won, for `oldest` the smaller.
    SameEvent,
    /// A greater one won.
    Smaller,
    /// A smaller one won.
    Greater,
    /// Newer elements fill the capacity.
    Evicted,
    /// It was last seen longer ago than elements are kept.
    Expired,
    /// It does not have the shape that the operator folds.
    Unfit,
}

impl Verdict {
    /// Whether the value would be another without it, as far as no other says the same.
    pub fn decides(self) -> bool {
        matches!(self, Self::Wins | Self::Counts | Self::Brings | Self::Renews)
    }
}

/// The verdict on a contribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// On all of it: the best for it of those on its parts.
    pub verdict: Verdict,
    /// On its elements or keys, where it has several.
    pub parts: Vec<(Owned, Verdict)>,
}

/// Judges all contributions to a field, in the order given.
pub fn judge(op: &FieldOp, given: &[(Stamp, &Owned)], as_of: Time) -> Vec<Judgement> {
    let items = items(op, given);
    let mut verdicts: Vec<Verdict> = vec![Verdict::Unfit; items.len()];
    let mut by_key: BTreeMap<&Owned, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        by_key.entry(&item.key).or_default().push(at);
    }
    let holder = holder(op);
    let is_set = matches!(op.form, Form::Set | Form::StampedSet);
    for same in by_key.values() {
        hold(holder, is_set, &items, same, &mut verdicts);
    }
    if op.form == Form::StampedSet || is_by_key(op.form) {
        limit(op, &items, &by_key, as_of, &mut verdicts);
    }
    let mut judged: Vec<Judgement> =
        given.iter().map(|_| Judgement { verdict: Verdict::Unfit, parts: Vec::new() }).collect();
    for (item, verdict) in items.into_iter().zip(verdicts) {
        if let Some(judgement) = judged.get_mut(item.of) {
            judgement.verdict = judgement.verdict.min(verdict);
            judgement.parts.push((item.key, verdict));
        }
    }
    judged
}

/// A scalar, an element of a set, an entry of a map: what is folded with its like.
struct Item {
    /// Which contribution it is from.
    of: usize,
    stamp: Stamp,
    /// The element or key; of scalars, `NULL`.
    key: Owned,
    /// What is folded; of sets, the element.
    value: Owned,
}

/// Who holds the value among the items of one key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Newest,
    Oldest,
    Least,
    Greatest,
    /// All of them together.
    All,
}

/// Whether the keys of a map fold each for itself.
fn is_by_key(form: Form) -> bool {
    use Form::{GreatestMap, IntSumMap, LeastMap, NewestMap, NumberSumMap, OldestMap};
    matches!(form, NewestMap | OldestMap | LeastMap | GreatestMap | IntSumMap | NumberSumMap)
}

fn holder(op: &FieldOp) -> Holder {
    match op.form {
        Form::Newest | Form::NewestMap | Form::StampedSet => Holder::Newest,
        Form::Oldest | Form::OldestMap | Form::Set => Holder::Oldest,
        Form::Least | Form::LeastMap => Holder::Least,
        Form::Greatest | Form::GreatestMap => Holder::Greatest,
        Form::Count | Form::IntSum | Form::NumberSum | Form::IntSumMap | Form::NumberSumMap | Form::Days => {
            Holder::All
        }
    }
}

fn items(op: &FieldOp, given: &[(Stamp, &Owned)]) -> Vec<Item> {
    let mut items = Vec::new();
    for (of, (stamp, value)) in given.iter().enumerate() {
        let item = |key: Owned, value: Owned| Item { of, stamp: *stamp, key, value };
        match (op.form, *value) {
            (Form::Set | Form::StampedSet | Form::Days, Owned::List(elements)) => {
                items.extend(elements.iter().map(|element| item(element.clone(), element.clone())));
            }
            (Form::Set | Form::StampedSet | Form::Days, element) => {
                items.push(item(element.clone(), element.clone()));
            }
            (form, Owned::Map(entries)) if is_by_key(form) => {
                items
                    .extend(entries.iter().map(|(key, value)| item(Owned::Text(key.clone()), value.clone())));
            }
            (_, Owned::Int(int)) if op.kind == Kind::Number => {
                items.push(item(Owned::Null, Owned::number(*int as f64)));
            }
            (_, value) => items.push(item(Owned::Null, value.clone())),
        }
    }
    items
}

/// The verdicts on the items of one key, before there are limits.
fn hold(holder: Holder, is_set: bool, items: &[Item], same: &[usize], verdicts: &mut [Verdict]) {
    let is_number = |item: &Item| !matches!(item.value, Owned::Number(number) if number.is_nan());
    let of = |at: &usize| items.get(*at);
    let all = || same.iter().filter_map(of);
    // Equal contributions of one place in the order: the first that was recorded.
    let winner = match holder {
        Holder::All => None,
        Holder::Newest => all().rev().max_by_key(|item| (item.stamp, &item.value)),
        Holder::Oldest => all().min_by_key(|item| (item.stamp, &item.value)),
        Holder::Least => all().min_by_key(|item| (!is_number(item), &item.value, item.stamp)),
        Holder::Greatest => {
            all().rev().max_by_key(|item| (is_number(item), &item.value, std::cmp::Reverse(item.stamp)))
        }
    };
    for at in same {
        let (Some(item), Some(slot)) = (items.get(*at), verdicts.get_mut(*at)) else { continue };
        *slot = match winner {
            None => Verdict::Counts,
            Some(winner) if std::ptr::eq(item, winner) && item.key == Owned::Null => Verdict::Wins,
            Some(winner) if std::ptr::eq(item, winner) => Verdict::Brings,
            // An element is the same whoever brings it.
            Some(_) if is_set => Verdict::Same,
            Some(winner) => beaten(holder, item, winner),
        };
    }
}

/// Why an item lost.
fn beaten(holder: Holder, item: &Item, winner: &Item) -> Verdict {
    match holder {
        Holder::Least if item.value != winner.value => Verdict::Greater,
        Holder::Greatest if item.value != winner.value => Verdict::Smaller,
        Holder::Least | Holder::Greatest | Holder::All => Verdict::Same,
        Holder::Newest | Holder::Oldest if item.stamp == winner.stamp => {
            if item.value == winner.value {
                Verdict::Same
            } else {
                Verdict::SameEvent
            }
        }
        Holder::Newest | Holder::Oldest if item.stamp.time == winner.stamp.time => Verdict::SameTime,
        Holder::Newest => Verdict::Older,
        Holder::Oldest => Verdict::Newer,
    }
}

/// Keys beyond the capacity, and those that are too old.
fn limit(
    op: &FieldOp,
    items: &[Item],
    by_key: &BTreeMap<&Owned, Vec<usize>>,
    as_of: Time,
    verdicts: &mut [Verdict],
) {
    if op.capacity == 0 && op.keep_days == 0 {
        return;
    }
    let newest =
        |same: &[usize]| same.iter().rev().copied().max_by_key(|at| items.get(*at).map(|item| item.stamp));
    let mut keys: Vec<(Stamp, &Owned, usize, &Vec<usize>)> = by_key
        .iter()
        .filter_map(|(key, same)| {
            let newest = newest(same)?;
            Some((items.get(newest)?.stamp, *key, newest, same))
        })
        .collect();
    keys.sort();
    let excess = if op.capacity == 0 { 0 } else { keys.len().saturating_sub(op.capacity as usize) };
    let oldest = op.oldest_kept(as_of);
    for (at, (seen, _, newest, same)) in keys.iter().enumerate() {
        let gone = if at < excess {
            Some(Verdict::Evicted)
        } else {
            oldest.is_some_and(|oldest| seen.time < oldest).then_some(Verdict::Expired)
        };
        if let Some(gone) = gone {
            same.iter().for_each(|item| {
                if let Some(slot) = verdicts.get_mut(*item) {
                    *slot = gone;
                }
            });
        } else {
            let decides = |at: &&usize| verdicts.get(**at).is_some_and(|verdict| verdict.decides());
            let is_told =
                same.iter().filter(decides).any(|at| items.get(*at).is_some_and(|item| item.stamp == *seen));
            if let Some(slot) = verdicts.get_mut(*newest).filter(|_| !is_told) {
                *slot = Verdict::Renews;
            }
        }
    }
}
