//! When filters turn, against the plainest way to find out: evaluate them again and again.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use bumpalo::Bump;
use lql_compiler::program::Package;
use lql_compiler::schema::TableId;
use lql_compiler::{Settings, Source, Time, check, dates};
use lql_runtime::merge::Owned;
use lql_runtime::{Flip, Memberships, Profile, Reading};
use proptest::prelude::*;

const FIELDS: &str = "SELECT id AS id, todate(a) AS a KIND date, todate(b) AS b KIND date, n AS n KIND int,
    t AS t, timebucket(a) AS days, set(c) AS times KIND []time FROM s INTO user BY id ALIAS q";

fn time(text: &str) -> Time {
    dates::parse(text, Time::default()).unwrap()
}

fn package(filter: &str) -> Package {
    let sources = [
        Source::lql("q.lql", FIELDS),
        Source::filterql("f.fql", format!("FILTER {filter} ALIAS f")),
        Source::filterql("g.fql", "FILTER a > \"now-2d\" ALIAS included"),
    ];
    let checked = check(&sources, &Settings::default());
    checked.package().unwrap_or_else(|findings| panic!("{filter}: {findings:#?}"))
}

fn profile(package: &Package, fields: &[(&str, Owned)]) -> Profile {
    let table = TableId(0);
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (package.schema.find_field(table, name).unwrap(), value.clone()))
        .collect();
    fields.sort();
    Profile {
        id: 1,
        table,
        created: time("2024-01-01"),
        modified: time("2024-02-28T13:00:00Z"),
        events: 3,
        identities: Vec::new(),
        fields,
    }
}

/// What is told, and whether the profile is in the segment at any instant.
fn ask<R>(
    filter: &str,
    fields: &[(&str, Owned)],
    ask: impl FnOnce(&dyn Fn(Time) -> bool, &dyn Fn(Time, Time) -> Option<Flip>) -> R,
) -> R {
    let package = package(filter);
    let constants = Bump::new();
    let memberships = Memberships::new(&package.segments, &constants).unwrap();
    let profile = profile(&package, fields);
    let is_in = |at: Time| memberships.of(&profile, &package.schema, at).contains(&"f");
    let next = |clock: Time, until: Time| {
        let read = |_| Reading { profile: profile.clone(), expires: None };
        memberships.next_flip("f", &package.schema, clock, until, read)
    };
    ask(&is_in, &next)
}

#[test]
fn filters_turn_when_the_reference_says() {
    let a = ("a", Owned::Time(time("2024-01-31T10:00:00Z")));
    let days =
        Owned::Map([("2024-02-20".into(), Owned::Int(3)), ("2024-02-27".into(), Owned::Int(2))].into());
    let fields = [a, ("days", days), ("n", Owned::Int(5))];
    for (filter, expected) in [
        ("a > \"now-30d\"", Some("2024-03-01T10:00:00Z")),
        ("a < \"now-30d\"", Some("2024-03-01T10:00:01Z")),
        ("NOT a >= \"now-30d\"", Some("2024-03-01T10:00:01Z")),
        // A month before the last of February is the last but two of January, a month before the first of March the first
        // of February: the days between are jumped over.
        ("a < \"now-1M\"", Some("2024-03-01T00:00:00Z")),
        ("a < \"now-2M\"", Some("2024-03-31T10:00:01Z")),
        ("a > now()", None),
        ("todate(\"now-30d\") > a", Some("2024-03-01T10:00:01Z")),
        ("a BETWEEN \"now-1y\" AND \"now-31d\"", Some("2024-03-02T10:00:01Z")),
        ("timewindow(days, 5, 30)", Some("2024-03-21T00:00:00Z")),
        ("timewindow(days, 10, 30)", None),
        ("hourofday() == 17", Some("2024-02-28T17:00:00Z")),
        ("AND (n > 3, NOT INCLUDE included)", None),
        ("n > 3", None),
        ("OR (n > 30, a > \"now+1d\", t == \"x\")", None),
    ] {
        ask(filter, &fields, |_, next| {
            let flip = next(time("2024-02-28T13:00:00.5Z"), time("2025-02-28T00:00:00Z"));
            assert_eq!(flip, expected.map(|at| Flip::At(time(at))), "{filter}");
        });
    }
}

#[test]
fn arithmetic_on_the_clock_is_searched() {
    let fields = [("a", Owned::Time(time("2024-01-31T10:00:00Z")))];
    ask("epochms() / 1000 - totimestamp(a) > 2592000", &fields, |_, next| {
        let flip = next(time("2024-02-28T13:00:00Z"), time("2025-02-28T00:00:00Z"));
        assert_eq!(flip, Some(Flip::About(time("2024-03-01T10:00:01Z"))));
    });
}

#[test]
fn a_reading_that_expires_is_read_again() {
    let package = package("EXISTS t");
    let constants = Bump::new();
    let memberships = Memberships::new(&package.segments, &constants).unwrap();
    let end = time("2024-06-01T00:00:00Z");
    let read = |at: Time| {
        let fields = if at < end { vec![("t", Owned::Text("x".into()))] } else { Vec::new() };
        Reading { profile: profile(&package, &fields), expires: (at < end).then_some(end) }
    };
    let until = time("2025-01-01");
    let flip = memberships.next_flip("f", &package.schema, time("2024-01-01"), until, read);
    assert_eq!(flip, Some(Flip::At(end)));
}

