//! Random events. A field mostly has a value of its own type, sometimes none, sometimes one of another type.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

/// Texts that mean something to some conversion, pattern or function.
const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "A",
    "a/b",
    "/a/b/c",
    "a*b",
    "x",
    "5",
    "7",
    "2.5",
    "-3",
    "$1,000",
    " 5",
    "true",
    "f",
    "1",
    "0",
    "0x1F",
    "2026-03-04",
    "2026-03-04T05:06:07Z",
    "now-1d",
    "[a",
    "é",
    "ana@example.org",
    "Ana <ANA@e.org>",
    "12:30",
    "{\"a\":1}",
];

const DATES: &[&str] =
    &["2026-03-04", "2026-03-01", "2025-12-31T23:00:00Z", "03/04/2026", "now-2d", "1772600767"];

fn text() -> impl Strategy<Value = Json> {
    prop::sample::select(TEXTS).prop_map(|text| json!(text))
}

fn int() -> impl Strategy<Value = Json> {
    (-3_i64..10).prop_map(|int| json!(int))
}

fn float() -> impl Strategy<Value = Json> {
    prop::sample::select(&[-1.5, 0.0, 0.5, 2.5, 5.0, 7.25][..]).prop_map(|number| json!(number))
}

fn boolean() -> impl Strategy<Value = Json> {
    any::<bool>().prop_map(|flag| json!(flag))
}

fn date() -> impl Strategy<Value = Json> {
    prop::sample::select(DATES).prop_map(|text| json!(text))
}

fn texts() -> impl Strategy<Value = Json> {
    prop::collection::vec(text(), 0..4).prop_map(Json::Array)
}

fn ints() -> impl Strategy<Value = Json> {
    prop::collection::vec(int(), 0..4).prop_map(Json::Array)
}

fn dates() -> impl Strategy<Value = Json> {
    prop::collection::vec(date(), 0..4).prop_map(Json::Array)
}

fn map() -> impl Strategy<Value = Json> {
    let entry = prop_oneof![int(), text(), boolean()];
    prop::collection::btree_map(prop::sample::select(&["a", "b", "ab", "5"][..]), entry, 0..4).prop_map(
        |entries| {
            entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>().into()
        },
    )
}

/// A value, or none, or a scalar of any type.
fn mostly(own: impl Strategy<Value = Json> + 'static) -> BoxedStrategy<Json> {
    prop_oneof![7 => own, 2 => Just(Json::Null), 1 => prop_oneof![text(), int(), float(), boolean()]].boxed()
}

/// The names and value types of the fields.
fn members() -> Vec<(&'static str, BoxedStrategy<Json>)> {
    vec![
        ("i", mostly(int())),
        ("j", mostly(int())),
        ("f", mostly(float())),
        (
            "n",
            mostly(prop::sample::select(&["5", "7", "2.5", "-3", "$1,000"][..]).prop_map(|text| json!(text))),
        ),
        ("s", mostly(text())),
        ("u", mostly(text())),
        ("b", mostly(boolean())),
        ("c", mostly(boolean())),
        ("d", mostly(date())),
        ("t", mostly(date())),
        ("times", mostly(dates())),
        ("l", mostly(texts())),
        ("k", mostly(ints())),
    ]
}

fn object(members: Vec<(&'static str, BoxedStrategy<Json>)>) -> impl Strategy<Value = Json> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values.prop_map(move |values| {
        let members = names.iter().zip(values).filter(|(_, value)| !value.is_null());
        members.map(|(name, value)| ((*name).to_owned(), value)).collect::<Map<_, _>>().into()
    })
}

/// An event with a map field, for expressions on their own.
pub fn with_map() -> impl Strategy<Value = Json> {
    let mut members = members();
    members.push(("m", mostly(map())));
    object(members)
}

/// A flat event, as streams deliver them, with identity values.
pub fn flat() -> impl Strategy<Value = Json> {
    let mut members = members();
    members.push(("m.a", mostly(int())));
    members.push(("m.b", mostly(text())));
    members.push((
        "id",
        prop_oneof![4 => Just(json!("u1")), 1 => Just(json!(7)), 1 => Just(json!("")), 1 => Just(Json::Null)]
            .boxed(),
    ));
    members.push(("mail", mostly(Just(json!("Ana <ANA@e.org>")))));
    object(members)
}
