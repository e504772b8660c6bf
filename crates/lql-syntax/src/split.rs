//! Cuts a text into statements and a statement into clauses and columns, before the grammar sees any of it.
//!
//! Every piece is read on its own, so a broken piece costs only itself.

use crate::ast::Dialect;
use crate::brackets::{Brackets, brackets};
use crate::lexeme::{Keyword, Lexeme};
use crate::suggest::nearest;
use crate::{Diagnostic, Safety, Span, TokenKind, codes};
use std::ops::Range;

/// The words of other query languages, and of field properties, that are no clauses here.
pub(crate) const FOREIGN: &[&str] =
    &["CAPACITY", "TTL", "KEEP", "WITHIN", "ON", "GROUP", "ORDER", "HAVING", "JOIN", "OFFSET"];

/// One statement of a text: its lexemes and what is known of each.
#[derive(Debug)]
pub(crate) struct Piece<'t> {
    pub text: &'t str,
    pub dialect: Dialect,
    pub lexemes: &'t [Lexeme],
    pub brackets: Brackets,
    /// The part that each lexeme plays.
    pub roles: Vec<Role>,
    /// The clause of the statement that was begun last.
    current: Option<Keyword>,
}

/// The part that a lexeme plays in its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Begins a clause of the statement, or of a column; perhaps misspelt.
    Head(Keyword),
    /// Begins something that is no clause here: `GROUP BY x`.
    Foreign,
    /// A keyword that is used as a name; reported.
    Name,
    /// Anything else.
    Inner,
}

/// A clause: its first word and what follows.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// The keyword; nothing for a foreign word.
    pub keyword: Option<Keyword>,
    pub head: usize,
    pub body: Range<usize>,
}

/// Cuts the lexemes of a text into statements, without the semicolons.
pub(crate) fn statements(
    dialect: Dialect,
    lexemes: &[Lexeme],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Range<usize>> {
    let mut statements = Vec::new();
    let mut start = 0;
    let mut seen = Seen::default();
    for (at, lexeme) in lexemes.iter().enumerate() {
        if lexeme.kind == TokenKind::Semicolon {
            statements.push(start..at);
            start = at + 1;
            seen = Seen::default();
        } else if at > start && begins_statement(dialect, lexemes, at, &seen) {
            let end = lexemes.get(at - 1).map_or(0, |it| it.span.end);
            diagnostics.push(
                Diagnostic::error(
                    codes::MISSING_SEMICOLON,
                    "statement begins before the last one ended",
                    lexeme.span,
                )
                .label("expected `;` before this")
                .replace("end the statement before with `;`", Span::at(end), ";"),
            );
            statements.push(start..at);
            start = at;
            seen = Seen::default();
        }
        seen.select |= lexeme.is(Keyword::Select);
        seen.filter |= lexeme.is(Keyword::Filter);
        seen.alias |= lexeme.is(Keyword::Alias);
    }
    statements.push(start..lexemes.len());
    statements.retain(|range| !range.is_empty());
    statements
}

/// Which keywords a statement has had so far.
#[derive(Debug, Default)]
struct Seen {
    select: bool,
    filter: bool,
    alias: bool,
}

/// Whether a line begins with `SELECT` or `FILTER` in a statement that is complete without it.
fn begins_statement(dialect: Dialect, lexemes: &[Lexeme], at: usize, seen: &Seen) -> bool {
    let Some(lexeme) = lexemes.get(at).filter(|it| it.newline) else { return false };
    let next = lexemes.get(at + 1);
    let is_name = next.is_none_or(|next| {
        matches!(next.kind, TokenKind::Comma | TokenKind::CloseRound)
            || next.is(Keyword::As)
            || is_symbol(next.kind)
    });
    let is_call = next.is_some_and(|next| next.kind == TokenKind::OpenRound && !next.blank);
    let wants_value = lexemes.get(at - 1).is_some_and(|it| {
        it.kind == TokenKind::Comma || it.kind.opens() || is_symbol(it.kind) || it.is(Keyword::Select)
    });
    match lexeme.keyword {
        Some(Keyword::Select) if is_name => false,
        Some(Keyword::Select) => seen.select || seen.filter,
        Some(Keyword::Filter) if is_name || is_call && wants_value => false,
        Some(Keyword::Filter) => seen.filter || dialect == Dialect::Lql && seen.alias && !wants_value,
        _ => false,
    }
}

fn is_symbol(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::EqEq
            | TokenKind::Eq
            | TokenKind::BangEq
            | TokenKind::LtGt
            | TokenKind::Lt
            | TokenKind::Le
            | TokenKind::Gt
            | TokenKind::Ge
            | TokenKind::AndAnd
            | TokenKind::OrOr
            | TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Star
            | TokenKind::Slash
            | TokenKind::Percent
    )
}

