//! The formatter: one layout for everybody, comments kept, broken statements left alone.
//!
//! It prints tokens, not trees, so spellings stay; the splitter and the adapter say what each token is. Every statement is
//! read again after formatting: if it does not say the same with the same comments, it stays as it was.

use crate::ast::{Dialect, Statement};
use crate::comments::{Comment, comments};
use crate::doc::{Doc, layout};
use crate::layout::Builder;
use crate::lexeme::{Lexeme, lexemes};
use crate::split::{Piece, statements};
use crate::{Diagnostic, Parsed, Span, Token, TokenKind, parse};
use std::ops::Range;

/// A text after formatting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formatted {
    /// The whole text.
    pub text: String,
    /// Statements that were left as they are, as places in the text before: they hold errors.
    pub skipped: Vec<Span>,
}

/// Formats a text for lines of `width` characters.
///
/// ```
/// # use lql_syntax::{format, ast::Dialect};
/// let formatted = format("filter  a=1 from user", Dialect::FilterQl, 80);
/// assert_eq!(formatted.text, "FILTER a = 1 FROM user\n");
/// ```
pub fn format(text: &str, dialect: Dialect, width: usize) -> Formatted {
    let parsed = parse(text, dialect);
    let file = File::new(text, &parsed);
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut skipped = Vec::new();
    for segment in &file.segments {
        let printed = file.print(segment, width).unwrap_or_else(|| {
            skipped.push(file.span(segment.statement.clone()));
            let source = file.source(segment);
            // What begins a line keeps its indentation; the lines around it are ours.
            source.trim_start_matches(['\n', '\r']).trim_end().to_owned()
        });
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&printed);
    }
    let rest = file.rest();
    if !rest.is_empty() {
        let gap = file.rest_gap(&out);
        out.push_str(gap);
        out.push_str(&rest);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    Formatted { text: out, skipped }
}

/// A statement with its surroundings: indices of lexemes.
#[derive(Debug)]
struct Segment {
    /// Where the segment begins: behind the semicolon of the statement before.
    start: usize,
    statement: Range<usize>,
    /// Behind the statement's own semicolon, if it has one.
    end: usize,
}

struct File<'t> {
    text: &'t str,
    dialect: Dialect,
    tokens: &'t [Token],
    parsed: &'t Parsed,
    lexemes: Vec<Lexeme>,
    comments: Vec<Comment>,
    after_empty_line: Vec<bool>,
    segments: Vec<Segment>,
}

impl<'t> File<'t> {
    fn new(text: &'t str, parsed: &'t Parsed) -> Self {
        let lexemes = lexemes(text, &parsed.tokens);
        let (comments, after_empty_line) = comments(text, &parsed.tokens, &lexemes);
        let mut segments = Vec::new();
        let mut start = 0;
        for statement in statements(parsed.dialect, &lexemes, &mut Vec::new()) {
            let closed = lexemes.get(statement.end).is_some_and(|it| it.kind == TokenKind::Semicolon);
            let end = statement.end + usize::from(closed);
            segments.push(Segment { start, statement, end });
            start = end;
        }
        Self {
            text,
            dialect: parsed.dialect,
            tokens: &parsed.tokens,
            parsed,
            lexemes,
            comments,
            after_empty_line,
            segments,
        }
    }

    fn span(&self, lexemes: Range<usize>) -> Span {
        let lexemes = self.lexemes.get(lexemes).unwrap_or_default();
        lexemes.first().zip(lexemes.last()).map_or_else(Span::default, |(a, z)| a.span.cover(z.span))
    }

