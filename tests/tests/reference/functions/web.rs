//! Reference 9.7: URLs, e-mail, user agents.

use lql_tests::{Lab, NV};

#[test]
fn email_gives_the_bare_address_in_lower_case() {
    Lab::lql().gives(&[
        (r#"email("Ana B <ANA@Example.ORG>")"#, r#""ana@example.org""#),
        (r#"email("a@b")"#, r#""a@b""#),
        (r#"email("ANA@EXAMPLE.ORG")"#, r#""ana@example.org""#),
        (r#"email("no address")"#, NV),
        (r#"email("")"#, NV),
        (r#"email("a@b, c@d")"#, NV),
        ("email(missing)", NV),
    ]);
}

#[test]
fn parts_of_an_email_address() {
    Lab::lql().gives(&[
        (r#"emailname("Ana B <ana@example.org>")"#, r#""Ana B""#),
        (r#"emailname("ana@example.org")"#, NV),
        (r#"emaildomain("Ana B <ANA@Mail.Example.org>")"#, r#""mail.example.org""#),
        (r#"emaildomain("nobody")"#, NV),
    ]);
}

#[test]
fn domain_is_one_label_more_than_a_public_suffix() {
    Lab::lql().event(r#"{"l": ["https://a.example.org", "https://b.example.net"]}"#).gives(&[
        (r#"domain("https://shop.example.org/a")"#, r#""example.org""#),
        (r#"domain("https://shop.example.co.uk/a")"#, r#""example.co.uk""#),
        (r#"domain("Shop.Example.ORG")"#, r#""example.org""#),
        (r#"domain("ab")"#, NV),
        (r#"domain("")"#, NV),
        ("domain(l)", r#""example.org""#),
        ("domains(l)", r#"["example.org","example.net"]"#),
        (r#"domains("https://a.example.org", "b.example.net")"#, r#"["example.org","example.net"]"#),
        ("domain(missing)", NV),
    ]);
}

#[test]
fn host_keeps_the_port() {
    Lab::lql().event(r#"{"l": ["https://A.org/x", "http://b.org:81"]}"#).gives(&[
        (r#"host("HTTPS://Shop.Example.org:8443/a")"#, r#""shop.example.org:8443""#),
        (r#"host("shop.example.org/a")"#, r#""shop.example.org""#),
        (r#"host("http://e.org")"#, r#""e.org""#),
        ("hosts(l)", r#"["a.org","b.org:81"]"#),
        ("host(missing)", NV),
    ]);
}

#[test]
fn path_is_lower_case_with_its_slash() {
    Lab::lql().gives(&[
        (r#"path("https://e.org/Fruit/Pear?x=1")"#, r#""/fruit/pear""#),
        (r#"path("e.org/A")"#, r#""/a""#),
        (r#"path("https://e.org/a#b")"#, r#""/a""#),
    ]);
}

#[test]
fn url_passes_only_urls() {
    Lab::lql().gives(&[
        (r#"url("https://e.org/A?b=C")"#, r#""https://e.org/A?b=C""#),
        (r#"url("not a url")"#, NV),
        ("url(missing)", NV),
    ]);
}

#[test]
fn urlmain_keeps_host_port_and_path() {
    Lab::lql().gives(&[
        (r#"urlmain("https://u:p@e.org:81/p/q?x#f")"#, r#""e.org:81/p/q""#),
        (r#"urlmain("https://e.org/P/Q")"#, r#""e.org/P/Q""#),
    ]);
}

#[test]
fn urlminusqs_takes_one_parameter_away() {
    Lab::lql().gives(&[
        (r#"urlminusqs("https://e.org/p?a=1&b=2", "a")"#, r#""https://e.org/p?b=2""#),
        (r#"urlminusqs("https://e.org/p?a=1", "a")"#, r#""https://e.org/p""#),
        (r#"urlminusqs("https://e.org/p?c=3&b=2&a=1", "a")"#, r#""https://e.org/p?b=2&c=3""#),
        (r#"urlminusqs("https://e.org/p", "a")"#, r#""https://e.org/p""#),
        (r#"urlminusqs("e.org/p?a=1&b=2", "a")"#, r#""http://e.org/p?b=2""#),
        (r#"urlminusqa("https://e.org/p?a=1", "a")"#, r#""https://e.org/p""#),
    ]);
}

#[test]
fn matchqs_keeps_the_parameters_that_match() {
    Lab::lql().gives(&[
        (r#"url.matchqs("https://e.org/p?utm_a=1&z=2", "^utm_")"#, r#""e.org/p?utm_a=1""#),
        (r#"url.matchqs("https://e.org/p?z=2", "^utm_")"#, r#""e.org/p""#),
        (r#"url.matchqs("https://e.org/p?utm_a=1&z=2&k=3", "^utm_", "^z$")"#, r#""e.org/p?utm_a=1&z=2""#),
    ]);
    Lab::lql().refuses(&[r#"url.matchqs(u, "(")"#]);
}

#[test]
fn qs_lower_cases_and_qs2_does_not() {
    Lab::lql().gives(&[
        (r#"qs("https://e.org/?Utm_Source=News", "utm_source")"#, r#""news""#),
        (r#"qsl("https://e.org/?Utm_Source=News", "utm_source")"#, r#""news""#),
        (r#"qs("https://e.org/?Utm_Source=News", "Utm_Source")"#, NV),
        (r#"qs2("https://e.org/?Utm_Source=News", "Utm_Source")"#, r#""News""#),
        (r#"qs2("https://e.org/?Utm_Source=News", "utm_source")"#, NV),
        (r#"qs("https://e.org/?a=", "a")"#, NV),
        (r#"qs("https://e.org/?a=1", "b")"#, NV),
        (r#"qs("https://e.org/?a=x%20y", "a")"#, r#""x y""#),
        (r#"qs2("https://e.org/?a=x+Y", "a")"#, r#""x Y""#),
        (r#"qs(missing, "a")"#, NV),
    ]);
}

#[test]
fn urldecode_reads_percent_signs_and_pluses() {
    Lab::lql().gives(&[
        (r#"urldecode("two%20words+plus")"#, r#""two words plus""#),
        (r#"urldecode("plain")"#, r#""plain""#),
        (r#"urldecode("50%")"#, NV),
        (r#"urldecode("%zz")"#, NV),
        ("urldecode(missing)", NV),
    ]);
}

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";

#[test]
fn useragent_names_nine_features() {
    let lab = Lab::lql().event(&serde_json::json!({ "ua": CHROME }).to_string());
    lab.gives(&[
        (r#"useragent(ua, "bot")"#, r#""false""#),
        (r#"useragent(ua, "mobile")"#, r#""false""#),
        (r#"useragent(ua, "browser")"#, r#""Chrome""#),
        (r#"useragent(ua, "browser_version")"#, r#""120.0.0.0""#),
        (r#"useragent(ua, "engine")"#, r#""AppleWebKit""#),
        (r#"useragent(ua, "engine_version")"#, r#""537.36""#),
        (r#"useragent(ua, "mozilla")"#, r#""5.0""#),
        (r#"useragent(missing, "bot")"#, NV),
        ("len(useragent.map(ua))", "9"),
        ("useragent.map(missing)", NV),
    ]);
    assert_eq!(lab.eval(r#"useragent(ua, "shoe_size")"#).value(), None);
}
