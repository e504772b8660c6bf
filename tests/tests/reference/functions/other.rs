//! Reference 9.8: network, phone, JSON, maths and the rest.

use lql_compiler::codes::BAD_LITERAL;
use lql_tests::{Lab, NV};

#[test]
fn ipfilter_knows_both_families() {
    Lab::lql().gives(&[
        (r#"ipfilter("10.1.2.3", "10.0.0.0/8")"#, "true"),
        (r#"ipfilter("11.1.2.3", "10.0.0.0/8")"#, "false"),
        (r#"ipfilter("2001:db8::1", "2001:db8::/32")"#, "true"),
        (r#"ipfilter("2001:db9::1", "2001:db8::/32")"#, "false"),
        (r#"ipfilter("10.1.2", "10.0.0.0/8")"#, NV),
        (r#"ipfilter(missing, "10.0.0.0/8")"#, NV),
    ]);
    assert_eq!(Lab::lql().eval(r#"ipfilter("10.1.2.3", "10.0.0.0/99")"#).value(), None);
}

#[test]
fn phone_numbers_become_e164_or_nothing() {
    Lab::lql().gives(&[
        (r#"phone.e164("(415) 555-2671")"#, r#""+14155552671""#),
        (r#"phone.e164("+49 30 901820")"#, r#""+4930901820""#),
        (r#"phone.e164("030 901820", "DE")"#, r#""+4930901820""#),
        (r#"phone.e164("12")"#, NV),
        (r#"phone.e164("words")"#, NV),
        ("phone.e164(missing)", NV),
    ]);
}

#[test]
fn jmespath_queries_json_text() {
    let event = r#"{"j": "{\"a\": {\"b\": [1, \"two\", true]}, \"n\": null}", "bad": "{"}"#;
    Lab::lql().event(event).gives(&[
        (r#"json.jmespath(j, "a.b[0]")"#, "1"),
        (r#"json.jmespath(j, "a.b[1]")"#, r#""two""#),
        (r#"json.jmespath(j, "a.b[2]")"#, "true"),
        (r#"json.jmespath(j, "length(a.b)")"#, "3"),
        (r#"json.jmespath(j, "a.c")"#, NV),
        (r#"json.jmespath(j, "n")"#, NV),
        (r#"json.jmespath(bad, "a")"#, NV),
        (r#"json.jmespath(missing, "a")"#, NV),
    ]);
    Lab::lql().refuses_with(&[(r#"json.jmespath(j, "a[")"#, BAD_LITERAL)]);
}

#[test]
fn sqrt_takes_numbers_and_pow_numeric_text_too() {
    Lab::lql().event(r#"{"n": 9, "t": "9", "f": 6.25}"#).gives(&[
        ("sqrt(n)", "3.0"),
        ("sqrt(f)", "2.5"),
        ("sqrt(t)", NV),
        ("sqrt(missing)", NV),
        ("pow(n, 2)", "81.0"),
        (r#"pow(t, "2")"#, "81.0"),
        ("pow(f, 0.5)", "2.5"),
        (r#"pow(n, missing)"#, NV),
    ]);
}

#[test]
fn every_call_of_uuid_is_another_one() {
    let lab = Lab::lql();
    lab.gives(&[("len(uuid())", "36"), ("uuid() == uuid()", "false")]);
    assert_ne!(lab.eval("uuid()"), lab.eval("uuid()"));
}
