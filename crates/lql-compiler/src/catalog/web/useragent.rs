//! The user agent of a browser or a program, read into nine features.
//!
//! A user agent is a row of products, each with an optional version and an optional comment in parentheses:
//! `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36`.
//! The first comment names platform and system, the second product is the engine, and the browser is found in a
//! table, because every browser also names those it descends from. Platform, system and engine are spelled as the
//! user agent spells them, except for the marketing names of Windows.

use super::super::{Call, Env};
use crate::Value;
use bumpalo::collections::Vec;

/// The features, in the order of [`Agent::features`].
pub(crate) const FEATURES: [&str; 9] =
    ["bot", "mobile", "mozilla", "platform", "os", "engine", "engine_version", "browser", "browser_version"];

pub(super) fn useragent<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (Some(text), Some(feature)) = (call.text(0), call.text(1)) else { return Value::Missing };
    let Some(agent) = Agent::parse(text, call.env) else { return Value::Missing };
    let mut features = FEATURES.iter().zip(agent.features());
    match features.find(|(name, _)| **name == feature) {
        Some((_, value)) if !value.is_empty() => Value::Text(value),
        _ => Value::Missing,
    }
}

pub(super) fn map<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let Some(agent) = call.text(0).and_then(|text| Agent::parse(text, call.env)) else {
        return Value::Missing;
    };
    call.env.map(FEATURES.into_iter().zip(agent.features().map(Value::Text)))
}

/// What a user agent says.
#[derive(Clone, Copy, Default)]
struct Agent<'a> {
    bot: bool,
    mobile: bool,
    mozilla: &'a str,
    platform: &'a str,
    os: &'a str,
    engine: Named<'a>,
    browser: Named<'a>,
}

/// A name with a version.
#[derive(Clone, Copy, Default)]
struct Named<'a> {
    name: &'a str,
    version: &'a str,
}

/// `Name/version (comment)`
#[derive(Clone, Copy, Default)]
struct Product<'a> {
    name: &'a str,
    version: &'a str,
    comment: &'a str,
}

impl<'a> Product<'a> {
    fn named(self) -> Named<'a> {
        Named { name: self.name, version: self.version }
    }

    fn comments(self) -> impl Iterator<Item = &'a str> {
        self.comment.split(';').map(str::trim).filter(|part| !part.is_empty())
    }
}

/// Browsers that are built on `WebKit`, by the product that tells them from their ancestors; the first that is there counts.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("Edge", "Edge"),
    ("EdgA", "Edge"),
    ("EdgiOS", "Edge"),
    ("OPR", "Opera"),
    ("OPiOS", "Opera"),
    ("OPT", "Opera"),
    ("SamsungBrowser", "Samsung Browser"),
    ("YaBrowser", "YaBrowser"),
    ("Vivaldi", "Vivaldi"),
    ("DuckDuckGo", "DuckDuckGo"),
    ("UCBrowser", "UCBrowser"),
    ("Electron", "Electron"),
    ("PhantomJS", "PhantomJS"),
    ("GSA", "Google App"),
    ("FxiOS", "Firefox"),
    ("HeadlessChrome", "Headless Chrome"),
    ("CriOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome", "Chrome"),
];

/// Programs that fetch pages by themselves, beside those that [`BOT_WORDS`] tells.
const CLIENTS: &[&str] = &[
    "curl",
    "wget",
    "python-requests",
    "python-urllib",
    "python-httpx",
    "aiohttp",
    "go-http-client",
    "java",
    "apache-httpclient",
    "libwww-perl",
    "php",
    "guzzlehttp",
    "axios",
    "node-fetch",
    "postmanruntime",
    "httpie",
    "facebookexternalhit",
    "feedfetcher-google",
    "mediapartners-google",
    "headlesschrome",
];

/// Parts of the names that robots give themselves.
const BOT_WORDS: &[&str] =
    &["bot", "crawler", "spider", "spyder", "search", "worm", "fetch", "nutch", "slurp", "preview"];

