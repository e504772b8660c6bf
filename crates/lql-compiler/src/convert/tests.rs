use super::*;

fn time(text: &str) -> Time {
    Time::from_jiff(text.parse().unwrap())
}

#[test]
fn plausible_years_begin_with_1800_and_end_with_2120() {
    assert_eq!(time("1800-01-01T00:00:00Z").seconds(), -5_364_662_400);
    assert_eq!(time("2121-01-01T00:00:00Z").seconds(), 4_765_132_800);
}

#[test]
fn texts() {
    fn give(value: Value<'_>, want: Option<&str>) {
        assert_eq!(to_text(value, &Bump::new()), want, "{value:?}");
    }
    give(Value::Int(-7), Some("-7"));
    give(Value::Number(5.0), Some("5"));
    give(Value::Number(12.50), Some("12.5"));
    give(Value::Number(1e21), Some("1000000000000000000000"));
    give(Value::Number(1e-7), Some("0.0000001"));
    give(Value::Number(f64::NAN), None);
    give(Value::Bool(false), Some("false"));
    give(Value::Time(Time::from_millis(1_500).unwrap()), Some("1500"));
    give(Value::List(&[Value::Text("a"), Value::Int(2)]), Some("a,2"));
    give(Value::List(&[Value::Text(""), Value::Text("b")]), Some(",b"));
    give(Value::List(&[]), None);
    give(Value::Map(&[("a", Value::Int(1))]), None);
    give(Value::Missing, None);
    give(Value::Null, None);
}

#[test]
fn numbers() {
    let give = |text, want: Option<f64>| assert_eq!(to_number(Value::Text(text)), want, "{text:?}");
    give("2.5", Some(2.5));
    give("-1e3", Some(-1000.0));
    give(" 7 ", Some(7.0));
    give("£ 1,000", Some(1000.0));
    give("€1,5", Some(15.0));
    give("", None);
    give("$", None);
    give("12 apples", None);
    give("0x1F", None);
    give("inf", None);
    give("NaN", None);
    give("1e999", None);
    assert_eq!(to_number(Value::Bool(true)), Some(1.0));
    assert_eq!(to_number(Value::Number(f64::NAN)), None);
    assert_eq!(to_number(Value::List(&[Value::Int(1)])), None);
}

#[test]
fn integers() {
    let give = |text, want: Option<i64>| assert_eq!(to_int(Value::Text(text)), want, "{text:?}");
    give("12", Some(12));
    give("+12", Some(12));
    give("-3.9", Some(-3));
    give("1,234.9", Some(1234));
    give("$12", Some(12));
    give("1.5e3", Some(1500));
    give("0x1F", None);
    give("0x1.F", None);
    give("1e3", None);
    give("9223372036854775808", None);
    give("1e30.", None);
    give("99999999999999999999.5", None);
    give("", None);
    assert_eq!(to_int(Value::Number(-2.9)), Some(-2));
    assert_eq!(to_int(Value::Number(9.3e18)), None);
    assert_eq!(to_int(Value::Number(f64::NAN)), None);
    assert_eq!(to_int(Value::Bool(true)), Some(1));
    assert_eq!(to_int(Value::Time(Time::from_millis(1_500).unwrap())), Some(1500));
    assert_eq!(to_int(Value::List(&[Value::Text("4"), Value::Text("5")])), Some(4));
}

#[test]
fn booleans() {
    fn give(value: Value<'_>, want: Option<bool>) {
        assert_eq!(to_bool(value), want, "{value:?}");
    }
    for word in ["1", "t", "T", "TRUE", "true", "True"] {
        give(Value::Text(word), Some(true));
    }
    for word in ["0", "f", "F", "FALSE", "false", "False"] {
        give(Value::Text(word), Some(false));
    }
    for word in ["", "yes", "no", "tRUE", "2", " true"] {
        give(Value::Text(word), None);
    }
    give(Value::Int(1), Some(true));
    give(Value::Number(0.0), Some(false));
    give(Value::Int(2), None);
    give(Value::Number(0.5), None);
    give(Value::Null, None);
}

#[test]
fn instants() {
    fn give(value: Value<'_>, want: Option<&str>) {
        let now = time("2026-03-04T12:00:00Z");
        assert_eq!(to_time(value, now).map(Time::to_rfc3339).as_deref(), want, "{value:?}");
    }
    let instant = time("1700-01-01T00:00:00Z");
    give(Value::Time(instant), Some("1700-01-01T00:00:00Z"));
    give(Value::Text("now-3d"), Some("2026-03-01T12:00:00Z"));
    give(Value::Text("03/04/2026"), Some("2026-03-04T00:00:00Z"));
    give(Value::Text("1700-01-01"), Some("1700-01-01T00:00:00Z"));
    give(Value::Text("13/04/2026"), None);
    give(Value::Int(1_772_600_767), Some("2026-03-04T05:06:07Z"));
    give(Value::Number(1_772_600_767_000.0), Some("2026-03-04T05:06:07Z"));
    give(Value::Int(9_999_999_999), None);
    give(Value::Int(12), None);
    give(Value::Number(0.5), None);
    give(Value::Bool(true), None);
    give(Value::List(&[Value::Text("2026-03-04")]), None);
    give(Value::Missing, None);
}

