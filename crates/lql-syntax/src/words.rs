//! The words of findings inside expressions: one function per situation, facts in, diagnostic out.

use crate::ast::Name;
use crate::lexeme::{Keyword, Lexeme};
use crate::{Diagnostic, Edit, Fix, Safety, Span, TokenKind, adapt, codes, literal};

/// A token in words: "`)`", "the string `"a"`", "the keyword `FROM`".
pub(crate) fn found(text: &str, lexeme: &Lexeme) -> String {
    let written = clip(lexeme.span.of(text));
    match lexeme.kind {
        TokenKind::Text => format!("string `{written}`"),
        TokenKind::Word if lexeme.keyword.is_some() => format!("keyword `{written}`"),
        kind if kind.is_name() => format!("name `{}`", written.trim_matches('`')),
        TokenKind::Int | TokenKind::Hex | TokenKind::Float => format!("number `{written}`"),
        _ => format!("`{written}`"),
    }
}

/// A text short enough for a title.
pub(crate) fn clip(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_DEEP,
        format!("expression is nested deeper than {} levels", adapt::MAX_DEPTH),
        span,
    )
    .label("one level too many")
    .note("split the expression: a part of an audience can be an audience of its own, named by `INCLUDE`")
}

pub(crate) fn too_long(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::TOO_LONG,
        format!("expression has more than {} operators", adapt::MAX_HEIGHT),
        span,
    )
    .label("one operator too many")
    .note("write long chains as a list, `OR ( a, b, … )`, or compare with `IN ( … )`; lists have no limit")
}

pub(crate) fn line_begins_with_operator(
    text: &str,
    previous: Option<&Lexeme>,
    lexeme: &Lexeme,
    in_list: bool,
) -> Diagnostic {
    let ended = if in_list { "item" } else { "condition" };
    let mut diagnostic = Diagnostic::error(
        codes::LINE_BEGINS_WITH_OPERATOR,
        format!("line begins with {}, but the line break has ended the {ended}", found(text, lexeme)),
        lexeme.span,
    )
    .label("cannot go on with the line before")
    .note(
        "in FilterQL a line break after a complete value ends the item: \
         end the line before with the operator, or write `AND ( … )` or `OR ( … )` with one item per line",
    );
    if let Some(previous) = previous {
        let written = lexeme.span.of(text);
        diagnostic.fixes.push(Fix {
            title: format!("move `{written}` to the end of the line before"),
            safety: Safety::Safe,
            edits: vec![
                Edit { file: 0, span: Span::at(previous.span.end), text: format!(" {written}") },
                Edit { file: 0, span: lexeme.span, text: String::new() },
            ],
        });
    }
    diagnostic
}

/// `all` is the place of all conditions.
pub(crate) fn several_conditions(span: Span, all: Span) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::error(codes::SEVERAL_CONDITIONS, "second condition outside of a list", span)
            .label("the condition is complete before this")
            .note("combine conditions with `AND ( a, b )` or `OR ( a, b )`");
    diagnostic.fixes.push(Fix {
        title: "list them in `AND ( … )`".to_owned(),
        safety: Safety::Unsafe,
        edits: vec![
            Edit { file: 0, span: Span::at(all.start), text: "AND ( ".to_owned() },
            Edit { file: 0, span: Span::at(all.end), text: " )".to_owned() },
        ],
    });
    diagnostic
}

pub(crate) fn list_without_operator(span: Span) -> Diagnostic {
    Diagnostic::error(codes::LIST_WITHOUT_OPERATOR, "list in brackets without `AND` or `OR` before it", span)
        .label("unexpected `,`")
        .note(
            "brackets alone hold one expression: write `AND ( a, b )` or `OR ( a, b )`; \
             after a complete item on the same line, put a comma before `OR (`",
        )
}

pub(crate) fn empty_item(span: Span) -> Diagnostic {
    Diagnostic::error(codes::EMPTY_ITEM, "nothing stands before this comma", span)
        .label("expected a value")
        .replace("remove the comma", span, "")
}

