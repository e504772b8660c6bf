//! An event: the keys that are read, and the columns that are made of them.

use crate::find::{Span, matches};

/// Places of the keys in [`Slots`].
pub mod slot {
    pub const TS: usize = 0;
    pub const EVENT: usize = 1;
    pub const COOKIE: usize = 2;
    pub const USER: usize = 3;
    pub const EMAIL: usize = 4;
    pub const URL: usize = 5;
    pub const SCORE: usize = 6;
    pub const TYPE: usize = 7;
    pub const OS: usize = 8;
    pub const CITY: usize = 9;
    pub const CATEGORY: usize = 10;
    pub const PRICE: usize = 11;
    pub const QUANTITY: usize = 12;
}

/// The values of the keys that are read.
pub type Slots = [Span; 13];

/// The columns of an event. Texts lie in the block of the event.
#[derive(Clone, Copy)]
pub struct Event {
    pub texts: [Span; 13],
    /// Milliseconds since 1970.
    pub ts: i64,
    /// Days since 1970.
    pub day: i32,
    pub score: Option<i64>,
    pub amount: Option<f64>,
}

/// Places of the columns in [`Event::texts`]. The first nine are those that a profile keeps the newest or oldest of.
pub mod text {
    pub const EMAIL: usize = 0;
    pub const EMAIL_DOMAIN: usize = 1;
    pub const USER: usize = 2;
    pub const HOST: usize = 3;
    pub const PATH: usize = 4;
    pub const CAMPAIGN: usize = 5;
    pub const CITY: usize = 6;
    pub const DEVICE: usize = 7;
    pub const SOURCE: usize = 8;
    pub const COOKIE: usize = 9;
    pub const EVENT: usize = 10;
    pub const CATEGORY: usize = 11;
    /// The date, as it begins the time of the event.
    pub const DAY: usize = 12;
}

impl Event {
    /// Makes the columns. Texts change where they stand; those that need another place are added to the block.
    pub fn new(block: &mut Vec<u8>, slots: &Slots) -> Event {
        let kind = slots[slot::EVENT].of(block);
        let purchase = kind == b"purchase";
        let about_product = purchase || kind == b"product_view" || kind == b"add_to_cart";

        let email = slots[slot::EMAIL];
        let mut email_domain = Span::default();
        if !email.is_empty() {
            let text = email.of_mut(block);
            text.make_ascii_lowercase();
            if let Some(at) = text.iter().rposition(|byte| *byte == b'@') {
                email_domain = Span { start: email.start + at as u32 + 1, end: email.end };
            }
        }
        let category = if about_product { lower(block, slots[slot::CATEGORY]) } else { Span::default() };
        let amount = if purchase { amount(block, slots[slot::PRICE], slots[slot::QUANTITY]) } else { None };
        let score = (!slots[slot::SCORE].is_empty()).then(|| integer(slots[slot::SCORE].of(block)));
        let address = Address::new(block, slots[slot::URL]);
        let device = device(block, slots[slot::TYPE], slots[slot::OS]);
        let time = slots[slot::TS];
        let (ts, day) = instant(time.of(block));
        Event {
            texts: [
                email,
                email_domain,
                slots[slot::USER],
                address.host,
                address.path,
                address.campaign,
                slots[slot::CITY],
                device,
                address.source,
                slots[slot::COOKIE],
                slots[slot::EVENT],
                category,
                Span { start: time.start, end: time.start + 10 },
            ],
            ts,
            day,
            score,
            amount,
        }
    }

    /// The same event with its texts in another block.
    pub fn moved(mut self, from: &[u8], to: &mut Vec<u8>) -> Event {
        for text in &mut self.texts {
            let start = to.len();
            to.extend_from_slice(text.of(from));
            *text = Span::new(start, to.len());
        }
        self
    }
}

/// The parts of an address that are asked for.
#[derive(Default)]
struct Address {
    host: Span,
    path: Span,
    source: Span,
    campaign: Span,
}

impl Address {
    fn new(block: &mut [u8], url: Span) -> Address {
        let mut address = Address::default();
        let (start, end) = (url.start as usize, url.end as usize);
        let Some(scheme) = block[start..end].windows(3).position(|part| part == b"://") else {
            return address;
        };
        let part_of = |from: usize, until: usize| Span::new(from, until.min(end));

        let host = start + scheme + 3;
        let mut at = find_end(block, host, end, b'/', b'?');
        address.host = part_of(host, at);
        address.host.of_mut(block).make_ascii_lowercase();
        if at < end && block[at] == b'/' {
            let path = at;
            at = find_end(block, path, end, b'?', b'#');
            address.path = part_of(path, at);
        }
        if at >= end || block[at] != b'?' {
            return address;
        }
        while at < end && block[at] != b'#' {
            let parameter = at + 1;
            at = find_end(block, parameter, end, b'&', b'#');
            let text = &block[parameter..at];
            if let Some(value) = text.strip_prefix(b"utm_source=") {
                address.source = part_of(at - value.len(), at);
            } else if let Some(value) = text.strip_prefix(b"utm_campaign=") {
                address.campaign = part_of(at - value.len(), at);
            }
        }
        // Last, for it changes the text.
        address.source = decode(block, address.source);
        address.campaign = decode(block, address.campaign);
        address
    }
}

