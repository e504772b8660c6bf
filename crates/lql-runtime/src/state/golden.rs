//! Version 1 of the encodings, for ever: these bytes must stay readable, and be written so.

use bumpalo::Bump;
use lql_compiler::schema::{Field, FieldId, Schema, Table, TableId};
use lql_compiler::{Kind, MergeOp, Time, Value};

use super::{State, merge_encoded};
use crate::encode::RawChange;
use crate::fragment::{self, Fragment, Scratch};
use crate::merge::{FieldOp, Form};
use crate::{Change, Contribution, Identity, Stamp};

/// A field of every form, and of every way to write it.
const FIELDS: &[(&str, Kind, MergeOp, Option<u32>)] = &[
    ("a_newest", Kind::Text, MergeOp::Latest, None),
    ("b_oldest", Kind::Dynamic, MergeOp::Oldest, None),
    ("c_least", Kind::Number, MergeOp::Min, None),
    ("d_greatest", Kind::Date, MergeOp::Max, None),
    ("e_count", Kind::Int, MergeOp::Count, None),
    ("f_int_sum", Kind::Int, MergeOp::Sum, None),
    ("g_number_sum", Kind::Number, MergeOp::Sum, None),
    ("h_set", Kind::TextSet, MergeOp::Merge, None),
    ("i_stamped_set", Kind::TextSet, MergeOp::Capped, Some(2)),
    ("j_newest_map", Kind::MapText, MergeOp::Merge, Some(2)),
    ("k_oldest_map", Kind::MapInt, MergeOp::OldestMap, None),
    ("l_least_map", Kind::MapNumber, MergeOp::MapMin, Some(1)),
    ("m_greatest_map", Kind::MapTime, MergeOp::MapMax, None),
    ("n_int_sum_map", Kind::MapIntSum, MergeOp::Sum, None),
    ("o_number_sum_map", Kind::MapNumber, MergeOp::Sum, None),
    ("p_days", Kind::TimeBuckets, MergeOp::Sum, None),
    ("q_newest_set", Kind::TextSet, MergeOp::Latest, None),
    ("r_newest_map_of_anything", Kind::MapValue, MergeOp::Latest, None),
    ("s_flag", Kind::Bool, MergeOp::Latest, None),
    ("t_email", Kind::Text, MergeOp::Latest, None),
    ("u_cookie", Kind::TextSet, MergeOp::Merge, None),
];

fn schema() -> Schema {
    let field = |(name, kind, mergeop, capacity): &(&str, Kind, MergeOp, Option<u32>)| Field {
        table: TableId(0),
        name: (*name).into(),
        kind: *kind,
        mergeop: *mergeop,
        capacity: *capacity,
        keep_days: None,
        identity: matches!(*name, "t_email" | "u_cookie"),
        shortdesc: None,
        longdesc: None,
    };
    let table = Table {
        name: "user".into(),
        identities: vec![FieldId(19), FieldId(20)],
        neighbour_limit: 50,
        identity_limit: 50,
        blocked: Vec::new(),
    };
    Schema { tables: vec![table], fields: FIELDS.iter().map(field).collect() }
}

