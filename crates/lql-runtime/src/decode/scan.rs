//! A forward scanner over one JSON text: strict (RFC 8259), without recursion where it skips.
//!
//! It is ours because whether a record is accepted must not depend on which keys a program reads, and the fast public
//! readers check less in what they skip: bad `\u` escapes pass, and nesting is followed on the stack without bound.
//!
//! Functions take a position and give the position after what they took. So it stays in a register, which is worth a
//! fifth of the time.

use super::MAX_DEPTH;
use super::fault::{DecodeError, Fault};
use super::piece::find;
use wide::u8x16;

/// A text to be scanned. Positions are byte offsets in `text`.
pub(super) struct Input<'a> {
    pub text: &'a str,
    /// The text and whatever stands after it in memory, to be read in pieces but never to be taken.
    pub ahead: &'a [u8],
}

/// A scanned string without its quotes.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub raw: &'a str,
    /// Whether `raw` holds escapes.
    pub escaped: bool,
}

/// A scanned number.
#[derive(Clone, Copy)]
pub(super) enum Number<'a> {
    Int(i64),
    /// An integer that is no i64.
    Big(&'a str),
    /// With a fraction or an exponent.
    Fraction(&'a str),
}

/// The error is boxed to keep results in registers; only rejected records pay for it.
pub(super) type Scan<T> = Result<T, Box<DecodeError>>;

impl<'a> Input<'a> {
    /// The byte at a position. Zero, which may stand nowhere outside of strings, is also the end.
    #[inline]
    pub fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Skips white space.
    #[inline]
    pub fn space(&self, at: usize) -> usize {
        if self.byte(at) > b' ' { at } else { self.more_space(at) }
    }

    #[inline(never)]
    fn more_space(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), b' ' | b'\n' | b'\r' | b'\t') {
            at += 1;
        }
        at
    }

    /// An error at a position; the end of the text is its own fault.
    #[cold]
    #[inline(never)]
    pub fn fail<T>(&self, at: usize, fault: Fault) -> Scan<T> {
        let fault = if at >= self.text.len() { Fault::EndsEarly } else { fault };
        Err(Box::new(DecodeError { at: at.min(self.text.len()), fault }))
    }

    /// The text between two positions.
    #[inline]
    pub fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// A member name with its colon.
    #[inline]
    pub fn key(&self, start: usize) -> Scan<(usize, Text<'a>)> {
        if self.byte(start) != b'"' {
            return self.fail(start, Fault::Expected("a member name in double quotes"));
        }
        let (end, escaped) = self.string(start + 1)?;
        let name = Text { raw: self.slice(start + 1, end - 1), escaped };
        let at = self.space(end);
        if self.byte(at) != b':' {
            return self.fail(at, Fault::Expected("`:` after the member name"));
        }
        Ok((at + 1, name))
    }

    /// Takes a string whose opening quote has been taken, with its closing quote; and whether it holds escapes.
    #[expect(
        clippy::inline_always,
        reason = "most strings end here; a call per string costs a tenth of decoding"
    )]
    #[inline(always)]
    pub fn string(&self, at: usize) -> Scan<(usize, bool)> {
        let found = special::<32>(self.ahead, at);
        let end = at + found.trailing_zeros() as usize;
        if found != 0 && self.byte(end) == b'"' {
            return Ok((end + 1, false));
        }
        self.long_string(at)
    }

    /// The same for what does not end in the first piece: texts such as addresses, and all that needs a closer look.
    #[inline(never)]
    fn long_string(&self, mut at: usize) -> Scan<(usize, bool)> {
        let mut escaped = false;
        loop {
            let found = special::<64>(self.ahead, at);
            if found == 0 {
                at += 64;
                continue;
            }
            at += found.trailing_zeros() as usize;
            match self.byte(at) {
                b'"' => return Ok((at + 1, escaped)),
                b'\\' => {
                    escaped = true;
                    at = self.escape(at)?;
                }
                byte => return self.fail(at, Fault::ControlCharacter(byte)),
            }
        }
    }

    /// An escape; the backslash is at the position.
    #[cold]
    fn escape(&self, at: usize) -> Scan<usize> {
        match self.text.as_bytes().get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => match unicode(self.text, at) {
                Some(0xd800..=0xdbff) => match unicode(self.text, at + 6) {
                    Some(0xdc00..=0xdfff) => Ok(at + 12),
                    _ => self.fail(at, Fault::LoneSurrogate),
                },
                Some(0xdc00..=0xdfff) => self.fail(at, Fault::LoneSurrogate),
                Some(_) => Ok(at + 6),
                None => self.fail(at, Fault::BadEscape),
            },
            Some(_) => self.fail(at, Fault::BadEscape),
            None => self.fail(at + 1, Fault::EndsEarly),
        }
    }

    /// A number; its first byte is a digit or `-`.
    #[inline]
    pub fn number(&self, start: usize) -> Scan<(usize, Number<'a>)> {
        let negative = self.byte(start) == b'-';
        let first = start + usize::from(negative);
        let mut at = first;
        let mut integer = 0_u64;
        while let digit @ b'0'..=b'9' = self.byte(at) {
            integer = integer.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            at += 1;
        }
        let digits = at - first;
        if digits == 0 || (digits > 1 && self.byte(first) == b'0') {
            return self.fail(at, Fault::BadNumber);
        }
        if matches!(self.byte(at), b'.' | b'e' | b'E') {
            let end = self.fraction(at)?;
            return Ok((end, Number::Fraction(self.slice(start, end))));
        }
        // 18 digits always fit.
        if digits <= 18 {
            let integer = integer as i64;
            return Ok((at, Number::Int(if negative { -integer } else { integer })));
        }
        let text = self.slice(start, at);
        Ok((at, text.parse().map_or(Number::Big(text), Number::Int)))
    }

    fn fraction(&self, mut at: usize) -> Scan<usize> {
        if self.byte(at) == b'.' {
            at = self.digits(at + 1)?;
        }
        if matches!(self.byte(at), b'e' | b'E') {
            at += 1;
            if matches!(self.byte(at), b'+' | b'-') {
                at += 1;
            }
            at = self.digits(at)?;
        }
        Ok(at)
    }

    fn digits(&self, start: usize) -> Scan<usize> {
        let mut at = start;
        while self.byte(at).is_ascii_digit() {
            at += 1;
        }
        if at == start { self.fail(at, Fault::BadNumber) } else { Ok(at) }
    }

    /// `true`, `false` or `null`.
    #[inline]
    pub fn word(&self, at: usize, word: &'static str) -> Scan<usize> {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            return Ok(at + word.len());
        }
        let same = rest.iter().zip(word.as_bytes()).take_while(|(a, b)| a == b).count();
        self.fail(at + same, Fault::Expected("a value: an object, array, text, number, true, false or null"))
    }

    /// Takes a scalar that is not wanted and no string; its first byte is at the position.
    #[inline]
    fn skip_plain(&self, at: usize) -> Scan<usize> {
        match self.byte(at) {
            b'-' | b'0'..=b'9' => self.number(at).map(|(at, _)| at),
            b't' => self.word(at, "true"),
            b'f' => self.word(at, "false"),
            _ => self.word(at, "null"),
        }
    }

    /// Takes an object or array that is not wanted. `depth` counts the containers around it.
    #[inline]
    pub fn skip(&self, at: usize, depth: usize) -> Scan<usize> {
        self.skip_container(at + 1, self.byte(at) == b'{', depth + 1)
    }

    /// Takes the rest of a container whose bracket has been taken; `depth` counts it in.
    #[inline(never)]
    fn skip_container(&self, mut at: usize, mut object: bool, mut depth: usize) -> Scan<usize> {
        let outer = depth - 1;
        // One bit for each container around the current one: whether it is an object.
        let mut around = 0_u128;
        let mut fresh = true;
        loop {
            if depth > MAX_DEPTH {
                return Err(Box::new(DecodeError { at: at - 1, fault: Fault::TooDeep }));
            }
            at = self.space(at);
            let closed = fresh && self.byte(at) == if object { b'}' } else { b']' };
            if !closed {
                if object {
                    at = self.space(self.key(at)?.0);
                }
                match self.byte(at) {
                    b'"' => at = self.string(at + 1)?.0,
                    open @ (b'{' | b'[') => {
                        at += 1;
                        around = around << 1 | u128::from(object);
                        object = open == b'{';
                        depth += 1;
                        fresh = true;
                        continue;
                    }
                    _ => at = self.skip_plain(at)?,
                }
            }
            loop {
                let (after, more) = self.more(at, object)?;
                at = after;
                if more {
                    break;
                }
                depth -= 1;
                if depth == outer {
                    return Ok(at);
                }
                object = around & 1 == 1;
                around >>= 1;
            }
            fresh = false;
        }
    }

    /// After a member or element: whether another one follows. Takes the comma or the closing bracket.
    #[inline]
    pub fn more(&self, at: usize, object: bool) -> Scan<(usize, bool)> {
        let at = self.space(at);
        match self.byte(at) {
            b',' => Ok((at + 1, true)),
            b'}' if object => Ok((at + 1, false)),
            b']' if !object => Ok((at + 1, false)),
            _ if object => self.fail(at, Fault::Expected("`,` or `}` after a member")),
            _ => self.fail(at, Fault::Expected("`,` or `]` after an element")),
        }
    }
}

/// The four hexadecimal digits of `\uXXXX` at `at`.
pub(super) fn unicode(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

/// Marks the bytes that end a string or need a closer look: quotes, backslashes, control characters.
#[inline]
fn special<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    find::<N>(bytes, at, |bytes| {
        bytes.simd_eq(u8x16::splat(b'"'))
            | bytes.simd_eq(u8x16::splat(b'\\'))
            | bytes.min(u8x16::splat(0x1f)).simd_eq(bytes)
    })
}