impl<'a> Agent<'a> {
    fn parse(text: &'a str, env: &Env<'a>) -> Option<Self> {
        let products = products(text, env);
        let first = products.first().copied()?;
        let mut agent = Agent {
            mozilla: if first.name == "Mozilla" { first.version } else { "" },
            mobile: products.iter().any(|p| p.name == "Mobile"),
            ..Agent::default()
        };
        if let Some(robot) = products.iter().find_map(|product| robot(*product)) {
            agent.bot = true;
            agent.browser = robot;
            return Some(agent);
        }
        match first.name {
            "Mozilla" => agent.read_mozilla(&products, first),
            "Opera" => agent.read_opera(&products, first),
            "Dalvik" => {
                // The virtual machine of Android: an app, not a browser.
                agent.mozilla = "5.0";
                agent.read_system(first);
            }
            _ => {
                agent.mobile |= first.name == "okhttp";
                agent.browser = first.named();
            }
        }
        Some(agent)
    }

    fn read_mozilla(&mut self, products: &[Product<'a>], first: Product<'a>) {
        let find = |name: &str| products.iter().copied().find(|p| p.name == name);
        let in_comment = |prefix: &str| first.comments().find_map(|part| part.strip_prefix(prefix));
        if let Some(version) = in_comment("MSIE ") {
            self.browser =
                Named { name: "Internet Explorer", version: real_version(version, in_comment("Trident/")) };
            self.engine = Named { name: "Trident", version: in_comment("Trident/").unwrap_or_default() };
        } else if let Some(version) = in_comment("rv:").filter(|_| in_comment("Trident/").is_some()) {
            self.browser = Named { name: "Internet Explorer", version };
            self.engine = Named { name: "Trident", version: in_comment("Trident/").unwrap_or_default() };
        } else if let Some(engine) = find("AppleWebKit") {
            self.engine = engine.named();
            self.browser = webkit_browser(products);
        } else if let Some(engine) = find("Gecko") {
            self.engine = engine.named();
            let after = products.iter().skip_while(|p| p.name != "Gecko").nth(1);
            self.browser = find("Firefox").or(after.copied()).map(Product::named).unwrap_or_default();
        } else {
            self.browser = products.get(1).copied().unwrap_or(first).named();
        }
        self.read_system(first);
        if self.engine.name == "Trident" {
            self.platform = "Windows";
            self.mobile |= first.comments().any(|part| part.starts_with("IEMobile"));
        }
        match self.platform {
            "Linux" => {
                self.mobile |= self.os.starts_with("Android");
                if self.browser.name == "Safari" {
                    self.browser.name = "Android";
                }
            }
            "iPhone" | "iPad" | "iPod" | "iPod touch" => self.mobile = true,
            _ => {}
        }
        if self.browser.name == "Edge" && find("Edge").is_some() {
            self.engine = Named { name: "EdgeHTML", version: "" };
        }
    }

    /// `Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18`
    fn read_opera(&mut self, products: &[Product<'a>], first: Product<'a>) {
        let version = |name| products.iter().find(|p| p.name == name).map(|p| p.version);
        self.browser = Named { name: "Opera", version: version("Version").unwrap_or(first.version) };
        self.engine = Named { name: "Presto", version: version("Presto").unwrap_or_default() };
        self.read_system(first);
        self.mobile |= self.platform.starts_with("Android") || self.os.starts_with("Android");
    }

    /// Platform and system of the first comment: `X11; Linux x86_64`, `Windows NT 10.0; Win64; x64`,
    /// `iPhone; CPU iPhone OS 17_1 like Mac OS X`, `Linux; U; Android 14; …`, `compatible; MSIE 10.0; Windows NT 6.2`.
    fn read_system(&mut self, first: Product<'a>) {
        let is_noise = |part: &&str| matches!(*part, "U" | "arm_64" | "compatible" | "Mobile" | "Tablet");
        let mut parts = first.comments().filter(|part| !is_noise(part));
        let windows = first.comments().find(|part| part.starts_with("Windows"));
        let android = first.comments().find(|part| part.starts_with("Android"));
        if let Some(windows) = windows {
            (self.platform, self.os) = ("Windows", windows_name(windows));
        } else if let Some(android) = android {
            // Firefox writes `Android 14; Mobile; rv:120.0`, everyone else `Linux; Android 14; model`.
            (self.platform, self.os, self.mobile) = ("Linux", android, true);
        } else {
            self.platform = parts.next().unwrap_or_default();
            self.os = parts.find(|part| !part.starts_with("rv:")).unwrap_or_default();
        }
    }
}

/// The products of a user agent in order.
fn products<'a>(text: &'a str, env: &Env<'a>) -> Vec<'a, Product<'a>> {
    let mut products: Vec<'a, Product<'a>> = Vec::new_in(env.arena);
    let mut rest = text.trim();
    while !rest.is_empty() {
        let comment;
        if rest.starts_with('(') {
            (comment, rest) = split_comment(rest);
            match products.last_mut() {
                Some(last) if last.comment.is_empty() => last.comment = comment,
                _ => products.push(Product { comment, ..Product::default() }),
            }
        } else {
            let end = rest.find([' ', '(']).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let (name, version) = word.split_once('/').unwrap_or((word, ""));
            products.push(Product { name, version, comment: "" });
            rest = after;
        }
        rest = rest.trim_start();
    }
    products
}

/// The inside of the parentheses a text begins with, and what follows them. Parentheses nest; an open one at the
/// end is closed there.
fn split_comment(text: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (text.get(1..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        }
    }
    (text.get(1..).unwrap_or_default(), "")
}

/// The robot that a product is, or that its comment names: `(compatible; Googlebot/2.1; +http://…)`.
fn robot(product: Product<'_>) -> Option<Named<'_>> {
    if !product.name.is_empty() && is_robot(product.name) {
        return Some(product.named());
    }
    let site = |part: &str| part.contains("http://") || part.contains("https://");
    let name = product.comments().find(|part| {
        let name = part.split('/').next().unwrap_or(part);
        !site(part) && is_robot(name)
    });
    let name = name.or_else(|| {
        // A site in a comment is a robot's visiting card; its name stands before it, or is the product's.
        let at = product.comments().position(site)?;
        match at.checked_sub(1).and_then(|before| product.comments().nth(before)) {
            Some(name) if name != "compatible" => Some(name),
            _ => Some(product.name),
        }
    })?;
    let (name, version) = name.split_once('/').unwrap_or((name, ""));
    let version = if name == product.name && version.is_empty() { product.version } else { version };
    Some(Named { name, version })
}

fn is_robot(name: &str) -> bool {
    CLIENTS.iter().any(|client| client.eq_ignore_ascii_case(name))
        || BOT_WORDS.iter().any(|word| contains_ignoring_case(name, word) && !name.starts_with("CUBOT"))
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

fn webkit_browser<'a>(products: &[Product<'a>]) -> Named<'a> {
    let find = |name: &str| products.iter().find(|p| p.name == name);
    for (product, name) in BROWSERS {
        if let Some(found) = find(product) {
            return Named { name, version: found.version };
        }
    }
    match (find("Safari"), find("Version")) {
        (Some(safari), version) => Named { name: "Safari", version: version.unwrap_or(safari).version },
        // An app that shows a page in the system's view.
        (None, _) if find("Mobile").is_some() => Named { name: "Mobile App", version: "" },
        (None, _) => Named { name: "Safari", version: "" },
    }
}

