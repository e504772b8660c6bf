//! What follows a clause's keyword: one name, one string; and words for what should not.

use crate::ast::{Dialect, Name, Text};
use crate::lexeme::Keyword;
use crate::split::{Clause, Piece};
use crate::words::{self, found};
use crate::{Diagnostic, Safety, Span, TokenKind, codes, literal};

/// The one name after a clause's keyword, and how many lexemes it takes: `3f9a-12` is several.
///
/// `what` is said when there is none: "a stream".
pub(crate) fn name(
    piece: &Piece<'_>,
    clause: &Clause,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Option<Name>, usize) {
    let keyword = piece.span(clause.head..clause.head + 1);
    let written = keyword.of(piece.text).to_ascii_uppercase();
    let Some(lexeme) = piece.get(clause.body.start).filter(|_| !clause.body.is_empty()) else {
        let here =
            piece.get(clause.body.end).map_or_else(|| "the end".to_owned(), |it| found(piece.text, it));
        diagnostics.push(
            Diagnostic::error(
                codes::NOT_A_NAME,
                format!("expected {what} after `{written}`, found {here}"),
                Span::at(keyword.end),
            )
            .label("the name is missing"),
        );
        return (None, 0);
    };
    let single = lexeme.kind == TokenKind::SingleQuoted && piece.dialect == Dialect::FilterQl;
    let good = match lexeme.keyword {
        // Reported as a keyword already, or one that is harmless here.
        Some(_) => true,
        None => lexeme.kind.is_name() || single,
    };
    if lexeme.kind.is_error() {
        return (None, 1);
    }
    if lexeme.kind.is_number_like() {
        // Where only a name can stand, one may begin with a digit.
        let run = words::glued(piece.slice(clause.body.clone()));
        let span = run.last().map_or(lexeme.span, |last| lexeme.span.cover(last.span));
        let text = span.of(piece.text);
        if !text.chars().all(|c| c.is_ascii_digit()) {
            return (Some(Name { text: text.to_owned(), span }), run.len());
        }
    }
    let bare = lexeme.span.of(piece.text);
    if !good {
        let value = match lexeme.kind {
            TokenKind::Text | TokenKind::SingleQuoted => literal::unquote(bare),
            _ => bare.to_owned(),
        };
        let code = match lexeme.kind {
            TokenKind::Text
                if clause.keyword == Some(Keyword::Alias) && piece.dialect == Dialect::FilterQl =>
            {
                codes::QUOTED_ALIAS
            }
            _ => codes::NOT_A_NAME,
        };
        let diagnostic = Diagnostic::error(
            code,
            format!("expected {what} after `{written}`, found {}", found(piece.text, lexeme)),
            lexeme.span,
        )
        .label("not a name");
        let nameable = !value.is_empty()
            && !value.contains('`')
            && (lexeme.kind.is_number_like()
                || matches!(lexeme.kind, TokenKind::Text | TokenKind::SingleQuoted));
        diagnostics.push(if nameable {
            let spelt = spell(&value);
            diagnostic.replace(format!("write {spelt}"), lexeme.span, spelt)
        } else {
            diagnostic
        });
        return (None, 1);
    }
    if single {
        diagnostics.push(words::single_quotes_name(piece.text, lexeme.span));
    }
    let name = literal::name_at(piece.text, lexeme.kind, lexeme.span);
    if name.text.is_empty() {
        diagnostics.push(words::empty_name(lexeme.span));
        return (None, 1);
    }
    (Some(name), 1)
}

/// A name as it must be written: bare if it can be, else in backquotes.
pub(crate) fn spell(name: &str) -> String {
    match crate::lex(name).as_slice() {
        [token] if token.kind == TokenKind::Word && Keyword::of(name).is_none() => name.to_owned(),
        _ => format!("`{name}`"),
    }
}

/// The one string after a clause's keyword.
pub(crate) fn description(
    piece: &Piece<'_>,
    clause: &Clause,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Text> {
    let lexeme = piece.get(clause.body.start).filter(|_| !clause.body.is_empty());
    if let Some(text) = lexeme.filter(|it| matches!(it.kind, TokenKind::Text | TokenKind::SingleQuoted)) {
        return Some(literal::text_at(piece.text, text.span));
    }
    if lexeme.is_some_and(|it| it.kind.is_error()) {
        return None;
    }
    let keyword = piece.span(clause.head..clause.head + 1);
    let (here, span) = match lexeme {
        Some(lexeme) => (found(piece.text, lexeme), lexeme.span),
        None => ("nothing".to_owned(), Span::at(keyword.end)),
    };
    let diagnostic = Diagnostic::error(
        codes::NOT_A_DESCRIPTION,
        format!("expected a string after `{}`, found {here}", keyword.of(piece.text).to_ascii_uppercase()),
        span,
    )
    .label("descriptions are written in quotes");
    diagnostics.push(match lexeme {
        Some(word) if word.kind.is_name() => {
            let whole = piece.span(clause.body.clone());
            let text = words::quote(whole.of(piece.text));
            diagnostic.fix(format!("write {text}"), Safety::Safe, whole, text)
        }
        _ => diagnostic,
    });
    None
}

pub(crate) fn unexpected(piece: &Piece<'_>, at: usize, expected: &str) -> Diagnostic {
    let Some(lexeme) = piece.get(at) else { return words::missing_expression(Span::at(0)) };
    let before = at.checked_sub(1).and_then(|it| piece.get(it));
    let after = before.map_or_else(String::new, |it| format!(" after {}", found(piece.text, it)));
    Diagnostic::error(
        codes::UNEXPECTED_AFTER_CLAUSE,
        format!("unexpected {}{after}", found(piece.text, lexeme)),
        lexeme.span,
    )
    .label(format!("expected {expected}"))
}

pub(crate) fn lql_only(keyword: Keyword, span: Span) -> Diagnostic {
    Diagnostic::error(codes::LQL_ONLY, format!("`{}` does not belong to FilterQL", keyword.text()), span)
        .label("a clause of LQL")
        .note("a filter reads finished profiles; how fields are made is said in LQL files")
}

/// A clause that other languages have.
pub(crate) fn foreign(piece: &Piece<'_>, at: usize) -> Diagnostic {
    let span = piece.span(at..at + 1);
    let word = span.of(piece.text).to_ascii_uppercase();
    let diagnostic = Diagnostic::error(codes::RESERVED_CLAUSE, format!("`{word}` is no clause"), span);
    match word.as_str() {
        "CAPACITY" | "TTL" | "KEEP" | "WITHIN" => diagnostic.label("a property of the field").note(
            "capacity and retention are set on the field in the schema; `cap(…)` bounds a list in an expression",
        ),
        "GROUP" => diagnostic
            .label("nothing is grouped")
            .note("to count per value write `valuect(expression)`, to keep a value per key `map(key, value)`"),
        _ => diagnostic
            .label("not in this language")
            .note("a query looks at one event at a time: there are no joins, orders or groups of rows"),
    }
}
