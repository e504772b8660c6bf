//! Reference 7: default kinds of columns, spellings of kinds, casts.

use lql_compiler::{Kind, codes};
use lql_tests::{NV, columns_give, field, findings};

#[track_caller]
fn kinds(kind: Kind, columns: &[&str]) {
    let wrong: Vec<String> = columns
        .iter()
        .map(|column| (column, field(&format!("{column} AS f")).kind))
        .filter(|(_, found)| *found != kind)
        .map(|(column, found)| format!("  {column} is {found}"))
        .collect();
    assert!(wrong.is_empty(), "expected {kind}\n{}", wrong.join("\n"));
}

#[test]
fn text_is_the_kind_of_keys_and_text_functions() {
    kinds(
        Kind::Text,
        &[
            "x",
            "`my key`",
            r#""text""#,
            r#"join(a, b, "-")"#,
            "oneof(a, b)",
            r#"replace(x, "a", "b")"#,
            "string.lowercase(x)",
            "tolower(x)",
            "string.uppercase(x)",
            "string.titlecase(x)",
            "string.substr(x, 1)",
            "tostring(x)",
            "strip(x)",
            "hash.md5(x)",
            "hash.sha1(x)",
            "hash.sha256(x)",
            "hash.sha512(x)",
            "encoding.b64encode(x)",
            "encoding.b64decode(x)",
            "email(x)",
            "emailname(x)",
            "emaildomain(x)",
            "domain(x)",
            "host(x)",
            "path(x)",
            "url(x)",
            "urlmain(x)",
            r#"urlminusqs(x, "a")"#,
            r#"url.matchqs(x, "a")"#,
            r#"qs(x, "a")"#,
            r#"qs2(x, "a")"#,
            "urldecode(x)",
            "yymm(x)",
            r#"useragent(x, "os")"#,
            "phone.e164(x)",
            r#"extract(x, "%Y")"#,
            "unixtrunc(x)",
            "uuid()",
            "unsign(x)",
            "array.index(x, 0)",
            r#"json.jmespath(x, "a")"#,
        ],
    );
}

#[test]
fn integers_are_the_kind_of_counts_hashes_and_parts_of_dates() {
    kinds(
        Kind::Int,
        &[
            "count(x)",
            "count(*)",
            "toint(x)",
            "len(x)",
            "char_length(x)",
            "hash(x)",
            "hash.sip(x)",
            "yy(x)",
            "mm(x)",
            "monthofyear(x)",
            "dayofweek(x)",
            "hourofday(x)",
            "hourofweek(x)",
            "epochms()",
            "totimestamp(x)",
            r#"string.index(x, "a")"#,
        ],
    );
}

#[test]
fn numbers_are_the_kind_of_sums_maths_and_arithmetic() {
    kinds(
        Kind::Number,
        &[
            "sum(x)",
            "min(x)",
            "max(x)",
            "avg(x)",
            "tonumber(x)",
            "seconds(x)",
            "sqrt(x)",
            "pow(x, 2)",
            "a + b",
            "a - b",
            "a * b",
            "a / b",
            "a % b",
            "-a",
            "toint(a) + toint(b)",
            "1.5",
        ],
    );
}

