//! Byte offsets to positions of the protocol and back, in the three encodings that clients may choose from.

use lql_syntax::Span;
use tower_lsp_server::ls_types::{Position, PositionEncodingKind, Range};

/// What the characters of a position count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of 16 bits: what every client can.
    #[default]
    Utf16,
    /// Unicode code points.
    Utf32,
}

impl Encoding {
    /// The first of a client's encodings that we know; clients list the best first.
    pub fn choose(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = offered.unwrap_or_default().iter().find_map(|kind| match kind.as_str() {
            "utf-8" => Some(Self::Utf8),
            "utf-16" => Some(Self::Utf16),
            "utf-32" => Some(Self::Utf32),
            _ => None,
        });
        known.unwrap_or_default()
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    /// How many units a text takes.
    pub fn width(self, text: &str) -> u32 {
        (match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Utf32 => text.chars().count(),
        }) as u32
    }

    /// The byte at which so many units have passed; inside a character, its start; behind the end, the end.
    fn byte(self, text: &str, units: u32) -> usize {
        let units = units as usize;
        if self == Self::Utf8 || text.is_ascii() {
            return text.floor_char_boundary(units.min(text.len()));
        }
        let mut passed = 0;
        for (at, character) in text.char_indices() {
            passed += if self == Self::Utf16 { character.len_utf16() } else { 1 };
            if passed > units {
                return at;
            }
        }
        text.len()
    }
}

/// Where the lines of a text begin. A line ends with `\n`, `\r\n` or `\r`, as the protocol says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    // Invariant: never empty, ascending.
    starts: Vec<u32>,
}

impl Lines {
    /// Of the text of an open file: all of it counts.
    pub fn new(text: &str) -> Self {
        Self::from(text, 0)
    }

    /// Of a file on the disk: editors do not count its byte-order mark.
    pub fn of_file(text: &str) -> Self {
        Self::from(text, if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() as u32 } else { 0 })
    }

    fn from(text: &str, first: u32) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        Self { starts: std::iter::once(first).chain(ends.map(|(at, _)| at as u32 + 1)).collect() }
    }

    /// A line without its end.
    fn line<'t>(&self, text: &'t str, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).map_or(text.len(), |start| *start as usize);
        let end = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        let whole = text.get(start..end).unwrap_or("");
        (start, whole.strip_suffix('\n').map_or(whole, |rest| rest).trim_end_matches('\r'))
    }

    /// The position of a byte offset.
    pub fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary((offset as usize).min(text.len()));
        let line = self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1);
        let (start, content) = self.line(text, line);
        // Between `\r` and `\n` no position exists; the one before them is meant.
        let before = content.get(..offset.saturating_sub(start)).unwrap_or(content);
        Position::new(line as u32, encoding.width(before))
    }

    /// The range of a span.
    pub fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        Range::new(self.position(text, span.start, encoding), self.position(text, span.end, encoding))
    }

    /// The byte offset of a position; behind the end of a line, the line's end.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let (start, content) = self.line(text, position.line as usize);
        (start + encoding.byte(content, position.character)) as u32
    }

    /// The span of a range, however its ends are ordered.
    pub fn span(&self, text: &str, range: Range, encoding: Encoding) -> Span {
        let (a, b) = (self.offset(text, range.start, encoding), self.offset(text, range.end, encoding));
        Span::new(a.min(b), a.max(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_emoji_takes_four_two_or_one() {
        let text = "-- 😀é\nx";
        let lines = Lines::new(text);
        let of = |encoding| lines.position(text, 9, encoding);
        assert_eq!(of(Encoding::Utf8), Position::new(0, 9));
        assert_eq!(of(Encoding::Utf16), Position::new(0, 6));
        assert_eq!(of(Encoding::Utf32), Position::new(0, 5));
        assert_eq!(lines.offset(text, Position::new(0, 5), Encoding::Utf16), 7);
    }

    #[test]
    fn positions_outside_are_moved_inside() {
        let text = "ab\r\nc\rd";
        let lines = Lines::new(text);
        let at = |line, character| lines.offset(text, Position::new(line, character), Encoding::Utf16);
        assert_eq!([at(0, 9), at(1, 0), at(1, 9), at(2, 0), at(7, 3)], [2, 4, 5, 6, 7]);
        let half = "😀";
        assert_eq!(Lines::new(half).offset(half, Position::new(0, 1), Encoding::Utf16), 0);
    }

    #[test]
    fn a_byte_order_mark_counts_only_in_open_files() {
        let text = "\u{feff}ab";
        let at = |lines: Lines| lines.position(text, 4, Encoding::Utf16);
        assert_eq!(at(Lines::of_file(text)), Position::new(0, 1));
        assert_eq!(at(Lines::new(text)), Position::new(0, 2));
    }

    proptest! {
        #![proptest_config(lql_cases::cases(256))]
        #[test]
        fn there_and_back_is_the_same_place(text in "([a-c😀é\u{301}]|\r|\n|\r\n){0,20}") {
            let lines = Lines::new(&text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                    let inside_end = text.get(..at).is_some_and(|t| t.ends_with('\r'))
                        && text.get(at..).is_some_and(|t| t.starts_with('\n'));
                    let there = lines.position(&text, at as u32, encoding);
                    let back = lines.offset(&text, there, encoding);
                    prop_assert_eq!(back as usize, if inside_end { at - 1 } else { at });
                }
            }
        }
    }
}
