//! LQL statements: `SELECT` and its columns, then the other clauses in any order, each once.

use crate::ast::{Dialect, Literal, Name, Query, Setting, Statement};
use crate::clause::{foreign, name, unexpected};
use crate::column::{columns, condition};
use crate::lexeme::{Keyword, Lexeme};
use crate::split::{Clause, Piece, Role};
use crate::words::{self, found};
use crate::{Diagnostic, Safety, Span, TokenKind, codes, literal};

/// Reads one LQL statement.
pub(crate) fn query(
    piece: &Piece<'_>,
    description: Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Statement> {
    let clauses = piece.clauses();
    let span = piece.span(0..piece.lexemes.len());
    let select = clauses.iter().find(|it| it.keyword == Some(Keyword::Select));
    if piece.role_at(0) == Role::Head(Keyword::Filter) {
        diagnostics.push(
            Diagnostic::error(codes::OTHER_DIALECT, "`FILTER` statement in an LQL text", piece.span(0..1))
                .label("expected `SELECT`")
                .note("filters are FilterQL and live in files of their own"),
        );
        return None;
    }
    let Some(select) = select else {
        diagnostics.push(no_select(piece));
        return None;
    };
    if select.head > 0 {
        diagnostics.push(
            Diagnostic::error(
                codes::SELECT_NOT_FIRST,
                format!(
                    "statement begins with {}",
                    piece.get(0).map_or_else(String::new, |it| found(piece.text, it))
                ),
                piece.span(0..select.head),
            )
            .label("expected `SELECT` first")
            .also(0, piece.span(select.head..select.head + 1), "`SELECT` is here")
            .note("the order is SELECT, FROM, INTO, BY, WHERE, WITH, ALIAS; only SELECT must stand first"),
        );
    }
    let mut query = Query {
        span,
        description,
        columns: Vec::new(),
        from: None,
        into: None,
        by: Vec::new(),
        condition: None,
        with: Vec::new(),
        alias: None,
    };
    let mut seen: Vec<(Keyword, Span)> = Vec::new();
    for clause in &clauses {
        let head = piece.span(clause.head..clause.head + 1);
        let Some(keyword) = clause.keyword else {
            diagnostics.push(foreign(piece, clause.head));
            continue;
        };
        if duplicate(keyword, head, &seen, diagnostics) {
            continue;
        }
        seen.push((keyword, head));
        match keyword {
            Keyword::Select => query.columns = columns(piece, clause, diagnostics),
            Keyword::From => query.from = from(piece, clause, diagnostics),
            Keyword::Into => query.into = only_name(piece, clause, "a table", diagnostics),
            Keyword::By => query.by = by(piece, clause, diagnostics),
            Keyword::Where => query.condition = Some(condition(piece, clause.body.clone(), diagnostics)),
            Keyword::With => query.with = settings(piece, clause, diagnostics),
            Keyword::Alias => query.alias = only_name(piece, clause, "the name of the query", diagnostics),
            _ => diagnostics.push(
                Diagnostic::error(
                    codes::OTHER_DIALECT,
                    format!("`{}` does not belong to LQL", keyword.text()),
                    head,
                )
                .label("a clause of FilterQL"),
            ),
        }
    }
    let wanted = [
        (Keyword::From, "FROM stream", "`FROM` names the stream whose events are read"),
        (Keyword::Into, "INTO user", "`INTO` names the table that is written"),
        (Keyword::By, "BY field", "`BY` names the columns that identify a profile"),
        (Keyword::Alias, "ALIAS name", "`ALIAS` gives the query its name"),
    ];
    // What is never closed may have swallowed the clauses: one mistake, one finding.
    let unclosed =
        [codes::UNCLOSED_BRACKET, codes::UNCLOSED_TEXT, codes::UNCLOSED_NAME, codes::UNCLOSED_COMMENT];
    let is_cut_off = seen.len() == 1 && diagnostics.iter().any(|it| unclosed.contains(&it.code));
    for (keyword, example, note) in wanted {
        if !is_cut_off && !seen.iter().any(|(it, _)| *it == keyword) {
            diagnostics.push(missing(keyword, example, note, span));
        }
    }
    Some(Statement::Query(query))
}

fn no_select(piece: &Piece<'_>) -> Diagnostic {
    let here = piece.get(0).map_or_else(String::new, |it| found(piece.text, it));
    Diagnostic::error(
        codes::NO_SELECT,
        format!("statement begins with {here}, not with `SELECT`"),
        piece.span(0..1),
    )
    .label("expected `SELECT`")
}

pub(crate) fn missing(keyword: Keyword, example: &str, note: &str, statement: Span) -> Diagnostic {
    Diagnostic::error(
        codes::MISSING_CLAUSE,
        format!("statement without `{}`", keyword.text()),
        Span::at(statement.end),
    )
    .label(format!("expected `{example}`"))
    .note(note)
}

/// Whether the clause was there already; reports it then.
pub(crate) fn duplicate(
    keyword: Keyword,
    head: Span,
    seen: &[(Keyword, Span)],
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some((_, earlier)) = seen.iter().find(|(it, _)| *it == keyword) else { return false };
    diagnostics.push(
        Diagnostic::error(
            codes::DUPLICATE_CLAUSE,
            format!("second `{}` of one statement", keyword.text()),
            head,
        )
        .label("only one is allowed")
        .also(0, *earlier, "first one here"),
    );
    true
}

/// A clause that is one name and nothing more.
pub(crate) fn only_name(
    piece: &Piece<'_>,
    clause: &Clause,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Name> {
    let (name, count) = name(piece, clause, what, diagnostics);
    let rest = clause.body.start + count;
    if rest < clause.body.end && name.is_some() && !piece.is_broken(clause.body.clone()) {
        diagnostics.push(unexpected(piece, rest, after_name(piece.dialect)));
    }
    name
}

fn after_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Lql => "a clause such as `INTO`, `BY`, `WHERE`, `ALIAS`, or `;`",
        Dialect::FilterQl => "a clause such as `FROM`, `LIMIT`, `WITH`, `ALIAS`, or `;`",
    }
}

