//! Text to tokens. Never fails and loses nothing: what begins no token becomes an error token.

use crate::{Span, Token, TokenKind};
use logos::Logos;

/// Cuts a text into tokens that cover every byte once.
///
/// ```
/// # use lql_syntax::{lex, TokenKind};
/// let kinds: Vec<_> = lex("a -1").into_iter().map(|token| token.kind).collect();
/// assert_eq!(kinds, [TokenKind::Word, TokenKind::Whitespace, TokenKind::Minus, TokenKind::Int]);
/// ```
pub fn lex(text: &str) -> Vec<Token> {
    lex_while(text, |_| true)
}

/// The tokens before the first that is not wanted any more.
pub(crate) fn lex_while(text: &str, goes_on: impl Fn(TokenKind) -> bool) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 4);
    let kinds =
        TokenKind::lexer(text).spanned().map(|(kind, range)| (kind.unwrap_or(TokenKind::Error), range));
    for (kind, range) in kinds.take_while(|(kind, _)| goes_on(*kind)) {
        let span = Span::new(range.start as u32, range.end as u32);
        match tokens.last_mut() {
            // One finding for a run of strange characters.
            Some(last) if kind == TokenKind::Error && last.kind == kind => last.span = last.span.cover(span),
            _ => tokens.push(Token { kind, span }),
        }
    }
    tokens
}
