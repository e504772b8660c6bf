//! Which tokens of a statement stand in brackets; and where a bracket that nobody closed must have ended.
//!
//! A column keeps its mistakes to itself: an unclosed bracket ends before the next word that cannot stand in brackets.

use crate::lexeme::{Keyword, Lexeme};
use crate::{Diagnostic, Edit, Fix, Safety, Span, TokenKind, codes};

/// What the brackets of a statement tell about each of its lexemes.
#[derive(Debug, Default)]
pub(crate) struct Brackets {
    /// How many brackets stand around the lexeme; a bracket itself stands outside.
    pub depth: Vec<u32>,
    /// Whether the lexeme belongs to a part whose mistake is reported already.
    pub broken: Vec<bool>,
    /// Whether a column ends after the lexeme although no comma says so.
    pub cut_after: Vec<bool>,
}

impl Brackets {
    pub fn at_top(&self, at: usize) -> bool {
        self.depth.get(at) == Some(&0)
    }
}

/// Reads the brackets of one statement, and reports those without partner.
pub(crate) fn brackets(text: &str, lexemes: &[Lexeme], diagnostics: &mut Vec<Diagnostic>) -> Brackets {
    let unclosed = unclosed(lexemes);
    let mut out = Brackets {
        depth: vec![0; lexemes.len()],
        broken: lexemes.iter().map(|it| it.kind.is_error()).collect(),
        cut_after: vec![false; lexemes.len()],
    };
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(lexeme) = lexemes.get(at) {
        let innermost = open.last().copied();
        if let Some(opener) = innermost.filter(|&it| flag(&unclosed, it)) {
            let after_text = at > 0 && lexemes.get(at - 1).is_some_and(|it| swallows_line(it.kind));
            if after_text && lexeme.newline || cannot_be_inside(text, lexemes, opener, at) {
                let end = if lexeme.is(Keyword::As) { line_comma(lexemes, &out, opener, at) } else { at };
                report(text, lexemes.get(..at).unwrap_or_default(), &unclosed, &open, end, diagnostics);
                let outer = open.iter().copied().find(|&it| flag(&unclosed, it)).unwrap_or(opener);
                mark(&mut out.broken, outer, end);
                // The brackets around the first unclosed one go, too: they cannot be told from it.
                open.clear();
                if after_text && ends_with_comma(text, lexemes, at) {
                    set(&mut out.cut_after, at - 1);
                }
                at = end;
                continue;
            }
        } else if open.is_empty()
            && lexeme.newline
            && at > 0
            && lexemes.get(at - 1).is_some_and(|it| swallows_line(it.kind))
            && ends_with_comma(text, lexemes, at)
        {
            set(&mut out.cut_after, at - 1);
        }
        if lexeme.kind.closes() {
            close(lexemes, &unclosed, &mut open, at, &mut out, diagnostics);
        }
        if let Some(depth) = out.depth.get_mut(at) {
            *depth = open.len() as u32;
        }
        if lexeme.kind.opens() {
            open.push(at);
        }
        at += 1;
    }
    if open.iter().any(|&it| flag(&unclosed, it)) {
        report(text, lexemes, &unclosed, &open, lexemes.len(), diagnostics);
        if let Some(&outer) = open.iter().find(|&&it| flag(&unclosed, it)) {
            mark(&mut out.broken, outer, lexemes.len());
        }
    }
    out
}

/// Handles a closing bracket: pops its partner, or reports that there is none.
fn close(
    lexemes: &[Lexeme],
    unclosed: &[bool],
    open: &mut Vec<usize>,
    at: usize,
    out: &mut Brackets,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(lexeme) = lexemes.get(at) else { return };
    let partner = open.iter().rposition(|&it| {
        !flag(unclosed, it) && lexemes.get(it).is_some_and(|it| pairs(it.kind, lexeme.kind))
    });
    if let Some(partner) = partner {
        let left: Vec<usize> = open.drain(partner..).skip(1).collect();
        if let Some(&first) = left.first() {
            report_unclosed(lexemes, &left, diagnostics);
            mark(&mut out.broken, first, at + 1);
        }
        return;
    }
    let name = symbol(lexeme.kind);
    let diagnostic =
        Diagnostic::error(codes::UNOPENED_BRACKET, format!("`{name}` closes nothing"), lexeme.span)
            .label("no bracket is open here");
    diagnostics.push(diagnostic.fix("remove it", Safety::Unsafe, lexeme.span, ""));
    set(&mut out.broken, at);
}

/// The opening brackets that have no partner, if every bracket takes the nearest that fits.
fn unclosed(lexemes: &[Lexeme]) -> Vec<bool> {
    let mut unclosed = vec![false; lexemes.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        if lexeme.kind.opens() {
            set(&mut unclosed, at);
            open.push(at);
        } else if lexeme.kind.closes() {
            let fits = |&it: &usize| lexemes.get(it).is_some_and(|it| pairs(it.kind, lexeme.kind));
            if let Some(partner) = open.iter().rposition(fits) {
                for opener in open.drain(partner..).take(1) {
                    if let Some(flag) = unclosed.get_mut(opener) {
                        *flag = false;
                    }
                }
            }
        }
    }
    unclosed
}

