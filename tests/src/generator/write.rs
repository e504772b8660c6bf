//! Events as bytes. Numbers are put together by hand: formatting machinery would cost more than everything else.

use super::event::{Address, Email, Escape, Event, Path};

/// The columns of the CSV form: the names that the JSON form has after flattening.
const HEADER: &str = "event_id,ts,event,cookie,session,user_id,email,url,page.title,page.referrer,ip,score,lang,\
device.type,device.os,device.browser,device.screen,geo.country,geo.city,\
product.sku,product.name,product.category,product.price,product.qty,coupon,search.query,tags\n";

/// One event as a line of JSON.
pub fn ndjson(event: &Event, out: &mut Vec<u8>) {
    let json = Json { escape: event.escape };
    let text = |out: &mut Vec<u8>, key: &str, value: &str| {
        out.extend_from_slice(key.as_bytes());
        json.text(out, value);
    };
    let put = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());

    put(out, "{\"event_id\":\"");
    hex(out, event.id, 16);
    put(out, "\",\"ts\":\"");
    time(out, event.at);
    text(out, "\",\"event\":", event.kind);
    put(out, ",\"cookie\":\"");
    hex(out, event.cookie, 16);
    put(out, "\",\"session\":\"");
    hex(out, event.session, 12);
    put(out, "\"");
    if let Some(user) = event.user {
        put(out, ",\"user_id\":\"");
        user_id(out, user);
        put(out, "\"");
    }
    if let Some(email) = event.email {
        put(out, ",\"email\":\"");
        address_of(out, email);
        put(out, "\"");
    }
    put(out, ",\"url\":");
    let mut url = Vec::new();
    page_address(&mut url, &event.address);
    json.text(out, std::str::from_utf8(&url).unwrap_or_default());
    text(out, ",\"page\":{\"title\":", event.title);
    text(out, ",\"referrer\":", event.referrer);
    put(out, "},\"ip\":\"");
    ip(out, event.ip);
    put(out, "\",\"score\":\"");
    hundredths(out, event.score);
    text(out, "\",\"lang\":", event.language);
    text(out, ",\"device\":{\"type\":", event.device.0);
    text(out, ",\"os\":", event.device.1);
    text(out, ",\"browser\":", event.browser);
    text(out, ",\"screen\":", event.screen);
    text(out, "},\"geo\":{\"country\":", event.city.1);
    text(out, ",\"city\":", event.city.0);
    put(out, "}");
    if let Some(product) = &event.product {
        put(out, ",\"product\":{\"sku\":\"SKU-");
        decimal(out, product.sku);
        text(out, "\",\"name\":", product.name);
        text(out, ",\"category\":", product.category);
        put(out, ",\"price\":\"");
        hundredths(out, product.price);
        put(out, "\",\"qty\":");
        decimal(out, product.quantity);
        put(out, "}");
    }
    if let Some(coupon) = event.coupon {
        text(out, ",\"coupon\":", coupon);
    }
    if let Some(query) = event.query {
        text(out, ",\"search\":{\"query\":", query);
        put(out, "}");
    }
    for (index, tag) in event.tags.into_iter().enumerate() {
        text(out, if index == 0 { ",\"tags\":[" } else { "," }, tag);
    }
    put(out, "]}\n");
}

/// The header row.
pub fn csv_header(out: &mut Vec<u8>) {
    out.extend_from_slice(HEADER.as_bytes());
}

/// One event as a row. Absent values are empty cells; the tags share a cell.
pub fn csv(event: &Event, out: &mut Vec<u8>) {
    let product = event.product.as_ref();
    hex(out, event.id, 16);
    out.push(b',');
    time(out, event.at);
    cell(out, event.kind);
    out.push(b',');
    hex(out, event.cookie, 16);
    out.push(b',');
    hex(out, event.session, 12);
    out.push(b',');
    if let Some(user) = event.user {
        user_id(out, user);
    }
    out.push(b',');
    if let Some(email) = event.email {
        address_of(out, email);
    }
    out.push(b',');
    page_address(out, &event.address);
    cell(out, event.title);
    cell(out, event.referrer);
    out.push(b',');
    ip(out, event.ip);
    out.push(b',');
    hundredths(out, event.score);
    for text in [
        event.language,
        event.device.0,
        event.device.1,
        event.browser,
        event.screen,
        event.city.1,
        event.city.0,
    ] {
        cell(out, text);
    }
    out.push(b',');
    if let Some(product) = product {
        out.extend_from_slice(b"SKU-");
        decimal(out, product.sku);
    }
    cell(out, product.map_or("", |product| product.name));
    cell(out, product.map_or("", |product| product.category));
    out.push(b',');
    if let Some(product) = product {
        hundredths(out, product.price);
    }
    out.push(b',');
    if let Some(product) = product {
        decimal(out, product.quantity);
    }
    cell(out, event.coupon.unwrap_or_default());
    cell(out, event.query.unwrap_or_default());
    cell(out, &event.tags.join("|"));
    out.push(b'\n');
}

