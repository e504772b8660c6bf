//! The catalog keeps its own rules, and every statement of reference 9.1 to 9.6 and 9.8 holds. The examples of the
//! entries are run elsewhere, through the compiler.

use super::*;

const MISSING: Value<'static> = Value::Missing;
const TRUE: Value<'static> = Value::Bool(true);
const FALSE: Value<'static> = Value::Bool(false);
const EMPTY: Value<'static> = Value::Text("");

fn text(text: &str) -> Value<'_> {
    Value::Text(text)
}

fn number(number: f64) -> Value<'static> {
    Value::Number(number)
}

fn int(int: i64) -> Value<'static> {
    Value::Int(int)
}

/// 2026-03-04T05:06:07Z, the event's time in every call below.
fn event_time() -> Time {
    Time::from_seconds(1_772_600_767).unwrap()
}

fn prepare(function: &Function, args: &[Value<'_>]) -> Option<Result<Prepared, PrepareError>> {
    let arena = Bump::new();
    let literals: Vec<_> = args
        .iter()
        .map(|arg| match arg {
            Value::Text(_) | Value::Int(_) | Value::Number(_) => crate::convert::to_text(*arg, &arena),
            _ => None,
        })
        .collect();
    function.prepare.map(|prepare| prepare(&literals))
}

/// What a call gives; every text and number counts as a literal.
#[track_caller]
fn give(name: &str, args: &[Value<'_>], want: Value<'_>) {
    let function = find(name).unwrap_or_else(|| panic!("`{name}` is in the catalog"));
    let prepared = prepare(function, args).transpose().unwrap();
    give_prepared(function, args, prepared.as_ref(), want);
}

#[track_caller]
fn give_prepared(function: &Function, args: &[Value<'_>], prepared: Option<&Prepared>, want: Value<'_>) {
    let arena = Bump::new();
    let env = Env { arena: &arena, event_time: event_time(), clock: event_time() };
    let result = function.call(&Call { args, prepared, view: &Value::Missing, env: &env });
    assert_eq!(result, want, "{}{args:?}", function.name);
}

#[track_caller]
fn refuse(name: &str, args: &[Value<'_>], arg: usize, message: &str) {
    let error = prepare(find(name).unwrap(), args).unwrap().unwrap_err();
    assert_eq!((error.arg, error.message.as_str()), (arg, message));
    assert!(error.help.ends_with('.'), "{}", error.help);
}

/// A list of texts, for the width of the table.
macro_rules! list {
    ($($item:expr),* $(,)?) => { Value::List(&[$(text($item)),*]) };
}

#[test]
fn names_are_unique_lower_case_and_documented() {
    let mut names = std::collections::HashSet::new();
    for f in functions() {
        for name in f.aliases.iter().chain([&f.name]) {
            assert!(names.insert(*name), "`{name}` stands twice");
            assert_eq!(*name, name.to_ascii_lowercase());
            assert_eq!(find(&name.to_ascii_uppercase()).map(|found| found.name), Some(f.name));
        }
        assert!(
            f.summary.ends_with('.') && f.summary.chars().next().is_some_and(char::is_uppercase),
            "{}",
            f.name
        );
        assert!(f.details.is_empty() || f.details.ends_with('.'), "{}", f.name);
        assert!(2 <= f.examples.len(), "`{}` needs two examples", f.name);
        for param in f.params {
            assert!(!param.doc.is_empty() && !param.doc.ends_with('.'), "{} {}", f.name, param.name);
        }
        for example in f.examples {
            let json = |text: &str| serde_json::from_str::<serde_json::Value>(text);
            assert!(example.event.is_empty() || json(example.event).unwrap().is_object(), "{}", example.expr);
            assert!(example.result.is_none_or(|result| json(result).is_ok()), "{}", example.expr);
        }
    }
    for (spelling, meant) in TOLERATED {
        assert!(!names.contains(spelling), "`{spelling}` is tolerated, so it is no alias of `{meant}`");
    }
    for (name, _) in REFUSED {
        assert!(!names.contains(name), "`{name}` is refused");
    }
}

#[test]
fn parameters_stand_in_an_order_that_a_call_can_follow() {
    for f in functions() {
        for (i, param) in f.params.iter().enumerate() {
            let after = &f.params[i + 1..];
            let fits = match param.presence {
                Presence::Required => true,
                Presence::Optional => after.iter().all(|p| p.presence != Presence::Required),
                Presence::Repeated => match after {
                    [] => true,
                    [last] => last.presence == Presence::Required,
                    _ => false,
                },
                Presence::Any => after.is_empty(),
            };
            assert!(fits, "`{}` cannot stand there in `{}`", param.name, f.name);
        }
    }
}

#[test]
fn aggregates_stand_in_mappings_and_their_operator_fits_their_kind() {
    for f in functions() {
        let Some(aggregate) = f.aggregate else { continue };
        assert_eq!((f.group, f.scope), (Group::Aggregate, Scope::Mapping), "{}", f.name);
        let kind = match f.result {
            ResultKind::Is(kind) => kind,
            ResultKind::From(of) => of(&[Kind::Date]),
        };
        assert!(aggregate.mergeop.fits(kind), "{} on {kind}", aggregate.mergeop);
    }
}

#[test]
fn every_name_of_appendix_a_is_in_the_catalog() {
    const NAMES: &str = "avg cap count max min set sum valuect mapct map maptime match \
        all and any eq exists ge gt ifcase le lt ne not or \
        char_length contains hasprefix hassuffix join len oneof regex.match replace split strip string.index \
        string.lowercase string.split string.strip string.substr string.titlecase string.uppercase tolower tostring \
        cast tobool toint tonumber unsign \
        encoding.b64decode encoding.b64encode hash hash.md5 hash.sha1 hash.sha256 hash.sha512 hash.sip \
        array.index array.slice filter filtermatch mapinvert mapkeys mapvalues json.jmespath pow sqrt uuid tofloat";
    let missing: Vec<_> = NAMES.split_whitespace().filter(|name| find(name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The rest of appendix A: all there, or none yet.
#[test]
fn every_name_of_appendix_a_about_web_dates_and_networks_is_in_the_catalog() {
    const NAMES: &str = "timebucket totimeset todate todatein \
        domain domains email emaildomain emailname host hosts path qs qs2 qsl url url.matchqs urldecode urlmain \
        urlminusqs useragent useragent.map \
        dayofweek epochms extract hourofday hourofweek mm monthofyear now seconds strftime totimestamp unixtrunc yy \
        yymm ipfilter phone.e164 geodistance timewindow urlminusqa";
    let missing: Vec<_> = NAMES.split_whitespace().filter(|name| find(name).is_none()).collect();
    assert!(missing.is_empty() || missing.len() == NAMES.split_whitespace().count(), "{missing:?}");
}

#[test]
fn aggregates() {
    give("count", &[text("a")], int(1));
    give("count", &[int(0)], int(1));
    give("count", &[FALSE], int(1));
    give("count", &[TRUE], int(1));
    give("count", &[EMPTY], MISSING);
    give("count", &[MISSING], MISSING);
    give("count", &[Value::List(&[])], MISSING);

    give("sum", &[int(2), int(4)], int(6));
    give("sum", &[int(9_007_199_254_740_993)], int(9_007_199_254_740_993));
    give("sum", &[text("1,200.50"), number(0.5)], number(1201.0));
    give("sum", &[list!["1", "2"], int(3)], number(6.0));
    give("sum", &[text("free"), int(3)], int(3));
    give("sum", &[list!["1", "free"], int(3)], number(4.0));
    give("sum", &[Value::List(&[int(1), text("free")]), int(3)], MISSING);
    give("sum", &[MISSING, int(3)], int(3));
    give("sum", &[TRUE, int(3)], number(4.0));
    give("sum", &[Value::Time(event_time()), int(3)], int(3));
    give("sum", &[int(2), int(-2)], MISSING);
    give("sum", &[text("free")], MISSING);

    give("min", &[text("$2.5")], number(2.5));
    give("max", &[int(0)], number(0.0));
    give("max", &[list!["2", "9"]], number(2.0));
    give("max", &[Value::Time(event_time())], Value::Time(event_time()));
    give("min", &[text("2026-03-04")], MISSING);
    give("min", &[MISSING], MISSING);

    give("avg", &[int(2), text("5")], number(3.5));
    give("avg", &[list!["1", "2", "6"], int(3)], number(3.0));
    give("avg", &[list!["1", "ill"]], MISSING);
    give("avg", &[text("ill"), int(3)], number(3.0));
    give("avg", &[int(0)], number(0.0));
    give("avg", &[MISSING], MISSING);

    give("set", &[text("a")], list!["a"]);
    give("set", &[list!["b", "a"]], list!["b", "a"]);
    give("set", &[Value::List(&[int(7), number(2.5)])], list!["7", "2.5"]);
    give("set", &[EMPTY], MISSING);
    give("set", &[Value::Map(&[("a", int(1))])], MISSING);

    give("valuect", &[text("a")], Value::Map(&[("a", int(1))]));
    give("valuect", &[list!["b", "a", "b"]], Value::Map(&[("a", int(1)), ("b", int(1))]));
    give("valuect", &[list!["", "a"]], Value::Map(&[("a", int(1))]));
    give("valuect", &[int(5)], Value::Map(&[("5", int(1))]));
    give("mapct", &[EMPTY], MISSING);

    give("cap", &[list!["b", "a"], int(2)], list!["b", "a"]);
    give("cap", &[MISSING, text("30d")], MISSING);
    let cap = |limit| match prepare(find("cap").unwrap(), &[text("x"), limit]) {
        Some(Ok(Prepared::Cap(cap))) => cap,
        other => panic!("{other:?}"),
    };
    assert_eq!(cap(int(10)), Cap::Count(10));
    assert_eq!(cap(text("30d")), Cap::Days(30));
    refuse("cap", &[text("x"), int(0)], 1, "a limit of 0 keeps nothing");
    refuse("cap", &[text("x"), text("30m")], 1, "`30m` is no limit");
    refuse("cap", &[text("x"), number(2.5)], 1, "`2.5` is no limit");
    refuse("cap", &[text("x"), MISSING], 1, "the limit of `cap` must stand in the query");
}

#[test]
fn conditions() {
    give("all", &[text("a"), int(5), TRUE, number(0.5)], TRUE);
    give("all", &[text("0")], TRUE);
    give("all", &[list!["a"]], TRUE);
    give("all", &[text("a"), int(0)], FALSE);
    give("all", &[text("a"), number(0.0)], FALSE);
    give("all", &[text("a"), FALSE], FALSE);
    give("all", &[text("a"), EMPTY], FALSE);
    give("all", &[text("a"), MISSING], FALSE);
    give("any", &[MISSING, text("a")], TRUE);
    give("any", &[int(0), FALSE, EMPTY, MISSING], FALSE);
    give("exists", &[int(0)], TRUE);
    give("exists", &[FALSE], TRUE);
    give("exists", &[EMPTY], FALSE);
    give("exists", &[Value::Null], FALSE);

    give("eq", &[int(5), text("5")], TRUE);
    give("eq", &[text("5"), int(5)], TRUE);
    give("eq", &[int(5), text("5.5")], FALSE);
    give("eq", &[int(5), text("5.0")], TRUE);
    give("eq", &[int(5), number(5.5)], FALSE);
    give("eq", &[int(i64::MAX), text("9223372036854775806")], FALSE);
    give("eq", &[number(2.5), text("$2.5")], TRUE);
    give("eq", &[text("a"), text("A")], FALSE);
    give("eq", &[TRUE, text("T")], TRUE);
    give("eq", &[TRUE, int(0)], FALSE);
    give("eq", &[Value::Time(event_time()), Value::Time(Time::new(1_772_600_767, 9).unwrap())], TRUE);
    give("eq", &[int(5), text("five")], FALSE);
    give("eq", &[MISSING, MISSING], FALSE);
    give("eq", &[MISSING, int(5)], FALSE);
    give("eq", &[int(5), MISSING], FALSE);
    give("ne", &[int(5), text("5")], FALSE);
    give("ne", &[MISSING, int(5)], TRUE);

    give("lt", &[int(1), number(1.5)], TRUE);
    give("le", &[text("2"), int(2)], TRUE);
    give("gt", &[int(2), int(2)], FALSE);
    give("ge", &[int(5), text("5")], TRUE);
    give("ge", &[text("2026-03-05"), text("2026-03-04")], MISSING);
    give("lt", &[MISSING, int(2)], MISSING);
    give("not", &[TRUE], FALSE);
    give("not", &[text("f")], TRUE);
    give("not", &[int(0)], TRUE);
    give("not", &[text("yes")], MISSING);
    give("not", &[MISSING], MISSING);
    give("or", &[MISSING, FALSE, TRUE], TRUE);
    give("or", &[MISSING, MISSING], FALSE);
    give("and", &[TRUE, TRUE], TRUE);
    give("and", &[FALSE, MISSING], FALSE);
    give("and", &[TRUE, MISSING, FALSE], MISSING);

    give("ifcase", &[text("a"), FALSE, text("b"), TRUE, text("c")], text("b"));
    give("ifcase", &[text("a"), MISSING, text("c")], text("c"));
    give("ifcase", &[text("a"), text("true"), text("c")], text("c"));
    give("ifcase", &[text("a"), FALSE], MISSING);
}

#[test]
fn texts() {
    give("join", &[text("x"), int(3), number(2.5), text("/")], text("x/3/2.5"));
    give("join", &[list!["a", "", "b"], text("c"), EMPTY], text("abc"));
    give("join", &[EMPTY, text("a"), MISSING, text("b"), text(", ")], text("a, b"));
    give("join", &[TRUE, Value::Time(event_time()), text("a"), text("-")], text("a"));
    give("join", &[EMPTY, MISSING, text("-")], MISSING);
    give("join", &[text("a"), text("b"), MISSING], MISSING);

    give("len", &[text("blå")], int(3));
    give("char_length", &[EMPTY], int(0));
    give("len", &[list!["a", "b"]], int(2));
    give("len", &[Value::Map(&[("a", int(1))])], int(1));
    give("len", &[int(12)], int(0));
    give("len", &[TRUE], int(0));
    give("len", &[MISSING], MISSING);

    give("oneof", &[MISSING, EMPTY, int(0), text("z")], int(0));
    give("oneof", &[Value::List(&[]), FALSE, text("z")], FALSE);
    give("oneof", &[MISSING, list!["a", "b"]], list!["a", "b"]);
    give("oneof", &[MISSING, EMPTY], MISSING);

    give("replace", &[text("a-b-c"), text("-"), text("+")], text("a+b+c"));
    give("replace", &[text("a-b-c"), text("-")], text("abc"));
    give("replace", &[text("a-b-c"), text("-"), MISSING], text("abc"));
    give("replace", &[int(1010), text("0"), text("x")], text("1x1x"));
    give("replace", &[text("a--b---"), text("--"), text("å")], text("aåbå-"));
    give("replace", &[text("ab"), text(""), text("-")], text("-a-b-"));
    give("replace", &[text("ab"), text("c"), text("-")], text("ab"));
    give("replace", &[MISSING, text("-"), text("+")], EMPTY);
    give("replace", &[text("a"), MISSING], MISSING);

    give("split", &[text("b, a,,c"), text(",")], list!["b", " a", "", "c"]);
    give("string.split", &[text("a"), text(",")], list!["a"]);
    give("split", &[EMPTY, text(",")], MISSING);
    give("split", &[text("a"), EMPTY], MISSING);
    give("split", &[MISSING, text(",")], MISSING);

    give("strip", &[text(" \t\r\na b ")], text("a b"));
    give("strip", &[text("\u{a0}a")], text("\u{a0}a"));
    give("string.strip", &[list![" a ", " b "]], list!["a", "b"]);
    give("strip", &[int(5)], MISSING);
    give("strip", &[MISSING], MISSING);

    give("tolower", &[text("ÅLESUND ΟΔΟΣ")], text("ålesund οδοσ"));
    give("string.lowercase", &[list!["A", "B"]], text("a"));
    give("string.uppercase", &[text("straße é")], text("STRAßE É"));
    give("string.uppercase", &[MISSING], MISSING);
    give("string.titlecase", &[text("mary-jane o'neil")], text("Mary-Jane O'Neil"));
    give("string.titlecase", &[text("ANA 3rd")], text("ANA 3Rd"));

    give("string.index", &[text("banana"), text("na")], int(2));
    give("string.index", &[text("blåbær"), text("b\u{e6}")], int(4));
    give("string.index", &[text("banana"), text("x")], MISSING);
    give("string.index", &[MISSING, text("x")], MISSING);

    give("string.substr", &[text("banana"), int(1), int(4)], text("ana"));
    give("string.substr", &[text("blåbær"), int(2)], text("åbær"));
    give("string.substr", &[text("blåbær"), int(2), int(3)], text("å"));
    give("string.substr", &[text("ab"), int(2)], EMPTY);
    give("string.substr", &[text("ab"), int(3)], MISSING);
    give("string.substr", &[text("ab"), int(0), int(3)], MISSING);
    give("string.substr", &[text("ab"), int(-1)], MISSING);
    give("string.substr", &[text("ab"), int(0), int(-1)], MISSING);
    give("string.substr", &[text("abc"), int(2), int(1)], MISSING);
    give("string.substr", &[text("abc"), int(0), MISSING], MISSING);

    give("contains", &[text("tulip"), text("li")], TRUE);
    give("contains", &[text("tulip"), text("LI")], FALSE);
    give("contains", &[MISSING, text("li")], FALSE);
    give("contains", &[text("tulip"), EMPTY], MISSING);
    give("contains", &[EMPTY, text("li")], MISSING);
    give("hasprefix", &[text("tulip"), text("tu")], TRUE);
    give("hasprefix", &[text("tulip"), text("lip")], FALSE);
    give("hasprefix", &[text("tulip"), EMPTY], MISSING);
    give("hasprefix", &[MISSING, text("tu")], FALSE);
    give("hassuffix", &[text("tulip"), text("lip")], TRUE);
    give("hassuffix", &[MISSING, text("lip")], FALSE);
    give("hassuffix", &[text("tulip"), EMPTY], MISSING);

    give("regex.match", &[text("no 01234"), text("[0-9]{5}$")], TRUE);
    give("regex.match", &[text("1234"), text("[0-9]{5}")], FALSE);
    give("regex.match", &[int(12345), text("[0-9]{5}")], MISSING);
    give("regex.match", &[MISSING, text("a")], MISSING);
    refuse("regex.match", &[text("a"), text("(a")], 1, "`(a` is no regular expression: unclosed group");
    refuse("regex.match", &[text("a"), text(r"\w{9}{999}{999}")], 1, "the regular expression is too large");
    refuse("regex.match", &[text("a"), MISSING], 1, "the regular expression must stand in the query");

    give("tostring", &[int(5)], text("5"));
    give("tostring", &[number(5.0)], text("5"));
    give("tostring", &[MISSING], EMPTY);
    give("tostring", &[list!["a", "b"]], text("a"));
    give("tostring", &[Value::Time(event_time())], text("1772600767000"));
    give("tostring", &[Value::Map(&[("a", int(1))])], MISSING);
}

#[test]
fn casts() {
    give("toint", &[text("1,234.9")], int(1234));
    give("toint", &[text("$12")], int(12));
    give("toint", &[text("0x1F")], MISSING);
    give("toint", &[Value::Time(event_time())], int(1_772_600_767_000));
    give("toint", &[list!["3", "x", "4.5"]], Value::List(&[int(3), int(4)]));
    give("toint", &[list!["3"]], int(3));
    give("toint", &[list!["x", "y"]], MISSING);
    give("toint", &[MISSING], MISSING);
    give("tonumber", &[text("€1,5")], number(15.0));
    give("tofloat", &[list!["2.5", "3"]], number(2.5));
    give("tonumber", &[TRUE], number(1.0));
    give("tonumber", &[EMPTY], MISSING);
    give("tobool", &[text("T")], TRUE);
    give("tobool", &[int(0)], FALSE);
    give("tobool", &[text("yes")], MISSING);
    give("tobool", &[int(2)], MISSING);
    give("cast", &[text("12.7"), text("int")], int(12));
    give("cast", &[int(12), text("string")], text("12"));
    give("cast", &[int(12), text("char")], text("12"));
    give("cast", &[text("ab"), text("[]byte")], text("ab"));
    give("cast", &[Value::Time(event_time()), text("time")], Value::Time(event_time()));
    give("cast", &[text("12"), text("float")], MISSING);
    give("unsign", &[text("-1")], text("18446744073709551615"));
    give("unsign", &[int(7)], text("7"));
    give("unsign", &[text("x")], MISSING);
}

#[test]
fn hashes() {
    let ana = text("ana@example.org");
    give("hash.sip", &[ana], int(-6_570_817_484_087_043_616));
    give("hash", &[Value::List(&[ana, text("b")])], int(-6_570_817_484_087_043_616));
    give("hash.sip", &[EMPTY], MISSING);
    give("hash.sip", &[int(5)], MISSING);
    give("hash.md5", &[ana], text("ee63465620787644e046e9465740f293"));
    give("hash.sha1", &[ana], text("754b8d658cda743bf57cae986f071aa7aded7cd1"));
    give("hash.sha256", &[ana], text("86b9260a115ceac89a9738af23696ce3a5d70449de8d95ef28bd754bb80196b9"));
    // The digest of "abc" is the standard's example.
    give(
        "hash.sha512",
        &[text("abc")],
        text(
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    );
    give("hash.md5", &[int(5)], text("e4da3b7fbbce2345d7772b0674a318d5"));
    give("hash.md5", &[EMPTY], MISSING);
    give("hash.sha1", &[MISSING], MISSING);
    give("encoding.b64encode", &[text("tulip & rose")], text("dHVsaXAgJiByb3Nl"));
    give("encoding.b64encode", &[text("a")], text("YQ=="));
    give("encoding.b64encode", &[MISSING], MISSING);
    give("encoding.b64decode", &[text("dHVsaXAgJiByb3Nl")], text("tulip & rose"));
    give("encoding.b64decode", &[text("_-_-")], MISSING);
    give("encoding.b64decode", &[text("/w==")], MISSING);
}

#[test]
fn maps() {
    let (a, b) = (Value::Map(&[("k", text("1")), ("x", text("2"))]), Value::Map(&[("k", text("3"))]));
    give("map", &[int(7), TRUE], Value::Map(&[("7", TRUE)]));
    give("map", &[text("k"), int(0)], Value::Map(&[("k", int(0))]));
    give("map", &[EMPTY, int(0)], MISSING);
    give("map", &[text("k"), EMPTY], MISSING);
    give("map", &[text("k"), MISSING], MISSING);
    give("maptime", &[text("Home")], Value::Map(&[("home", Value::Time(event_time()))]));
    give(
        "maptime",
        &[text("a"), Value::Time(Time::default())],
        Value::Map(&[("a", Value::Time(Time::default()))]),
    );
    give("maptime", &[text("a"), MISSING], MISSING);
    give("maptime", &[MISSING], MISSING);
    give("match", &[a], a);
    give("match", &[a, MISSING, b], Value::Map(&[("k", text("3")), ("x", text("2"))]));
    give("match", &[MISSING], MISSING);
    give("mapkeys", &[a], list!["k", "x"]);
    give("mapkeys", &[a, b], list!["k", "x"]);
    give("mapkeys", &[MISSING], MISSING);
    give("mapvalues", &[Value::Map(&[("a", int(2)), ("b", text("1")), ("c", text("2"))])], list!["1", "2"]);
    give("mapvalues", &[text("a")], MISSING);
    give("mapinvert", &[a], Value::Map(&[("1", text("k")), ("2", text("x"))]));
    give("mapinvert", &[Value::Map(&[("a", int(1)), ("b", int(1))])], Value::Map(&[("1", text("b"))]));
}

#[test]
fn filters() {
    let map = Value::Map(&[("id", int(1)), ("utm_a", int(2))]);
    give("filter", &[map, text("utm_")], Value::Map(&[("id", int(1))]));
    give("filtermatch", &[map, text("utm_")], Value::Map(&[("utm_a", int(2))]));
    give("filter", &[map, text("*")], MISSING);
    give("filter", &[list!["b", "", "a"], EMPTY], list!["b", "a"]);
    give("filter", &[list!["b1", "a", "b2"], text("b")], list!["a"]);
    give("filter", &[list!["b1", "a", "b2"], text("b"), text("a")], MISSING);
    give("filter", &[list!["x_id", "id_x"], text("%_id")], list!["id_x"]);
    give("filter", &[list!["/a/b", "/a/b/c"], text("/a/*")], list!["/a/b/c"]);
    give("filter", &[list!["b1", "a"], list!["b", "x"]], list!["a"]);
    give("filtermatch", &[list!["b1", "a", "b2"], text("b")], list!["b1", "b2"]);
    give("filtermatch", &[list!["a", ""], EMPTY], Value::List(&[EMPTY]));
    give("filter", &[text("/admin/x"), text("/admin")], MISSING);
    give("filter", &[text("/shop"), text("/admin")], text("/shop"));
    give("filter", &[MISSING, text("a")], MISSING);
    refuse("filter", &[MISSING, text("ok"), text("[a*")], 2, "`[a*` is no pattern: the `[` has no `]`");
    // A pattern that is no literal is compiled in the call; a malformed one matches nothing.
    let filter = find("filter").unwrap();
    give_prepared(filter, &[list!["b1", "a"], text("b*")], Some(&Prepared::Filters(vec![None])), list!["a"]);
    give_prepared(
        filter,
        &[list!["b1", "a"], text("[*")],
        Some(&Prepared::Filters(vec![None])),
        list!["b1", "a"],
    );
}

#[test]
fn arrays() {
    let abc = list!["c", "a", "b"];
    give("array.index", &[abc, int(0)], text("c"));
    give("array.index", &[abc, text("1")], text("a"));
    give("array.index", &[abc, int(-1)], text("b"));
    give("array.index", &[abc, int(-3)], text("c"));
    give("array.index", &[abc, int(3)], MISSING);
    give("array.index", &[abc, int(-4)], MISSING);
    give("array.index", &[text("c"), int(0)], text("c"));
    give("array.index", &[MISSING, int(0)], MISSING);
    give("array.slice", &[abc, int(1)], list!["a", "b"]);
    give("array.slice", &[abc, int(0), int(-1)], list!["c", "a"]);
    give("array.slice", &[abc, int(-2)], list!["a", "b"]);
    give("array.slice", &[abc, int(0), int(3)], abc);
    give("array.slice", &[abc, int(1), int(4)], MISSING);
    give("array.slice", &[abc, int(-4)], MISSING);
    give("array.slice", &[abc, int(2), int(1)], MISSING);
    give("array.slice", &[abc, int(1), int(1)], MISSING);
    give("array.slice", &[abc, int(0), MISSING], MISSING);
    give("array.slice", &[abc, int(i64::MIN)], MISSING);
}

#[test]
fn json_and_maths() {
    let json = text(r#"{"a": {"b": [1, 2.5, "x", null, true]}, "n": null, "big": 18446744073709551615}"#);
    give("json.jmespath", &[json, text("a.b[0]")], int(1));
    give("json.jmespath", &[json, text("a.b")], Value::List(&[int(1), number(2.5), text("x"), TRUE]));
    give("json.jmespath", &[json, text("{k: a.b[2], n: n}")], Value::Map(&[("k", text("x"))]));
    give("json.jmespath", &[json, text("big")], number(18_446_744_073_709_551_615.0));
    give("json.jmespath", &[json, text("n")], MISSING);
    give("json.jmespath", &[json, text("a.c")], MISSING);
    give("json.jmespath", &[json, text("abs(a)")], MISSING);
    give("json.jmespath", &[text("no JSON"), text("a")], MISSING);
    give("json.jmespath", &[MISSING, text("a")], MISSING);
    refuse("json.jmespath", &[json, MISSING], 1, "the JMESPath expression must stand in the query");
    let deep = "[".repeat(1_001);
    refuse("json.jmespath", &[json, text(&deep)], 1, "the JMESPath expression is longer than 1000 bytes");
    let error = prepare(find("json.jmespath").unwrap(), &[json, text("a.")]).unwrap().unwrap_err();
    insta::assert_snapshot!(error.message, @"`a.` is no JMESPath expression at character 3: Expected identifier, '*', '{', '[', '&', or '[?' but found the end");

    give("sqrt", &[number(2.25)], number(1.5));
    give("sqrt", &[int(9)], number(3.0));
    give("sqrt", &[text("9")], MISSING);
    give("sqrt", &[int(-1)], MISSING);
    give("pow", &[int(2), text("10")], number(1024.0));
    give("pow", &[int(10), int(400)], MISSING);
    give("pow", &[int(-1), number(0.5)], MISSING);
    give("pow", &[MISSING, int(2)], MISSING);
}

/// On a stack of 2 MB, which is what a thread has.
#[test]
fn the_deepest_expressions_that_are_let_through_fit_the_stack() {
    let jmespath = find("json.jmespath").unwrap();
    for path in
        ["[".repeat(1_000), "(".repeat(1_000), "!".repeat(999) + "a", format!("a{}", ".a".repeat(499))]
    {
        let args = [text(r#"{"a": {}}"#), text(&path)];
        if let Some(Ok(prepared)) = prepare(jmespath, &args) {
            let arena = Bump::new();
            let env = Env { arena: &arena, event_time: event_time(), clock: event_time() };
            let _ = jmespath.call(&Call {
                args: &args,
                prepared: Some(&prepared),
                view: &Value::Missing,
                env: &env,
            });
        }
    }
    let deep_json = "[".repeat(100_000);
    give("json.jmespath", &[text(&deep_json), text("a")], MISSING);
}

#[test]
fn a_uuid_is_another_one_each_time() {
    let arena = Bump::new();
    let env = Env { arena: &arena, event_time: event_time(), clock: event_time() };
    let call = Call { args: &[], prepared: None, view: &Value::Missing, env: &env };
    let uuid = find("uuid").unwrap();
    assert_eq!(uuid.purity, Purity::Random);
    assert_ne!(uuid.call(&call), uuid.call(&call));
}

#[test]
fn kinds_of_results() {
    let kind = |name, args: &[Kind]| match find(name).unwrap().result {
        ResultKind::Is(kind) => kind,
        ResultKind::From(of) => of(args),
    };
    assert_eq!(kind("min", &[Kind::Date]), Kind::Date);
    assert_eq!(kind("min", &[Kind::Text]), Kind::Number);
    assert_eq!(kind("valuect", &[Kind::Text]), Kind::MapIntSum);
    assert_eq!(kind("oneof", &[Kind::Text, Kind::Text]), Kind::Text);
    assert_eq!(kind("oneof", &[Kind::Text, Kind::Int]), Kind::Dynamic);
    assert_eq!(kind("strip", &[Kind::TextSet]), Kind::TextSet);
    assert_eq!(kind("strip", &[Kind::Text]), Kind::Text);
    assert_eq!(kind("filter", &[Kind::TextSet, Kind::Text]), Kind::TextSet);
    assert_eq!(kind("array.index", &[Kind::TimeSet, Kind::Int]), Kind::Date);
}