/// The first place of `a` or `b` before `end`, or `end`.
#[inline(always)]
fn find_end(block: &[u8], mut at: usize, end: usize, a: u8, b: u8) -> usize {
    while at < end {
        let chunk: &[u8; 16] = block[at..].first_chunk().expect("the block is padded");
        let found = matches(chunk, a, b);
        if found != 0 {
            return (at + found.trailing_zeros() as usize).min(end);
        }
        at += 16;
    }
    end
}

/// Percent escapes and plus signs, decoded in place.
fn decode(block: &mut [u8], text: Span) -> Span {
    let bytes = text.of_mut(block);
    let Some(first) = bytes.iter().position(|byte| matches!(byte, b'%' | b'+')) else { return text };
    let (mut from, mut to) = (first, first);
    while from < bytes.len() {
        let digit = |at: usize| bytes.get(at).and_then(|digit| (*digit as char).to_digit(16));
        (bytes[to], from) = match bytes[from] {
            b'+' => (b' ', from + 1),
            b'%' if let (Some(high), Some(low)) = (digit(from + 1), digit(from + 2)) => {
                ((high << 4 | low) as u8, from + 3)
            }
            other => (other, from + 1),
        };
        to += 1;
    }
    Span { start: text.start, end: text.start + to as u32 }
}

/// The text in lower case: in place if it is ASCII.
fn lower(block: &mut Vec<u8>, text: Span) -> Span {
    let bytes = text.of_mut(block);
    if bytes.is_ascii() {
        bytes.make_ascii_lowercase();
        return text;
    }
    let lower = String::from_utf8_lossy(bytes).to_lowercase();
    let start = block.len();
    block.extend_from_slice(lower.as_bytes());
    Span::new(start, block.len())
}

/// `desktop/Windows_11`
fn device(block: &mut Vec<u8>, kind: Span, system: Span) -> Span {
    let start = block.len();
    block.extend_from_within(kind.start as usize..kind.end as usize);
    if !kind.is_empty() && !system.is_empty() {
        block.push(b'/');
    }
    let at = block.len();
    block.extend_from_within(system.start as usize..system.end as usize);
    for byte in &mut block[at..] {
        *byte = if *byte == b' ' { b'_' } else { *byte };
    }
    Span::new(start, block.len())
}

/// The digits before the point.
fn integer(text: &[u8]) -> i64 {
    let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits));
    let number = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    if negative { -number } else { number }
}

fn amount(block: &[u8], price: Span, quantity: Span) -> Option<f64> {
    if price.is_empty() || quantity.is_empty() {
        return None;
    }
    Some(decimal(price.of(block)) * integer(quantity.of(block)) as f64)
}

/// A number such as `12.34`. Both parts of the quotient are exact, so it is the nearest float.
fn decimal(text: &[u8]) -> f64 {
    const POWERS: [f64; 16] =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let point = text.iter().position(|byte| *byte == b'.');
    let places = point.map_or(0, |point| text.len() - point - 1);
    if text.len() > 15 || !text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        return std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
    }
    let digits = text
        .iter()
        .filter(|byte| **byte != b'.')
        .fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    digits as f64 / POWERS[places]
}

/// Milliseconds and days since 1970 of `2026-01-01T00:00:06.112Z`.
fn instant(text: &[u8]) -> (i64, i32) {
    let text: &[u8; 24] = text.first_chunk().expect("a time of 24 characters");
    let number = |range: std::ops::Range<usize>| {
        text[range].iter().fold(0_i32, |number, digit| number * 10 + i32::from(digit.wrapping_sub(b'0')))
    };
    let day = days(number(0..4), number(5..7), number(8..10));
    let second = (number(11..13) * 60 + number(14..16)) * 60 + number(17..19);
    (i64::from(day) * 86_400_000 + i64::from(second * 1000 + number(20..23)), day)
}

/// Days since 1970 of a date of our calendar; years begin with March.
fn days(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

/// `2026-01-31` of days since 1970.
pub fn date(days: i32) -> [u8; 10] {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + next;
    let digit = |number: i32| b'0' + (number % 10) as u8;
    [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ]
}
