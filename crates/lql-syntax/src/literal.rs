//! Values of single tokens: strings without their quotes, numbers, names.

use crate::ast::{FieldRef, Name, Path, Text};
use crate::{Span, Token, TokenKind};

/// The value of a quoted string: `""` and `\"` are a quote, any other backslash stays.
pub(crate) fn unquote(quoted: &str) -> String {
    let mut chars = quoted.chars();
    let Some(quote) = chars.next() else { return String::new() };
    let inner = chars.as_str();
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let mut value = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(next) if next == quote => value.push(quote),
                next => value.extend(['\\'].into_iter().chain(next)),
            },
            // The lexer lets a lone quote end the string, so this one is doubled.
            c if c == quote => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    value
}

/// A string literal with its place.
pub(crate) fn text_at(text: &str, span: Span) -> Text {
    Text { text: unquote(span.of(text)), span }
}

/// A name token as the name of a clause: quotes removed.
pub(crate) fn name_at(text: &str, kind: TokenKind, span: Span) -> Name {
    Name { text: field(kind, span.of(text)).text, span }
}

/// A name token as a field: its name, and where the name of a map ends.
pub(crate) fn field(kind: TokenKind, written: &str) -> FieldRef {
    match kind {
        TokenKind::QuotedName => quoted_field(written),
        TokenKind::BracketName => {
            FieldRef { text: written.trim_matches(['[', ']']).to_owned(), path: Path::Whole }
        }
        TokenKind::SingleQuoted => FieldRef { text: unquote(written), path: Path::Whole },
        _ => FieldRef { path: entry_at(written, written.find('.')), text: written.to_owned() },
    }
}

fn quoted_field(written: &str) -> FieldRef {
    let mut text = String::with_capacity(written.len());
    let mut dot = None;
    let mut inside = false;
    for c in written.chars() {
        match c {
            '`' => inside = !inside,
            c => {
                if c == '.' && !inside && dot.is_none() {
                    dot = Some(text.len());
                }
                text.push(c);
            }
        }
    }
    FieldRef { path: entry_at(&text, dot), text }
}

/// A dot splits only when a name stands on both sides of it.
fn entry_at(text: &str, dot: Option<usize>) -> Path {
    match dot {
        Some(at) if at > 0 && at + 1 < text.len() => Path::Entry { at: at as u32 },
        _ => Path::Whole,
    }
}

/// The integer of an `Int` or `Hex` token, or `None` when it does not fit 64 bits.
pub(crate) fn int(kind: TokenKind, digits: &str, negative: bool) -> Option<i64> {
    let parsed = match kind {
        TokenKind::Hex => i128::from_str_radix(digits.trim_start_matches("0x"), 16),
        _ => digits.parse::<i128>(),
    };
    let value = parsed.ok()?;
    i64::try_from(if negative { -value } else { value }).ok()
}

/// The number of a `Float` token, or `None` when it is too large for any.
pub(crate) fn float(digits: &str, negative: bool) -> Option<f64> {
    let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
    Some(if negative { -value } else { value })
}

/// The words of the comments that stand directly before token `at`, markers removed.
///
/// A blank line, or a statement on the comment's own line, separates.
pub(crate) fn description(text: &str, tokens: &[Token], at: usize) -> Option<String> {
    let before = tokens.get(..at)?;
    let mut lines: Vec<String> = Vec::new();
    let mut pending: Option<Vec<String>> = None;
    let mut newlines = 0;
    for token in before.iter().rev() {
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::Newline => {
                newlines += 1;
                lines.extend(pending.take().into_iter().flatten());
                if newlines > 1 {
                    break;
                }
            }
            TokenKind::LineComment | TokenKind::BlockComment => {
                lines.extend(pending.take().into_iter().flatten());
                newlines = 0;
                pending = Some(comment_lines(token.span.of(text)));
            }
            _ => {
                // Anything else ends the block; a comment on its line belongs to it, not to us.
                pending = None;
                break;
            }
        }
    }
    lines.extend(pending.into_iter().flatten());
    lines.reverse();
    // What is said to the linter is no description.
    lines.retain(|line| !line.starts_with("lint:"));
    let joined = lines.join("\n").trim().to_owned();
    (!joined.is_empty()).then_some(joined)
}

/// The lines of one comment, last line first.
fn comment_lines(comment: &str) -> Vec<String> {
    if let Some(block) = comment.strip_prefix("/*") {
        let block = block.strip_suffix("*/").unwrap_or(block);
        let lines = block.lines().map(|line| line.trim().trim_start_matches('*').trim().to_owned());
        return lines.collect::<Vec<_>>().into_iter().rev().collect();
    }
    let words = comment.strip_prefix("--").or_else(|| comment.strip_prefix("//"));
    let words = words.or_else(|| comment.strip_prefix('#')).unwrap_or(comment);
    vec![words.trim().to_owned()]
}