/// An event that says something about every field.
fn with<T>(seconds: i64, word: &str, number: f64, use_change: impl FnOnce(&Change<'_>) -> T) -> T {
    let arena = Bump::new();
    let time = Time::new(seconds, 500_000_000).unwrap();
    let text = Value::Text(word);
    let texts = arena.alloc_slice_copy(&[Value::Text("both"), text]);
    let map = |value| {
        Value::Map(arena.alloc_slice_copy(&[("both", value), (arena.alloc_str(word) as &str, value)]))
    };
    let int = Value::Int(number as i64);
    let values = [
        text,
        Value::List(arena.alloc_slice_copy(&[Value::Null, int])),
        Value::Number(number),
        Value::Time(time),
        text,
        int,
        Value::Number(number),
        Value::List(texts),
        Value::List(texts),
        map(text),
        map(int),
        map(Value::Number(number)),
        map(Value::Time(time)),
        map(int),
        map(Value::Number(number)),
        Value::Time(time),
        Value::List(texts),
        map(Value::Bool(true)),
        Value::Bool(number > 0.0),
        text,
        Value::Text("cookie"),
    ];
    let contributions: Vec<_> =
        (0..).zip(values).map(|(at, value)| Contribution { field: FieldId(at), column: at, value }).collect();
    let identities =
        [Identity { field: FieldId(19), value: word }, Identity { field: FieldId(20), value: "cookie" }];
    use_change(&Change {
        table: TableId(0),
        stamp: Stamp { time, id: 7 },
        replay_key: Some(number.to_bits().into()),
        identities: &identities,
        contributions: &contributions,
    })
}

const EVENTS: [(i64, &str, f64); 3] =
    [(1_700_000_000, "zoë", 0.1), (-1, "zoë", 1e300), (1_700_086_400, "an", -2.5)];

#[test]
fn the_bytes_of_version_1_stay_the_same() {
    let mut state = State::new(&schema());
    let mut changes = Vec::new();
    for (seconds, word, number) in EVENTS {
        with(seconds, word, number, |change| {
            let mut bytes = Vec::new();
            state.encoder().encode(change, &mut bytes).unwrap();
            changes.push(bytes);
            state.apply(change);
        });
    }
    let home = (0..9).find_map(|id| state.fragment(TableId(0), id)).unwrap();
    let sealed =
        [fragment::seal(&home, state.ops()), RawChange::seal(&changes[0], state.ops()), state.encode()];
    let digits = |byte: &u8| format!("{byte:02x}");
    let hex = |bytes: &Vec<u8>| bytes.iter().map(digits).collect::<Vec<_>>().concat();
    let written: Vec<String> = sealed.iter().map(hex).collect();
    let golden = include_str!("encodings-v1.hex");
    assert_eq!(written, golden.lines().collect::<Vec<_>>(), "{}", written.join("\n"));

    assert_eq!(fragment::unseal(&sealed[0]), Ok((state.ops().hash(), &*home)));
    assert_eq!(RawChange::unseal(&sealed[1]), Ok((state.ops().hash(), changes[0].as_slice())));
    assert_eq!(State::decode(&sealed[2], &schema()).unwrap().encode(), sealed[2]);
}

/// What a fragment is made of shows that every form is among the golden bytes.
#[test]
fn every_form_is_in_the_golden_bytes() {
    let forms: Vec<Form> = schema().fields.iter().map(|field| FieldOp::of(field).form).collect();
    for number in 1..=16 {
        let form = Form::from_byte(number).unwrap();
        assert!(forms.contains(&form), "{form:?}");
    }
    assert!(Form::from_byte(0).is_err() && Form::from_byte(17).is_err());
    let bytes = with(5, "x", 1.0, |change| {
        let mut out = Vec::new();
        fragment::put_change(change, State::new(&schema()).ops(), &mut Scratch::default(), &mut out);
        out
    });
    let written: Vec<Form> = Fragment::open(&bytes).unwrap().fields().map(|field| field.form).collect();
    assert_eq!(written, forms);
}

/// Sealed fragments merge without schema, to the same bytes in any order; under other operators they do not.
#[test]
fn sealed_fragments_merge_on_their_own() {
    let state = State::new(&schema());
    let sealed = EVENTS.map(|(seconds, word, number)| {
        with(seconds, word, number, |change| {
            let mut out = Vec::new();
            fragment::put_change(change, state.ops(), &mut Scratch::default(), &mut out);
            fragment::seal(&out, state.ops())
        })
    });
    let [a, b, c] = &sealed;
    let merge = |a: &[u8], b: &[u8]| fragment::merge_sealed(a, b).unwrap();
    assert_eq!(merge(&merge(a, b), c), merge(c, &merge(b, a)));
    assert_eq!(merge(&merge(a, b), c), merge(&merge(c, a), b));

    let mut other = schema();
    other.fields[8].capacity = Some(3);
    let under_others = fragment::seal(fragment::unseal(a).unwrap().1, State::new(&other).ops());
    assert!(fragment::merge_sealed(&under_others, b).is_err());
    assert!(merge_encoded(&State::new(&other).encode(), &state.encode()).is_err());
    assert!(State::decode(&state.encode(), &other).is_err());
}
