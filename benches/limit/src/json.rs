//! Lines of JSON into slots: one pass forward, no tree.

use crate::{
    event::{Slots, slot},
    find::{Span, find2},
};

/// The objects whose keys matter.
#[derive(Clone, Copy)]
enum Level {
    Top,
    Device,
    Geo,
    Product,
}

/// What becomes of a value.
enum Target {
    Slot(usize),
    Enter(Level),
    Skip,
}

#[inline(always)]
fn target(level: Level, key: &[u8]) -> Target {
    use Target::{Enter, Skip, Slot};
    match level {
        Level::Top => match key {
            b"ts" => Slot(slot::TS),
            b"geo" => Enter(Level::Geo),
            b"url" => Slot(slot::URL),
            b"event" => Slot(slot::EVENT),
            b"email" => Slot(slot::EMAIL),
            b"score" => Slot(slot::SCORE),
            b"cookie" => Slot(slot::COOKIE),
            b"device" => Enter(Level::Device),
            b"product" => Enter(Level::Product),
            b"user_id" => Slot(slot::USER),
            _ => Skip,
        },
        Level::Device => match key {
            b"os" => Slot(slot::OS),
            b"type" => Slot(slot::TYPE),
            _ => Skip,
        },
        Level::Geo => match key {
            b"city" => Slot(slot::CITY),
            _ => Skip,
        },
        Level::Product => match key {
            b"qty" => Slot(slot::QUANTITY),
            b"price" => Slot(slot::PRICE),
            b"category" => Slot(slot::CATEGORY),
            _ => Skip,
        },
    }
}

/// Reads the line at `at`; the place after its end.
pub fn line(bytes: &mut [u8], at: usize, slots: &mut Slots) -> usize {
    object(bytes, at + 1, Level::Top, slots) + 1
}

/// Reads an object from after its `{`; the place after its `}`.
fn object(bytes: &mut [u8], mut at: usize, level: Level, slots: &mut Slots) -> usize {
    if bytes[at] == b'}' {
        return at + 1;
    }
    loop {
        // `"key":`
        let end = find2(bytes, at + 1, b'"', b'"');
        let target = target(level, &bytes[at + 1..end]);
        at = end + 2;
        at = match bytes[at] {
            b'"' => {
                let (text, after) = string(bytes, at + 1);
                if let Target::Slot(slot) = target {
                    slots[slot] = text;
                }
                after
            }
            b'{' | b'[' => match target {
                Target::Enter(level) if bytes[at] == b'{' => object(bytes, at + 1, level, slots),
                _ => skip(bytes, at),
            },
            first => {
                let end = find2(bytes, at, b',', b'}');
                if let Target::Slot(slot) = target
                    && first != b'n'
                {
                    slots[slot] = Span::new(at, end);
                }
                end
            }
        };
        at += 1;
        if bytes[at - 1] == b'}' {
            return at;
        }
    }
}

/// Reads a text from after its quote; the text and the place after the quote that ends it.
#[inline(always)]
fn string(bytes: &mut [u8], start: usize) -> (Span, usize) {
    let end = find2(bytes, start, b'"', b'\\');
    if bytes[end] == b'"' { (Span::new(start, end), end + 1) } else { unescape(bytes, start, end) }
}

/// The same for a text with escapes, the first at `at`. It is written over itself, for it only gets shorter.
#[cold]
fn unescape(bytes: &mut [u8], start: usize, mut at: usize) -> (Span, usize) {
    let mut end = at;
    let mut put = |bytes: &mut [u8], text: &[u8]| {
        bytes[end..end + text.len()].copy_from_slice(text);
        end += text.len();
    };
    loop {
        let byte = bytes[at];
        at += 1;
        match byte {
            b'"' => return (Span::new(start, end), at),
            b'\\' => {
                let escape = bytes[at];
                at += 1;
                let plain = match escape {
                    b'u' => {
                        let (char, after) = code_point(bytes, at);
                        at = after;
                        put(bytes, char.encode_utf8(&mut [0; 4]).as_bytes());
                        continue;
                    }
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => other,
                };
                put(bytes, &[plain]);
            }
            other => put(bytes, &[other]),
        }
    }
}

/// The character of `\u` escapes, from after the first `u`, and the place after it.
fn code_point(bytes: &[u8], at: usize) -> (char, usize) {
    let unit = |at: usize| -> u32 {
        bytes[at..at + 4].iter().fold(0, |unit, digit| unit << 4 | (*digit as char).to_digit(16).unwrap_or(0))
    };
    let (first, after) = (unit(at), at + 4);
    if (0xd800..0xdc00).contains(&first) && bytes[after..].starts_with(b"\\u") {
        let second = unit(after + 2);
        if (0xdc00..0xe000).contains(&second) {
            let char = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return (char::from_u32(char).unwrap_or(char::REPLACEMENT_CHARACTER), after + 6);
        }
    }
    (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), after)
}

/// Passes over an object or an array that nobody reads.
fn skip(bytes: &mut [u8], mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        let byte = bytes[at];
        at += 1;
        match byte {
            b'"' => at = string(bytes, at).1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
}
