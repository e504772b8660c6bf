use std::collections::{BTreeMap, BTreeSet};

use bumpalo::Bump;
use lql_compiler::program::Key;
use lql_compiler::schema::{Block, Field, FieldId, Schema, Table, TableId};
use lql_compiler::{Kind, MergeOp, Time, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Outcome, State, merge_encoded};
use crate::fragment::{self, Scratch};
use crate::identity::{LONGEST_IDENTITY, Limits, Link, Node, resolve};
use crate::{Change, Contribution, Identity, Profile, ProfileWriter, Stamp};

const USER: TableId = TableId(0);

const FIELDS: &[(&str, Kind, MergeOp)] = &[
    ("amount", Kind::Number, MergeOp::Sum),
    ("cookie", Kind::TextSet, MergeOp::Merge),
    ("counts", Kind::MapIntSum, MergeOp::Sum),
    ("days", Kind::TimeBuckets, MergeOp::Sum),
    ("email", Kind::Text, MergeOp::Latest),
    ("first", Kind::Text, MergeOp::Oldest),
    ("n", Kind::Int, MergeOp::Sum),
    ("plan", Kind::Text, MergeOp::Latest),
    ("seen", Kind::Date, MergeOp::Max),
    ("tags", Kind::TextSet, MergeOp::Merge),
];

fn id(name: &str) -> FieldId {
    FieldId(FIELDS.iter().position(|field| field.0 == name).unwrap() as u16)
}

fn schema() -> Schema {
    let field = |(name, kind, mergeop): &(&str, Kind, MergeOp)| Field {
        table: USER,
        name: (*name).into(),
        kind: *kind,
        mergeop: *mergeop,
        capacity: (*name == "tags").then_some(2),
        keep_days: None,
        identity: matches!(*name, "email" | "cookie"),
        shortdesc: None,
        longdesc: None,
    };
    let table = Table {
        name: "user".into(),
        identities: vec![id("email"), id("cookie")],
        neighbour_limit: 50,
        identity_limit: 50,
        blocked: vec![Block { field: Some(id("cookie")), pattern: "bot*".into() }],
    };
    Schema { tables: vec![table], fields: FIELDS.iter().map(field).collect() }
}

fn small_schema() -> Schema {
    let mut schema = schema();
    schema.tables[0].neighbour_limit = 2;
    schema.tables[0].identity_limit = 4;
    schema
}

/// An event as the tests write it; contributes to all fields.
#[derive(Clone, Debug)]
struct Event {
    seconds: i64,
    id: u64,
    emails: BTreeSet<String>,
    cookies: Vec<String>,
    replay_key: Option<u128>,
}

fn event(seconds: i64, email: &str, cookies: &[&str]) -> Event {
    let emails = (!email.is_empty()).then(|| email.to_owned()).into_iter().collect();
    let cookies = cookies.iter().map(|c| (*c).to_owned()).collect();
    Event { seconds, id: 0, emails, cookies, replay_key: None }
}

impl Event {
    fn stamp(&self) -> Stamp {
        Stamp { time: Time::from_seconds(self.seconds).unwrap(), id: self.id }
    }

