//! A forward scanner over one JSON text: strict (RFC 8259), without recursion where it skips.
//!
//! It is ours because whether a record is accepted must not depend on which keys a program reads, and the fast public
//! readers check less in what they skip: bad `\u` escapes pass, and nesting is followed on the stack without bound. Texts
//! are scanned sixteen bytes at a time.

use super::MAX_DEPTH;
use super::fault::{DecodeError, Fault};

/// The scanner. Positions are byte offsets in `text`.
pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub at: usize,
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

type Scan<T> = Result<T, DecodeError>;

impl<'a> Scanner<'a> {
    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips white space and gives the byte after it without taking it.
    #[inline]
    pub fn space(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    /// An error at the current byte; the end of the text is its own fault.
    #[cold]
    pub fn fail<T>(&self, fault: Fault) -> Scan<T> {
        let fault = if self.at >= self.text.len() { Fault::EndsEarly } else { fault };
        Err(DecodeError { at: self.at, fault })
    }

    /// A member name with its colon; the quote is next.
    #[inline]
    pub fn key(&mut self) -> Scan<Text<'a>> {
        if self.peek() != Some(b'"') {
            return self.fail(Fault::Expected("a member name in double quotes"));
        }
        self.at += 1;
        let key = self.string()?;
        if self.space() != Some(b':') {
            return self.fail(Fault::Expected("`:` after the member name"));
        }
        self.at += 1;
        Ok(key)
    }

