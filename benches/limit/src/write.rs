//! JSON put together by hand.

use crate::event::{Event, text};
use md5::{Digest, Md5};

/// The columns of M1 as a line.
pub fn event(out: &mut Vec<u8>, block: &[u8], event: &Event) {
    let of = |field: usize| event.texts[field].of(block);
    text(out, b"{\"event\":", of(text::EVENT));
    text(out, b",\"cookie\":", of(text::COOKIE));
    integer(out, b",\"ts_ms\":", event.ts);
    text(out, b",\"day\":", of(text::DAY));
    for (field, key) in [
        (text::USER, b",\"user_id\":".as_slice()),
        (text::EMAIL, b",\"email\":"),
        (text::EMAIL_DOMAIN, b",\"email_domain\":"),
        (text::HOST, b",\"host\":"),
        (text::PATH, b",\"path\":"),
        (text::SOURCE, b",\"utm_source\":"),
        (text::CAMPAIGN, b",\"utm_campaign\":"),
        (text::CATEGORY, b",\"category\":"),
        (text::CITY, b",\"city\":"),
        (text::DEVICE, b",\"device\":"),
    ] {
        if !event.texts[field].is_empty() {
            text(out, key, of(field));
        }
    }
    if let Some(score) = event.score {
        integer(out, b",\"score\":", score);
    }
    if let Some(amount) = event.amount {
        float(out, b",\"amount\":", amount);
    }
    md5(out, b",\"cookie_md5\":\"", of(text::COOKIE));
    out.extend_from_slice(b"\"}\n");
}

/// A key and a text.
#[inline]
pub fn text(out: &mut Vec<u8>, key: &[u8], text: &[u8]) {
    out.extend_from_slice(key);
    out.push(b'"');
    // All bytes are looked at, which is faster than to stop at the first.
    let plain =
        text.iter().fold(true, |plain, byte| plain & (*byte >= 0x20) & (*byte != b'"') & (*byte != b'\\'));
    if plain {
        out.extend_from_slice(text);
    } else {
        escaped(out, text);
    }
    out.push(b'"');
}

#[cold]
fn escaped(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            byte => out.push(*byte),
        }
    }
}

/// A key and some texts, unless there are none.
pub fn set(out: &mut Vec<u8>, key: &[u8], texts: &[&[u8]]) {
    if texts.is_empty() {
        return;
    }
    out.extend_from_slice(key);
    for (at, one) in texts.iter().enumerate() {
        text(out, if at == 0 { b"[" } else { b"," }, one);
    }
    out.push(b']');
}

/// A key and a whole number.
pub fn integer(out: &mut Vec<u8>, key: &[u8], number: impl itoa::Integer) {
    out.extend_from_slice(key);
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// A key and a number.
pub fn float(out: &mut Vec<u8>, key: &[u8], number: f64) {
    out.extend_from_slice(key);
    out.extend_from_slice(zmij::Buffer::new().format(number).as_bytes());
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// What comes before, and the hash of a text.
pub fn md5(out: &mut Vec<u8>, before: &[u8], text: &[u8]) {
    out.extend_from_slice(before);
    let mut digits = [0; 32];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(Md5::digest(text)) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    out.extend_from_slice(&digits);
}
