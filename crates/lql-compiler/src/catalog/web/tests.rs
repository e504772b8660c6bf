use super::super::testing::{give, refuse, run_examples};

#[test]
fn examples() {
    run_examples(super::FUNCTIONS);
}

/// One text in, one text out.
#[track_caller]
fn text(name: &str, argument: &str, expected: &str) {
    let quote = |text: &str| serde_json::to_string(text).unwrap();
    give(
        name,
        &format!("[{}]", quote(argument)),
        &if expected.is_empty() { String::new() } else { quote(expected) },
    );
}

/// A URL and a name in, one text out.
#[track_caller]
fn query(name: &str, url: &str, parameter: &str, expected: &str) {
    let expected = if expected.is_empty() { String::new() } else { format!("{expected:?}") };
    give(name, &format!("[{url:?}, {parameter:?}]"), &expected);
}

#[test]
fn nothing_in_nothing_out() {
    for name in [
        "email",
        "emailname",
        "emaildomain",
        "domain",
        "domains",
        "host",
        "hosts",
        "path",
        "url",
        "urlmain",
        "urldecode",
        "useragent.map",
    ] {
        give(name, "[null]", "");
        give(name, r#"[""]"#, "");
        give(name, "[[]]", "");
        give(name, "[{}]", "");
    }
    for name in ["qs", "qs2", "urlminusqs", "url.matchqs", "useragent"] {
        give(name, r#"[null, "a"]"#, "");
        give(name, r#"["", "a"]"#, "");
    }
}

#[test]
fn email() {
    text("email", "ana@example.org", "ana@example.org");
    text("email", "ANA@Example.ORG", "ana@example.org");
    text("email", "Ana B <ANA@Example.ORG>", "ana@example.org");
    text("email", "<ana@example.org>", "ana@example.org");
    text("email", "  ana@example.org ", "ana@example.org");
    text("email", "a@b", "a@b");
    text("email", "ana.b+tag@example.org", "ana.b+tag@example.org");
    text("email", "\"B, Ana\" <ana@example.org>", "ana@example.org");
    text("email", "\"Ana \\\"B\\\"\" <ana@example.org>", "ana@example.org");
    text("email", "Ana B. (work) <ana@example.org> (home)", "ana@example.org");
    text("email", "ana@example.org (Ana (the) B)", "ana@example.org");
    text("email", "\"ana b\"@example.org", "\"ana b\"@example.org");
    text("email", "\"Ana\"@example.org", "ana@example.org");
    text("email", "ana@[192.0.2.1]", "ana@[192.0.2.1]");
    text("email", "Änne <änne@example.org>", "änne@example.org");
    give("email", r#"[["Ana <a@b>", "c@d"]]"#, r#""a@b""#);
    for wrong in [
        "ana",
        " @example.org",
        "ana@",
        "ana@@e.org",
        "ana@e@org",
        "a b@e.org",
        ".a@e.org",
        "a.@e.org",
        "a..b@e.org",
        "ana@e..org",
        "ana@.org",
        "ana@e.org.",
        "ana@e.org, b@e.org",
        "Ana <ana@e.org",
        "Ana ana@e.org>",
        "Ana, B <ana@e.org>",
        "Ana <ana@e.org> x",
        "(ana@e.org",
        "\"ana@e.org",
        "ana@[",
        "ana@[]",
        "ana @e.org",
        "Ana <>",
        "mailto:ana@e.org",
    ] {
        text("email", wrong, "");
    }
}

#[test]
fn emailname() {
    text("emailname", "Ana B <ana@example.org>", "Ana B");
    text("emailname", "Ana   B. C <ana@example.org>", "Ana B. C");
    text("emailname", "\"B, Ana\" <ana@example.org>", "B, Ana");
    text("emailname", "\"Ana \\\"Bee\\\"\" C <ana@example.org>", "Ana \"Bee\" C");
    text("emailname", "ana@example.org (Ana B)", "Ana B");
    text("emailname", "ana@example.org", "");
    text("emailname", "<ana@example.org>", "");
    text("emailname", "\"\" <ana@example.org>", "");
    text("emailname", "Ana B", "");
}

#[test]
fn emaildomain() {
    text("emaildomain", "ana@Mail.Example.org", "mail.example.org");
    text("emaildomain", "Ana <ana@b>", "b");
    text("emaildomain", "ana", "");
}

#[test]
fn domain() {
    text("domain", "https://shop.example.org/a", "example.org");
    text("domain", "HTTP://SHOP.EXAMPLE.ORG", "example.org");
    text("domain", "shop.example.org", "example.org");
    text("domain", "shop.example.co.uk:80/a", "example.co.uk");
    text("domain", "http://u:p@shop.example.org", "example.org");
    text("domain", "httpbin.example.org/get", "example.org");
    text("domain", "co.uk", "");
    text("domain", "http://localhost", "");
    text("domain", "http://shop.example.unknownsuffix", "");
    text("domain", "http://192.0.2.1/", "");
    text("domain", "http://[::1]:80/", "");
    text("domain", "ab", "");
    text("domain", "two words", "");
    give("domain", r#"[["https://a.example.org", "https://b.example.com"]]"#, r#""example.org""#);
    give(
        "domains",
        r#"["a.example.org", ["b.example.com", "x", "c.example.org"]]"#,
        r#"["example.org", "example.com", "example.org"]"#,
    );
    give("domains", r#"["x"]"#, "");
}

#[test]
fn host() {
    text("host", "HTTPS://Shop.Example.org:8443/a", "shop.example.org:8443");
    text("host", "https://e.org:443/", "e.org:443");
    text("host", "e.org/a", "e.org");
    text("host", "//e.org/a", "e.org");
    text("host", "http://[2001:DB8::1]:80/", "[2001:db8::1]:80");
    text("host", "/a/b", "");
    text("host", "http://", "");
    text("host", "http://e.org:x/", "");
    give("hosts", r#"["A.org", ["b.org:1", "two words"]]"#, r#"["a.org", "b.org:1"]"#);
}

#[test]
fn path() {
    text("path", "https://e.org/Fruit/Pear?x=1", "/fruit/pear");
    text("path", "e.org/a/../b/", "/a/../b/");
    text("path", "e.org/two%20words/a+b", "/two words/a+b");
    text("path", "/a/b#c", "/a/b");
    text("path", "https://e.org/", "/");
    text("path", "https://e.org", "");
    text("path", "https://e.org/%zz", "");
}

#[test]
fn url() {
    text("url", "https://E.org/A?b#c", "https://E.org/A?b#c");
    text("url", "http://e.org", "http://e.org");
    text("url", "e.org", "");
    text("url", "http://", "");
    text("url", "http://a b", "");
    text("url", "word", "");
}

#[test]
fn urlmain() {
    text("urlmain", "https://u:p@e.org:81/p/q?x#f", "e.org:81/p/q");
    text("urlmain", "https://E.org/P", "E.org/P");
    text("urlmain", "e.org", "e.org");
    text("urlmain", "/p/q?x", "/p/q");
    text("urlmain", "e.org/?x", "e.org/");
}

#[test]
fn urlminusqs() {
    query("urlminusqs", "https://e.org/p?a=1&b=2", "a", "https://e.org/p?b=2");
    query("urlminusqs", "https://e.org/p?a=1", "a", "https://e.org/p");
    query("urlminusqs", "https://e.org/p?c=3&a=1&b=x+y&a=2", "a", "https://e.org/p?b=x+y&c=3");
    query("urlminusqs", "https://e.org/p?c=2&b=1&c=1", "x", "https://e.org/p?b=1&c=2&c=1");
    query("urlminusqs", "https://e.org/p", "a", "https://e.org/p");
    query("urlminusqs", "https://e.org/p?", "a", "https://e.org/p");
    query("urlminusqs", "https://e.org/p?A=1&a=2", "a", "https://e.org/p?A=1");
    query("urlminusqs", "https://e.org/p?flag&a=2", "a", "https://e.org/p?flag=");
    query("urlminusqs", "https://e.org/p?b=%7e*%20%C3%BC", "a", "https://e.org/p?b=~%2A+%C3%BC");
    query("urlminusqs", "https://e.org/p?b=%zz&c=1", "a", "https://e.org/p?c=1");
    query("urlminusqs", "https://u:p@E.org:1/P?a=1&b=2#f", "a", "https://u:p@E.org:1/P?b=2#f");
    query("urlminusqs", "e.org/p?a=1", "a", "http://e.org/p");
    query("urlminusqa", "https://e.org/p?a=1", "a", "https://e.org/p");
    give("urlminusqs", r#"["https://e.org/p?a=1", null]"#, "");
}

#[test]
fn matchqs() {
    query("url.matchqs", "https://e.org/p?utm_a=1&z=2", "^utm_", "e.org/p?utm_a=1");
    query("url.matchqs", "https://e.org/p?z=2&y=1", ".", "e.org/p?y=1&z=2");
    query("url.matchqs", "https://e.org/p?z=2", "^utm_", "e.org/p");
    give("url.matchqs", r#"["e.org/p?a=1&b=2&c=3", "^a$", "^c$"]"#, r#""e.org/p?a=1&c=3""#);
    refuse("url.matchqs", r#"["e.org", "("]"#, "argument 2: \"(\" is no regular expression");
    refuse("url.matchqs", r#"["e.org", "a", "["]"#, "argument 3");
    refuse("url.matchqs", r#"["e.org", null]"#, "in the query itself");
}

#[test]
fn parameters() {
    query("qs", "https://e.org/?Utm_Source=News", "utm_source", "news");
    query("qsl", "https://e.org/?Utm_Source=News", "utm_source", "news");
    query("qs", "https://e.org/?Utm_Source=News", "Utm_Source", "");
    query("qs", "https://e.org/?a=%4E%20o+p", "a", "N o p");
    query("qs", "e.org?a=1&a=2", "a", "1");
    query("qs", "/p?a=1#x", "a", "1");
    query("qs", "e.org?a=", "a", "");
    query("qs", "e.org?a", "a", "");
    query("qs", "e.org?b=1", "a", "");
    query("qs", "e.org", "a", "");
    query("qs2", "https://e.org/?Utm_Source=News", "Utm_Source", "News");
    query("qs2", "https://e.org/?Utm_Source=News", "utm_source", "");
    query("qs2", "e.org?a%20b=C", "a b", "C");
    query("qs2", "e.org?x&a+b=1&=3&%61=2", "a b", "1");
    query("qs2", "e.org?a+b=1", "a+b", "");
    query("qs2", "e.org?x&a+b=1&=3&%61=2", "a", "2");
    query("qs2", "e.org?x&&=3", "", "3");
    query("qs2", "e.org?a=%zz&a=2", "a", "2");
    query("qs2", "e.org?q=x=y", "q", "x=y");
}

#[test]
fn urldecode() {
    text("urldecode", "two%20words+plus", "two words plus");
    text("urldecode", "plain", "plain");
    text("urldecode", "%C3%BC", "ü");
    text("urldecode", "%c3", "");
    text("urldecode", "100%", "");
    text("urldecode", "%zz", "");
    text("urldecode", "%2", "");
}

/// A user agent, and its features as `mobile platform | os | engine version | browser version`; robots begin with `bot`.
#[track_caller]
fn agent(ua: &str, expected: &str) {
    let get = |feature: &str| {
        let arena = bumpalo::Bump::new();
        let now = crate::Time::default();
        let env = super::super::Env { arena: &arena, event_time: now, clock: now };
        let args = [crate::Value::Text(arena.alloc_str(ua)), crate::Value::Text(arena.alloc_str(feature))];
        match super::useragent::useragent(&super::super::Call {
            args: &args,
            prepared: None,
            view: &crate::Value::Missing,
            env: &env,
        }) {
            crate::Value::Text(text) => text.to_owned(),
            _ => "-".to_owned(),
        }
    };
    let kind = match (get("bot").as_str(), get("mobile").as_str()) {
        ("true", _) => "bot",
        (_, "true") => "mobile",
        _ => "desktop",
    };
    let shown = format!(
        "{kind} {} | {} | {} {} | {} {}",
        get("platform"),
        get("os"),
        get("engine"),
        get("engine_version"),
        get("browser"),
        get("browser_version"),
    );
    assert_eq!(shown, expected, "{ua}");
}

#[test]
fn browsers() {
    const WEBKIT: &str = "AppleWebKit/537.36 (KHTML, like Gecko)";
    agent(
        &format!("Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/120.0.0.0 Safari/537.36"),
        "desktop X11 | Linux x86_64 | AppleWebKit 537.36 | Chrome 120.0.0.0",
    );
    agent(
        &format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61"
        ),
        "desktop Windows | Windows 10 | AppleWebKit 537.36 | Edge 120.0.2210.61",
    );
    agent(
        &format!("Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/64.0 Safari/537.36 Edge/17.17134"),
        "desktop Windows | Windows 10 | EdgeHTML - | Edge 17.17134",
    );
    agent(
        &format!("Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} Chrome/105.0 Safari/537.36 OPR/91.0"),
        "desktop Windows | Windows 7 | AppleWebKit 537.36 | Opera 91.0",
    );
    agent(
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
        "desktop Macintosh | Intel Mac OS X 10_15_7 | AppleWebKit 605.1.15 | Safari 17.1",
    );
    agent(
        "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
        "desktop X11 | Linux x86_64 | Gecko 20100101 | Firefox 120.0",
    );
    agent(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:120.0) Gecko/20100101 Firefox/120.0",
        "desktop Windows | Windows 10 | Gecko 20100101 | Firefox 120.0",
    );
    agent(
        "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko",
        "desktop Windows | Windows 8.1 | Trident 7.0 | Internet Explorer 11.0",
    );
    agent(
        "Mozilla/5.0 (compatible; MSIE 7.0; Windows NT 6.2; Trident/6.0)",
        "desktop Windows | Windows 8 | Trident 6.0 | Internet Explorer 10.0",
    );
    agent(
        "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
        "desktop Windows | Windows 7 | Presto 2.12.388 | Opera 12.18",
    );
}

#[test]
fn phones_and_tablets() {
    agent(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1",
        "mobile iPhone | CPU iPhone OS 17_1 like Mac OS X | AppleWebKit 605.1.15 | Safari 17.1",
    );
    agent(
        "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0.1 Mobile/15E148 Safari/604.1",
        "mobile iPad | CPU OS 16_6 like Mac OS X | AppleWebKit 605.1.15 | Chrome 120.0.1",
    );
    agent(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
        "mobile Linux | Android 14 | AppleWebKit 537.36 | Chrome 120.0.0.0",
    );
    agent(
        "Mozilla/5.0 (Linux; U; Android 4.0; en-us; X) AppleWebKit/533.1 (KHTML, like Gecko) Version/4.0 Mobile Safari/533.1",
        "mobile Linux | Android 4.0 | AppleWebKit 533.1 | Android 4.0",
    );
    agent(
        "Mozilla/5.0 (Android 14; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0",
        "mobile Linux | Android 14 | Gecko 120.0 | Firefox 120.0",
    );
    agent("okhttp/4.12.0", "mobile - | - | - - | okhttp 4.12.0");
}

#[test]
fn robots() {
    agent(
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "bot - | - | - - | Googlebot 2.1",
    );
    agent(
        "Mozilla/5.0 (Linux; Android 6.0.1; X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "bot - | - | - - | Googlebot 2.1",
    );
    agent(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/1 Safari/537.36",
        "bot - | - | - - | bingbot 2.0",
    );
    agent("curl/8.5.0", "bot - | - | - - | curl 8.5.0");
    agent("python-requests/2.31.0", "bot - | - | - - | python-requests 2.31.0");
    agent("Thing/1.0 (+https://example.org/thing)", "bot - | - | - - | Thing 1.0");
    agent("Newsreader/2.0", "desktop - | - | - - | Newsreader 2.0");
    agent("((((", "desktop - | - | - - | - -");
}

#[test]
fn features() {
    give("useragent", r#"["Mozilla/5.0 (X11; Linux x86_64)", "mozilla"]"#, r#""5.0""#);
    give("useragent", r#"["curl/8", "mozilla"]"#, "");
    give("useragent", r#"["curl/8", "colour"]"#, "");
    give("useragent", r#"["curl/8", "mobile"]"#, r#""false""#);
    give("useragent", r#"[["curl/8", "x"], "browser_version"]"#, r#""8""#);
}
