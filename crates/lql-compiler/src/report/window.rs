//! The part of a long line that is shown: a window around what matters, with `…` where text was left out.
//!
//! A line may be megabytes long and hold thousands of findings: nothing here reads more of it than is shown.

use super::clean::same_length;
use std::borrow::Cow;
use std::ops::Range;

/// Longest line that is shown in full, in characters.
const WIDEST: usize = 120;

/// Characters that are shown before the part that matters, when a line is cut.
const LEAD: usize = 40;

/// Whether a line is too long to be shown in full.
pub(super) fn is_long(line: &str) -> bool {
    line.len() > WIDEST && line.chars().nth(WIDEST).is_some()
}

/// A line as it is shown.
pub(super) struct Window<'a> {
    line: &'a str,
    /// Bytes of the line.
    shown: Range<usize>,
}

impl<'a> Window<'a> {
    /// The whole line, or the part around the byte `focus`, which begins a character.
    pub(super) fn new(line: &'a str, focus: usize) -> Self {
        if !is_long(line) {
            return Self { line, shown: 0..line.len() };
        }
        let before = line.get(..focus).unwrap_or(line);
        let start = before.char_indices().rev().take(LEAD).last().map_or(before.len(), |(at, _)| at);
        if let Some((length, _)) = line.get(start..).and_then(|rest| rest.char_indices().nth(WIDEST)) {
            return Self { line, shown: start..start + length };
        }
        let start = line.char_indices().rev().take(WIDEST).last().map_or(0, |(at, _)| at);
        Self { line, shown: start..line.len() }
    }

    /// The text that is shown, harmless for a terminal.
    pub(super) fn text(&self) -> Cow<'a, str> {
        let shown = same_length(self.line.get(self.shown.clone()).unwrap_or(""));
        if !self.is_cut_before() && !self.is_cut_after() {
            return shown;
        }
        let (before, after) =
            (if self.is_cut_before() { "…" } else { "" }, if self.is_cut_after() { "…" } else { "" });
        Cow::Owned(format!("{before}{shown}{after}"))
    }

    /// The characters of the shown text at which bytes of the line stand; what is left out stands at the `…`.
    pub(super) fn columns(&self, bytes: Range<usize>) -> Range<usize> {
        let lead = usize::from(self.is_cut_before());
        let width = |range: Range<usize>| self.line.get(range).map_or(0, |text| text.chars().count());
        if bytes.end <= self.shown.start && self.is_cut_before() {
            return 0..1;
        }
        if bytes.start >= self.shown.end && self.is_cut_after() {
            let end = lead + width(self.shown.clone());
            return end..end + 1;
        }
        let inside = |at: usize| lead + width(self.shown.start..at.clamp(self.shown.start, self.shown.end));
        inside(bytes.start)..inside(bytes.end)
    }

    fn is_cut_before(&self) -> bool {
        self.shown.start > 0
    }

    fn is_cut_after(&self) -> bool {
        self.shown.end < self.line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_line_is_shown_in_full() {
        let window = Window::new("sélect x", 8);
        assert_eq!(window.text(), "sélect x");
        assert_eq!(window.columns(8..9), 7..8);
    }

    #[test]
    fn a_long_line_is_cut_around_the_focus() {
        let line = format!("{}X{}", "é".repeat(500), "b".repeat(500));
        let window = Window::new(&line, 1000);
        let text = window.text();
        assert_eq!(text.chars().count(), WIDEST + 2);
        let at = window.columns(1000..1001);
        assert_eq!(text.chars().nth(at.start), Some('X'));
        assert_eq!(window.columns(4..6), 0..1);
        assert_eq!(window.columns(1400..1401), WIDEST + 1..WIDEST + 2);
    }

    #[test]
    fn the_ends_of_a_long_line_are_shown_without_dots() {
        let line = "ab".repeat(500);
        assert!(Window::new(&line, 0).text().starts_with("abab"));
        let end = Window::new(&line, line.len()).text();
        assert!(end.starts_with('…') && end.ends_with("abab") && end.chars().count() == WIDEST + 1);
    }
}
