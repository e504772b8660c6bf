//! URLs, e-mail addresses and user agents (reference 9.7).

mod email;
mod escape;
mod split;
mod url;
mod useragent;

pub(crate) use useragent::FEATURES as USERAGENT_FEATURES;

use super::{Example, Function, Group, Param, ParamKind, Presence, ResultKind};
use crate::Kind;

/// The entries; their fields that are alike are in [`BASE`].
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "email",
        summary: "The bare address of an e-mail address, lower-case.",
        details: "Understands what a mail header may hold: `Ana B <ana@example.org>`, quoted names, comments around the address. \
            The domain needs no dot. Several addresses in one text give no value.",
        params: &[EMAIL],
        examples: &[
            Example { expr: "email(e)", event: r#"{"e": "Ana B <ANA@Example.ORG>"}"#, result: Some("\"ana@example.org\"") },
            Example { expr: "email(e)", event: r#"{"e": "a@b"}"#, result: Some("\"a@b\"") },
            Example { expr: "email(e)", event: r#"{"e": "ana at example.org"}"#, result: None },
        ],
        view: Some(email::VIEW),
        eval_text: Some(email::email),
        ..BASE
    },
    Function {
        name: "emailname",
        summary: "The display name of an e-mail address.",
        details: "A bare address has none.",
        params: &[EMAIL],
        examples: &[
            Example { expr: "emailname(e)", event: r#"{"e": "Ana B <ana@example.org>"}"#, result: Some("\"Ana B\"") },
            Example { expr: "emailname(e)", event: r#"{"e": "ana@example.org"}"#, result: None },
        ],
        view: Some(email::VIEW),
        eval_text: Some(email::emailname),
        ..BASE
    },
    Function {
        name: "emaildomain",
        summary: "The domain of an e-mail address, lower-case.",
        params: &[EMAIL],
        examples: &[
            Example { expr: "emaildomain(e)", event: r#"{"e": "Ana B <ana@Mail.Example.org>"}"#, result: Some("\"mail.example.org\"") },
            Example { expr: "emaildomain(e)", event: r#"{"e": "ana"}"#, result: None },
        ],
        view: Some(email::VIEW),
        eval_text: Some(email::emaildomain),
        ..BASE
    },
    Function {
        name: "domain",
        summary: "The registrable domain of a URL, lower-case.",
        details: "It is one label more than a suffix of the public-suffix list: of `shop.example.co.uk`, `example.co.uk`. \
            A host of an unknown suffix, an address such as `192.0.2.1`, and a suffix alone give no value. Without a scheme, `http://` is assumed.",
        params: &[URL],
        examples: &[
            Example { expr: "domain(u)", event: r#"{"u": "https://shop.Example.org/a"}"#, result: Some("\"example.org\"") },
            Example { expr: "domain(u)", event: r#"{"u": "shop.example.co.uk"}"#, result: Some("\"example.co.uk\"") },
            Example { expr: "domain(u)", event: r#"{"u": "http://localhost/a"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval_text: Some(url::domain),
        ..BASE
    },
    Function {
        name: "domains",
        summary: "The registrable domains of URLs, as a list in their order.",
        details: "Lists among the arguments are taken element by element. What has no domain is left out.",
        params: &[URLS],
        result: ResultKind::Is(Kind::TextSet),
        examples: &[
            Example { expr: "domains(a, b)", event: r#"{"a": "https://a.example.org", "b": ["http://b.example.com/", "?"]}"#, result: Some(r#"["example.org", "example.com"]"#) },
            Example { expr: "domains(a)", event: r#"{"a": "localhost"}"#, result: None },
        ],
        eval: url::domains,
        ..BASE
    },
    Function {
        name: "host",
        summary: "The host of a URL with its port, lower-case.",
        details: "Without a scheme, `http://` is assumed.",
        params: &[URL],
        examples: &[
            Example { expr: "host(u)", event: r#"{"u": "HTTPS://Shop.Example.org:8443/a"}"#, result: Some("\"shop.example.org:8443\"") },
            Example { expr: "host(u)", event: r#"{"u": "two words"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval_text: Some(url::host),
        ..BASE
    },
    Function {
        name: "hosts",
        summary: "The hosts of URLs, as a list in their order.",
        details: "Lists among the arguments are taken element by element. What has no host is left out.",
        params: &[URLS],
        result: ResultKind::Is(Kind::TextSet),
        examples: &[
            Example { expr: "hosts(a, b)", event: r#"{"a": "https://a.example.org/x", "b": "B.example.com:80"}"#, result: Some(r#"["a.example.org", "b.example.com:80"]"#) },
            Example { expr: "hosts(a)", event: r#"{"a": "two words"}"#, result: None },
        ],
        eval: url::hosts,
        ..BASE
    },
    Function {
        name: "path",
        summary: "The path of a URL with its leading `/`, lower-case.",
        details: "Percent escapes are decoded. A URL that ends with its host has no path. Without a scheme, `http://` is assumed.",
        params: &[URL],
        examples: &[
            Example { expr: "path(u)", event: r#"{"u": "https://e.org/Fruit/Pear?x=1"}"#, result: Some("\"/fruit/pear\"") },
            Example { expr: "path(u)", event: r#"{"u": "https://e.org"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval_text: Some(url::path),
        ..BASE
    },
    Function {
        name: "url",
        summary: "A text unchanged if it is a URL.",
        details: "A URL has a scheme and a host.",
        params: &[URL],
        examples: &[
            Example { expr: "url(u)", event: r#"{"u": "https://E.org/a?b#c"}"#, result: Some("\"https://E.org/a?b#c\"") },
            Example { expr: "url(u)", event: r#"{"u": "e.org"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval: url::url,
        ..BASE
    },
    Function {
        name: "urlmain",
        summary: "Host and path of a URL, their letter case kept.",
        details: "Without scheme, user, query and fragment; percent escapes of the path are decoded.",
        params: &[URL],
        examples: &[
            Example { expr: "urlmain(u)", event: r#"{"u": "https://u:p@e.org:81/p/Q?x#f"}"#, result: Some("\"e.org:81/p/Q\"") },
            Example { expr: "urlmain(u)", event: r#"{"u": "http://a b/"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval: url::urlmain,
        ..BASE
    },
    Function {
        name: "urlminusqs",
        summary: "A URL without one of its query parameters.",
        details: "The other parameters are encoded anew and sorted by name; the `?` goes with the last of them. \
            The name's letter case counts. Without a scheme, `http://` is put in front.",
        params: &[URL, NAME],
        examples: &[
            Example { expr: "urlminusqs(u, \"a\")", event: r#"{"u": "https://e.org/p?a=1&b=2"}"#, result: Some("\"https://e.org/p?b=2\"") },
            Example { expr: "urlminusqs(u, \"a\")", event: r#"{"u": "https://e.org/p?a=1"}"#, result: Some("\"https://e.org/p\"") },
            Example { expr: "urlminusqs(u, \"a\")", event: r#"{"u": "http://a b/"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval: url::urlminusqs,
        ..BASE
    },
    Function {
        name: "url.matchqs",
        summary: "Host and path of a URL with those query parameters whose names match a regular expression.",
        details: "The parameters are encoded anew and sorted by name. An expression matches anywhere in the name unless it is anchored with `^` and `$`.",
        params: &[
            URL,
            Param { name: "regex", kind: ParamKind::LiteralText, presence: Presence::Repeated, doc: "a regular expression for names of parameters" },
        ],
        prepare: Some(url::prepare_matchqs),
        examples: &[
            Example { expr: "url.matchqs(u, \"^utm_\")", event: r#"{"u": "https://e.org/p?utm_a=1&z=2"}"#, result: Some("\"e.org/p?utm_a=1\"") },
            Example { expr: "url.matchqs(u, \"^utm_\")", event: r#"{"u": "http://a b/?utm_a=1"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval: url::matchqs,
        ..BASE
    },
    Function {
        name: "qs",
        aliases: &["qsl"],
        summary: "The value of a query parameter, lower-case.",
        details: "The whole URL is lower-cased before it is read, so the value is too, and the name must be given in lower case. \
            Use `qs2` to keep the case. Of several values the first counts; an empty one is no value.",
        params: &[URL, NAME],
        examples: &[
            Example { expr: "qs(u, \"utm_source\")", event: r#"{"u": "https://e.org/?Utm_Source=News"}"#, result: Some("\"news\"") },
            Example { expr: "qs(u, \"Utm_Source\")", event: r#"{"u": "https://e.org/?Utm_Source=News"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval_text: Some(url::qs),
        ..BASE
    },
    Function {
        name: "qs2",
        summary: "The value of a query parameter, its letter case kept.",
        details: "The name's letter case counts. Of several values the first counts; an empty one is no value.",
        params: &[URL, NAME],
        examples: &[
            Example { expr: "qs2(u, \"Utm_Source\")", event: r#"{"u": "https://e.org/?Utm_Source=News"}"#, result: Some("\"News\"") },
            Example { expr: "qs2(u, \"utm_source\")", event: r#"{"u": "https://e.org/?Utm_Source=News"}"#, result: None },
        ],
        view: Some(url::VIEW),
        eval_text: Some(url::qs2),
        ..BASE
    },
    Function {
        name: "urldecode",
        summary: "A text with its percent escapes decoded and `+` turned into a space.",
        details: "A malformed escape, or one that hides something that is no text, gives no value.",
        params: &[Param { name: "x", kind: ParamKind::Text, presence: Presence::Required, doc: "the encoded text" }],
        examples: &[
            Example { expr: "urldecode(x)", event: r#"{"x": "two%20words+plus"}"#, result: Some("\"two words plus\"") },
            Example { expr: "urldecode(x)", event: r#"{"x": "100%"}"#, result: None },
        ],
        eval: url::urldecode,
        ..BASE
    },
    Function {
        name: "useragent",
        summary: "One feature of a user agent.",
        details: "Features: `bot` and `mobile` (the texts `true` and `false`), `mozilla`, `platform`, `os`, `engine`, `engine_version`, \
            `browser`, `browser_version`. A feature that is unknown, or that the user agent does not show, gives no value. \
            Robots, and programs such as `curl`, have only a name and a version.",
        params: &[
            AGENT,
            Param { name: "feature", kind: ParamKind::Text, presence: Presence::Required, doc: "the name of the feature" },
        ],
        examples: &[
            Example { expr: "useragent(ua, \"browser\")", event: r#"{"ua": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}"#, result: Some("\"Chrome\"") },
            Example { expr: "useragent(ua, \"bot\")", event: r#"{"ua": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}"#, result: Some("\"true\"") },
            Example { expr: "useragent(ua, \"colour\")", event: r#"{"ua": "curl/8.5.0"}"#, result: None },
        ],
        eval: useragent::useragent,
        ..BASE
    },
    Function {
        name: "useragent.map",
        summary: "All nine features of a user agent.",
        details: "The keys are the features of `useragent`; what the user agent does not show is an empty text.",
        params: &[AGENT],
        result: ResultKind::Is(Kind::MapText),
        examples: &[
            Example {
                expr: "useragent.map(ua)",
                event: r#"{"ua": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}"#,
                result: Some(r#"{"bot": "false", "browser": "Chrome", "browser_version": "120.0.0.0", "engine": "AppleWebKit", "engine_version": "537.36", "mobile": "false", "mozilla": "5.0", "os": "Linux x86_64", "platform": "X11"}"#),
            },
            Example { expr: "useragent.map(ua)", event: r#"{"ua": ""}"#, result: None },
        ],
        eval: useragent::map,
        ..BASE
    },
];

const EMAIL: Param =
    Param { name: "x", kind: ParamKind::Text, presence: Presence::Required, doc: "the e-mail address" };

const URL: Param = Param { name: "u", kind: ParamKind::Text, presence: Presence::Required, doc: "the URL" };

const URLS: Param =
    Param { name: "u", kind: ParamKind::List, presence: Presence::Repeated, doc: "a URL, or a list of them" };

const NAME: Param =
    Param { name: "name", kind: ParamKind::Text, presence: Presence::Required, doc: "the parameter's name" };

const AGENT: Param =
    Param { name: "ua", kind: ParamKind::Text, presence: Presence::Required, doc: "the user agent" };

const BASE: Function = Function { group: Group::Web, ..Function::PLAIN };

#[cfg(test)]
mod tests;
