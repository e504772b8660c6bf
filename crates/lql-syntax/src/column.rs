//! Columns: an expression, then `AS`, then `IF`, `SHORTDESC`, `LONGDESC`, `KIND`, `MERGEOP` in any order.

use crate::ast::{Column, Dialect, Expr, ExprKind};
use crate::clause::{description, foreign, lql_only, name, unexpected};
use crate::expression::expression;
use crate::lexeme::{Keyword, Lexeme};
use crate::split::{Clause, Piece, Role};
use crate::words;
use crate::{Diagnostic, Span, TokenKind, codes};
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
        // `if(a, b, c)` in the place of the value: one finding is enough.
        let choice = first == start && rest.first().is_some_and(|it| it.keyword == Some(Keyword::If));
        nth += usize::from(choice);
        for clause in rest.iter().skip(usize::from(choice)) {
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
pub(crate) fn heads(piece: &Piece<'_>, range: Range<usize>) -> Vec<Clause> {
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
        let mut diagnostic = Diagnostic::error(
            codes::MISSING_OPERAND,
            format!("column without an expression before `{}`", head.of(piece.text)),
            head,
        )
        .label("expected a value before this");
        if clause.keyword == Some(Keyword::If) {
            diagnostic = diagnostic.note(
                "a choice is written `value IF condition ELSE other` or `ifcase(value IF condition, …, other)`",
            );
        }
        diagnostics.push(diagnostic);
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
    let next = piece.get(range.end);
    expression(piece.text, piece.dialect, piece.slice(range), place, next, diagnostics)
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
            let (name, count) = name(piece, clause, "the name of a field", diagnostics);
            column.name = name;
            body.start + count
        }
        Keyword::Mergeop => {
            let (name, count) = name(piece, clause, "a merge operator", diagnostics);
            column.mergeop = name;
            body.start + count
        }
        Keyword::Shortdesc => {
            column.shortdesc = description(piece, clause, diagnostics);
            if column.shortdesc.is_some() { body.start + 1 } else { body.end }
        }
        Keyword::Longdesc => {
            column.longdesc = description(piece, clause, diagnostics);
            if column.longdesc.is_some() { body.start + 1 } else { body.end }
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

/// Whether a column may begin with this.
fn begins_value(lexeme: &Lexeme) -> bool {
    lexeme.kind.is_name()
        || lexeme.kind.is_number_like()
        || matches!(lexeme.kind, TokenKind::Text | TokenKind::SingleQuoted | TokenKind::OpenRound)
}