/// Internet Explorer in its compatibility mode gives an old version; its engine tells the real one.
fn real_version<'a>(version: &'a str, trident: Option<&str>) -> &'a str {
    match trident {
        Some("4.0") => "8.0",
        Some("5.0") => "9.0",
        Some("6.0") => "10.0",
        _ => version,
    }
}

/// `Windows NT 10.0` is Windows 10 (and 11, which says the same).
fn windows_name(windows: &str) -> &str {
    match windows {
        "Windows NT 5.0" => "Windows 2000",
        "Windows NT 5.1" => "Windows XP",
        "Windows NT 5.2" => "Windows XP x64 Edition",
        "Windows NT 6.0" => "Windows Vista",
        "Windows NT 6.1" => "Windows 7",
        "Windows NT 6.2" => "Windows 8",
        "Windows NT 6.3" => "Windows 8.1",
        "Windows NT 10.0" => "Windows 10",
        other => other,
    }
}

impl<'a> Agent<'a> {
    /// The values of [`FEATURES`]; what is unknown is empty.
    fn features(&self) -> [&'a str; 9] {
        let flag = |flag| if flag { "true" } else { "false" };
        [
            flag(self.bot),
            flag(self.mobile),
            self.mozilla,
            self.platform,
            self.os,
            self.engine.name,
            self.engine.version,
            self.browser.name,
            self.browser.version,
        ]
    }
}