pub(crate) fn items_without_comma(text: &str, before: &Lexeme, lexeme: &Lexeme) -> Diagnostic {
    let gap = Span::new(before.span.end, lexeme.span.start);
    let diagnostic = Diagnostic::warning(
        codes::ITEMS_WITHOUT_COMMA,
        "two items of a list are separated by nothing but spaces",
        gap,
    )
    .label(format!("{} begins the next item", found(text, lexeme)))
    .note("if this is one name with a space in it, quote it with backquotes")
    .replace("put a comma between the items", Span::at(gap.start), ",");
    let plain = |it: &Lexeme| it.kind == TokenKind::Word && it.keyword.is_none();
    if !plain(before) || !plain(lexeme) || !gap.of(text).trim().is_empty() {
        return diagnostic;
    }
    let whole = before.span.cover(lexeme.span);
    let quoted = match whole.of(text).split_once('.') {
        Some((map, entry)) => format!("{map}.`{entry}`"),
        None => format!("`{}`", whole.of(text)),
    };
    diagnostic.fix(format!("make it one name: {quoted}"), Safety::Unsafe, whole, quoted)
}

pub(crate) fn missing_operand(text: &str, previous: Option<&Lexeme>, here: &Lexeme) -> Diagnostic {
    missing_operand_at(text, here.span, previous, Some(here))
}

/// A value is missing at `span`, behind `previous` and before `next`.
pub(crate) fn missing_operand_at(
    text: &str,
    span: Span,
    previous: Option<&Lexeme>,
    next: Option<&Lexeme>,
) -> Diagnostic {
    let here = next.map_or_else(|| "the end".to_owned(), |lexeme| found(text, lexeme));
    let after = match previous {
        Some(previous) => format!("after {}", found(text, previous)),
        None => "at the beginning".to_owned(),
    };
    Diagnostic::error(codes::MISSING_OPERAND, format!("expected a value {after}, found {here}"), span)
        .label("expected a name, a literal, a function or `(`")
}

pub(crate) fn missing_expression(place: Span) -> Diagnostic {
    Diagnostic::error(codes::MISSING_OPERAND, "expected an expression, found nothing", place)
        .label("expected a name, a literal, a function or `(`")
}

pub(crate) fn keyword_operand(
    text: &str,
    previous: Option<&Lexeme>,
    lexeme: &Lexeme,
    next: Option<&Lexeme>,
) -> Diagnostic {
    let written = lexeme.span.of(text);
    if next.is_some_and(|next| next.kind == TokenKind::OpenRound && next.blank)
        && lexeme.is(Keyword::Contains)
    {
        return next.map_or_else(|| too_deep(lexeme.span), |next| space_before_arguments(text, lexeme, next));
    }
    let operator = lexeme.keyword.is_some_and(Keyword::is_infix);
    if operator && previous.is_some() && next.is_some_and(|next| !next.kind.closes() && !next.ends_operand())
    {
        return missing_operand(text, previous, lexeme);
    }
    let diagnostic = Diagnostic::error(
        codes::KEYWORD_AS_NAME,
        format!("expected a value, found the keyword `{written}`"),
        lexeme.span,
    );
    let diagnostic = if operator {
        diagnostic.label("this operator has nothing to its left")
    } else {
        diagnostic.label("a keyword cannot be a name without quotes")
    };
    diagnostic.note("a field with the name of a keyword is written in backquotes").fix(
        format!("quote the name: `` `{written}` ``"),
        Safety::Unsafe,
        lexeme.span,
        format!("`{written}`"),
    )
}

pub(crate) fn space_before_arguments(text: &str, name: &Lexeme, open: &Lexeme) -> Diagnostic {
    let written = name.span.of(text);
    Diagnostic::error(
        codes::SPACE_BEFORE_ARGUMENTS,
        format!("space between the function `{written}` and its arguments"),
        Span::new(name.span.end, open.span.start),
    )
    .label("a function is a name directly followed by `(`")
    .replace(format!("write `{written}(`"), Span::new(name.span.end, open.span.start), "")
}

pub(crate) fn empty_name(span: Span) -> Diagnostic {
    Diagnostic::error(codes::EMPTY_NAME, "name without characters", span)
        .label("expected a name in the quotes")
}

pub(crate) fn single_quotes(text: &str, span: Span) -> Diagnostic {
    let value = literal::unquote(span.of(text));
    Diagnostic::warning(codes::SINGLE_QUOTES, format!("'{value}' is a field here, not a string"), span)
        .label("single quotes quote names in FilterQL")
        .note("for a string write double quotes; for a field with an unusual name write backquotes")
        .fix(format!("make it a string: {}", quote(&value)), Safety::Unsafe, span, quote(&value))
}