#[test]
fn casts() {
    fn give(kind: &str, value: Value<'_>, want: Value<'_>) {
        let (arena, now) = (Bump::new(), Time::default());
        let env = Env { arena: &arena, event_time: now, clock: now };
        assert_eq!(cast(value, Kind::parse(kind).unwrap(), &env), want, "{value:?} as {kind}");
    }
    let now = time("2026-03-04T05:06:07Z");
    let (a, b, two) = (Value::Text("a"), Value::Text("b"), Value::Text("2"));
    let empty = Value::Text("");

    give("string", a, a);
    give("string", Value::Int(2), two);
    give("string", Value::List(&[b, a]), b);
    give("string", empty, Value::Missing);
    give("string", Value::List(&[empty, a]), Value::Missing);
    give("string", Value::Map(&[("a", a)]), Value::Missing);
    give("int", two, Value::Int(2));
    give("int", a, Value::Missing);
    give("int", Value::List(&[two, a]), Value::Int(2));
    give("number", Value::Text("2.5"), Value::Number(2.5));
    give("number", Value::List(&[two]), Value::Number(2.0));
    give("number", Value::Number(f64::NAN), Value::Missing);
    give("number", Value::Number(f64::INFINITY), Value::Missing);
    give("bool", Value::Text("t"), Value::Bool(true));
    give("bool", Value::Text("yes"), Value::Missing);
    give("date", Value::Time(now), Value::Time(now));
    give("date", Value::Bool(true), Value::Missing);
    give("date", Value::List(&[Value::Text("2026-03-04T05:06:07Z"), a]), Value::Time(now));
    give("date", Value::Text("now"), Value::Time(Time::default()));
    give("[]time", Value::List(&[Value::Text("2026-03-04T05:06:07Z"), a]), Value::List(&[Value::Time(now)]));

    give("[]string", a, Value::List(&[a]));
    give("[]string", Value::Int(2), Value::List(&[two]));
    give("[]string", Value::List(&[b, a, b]), Value::List(&[a, b]));
    give("[]string", Value::List(&[a, b]), Value::List(&[a, b]));
    give("[]string", Value::List(&[a, empty]), Value::List(&[a]));
    give("[]string", empty, Value::Missing);
    give("[]string", Value::Time(Time::from_seconds(2).unwrap()), Value::List(&[Value::Text("2000")]));
    give("[]string", Value::Map(&[("a", a)]), Value::Missing);
    give("ts[]string", Value::List(&[b, a, b]), Value::List(&[b, a]));
    let (day, noon) = (time("2026-03-04T00:00:00Z"), time("2026-03-04T12:00:00Z"));
    let (early, late) = (Value::Time(time("2026-03-01T07:00:00Z")), Value::Time(now));
    give("[]time", Value::List(&[late, early, late]), Value::List(&[early, late]));
    give("[]time", late, Value::List(&[late]));
    give("[]time", Value::Bool(true), Value::Missing);
    give(
        "[]timebucket",
        Value::List(&[late, Value::Time(noon)]),
        Value::List(&[Value::Time(day), Value::Time(day)]),
    );
    give(
        "[]timebucket",
        Value::Time(Time::from_seconds(-1).unwrap()),
        Value::List(&[Value::Time(Time::from_seconds(-86_400).unwrap())]),
    );

    let mixed = Value::Map(&[("a", two), ("b", Value::Text("2.5")), ("c", Value::Text("$3")), ("d", empty)]);
    give("map[string]int", mixed, Value::Map(&[("a", Value::Int(2))]));
    give("map[string]intsum", Value::Map(&[("a", Value::Number(2.9))]), Value::Map(&[("a", Value::Int(2))]));
    give("map[string]number", mixed, Value::Map(&[("a", Value::Number(2.0)), ("b", Value::Number(2.5))]));
    give(
        "map[string]string",
        mixed,
        Value::Map(&[("a", two), ("b", Value::Text("2.5")), ("c", Value::Text("$3"))]),
    );
    give(
        "map[string]bool",
        Value::Map(&[("a", Value::Text("T")), ("b", two)]),
        Value::Map(&[("a", Value::Bool(true))]),
    );
    give("map[string]time", Value::Map(&[("a", late), ("b", Value::Bool(true))]), Value::Map(&[("a", late)]));
    give("map[string]value", mixed, mixed);
    give("map[string]int", Value::Map(&[("a", Value::List(&[two, a]))]), Value::Map(&[("a", Value::Int(2))]));
    give("map[string]int", Value::Map(&[("a", a)]), Value::Missing);
    give("map[string]int", two, Value::Missing);

    give("geolocation", Value::Text(" 59.90, 10.0 "), Value::Text("59.9,10"));
    give("geolocation", Value::Text("-0,180"), Value::Text("0,180"));
    give(
        "geolocation",
        Value::Map(&[("lat", Value::Text("1.5")), ("lon", Value::Int(2))]),
        Value::Text("1.5,2"),
    );
    give("geolocation", Value::Text("91,0"), Value::Missing);
    give("geolocation", Value::Text("0,-180.5"), Value::Missing);
    give("geolocation", Value::Text("1,2,3"), Value::Missing);
    give("geolocation", Value::Text("Oslo"), Value::Missing);
    give("dynamic", mixed, mixed);
    give("dynamic", empty, Value::Missing);
}

#[test]
fn a_set_that_already_is_one_is_not_copied() {
    let arena = Bump::new();
    let now = Time::default();
    let env = Env { arena: &arena, event_time: now, clock: now };
    let items = [Value::Text("a"), Value::Text("b")];
    let Value::List(cast) = cast(Value::List(&items), Kind::TextSet, &env) else { panic!("a list") };
    assert!(std::ptr::eq(cast, items.as_slice()));
}

proptest::proptest! {
    #[test]
    fn short_decimals_are_read_as_floats_are(text in "[0-9]{0,9}[.]{0,2}[0-9]{0,9}|9{1,7}[.]9{1,9}") {
        if let Some(int) = short_decimal(&text) {
            proptest::prop_assert_eq!(plain_number(&text).and_then(truncate), Some(int));
        }
    }
}
