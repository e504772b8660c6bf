//! Byte offsets to lines and columns: the one line index that all formats use.

use super::{SourceView, is_placeless};
use lql_syntax::{Diagnostic, Span};
use std::cell::OnceCell;
use std::ops::Range;

/// A place as people count: both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    // Invariant: never empty, ascending. A byte-order mark is in no line: editors do not count it.
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    /// Reads a text once.
    ///
    /// ```
    /// # use lql_compiler::report::{LineIndex, Place};
    /// let index = LineIndex::new("é\nab");
    /// assert_eq!(index.place(2), Place { line: 1, column: 2 });
    /// assert_eq!(index.place(4), Place { line: 2, column: 2 });
    /// ```
    pub fn new(text: &'a str) -> Self {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of a byte offset; of the end of the text, if the offset lies behind it.
    pub fn place(&self, offset: usize) -> Place {
        let line = self.line_of(offset);
        let start = self.range(line).start;
        let before = self.text.get(start..self.floor(offset)).unwrap_or("");
        Place { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The line of a byte offset, counted from 0.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line counted from 0, its end (`\n`, `\r\n`) left out.
    pub(super) fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let Some(next) = self.starts.get(line + 1) else { return start..self.text.len() };
        let end = next - 1;
        let ends_in_return = self.text.get(start..end).is_some_and(|line| line.ends_with('\r'));
        start..if ends_in_return { end - 1 } else { end }
    }

    /// The text of a line counted from 0, without its end.
    pub(super) fn line(&self, line: usize) -> &'a str {
        self.text.get(self.range(line)).unwrap_or("")
    }

    /// The nearest start of a character at or before an offset.
    pub(super) fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

/// The files of a report, each indexed when a finding first points into it.
pub(super) struct Files<'a> {
    views: &'a [SourceView<'a>],
    indexes: Vec<OnceCell<LineIndex<'a>>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(views: &'a [SourceView<'a>]) -> Self {
        Self { views, indexes: views.iter().map(|_| OnceCell::new()).collect() }
    }

    /// A file by number.
    pub(super) fn get(&self, file: u32) -> Option<(&'a SourceView<'a>, &LineIndex<'a>)> {
        let view = self.views.get(file as usize)?;
        let index = self.indexes.get(file as usize)?.get_or_init(|| LineIndex::new(view.text));
        Some((view, index))
    }

    /// A span of a file as people count. `None` when there is no such file.
    pub(super) fn region(&self, file: u32, span: Span) -> Option<Region<'a>> {
        let (view, index) = self.get(file)?;
        Some(Region {
            name: view.name,
            start: index.place(span.start as usize),
            end: index.place(span.end as usize),
        })
    }

    /// Where a finding stands. `None` when it is about the project and not about a place in a text.
    pub(super) fn primary(&self, finding: &Diagnostic) -> Option<Region<'a>> {
        if is_placeless(finding) { None } else { self.region(finding.primary.file, finding.primary.span) }
    }
}

/// A span with the name of its file, as people count.
#[derive(Clone, Copy)]
pub(super) struct Region<'a> {
    pub(super) name: &'a str,
    pub(super) start: Place,
    /// The character after the last one.
    pub(super) end: Place,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_newline_with_or_without_return() {
        let index = LineIndex::new("a\r\nb\n\nc");
        let lines: Vec<_> = (0..4).map(|line| index.line(line)).collect();
        assert_eq!(lines, ["a", "b", "", "c"]);
    }

    #[test]
    fn offsets_outside_the_text_or_inside_a_character_are_no_panic() {
        let index = LineIndex::new("😀x");
        assert_eq!(index.place(2), Place { line: 1, column: 1 });
        assert_eq!(index.place(99), Place { line: 1, column: 3 });
        assert_eq!(LineIndex::new("").place(7), Place { line: 1, column: 1 });
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let index = LineIndex::new("\u{feff}ab\n");
        assert_eq!([0, 3, 4].map(|offset| index.place(offset).column), [1, 1, 2]);
        assert_eq!(index.line(0), "ab");
    }

    #[test]
    fn the_end_after_a_last_newline_is_a_line_of_its_own() {
        assert_eq!(LineIndex::new("a\n").place(2), Place { line: 2, column: 1 });
    }
}