fn from(piece: &Piece<'_>, clause: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Option<Name> {
    let comma = clause.body.start + 1;
    if comma < clause.body.end && piece.get(comma).is_some_and(|it| it.kind == TokenKind::Comma) {
        diagnostics.push(
            Diagnostic::error(
                codes::SEVERAL_STREAMS,
                "several streams in one `FROM`",
                piece.span(comma..clause.body.end),
            )
            .label("a statement reads one stream")
            .note("write a statement per stream; they may write the same fields"),
        );
        let stream = Clause { body: clause.body.start..comma, ..clause.clone() };
        return name(piece, &stream, "a stream", diagnostics).0;
    }
    only_name(piece, clause, "a stream", diagnostics)
}

/// `BY a OR b`
fn by(piece: &Piece<'_>, clause: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Vec<Name> {
    let mut names = Vec::new();
    let mut at = clause.body.start;
    loop {
        let part = Clause { body: at..clause.body.end, ..clause.clone() };
        match name(piece, &part, "an identity field", diagnostics) {
            (Some(name), count) => {
                names.push(name);
                at += count;
            }
            (None, _) => return names,
        }
        let Some(joint) = piece.get(at).filter(|_| at < clause.body.end) else { return names };
        let other = joint.is(Keyword::And)
            || matches!(joint.kind, TokenKind::Comma | TokenKind::AndAnd | TokenKind::OrOr);
        if other {
            diagnostics.push(
                Diagnostic::error(
                    codes::BY_WITHOUT_OR,
                    format!("identities are joined by {}, not by `OR`", found(piece.text, joint)),
                    joint.span,
                )
                .label("expected `OR`")
                .note("each of the fields identifies the profile on its own")
                .fix(
                    "write `OR`",
                    Safety::Safe,
                    joint.span,
                    if joint.blank { "OR" } else { " OR" },
                ),
            );
        } else if !joint.is(Keyword::Or) {
            if !piece.is_broken(clause.body.clone()) {
                diagnostics.push(unexpected(
                    piece,
                    at,
                    "`OR` and another identity field, or the next clause",
                ));
            }
            return names;
        }
        at += 1;
    }
}

