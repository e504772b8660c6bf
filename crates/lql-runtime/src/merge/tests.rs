use std::collections::BTreeMap;

use bumpalo::Bump;
use lql_compiler::schema::{Field, FieldId, Schema, Table, TableId};
use lql_compiler::{Kind, MERGE_OPS, MergeOp, Time, Value};
use proptest::prelude::*;

use super::{OpTable, Owned};
use crate::fragment::{Fragment, Scratch, check, merge, put_change};
use crate::{Change, Contribution, Stamp};

const DAY: i64 = 86_400;

fn field(kind: Kind, mergeop: MergeOp) -> Field {
    Field {
        table: TableId(0),
        name: "f".into(),
        kind,
        mergeop,
        capacity: None,
        keep_days: None,
        identity: false,
        shortdesc: None,
        longdesc: None,
    }
}

fn at(day: i64) -> Time {
    Time::from_seconds(day * DAY).unwrap()
}

fn stamp(day: i64, id: u64) -> Stamp {
    Stamp { time: at(day), id }
}

/// A field on its own: what a fragment of it folds to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Folded(Vec<u8>);

impl Folded {
    fn read(&self, field: &Field, as_of: Time) -> Option<Owned> {
        let ops = OpTable::new(&schema(field));
        let fragment = Fragment::open(&self.0).unwrap();
        fragment.fields().next().and_then(|field| crate::fragment::read(&field, &ops, as_of))
    }
}

fn schema(field: &Field) -> Schema {
    let table = Table {
        name: "t".into(),
        identities: Vec::new(),
        neighbour_limit: 50,
        identity_limit: 50,
        blocked: Vec::new(),
    };
    Schema { tables: vec![table], fields: vec![field.clone()] }
}

fn of_one(field: &Field, stamp: Stamp, value: Value<'_>) -> Vec<u8> {
    let contributions = [Contribution { field: FieldId(0), column: 0, value }];
    let change =
        Change { table: TableId(0), stamp, replay_key: None, identities: &[], contributions: &contributions };
    let mut out = Vec::new();
    put_change(&change, &OpTable::new(&schema(field)), &mut Scratch::default(), &mut out);
    assert_eq!(check(&out), Ok(()), "{out:?}");
    out
}

fn folded(field: &Field, contributions: &[(Stamp, Owned)]) -> Option<Folded> {
    let arena = Bump::new();
    let parts = contributions.iter().map(|(stamp, value)| Folded(of_one(field, *stamp, value.value(&arena))));
    parts.fold(None, |whole, part| merged(whole, Some(part), field))
}

fn merged(a: Option<Folded>, b: Option<Folded>, _: &Field) -> Option<Folded> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let mut out = Vec::new();
            merge(&a.0, &b.0, &mut Scratch::default(), &mut out).unwrap();
            assert_eq!(check(&out), Ok(()), "{a:?} {b:?} {out:?}");
            Some(Folded(out))
        }
        (a, b) => a.or(b),
    }
}

/// What the reference says, in the plainest words: collect everything, sort, look.
fn oracle(field: &Field, contributions: &[(Stamp, Owned)], as_of: Time) -> Option<Owned> {
    let mut all: Vec<_> = contributions.iter().map(|(s, v)| (*s, normal(field.kind, v.clone()))).collect();
    all.sort();
    let whole = matches!(field.mergeop, MergeOp::Latest | MergeOp::Oldest);
    if field.kind == Kind::TimeBuckets {
        let mut days = BTreeMap::new();
        for (_, value) in all {
            for item in items(value) {
                let Owned::Time(time) = item else { continue };
                *days.entry(time.to_rfc3339()[..10].to_owned()).or_insert(0) += 1;
            }
        }
        let entries: Vec<_> = days.into_iter().map(|(day, n)| (day.into(), Owned::Int(n))).collect();
        return (!entries.is_empty()).then(|| Owned::Map(entries.into()));
    }
    if field.kind.is_set() && !whole {
        let mut newest: BTreeMap<Owned, Stamp> = BTreeMap::new();
        for (stamp, value) in all {
            for item in items(value) {
                newest.insert(item, stamp);
            }
        }
        let mut kept = limited(field, newest.into_iter().map(|(item, s)| (s, item)).collect(), as_of);
        if field.kind != Kind::TimedSet {
            kept.sort_by(|a, b| a.1.cmp(&b.1));
        }
        let list: Box<[_]> = kept.into_iter().map(|(_, item)| item).collect();
        return (!list.is_empty()).then_some(Owned::List(list));
    }
    if field.kind.is_map() && !whole {
        let mut by_key: BTreeMap<_, Vec<(Stamp, Owned)>> = BTreeMap::new();
        for (stamp, value) in all {
            let Owned::Map(entries) = value else { continue };
            for (key, item) in entries {
                by_key.entry(key).or_default().push((stamp, item));
            }
        }
        // The newest contribution to a key is not that of its newest event if two values tie.
        for list in by_key.values_mut() {
            list.sort();
        }
        let newest = by_key.iter().map(|(key, list)| (list.last().unwrap().0, key.clone())).collect();
        let mut kept = limited(field, newest, as_of);
        kept.sort_by(|a, b| a.1.cmp(&b.1));
        let entries: Box<[_]> = kept
            .into_iter()
            .map(|(_, key)| {
                let value = scalar(field.mergeop, &by_key[&key]);
                (key, value)
            })
            .collect();
        return (!entries.is_empty()).then_some(Owned::Map(entries));
    }
    (!all.is_empty()).then(|| scalar(field.mergeop, &all))
}