    /// A string whose opening quote has been taken.
    #[expect(
        clippy::inline_always,
        reason = "most strings end here; a call per string costs a tenth of decoding"
    )]
    #[inline(always)]
    pub fn string(&mut self) -> Scan<Text<'a>> {
        let start = self.at;
        let escaped = self.string_end()?;
        Ok(Text { raw: self.text.get(start..self.at - 1).unwrap_or_default(), escaped })
    }

    /// Takes a string with its closing quote; whether it holds escapes.
    #[expect(clippy::inline_always, reason = "see `string`")]
    #[inline(always)]
    fn string_end(&mut self) -> Scan<bool> {
        let bytes = self.text.as_bytes();
        if let Some(piece) = bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let found = special(u128::from_le_bytes(*piece));
            let end = self.at + (found.trailing_zeros() / 8) as usize;
            if found != 0 && bytes.get(end) == Some(&b'"') {
                self.at = end + 1;
                return Ok(false);
            }
        }
        self.long_string_end()
    }

    #[inline(never)]
    fn long_string_end(&mut self) -> Scan<bool> {
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        loop {
            // Sixteen bytes a step: most names and texts end in the first, so the branch is predictable.
            while let Some(piece) = bytes.get(self.at..).and_then(|rest| rest.first_chunk()) {
                let found = special(u128::from_le_bytes(*piece));
                if found != 0 {
                    self.at += (found.trailing_zeros() / 8) as usize;
                    break;
                }
                self.at += 16;
            }
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(&byte) if byte < b' ' => return self.fail(Fault::ControlCharacter(byte)),
                Some(_) => self.at += 1,
                None => return self.fail(Fault::EndsEarly),
            }
        }
    }

    /// An escape; the backslash is next.
    #[cold]
    fn escape(&mut self) -> Scan<()> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => match unicode(self.text, self.at) {
                Some(0xd800..=0xdbff) => match unicode(self.text, self.at + 6) {
                    Some(0xdc00..=0xdfff) => {
                        self.at += 12;
                        Ok(())
                    }
                    _ => self.fail(Fault::LoneSurrogate),
                },
                Some(0xdc00..=0xdfff) => self.fail(Fault::LoneSurrogate),
                Some(_) => {
                    self.at += 6;
                    Ok(())
                }
                None => self.fail(Fault::BadEscape),
            },
            Some(_) => self.fail(Fault::BadEscape),
            None => {
                self.at += 1;
                self.fail(Fault::EndsEarly)
            }
        }
    }

    /// A number; its first byte (a digit or `-`) is next.
    #[inline]
    pub fn number(&mut self) -> Scan<Number<'a>> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.at += 1;
        }
        let first = self.at;
        let mut integer = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            integer = integer.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let digits = self.at - first;
        if digits == 0 || (digits > 1 && self.text.as_bytes().get(first) == Some(&b'0')) {
            return self.fail(Fault::BadNumber);
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            self.fraction()?;
            return Ok(Number::Fraction(self.text.get(start..self.at).unwrap_or_default()));
        }
        // 18 digits always fit.
        if digits <= 18 {
            let integer = integer as i64;
            return Ok(Number::Int(if negative { -integer } else { integer }));
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(text.parse().map_or(Number::Big(text), Number::Int))
    }

    fn fraction(&mut self) -> Scan<()> {
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Scan<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { self.fail(Fault::BadNumber) } else { Ok(()) }
    }

    /// `true`, `false` or `null`.
    #[inline]
    pub fn word(&mut self, word: &'static str) -> Scan<()> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        let same = rest.iter().zip(word.as_bytes()).take_while(|(a, b)| a == b).count();
        self.at += same;
        self.fail(Fault::Expected("a value: an object, array, text, number, true, false or null"))
    }

    /// Takes a value that is not wanted. `depth` counts the containers around it.
    #[inline]
    pub fn skip(&mut self, depth: usize) -> Scan<()> {
        match self.space() {
            Some(open @ (b'{' | b'[')) => {
                self.at += 1;
                self.skip_container(open == b'{', depth + 1)
            }
            Some(byte) => self.skip_scalar(byte),
            None => self.fail(Fault::EndsEarly),
        }
    }

    #[inline]
    fn skip_scalar(&mut self, byte: u8) -> Scan<()> {
        match byte {
            b'"' => {
                self.at += 1;
                self.string_end().map(drop)
            }
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            _ => self.word("null"),
        }
    }

    /// Takes the rest of a container whose bracket has been taken; `depth` counts it in.
    fn skip_container(&mut self, object: bool, depth: usize) -> Scan<()> {
        let outer = depth - 1;
        let mut depth = depth;
        let mut object = object;
        // One bit for each container around the current one: whether it is an object.
        let mut around = 0_u128;
        let mut fresh = true;
        loop {
            if depth > MAX_DEPTH {
                return Err(DecodeError { at: self.at - 1, fault: Fault::TooDeep });
            }
            let closed = fresh && self.space() == Some(if object { b'}' } else { b']' });
            if !closed {
                if object {
                    self.space();
                    self.key()?;
                }
                match self.space() {
                    Some(open @ (b'{' | b'[')) => {
                        self.at += 1;
                        around = around << 1 | u128::from(object);
                        object = open == b'{';
                        depth += 1;
                        fresh = true;
                        continue;
                    }
                    Some(byte) => self.skip_scalar(byte)?,
                    None => return self.fail(Fault::EndsEarly),
                }
            }
            while !self.more(object)? {
                depth -= 1;
                if depth == outer {
                    return Ok(());
                }
                object = around & 1 == 1;
                around >>= 1;
            }
            fresh = false;
        }
    }

    /// After a member or element: whether another one follows. Takes the comma or the closing bracket.
    #[inline]
    pub fn more(&mut self, object: bool) -> Scan<bool> {
        match self.space() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(b'}') if object => {
                self.at += 1;
                Ok(false)
            }
            Some(b']') if !object => {
                self.at += 1;
                Ok(false)
            }
            _ if object => self.fail(Fault::Expected("`,` or `}` after a member")),
            _ => self.fail(Fault::Expected("`,` or `]` after an element")),
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

/// Marks the first byte that is a quote, a backslash or a control character: the lowest set bit is its high bit. Higher
/// bits may be wrong, because subtraction borrows upward only.
#[inline]
fn special(piece: u128) -> u128 {
    u128::from(special_in_word(piece as u64)) | u128::from(special_in_word((piece >> 64) as u64)) << 64
}

#[inline]
fn special_in_word(word: u64) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (LOW * 0x22);
    let backslash = word ^ (LOW * 0x5c);
    let zero = |x: u64| x.wrapping_sub(LOW) & !x;
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    (zero(quote) | zero(backslash) | control) & HIGH
}
