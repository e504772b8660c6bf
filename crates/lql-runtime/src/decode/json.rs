//! One JSON object into slots. What is not projected is checked and skipped without building values.

use super::fault::{DecodeError, Fault};
use super::projection::{Node, Projection};
use super::scan::{Number, Scanner, Text, unicode};
use super::sink::Sink;
use super::switch::Child;
use super::{MAX_DEPTH, utf8};
use bumpalo::Bump;
use lql_compiler::Value;
use std::fmt::Write;

type Fill = Result<(), DecodeError>;

/// Decodes one JSON object. See [`super::Decoder::json`].
pub(super) fn decode<'a>(
    projection: &Projection,
    record: &'a [u8],
    arena: &'a Bump,
    slots: &mut [Value<'a>],
) -> Fill {
    let scan = Scanner { text: utf8(record)?, at: 0 };
    let sink = Sink::new(projection, arena, slots);
    let mut filler = Filler { projection, scan, arena, sink, path: String::new() };
    match filler.scan.space() {
        Some(b'{') => filler.scan.at += 1,
        Some(_) => return Err(DecodeError { at: filler.scan.at, fault: Fault::NotAnObject }),
        None => return filler.scan.fail(Fault::EndsEarly),
    }
    let root = projection.nodes.first();
    if projection.captures.is_empty() {
        filler.object::<false>(root, 1)?;
    } else {
        filler.object::<true>(root, 1)?;
    }
    if filler.scan.space().is_some() {
        return filler.scan.fail(Fault::TrailingBytes);
    }
    filler.sink.finish();
    Ok(())
}

/// `GATHER` says whether captures may want what is being read; then `path` is its flattened name.
struct Filler<'p, 'a, 's> {
    projection: &'p Projection,
    scan: Scanner<'a>,
    arena: &'a Bump,
    sink: Sink<'a, 's>,
    path: String,
}