    fn with<T>(&self, use_change: impl FnOnce(&Change<'_>) -> T) -> T {
        let arena = Bump::new();
        let mut identities: Vec<Identity<'_>> = Vec::new();
        identities.extend(self.emails.iter().map(|value| Identity { field: id("email"), value }));
        identities.extend(self.cookies.iter().map(|value| Identity { field: id("cookie"), value }));
        let time = self.stamp().time;
        let text = Value::Text(arena.alloc_str(&format!("{}/{}", self.seconds, self.id)));
        let texts = arena.alloc_slice_fill_iter(self.cookies.iter().map(|c| Value::Text(c)));
        let mut values = vec![
            ("amount", Value::Number(self.seconds as f64 / 10.0)),
            ("counts", Value::Map(arena.alloc_slice_copy(&[("k", Value::Int(self.id as i64))]))),
            ("days", Value::Time(time)),
            ("first", text),
            ("n", Value::Int(1)),
            ("plan", text),
            ("seen", Value::Time(time)),
            ("cookie", Value::List(texts)),
            ("tags", Value::List(texts)),
        ];
        values.extend(self.emails.first().map(|email| ("email", Value::Text(email))));
        let contributions: Vec<_> = values
            .iter()
            .map(|(name, value)| Contribution { field: id(name), column: 0, value: *value })
            .collect();
        use_change(&Change {
            table: USER,
            stamp: self.stamp(),
            replay_key: self.replay_key,
            identities: &identities,
            contributions: &contributions,
        })
    }
}

fn run(schema: &Schema, events: &[Event]) -> State {
    let mut state = State::new(schema);
    for event in events {
        event.with(|change| state.apply(change));
    }
    state
}

fn home_of(state: &State, change: &Change<'_>) -> u64 {
    state.encoder().encode(change, &mut Vec::new()).unwrap_or_default()
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds).unwrap()
}

fn printed(state: &State) -> String {
    let profiles: Vec<_> = state.profiles(USER, at(1_000_000)).collect();
    let lines = profiles.iter().map(|p| {
        let names: Vec<_> = p.identities.iter().map(|(_, value)| value.as_str()).collect();
        format!("{} {names:?} {}\n", written(state, p), p.events)
    });
    lines.collect()
}

/// Takes all fragments of a state.
fn take_all(state: &mut State, taken: &mut Vec<(FieldId, String, Vec<u8>)>) {
    let take = |identity: Identity<'_>, fragment: &[u8]| {
        taken.push((identity.field, identity.value.to_owned(), fragment.to_vec()));
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = state.take_fragments(USER, take);
    assert_eq!(state.size_of_fragments(), 0);
}

/// The profile as it is written.
fn written(state: &State, profile: &Profile) -> Json {
    let groups = state.groups(USER);
    let members = groups.iter().find(|(id, _)| *id == profile.id).unwrap().1;
    let fragment = state.joined(USER, members).unwrap();
    let mut out = Vec::new();
    let writer = ProfileWriter::new(state.schema(), USER, &[]);
    writer.write(profile.id, &fragment, state.ops(), at(1_000_000), &[], &mut out);
    let json: Json = serde_json::from_slice(&out).unwrap();
    // What filters see of a profile is what is written of it.
    for (field, value) in &profile.fields {
        let mut out = Vec::new();
        crate::json_out::value(&mut out, value.value(&Bump::new()));
        let name = &state.schema().field(*field).unwrap().name;
        assert_eq!(serde_json::from_slice::<Json>(&out).unwrap(), json[name]);
    }
    json
}

/// Refused links, by name.
fn refused(state: &State) -> Vec<String> {
    let name = |id| state.identity(USER, id).unwrap().0.value;
    let resolution = state.resolve(USER);
    assert_eq!(state.groups(USER).refused, resolution.refused);
    let lines = resolution.refused.iter().map(|refused| {
        let reason = match refused.reason {
            crate::identity::Refusal::Conflict { a, b, .. } => format!("conflict {} {}", name(a), name(b)),
            reason => format!("{reason:?}"),
        };
        format!("{}-{} {reason}", name(refused.link.a), name(refused.link.b))
    });
    lines.collect()
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = (
        0i64..200_000,
        0u64..2,
        prop::option::of(0u8..4),
        prop::collection::btree_set(0u8..7, 0..3),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(seconds, id, email, cookies, backwards, keyed)| {
            let name = |at: u8| if at == 6 { "bot1".to_owned() } else { format!("c{at}") };
            let mut cookies: Vec<_> = cookies.into_iter().map(name).collect();
            if backwards {
                cookies.reverse();
            }
            let emails = email.map(|at| format!("e{at}")).into_iter().collect();
            let mut event = Event { seconds, id, emails, cookies, replay_key: None };
            if keyed {
                event.replay_key = Some(xxhash_rust::xxh3::xxh3_128(format!("{event:?}").as_bytes()));
            }
            event
        });
    // Some of them come twice.
    (prop::collection::vec(event, 0..24), prop::collection::vec(0usize..24, 0..8)).prop_map(
        |(mut events, again)| {
            let copies: Vec<_> = again.into_iter().filter_map(|at| events.get(at).cloned()).collect();
            events.extend(copies.into_iter().filter(|event| event.replay_key.is_some()));
            events
        },
    )
}