    /// The formatted statement, or nothing when it must stay.
    fn print(&self, segment: &Segment, width: usize) -> Option<String> {
        let span = self.span(segment.statement.clone());
        let broken = |it: &Diagnostic| {
            it.is_error() && span.start <= it.primary.span.start && it.primary.span.start <= span.end
        };
        let unclosed = self.tokens.last().is_some_and(|it| it.kind == TokenKind::UnclosedComment)
            && segment.end == self.lexemes.len();
        // Comments beside needless semicolons have no place to go.
        let strays = segment.start..segment.statement.start;
        let loose = self.comments.iter().any(|it| strays.contains(&it.owner));
        if unclosed || loose || self.parsed.diagnostics.iter().any(broken) {
            return None;
        }
        let whole = segment.statement.start..segment.end;
        let lexemes = self.lexemes.get(whole.clone())?;
        let comments: Vec<Comment> = self
            .comments
            .iter()
            .filter(|it| whole.contains(&it.owner))
            .map(|it| Comment { owner: it.owner - whole.start, ..it.clone() })
            .collect();
        let statement = self.lexemes.get(segment.statement.clone())?;
        let piece = Piece::new(self.text, self.dialect, statement, &mut Vec::new());
        let empty_lines = self.after_empty_line.get(whole)?;
        let doc = Builder::new(&piece, lexemes, &comments, empty_lines).statement()?;
        let printed = layout(&doc, width);
        self.says_the_same(segment, &printed, &comments).then_some(printed)
    }

    /// Whether the printed text reads as the statement it was made from.
    fn says_the_same(&self, segment: &Segment, printed: &str, comments: &[Comment]) -> bool {
        let again = parse(printed, self.dialect);
        let span = self.span(segment.statement.clone());
        let before = self.parsed.statements.iter().find(|it| it.span() == span);
        let [after] = again.statements.as_slice() else { return false };
        let mut old: Vec<&str> = comments.iter().map(|it| it.text.as_str()).collect();
        let kept = again.tokens.iter().filter(|it| it.kind.is_comment());
        let mut new: Vec<&str> = kept.map(|it| it.span.of(printed).trim_end()).collect();
        old.sort_unstable();
        new.sort_unstable();
        !again.has_errors()
            && old == new
            && before.map(Statement::without_spans) == Some(after.without_spans())
    }

    /// The source of a segment, with the comments before it and on its last line.
    fn source(&self, segment: &Segment) -> &'t str {
        let mine = |it: &&Comment| (segment.start..segment.end).contains(&it.owner);
        let first = self.lexemes.get(segment.start).map_or(0, |it| it.span.start);
        let comment = self.comments.iter().find(mine).map_or(first, |it| it.span.start);
        let last_comment = self.comments.iter().rev().find(mine).map_or(0, |it| it.span.end);
        let last = segment.end.checked_sub(1).and_then(|it| self.lexemes.get(it)).map_or(0, |it| it.span.end);
        let mut span = Span::new(first.min(comment), last.max(last_comment));
        if segment.end == self.lexemes.len() && self.ends_in_comment() {
            span.end = self.text.len() as u32;
        }
        // The indentation of the first line.
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        if before.get(line..).is_some_and(|it| it.trim().is_empty()) {
            span.start = line as u32;
        }
        span.of(self.text)
    }

    fn ends_in_comment(&self) -> bool {
        self.tokens.last().is_some_and(|it| it.kind == TokenKind::UnclosedComment)
    }

    /// The comments behind the last statement.
    fn rest(&self) -> String {
        if self.ends_in_comment() && !self.segments.is_empty() {
            return String::new();
        }
        let start = self.segments.last().map_or(0, |it| it.end);
        let mut parts = Vec::new();
        for comment in self.comments.iter().filter(|it| it.owner >= start) {
            if comment.after_empty_line {
                parts.push(Doc::EmptyLine);
            }
            parts.push(Doc::OwnLine(comment.text.clone()));
        }
        layout(&Doc::Concat(parts), usize::MAX)
    }

    /// What stands between the last statement and the comments behind it.
    fn rest_gap(&self, out: &str) -> &'static str {
        let start = self.segments.last().map_or(0, |it| it.end);
        let first = self.comments.iter().find(|it| it.owner >= start);
        match (out.is_empty(), first.is_some_and(|it| it.after_empty_line)) {
            (true, _) => "",
            (false, true) => "\n\n",
            (false, false) => "\n",
        }
    }
}

#[cfg(test)]
mod tests;

/// All comments of a text, sorted: formatting keeps them.
#[cfg(test)]
pub(crate) fn sorted_comments(text: &str) -> Vec<String> {
    let tokens = crate::lex(text);
    let comments = tokens.iter().filter(|it| it.kind.is_comment());
    let mut comments: Vec<String> = comments.map(|it| it.span.of(text).trim_end().to_owned()).collect();
    comments.sort();
    comments
}