impl<'p, 'a> Filler<'p, 'a, '_> {
    /// The members of an object whose bracket has been taken; `depth` counts it in.
    fn object<const GATHER: bool>(&mut self, node: Option<&'p Node>, depth: usize) -> Fill {
        self.check_depth(depth)?;
        let base = self.path.len();
        if self.scan.space() == Some(b'}') {
            self.scan.at += 1;
            return Ok(());
        }
        loop {
            self.scan.space();
            let name = self.scan.key()?;
            let name = self.text(name);
            let child = node.map_or(Child::NONE, |node| node.members.get(name));
            if GATHER {
                self.path.truncate(base);
                if depth > 1 {
                    self.path.push('.');
                }
                self.path.push_str(name);
                self.value_if_gathered(child, depth)?;
            } else {
                self.value::<false>(child, depth)?;
            }
            if !self.scan.more(true)? {
                self.path.truncate(base);
                return Ok(());
            }
        }
    }

    /// The elements of an array whose bracket has been taken; `depth` counts it in.
    ///
    /// Whether the array is one list or indexed keys is known only at its first container: until then its scalars are held.
    fn array<const GATHER: bool>(&mut self, child: Child, depth: usize) -> Fill {
        self.check_depth(depth)?;
        let node = self.node(child);
        let base = self.path.len();
        let mut scalars = bumpalo::collections::Vec::new_in(self.arena);
        let mut indexed = false;
        let mut index = 0_u32;
        if self.scan.space() == Some(b']') {
            self.scan.at += 1;
            return Ok(());
        }
        loop {
            if !indexed && matches!(self.scan.space(), Some(b'{' | b'[')) {
                indexed = true;
                for (index, &scalar) in (0_u32..).zip(scalars.iter()) {
                    let child = node.map_or(Child::NONE, |node| node.element(index));
                    self.path_element::<GATHER>(base, index);
                    self.leaf::<GATHER>(child, scalar);
                }
            }
            if indexed {
                let child = node.map_or(Child::NONE, |node| node.element(index));
                self.path_element::<GATHER>(base, index);
                if GATHER {
                    self.value_if_gathered(child, depth)?;
                } else {
                    self.value::<false>(child, depth)?;
                }
            } else {
                scalars.push(self.scalar()?);
            }
            index = index.saturating_add(1);
            if !self.scan.more(false)? {
                break;
            }
        }
        self.path.truncate(base);
        if !indexed {
            scalars.retain(|scalar| !matches!(scalar, Value::Missing));
            if !scalars.is_empty() {
                self.leaf::<GATHER>(child, Value::List(scalars.into_bump_slice()));
            }
        }
        Ok(())
    }

    fn value_if_gathered(&mut self, child: Child, depth: usize) -> Fill {
        if self.projection.may_gather(&self.path) {
            self.value::<true>(child, depth)
        } else {
            self.value::<false>(child, depth)
        }
    }

    #[inline]
    fn value<const GATHER: bool>(&mut self, child: Child, depth: usize) -> Fill {
        if !GATHER && child == Child::NONE {
            return self.scan.skip(depth);
        }
        match self.scan.space() {
            Some(b'{') if GATHER || child.node.is_some() => {
                self.scan.at += 1;
                self.object::<GATHER>(self.node(child), depth + 1)
            }
            Some(b'{') => self.scan.skip(depth),
            Some(b'[') => {
                self.scan.at += 1;
                self.array::<GATHER>(child, depth + 1)
            }
            _ => {
                let value = self.scalar()?;
                self.leaf::<GATHER>(child, value);
                Ok(())
            }
        }
    }

    #[inline]
    fn leaf<const GATHER: bool>(&mut self, child: Child, value: Value<'a>) {
        if let Some(slot) = child.slot {
            self.sink.put(slot, value);
        }
        if GATHER {
            self.sink.gather(&self.path, value);
        }
    }

    /// A scalar. Numbers that neither an i64 nor an f64 can hold stay text: no digit is lost, and the kinds that want a
    /// number decide what to do with it.
    #[inline]
    fn scalar(&mut self) -> Result<Value<'a>, DecodeError> {
        match self.scan.space() {
            Some(b'"') => {
                self.scan.at += 1;
                let text = self.scan.string()?;
                Ok(Value::Text(self.text(text)))
            }
            Some(b'-' | b'0'..=b'9') => Ok(match self.scan.number()? {
                Number::Int(integer) => Value::Int(integer),
                Number::Big(text) => Value::Text(text),
                Number::Fraction(text) => match text.parse() {
                    Ok(number) if f64::is_finite(number) => Value::Number(number),
                    _ => Value::Text(text),
                },
            }),
            Some(b't') => self.scan.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.scan.word("false").map(|()| Value::Bool(false)),
            _ => self.scan.word("null").map(|()| Value::Missing),
        }
    }

    #[inline]
    fn text(&self, text: Text<'a>) -> &'a str {
        if text.escaped { unescape(text.raw, self.arena) } else { text.raw }
    }

    #[inline]
    fn node(&self, child: Child) -> Option<&'p Node> {
        self.projection.nodes.get(child.node? as usize)
    }

    fn path_element<const GATHER: bool>(&mut self, base: usize, index: u32) {
        if GATHER {
            self.path.truncate(base);
            // Writing to a `String` cannot fail.
            let _ = write!(self.path, "[{index}]");
        }
    }

    #[inline]
    fn check_depth(&self, depth: usize) -> Fill {
        if depth > MAX_DEPTH {
            return Err(DecodeError { at: self.scan.at.saturating_sub(1), fault: Fault::TooDeep });
        }
        Ok(())
    }
}

/// A scanned string with its escapes replaced. The scanner has checked them.
#[cold]
fn unescape<'a>(raw: &str, arena: &'a Bump) -> &'a str {
    let mut out = bumpalo::collections::String::with_capacity_in(raw.len(), arena);
    let mut at = 0;
    while let Some(rest) = raw.get(at..) {
        let Some(plain) = memchr::memchr(b'\\', rest.as_bytes()) else {
            out.push_str(rest);
            break;
        };
        out.push_str(rest.get(..plain).unwrap_or_default());
        at += plain;
        let (char, len) = match raw.as_bytes().get(at + 1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => match unicode(raw, at) {
                Some(high @ 0xd800..=0xdbff) => {
                    let units = [high, unicode(raw, at + 6).unwrap_or_default()];
                    let char = char::decode_utf16(units).next().and_then(Result::ok);
                    (char.unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                }
                unit => (
                    char::from_u32(unit.unwrap_or_default().into()).unwrap_or(char::REPLACEMENT_CHARACTER),
                    6,
                ),
            },
            // A quote, a backslash or a slash.
            other => (other.copied().unwrap_or_default().into(), 2),
        };
        out.push(char);
        at += len;
    }
    out.into_bump_str()
}
