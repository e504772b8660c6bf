//! The part of a long line that is shown: a window around what matters, with `…` where text was left out.

use std::ops::Range;

/// Longest line that is shown in full, in characters.
pub(super) const WIDEST: usize = 120;

/// Characters that are shown before the part that matters, when a line is cut.
const LEAD: usize = 40;

/// A line as it is shown.
pub(super) struct Window<'a> {
    line: &'a str,
    shown: Range<usize>,
    length: usize,
}

impl<'a> Window<'a> {
    /// The whole line, or the part around the character `focus`.
    pub(super) fn new(line: &'a str, focus: usize) -> Self {
        let length = line.chars().count();
        if length <= WIDEST {
            return Self { line, shown: 0..length, length };
        }
        let start = focus.saturating_sub(LEAD).min(length - WIDEST);
        Self { line, shown: start..start + WIDEST, length }
    }

    /// The text that is shown.
    pub(super) fn text(&self) -> String {
        let shown: String = self.line.chars().skip(self.shown.start).take(self.shown.len()).collect();
        let (before, after) =
            (if self.is_cut_before() { "…" } else { "" }, if self.is_cut_after() { "…" } else { "" });
        format!("{before}{shown}{after}")
    }

    /// Where characters of the line stand in the shown text; what is left out stands at the `…`.
    pub(super) fn map(&self, columns: Range<usize>) -> Range<usize> {
        let lead = usize::from(self.is_cut_before());
        if columns.end <= self.shown.start && self.is_cut_before() {
            return 0..1;
        }
        if columns.start >= self.shown.end && self.is_cut_after() {
            return lead + self.shown.len()..lead + self.shown.len() + 1;
        }
        let inside = |column: usize| column.clamp(self.shown.start, self.shown.end) - self.shown.start + lead;
        inside(columns.start)..inside(columns.end)
    }

    fn is_cut_before(&self) -> bool {
        self.shown.start > 0
    }

    fn is_cut_after(&self) -> bool {
        self.shown.end < self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_shown_in_full() {
        let window = Window::new("select x", 7);
        assert_eq!(window.text(), "select x");
        assert_eq!(window.map(7..8), 7..8);
    }

    #[test]
    fn a_long_line_is_cut_around_the_focus() {
        let line = format!("{}X{}", "é".repeat(500), "b".repeat(500));
        let window = Window::new(&line, 500);
        let text = window.text();
        assert_eq!(text.chars().count(), WIDEST + 2);
        let at = window.map(500..501);
        assert_eq!(text.chars().nth(at.start), Some('X'));
        assert_eq!(window.map(3..4), 0..1);
        assert_eq!(window.map(990..991), WIDEST + 1..WIDEST + 2);
    }
}