fn test() -> impl Strategy<Value = String> {
    let math = (
        prop::sample::select(vec!["-", "+"]),
        0u32..40,
        prop::sample::select(vec!["y", "M", "w", "d", "h", "m", "s"]),
    )
        .prop_map(|(sign, amount, unit)| {
            let amount = if unit == "y" { amount % 3 } else { amount };
            format!("now{sign}{amount}{unit}")
        });
    let math = || math.clone();
    let field = || prop::sample::select(vec!["a", "b", "_modified", "times"]);
    let compare = || prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    prop_oneof![
        4 => (field(), compare(), math()).prop_map(|(field, op, math)| format!("{field} {op} \"{math}\"")),
        1 => (field(), math(), math()).prop_map(|(field, low, high)| format!("{field} BETWEEN \"{low}\" AND \"{high}\"")),
        1 => (math(), compare()).prop_map(|(math, op)| format!("todate(\"{math}\") {op} a")),
        1 => (math(), compare(), math()).prop_map(|(a, op, b)| format!("todate(\"{a}\") {op} \"{b}\"")),
        1 => (field(), compare()).prop_map(|(field, op)| format!("{field} {op} now()")),
        1 => (0u32..24).prop_map(|hour| format!("hourofday() >= {hour}")),
        1 => (0u32..7).prop_map(|day| format!("dayofweek() == {day}")),
        1 => (1u32..13).prop_map(|month| format!("mm() == {month}")),
        1 => prop::sample::select(vec!["timewindow(days, 5, 7)", "timewindow(days, 5, 30)", "timewindow(days, 1, 7)", "timewindow(times, 1, 7)"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["n > 3", "EXISTS t", "INCLUDE included", "a > b", "t > \"now-2d\"", "(a IF n > 3 ELSE now()) > \"now-5d\""]).prop_map(str::to_owned),
        1 => math().prop_map(|math| format!("a IN (\"{math}\", \"2024-02-27\")")),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    test().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (prop::sample::select(vec!["AND", "OR"]), prop::collection::vec(inner.clone(), 1..4))
                .prop_map(|(op, items)| format!("{op} ({})", items.join(", "))),
            (inner.clone(), prop::sample::select(vec!["AND", "OR"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(lql_cases::cases(150))]

    #[test]
    fn a_filter_turns_where_it_is_told_and_nowhere_before(
        filter in filter(),
        a in 0i64..60 * 86_400,
        b in prop::option::of(0i64..60 * 86_400),
        times in prop::collection::vec(0i64..60 * 86_400, 0..3),
        t in prop::option::of(prop::sample::select(vec!["x", "now-1d"])),
        n in 0i64..6,
        clock in 0i64..60 * 86_400,
        nanos in prop::sample::select(vec![0u32, 500_000_000]),
    ) {
        let origin = time("2024-01-10T00:00:00Z").seconds();
        let at = |ahead: i64| Owned::Time(Time::from_seconds(origin + ahead).unwrap());
        let mut fields = vec![("a", at(a)), ("n", Owned::Int(n))];
        fields.extend(b.map(|b| ("b", at(b))));
        fields.extend(t.map(|t| ("t", Owned::Text(t.into()))));
        let day = |ahead: i64| Time::from_seconds(origin + ahead).unwrap().to_rfc3339()[..10].to_owned();
        fields.push(("days", Owned::Map([(day(a).into(), Owned::Int(5))].into())));
        if !times.is_empty() {
            let mut times: Vec<_> = times.iter().map(|ahead| at(*ahead)).collect();
            times.sort();
            fields.push(("times", Owned::List(times.into())));
        }
        let clock = Time::new(origin + clock, nanos).unwrap();
        let until = Time::from_seconds(clock.seconds() + 120 * 86_400).unwrap();
        ask(&filter, &fields, |is_in, next| {
            let before = is_in(clock);
            let flip = next(clock, until);
            let end = match flip {
                Some(Flip::At(at)) => {
                    prop_assert_ne!(is_in(at), before, "{} does not turn at {}", filter, at.to_rfc3339());
                    // The second before, and the last nanosecond.
                    for at in [Time::new(at.seconds() - 1, 999_999_999), Time::from_seconds(at.seconds() - 1)] {
                        let at = at.unwrap().max(clock);
                        prop_assert_eq!(is_in(at), before, "{} turns before", filter);
                    }
                    at
                }
                None => until,
                other => return Err(TestCaseError::fail(format!("{filter}: {other:?}"))),
            };
            // Turns last at least an hour nearly always; those of equality last a second, at a time of day of the fields.
            let moments = [a, b.unwrap_or(a)].into_iter().chain(times.iter().copied()).map(|ahead| (origin + ahead).rem_euclid(86_400));
            let moments: Vec<i64> = moments.collect();
            for second in (clock.seconds() + 1..end.seconds()).step_by(3600 * 4) {
                let at = Time::from_seconds(second).unwrap();
                prop_assert_eq!(is_in(at), before, "{} turns before {:?}, at {}", filter, flip, at.to_rfc3339());
            }
            for day in (clock.seconds() / 86_400..=end.seconds() / 86_400).step_by(3) {
                for second in moments.iter().flat_map(|moment| [day * 86_400 + moment, day * 86_400 + moment + 1]) {
                    if second > clock.seconds() && second < end.seconds() {
                        let at = Time::from_seconds(second).unwrap();
                        prop_assert_eq!(is_in(at), before, "{} turns before {:?}, at {}", filter, flip, at.to_rfc3339());
                    }
                }
            }
            Ok(())
        })?;
    }
}
