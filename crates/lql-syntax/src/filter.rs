//! FilterQL statements: `FILTER condition` and its clauses, in fixed order; and `SELECT … FROM … FILTER …`.

use crate::ast::{Expr, ExprKind, Filter, Statement};
use crate::clause::{foreign, lql_only};
use crate::column::{columns, condition};
use crate::lexeme::Keyword;
use crate::split::{Clause, Piece, Role};
use crate::statement::{duplicate, missing, only_name, settings};
use crate::words::found;
use crate::{Diagnostic, Span, TokenKind, codes};

const FILTER_ORDER: &[Keyword] =
    &[Keyword::Filter, Keyword::From, Keyword::Limit, Keyword::With, Keyword::Alias];
const SELECT_ORDER: &[Keyword] =
    &[Keyword::Select, Keyword::From, Keyword::Filter, Keyword::Limit, Keyword::With, Keyword::Alias];

/// Reads one FilterQL statement.
pub(crate) fn filter(
    piece: &Piece<'_>,
    description: Option<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Statement> {
    let clauses = piece.clauses();
    let span = piece.span(0..piece.lexemes.len());
    let projects = match piece.role_at(0) {
        Role::Head(Keyword::Select) => true,
        Role::Head(Keyword::Filter) => false,
        _ => {
            let here = piece.get(0).map_or_else(String::new, |it| found(piece.text, it));
            diagnostics.push(
                Diagnostic::error(
                    codes::NO_FILTER,
                    format!("statement begins with {here}, not with `FILTER`"),
                    piece.span(0..1),
                )
                .label("expected `FILTER` or `SELECT`"),
            );
            return None;
        }
    };
    let mut filter = Filter {
        span,
        description,
        columns: Vec::new(),
        condition: None,
        from: None,
        limit: None,
        with: Vec::new(),
        alias: None,
    };
    let order = if projects { SELECT_ORDER } else { FILTER_ORDER };
    let mut seen: Vec<(Keyword, Span)> = Vec::new();
    let mut reached = 0;
    for clause in &clauses {
        let head = piece.span(clause.head..clause.head + 1);
        let Some(written) = clause.keyword else {
            diagnostics.push(foreign(piece, clause.head));
            continue;
        };
        // In a projecting statement the two are one.
        let keyword = if projects && written == Keyword::Where { Keyword::Filter } else { written };
        let Some(rank) = order.iter().position(|it| *it == keyword) else {
            diagnostics.push(stranger(written, piece.span(clause.head..clause.body.end), head));
            continue;
        };
        if duplicate(keyword, head, &seen, diagnostics) {
            continue;
        }
        seen.push((keyword, head));
        if rank < reached {
            diagnostics.push(
                Diagnostic::error(codes::CLAUSE_ORDER, format!("`{}` stands too late", written.text()), head)
                    .label("out of order")
                    .note(format!(
                        "the order is {}",
                        order.iter().map(|it| it.text()).collect::<Vec<_>>().join(", ")
                    )),
            );
        }
        reached = reached.max(rank);
        match keyword {
            Keyword::Select => filter.columns = columns(piece, clause, diagnostics),
            Keyword::Filter => filter.condition = Some(selection(piece, clause, diagnostics)),
            Keyword::From => filter.from = only_name(piece, clause, "a table", diagnostics),
            Keyword::Limit => filter.limit = limit(piece, clause, diagnostics),
            Keyword::With => filter.with = settings(piece, clause, diagnostics),
            _ => filter.alias = only_name(piece, clause, "the name of the audience", diagnostics),
        }
    }
    if projects {
        if !seen.iter().any(|(it, _)| *it == Keyword::From) {
            diagnostics.push(missing(
                Keyword::From,
                "FROM user",
                "`FROM` names the table that is read",
                span,
            ));
        }
        if !seen.iter().any(|(it, _)| *it == Keyword::Filter) {
            diagnostics.push(
                Diagnostic::error(codes::MISSING_FILTER, "`SELECT` without `FILTER`", Span::at(span.end))
                    .label("expected `FILTER condition`")
                    .note("`FILTER *` selects every profile"),
            );
        }
    }
    Some(Statement::Filter(filter))
}

fn stranger(keyword: Keyword, whole: Span, head: Span) -> Diagnostic {
    match keyword {
        Keyword::Into | Keyword::By => lql_only(keyword, whole),
        Keyword::Where => {
            Diagnostic::error(codes::UNEXPECTED_AFTER_CLAUSE, "`WHERE` in a `FILTER` statement", head)
                .label("`FILTER` holds the whole condition")
                .note("join the two conditions with `AND`")
        }
        _ => Diagnostic::error(
            codes::UNEXPECTED_AFTER_CLAUSE,
            format!("unexpected `{}` in a `FILTER` statement", keyword.text()),
            head,
        )
        .label("expected a clause such as `FROM`, `LIMIT`, `WITH`, `ALIAS`, or `;`"),
    }
}

/// `*`, `match_all`, or a condition.
fn selection(piece: &Piece<'_>, clause: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Expr {
    if let [only] = piece.slice(clause.body.clone())
        && (only.kind == TokenKind::Star
            || only.kind == TokenKind::Word && only.span.of(piece.text).eq_ignore_ascii_case("match_all"))
    {
        return Expr::new(ExprKind::Star, only.span);
    }
    condition(piece, clause.body.clone(), diagnostics)
}

fn limit(piece: &Piece<'_>, clause: &Clause, diagnostics: &mut Vec<Diagnostic>) -> Option<u64> {
    let body = piece.slice(clause.body.clone());
    if let [number] = body
        && number.kind == TokenKind::Int
        && let Ok(limit) = number.span.of(piece.text).parse()
    {
        return Some(limit);
    }
    if !piece.is_broken(clause.body.clone()) {
        let here = match body {
            [] => "nothing".to_owned(),
            [only] => found(piece.text, only),
            _ => format!("`{}`", piece.span(clause.body.clone()).of(piece.text)),
        };
        diagnostics.push(
            Diagnostic::error(
                codes::BAD_LIMIT,
                format!("expected a whole number after `LIMIT`, found {here}"),
                piece.span(clause.body.clone()),
            )
            .label("not a whole number"),
        );
    }
    None
}