/// Single quotes around a name that stands where only a name can.
pub(crate) fn single_quotes_name(text: &str, span: Span) -> Diagnostic {
    let value = literal::unquote(span.of(text));
    Diagnostic::warning(codes::SINGLE_QUOTES, "name in single quotes", span)
        .label("backquotes are the usual quotes of names")
        .replace(format!("write `` `{value}` ``"), span, format!("`{value}`"))
}

/// A string in double quotes.
pub(crate) fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

pub(crate) fn bad_number(text: &str, lexeme: &Lexeme) -> Diagnostic {
    let written = lexeme.span.of(text);
    if lexeme.kind == TokenKind::Duration {
        return Diagnostic::error(
            codes::DURATION,
            format!("`{written}` is a duration, and no operator takes one"),
            lexeme.span,
        )
        .label("expected a number or a string")
        .note(format!("relative times are strings: \"now-{written}\""));
    }
    let trimmed = written.trim_start_matches('0');
    if written.chars().all(|c| c.is_ascii_digit() || c == '.') && written.starts_with('0') {
        let mended = if trimmed.is_empty() || trimmed.starts_with('.') {
            format!("0{trimmed}")
        } else {
            trimmed.to_owned()
        };
        let diagnostic = Diagnostic::error(
            codes::LEADING_ZERO,
            format!("number `{written}` begins with a needless zero"),
            lexeme.span,
        )
        .label("numbers have no leading zeros")
        .note("if this is a code and not a number, write it as a string in quotes");
        return match crate::lex(&mended).as_slice() {
            [token] if matches!(token.kind, TokenKind::Int | TokenKind::Float) => {
                diagnostic.fix(format!("write {mended}"), Safety::Unsafe, lexeme.span, mended)
            }
            _ => diagnostic,
        };
    }
    // A lower-case exponent, upper-case hex digits: one spelling each.
    let respelt = match written.strip_prefix("0x").or_else(|| written.strip_prefix("0X")) {
        Some(hex) => format!("0x{}", hex.to_ascii_uppercase()),
        None => written.replace('E', "e"),
    };
    if let [token] = crate::lex(&respelt).as_slice()
        && matches!(token.kind, TokenKind::Hex | TokenKind::Float)
    {
        return Diagnostic::error(codes::BAD_NUMBER, format!("`{written}` is not a number"), lexeme.span)
            .label("hexadecimal digits are upper-case, the exponent's `e` is lower-case")
            .replace(format!("write {respelt}"), lexeme.span, respelt);
    }
    if written.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Diagnostic::error(codes::BAD_NUMBER, format!("`{written}` is not a number"), lexeme.span)
            .label("a number has digits on both sides of its one `.`");
    }
    Diagnostic::error(codes::DIGIT_NAME, format!("name `{written}` begins with a digit"), lexeme.span)
        .label("expected a name or a number")
        .note("names that begin with a digit are written in backquotes")
        .replace(format!("quote the name: `` `{written}` ``"), lexeme.span, format!("`{written}`"))
}

pub(crate) fn overflow(kind: TokenKind, span: Span) -> Diagnostic {
    if kind == TokenKind::Float {
        return Diagnostic::error(codes::BAD_NUMBER, "number is too large", span)
            .label(format!("the limit is about {:e}", f64::MAX));
    }
    Diagnostic::error(codes::INT_OVERFLOW, "integer does not fit 64 bits", span)
        .label(format!("the limits are {} and {}", i64::MIN, i64::MAX))
        .note("write it as a string if it is an identifier, or with a decimal point if it is a measure")
}

pub(crate) fn include_without_name(span: Span) -> Diagnostic {
    Diagnostic::error(codes::INCLUDE_WITHOUT_NAME, "`INCLUDE` without the name of an audience", span)
        .label("expected the alias or the id of an audience")
        .note("an id of digits only is written in backquotes")
}

pub(crate) fn not_a_set(text: &str, lexeme: &Lexeme) -> Diagnostic {
    let written = lexeme.span.of(text);
    let diagnostic = Diagnostic::error(
        codes::NOT_A_SET,
        format!("expected a list, a field, a function or a string, found {}", found(text, lexeme)),
        lexeme.span,
    )
    .label("not something to look into");
    if lexeme.kind.is_number_like() {
        return diagnostic.replace("make it a list", lexeme.span, format!("({written})"));
    }
    diagnostic
}

