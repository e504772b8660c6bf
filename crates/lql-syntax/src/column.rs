//! Columns: an expression, then `AS`, then `IF`, `SHORTDESC`, `LONGDESC`, `KIND`, `MERGEOP` in any order.

use crate::ast::{Column, Dialect, Expr, ExprKind, Name, Text};
use crate::expression::expression;
use crate::lexeme::{Keyword, Lexeme};
use crate::split::{Clause, Piece, Role};
use crate::words::{self, found};
use crate::{Diagnostic, Safety, Span, TokenKind, codes, literal};
use std::collections::HashSet;
use std::ops::Range;

/// Reads the columns between `SELECT` and the next clause.
pub(crate) fn columns(piece: &Piece<'_>, select: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Vec<Column> {
    let mut columns = Vec::new();
    if select.body.is_empty() {
        let span = piece.span(select.head..select.head + 1);
        diagnostics.push(
            Diagnostic::error(codes::NO_COLUMNS, "`SELECT` without columns", span)
                .label("expected a column such as `email(mail) AS email`"),
        );
        return columns;
    }
    let ranges = piece.columns(select.body.clone());
    let last = ranges.len() - 1;
    for (at, range) in ranges.into_iter().enumerate() {
        if !range.is_empty() {
            column(piece, range, &mut columns, diagnostics);
        } else if at < last || at == 0 {
            // A comma before the first clause is welcome, others are slips.
            let comma = piece.span(range.end..range.end + 1);
            diagnostics.push(
                Diagnostic::error(codes::EMPTY_COLUMN, "no column stands before this comma", comma)
                    .label("expected a column")
                    .replace("remove the comma", comma, ""),
            );
        }
    }
    columns
}

/// Reads one column, or several if commas are missing between them.
fn column(
    piece: &Piece<'_>,
    range: Range<usize>,
    columns: &mut Vec<Column>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let heads = heads(piece, range.clone());
    let last_as = heads.iter().rposition(|it| it.keyword == Some(Keyword::As)).unwrap_or_default();
    let mut start = range.start;
    let mut nth = 0;
    loop {
        let rest = heads.get(nth..).unwrap_or_default();
        let first = rest.first().map_or(range.end, |clause| clause.head);
        let mut column = Column {
            span: piece.span(start..range.end),
            expr: value(piece, start..first, rest, diagnostics),
            name: None,
            guard: None,
            shortdesc: None,
            longdesc: None,
            kind: None,
            mergeop: None,
        };
        let mut seen: Vec<(Keyword, Span)> = Vec::new();
        let mut next = None;
        for clause in rest {
            nth += 1;
            let Some(after) = column_clause(piece, clause, &mut column, &mut seen, diagnostics) else {
                continue;
            };
            let Some(lexeme) = piece.get(after) else { continue };
            if begins_value(lexeme) && (lexeme.newline || nth <= last_as) {
                // The next column, without a comma before it.
                next = Some((after, lexeme.span));
                break;
            }
            if !piece.is_broken(after..clause.body.end) {
                diagnostics.push(unexpected(piece, after, "`,` or a clause such as `IF`, `KIND`, `FROM`"));
            }
        }
        let Some((after, span)) = next else {
            columns.push(column);
            return;
        };
        let end = piece.span(after - 1..after).end;
        diagnostics.push(
            Diagnostic::error(codes::MISSING_COMMA, "column begins before the last one ended", span)
                .label("expected `,` before this column")
                .replace("end the column before with `,`", Span::at(end), ","),
        );
        column.span = piece.span(start..after);
        columns.push(column);
        start = after;
    }
}

