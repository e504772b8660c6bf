//! Lexemes to an expression: adapter, grammar, and the words for what the grammar refuses.

use crate::adapt::{Spanned, Tok, adapt};
use crate::ast::{BinaryOp, Dialect, Expr, ExprKind, Name};
use crate::lexeme::Lexeme;
use crate::words::{self, found};
use crate::{Diagnostic, Span, TokenKind, codes};
use lalrpop_util::{ParseError, lalrpop_mod};

lalrpop_mod!(
    #[allow(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::indexing_slicing)]
    #[allow(missing_docs, unused, dead_code)]
    grammar
);

/// Reads one expression; a broken one is [`ExprKind::Broken`] and has a diagnostic.
///
/// `lexemes` are all of it; `place` is where it stands if it is empty, `next` what stands behind it.
pub(crate) fn expression(
    text: &str,
    dialect: Dialect,
    lexemes: &[Lexeme],
    place: Span,
    next: Option<&Lexeme>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expr {
    let (Some(first), Some(last)) = (lexemes.first(), lexemes.last()) else {
        diagnostics.push(words::missing_expression(place));
        return Expr::new(ExprKind::Broken, place);
    };
    let span = first.span.cover(last.span);
    let broken = Expr::new(ExprKind::Broken, span);
    let before = diagnostics.len();
    let Some(tokens) = adapt(text, dialect, lexemes, diagnostics) else {
        // What was guessed about a broken text is worth nothing beside its error.
        let mut made = diagnostics.split_off(before);
        made.retain(Diagnostic::is_error);
        diagnostics.append(&mut made);
        return broken;
    };
    let triples = tokens.into_iter().map(Ok::<Spanned, ()>);
    let errors = diagnostics.len();
    match grammar::ValueParser::new().parse(diagnostics, triples) {
        Ok(expr) if !diagnostics.iter().skip(errors).any(Diagnostic::is_error) => expr,
        Ok(_) => broken,
        Err(error) => {
            diagnostics.truncate(before);
            diagnostics.push(refused(text, lexemes, next, &error));
            broken
        }
    }
}

pub(crate) fn binary(op: BinaryOp, (s, e): (u32, u32), left: Expr, right: Expr, (l, r): (u32, u32)) -> Expr {
    let (left, right) = (Box::new(left), Box::new(right));
    Expr::new(ExprKind::Binary { op, op_span: Span::new(s, e), left, right }, Span::new(l, r))
}

pub(crate) fn not(operand: Expr, l: u32, r: u32) -> Expr {
    Expr::new(ExprKind::Not(Box::new(operand)), Span::new(l, r))
}

pub(crate) fn negate_if(negated: bool, expr: Expr) -> Expr {
    if !negated {
        return expr;
    }
    let Span { start, end } = expr.span;
    not(expr, start, end)
}

pub(crate) fn call(name: Name, args: Vec<Expr>, span: Span, diagnostics: &mut Vec<Diagnostic>) -> Expr {
    if !name.text.eq_ignore_ascii_case("ifcase") {
        let arms = args.iter().filter(|arg| matches!(arg.kind, ExprKind::Guarded { .. }));
        diagnostics.extend(arms.map(|arm| {
            Diagnostic::error(
                codes::ARM_OUTSIDE_IFCASE,
                format!("`IF` without `ELSE` in the arguments of `{}`", name.text),
                arm.span,
            )
            .label("only `ifcase` takes such arguments")
            .note("write `value IF condition ELSE other`")
        }));
    }
    Expr::new(ExprKind::Call { name, args }, span)
}

pub(crate) fn cast(
    name: &Name,
    value: Expr,
    kind: Name,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expr {
    if !name.text.eq_ignore_ascii_case("cast") {
        diagnostics.push(
            Diagnostic::error(
                codes::AS_OUTSIDE_CAST,
                format!("`AS` in the arguments of `{}`", name.text),
                value.span.cover(kind.span),
            )
            .label("only `cast(value AS kind)` takes `AS`"),
        );
    }
    Expr::new(ExprKind::Cast { value: Box::new(value), kind }, span)
}

/// Words for a syntax error of the grammar.
fn refused(
    text: &str,
    lexemes: &[Lexeme],
    next: Option<&Lexeme>,
    error: &ParseError<u32, Tok, ()>,
) -> Diagnostic {
    let (place, expected): (Option<(u32, &Tok, u32)>, &[String]) = match error {
        ParseError::UnrecognizedToken { token: (l, tok, r), expected } => (Some((*l, tok, *r)), expected),
        ParseError::ExtraToken { token: (l, tok, r) } => (Some((*l, tok, *r)), &[]),
        ParseError::UnrecognizedEof { expected, .. } => (None, expected),
        ParseError::InvalidToken { .. } | ParseError::User { .. } => (None, &[]),
    };
    let wants = |token: &str| expected.iter().any(|it| it.trim_matches('"') == token);
    let at = place.and_then(|(l, ..)| lexemes.iter().position(|it| l < it.span.end));
    let here = at.and_then(|at| lexemes.get(at));
    let previous = match at {
        Some(at) => at.checked_sub(1).and_then(|at| lexemes.get(at)),
        None => lexemes.last(),
    };
    let span = match (here, previous) {
        (Some(here), _) => here.span,
        (None, Some(previous)) => Span::at(previous.span.end),
        (None, None) => Span::at(0),
    };
    let here_words = here.or(next).map_or_else(|| "the end".to_owned(), |it| found(text, it));
    let tok = place.map(|(_, tok, _)| tok);

    if wants("AND of BETWEEN") && !matches!(tok, Some(Tok::Close)) || wants("AND of BETWEEN") && wants("+") {
        return Diagnostic::error(
            codes::BETWEEN_WITHOUT_AND,
            format!("expected `AND` and the upper bound of `BETWEEN`, found {here_words}"),
            span,
        )
        .label("the upper bound is missing")
        .note("write `x BETWEEN low AND high`; both bounds are excluded");
    }
    if wants("ELSE") && !wants("field") {
        return Diagnostic::error(
            codes::IF_WITHOUT_ELSE,
            format!("expected `ELSE`, found {here_words}"),
            span,
        )
        .label("`value IF condition` needs `ELSE other` here")
        .note("a guard without `ELSE` stands at the end of a column, outside of brackets");
    }
    if wants("]")
        && !wants("+")
        && let Some(Tok::Field(_) | Tok::Call(_)) = tok
    {
        return Diagnostic::error(
            codes::NAME_IN_LIST,
            format!("expected a string or a number in `[ … ]`, found {here_words}"),
            span,
        )
        .label("square brackets hold literals only")
        .note("write strings in double quotes, or use round brackets after `IN` for fields and functions");
    }
    if wants("set (") && !wants("+") && !wants("literal") {
        return Diagnostic::error(
            codes::NOT_A_SET,
            format!("expected a list, a field, a function or a string, found {here_words}"),
            span,
        )
        .label("not something to look into");
    }
    if wants("field") || wants("literal") {
        if let (Some(Tok::Close), Some(open)) = (tok, previous)
            && open.kind == TokenKind::OpenRound
        {
            return Diagnostic::error(
                codes::EMPTY_BRACKETS,
                "brackets with nothing in them",
                open.span.cover(span),
            )
            .label("expected an expression");
        }
        if let (Some(Tok::Close | Tok::CloseSquare), Some(comma)) = (tok, previous)
            && comma.kind == TokenKind::Comma
        {
            return Diagnostic::error(codes::EMPTY_ITEM, "nothing stands after this comma", comma.span)
                .label("expected another argument")
                .replace("remove the comma", comma.span, "");
        }
        return words::missing_operand_at(text, span, previous, here.or(next));
    }
    let mut accepted = vec!["an operator"];
    accepted.extend(
        [(",", "`,`"), ("separator", "`,`"), (")", "`)`"), ("]", "`]`")]
            .into_iter()
            .filter_map(|(token, words)| wants(token).then_some(words)),
    );
    Diagnostic::error(codes::UNEXPECTED, format!("unexpected {here_words}"), span)
        .label(format!("expected {}", either(&accepted)))
}

/// "a, b or c"
pub(crate) fn either(items: &[&str]) -> String {
    match items {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} or {last}", init.join(", ")),
    }
}