fn items(value: Owned) -> Vec<Owned> {
    match value {
        Owned::List(items) => items.into_vec(),
        single => vec![single],
    }
}

fn normal(kind: Kind, value: Owned) -> Owned {
    if !kind.is_set() {
        return value;
    }
    let mut items = items(value);
    items.sort();
    items.dedup();
    Owned::List(items.into())
}

/// The newest as many as the capacity, without those that are too old; sorted by (stamp, element).
fn limited<T: Ord>(field: &Field, mut elements: Vec<(Stamp, T)>, as_of: Time) -> Vec<(Stamp, T)> {
    elements.sort();
    if let Some(capacity) = field.capacity.filter(|n| *n > 0) {
        let excess = elements.len().saturating_sub(capacity as usize);
        elements.drain(..excess);
    }
    if let Some(days) = field.keep_days.filter(|n| *n > 0) {
        elements.retain(|(stamp, _)| stamp.time.seconds() >= as_of.seconds() - i64::from(days) * DAY);
    }
    elements
}

/// Over a sorted, non-empty list. Numbers are quarters, so that plain addition is exact.
fn scalar(op: MergeOp, all: &[(Stamp, Owned)]) -> Owned {
    let numbers = || all.iter().filter(|(_, v)| !matches!(v, Owned::Number(n) if n.is_nan()));
    match op {
        MergeOp::Latest | MergeOp::LatestMap | MergeOp::Merge => all.last().unwrap().1.clone(),
        MergeOp::Oldest | MergeOp::OldestMap => all[0].1.clone(),
        MergeOp::Min | MergeOp::MapMin => numbers().map(|c| &c.1).min().unwrap_or(&all[0].1).clone(),
        MergeOp::Max | MergeOp::MapMax => numbers().map(|c| &c.1).max().unwrap_or(&all[0].1).clone(),
        MergeOp::Count => Owned::Int(all.len() as i64),
        MergeOp::Sum => {
            let mut ints = 0i128;
            let mut floats = 0.0;
            for (_, value) in all {
                match value {
                    Owned::Int(i) => ints += i128::from(*i),
                    Owned::Number(n) => floats += n,
                    other => panic!("{other:?}"),
                }
            }
            match all[0].1 {
                Owned::Int(_) => Owned::Int(ints.clamp(i64::MIN.into(), i64::MAX.into()) as i64),
                _ => Owned::number(floats),
            }
        }
        MergeOp::Capped => unreachable!("capped sets are no scalars"),
    }
}

