//! A fix shown as the lines it leads to, with marks under what is new.

use super::SourceView;
use super::clean::one_line;
use super::files::{Files, LineIndex};
use super::window::Window;
use lql_syntax::{Edit, Fix};
use std::fmt::Write as _;
use std::ops::Range;
use unicode_width::UnicodeWidthChar as _;

/// Most lines of one fix that are shown.
const MOST_LINES: usize = 6;

/// Columns between tab stops; the same as in the snippets.
const TAB: usize = 4;

/// The lines that the edits of a fix lead to. Edits of several files show one file after the other.
pub(super) fn lines_after(fix: &Fix, shown_file: u32, files: &Files<'_>) -> String {
    let mut out = String::new();
    for of_file in fix.edits.chunk_by(|a, b| a.file == b.file) {
        let Some(first) = of_file.first() else { continue };
        let Some((view, index)) = files.get(first.file) else { continue };
        if first.file != shown_file {
            let _ = writeln!(out, "   in {}", one_line(view.name));
        }
        let Some(lines) = changed_lines(of_file, view, index) else { continue };
        let width = lines.iter().map(|line| line.number.to_string().len()).max().unwrap_or(1);
        let _ = writeln!(out, " {:width$} │", "");
        for line in lines.iter().take(MOST_LINES) {
            line.write(&mut out, width);
        }
        if lines.len() > MOST_LINES {
            let _ = writeln!(out, " {:width$} ┆ and {} more lines", "", lines.len() - MOST_LINES);
        }
    }
    out
}

/// A line after the edits.
struct Line {
    /// Counted from 1; edits before it may have moved it.
    number: usize,
    text: String,
    /// Byte ranges of what is new.
    new: Vec<Range<usize>>,
}

/// The lines that hold something new or lost something. `None` when the edits do not fit the text.
fn changed_lines(edits: &[Edit], view: &SourceView<'_>, index: &LineIndex<'_>) -> Option<Vec<Line>> {
    let (first, last) = (edits.first()?, edits.last()?);
    let first_line = index.line_of(first.span.start as usize);
    let start = index.range(first_line).start;
    let end = index.range(index.line_of(last.span.end as usize)).end.max(last.span.end as usize);

    let mut text = String::new();
    // Where something changed, in the new text; empty where something was only taken away.
    let mut changed: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    for edit in edits {
        text.push_str(view.text.get(at..edit.span.start as usize)?);
        let from = text.len();
        text.push_str(&edit.text);
        changed.push(from..text.len());
        at = edit.span.end as usize;
    }
    text.push_str(view.text.get(at..end)?);

    let after = LineIndex::new(&text);
    let mut lines = Vec::new();
    let last_line = after.line_of(text.len());
    for line in 0..=last_line {
        let range = after.range(line);
        let of_line = changed.iter().filter(|c| c.start <= range.end && range.start <= c.end);
        let new: Vec<_> = of_line
            .map(|c| {
                c.start.max(range.start) - range.start..c.end.min(range.end).max(range.start) - range.start
            })
            .collect();
        let words = after.line(line);
        if !new.is_empty() && !words.trim().is_empty() {
            lines.push(Line { number: first_line + line + 1, text: words.to_owned(), new });
        }
    }
    Some(lines)
}

impl Line {
    fn write(&self, out: &mut String, width: usize) {
        let window = Window::new(&self.text, self.new.first().map_or(0, |bytes| bytes.start));
        let (shown, stops) = expand(&window.text());
        let _ = writeln!(out, " {:>width$} │ {}", self.number, shown.trim_end());

        let stop =
            |column: usize| stops.get(column).copied().unwrap_or_else(|| stops.last().copied().unwrap_or(0));
        let mut marks = String::new();
        let mut at = 0;
        for bytes in self.new.iter().filter(|bytes| !bytes.is_empty()) {
            let columns = window.columns(bytes.clone());
            let (start, end) = (stop(columns.start), stop(columns.end));
            let _ = write!(
                marks,
                "{:gap$}{}",
                "",
                "~".repeat(end.saturating_sub(start.max(at))),
                gap = start.saturating_sub(at)
            );
            at = end.max(at);
        }
        if !marks.is_empty() {
            let _ = writeln!(out, " {:width$} │ {marks}", "");
        }
    }
}

/// A line with tabs as blanks, and the column on the terminal at which each character starts (and the last one ends).
fn expand(line: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(line.len());
    let mut stops = vec![0];
    let mut column = 0;
    for (at, c) in line.chars().enumerate() {
        if c == '\t' {
            // Tab stops count characters, as the snippets do.
            let width = TAB - at % TAB;
            text.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            text.push(c);
            column += c.width().unwrap_or(1);
        }
        stops.push(column);
    }
    (text, stops)
}
