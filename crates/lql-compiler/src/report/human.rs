//! Findings for people: title, snippet with labels, notes, and what a fix would write.

use super::clean::{one_line, same_length};
use super::concise::severity_word;
use super::files::{Files, LineIndex};
use super::window::{Window, is_long};
use super::{SourceView, fixes, is_placeless};
use ariadne::{Cache, Color, Config, IndexType, Report, ReportKind, Source};
use lql_syntax::{Diagnostic, Label, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

/// Ends the place that we put into a file's name; what the renderer adds behind it is dropped.
const PLACE_ENDS: char = '\u{1}';

/// Findings with snippets, an empty line between two. Lines of more than 120 characters are cut around their labels.
///
/// ```
/// use lql_compiler::report::{SourceView, human};
/// use lql_syntax::{Code, Diagnostic, Span};
///
/// let text = "SELECT emial(m) AS email";
/// let finding = Diagnostic::error(Code(201), "unknown function `emial`", Span::new(7, 12))
///     .label("no function has this name")
///     .replace("write `email`", Span::new(7, 12), "email");
/// let report = human(&[finding], &[SourceView::new("web.lql", text)], false);
/// assert!(report.starts_with("error[LQL0201]: unknown function `emial`\n"));
/// assert!(report.contains("web.lql:1:8"));
/// ```
pub fn human(findings: &[Diagnostic], sources: &[SourceView<'_>], colour: bool) -> String {
    let files = Files::new(sources);
    let mut whole: BTreeMap<u32, Source<String>> = BTreeMap::new();
    let mut reports = Vec::with_capacity(findings.len());
    for finding in findings {
        let mut report = if is_placeless(finding) || files.get(finding.primary.file).is_none() {
            title_line(finding, colour)
        } else {
            for label in labels_of(finding) {
                if let Some((view, _)) = files.get(label.file) {
                    whole
                        .entry(label.file)
                        .or_insert_with(|| Source::from(same_length(view.text).into_owned()));
                }
            }
            snippet(finding, &files, &whole, colour)
        };
        for note in &finding.notes {
            let _ = writeln!(report, "  {} {}", paint("note:", Tone::Bold, colour), indented(note));
        }
        for fix in &finding.fixes {
            let _ = writeln!(report, "  {} {}", paint("help:", Tone::Green, colour), one_line(&fix.title));
            report.push_str(&fixes::lines_after(fix, finding.primary.file, &files));
        }
        reports.push(report);
    }
    reports.join("\n")
}

/// A finding without a snippet.
fn title_line(finding: &Diagnostic, colour: bool) -> String {
    let head = format!("{}[{}]:", severity_word(finding.severity), finding.code);
    let tone = match finding.severity {
        Severity::Error => Tone::Red,
        Severity::Warning => Tone::Yellow,
    };
    format!("{} {}\n", paint(&head, tone, colour), one_line(&finding.title))
}

fn snippet(
    finding: &Diagnostic,
    files: &Files<'_>,
    whole: &BTreeMap<u32, Source<String>>,
    colour: bool,
) -> String {
    let main_colour = match finding.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
    };
    let head: &'static str = severity_word(finding.severity);
    let config = Config::default().with_color(colour).with_index_type(IndexType::Char).with_tab_width(4);
    let primary_file = finding.primary.file;

    // The snippet splits unless labels come by file and line; the primary file leads. Within a line the last label
    // comes first, so that no arrow crosses another.
    let mut labels: Vec<&Label> =
        labels_of(finding).filter(|label| files.get(label.file).is_some()).collect();
    labels.sort_by_key(|label| {
        let line = files.get(label.file).map_or(0, |(_, index)| index.line_of(label.span.end as usize));
        (label.file != primary_file, label.file, line, Reverse(label.span.start))
    });

    let mut shown = Shown { files: BTreeMap::new() };
    let mut marks: Vec<(u32, Range<usize>, &Label)> = Vec::new();
    for of_file in labels.chunk_by(|a, b| a.file == b.file) {
        let Some(first) = of_file.first() else { continue };
        let Some((view, index)) = files.get(first.file) else { continue };
        let Some(source) = whole.get(&first.file) else { continue };
        let leader =
            of_file.iter().find(|label| std::ptr::eq(**label, &raw const finding.primary)).unwrap_or(first);
        let place = index.place(leader.span.start as usize);
        let name = format!("{}:{}:{}{PLACE_ENDS}", one_line(view.name), place.line, place.column);
        let spans: Vec<Range<usize>> = of_file.iter().map(|label| visible(label, view.text, index)).collect();
        let lines = Lines { index, source };
        let is_cut = |offset: usize| is_long(index.line(index.line_of(offset)));
        if spans.iter().any(|span| is_cut(span.start) || is_cut(span.end)) {
            let (source, ranges) = lines.cut(&spans);
            marks.extend(ranges.into_iter().zip(of_file).map(|(range, label)| (first.file, range, *label)));
            shown.files.insert(first.file, (name, Borrowed::Own(source)));
        } else {
            marks.extend(
                spans.iter().zip(of_file).map(|(span, label)| (first.file, lines.characters(span), *label)),
            );
            shown.files.insert(first.file, (name, Borrowed::Whole(source)));
        }
    }

    let primary = marks.iter().find(|(_, _, label)| std::ptr::eq(*label, &raw const finding.primary));
    let primary = primary.map_or((primary_file, 0..0), |(file, range, _)| (*file, range.clone()));
    let kind = ReportKind::Custom(head, main_colour);
    let mut report = Report::build(kind, primary).with_config(config).with_message(one_line(&finding.title));
    for (order, (file, range, label)) in (0..).zip(marks) {
        let is_primary = std::ptr::eq(label, &raw const finding.primary);
        let words = match (one_line(&label.text), is_primary) {
            (words, true) if words.is_empty() => "here".to_owned(),
            (words, _) => words,
        };
        let tone = if is_primary { main_colour } else { Color::Cyan };
        let label = ariadne::Label::new((file, range)).with_message(words).with_color(tone).with_order(order);
        report = report.with_label(label);
    }
    let mut bytes = Vec::new();
    if report.finish().write(shown, &mut bytes).is_err() {
        return title_line(finding, colour);
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut out = title_line(finding, colour);
    // The renderer's own title line carries no code; ours stands in its place.
    for line in text.lines().skip(1) {
        let _ = writeln!(out, "{}", without_second_place(line).trim_end());
    }
    out
}

fn labels_of(finding: &Diagnostic) -> impl Iterator<Item = &Label> {
    std::iter::once(&finding.primary).chain(&finding.secondary)
}

/// The bytes that are marked: at least one character where there is one, no blanks at the end.
fn visible(label: &Label, text: &str, index: &LineIndex<'_>) -> Range<usize> {
    let start = index.floor(label.span.start as usize);
    let end = index.floor(label.span.end.max(label.span.start) as usize);
    let words = text.get(start..end).unwrap_or("").trim_end();
    if !words.is_empty() {
        return start..start + words.len();
    }
    let rest = text.get(start..).unwrap_or("");
    match rest.chars().next() {
        Some('\n' | '\r') => start..start,
        Some(c) => start..start + c.len_utf8(),
        // The end of the text is shown behind its last word.
        None => {
            let last = text.trim_end().len();
            last..last
        }
    }
}

/// The lines of a file, and their counterparts in the renderer's source.
struct Lines<'s, 'a> {
    index: &'s LineIndex<'a>,
    source: &'s Source<String>,
}

impl Lines<'_, '_> {
    /// Bytes to characters of the whole source.
    fn characters(&self, bytes: &Range<usize>) -> Range<usize> {
        self.character(bytes.start)..self.character(bytes.end)
    }

    fn character(&self, offset: usize) -> usize {
        let line = self.index.line_of(offset);
        let Some(of_source) = self.source.line(line) else { return self.source.len() };
        let (_, at) = self.in_line(offset);
        let before = self.index.line(line).get(..at).unwrap_or("");
        of_source.offset() + before.chars().count()
    }

    /// A source in which the lines of these spans are cut to a window and all others are empty, with the spans in it.
    fn cut(&self, spans: &[Range<usize>]) -> (Source<String>, Vec<Range<usize>>) {
        // What matters in a line: the first byte that is marked.
        let mut focus: BTreeMap<usize, usize> = BTreeMap::new();
        for offset in spans.iter().flat_map(|span| [span.start, span.end]) {
            let (line, at) = self.in_line(offset);
            focus.entry(line).and_modify(|known| *known = at.min(*known)).or_insert(at);
        }
        let mut text = String::new();
        let mut characters = 0;
        let mut at_line = 0;
        let mut windows: BTreeMap<usize, (usize, Window<'_>)> = BTreeMap::new();
        for (line, focus) in focus {
            // Empty lines keep the numbers right.
            text.extend(std::iter::repeat_n('\n', line - at_line));
            characters += line - at_line;
            at_line = line;
            let window = Window::new(self.index.line(line), focus);
            let cut = window.text();
            windows.insert(line, (characters, window));
            characters += cut.chars().count();
            text.push_str(&cut);
        }
        let ranges = spans.iter().map(|span| {
            let ((first, from), (last, to)) = (self.in_line(span.start), self.in_line(span.end));
            if first == last {
                let Some((start, window)) = windows.get(&first) else { return 0..0 };
                let columns = window.columns(from..to);
                return start + columns.start..start + columns.end;
            }
            let at = |line: usize, at: usize| {
                windows.get(&line).map_or(0, |(start, window)| start + window.columns(at..at + 1).start)
            };
            at(first, from)..at(last, to)
        });
        let ranges = ranges.collect();
        (Source::from(text), ranges)
    }

    /// The line of a byte, counted from 0, and where in it the byte stands.
    fn in_line(&self, offset: usize) -> (usize, usize) {
        let line = self.index.line_of(offset);
        let range = self.index.range(line);
        (line, offset.min(range.end).saturating_sub(range.start))
    }
}

/// The files of one report: name with place, and text.
struct Shown<'s> {
    files: BTreeMap<u32, (String, Borrowed<'s>)>,
}

enum Borrowed<'s> {
    Whole(&'s Source<String>),
    Own(Source<String>),
}

impl Cache<u32> for Shown<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &u32) -> Result<&Source<String>, impl std::fmt::Debug> {
        match self.files.get(id) {
            Some((_, Borrowed::Whole(source))) => Ok(*source),
            Some((_, Borrowed::Own(source))) => Ok(source),
            None => Err("no such file"),
        }
    }

    fn display<'a>(&self, id: &'a u32) -> Option<impl std::fmt::Display + 'a> {
        self.files.get(id).map(|(name, _)| name.clone())
    }
}

/// Drops the place that the renderer appends to a name: it counts in the cut text.
fn without_second_place(line: &str) -> String {
    match line.split_once(PLACE_ENDS) {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c == ':' || c == '?' || c.is_ascii_digit());
            format!("{before}{rest}")
        }
        None => line.to_owned(),
    }
}

/// A note's further lines stand below its first word.
fn indented(note: &str) -> String {
    same_length(note).replace('\n', "\n        ")
}

#[derive(Clone, Copy)]
enum Tone {
    Bold,
    Red,
    Yellow,
    Green,
}

fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Bold => "1",
        Tone::Red => "31",
        Tone::Yellow => "33",
        Tone::Green => "32",
    };
    if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}