/// A comma and a cell.
fn cell(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    if !text.contains([',', '"']) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// How the writer of this event escapes.
struct Json {
    escape: Escape,
}

impl Json {
    fn text(&self, out: &mut Vec<u8>, text: &str) {
        out.push(b'"');
        if self.escape == Escape::None {
            out.extend_from_slice(text.as_bytes());
        } else {
            text.chars().for_each(|char| self.char(out, char));
        }
        out.push(b'"');
    }

    fn char(&self, out: &mut Vec<u8>, char: char) {
        match char {
            '"' | '\\' => out.extend_from_slice(&[b'\\', char as u8]),
            '\t' => out.extend_from_slice(b"\\t"),
            '/' if self.escape == Escape::Slashes => out.extend_from_slice(b"\\/"),
            char if self.escape == Escape::Ascii && !char.is_ascii() => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    out.extend_from_slice(b"\\u");
                    (0..4).rev().for_each(|place| out.push(hex_digit(u64::from(*unit) >> (place * 4))));
                }
            }
            char => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn page_address(out: &mut Vec<u8>, address: &Address) {
    let put = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
    put(out, "https://");
    put(out, address.host);
    match address.path {
        Path::Page(path) => put(out, path),
        Path::Product(sku) => {
            put(out, "/p/item-");
            decimal(out, sku);
        }
    }
    let mut separator = "?";
    if let Some(session) = address.session {
        put(out, "?sid=");
        hex(out, session, 8);
        separator = "&";
    }
    if let Some(source) = address.source {
        put(out, separator);
        put(out, "utm_source=");
        source.bytes().for_each(|byte| out.push(if byte == b' ' { b'+' } else { byte }));
    }
    if let Some(campaign) = address.campaign {
        put(out, "&utm_medium=cpc&utm_campaign=");
        put(out, campaign);
    }
}

fn address_of(out: &mut Vec<u8>, email: Email) {
    let mut word = |text: &str| {
        let start = out.len();
        out.extend_from_slice(text.as_bytes());
        if email.capitals {
            out.iter_mut().skip(start).take(1).for_each(u8::make_ascii_uppercase);
        }
    };
    word(email.first);
    word(".");
    word(email.last);
    decimal(out, email.number);
    out.push(b'@');
    out.extend_from_slice(email.host.as_bytes());
}

fn user_id(out: &mut Vec<u8>, number: u64) {
    out.push(b'u');
    decimal(out, 1_000_000 + number);
}

fn ip(out: &mut Vec<u8>, bits: u64) {
    // The three networks that are reserved for documentation.
    out.extend_from_slice(match bits % 3 {
        0 => b"192.0.2.",
        1 => b"198.51.100.",
        _ => b"203.0.113.",
    });
    decimal(out, (bits >> 8) % 256);
}

/// The last `width` hexadecimal digits.
fn hex(out: &mut Vec<u8>, number: u64, width: u32) {
    (0..width).rev().for_each(|place| out.push(hex_digit(number >> (place * 4))));
}

fn hex_digit(number: u64) -> u8 {
    let digit = (number & 15) as u8;
    digit + if digit < 10 { b'0' } else { b'a' - 10 }
}

fn decimal(out: &mut Vec<u8>, number: u64) {
    let start = out.len();
    let mut rest = number;
    loop {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

fn padded(out: &mut Vec<u8>, number: u64, width: u32) {
    (0..width).rev().for_each(|place| out.push(b'0' + (number / 10_u64.pow(place) % 10) as u8));
}

/// `1234` as `12.34`.
fn hundredths(out: &mut Vec<u8>, number: u64) {
    decimal(out, number / 100);
    out.push(b'.');
    padded(out, number % 100, 2);
}

/// Milliseconds after the start of January 2026; the period ends before the month does.
fn time(out: &mut Vec<u8>, at: u64) {
    out.extend_from_slice(b"2026-01-");
    padded(out, 1 + at / 86_400_000, 2);
    out.push(b'T');
    padded(out, at / 3_600_000 % 24, 2);
    out.push(b':');
    padded(out, at / 60_000 % 60, 2);
    out.push(b':');
    padded(out, at / 1000 % 60, 2);
    out.push(b'.');
    padded(out, at % 1000, 3);
    out.push(b'Z');
}
