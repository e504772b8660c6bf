//! Functions of e-mail addresses: a single address of RFC 5322, with or without a display name.
//!
//! Comments may stand around an address but not inside it. Encoded words (`=?UTF-8?…?=`) stay as they are.

use super::super::{Call, Env, View};
use super::url::lower;
use crate::{Value, convert};
use bumpalo::collections::String;

pub(super) fn email<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    Address::of(call).map(|address| lower(address.bare(call.env), call.env))
}

pub(super) fn emailname<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    Address::of(call)?.name.filter(|name| !name.is_empty())
}

pub(super) fn emaildomain<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    Address::of(call).map(|address| lower(address.domain, call.env))
}

/// The parts of the address, as a list; null if it is none.
pub(super) const VIEW: View = |argument, env| {
    let text = convert::to_text(argument.first(), env.arena);
    text.and_then(|text| Address::parse(text, env)).map_or(Value::Null, |address| {
        let parts = [Some(address.local), Some(address.domain), address.name, address.written];
        Value::List(env.arena.alloc(parts.map(|part| part.map_or(Value::Null, Value::Text))))
    })
};

/// A parsed address.
struct Address<'a> {
    /// The display name, unquoted.
    name: Option<&'a str>,
    /// What stands before the `@`; quoted only if it has to be.
    local: &'a str,
    /// What stands after it.
    domain: &'a str,
    /// Local part and domain as written, if that is how they are given out.
    written: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// The address that a call is given.
    fn of(call: &Call<'_, 'a>) -> Option<Self> {
        let part = |part| if let Value::Text(part) = part { Some(part) } else { None };
        match *call.view {
            Value::Missing => Self::parse(call.text(0)?, call.env),
            Value::List(&[Value::Text(local), Value::Text(domain), name, written]) => {
                Some(Self { name: part(name), local, domain, written: part(written) })
            }
            _ => None,
        }
    }

    fn parse(text: &'a str, env: &Env<'a>) -> Option<Self> {
        Self::plain(text).or_else(|| Self::header(text, env))
    }

    /// Nearly all addresses are two plain dot-atoms.
    fn plain(text: &'a str) -> Option<Self> {
        let at = memchr::memchr(b'@', text.as_bytes())?;
        let (local, domain) = (text.get(..at)?, text.get(at + 1..)?);
        (is_ascii_dot_atom(local) && is_ascii_dot_atom(domain)).then_some(Self {
            name: None,
            local,
            domain,
            written: Some(text),
        })
    }

    /// An address as a mail header may hold it.
    fn header(text: &'a str, env: &Env<'a>) -> Option<Self> {
        let mut scan = Scan { rest: text };
        scan.blank()?;
        let start = scan.rest;
        if let Some(mut address) = scan.address() {
            // An old habit puts the name into a comment behind the address.
            let (_, comment) = scan.blank()?;
            address.name = comment.map(str::trim);
            return scan.rest.is_empty().then_some(address);
        }
        scan.rest = start;
        let name = scan.phrase(env)?;
        if !scan.eat('<') {
            return None;
        }
        scan.blank()?;
        let mut address = scan.address()?;
        scan.blank()?;
        let closed = scan.eat('>');
        scan.blank()?;
        address.name = name;
        (closed && scan.rest.is_empty()).then_some(address)
    }

    fn bare(&self, env: &Env<'a>) -> &'a str {
        self.written.unwrap_or_else(|| {
            bumpalo::format!(in env.arena, "{}@{}", self.local, self.domain).into_bump_str()
        })
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl<'a> Scan<'a> {
    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes white space and comments; tells whether there were any, and the last comment's inside.
    fn blank(&mut self) -> Option<(bool, Option<&'a str>)> {
        let before = self.rest.len();
        let mut comment = None;
        loop {
            self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
            if !self.rest.starts_with('(') {
                return Some((self.rest.len() < before, comment));
            }
            let end = comment_end(self.rest)?;
            comment = self.rest.get(1..end);
            self.rest = self.rest.get(end + 1..)?;
        }
    }

    /// Takes `local@domain`.
    fn address(&mut self) -> Option<Address<'a>> {
        let start = self.rest;
        let local = if self.rest.starts_with('"') {
            let quoted = self.quoted()?;
            let inside = quoted.get(1..quoted.len() - 1).unwrap_or_default();
            if is_dot_atom(inside) { inside } else { quoted }
        } else {
            self.run(|c| is_atom(c) || c == '.')
        };
        let as_written = start.starts_with(local);
        if !local.starts_with('"') && !is_dot_atom(local) || !self.eat('@') {
            return None;
        }
        let domain = if self.rest.starts_with('[') {
            let end = self.rest.find(']')? + 1;
            let (literal, rest) = self.rest.split_at_checked(end)?;
            self.rest = rest;
            literal
        } else {
            self.run(|c| is_atom(c) || c == '.')
        };
        let is_domain = if domain.starts_with('[') { is_literal(domain) } else { is_dot_atom(domain) };
        let length = start.len() - self.rest.len();
        let written = if as_written { start.get(..length) } else { None };
        is_domain.then_some(Address { name: None, local, domain, written })
    }

    /// Takes a run of characters, maybe empty.
    fn run(&mut self, test: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !test(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        run
    }

    /// Takes a quoted string, quotes included.
    fn quoted(&mut self) -> Option<&'a str> {
        let mut escaped = false;
        let inside = self.rest.strip_prefix('"')?;
        let end = inside.find(|c: char| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        let (quoted, rest) = self.rest.split_at_checked(end + 2)?;
        self.rest = rest;
        (!quoted.contains(['\r', '\n'])).then_some(quoted)
    }

    /// Takes the words of a display name, up to `<`. `Some(None)` if there are none.
    #[expect(clippy::option_option, reason = "a wrong phrase differs from an empty one")]
    fn phrase(&mut self, env: &Env<'a>) -> Option<Option<&'a str>> {
        let start = self.rest;
        let mut words = String::new_in(env.arena);
        let mut is_plain = true;
        let mut end = 0;
        while !self.rest.is_empty() && !self.rest.starts_with('<') {
            if !words.is_empty() {
                words.push(' ');
            }
            if self.rest.starts_with('"') {
                is_plain = false;
                unquote_into(&mut words, self.quoted()?);
            } else {
                let word = self.run(|c| is_atom(c) || c == '.');
                if word.is_empty() {
                    return None;
                }
                words.push_str(word);
            }
            end = start.len() - self.rest.len();
            self.blank()?;
        }
        let written = start.get(..end).unwrap_or_default();
        Some(match words.as_str() {
            "" => None,
            words if is_plain && written == words => Some(written),
            _ => Some(words.into_bump_str()),
        })
    }
}

/// The end of the comment a text begins with; comments nest.
fn comment_end(text: &str) -> Option<usize> {
    let (mut depth, mut escaped) = (0, false);
    text.find(|c| {
        if escaped {
            escaped = false;
            return false;
        }
        match c {
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0 && c == ')'
    })
}

/// The inside of a quoted string without its backslashes.
fn unquote_into(text: &mut String<'_>, quoted: &str) {
    let mut escaped = false;
    for c in quoted.get(1..quoted.len() - 1).unwrap_or_default().chars() {
        escaped = c == '\\' && !escaped;
        if !escaped {
            text.push(c);
        }
    }
}

/// An ASCII text that [`is_dot_atom`] accepts.
fn is_ascii_dot_atom(text: &str) -> bool {
    let mut after_dot = true;
    let is_dotted = text.bytes().all(|byte| {
        let may_stand = if byte == b'.' { !after_dot } else { is_ascii_atom(byte) };
        after_dot = byte == b'.';
        may_stand
    });
    is_dotted && !after_dot
}

/// Whether an ASCII byte is a character of an atom. Found in a table: addresses are looked at byte by byte.
fn is_ascii_atom(byte: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "the table is made by the compiler")]
    static ATOM: [bool; 256] = {
        let mut atom = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            atom[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        let mut marks = MARKS.as_bytes();
        while let [mark, rest @ ..] = marks {
            atom[*mark as usize] = true;
            marks = rest;
        }
        atom
    };
    ATOM.get(usize::from(byte)).copied().unwrap_or(false)
}

/// What an atom may hold besides letters and digits.
const MARKS: &str = "!#$%&'*+-/=?^_`{|}~";

/// A character of an atom; characters beyond ASCII count (RFC 6532).
fn is_atom(c: char) -> bool {
    if c.is_ascii() { is_ascii_atom(c as u8) } else { !c.is_whitespace() }
}

/// `ana.b`: atoms with single dots between them.
fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// `[192.0.2.1]`
fn is_literal(domain: &str) -> bool {
    2 < domain.len() && !domain.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_addresses_are_read_as_those_of_headers(text in "([a-zA-Z.+ é\"]|b\\.|@){0,12}") {
            let arena = bumpalo::Bump::new();
            let env = Env { arena: &arena, event_time: Time::default(), clock: Time::default() };
            if let Some(plain) = Address::plain(&text) {
                let header = Address::header(&text, &env).unwrap();
                let parts = |a: &Address<'_>| (a.name.map(str::to_owned), a.local.to_owned(), a.domain.to_owned());
                prop_assert_eq!(parts(&plain), parts(&header));
                prop_assert_eq!(plain.written, header.written);
            }
        }
    }
}