/// Words that stand outside of brackets only: clauses, and `AS` outside of `cast(x AS int)`.
fn cannot_be_inside(text: &str, lexemes: &[Lexeme], opener: usize, at: usize) -> bool {
    let Some(keyword) = lexemes.get(at).and_then(|it| it.keyword) else { return false };
    let after_value = at > 0 && lexemes.get(at - 1).is_some_and(|it| it.ends_operand() || it.kind.opens());
    let line_start = lexemes.get(at).is_some_and(|it| it.newline);
    match keyword {
        Keyword::As => {
            let function = opener.checked_sub(1).and_then(|it| lexemes.get(it));
            after_value && !function.is_some_and(|it| it.span.of(text).eq_ignore_ascii_case("cast"))
        }
        Keyword::Shortdesc | Keyword::Longdesc | Keyword::Kind | Keyword::Mergeop => after_value,
        Keyword::From
        | Keyword::Into
        | Keyword::By
        | Keyword::Where
        | Keyword::With
        | Keyword::Alias
        | Keyword::Limit
        | Keyword::Filter => after_value || line_start,
        _ => false,
    }
}

/// The last comma beside a line break between the opening bracket and `AS`: the next column began there.
fn line_comma(lexemes: &[Lexeme], out: &Brackets, opener: usize, at: usize) -> usize {
    let inside = out.depth.get(opener).map_or(1, |depth| depth + 1);
    (opener + 1..at)
        .rev()
        .find(|&it| {
            let comma = lexemes.get(it).is_some_and(|it| it.kind == TokenKind::Comma);
            let by_line = lexemes.get(it).is_some_and(|it| it.newline)
                || lexemes.get(it + 1).is_some_and(|it| it.newline);
            comma && by_line && out.depth.get(it) == Some(&inside)
        })
        .unwrap_or(at)
}

/// Whether the unclosed text before `at` has swallowed the comma that ended its column.
fn ends_with_comma(text: &str, lexemes: &[Lexeme], at: usize) -> bool {
    let swallowed = at.checked_sub(1).and_then(|it| lexemes.get(it)).map_or("", |it| it.span.of(text));
    swallowed.trim_end().ends_with(',') && lexemes.get(at).is_some_and(|it| it.kind != TokenKind::Comma)
}

fn swallows_line(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::UnclosedText | TokenKind::UnclosedName)
}

fn report(
    text: &str,
    lexemes: &[Lexeme],
    unclosed: &[bool],
    open: &[usize],
    end: usize,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let left: Vec<usize> = open.iter().copied().filter(|&it| flag(unclosed, it)).collect();
    // An unclosed string may have swallowed the bracket: then the string is the mistake.
    let from = left.first().copied().unwrap_or_default();
    let swallowed = lexemes.iter().skip(from).find(|it| swallows_line(it.kind));
    if swallowed.is_some_and(|it| it.span.of(text).contains([')', ']', '}'])) {
        return;
    }
    report_unclosed(lexemes, &left, diagnostics);
    // Alone, it can end in one place only: where it was taken to.
    if let ([_], Some(last), Some(diagnostic)) =
        (left.as_slice(), lexemes.get(..end).and_then(<[_]>::last), diagnostics.last_mut())
    {
        let closer = lexemes.get(from).map_or(")", |it| partner(it.kind));
        let edit = Edit { file: 0, span: Span::at(last.span.end), text: closer.to_owned() };
        let title = format!("close it with `{closer}` here");
        diagnostic.fixes.push(Fix { title, safety: Safety::Unsafe, edits: vec![edit] });
    }
}

/// One finding for brackets that end at the same place; it stands at the innermost.
fn report_unclosed(lexemes: &[Lexeme], left: &[usize], diagnostics: &mut Vec<Diagnostic>) {
    let spans: Vec<(TokenKind, Span)> =
        left.iter().filter_map(|&it| lexemes.get(it)).map(|it| (it.kind, it.span)).collect();
    let Some(((kind, span), others)) = spans.split_last() else { return };
    let diagnostic =
        Diagnostic::error(codes::UNCLOSED_BRACKET, format!("`{}` is never closed", symbol(*kind)), *span)
            .label(format!("expected a `{}` for this bracket", partner(*kind)));
    // A text of thousands of brackets is no work of people.
    diagnostics.push(
        others
            .iter()
            .rev()
            .take(3)
            .rev()
            .fold(diagnostic, |it, (_, span)| it.also(0, *span, "nor is this one")),
    );
}

fn pairs(open: TokenKind, close: TokenKind) -> bool {
    matches!(
        (open, close),
        (TokenKind::OpenRound, TokenKind::CloseRound)
            | (TokenKind::OpenSquare, TokenKind::CloseSquare)
            | (TokenKind::OpenCurly, TokenKind::CloseCurly)
    )
}

fn symbol(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::OpenRound => "(",
        TokenKind::CloseRound => ")",
        TokenKind::OpenSquare => "[",
        TokenKind::CloseSquare => "]",
        TokenKind::OpenCurly => "{",
        _ => "}",
    }
}

fn partner(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::OpenRound => ")",
        TokenKind::OpenSquare => "]",
        _ => "}",
    }
}

fn flag(flags: &[bool], at: usize) -> bool {
    flags.get(at).copied().unwrap_or(false)
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

fn mark(flags: &mut [bool], from: usize, to: usize) {
    flags.iter_mut().take(to).skip(from).for_each(|flag| *flag = true);
}