/// Whether a round bracket holds several values: a list of patterns in the wrong brackets.
pub(crate) fn round_patterns(lexemes: &[Lexeme]) -> bool {
    let inside = lexemes.iter().skip(1).take_while(|it| it.kind != TokenKind::CloseRound);
    inside.clone().any(|it| it.kind == TokenKind::Comma)
        && inside
            .clone()
            .all(|it| matches!(it.kind, TokenKind::Comma | TokenKind::Text | TokenKind::SingleQuoted))
}

pub(crate) fn like_round(text: &str, lexemes: &[Lexeme]) -> Diagnostic {
    let open = lexemes.first().map_or(Span::at(0), |it| it.span);
    let close = lexemes.iter().find(|it| it.kind == TokenKind::CloseRound).map_or(open, |it| it.span);
    let span = open.cover(close);
    let inner = Span::new(open.end, close.start).of(text).trim().to_owned();
    Diagnostic::error(codes::ROUND_PATTERNS, "list of patterns in round brackets", span)
        .label("`LIKE` takes several patterns in square brackets only")
        .replace("write square brackets", span, format!("[{inner}]"))
}

pub(crate) fn is_without_null(text: &str, is: &Lexeme, next: Option<&Lexeme>) -> Diagnostic {
    let span = next.map_or(is.span, |next| next.span);
    let here = next.map_or_else(|| "the end".to_owned(), |next| found(text, next));
    Diagnostic::error(
        codes::IS_WITHOUT_NULL,
        format!("expected `NULL` or `NOT NULL` after `IS`, found {here}"),
        span,
    )
    .label("`IS` tests for no value only")
    .note("compare values with `==`")
}

pub(crate) fn bad_kind(text: &str, keyword: &Lexeme, next: Option<&Lexeme>) -> Diagnostic {
    let here = next.map_or_else(|| "the end".to_owned(), |next| found(text, next));
    let span = next.map_or(Span::at(keyword.span.end), |next| next.span);
    let word = keyword.span.of(text).to_ascii_uppercase();
    Diagnostic::error(codes::BAD_KIND, format!("expected a kind after `{word}`, found {here}"), span)
        .label("expected a name such as `int`, `[]string` or `map[string]int`")
}

/// A kind at the beginning of `lexemes`: `int`, `[]string`, `ts[]string`, `map[string]int`; and how many were taken.
pub(crate) fn kind_name(text: &str, lexemes: &[Lexeme]) -> (Option<Name>, usize) {
    let mut count = 0;
    let word = |at: usize| {
        lexemes.get(at).is_some_and(|it| {
            it.kind == TokenKind::QuotedName || it.kind == TokenKind::Word && it.keyword.is_none()
        })
    };
    let kind = |at: usize| lexemes.get(at).map(|it| it.kind);
    if word(count) {
        count += 1;
    }
    let bracket = if kind(count) == Some(TokenKind::BracketName) {
        1
    } else if kind(count) == Some(TokenKind::OpenSquare) && kind(count + 1) == Some(TokenKind::CloseSquare) {
        2
    } else {
        0
    };
    if bracket > 0 && word(count + bracket) {
        count += bracket + 1;
    } else if bracket > 0 {
        return (None, 0);
    }
    let taken = lexemes.get(..count).unwrap_or_default();
    let (Some(first), Some(last)) = (taken.first(), taken.last()) else { return (None, 0) };
    let parts = taken.iter().map(|it| match it.kind {
        TokenKind::QuotedName => literal::field(it.kind, it.span.of(text)).text,
        _ => it.span.of(text).split_whitespace().collect(),
    });
    (Some(Name { text: parts.collect(), span: first.span.cover(last.span) }), count)
}

/// The tokens at the beginning that touch each other and can be parts of an id: `3f9a-12`.
pub(crate) fn glued(lexemes: &[Lexeme]) -> &[Lexeme] {
    let fits =
        |it: &Lexeme| it.kind == TokenKind::Word || it.kind.is_number_like() || it.kind == TokenKind::Minus;
    let mut count =
        usize::from(lexemes.first().is_some_and(|it| it.kind == TokenKind::Word || it.kind.is_number_like()));
    while count > 0 && lexemes.get(count).is_some_and(|it| fits(it) && !it.blank) {
        count += 1;
    }
    lexemes.get(..count).unwrap_or_default()
}
