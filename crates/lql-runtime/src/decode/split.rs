//! Where the elements of a JSON text begin and end: brackets, strings and commas only; decoding checks the rest.
//!
//! A damaged element ends at the next comma or bracket outside of it where its brackets allow. A line break inside a string
//! ends the element: JSON has no such strings, so a forgotten quote costs one element and not the file.

use super::fault::Fault;
use super::record::{Reject, Span};
use memchr::memchr3;

/// The state between two pieces of the text.
#[derive(Debug)]
pub(super) struct Splitter {
    /// Inside a top-level array.
    in_array: bool,
    /// What stands before the current place in the array.
    before: Before,
    /// The element that is being read.
    element: Option<Element>,
    pub line: u64,
    /// Bytes of the current line that have been read.
    pub column: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Bracket,
    Comma,
    Element,
}

#[derive(Clone, Copy, Debug)]
struct Element {
    start: usize,
    line: u64,
    column: u64,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Whether it began with a bracket, so that its last bracket ends it.
    container: bool,
}

impl Splitter {
    pub fn new(line: u64, column: u64) -> Splitter {
        Splitter { in_array: false, before: Before::Bracket, element: None, line, column }
    }

    /// Whether the text may end here: no array is open.
    pub fn in_array(&self) -> bool {
        self.in_array
    }

    /// Where the element being read began: offset, line, column.
    pub fn open(&self) -> Option<(usize, u64, u64)> {
        self.element.map(|element| (element.start, element.line, element.column))
    }

    /// Reads `bytes` from `at` on and adds the elements that end there. Offsets count from the start of `bytes`.
    ///
    /// Stops after the first element with `one`. Returns where it stopped.
    pub fn split(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        one: bool,
        found: &mut Vec<Result<Span, Reject>>,
    ) -> usize {
        while let Some(&byte) = bytes.get(at) {
            let before = found.len();
            match self.element.take() {
                None => self.between(byte, at, found),
                Some(mut element) => {
                    if element.in_string && !element.escaped {
                        // Only these three bytes matter inside a string.
                        let rest = bytes.get(at..).unwrap_or_default();
                        let plain = memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
                        if plain > 0 {
                            at += plain;
                            self.column += plain as u64;
                            self.element = Some(element);
                            continue;
                        }
                    }
                    let ended = self.inside(byte, &mut element);
                    let span =
                        |end| Span { start: element.start, end, line: element.line, column: element.column };
                    match ended {
                        End::No => self.element = Some(element),
                        End::After => found.push(Ok(span(at + 1))),
                        End::Before => {
                            found.push(Ok(span(at)));
                            // This byte belongs to what is around the element.
                            if one {
                                return at;
                            }
                            continue;
                        }
                    }
                }
            }
            at += 1;
            if byte == b'\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
            if one && found.len() > before {
                break;
            }
        }
        at
    }

    /// The input ends: what has been read of an element is one.
    pub fn end(&mut self, len: usize, found: &mut Vec<Result<Span, Reject>>) {
        if let Some(Element { start, line, column, .. }) = self.element.take() {
            found.push(Ok(Span { start, end: len, line, column }));
        }
    }

    /// The buffer lost its first `count` bytes; of a longer element the start is lost.
    pub fn forget(&mut self, count: usize) {
        if let Some(element) = &mut self.element {
            element.start = element.start.saturating_sub(count);
        }
    }

    fn between(&mut self, byte: u8, at: usize, found: &mut Vec<Result<Span, Reject>>) {
        let no_element = |splitter: &Splitter| {
            Err(Reject::new(splitter.line, splitter.column + 1, &Fault::NoElement, &[]))
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b',' if self.in_array => {
                if self.before != Before::Element {
                    found.push(no_element(self));
                }
                self.before = Before::Comma;
            }
            b']' if self.in_array => {
                if self.before == Before::Comma {
                    found.push(no_element(self));
                }
                self.in_array = false;
            }
            b'[' if !self.in_array => {
                self.in_array = true;
                self.before = Before::Bracket;
            }
            _ => {
                self.before = Before::Element;
                let container = matches!(byte, b'{' | b'[');
                self.element = Some(Element {
                    start: at,
                    line: self.line,
                    column: self.column + 1,
                    depth: usize::from(container),
                    in_string: byte == b'"',
                    escaped: false,
                    container,
                });
            }
        }
    }

    fn inside(&self, byte: u8, element: &mut Element) -> End {
        if element.in_string {
            match byte {
                b'\n' => return End::After,
                _ if element.escaped => element.escaped = false,
                b'\\' => element.escaped = true,
                b'"' => element.in_string = false,
                _ => {}
            }
            return End::No;
        }
        match byte {
            b'"' => element.in_string = true,
            b',' | b']' if self.in_array && element.depth == 0 => return End::Before,
            b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n' if !self.in_array && element.depth == 0 => {
                return End::Before;
            }
            b'{' | b'[' => element.depth += 1,
            b'}' | b']' => {
                element.depth = element.depth.saturating_sub(1);
                if element.depth == 0 && element.container && !self.in_array {
                    return End::After;
                }
            }
            _ => {}
        }
        End::No
    }
}

enum End {
    No,
    /// The element ends with this byte.
    After,
    /// The element has ended before this byte.
    Before,
}
