//! One JSON object into slots. What is not projected is checked and skipped without building values.

use super::MAX_DEPTH;
use super::fault::{DecodeError, Fault};
use super::order::Order;
use super::projection::Projection;
use super::scan::{Input, Number, Scan, Text, unicode};
use super::sink::Sink;
use super::switch::Child;
use bumpalo::Bump;
use lql_compiler::Value;
use std::fmt::Write;

/// Decodes one JSON object. See [`super::Decoder::json`]. `orders` are those of the projection's nodes.
pub(super) fn decode<'a>(
    projection: &Projection,
    orders: &mut [Order],
    input: &Input<'a>,
    arena: &'a Bump,
    slots: &mut [Value<'a>],
) -> Scan<()> {
    let start = input.space(0);
    if input.byte(start) != b'{' {
        return input.fail(start, Fault::NotAnObject);
    }
    let sink = Sink::new(projection, arena, slots);
    let mut filler = Filler { projection, orders, input, arena, sink, path: String::new() };
    let end = if projection.captures.is_empty() {
        filler.object::<false>(start + 1, Some(0), 1)?
    } else {
        filler.object::<true>(start + 1, Some(0), 1)?
    };
    let end = input.space(end);
    if end < input.text.len() {
        return input.fail(end, Fault::TrailingBytes);
    }
    filler.sink.finish();
    Ok(())
}

/// `GATHER` says whether captures may want what is being read; then `path` is its flattened name.
struct Filler<'p, 'a, 's> {
    projection: &'p Projection,
    orders: &'s mut [Order],
    input: &'s Input<'a>,
    arena: &'a Bump,
    sink: Sink<'a, 's>,
    path: String,
}

impl<'a> Filler<'_, 'a, '_> {
    /// The members of an object whose bracket has been taken; `depth` counts it in.
    fn object<const GATHER: bool>(&mut self, mut at: usize, node: Option<u32>, depth: usize) -> Scan<usize> {
        check_depth(at, depth)?;
        let input = self.input;
        if input.byte(input.space(at)) == b'}' {
            return Ok(input.space(at) + 1);
        }
        let base = self.path.len();
        // The order is taken out, so that it need not be found for each member. After an error it begins anew.
        let mut order = self.order(node).map(std::mem::take).unwrap_or_default();
        order.begin();
        let mut next = 0;
        loop {
            let (name, child);
            (at, name, child) = match order.guess(input.ahead, at, &mut next) {
                Some(it) => (at + it.len, input.slice(at + it.name.0, at + it.name.1), it.child),
                None => self.member(at, node, &mut order, &mut next)?,
            };
            if GATHER {
                self.path.truncate(base);
                if depth > 1 {
                    self.path.push('.');
                }
                self.path.push_str(name);
                at = self.value_if_gathered(at, child, depth)?;
            } else {
                at = self.value::<false>(at, child, depth)?;
            }
            let more;
            (at, more) = input.more(at, true)?;
            if !more {
                break;
            }
        }
        self.path.truncate(base);
        if let Some(place) = self.order(node) {
            *place = order;
        }
        Ok(at)
    }

    /// A member up to its value, read byte by byte: where the value begins, the name, and what is wanted of it.
    #[inline(never)]
    fn member(
        &mut self,
        from: usize,
        node: Option<u32>,
        order: &mut Order,
        next: &mut usize,
    ) -> Scan<(usize, &'a str, Child)> {
        let input = self.input;
        let quote = input.space(from);
        let (at, written) = input.key(quote)?;
        let at = input.space(at);
        let name = self.text(written);
        let Some(node) = node.and_then(|node| self.projection.nodes.get(node as usize)) else {
            return Ok((at, name, Child::NONE));
        };
        let child = node.members.get(name);
        if !written.escaped {
            let start = quote + 1 - from;
            order.learn(input.slice(from, at).as_bytes(), (start, start + name.len()), child, next);
        }
        Ok((at, name, child))
    }

    #[inline]
    fn order(&mut self, node: Option<u32>) -> Option<&mut Order> {
        self.orders.get_mut(node? as usize)
    }

