//! Percent escapes, and the pairs of a query string.

use super::super::Env;
use super::split::cut;
use bumpalo::collections::{String, Vec};
use memchr::{memchr, memchr2};

/// Decodes percent escapes and, in a form, `+`. A text without any is returned as it is.
/// `None` if an escape is malformed or the result is no text.
pub(super) fn decode<'a>(text: &'a str, plus: Plus, env: &Env<'a>) -> Option<&'a str> {
    let first = match plus {
        Plus::Kept => memchr(b'%', text.as_bytes()),
        Plus::IsSpace => memchr2(b'%', b'+', text.as_bytes()),
    };
    let Some((plain, mut rest)) = first.and_then(|at| text.as_bytes().split_at_checked(at)) else {
        return Some(text);
    };
    let mut decoded = Vec::with_capacity_in(text.len(), env.arena);
    decoded.extend_from_slice_copy(plain);
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                decoded.push(hex(*high)? << 4 | hex(*low)?);
                after
            }
            (b'%', _) => return None,
            (b'+', _) if plus == Plus::IsSpace => {
                decoded.push(b' ');
                after
            }
            _ => {
                decoded.push(*first);
                after
            }
        };
    }
    std::str::from_utf8(decoded.into_bump_slice()).ok()
}

/// What `+` means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    /// A space, as in forms and queries.
    IsSpace,
    /// Itself, as in paths.
    Kept,
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// The decoded pairs of a query. Malformed ones are left out; a name alone has an empty value.
pub(super) fn pairs<'a>(query: &'a str, env: &Env<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    query.split('&').filter(|pair| !pair.is_empty()).filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((decode(name, Plus::IsSpace, env)?, decode(value, Plus::IsSpace, env)?))
    })
}

/// The first value under a name in the [`pairs`] of a query.
pub(super) fn find<'a>(query: &'a str, wanted: &str, env: &Env<'a>) -> Option<&'a str> {
    let mut rest = Some(query);
    while let Some(some) = rest {
        let (pair, after) = cut(some, b'&');
        rest = after;
        // Only the value that is wanted is decoded.
        if let Some(value) = value_of(pair, wanted, env)
            && let Some(value) = decode(value, Plus::IsSpace, env)
        {
            return Some(value);
        }
    }
    None
}

/// The value of a pair as it is written, if its name is the wanted one.
fn value_of<'a>(pair: &'a str, wanted: &str, env: &Env<'a>) -> Option<&'a str> {
    // Most names differ from the wanted one before anything in them would have to be decoded.
    let differ = |(_, (a, b)): &(usize, (u8, u8))| a != b || matches!(a, b'%' | b'+' | b'=');
    match pair.bytes().zip(wanted.bytes()).enumerate().find(differ) {
        Some((_, (b'%' | b'+', _))) => {}
        Some(_) => return None,
        None => match pair.as_bytes().get(wanted.len()) {
            Some(b'=') => return pair.get(wanted.len() + 1..),
            Some(b'%' | b'+') | None => {}
            Some(_) => return None,
        },
    }
    let (name, value) = cut(pair, b'=');
    let is_wanted = !pair.is_empty() && decode(name, Plus::IsSpace, env) == Some(wanted);
    is_wanted.then(|| value.unwrap_or_default())
}

/// Writes pairs as a query, sorted by name; pairs of one name keep their order. `None` if there are none.
///
/// Letters, digits and `-_.~` stay, a space becomes `+`, everything else an escape.
pub(super) fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>, env: &Env<'a>) -> Option<&'a str> {
    let mut pairs = Vec::from_iter_in(pairs, env.arena);
    pairs.sort_by_key(|(name, _)| *name);
    let mut query = String::new_in(env.arena);
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        encode_into(&mut query, name);
        query.push('=');
        encode_into(&mut query, value);
    }
    (!query.is_empty()).then(|| query.into_bump_str())
}

fn encode_into(query: &mut String<'_>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                query.push(char::from(byte));
            }
            b' ' => query.push('+'),
            _ => query.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
}