/// Reads one clause into the column. Gives the place of what the clause has left over.
fn column_clause(
    piece: &Piece<'_>,
    clause: &Clause,
    column: &mut Column,
    seen: &mut Vec<(Keyword, Span)>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<usize> {
    let head = piece.span(clause.head..clause.head + 1);
    let Some(keyword) = clause.keyword else {
        diagnostics.push(foreign(piece, clause.head));
        return None;
    };
    if piece.dialect == Dialect::FilterQl && !matches!(keyword, Keyword::As | Keyword::If) {
        diagnostics.push(lql_only(keyword, piece.span(clause.head..clause.body.end)));
        return None;
    }
    if let Some((_, earlier)) = seen.iter().find(|(it, _)| *it == keyword) {
        diagnostics.push(
            Diagnostic::error(
                codes::DUPLICATE_COLUMN_CLAUSE,
                format!("second `{}` of one column", keyword.text()),
                piece.span(clause.head..clause.body.end),
            )
            .label("only one is allowed")
            .also(0, *earlier, "first one here"),
        );
        return None;
    }
    if keyword == Keyword::As && !seen.is_empty() {
        diagnostics.push(
            Diagnostic::error(codes::AS_NOT_FIRST, "`AS` stands after other clauses of its column", head)
                .label("`AS` follows the expression directly"),
        );
    }
    seen.push((keyword, head));
    let after = clause_body(piece, keyword, clause, column, diagnostics);
    (after < clause.body.end).then_some(after)
}

/// The clauses of a column. An `IF` that has its `ELSE` belongs to a value.
fn heads(piece: &Piece<'_>, range: Range<usize>) -> Vec<Clause> {
    let mut open_ifs: Vec<usize> = Vec::new();
    let mut value_ifs: HashSet<usize> = HashSet::new();
    for at in range.clone() {
        if piece.role_at(at) == Role::Head(Keyword::If) {
            open_ifs.push(at);
        } else if piece.get(at).is_some_and(|it| it.is(Keyword::Else)) && piece.brackets.at_top(at) {
            value_ifs.extend(open_ifs.pop());
        } else if matches!(piece.role_at(at), Role::Head(_)) {
            // An ELSE beyond another clause is nobody's.
            open_ifs.clear();
        }
    }
    let heads: Vec<usize> = range
        .clone()
        .filter(|&at| match piece.role_at(at) {
            Role::Head(keyword) => keyword.is_column_clause() && !value_ifs.contains(&at),
            Role::Foreign => true,
            Role::Name | Role::Inner => false,
        })
        .collect();
    let ends = heads.iter().skip(1).copied().chain([range.end]);
    heads
        .iter()
        .zip(ends)
        .map(|(&head, end)| {
            let keyword = match piece.role_at(head) {
                Role::Head(keyword) => Some(keyword),
                _ => None,
            };
            Clause { keyword, head, body: head + 1..end }
        })
        .collect()
}

/// The expression of a column.
fn value(
    piece: &Piece<'_>,
    range: Range<usize>,
    heads: &[Clause],
    diagnostics: &mut Vec<Diagnostic>,
) -> Expr {
    let slice = piece.slice(range.clone());
    if let [star] = slice
        && star.kind == TokenKind::Star
    {
        if piece.dialect == Dialect::FilterQl {
            return Expr::new(ExprKind::Star, star.span);
        }
        diagnostics.push(
            Diagnostic::error(codes::SELECT_STAR, "`*` is no column", star.span)
                .label("expected an expression")
                .note("every field of a profile is named: write `field AS name` for each, or `match(\"prefix\")` for many"),
        );
        return Expr::new(ExprKind::Broken, star.span);
    }
    if range.is_empty()
        && let Some(clause) = heads.first()
    {
        let head = piece.span(clause.head..clause.head + 1);
        diagnostics.push(
            Diagnostic::error(
                codes::MISSING_OPERAND,
                format!("column without an expression before `{}`", head.of(piece.text)),
                head,
            )
            .label("expected a value before this"),
        );
        return Expr::new(ExprKind::Broken, Span::at(head.start));
    }
    condition(piece, range, diagnostics)
}

/// An expression that is all of a range; broken without a word when the range holds a reported mistake.
pub(crate) fn condition(piece: &Piece<'_>, range: Range<usize>, diagnostics: &mut Vec<Diagnostic>) -> Expr {
    let named = range.clone().any(|at| piece.role_at(at) == Role::Name);
    if named || piece.is_broken(range.clone()) {
        return Expr::new(ExprKind::Broken, piece.span(range));
    }
    let place = piece.span(range.clone());
    expression(piece.text, piece.dialect, piece.slice(range), place, diagnostics)
}

/// Reads what follows a clause's keyword into the column; gives the place after it.
fn clause_body(
    piece: &Piece<'_>,
    keyword: Keyword,
    clause: &Clause,
    column: &mut Column,
    diagnostics: &mut Vec<Diagnostic>,
) -> usize {
    let body = clause.body.clone();
    match keyword {
        Keyword::As => {
            column.name = name(piece, clause, "name of the field", diagnostics);
            body.start + 1
        }
        Keyword::Mergeop => {
            column.mergeop = name(piece, clause, "merge operator", diagnostics);
            body.start + 1
        }
        Keyword::Shortdesc => {
            column.shortdesc = description(piece, clause, diagnostics);
            body.start + 1
        }
        Keyword::Longdesc => {
            column.longdesc = description(piece, clause, diagnostics);
            body.start + 1
        }
        Keyword::Kind => {
            if piece.is_broken(body.clone()) {
                return body.end;
            }
            let rest = piece.slice(body.clone());
            let (kind, count) = words::kind_name(piece.text, rest);
            if let (None, Some(head)) = (&kind, piece.get(clause.head)) {
                diagnostics.push(words::bad_kind(piece.text, head, rest.first().or(piece.get(body.end))));
                return body.end;
            }
            column.kind = kind;
            body.start + count
        }
        _ => {
            column.guard = Some(condition(piece, body.clone(), diagnostics));
            body.end
        }
    }
}

/// The one name after a clause's keyword.
pub(crate) fn name(
    piece: &Piece<'_>,
    clause: &Clause,
    what: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Name> {
    let keyword = piece.span(clause.head..clause.head + 1);
    let written = keyword.of(piece.text).to_ascii_uppercase();
    let Some(lexeme) = piece.get(clause.body.start).filter(|_| !clause.body.is_empty()) else {
        let here =
            piece.get(clause.body.end).map_or_else(|| "the end".to_owned(), |it| found(piece.text, it));
        diagnostics.push(
            Diagnostic::error(
                codes::NOT_A_NAME,
                format!("expected a {what} after `{written}`, found {here}"),
                Span::at(keyword.end),
            )
            .label("the name is missing"),
        );
        return None;
    };
    let single = lexeme.kind == TokenKind::SingleQuoted && piece.dialect == Dialect::FilterQl;
    let good = match lexeme.keyword {
        // Reported as a keyword already, or one that is harmless here.
        Some(_) => true,
        None => lexeme.kind.is_name() || single,
    };
    if lexeme.kind.is_error() {
        return None;
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
            format!("expected a {what} after `{written}`, found {}", found(piece.text, lexeme)),
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
        return None;
    }
    if single {
        diagnostics.push(words::single_quotes_name(piece.text, lexeme.span));
    }
    let name = literal::name_at(piece.text, lexeme.kind, lexeme.span);
    if name.text.is_empty() {
        diagnostics.push(words::empty_name(lexeme.span));
        return None;
    }
    Some(name)
}

/// A name as it must be written: bare if it can be, else in backquotes.
pub(crate) fn spell(name: &str) -> String {
    match crate::lex(name).as_slice() {
        [token] if token.kind == TokenKind::Word && Keyword::of(name).is_none() => name.to_owned(),
        _ => format!("`{name}`"),
    }
}

fn description(piece: &Piece<'_>, clause: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Option<Text> {
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
    lexeme.and(None)
}

/// Whether a column may begin with this.
fn begins_value(lexeme: &Lexeme) -> bool {
    lexeme.kind.is_name()
        || lexeme.kind.is_number_like()
        || matches!(lexeme.kind, TokenKind::Text | TokenKind::SingleQuoted | TokenKind::OpenRound)
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
