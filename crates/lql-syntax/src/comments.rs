//! Comments and where they belong, for the formatter.
//!
//! A comment on the line of a token belongs behind that token; any other belongs before the next token, on lines of its
//! own. A comment inside brackets before the closing one so belongs to the closing bracket.

use crate::doc::Doc;
use crate::lexeme::Lexeme;
use crate::{Span, Token, TokenKind};

/// A comment and its lexeme.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// The whole comment, blanks at its end removed.
    pub text: String,
    pub span: Span,
    /// Index of the lexeme; the number of lexemes for comments before the end of the text.
    pub owner: usize,
    /// Whether it stands before its lexeme.
    pub leading: bool,
    /// Whether an empty line stands before it.
    pub after_empty_line: bool,
    /// Whether it runs to the end of its line.
    pub to_line_end: bool,
}

/// All comments of a text, and for each lexeme whether an empty line stands directly before it.
pub(crate) fn comments(text: &str, tokens: &[Token], lexemes: &[Lexeme]) -> (Vec<Comment>, Vec<bool>) {
    let mut comments = Vec::new();
    let mut after_empty_line = Vec::with_capacity(lexemes.len());
    let (mut owner, mut lines, mut own_line) = (0, 0, true);
    for token in tokens {
        match token.kind {
            TokenKind::Whitespace => {}
            TokenKind::Newline => {
                lines += 1;
                own_line = true;
            }
            kind if kind.is_comment() => {
                // What stands before the first lexeme has nothing to stand behind.
                let leading = own_line || owner == 0;
                comments.push(Comment {
                    text: token.span.of(text).trim_end().to_owned(),
                    span: token.span,
                    owner: if leading { owner } else { owner - 1 },
                    leading,
                    after_empty_line: lines > 1,
                    to_line_end: kind != TokenKind::BlockComment,
                });
                lines = 0;
            }
            _ => {
                after_empty_line.push(lines > 1);
                owner += 1;
                (lines, own_line) = (0, false);
            }
        }
    }
    (comments, after_empty_line)
}

impl Comment {
    /// The comment in its place: lines of its own before a lexeme, or behind one.
    pub fn doc(&self) -> Doc {
        if self.leading {
            Doc::OwnLine(self.text.clone())
        } else if self.to_line_end {
            Doc::EndOfLine(self.text.clone())
        } else {
            [Doc::Space, Doc::Inline(self.text.clone())].into_iter().collect()
        }
    }
}