    /// The elements of an array whose bracket has been taken; `depth` counts it in.
    ///
    /// Whether the array is one list or indexed keys is known only at its first container: until then its scalars are held.
    fn array<const GATHER: bool>(&mut self, mut at: usize, child: Child, depth: usize) -> Scan<usize> {
        check_depth(at, depth)?;
        let input = self.input;
        let node = child.node.and_then(|node| self.projection.nodes.get(node as usize));
        let base = self.path.len();
        let mut scalars = bumpalo::collections::Vec::new_in(self.arena);
        let mut indexed = false;
        let mut index = 0_u32;
        at = input.space(at);
        if input.byte(at) == b']' {
            return Ok(at + 1);
        }
        loop {
            at = input.space(at);
            if !indexed && matches!(input.byte(at), b'{' | b'[') {
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
                at = if GATHER {
                    self.value_if_gathered(at, child, depth)?
                } else {
                    self.value::<false>(at, child, depth)?
                };
            } else {
                let scalar;
                (at, scalar) = self.scalar(at)?;
                scalars.push(scalar);
            }
            index = index.saturating_add(1);
            let more;
            (at, more) = input.more(at, false)?;
            if !more {
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
        Ok(at)
    }

    fn value_if_gathered(&mut self, at: usize, child: Child, depth: usize) -> Scan<usize> {
        if self.projection.may_gather(&self.path) {
            self.value::<true>(at, child, depth)
        } else {
            self.value::<false>(at, child, depth)
        }
    }

    /// A value; most are strings.
    #[expect(clippy::inline_always, reason = "a call per value costs a tenth of decoding")]
    #[inline(always)]
    fn value<const GATHER: bool>(&mut self, at: usize, child: Child, depth: usize) -> Scan<usize> {
        if self.input.byte(at) != b'"' {
            return self.any_value::<GATHER>(at, child, depth);
        }
        let (end, escaped) = self.input.string(at + 1)?;
        if GATHER || child.slot.is_some() {
            let raw = self.input.slice(at + 1, end - 1);
            let text = self.text(Text { raw, escaped });
            self.leaf::<GATHER>(child, Value::Text(text));
        }
        Ok(end)
    }

    #[inline(never)]
    fn any_value<const GATHER: bool>(&mut self, at: usize, child: Child, depth: usize) -> Scan<usize> {
        let at = self.input.space(at);
        match self.input.byte(at) {
            b'{' if GATHER || child.node.is_some() => self.object::<GATHER>(at + 1, child.node, depth + 1),
            b'[' if GATHER || child != Child::NONE => self.array::<GATHER>(at + 1, child, depth + 1),
            b'{' | b'[' => self.input.skip(at, depth),
            _ => {
                let (at, value) = self.scalar(at)?;
                self.leaf::<GATHER>(child, value);
                Ok(at)
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
    fn scalar(&mut self, at: usize) -> Scan<(usize, Value<'a>)> {
        let input = self.input;
        match input.byte(at) {
            b'"' => {
                let (end, escaped) = input.string(at + 1)?;
                let raw = input.slice(at + 1, end - 1);
                Ok((end, Value::Text(self.text(Text { raw, escaped }))))
            }
            b'-' | b'0'..=b'9' => {
                let (at, number) = input.number(at)?;
                let value = match number {
                    Number::Int(integer) => Value::Int(integer),
                    Number::Big(text) => Value::Text(text),
                    Number::Fraction(text) => match text.parse() {
                        Ok(number) if f64::is_finite(number) => Value::Number(number),
                        _ => Value::Text(text),
                    },
                };
                Ok((at, value))
            }
            b't' => Ok((input.word(at, "true")?, Value::Bool(true))),
            b'f' => Ok((input.word(at, "false")?, Value::Bool(false))),
            _ => Ok((input.word(at, "null")?, Value::Missing)),
        }
    }

    #[inline]
    fn text(&self, text: Text<'a>) -> &'a str {
        if text.escaped { unescape(text.raw, self.arena) } else { text.raw }
    }

    fn path_element<const GATHER: bool>(&mut self, base: usize, index: u32) {
        if GATHER {
            self.path.truncate(base);
            // Writing to a `String` cannot fail.
            let _ = write!(self.path, "[{index}]");
        }
    }
}

#[inline]
fn check_depth(at: usize, depth: usize) -> Scan<()> {
    if depth > MAX_DEPTH {
        return Err(Box::new(DecodeError { at: at.saturating_sub(1), fault: Fault::TooDeep }));
    }
    Ok(())
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