/// `WITH key = value, …` or `WITH { "key": value, … }`
pub(crate) fn settings(
    piece: &Piece<'_>,
    clause: &Clause,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Setting> {
    if piece.is_broken(clause.body.clone()) {
        return Vec::new();
    }
    let mut body = piece.slice(clause.body.clone());
    let head = piece.span(clause.head..clause.head + 1);
    let mut json = false;
    if let [open, inner @ .., close] = body
        && open.kind == TokenKind::OpenCurly
        && close.kind == TokenKind::CloseCurly
    {
        (body, json) = (inner, true);
    }
    let mut settings = Vec::new();
    if body.is_empty() && !json {
        diagnostics.push(bad_setting(piece.text, None, head, "expected `key = value` after `WITH`"));
    }
    let mut end = head.end;
    for part in body.split(|it| it.kind == TokenKind::Comma) {
        match setting(piece, part, json) {
            // `{}` is empty.
            None if body.is_empty() => {}
            None => diagnostics.push(bad_setting(
                piece.text,
                None,
                Span::at(end),
                "expected a setting beside the comma",
            )),
            Some(Ok(setting)) => settings.push(setting),
            Some(Err(diagnostic)) => diagnostics.push(*diagnostic),
        }
        end = part.last().map_or(end, |it| it.span.end);
    }
    settings
}

/// One setting, or nothing between two commas.
fn setting(piece: &Piece<'_>, part: &[Lexeme], json: bool) -> Option<Result<Setting, Box<Diagnostic>>> {
    let place = part.first()?.span.cover(part.last()?.span);
    Some(setting_at(piece, part, place, json))
}

fn setting_at(
    piece: &Piece<'_>,
    part: &[Lexeme],
    place: Span,
    json: bool,
) -> Result<Setting, Box<Diagnostic>> {
    let bad = |lexeme, words: &str| Box::new(bad_setting(piece.text, lexeme, place, words));
    let [key, equals, value @ ..] = part else {
        return Err(bad(None, if json { "expected `\"key\": value`" } else { "expected `key = value`" }));
    };
    let key_fits = if json { key.kind == TokenKind::Text } else { key.kind.is_name() };
    if !key_fits {
        return Err(bad(Some(key), if json { "expected a key in double quotes" } else { "expected a key" }));
    }
    let equals_fits = if json { equals.kind == TokenKind::Colon } else { equals.kind == TokenKind::Eq };
    if !equals_fits {
        return Err(bad(Some(equals), if json { "expected `:`" } else { "expected `=`" }));
    }
    let text = |it: &Lexeme| it.span.of(piece.text);
    let number = |it: &Lexeme, negative: bool| match it.kind {
        TokenKind::Int | TokenKind::Hex => literal::int(it.kind, text(it), negative).map(Literal::Int),
        TokenKind::Float => {
            text(it).parse().ok().map(|it: f64| Literal::Number(if negative { -it } else { it }))
        }
        _ => None,
    };
    let literal = match value {
        [it] => match (it.kind, it.keyword) {
            (_, Some(Keyword::True)) => Some(Literal::Bool(true)),
            (_, Some(Keyword::False)) => Some(Literal::Bool(false)),
            (_, Some(Keyword::Null)) => Some(Literal::Null),
            (TokenKind::Text, _) => Some(Literal::Text(literal::unquote(text(it)))),
            (TokenKind::SingleQuoted, _) if piece.dialect == Dialect::Lql && !json => {
                Some(Literal::Text(literal::unquote(text(it))))
            }
            _ => number(it, false),
        },
        [minus, it] if minus.kind == TokenKind::Minus && !it.blank => number(it, true),
        _ => None,
    };
    let span = value.first().zip(value.last()).map_or(place, |(a, z)| a.span.cover(z.span));
    let Some(value) = literal else {
        let diagnostic = bad(value.first(), "expected a string, a number, `true` or `false`");
        return Err(match value {
            [word] if word.kind == TokenKind::Word => {
                let quoted = words::quote(text(word));
                Box::new(diagnostic.replace(format!("make it a string: {quoted}"), span, quoted))
            }
            [word] if word.kind == TokenKind::SingleQuoted => {
                let quoted = words::quote(&literal::unquote(text(word)));
                Box::new(diagnostic.replace(format!("write {quoted}"), span, quoted))
            }
            _ => diagnostic,
        });
    };
    let key = if json {
        Name { text: literal::unquote(text(key)), span: key.span }
    } else {
        literal::name_at(piece.text, key.kind, key.span)
    };
    Ok(Setting { key, value, span })
}

fn bad_setting(text: &str, lexeme: Option<&Lexeme>, place: Span, expected: &str) -> Diagnostic {
    let (title, span) = match lexeme {
        Some(lexeme) => (format!("{expected}, found {}", found(text, lexeme)), lexeme.span),
        None => (expected.to_owned(), place),
    };
    Diagnostic::error(codes::BAD_SETTING, title, span)
        .label("not a setting")
        .note("`WITH` takes `key = value, …` or an object, `{\"key\": value}`; values are strings, numbers or booleans")
}
