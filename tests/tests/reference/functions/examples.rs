//! The catalog's own examples, through the checker and the machine.

use lql_compiler::catalog::{self, Example, Scope};
use lql_compiler::operators::OPERATORS;
use lql_tests::{Lab, Outcome, same};

/// The event time of the examples.
const EXAMPLE_TIME: &str = "2026-03-04T12:30:15.25Z";

#[test]
fn every_example_of_the_catalog_gives_what_it_says() {
    let mut failures = Vec::new();
    for function in catalog::functions() {
        assert!(!function.examples.is_empty(), "{} has no example", function.name);
        for example in function.examples {
            let lab = if function.scope == Scope::Filter { Lab::filterql() } else { Lab::lql() };
            failures.extend(failure(lab, example));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_example_of_an_operator_gives_what_it_says() {
    let failures: Vec<String> = OPERATORS
        .iter()
        .flat_map(|operator| operator.examples)
        .filter_map(|example| failure(Lab::lql(), example))
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What differs from the example's result, if anything does.
fn failure(lab: Lab, example: &Example) -> Option<String> {
    let lab = lab.at(EXAMPLE_TIME);
    let lab = if example.event.is_empty() { lab } else { lab.event(example.event) };
    let found = lab.eval(example.expr);
    let fits = match (&found, example.result) {
        (Outcome::NoValue, None) => true,
        (Outcome::Value(found), Some(result)) => same(found, &serde_json::from_str(result).unwrap()),
        _ => false,
    };
    let expected = example.result.unwrap_or(lql_tests::NV);
    let Example { expr, event, .. } = example;
    (!fits).then(|| format!("  {expr}\n    on {event}\n    expected {expected}\n    found    {found}"))
}

#[test]
fn every_function_of_the_index_is_in_the_catalog_or_refused() {
    let index = "avg cap count max min set sum valuect map maptime match timebucket totimeset all and any eq exists ge gt \
        ifcase le lt ne not or char_length contains hasprefix hassuffix join len oneof regex.match replace split strip \
        string.index string.lowercase string.split string.strip string.substr string.titlecase string.uppercase tolower \
        tostring cast tobool todate todatein toint tonumber unsign encoding.b64decode encoding.b64encode hash hash.md5 \
        hash.sha1 hash.sha256 hash.sha512 hash.sip array.index array.slice filter filtermatch mapinvert mapkeys mapvalues \
        domain domains email emaildomain emailname host hosts path qs qs2 qsl url url.matchqs urldecode urlmain urlminusqs \
        useragent useragent.map dayofweek epochms extract hourofday hourofweek mm monthofyear now seconds strftime \
        totimestamp unixtrunc yy yymm ipfilter json.jmespath phone.e164 pow sqrt uuid geodistance timewindow urlminusqa tofloat";
    let missing: Vec<&str> = index.split_whitespace().filter(|name| catalog::find(name).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    Lab::lql().refuses_with(&[("content_filter(x)", lql_compiler::codes::REFUSED_FUNCTION)]);
}

#[test]
fn an_unknown_function_and_a_wrong_number_of_arguments_are_findings() {
    use lql_compiler::codes::{ARITY, UNKNOWN_FUNCTION};
    Lab::lql().refuses_with(&[
        ("emial(x)", UNKNOWN_FUNCTION),
        ("nosuch()", UNKNOWN_FUNCTION),
        ("email()", ARITY),
        ("email(a, b)", ARITY),
        (r#"join("a")"#, ARITY),
        ("oneof(a)", ARITY),
        ("now(1)", ARITY),
        (r#"replace(x)"#, ARITY),
        (r#"replace(x, "a", "b", "c")"#, ARITY),
        ("map(k)", ARITY),
        ("qs(u)", ARITY),
        ("epochms(1)", ARITY),
        ("toint()", ARITY),
        ("toint(a, b)", ARITY),
        ("exists()", ARITY),
        ("match()", ARITY),
        ("string.substr(x)", ARITY),
        ("array.slice(x)", ARITY),
        ("todate()", ARITY),
        ("all()", ARITY),
    ]);
}