impl<'t> Piece<'t> {
    pub fn new(
        text: &'t str,
        dialect: Dialect,
        lexemes: &'t [Lexeme],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let brackets = brackets(text, lexemes, diagnostics);
        let mut piece = Self { text, dialect, lexemes, brackets, roles: Vec::new(), current: None };
        for at in 0..lexemes.len() {
            let role = piece.role(at, diagnostics);
            match role {
                Role::Head(keyword) if !keyword.is_column_clause() => piece.current = Some(keyword),
                _ => {}
            }
            piece.roles.push(role);
        }
        piece
    }

    pub fn role_at(&self, at: usize) -> Role {
        self.roles.get(at).copied().unwrap_or(Role::Inner)
    }

    pub fn get(&self, at: usize) -> Option<&'t Lexeme> {
        self.lexemes.get(at)
    }

    pub fn slice(&self, range: Range<usize>) -> &'t [Lexeme] {
        self.lexemes.get(range).unwrap_or_default()
    }

    /// From the first lexeme of a range to its last; an empty range is a point after what stands before it.
    pub fn span(&self, range: Range<usize>) -> Span {
        match (self.get(range.start), range.end.checked_sub(1).and_then(|it| self.get(it))) {
            (Some(first), Some(last)) if range.start < range.end => first.span.cover(last.span),
            _ => Span::at(range.start.checked_sub(1).and_then(|it| self.get(it)).map_or(0, |it| it.span.end)),
        }
    }

    /// Whether something in the range is reported already.
    pub fn is_broken(&self, range: Range<usize>) -> bool {
        self.brackets.broken.get(range).is_some_and(|it| it.contains(&true))
    }

    /// Whether the lexeme before `at` ends a value or a name.
    fn after_value(&self, at: usize) -> bool {
        let Some(previous) = at.checked_sub(1) else { return false };
        match self.role_at(previous) {
            Role::Name => true,
            Role::Head(_) | Role::Foreign => false,
            Role::Inner => {
                let Some(lexeme) = self.get(previous) else { return false };
                // `count(*)` closes before; a lone `*` is `SELECT *`.
                lexeme.ends_operand()
                    || lexeme.kind == TokenKind::CloseCurly
                    || lexeme.kind == TokenKind::Star
                        && self.role_at(previous.saturating_sub(1)) != Role::Inner
            }
        }
    }

    fn role(&self, at: usize, diagnostics: &mut Vec<Diagnostic>) -> Role {
        let Some(lexeme) = self.get(at).filter(|it| it.kind == TokenKind::Word && self.brackets.at_top(at))
        else {
            return Role::Inner;
        };
        let after_value = self.after_value(at);
        let Some(keyword) = lexeme.keyword else {
            return self.word_role(at, lexeme, after_value, diagnostics);
        };
        // `WITH kind = "aspect"`: keys may be any word.
        let key = self.current == Some(Keyword::With)
            && self.get(at + 1).is_some_and(|next| matches!(next.kind, TokenKind::Eq | TokenKind::EqEq));
        if key || !self.can_head(keyword, after_value, at) {
            return Role::Inner;
        }
        if !after_value && at > 0 && self.is_used_as_name(at) {
            diagnostics.push(keyword_as_name(self.text, lexeme));
            return Role::Name;
        }
        Role::Head(keyword)
    }

    /// Whether a keyword begins clauses in this dialect, at such a place.
    fn can_head(&self, keyword: Keyword, after_value: bool, at: usize) -> bool {
        let next = self.get(at + 1);
        let call = next.is_some_and(|next| next.kind == TokenKind::OpenRound && !next.blank);
        match keyword {
            Keyword::Select => at == 0 || !call && !self.is_used_as_name(at),
            Keyword::Filter => at == 0 || after_value,
            Keyword::Limit => after_value,
            Keyword::By => !at.checked_sub(1).is_some_and(|it| self.role_at(it) == Role::Foreign),
            Keyword::From | Keyword::Into | Keyword::Where | Keyword::With | Keyword::Alias => true,
            // In a filter they are refused with the rest of the expression.
            keyword => {
                keyword.is_column_clause()
                    && (self.dialect == Dialect::Lql || self.current == Some(Keyword::Select))
            }
        }
    }

    /// Whether what follows shows that the keyword was meant as a name: `from AS f`, `AS kind, …`.
    fn is_used_as_name(&self, at: usize) -> bool {
        let Some(next) = self.get(at + 1) else {
            // `ALIAS alias` at the very end.
            return at.checked_sub(1).is_some_and(|it| matches!(self.role_at(it), Role::Head(_)));
        };
        let opens = self.get(at + 2).is_some_and(|it| it.kind == TokenKind::OpenRound);
        match next.keyword {
            // `WHERE AND ( … )`, `WHERE contains(…)`: no infix operators.
            Some(Keyword::And | Keyword::Or | Keyword::Contains) if opens => false,
            Some(keyword) => {
                // `SELECT FROM s` lacks columns; `FROM alias INTO user` names a stream badly.
                let head = !keyword.is_of_expressions() || keyword == Keyword::If;
                let previous = at.checked_sub(1).map(|it| self.role_at(it));
                (head && previous != Some(Role::Head(Keyword::Select)) || keyword == Keyword::As)
                    || keyword.follows_not()
                    || matches!(keyword, Keyword::And | Keyword::Or | Keyword::Is | Keyword::Else)
                        && previous != Some(Role::Head(Keyword::Select))
            }
            // `FILTER *`, `WHERE -x < y`: these may begin what follows.
            None if matches!(next.kind, TokenKind::Star | TokenKind::Minus) => !self
                .get(at)
                .is_some_and(|it| it.is(Keyword::Filter) || it.is(Keyword::Where) || it.is(Keyword::If)),
            None => matches!(next.kind, TokenKind::Comma | TokenKind::CloseRound) || is_symbol(next.kind),
        }
    }

    /// A word directly after a value is no operand: a clause misspelt, or one of another language.
    fn word_role(
        &self,
        at: usize,
        lexeme: &Lexeme,
        after_value: bool,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Role {
        let written = lexeme.span.of(self.text);
        let first = at == 0;
        if !(first || after_value && lexeme.blank) {
            return Role::Inner;
        }
        if !first && FOREIGN.iter().any(|it| it.eq_ignore_ascii_case(written)) {
            return Role::Foreign;
        }
        let candidates: &[Keyword] = match self.dialect {
            _ if first => &[Keyword::Select, Keyword::Filter],
            Dialect::Lql => &[
                Keyword::From,
                Keyword::Into,
                Keyword::By,
                Keyword::Where,
                Keyword::With,
                Keyword::Alias,
                Keyword::As,
                Keyword::If,
                Keyword::Shortdesc,
                Keyword::Longdesc,
                Keyword::Kind,
                Keyword::Mergeop,
            ],
            Dialect::FilterQl => &[
                Keyword::From,
                Keyword::Filter,
                Keyword::Where,
                Keyword::Limit,
                Keyword::With,
                Keyword::Alias,
            ],
        };
        let names = candidates.iter().map(|it| it.text());
        let Some(keyword) = nearest(&written.to_ascii_uppercase(), names).and_then(Keyword::of) else {
            return Role::Inner;
        };
        if keyword == Keyword::Filter && self.dialect == Dialect::Lql {
            return Role::Inner;
        }
        // Two letters are easily near: only with something to name behind them.
        let names_something =
            self.get(at + 1).is_some_and(|it| it.ends_operand() && it.kind != TokenKind::CloseRound);
        if !first && !names_something {
            return Role::Inner;
        }
        let right = keyword.text();
        diagnostics.push(
            Diagnostic::error(codes::MISSPELT_KEYWORD, format!("unknown keyword `{written}`"), lexeme.span)
                .label(format!("did you mean `{right}`?"))
                .replace(format!("write `{right}`"), lexeme.span, right),
        );
        Role::Head(keyword)
    }

    /// The clauses of the statement, in order; what stands before the first one is not among them.
    pub fn clauses(&self) -> Vec<Clause> {
        let mut in_columns = false;
        let is_head = |role: &Role| match *role {
            Role::Head(keyword) if !keyword.is_column_clause() => {
                in_columns = keyword == Keyword::Select;
                true
            }
            // In a column, the column deals with it.
            Role::Foreign => !in_columns,
            Role::Head(_) | Role::Name | Role::Inner => false,
        };
        let flags: Vec<bool> = self.roles.iter().map(is_head).collect();
        let heads: Vec<usize> = (0..).zip(&flags).filter(|(_, flag)| **flag).map(|(at, _)| at).collect();
        let ends = heads.iter().skip(1).copied().chain([self.lexemes.len()]);
        heads
            .iter()
            .zip(ends)
            .map(|(&head, end)| {
                let keyword = match self.role_at(head) {
                    Role::Head(keyword) => Some(keyword),
                    _ => None,
                };
                Clause { keyword, head, body: head + 1..end }
            })
            .collect()
    }

    /// The columns of a range: what stands between the commas outside of brackets.
    pub fn columns(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut columns = Vec::new();
        let mut start = range.start;
        for at in range.clone() {
            let comma =
                self.get(at).is_some_and(|it| it.kind == TokenKind::Comma) && self.brackets.at_top(at);
            if comma {
                columns.push(start..at);
                start = at + 1;
            } else if self.brackets.cut_after.get(at) == Some(&true) && at + 1 < range.end {
                columns.push(start..at + 1);
                start = at + 1;
            }
        }
        columns.push(start..range.end);
        columns
    }
}

pub(crate) fn keyword_as_name(text: &str, lexeme: &Lexeme) -> Diagnostic {
    let written = lexeme.span.of(text);
    Diagnostic::error(codes::KEYWORD_AS_NAME, format!("keyword `{written}` used as a name"), lexeme.span)
        .label("a keyword cannot be a name without quotes")
        .fix(format!("quote the name: `` `{written}` ``"), Safety::Safe, lexeme.span, format!("`{written}`"))
}