proptest! {
    #![proptest_config(lql_cases::cases(500))]

    #[test]
    fn a_state_is_a_function_of_the_set_of_changes(
        (events, shuffled) in events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        parts in 1usize..5,
        order in Just(vec![0usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let schema = small_schema();
        let whole = run(&schema, &events);
        let mut states: Vec<_> = (0..4).map(|_| whole.sibling()).collect();
        for event in &shuffled {
            event.with(|change| {
                let part = home_of(&whole, change) as usize % parts;
                states[part].apply(change)
            });
        }
        let mut joined = whole.sibling();
        for part in order {
            joined.merge(states[part].clone()).unwrap();
        }
        prop_assert_eq!(printed(&joined), printed(&whole));
        prop_assert_eq!(refused(&joined), refused(&whole));
        prop_assert_eq!(joined.counts(), whole.counts());
        prop_assert_eq!(&joined.encode(), &whole.encode());
    }

    #[test]
    fn encoded_states_merge_to_the_bytes_of_the_whole(
        (events, parts) in events().prop_flat_map(|events| {
            let parts = prop::collection::vec(0usize..64, events.len());
            (Just(events), parts)
        }),
        count in prop::sample::select(vec![1usize, 2, 7, 64]),
    ) {
        // By any rule: only copies of one message stay together.
        let schema = small_schema();
        let mut states: Vec<_> = (0..count).map(|_| State::new(&schema)).collect();
        for (event, part) in events.iter().zip(&parts) {
            let part = event.replay_key.map_or(*part, |key| key as usize) % count;
            event.with(|change| states[part].apply(change));
        }
        let mut encoded: Vec<Vec<u8>> = states.iter().map(State::encode).collect();
        while encoded.len() > 1 {
            let (last, first) = (encoded.pop().unwrap(), encoded.remove(0));
            encoded.push(merge_encoded(&last, &first).unwrap());
        }
        let whole = run(&schema, &events);
        prop_assert_eq!(&encoded[0], &whole.encode());
        let again = State::decode(&encoded[0], &schema).unwrap();
        prop_assert_eq!(again.encode(), whole.encode());
        prop_assert_eq!(printed(&again), printed(&whole));
    }

    #[test]
    fn fragments_that_were_taken_make_the_same_profiles(
        events in events(),
        parts in 1usize..4,
        every in 1usize..6,
    ) {
        let schema = small_schema();
        let whole = run(&schema, &events);
        let mut states: Vec<_> = (0..parts).map(|_| whole.sibling()).collect();
        let mut taken: Vec<(FieldId, String, Vec<u8>)> = Vec::new();
        for (event, at) in events.iter().zip(1..) {
            let state = &mut states[event.with(|change| home_of(&whole, change)) as usize % parts];
            event.with(|change| state.apply(change));
            if at % every == 0 {
                take_all(state, &mut taken);
            }
        }
        let mut joined = whole.sibling();
        states.into_iter().for_each(|state| joined.merge(state).unwrap());
        prop_assert_eq!(refused(&joined), refused(&whole));
        let ids = |state: &State| -> Vec<u128> {
            state.groups(USER).iter().map(|(id, _)| id).collect()
        };
        prop_assert_eq!(ids(&joined), ids(&whole));

        take_all(&mut joined, &mut taken);
        let mut scratch = Scratch::default();
        for (id, members) in joined.groups(USER).iter() {
            let own = taken.iter().filter(|(field, value, _)| {
                let number = joined.number_of(USER, Identity { field: *field, value });
                number.is_some_and(|number| members.contains(&number))
            });
            let mut all = Vec::new();
            for (_, _, fragment) in own {
                let mut merged = Vec::new();
                if all.is_empty() {
                    merged.clone_from(fragment);
                } else {
                    fragment::merge(&all, fragment, &mut scratch, &mut merged).unwrap();
                }
                all = merged;
            }
            let profile = joined.profile_from(USER, id, members, &all, at(1_000_000));
            let expected = whole.profiles(USER, at(1_000_000)).find(|whole| whole.id == id).unwrap();
            prop_assert_eq!(profile, expected);
        }
    }

    #[test]
    fn damaged_states_are_errors(events in events(), at in any::<prop::sample::Index>(), bit in 0..8u32) {
        let schema = small_schema();
        let bytes = run(&schema, &events).encode();
        let at = at.index(bytes.len());
        prop_assert!(State::decode(&bytes[..at], &schema).is_err());
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << bit;
        prop_assert!(State::decode(&flipped, &schema).is_err());
        // Also where the checksum was made to fit: what decodes is the one encoding of a state.
        let payload = &flipped[14..bytes.len() - 8];
        let resealed = crate::wire::seal(crate::wire::What::State, State::new(&schema).ops().hash(), payload);
        if let Ok(state) = State::decode(&resealed, &schema) {
            prop_assert_eq!(state.encode(), resealed);
        }
    }

    #[test]
    fn forgetting_links_above_the_limit_changes_no_group(events in events()) {
        let schema = small_schema();
        let state = run(&schema, &events);
        // All links ever observed, none forgotten.
        let mut first: BTreeMap<(u16, String), u32> = BTreeMap::new();
        let mut links: BTreeMap<(u32, u32), Stamp> = BTreeMap::new();
        for event in &events {
            let mut ids = Vec::new();
            let emails = event.emails.iter().map(|e| (0, e.clone()));
            let cookies = event.cookies.iter().filter(|c| *c != "bot1").map(|c| (1, c.clone()));
            for key in emails.chain(cookies) {
                let next = first.len() as u32;
                ids.push(*first.entry(key).or_insert(next));
            }
            for other in ids.iter().skip(1) {
                let pair = (ids[0].min(*other), ids[0].max(*other));
                let stamp = links.entry(pair).or_insert(event.stamp());
                *stamp = event.stamp().min(*stamp);
            }
        }
        let names: BTreeMap<u32, (u16, String)> = first.into_iter().map(|(key, id)| (id, key)).collect();
        let nodes: Vec<_> = names
            .values()
            .map(|(rank, value)| Node {
                identity: Identity { field: [id("email"), id("cookie")][usize::from(*rank)], value },
                rank: *rank,
                single: *rank == 0,
            })
            .collect();
        let links = links.into_iter().map(|((a, b), first)| Link { a, b, first });
        let full = resolve(&nodes, links, Limits { neighbours: 2, identities: 4 });
        let name = |id: &u32| nodes[*id as usize].identity.value.to_owned();
        let full: Vec<Vec<String>> = full.groups.iter().map(|group| group.iter().map(name).collect()).collect();
        let name = |id: &u32| state.identity(USER, *id).unwrap().0.value.to_owned();
        let kept: Vec<Vec<String>> =
            state.resolve(USER).groups.iter().map(|group| group.iter().map(name).collect()).collect();
        prop_assert_eq!(kept, full);
    }

    #[test]
    fn every_event_counts_in_exactly_one_profile(events in events()) {
        let state = run(&small_schema(), &events);
        let counted: u64 = state.profiles(USER, at(0)).map(|profile| profile.events).sum();
        prop_assert_eq!(counted, state.counts().applied);
        let counts = state.counts();
        prop_assert_eq!(counts.applied + counts.replays + counts.no_identity, events.len() as u64);
    }
}

/// Reference 10.3 and 14.10.
#[test]
fn data_goes_to_the_best_ranked_identity_when_its_cookie_belongs_to_another() {
    let events = [event(1, "a", &["x"]), event(2, "a", &["y"]), event(3, "b", &["z"]), event(4, "b", &["y"])];
    let state = run(&schema(), &events);
    let mut profiles: Vec<_> = state.profiles(USER, at(9)).collect();
    profiles.sort_by_key(|profile| profile.created);
    let summary: Vec<_> = profiles
        .iter()
        .map(|p| {
            let json = written(&state, p);
            let names: Vec<_> = p.identities.iter().map(|(_, value)| value.as_str()).collect();
            (names.join(" "), json["n"].clone(), json["plan"].clone())
        })
        .collect();
    assert_eq!(
        summary,
        [("a x y".to_owned(), json!(2), json!("2/0")), ("b z".to_owned(), json!(2), json!("4/0")),]
    );
    assert_eq!(refused(&state), ["b-y conflict b a"]);
}

#[test]
fn a_profile_prints_its_fields_by_name() {
    let mut state = run(&schema(), &[event(90_000, "a", &["y", "x", "w"])]);
    event(10, "a", &[]).with(|change| state.apply(change));
    let profile = state.profiles(USER, at(100_000)).next().unwrap();
    let json = written(&state, &profile);
    let keys: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let names = FIELDS.iter().map(|field| field.0);
    assert_eq!(keys, ["_created", "_id", "_modified"].into_iter().chain(names).collect::<Vec<_>>());
    let id = json["_id"].as_str().unwrap();
    assert_eq!(
        (id.len(), id),
        (32, format!("{:032x}", xxhash_rust::xxh3::xxh3_128(b"user\0email\0a")).as_str())
    );
    assert_eq!(
        json,
        json!({
            "_id": profile.id_text(),
            "_created": "1970-01-01T00:00:10Z",
            "_modified": "1970-01-02T01:00:00Z",
            "amount": 9001,
            "cookie": ["w", "x", "y"],
            "counts": {"k": 0},
            "days": {"1970-01-01": 1, "1970-01-02": 1},
            "email": "a",
            "first": "10/0",
            "n": 2,
            "plan": "90000/0",
            "seen": "1970-01-02T01:00:00Z",
            "tags": ["x", "y"],
        })
    );
}

#[test]
fn a_filter_sees_fields_entries_and_system_fields() {
    let state = run(&schema(), &[event(90_000, "a", &["y", "x"])]);
    let profile = state.profiles(USER, at(100_000)).next().unwrap();
    let key = |text: &str| Key { text: text.into(), entry_at: text.find('.').map(|at| at as u32) };
    let keys = ["email", "counts.k", "counts.none", "days", "_created", "_id", "none", "cookie"].map(key);
    let arena = Bump::new();
    let mut slots = [Value::Null; 9];
    profile.fill(state.schema(), &keys, &["coo".into()], &arena, &mut slots);
    let cookies = [Value::Text("x"), Value::Text("y")];
    let id = profile.id_text();
    assert_eq!(
        slots,
        [
            Value::Text("a"),
            Value::Int(0),
            Value::Missing,
            Value::Map(&[("1970-01-02", Value::Int(1))]),
            Value::Time(at(90_000)),
            Value::Text(&id),
            Value::Missing,
            Value::List(&cookies),
            Value::Map(&[("kie", Value::List(&cookies))]),
        ]
    );
}

#[test]
fn a_blocked_or_overlong_identity_links_nothing_and_owns_nothing() {
    let long = "l".repeat(LONGEST_IDENTITY + 1);
    let mut state = run(&schema(), &[event(1, "", &["bot7", "x"]), event(2, &long, &["y"])]);
    let names: Vec<_> = state
        .profiles(USER, at(9))
        .map(|p| p.identities.iter().map(|(_, value)| value.to_string()).collect::<Vec<_>>())
        .collect();
    assert_eq!(names.concat().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["x".into(), "y".into()]));
    assert_eq!(event(3, "", &["bot8"]).with(|change| state.apply(change)), Outcome::NoIdentity);
    let counts = state.counts();
    assert_eq!((counts.too_long, counts.blocked, counts.no_identity, counts.applied), (1, 2, 1, 2));
}

#[test]
fn a_replay_changes_nothing() {
    let keyed = Event { replay_key: Some(7), ..event(1, "a", &["x"]) };
    let mut state = run(&schema(), std::slice::from_ref(&keyed));
    let before = printed(&state);
    assert_eq!(keyed.with(|change| state.apply(change)), Outcome::Replay);
    assert_eq!(printed(&state), before);
}

#[test]
fn a_profile_without_fields_still_prints() {
    let mut state = State::new(&schema());
    let identities = [Identity { field: id("email"), value: "a" }];
    let stamp = Stamp { time: at(5), id: 0 };
    let change = Change { table: USER, stamp, replay_key: None, identities: &identities, contributions: &[] };
    assert_eq!(state.apply(&change), Outcome::Applied);
    let profile = state.profiles(USER, at(9)).next().unwrap();
    assert_eq!(
        written(&state, &profile),
        json!({
            "_id": profile.id_text(), "_created": "1970-01-01T00:00:05Z", "_modified": "1970-01-01T00:00:05Z",
        })
    );
}

/// The same message in two parts was counted twice: there is no right answer, so there is none.
#[test]
fn parts_that_saw_the_same_message_do_not_merge() {
    let keyed = Event { replay_key: Some(7), ..event(1, "a", &["x"]) };
    let state = run(&schema(), std::slice::from_ref(&keyed)).encode();
    assert!(merge_encoded(&state, &state).is_err());
}

#[test]
fn a_set_of_many_elements_is_not_copied_for_every_event() {
    let schema = schema();
    let mut state = State::new(&schema);
    let mut single = State::new(&schema);
    let names: Vec<String> = (0..3000).map(|at| format!("cookie-{:05}", (at * 7919) % 3000)).collect();
    for (at, name) in names.iter().enumerate() {
        let one = Event { emails: BTreeSet::from(["a".to_owned()]), ..event(at as i64, "a", &[name]) };
        one.with(|change| state.apply(change));
    }
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    for part in all.chunks(3000) {
        event(0, "a", part).with(|change| single.apply(change));
    }
    let cookies = |state: &State| {
        let profile = state.profiles(USER, at(9)).next().unwrap();
        written(state, &profile)["cookie"].as_array().unwrap().len()
    };
    assert_eq!((cookies(&state), cookies(&single)), (3000, 3000));
    let again = State::decode(&state.encode(), &schema).unwrap();
    assert_eq!(again.encode(), state.encode());
    // Its parts are taken one by one.
    let (mut parts, mut whole) = (Vec::new(), Vec::new());
    let (size, groups) = (state.size(), state.groups(USER));
    let expected = state.joined(USER, groups.get(0).unwrap().1).unwrap().into_owned();
    take_all(&mut state, &mut parts);
    assert!(parts.len() > 1 && state.size() < size);
    for (_, _, part) in parts {
        let mut merged = Vec::new();
        if whole.is_empty() {
            merged = part;
        } else {
            fragment::merge(&part, &whole, &mut Scratch::default(), &mut merged).unwrap();
        }
        whole = merged;
    }
    assert_eq!(whole, expected);
}

/// A message whose bytes were damaged has not been seen.
#[test]
fn a_change_that_fails_may_come_again() {
    let mut state = run(&schema(), &[event(1, "a", &["x"])]);
    let keyed = Event { replay_key: Some(7), ..event(2, "a", &["x"]) };
    let (mut bytes, mut encoder) = (Vec::new(), state.encoder());
    let home = keyed.with(|change| encoder.encode(change, &mut bytes)).unwrap();
    let before = state.encode();
    let damaged = &bytes[..bytes.len() - 1];
    assert!(state.apply_encoded(home, damaged).is_err());
    assert_eq!((state.encode(), state.counts().applied), (before, 1));
    assert_eq!(state.apply_encoded(home, &bytes), Ok(Outcome::Applied));
    assert_eq!(state.apply_encoded(home, &bytes), Ok(Outcome::Replay));
}