fn one_of(kind: Kind) -> BoxedStrategy<Owned> {
    let text = prop::sample::select(vec!["a", "b", "c", "d", "e"]).prop_map(|t| Owned::Text(t.into()));
    let time = (0i64..6).prop_map(|day| Owned::Time(at(day)));
    match kind {
        Kind::Int => prop_oneof![(-3i64..4).prop_map(Owned::Int), Just(Owned::Int(i64::MAX))].boxed(),
        Kind::Number => prop_oneof![
            8 => (-8i32..8).prop_map(|q| Owned::number(f64::from(q) / 4.0)),
            1 => Just(Owned::number(-0.0)),
            1 => Just(Owned::number(f64::NAN)),
            1 => Just(Owned::number(f64::INFINITY)),
        ]
        .boxed(),
        Kind::Bool => any::<bool>().prop_map(Owned::Bool).boxed(),
        Kind::Date => time.boxed(),
        Kind::Text | Kind::Geo => text.boxed(),
        Kind::Dynamic => prop_oneof![text, time, Just(Owned::Int(1))].boxed(),
        Kind::TextSet | Kind::TimedSet => several(text.boxed()),
        Kind::TimeSet | Kind::TimeBuckets => several(time.boxed()),
        map => {
            let entry = one_of(map.entry_kind().unwrap());
            prop::collection::btree_map("[a-e]", entry, 0..4)
                .prop_map(|m| Owned::Map(m.into_iter().map(|(k, v)| (k.into(), v)).collect()))
                .boxed()
        }
    }
}

fn several(item: BoxedStrategy<Owned>) -> BoxedStrategy<Owned> {
    prop_oneof![
        item.clone(),
        prop::collection::vec(item, 0..4).prop_map(|items| Owned::List(items.into_boxed_slice()))
    ]
    .boxed()
}

/// Every pair that the validity matrix allows.
fn pairs() -> Vec<(Kind, MergeOp)> {
    let fitting = MERGE_OPS.iter().flat_map(|entry| entry.fits.iter().map(|kind| (*kind, entry.op)));
    fitting.chain([(Kind::TimeBuckets, MergeOp::Sum)]).collect()
}

prop_compose! {
    fn case()((kind, op) in prop::sample::select(pairs()))(
        contributions in prop::collection::vec(((0i64..6, 0u64..2).prop_map(|(d, id)| stamp(d, id)), one_of(kind)), 0..14),
        capacity in prop::option::of(0u32..4),
        keep_days in prop::option::of(0u32..4),
        kind in Just(kind),
        op in Just(op),
    ) -> (Field, Vec<(Stamp, Owned)>) {
        (Field { capacity, keep_days, ..field(kind, op) }, contributions)
    }
}

