//! Ranges of text that belong together: what folds, and what a growing selection takes in.

use super::{Place, Snapshot, tree};
use lql_syntax::ast::Statement;
use lql_syntax::{Parsed, Span, Token, TokenKind};

/// A range that folds: from the line of its beginning to that of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The range.
    pub span: Span,
    /// Whether it is a comment.
    pub is_comment: bool,
}

/// Everything of a file that takes more than one line: statements, columns, brackets, comments.
pub fn folding(snapshot: &Snapshot, file: u32) -> Vec<Fold> {
    let (Some(parsed), Some(text)) = (snapshot.parsed(file), snapshot.text(file)) else { return Vec::new() };
    let mut spans: Vec<Span> = brackets(&parsed.tokens);
    for statement in &parsed.statements {
        spans.push(statement.span());
        spans.extend(tree::columns(statement).iter().map(|column| column.span));
    }
    let code = spans.into_iter().map(|span| Fold { span, is_comment: false });
    let comments = comments(&parsed.tokens).into_iter().map(|span| Fold { span, is_comment: true });
    let mut folds: Vec<Fold> =
        code.chain(comments).filter(|fold| fold.span.of(text).contains('\n')).collect();
    folds.sort_by_key(|fold| (fold.span.start, std::cmp::Reverse(fold.span.end)));
    folds
}

/// Pairs of brackets, both included.
fn brackets(tokens: &[Token]) -> Vec<Span> {
    let mut open: Vec<&Token> = Vec::new();
    let mut pairs = Vec::new();
    for token in tokens {
        if token.kind.opens() {
            open.push(token);
        } else if token.kind.closes() {
            if let Some(opening) = open.pop() {
                pairs.push(opening.span.cover(token.span));
            }
        } else if token.kind == TokenKind::Semicolon {
            open.clear();
        }
    }
    pairs
}

/// Block comments, and line comments that follow each other line by line.
fn comments(tokens: &[Token]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut run: Option<Span> = None;
    let mut newlines = 0;
    let mut begins_line = true;
    for token in tokens {
        match token.kind {
            TokenKind::Newline => {
                newlines += 1;
                begins_line = true;
                continue;
            }
            TokenKind::Whitespace => continue,
            TokenKind::LineComment if begins_line => {
                run = Some(match run.filter(|_| newlines == 1) {
                    Some(before) => before.cover(token.span),
                    None => {
                        found.extend(run);
                        token.span
                    }
                });
            }
            _ => {
                found.extend(run.take());
                if token.kind.is_comment() {
                    found.push(token.span);
                }
            }
        }
        begins_line = false;
        newlines = 0;
    }
    found.extend(run);
    found
}

/// The ranges around a place, the innermost first; each holds the one before it.
pub fn selection(snapshot: &Snapshot, place: Place) -> Vec<Span> {
    let (Some(parsed), Some(text)) = (snapshot.parsed(place.file), snapshot.text(place.file)) else {
        return Vec::new();
    };
    let mut spans: Vec<Span> = Vec::new();
    if let Some(token) = tree::token_at(&parsed.tokens, place.offset).and_then(|at| parsed.tokens.get(at)) {
        spans.extend(
            (!matches!(token.kind, TokenKind::Whitespace | TokenKind::Newline)).then_some(token.span),
        );
    }
    let around: Vec<Span> =
        brackets(&parsed.tokens).into_iter().filter(|span| span.touches(place.offset)).collect();
    spans.extend(around.iter().map(|span| Span::new(span.start + 1, span.end - 1)));
    spans.extend(around);
    if let Some(statement) = tree::statement_at(parsed, place.offset) {
        spans.extend(tree::expressions_at(statement, place.offset).iter().map(|expr| expr.span));
        let columns = tree::columns(statement);
        spans.extend(columns.iter().map(|it| it.span).filter(|span| span.touches(place.offset)));
        if let (Some(first), Some(last)) = (columns.first(), columns.last()) {
            spans.push(first.span.cover(last.span));
        }
        spans.push(statement.span());
        spans.push(with_comment(parsed, statement));
    }
    spans.push(Span::new(0, text.len() as u32));
    spans.retain(|span| span.touches(place.offset));
    spans.sort_by_key(|span| (span.len(), span.start));
    let mut nested: Vec<Span> = Vec::new();
    for span in spans {
        if nested.last().is_none_or(|inner| *inner != span && tree::holds(span, *inner)) {
            nested.push(span);
        }
    }
    nested
}

/// A statement with the comments directly above it.
pub(super) fn with_comment(parsed: &Parsed, statement: &Statement) -> Span {
    let span = statement.span();
    let at = parsed.tokens.partition_point(|token| token.span.start < span.start);
    let mut start = span.start;
    let mut newlines = 0;
    for token in parsed.tokens.get(..at).unwrap_or_default().iter().rev() {
        match token.kind {
            TokenKind::Newline => newlines += 1,
            TokenKind::Whitespace => {}
            kind if kind.is_comment() => {
                start = token.span.start;
                newlines = 0;
            }
            _ => break,
        }
        if newlines > 1 {
            break;
        }
    }
    Span::new(start, span.end)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    #[test]
    fn statements_columns_brackets_and_comments_fold() {
        let fixture = Fixture::new(
            "==> a.lql\n-- one\n-- two\nSELECT\n  a AS b\n  IF AND (\n    c,\n    d\n  ),\n  e -- three\nFROM s INTO user BY b\nALIAS a\n/*\n*/\n",
        );
        let text = fixture.snapshot.text(0).unwrap();
        let lines = |span: Span| {
            let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
            (line(span.start), line(span.end))
        };
        let folds: Vec<_> =
            folding(&fixture.snapshot, 0).into_iter().map(|it| (lines(it.span), it.is_comment)).collect();
        assert_eq!(
            folds,
            [((1, 2), true), ((3, 11), false), ((4, 8), false), ((5, 8), false), ((12, 13), true)]
        );
    }

    #[test]
    fn a_selection_grows_from_word_to_file() {
        let fixture =
            Fixture::shop("-- all\nSELECT email(lower(m$0)) AS email FROM web INTO user BY email ALIAS web;");
        let text = fixture.snapshot.text(fixture.cursor.file).unwrap();
        let found: Vec<&str> =
            selection(&fixture.snapshot, fixture.cursor).into_iter().map(|span| span.of(text)).collect();
        assert_eq!(
            found,
            [
                "m",
                "(m)",
                "lower(m)",
                "(lower(m))",
                "email(lower(m))",
                "email(lower(m)) AS email",
                "SELECT email(lower(m)) AS email FROM web INTO user BY email ALIAS web",
                "-- all\nSELECT email(lower(m)) AS email FROM web INTO user BY email ALIAS web",
                text,
            ]
        );
    }
}