#[test]
fn min_and_max_of_a_date_are_dates() {
    kinds(
        Kind::Date,
        &["min(todate(x))", "max(todate(x))", r#"min(todatein(x, "Europe/Oslo"))"#, "max(now())"],
    );
}

#[test]
fn booleans_are_the_kind_of_comparisons_and_logic() {
    kinds(
        Kind::Bool,
        &[
            "a == b",
            "a > 1",
            "a IN (1)",
            r#"a LIKE "b""#,
            "a BETWEEN 1 AND 2",
            "EXISTS a",
            "NOT a",
            "a AND b",
            "OR (a, b)",
            "all(a)",
            "any(a, b)",
            "exists(a)",
            "eq(a, b)",
            "ne(a, b)",
            "lt(a, b)",
            "le(a, b)",
            "gt(a, b)",
            "ge(a, b)",
            "not(a)",
            "tobool(x)",
            r#"contains(x, "a")"#,
            r#"hasprefix(x, "a")"#,
            r#"hassuffix(x, "a")"#,
            r#"regex.match(x, "a")"#,
            r#"ipfilter(x, "10.0.0.0/8")"#,
        ],
    );
}

#[test]
fn dates_are_the_kind_of_now_and_the_date_readers() {
    kinds(Kind::Date, &["now()", "todate(x)", r#"todate("02/01/2006", x)"#, r#"todatein(x, "Europe/Oslo")"#]);
}

#[test]
fn sets_of_text_are_the_kind_of_lists() {
    kinds(
        Kind::TextSet,
        &[
            "set(x)",
            r#"split(x, ",")"#,
            r#"string.split(x, ",")"#,
            r#"strip(split(x, ","))"#,
            r#"mapkeys(match("a"))"#,
            r#"mapvalues(match("a"))"#,
            "domains(x)",
            "hosts(x)",
            r#"filter(split(x, ","), "a*")"#,
            r#"array.slice(split(x, ","), 0, 2)"#,
            "cap(x, 5)",
            r#"cap(x, "30d")"#,
        ],
    );
}

#[test]
fn other_collections_have_kinds_of_their_own() {
    kinds(Kind::TimeSet, &["totimeset(x)"]);
    kinds(Kind::MapIntSum, &["valuect(x)"]);
    kinds(Kind::MapText, &["map(k, v)", r#"match("a_")"#, "useragent.map(x)", r#"mapinvert(match("a_"))"#]);
    kinds(Kind::MapTime, &["maptime(k)", "maptime(k, t)"]);
    kinds(Kind::TimeBuckets, &["timebucket(t)"]);
}

#[test]
fn kinds_have_several_spellings_in_any_letter_case() {
    for (spelling, kind) in [
        ("string", Kind::Text),
        ("int", Kind::Int),
        ("integer", Kind::Int),
        ("INT", Kind::Int),
        ("number", Kind::Number),
        ("float", Kind::Number),
        ("num", Kind::Number),
        ("bool", Kind::Bool),
        ("boolean", Kind::Bool),
        ("date", Kind::Date),
        ("time", Kind::Date),
        ("datetime", Kind::Date),
        ("[]string", Kind::TextSet),
        ("[]time", Kind::TimeSet),
        ("ts[]string", Kind::TimedSet),
        ("geolocation", Kind::Geo),
        ("dynamic", Kind::Dynamic),
    ] {
        assert_eq!(field(&format!("x AS f KIND {spelling}")).kind, kind, "{spelling}");
    }
    for (spelling, kind) in [
        ("map[string]int", Kind::MapInt),
        ("map[string]intsum", Kind::MapIntSum),
        ("map[string]number", Kind::MapNumber),
        ("map[string]string", Kind::MapText),
        ("map[string]bool", Kind::MapBool),
        ("map[string]time", Kind::MapTime),
        ("map[string]value", Kind::MapValue),
        ("Map[String]Int", Kind::MapInt),
    ] {
        assert_eq!(field(&format!(r#"match("x") AS f KIND {spelling}"#)).kind, kind, "{spelling}");
    }
}

#[test]
fn kinds_of_the_system_are_refused() {
    for kind in ["membership", "embedding", "flows"] {
        let text = format!("SELECT id AS id, x AS f KIND {kind} FROM s INTO user BY id ALIAS a");
        assert_eq!(findings(&text, ""), [codes::SYSTEM_KIND], "{kind}");
    }
    assert_eq!(
        findings("SELECT id AS id, x AS f KIND strnig FROM s INTO user BY id ALIAS a", ""),
        [codes::UNKNOWN_KIND]
    );
}

#[test]
fn one_field_has_one_kind() {
    let text = "SELECT id AS id, x AS f KIND int FROM s INTO user BY id ALIAS a; SELECT id AS id, y AS f KIND date FROM s INTO user BY id ALIAS b";
    assert_eq!(findings(text, ""), [codes::TWO_KINDS]);
}

#[test]
fn a_scalar_becomes_a_set_of_one_and_a_list_gives_its_first_element() {
    columns_give(
        r#"{"x": "b", "l": ["b", "a"], "n": 5}"#,
        &[
            ("x AS f KIND []string", r#"["b"]"#),
            ("n AS f KIND []string", r#"["5"]"#),
            ("l AS f KIND string", r#""b""#),
            (r#"split("7,8", ",") AS f KIND int"#, "7"),
        ],
    );
}

#[test]
fn maps_cast_their_entries_and_drop_those_that_fail() {
    columns_give(
        r#"{"p_a": "1", "p_b": "1.5", "p_c": "x", "p_d": "true", "p_e": "2026-03-04", "p_f": "1,000", "p_g": 7}"#,
        &[
            (r#"match("p_") AS f KIND map[string]int"#, r#"{"a":1,"g":7}"#),
            (r#"match("p_") AS f KIND map[string]number"#, r#"{"a":1.0,"b":1.5,"g":7.0}"#),
            (r#"match("p_") AS f KIND map[string]bool"#, r#"{"a":true,"d":true}"#),
            (
                r#"match("p_") AS f KIND map[string]string"#,
                r#"{"a":"1","b":"1.5","c":"x","d":"true","e":"2026-03-04","f":"1,000","g":"7"}"#,
            ),
            (r#"filtermatch(match("p_"), "e") AS f KIND map[string]time"#, r#"{"e":"2026-03-04T00:00:00Z"}"#),
            (r#"filtermatch(match("p_"), "c") AS f KIND map[string]int"#, NV),
        ],
    );
}

#[test]
fn sets_keep_unique_values_in_their_order() {
    columns_give(
        r#"{"l": ["b", "a", "b", "B"], "d": ["2026-03-04", "2026-01-01", "2026/03/04", "nonsense"]}"#,
        &[
            ("l AS f KIND []string", r#"["B","a","b"]"#),
            ("set(l) AS f", r#"["B","a","b"]"#),
            ("totimeset(d) AS f", r#"["2026-01-01T00:00:00Z","2026-03-04T00:00:00Z"]"#),
            ("d AS f KIND []time", r#"["2026-01-01T00:00:00Z","2026-03-04T00:00:00Z"]"#),
        ],
    );
}

#[test]
fn a_value_that_cannot_be_cast_leaves_the_rest_of_the_event() {
    let project =
        lql_tests::Project::lql("SELECT id AS id, x AS a KIND int, x AS b FROM s INTO user BY id ALIAS q");
    let emitted = project.emit("s", r#"{"id": "u", "x": "word"}"#, lql_tests::TS);
    let names: Vec<&str> = emitted.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["id", "b"]);
}