proptest! {
    #![proptest_config(lql_cases::cases(6000))]

    #[test]
    fn a_fold_is_what_the_oracle_says_in_any_order_and_grouping(
        (field, contributions) in case(),
        order in Just((0..14).collect::<Vec<usize>>()).prop_shuffle(),
        cuts in (0usize..14, 0usize..14),
        backwards in any::<bool>(),
    ) {
        let state = folded(&field, &contributions);
        let as_of = at(6);
        let read = state.as_ref().and_then(|state| state.read(&field, as_of));
        prop_assert_eq!(&read, &oracle(&field, &contributions, as_of));

        let shuffled: Vec<_> = order.iter().filter_map(|at| contributions.get(*at).cloned()).collect();
        let len = shuffled.len();
        let (low, high) = (cuts.0.min(cuts.1).min(len), cuts.0.max(cuts.1).min(len));
        let [a, b, c] = [&shuffled[..low], &shuffled[low..high], &shuffled[high..]].map(|part| folded(&field, part));
        let joined = if backwards {
            merged(c, merged(b, a, &field), &field)
        } else {
            merged(merged(a, b, &field), c, &field)
        };
        prop_assert_eq!(joined, state);
    }

    #[test]
    fn what_is_idempotent_stays_when_merged_with_itself((field, contributions) in case()) {
        prop_assume!(!matches!(field.mergeop, MergeOp::Sum | MergeOp::Count));
        let state = folded(&field, &contributions);
        let value = |state: &Option<Folded>| state.as_ref().and_then(|state| state.read(&field, at(6)));
        prop_assert_eq!(value(&merged(state.clone(), state.clone(), &field)), value(&state));
    }

    #[test]
    fn a_value_of_another_shape_changes_nothing(
        (field, contributions) in case(),
        other in prop::sample::select(pairs()).prop_flat_map(|(kind, _)| one_of(kind)),
    ) {
        let arena = Bump::new();
        let before = folded(&field, &contributions);
        let value = |state: &Option<Folded>| state.as_ref().and_then(|state| state.read(&field, at(6)));
        let with = |value: Value<'_>| merged(before.clone(), Some(Folded(of_one(&field, stamp(3, 0), value))), &field);
        prop_assert_eq!(value(&with(Value::Missing)), value(&before));
        if matches!(other, Owned::Map(_)) && !field.kind.is_map() && !matches!(field.kind, Kind::Dynamic)
            && field.mergeop != MergeOp::Count
        {
            prop_assert_eq!(value(&with(other.value(&arena))), value(&before));
        }
    }

    #[test]
    fn damaged_fragments_are_errors_and_what_passes_is_canonical(
        (field, contributions) in case(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let Some(Folded(mut bytes)) = folded(&field, &contributions) else { return Ok(()) };
        let place = at.index(bytes.len());
        prop_assert!(check(&bytes[..place]).is_err());
        bytes[place] = byte;
        if check(&bytes).is_ok() {
            // Merged with nothing it is itself.
            let nothing = of_one(&field, Stamp::default(), Value::Missing);
            let mut out = Vec::new();
            if merge(&bytes, &nothing, &mut Scratch::default(), &mut out).is_ok() {
                prop_assert_eq!(check(&out), Ok(()));
                let folds = |bytes: &[u8]| -> Vec<Vec<u8>> {
                    Fragment::open(bytes).unwrap().fields().map(|field| field.fold.to_vec()).collect()
                };
                prop_assert_eq!(folds(&out), folds(&bytes));
            }
        }
        // Whatever the bytes are, merging them never panics.
        let _ = merge(&bytes, &bytes.clone(), &mut Scratch::default(), &mut Vec::new());
    }
}

/// The worked example of reference 8.4: t1 `{a:2}`, t3 `{a:1,b:5}`, then late t2 `{a:9,c:4}`.
#[test]
fn the_worked_example_of_the_reference_holds() {
    let map = |entries: &[(&str, f64)]| {
        Owned::Map(entries.iter().map(|(k, n)| ((*k).into(), Owned::number(*n))).collect())
    };
    let events = [
        (stamp(1, 0), map(&[("a", 2.0)])),
        (stamp(3, 0), map(&[("a", 1.0), ("b", 5.0)])),
        (stamp(2, 0), map(&[("a", 9.0), ("c", 4.0)])),
    ];
    let table: &[(MergeOp, &[(&str, f64)])] = &[
        (MergeOp::Latest, &[("a", 1.0), ("b", 5.0)]),
        (MergeOp::Oldest, &[("a", 2.0)]),
        (MergeOp::LatestMap, &[("a", 1.0), ("b", 5.0), ("c", 4.0)]),
        (MergeOp::Merge, &[("a", 1.0), ("b", 5.0), ("c", 4.0)]),
        (MergeOp::OldestMap, &[("a", 2.0), ("b", 5.0), ("c", 4.0)]),
        (MergeOp::MapMax, &[("a", 9.0), ("b", 5.0), ("c", 4.0)]),
        (MergeOp::MapMin, &[("a", 1.0), ("b", 5.0), ("c", 4.0)]),
        (MergeOp::Sum, &[("a", 12.0), ("b", 5.0), ("c", 4.0)]),
    ];
    for (op, expected) in table {
        let field = field(Kind::MapNumber, *op);
        let state = folded(&field, &events).unwrap();
        assert_eq!(state.read(&field, at(3)), Some(map(expected)), "{op}");
    }
}

#[test]
fn an_element_that_is_too_old_is_left_out_only_when_read() {
    let field = Field { keep_days: Some(2), ..field(Kind::TextSet, MergeOp::Merge) };
    let state = folded(&field, &[(stamp(1, 0), Owned::Text("a".into()))]).unwrap();
    let list = Some(Owned::List([Owned::Text("a".into())].into()));
    assert_eq!(state.read(&field, at(3)), list);
    assert_eq!(state.read(&field, at(4)), None);
    assert_eq!(state.read(&field, at(2)), list);
}

#[test]
fn a_timed_set_is_read_in_the_order_of_its_times() {
    let field = field(Kind::TimedSet, MergeOp::Merge);
    let text = |t: &str| Owned::Text(t.into());
    let events = [(stamp(1, 0), text("z")), (stamp(3, 0), text("a")), (stamp(2, 0), text("m"))];
    let state = folded(&field, &events).unwrap();
    assert_eq!(state.read(&field, at(3)), Some(Owned::List([text("z"), text("m"), text("a")].into())));
}
