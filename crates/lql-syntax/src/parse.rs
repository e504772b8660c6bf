//! The doors: a text to statements, and a text to one expression.

use crate::ast::{Dialect, Expr, ExprKind, Statement};
use crate::lexeme::{Keyword, lexemes};
use crate::lexer::lex_while;
use crate::split::{Piece, statements};
use crate::{Diagnostic, Span, Token, TokenKind, codes, filter, lex, literal, statement};

/// A text as far as it could be read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The language it was read in.
    pub dialect: Dialect,
    /// All tokens; together they are the text.
    pub tokens: Vec<Token>,
    /// The statements, also those with mistakes.
    pub statements: Vec<Statement>,
    /// The findings, in order of place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether a finding is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Reads a text of statements. Never fails: mistakes are diagnostics beside the tree.
///
/// ```
/// # use lql_syntax::{parse, ast::{Dialect, Statement}};
/// let parsed = parse("SELECT email(mail) AS email FROM web INTO user BY email ALIAS web", Dialect::Lql);
/// assert!(parsed.diagnostics.is_empty());
/// let [Statement::Query(query)] = parsed.statements.as_slice() else { panic!() };
/// assert_eq!(query.from.as_ref().unwrap().text, "web");
/// ```
pub fn parse(text: &str, dialect: Dialect) -> Parsed {
    let tokens = lex(text);
    let mut diagnostics = Vec::new();
    token_errors(text, &tokens, &mut diagnostics);
    let lexemes = lexemes(text, &tokens);
    let pieces = statements(dialect, &lexemes, &mut diagnostics);
    let mut read = Vec::with_capacity(pieces.len());
    for range in pieces {
        let lexemes = lexemes.get(range).unwrap_or_default();
        let piece = Piece::new(text, dialect, lexemes, &mut diagnostics);
        let first = lexemes.first().map_or(0, |it| it.index);
        let description = literal::description(text, &tokens, first);
        read.extend(match dialect {
            Dialect::Lql => statement::query(&piece, description, &mut diagnostics),
            Dialect::FilterQl => filter::filter(&piece, description, &mut diagnostics),
        });
    }
    if tokens.last().is_some_and(|it| it.kind == TokenKind::UnclosedComment) {
        // The comment has swallowed whatever is missing after the last word.
        let end = lexemes.last().map_or(0, |it| it.span.end);
        diagnostics.retain(|it| it.primary.span.start < end || it.code == codes::UNCLOSED_COMMENT);
    }
    sort(&mut diagnostics);
    Parsed { dialect, tokens, statements: read, diagnostics }
}

/// Reads a text that is one expression, such as a mapping's; with errors it is [`ExprKind::Broken`].
///
/// ```
/// # use lql_syntax::{parse_expression, ast::{Dialect, ExprKind}};
/// let (expr, diagnostics) = parse_expression("NOT exists(a)", Dialect::Lql);
/// assert!(matches!(expr.kind, ExprKind::Not(_)) && diagnostics.is_empty());
/// ```
pub fn parse_expression(text: &str, dialect: Dialect) -> (Expr, Vec<Diagnostic>) {
    let tokens = lex(text);
    let mut diagnostics = Vec::new();
    token_errors(text, &tokens, &mut diagnostics);
    let lexemes = lexemes(text, &tokens);
    let brackets = crate::brackets::brackets(text, &lexemes, &mut diagnostics);
    let whole = Span::new(0, text.len() as u32);
    let expr = if brackets.broken.contains(&true) || diagnostics.iter().any(Diagnostic::is_error) {
        Expr::new(ExprKind::Broken, whole)
    } else {
        crate::expression::expression(text, dialect, &lexemes, whole, None, &mut diagnostics)
    };
    sort(&mut diagnostics);
    (expr, diagnostics)
}

/// Which language a text is in, judged by its first statement.
///
/// ```
/// # use lql_syntax::{detect_dialect, ast::Dialect};
/// assert_eq!(detect_dialect("-- all\nFILTER *"), Dialect::FilterQl);
/// assert_eq!(detect_dialect("SELECT a FROM user FILTER b"), Dialect::FilterQl);
/// assert_eq!(detect_dialect("SELECT a FROM s INTO user BY a ALIAS s"), Dialect::Lql);
/// ```
pub fn detect_dialect(text: &str) -> Dialect {
    let tokens = lex_while(text, |kind| kind != TokenKind::Semicolon);
    let first = lexemes(text, &tokens);
    let has = |keyword: Keyword| first.iter().any(|it| it.is(keyword));
    // `filter(x)` is a function.
    let filters = first.windows(2).any(|pair| match pair {
        [word, next] => word.is(Keyword::Filter) && (next.kind != TokenKind::OpenRound || next.blank),
        _ => false,
    });
    let begins = first.first().is_some_and(|it| it.is(Keyword::Filter));
    let lql = has(Keyword::Into) || has(Keyword::By);
    if begins || !lql && (filters || has(Keyword::Select) && has(Keyword::Where)) {
        Dialect::FilterQl
    } else {
        Dialect::Lql
    }
}

fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by_key(|it| (it.primary.span.start, it.primary.span.end));
}

/// Findings that single tokens give, wherever they stand.
fn token_errors(text: &str, tokens: &[Token], diagnostics: &mut Vec<Diagnostic>) {
    for token in tokens.iter().filter(|it| it.kind.is_error()) {
        let written = token.span.of(text);
        let opener = Span::new(token.span.start, token.span.start + 1);
        diagnostics.push(match token.kind {
            TokenKind::UnclosedText => Diagnostic::error(
                codes::UNCLOSED_TEXT,
                format!("string without closing `{}`", written.get(..1).unwrap_or_default()),
                token.span,
            )
            .label("strings end on the line they begin on"),
            TokenKind::UnclosedName => {
                let at = written.find('`').unwrap_or_default() as u32 + token.span.start;
                Diagnostic::error(
                    codes::UNCLOSED_NAME,
                    "name without closing backquote",
                    Span::new(at, token.span.end),
                )
                .label("quoted names end on the line they begin on")
            }
            TokenKind::UnclosedComment => Diagnostic::error(
                codes::UNCLOSED_COMMENT,
                "comment without `*/`",
                Span::new(opener.start, opener.end + 1),
            )
            .label("the rest of the text is inside this comment"),
            _ => unexpected_character(written, token.span),
        });
    }
}

fn unexpected_character(written: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::UNEXPECTED_CHARACTER, format!("unexpected `{written}`"), span)
        .label("begins no name, literal or operator");
    // What word processors make of quotes and signs.
    let plain: String = written
        .chars()
        .map(|c| match c {
            '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{AB}' | '\u{BB}' => '"',
            '\u{2018}' | '\u{2019}' | '\u{201A}' => '\'',
            '\u{2013}' | '\u{2014}' | '\u{2212}' => '-',
            c => c,
        })
        .collect();
    match written {
        "&" | "|" => diagnostic.replace(format!("write `{written}{written}`"), span, written.repeat(2)),
        _ if plain != written => diagnostic.replace(format!("write `{plain}`"), span, plain),
        _ => diagnostic,
    }
}
