//! Between lexer and grammar: gives every token the one meaning it has at its place.
//!
//! What needs more than one token of look-ahead or a memory of open brackets is settled here: which `(` opens a call, a
//! list, a set or a group; which `AND` belongs to `BETWEEN`; where an item of a list ends; whether `-` has a left side.
//! So the grammar stays small and free of conflicts, and depth is bounded before anything recurses.

use crate::ast::{FieldRef, Literal, Name};
use crate::lexeme::{Keyword, Lexeme};
use crate::words::{self, found};
use crate::{Diagnostic, Span, TokenKind, ast::Dialect, codes, literal};

/// Brackets, `NOT`s and minus signs inside each other.
pub(crate) const MAX_DEPTH: usize = 1_000;
/// Levels of the tree: every operator in a row adds one, too. Everybody may walk such a tree recursively.
pub(crate) const MAX_HEIGHT: usize = 3_000;

/// The tokens of the grammar.
#[derive(Clone, Debug)]
pub(crate) enum Tok {
    Literal(Literal),
    Text(String),
    Field(FieldRef),
    Call(Name),
    Type(Name),
    Include(Name),
    AndList,
    OrList,
    Set,
    Open,
    Close,
    OpenSquare,
    CloseSquare,
    Comma,
    Separator,
    LoneStar,
    If,
    Else,
    As,
    Or,
    And,
    BetweenAnd,
    Not,
    InfixNot,
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    In,
    Intersects,
    Like,
    Contains,
    Between,
    IsNull,
    IsNotNull,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Negative,
    Exists,
}

/// A token between its first and its last byte, as lalrpop wants it.
pub(crate) type Spanned = (u32, Tok, u32);

/// What an open bracket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    /// No bracket: the whole expression.
    Top,
    /// `(`
    Group,
    /// `AND (`, `OR (`
    List,
    /// `f(`
    Call,
    /// `IN (`
    Set,
    /// `[`
    Square,
}

#[derive(Debug)]
struct Frame {
    bracket: Bracket,
    /// Whether line breaks inside mean nothing, in FilterQL.
    lines_are_blanks: bool,
    /// `BETWEEN`s of this item that still wait for their `AND`.
    betweens: usize,
    /// `NOT`s and minus signs of this item.
    prefixes: usize,
    /// Operators of this item, and one.
    operators: usize,
    /// Height of the highest bracket that closed in this item.
    inner: usize,
    /// Height of the highest earlier item.
    highest: usize,
}

/// Gives the grammar's tokens, or nothing when a diagnostic was made.
pub(crate) fn adapt(
    text: &str,
    dialect: Dialect,
    lexemes: &[Lexeme],
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Vec<Spanned>> {
    let mut adapter = Adapter {
        text,
        dialect,
        lexemes,
        at: 0,
        wants_operand: true,
        frames: vec![Frame::new(Bracket::Top, false)],
        depth: 0,
        height: 1,
        out: Vec::with_capacity(lexemes.len() + 8),
        diagnostics,
        failed: false,
    };
    while adapter.at < lexemes.len() && adapter.step().is_some() {}
    let done = adapter.at >= lexemes.len() && !adapter.failed;
    done.then_some(adapter.out)
}

impl Frame {
    fn new(bracket: Bracket, lines_are_blanks: bool) -> Self {
        Self { bracket, lines_are_blanks, betweens: 0, prefixes: 0, operators: 1, inner: 0, highest: 1 }
    }

    /// An upper bound of the depth of this item's tree so far.
    fn height(&self) -> usize {
        self.operators + self.inner
    }

    fn next_item(&mut self) {
        self.highest = self.highest.max(self.height());
        (self.betweens, self.prefixes, self.operators, self.inner) = (0, 0, 1, 0);
    }
}

struct Adapter<'t, 'd> {
    text: &'t str,
    dialect: Dialect,
    lexemes: &'t [Lexeme],
    at: usize,
    /// Whether an operand is due; otherwise one has just ended.
    wants_operand: bool,
    /// Open brackets, the whole expression first. Invariant: never empty.
    frames: Vec<Frame>,
    /// Open brackets and prefixes in all frames.
    depth: usize,
    /// Sum of the heights of all frames: no smaller than the depth of the tree.
    height: usize,
    out: Vec<Spanned>,
    diagnostics: &'d mut Vec<Diagnostic>,
    failed: bool,
}

impl<'t> Adapter<'t, '_> {
    fn peek(&self, ahead: usize) -> Option<&'t Lexeme> {
        self.lexemes.get(self.at + ahead)
    }

    fn previous(&self) -> Option<&'t Lexeme> {
        self.at.checked_sub(1).and_then(|at| self.lexemes.get(at))
    }

    /// The place of the whole expression.
    fn whole(&self) -> Span {
        self.lexemes
            .first()
            .zip(self.lexemes.last())
            .map_or_else(Span::default, |(a, z)| a.span.cover(z.span))
    }

    fn top(&self) -> Bracket {
        self.frames.last().map_or(Bracket::Top, |frame| frame.bracket)
    }

    fn push(&mut self, tok: Tok, span: Span) {
        self.out.push((span.start, tok, span.end));
    }

    /// Emits a token that ends an operand.
    #[expect(clippy::unnecessary_wraps, reason = "the steps end with it")]
    fn operand(&mut self, tok: Tok, span: Span, lexemes: usize) -> Option<()> {
        self.push(tok, span);
        self.at += lexemes;
        self.wants_operand = false;
        Some(())
    }

    /// Emits a token after which an operand is due.
    fn operator(&mut self, tok: Tok, span: Span) -> Option<()> {
        self.push(tok, span);
        self.at += 1;
        self.wants_operand = true;
        self.grow(span)
    }

    /// One more level of the tree.
    fn grow(&mut self, span: Span) -> Option<()> {
        if let Some(frame) = self.frames.last_mut() {
            frame.operators += 1;
        }
        self.height += 1;
        if self.height > MAX_HEIGHT { self.stop(words::too_long(span)) } else { Some(()) }
    }

    fn prefix(&mut self, tok: Tok, span: Span) -> Option<()> {
        if let Some(frame) = self.frames.last_mut() {
            frame.prefixes += 1;
        }
        self.depth += 1;
        self.push(tok, span);
        self.at += 1;
        self.grow(span)?;
        self.check_depth(span)
    }

    fn open(&mut self, tok: Tok, span: Span, bracket: Bracket, lexemes: usize) -> Option<()> {
        let inherited = self.frames.last().is_some_and(|frame| frame.lines_are_blanks);
        let lines_are_blanks = match bracket {
            Bracket::Call | Bracket::Set | Bracket::Square => true,
            Bracket::Group => inherited,
            Bracket::List | Bracket::Top => false,
        };
        self.frames.push(Frame::new(bracket, lines_are_blanks));
        (self.depth, self.height) = (self.depth + 1, self.height + 1);
        self.push(tok, span);
        self.at += lexemes;
        self.wants_operand = true;
        self.check_depth(span)
    }

    fn check_depth(&mut self, span: Span) -> Option<()> {
        if self.depth > MAX_DEPTH { self.stop(words::too_deep(span)) } else { Some(()) }
    }

    /// The next item of the innermost bracket begins.
    fn next_item(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            self.depth -= frame.prefixes;
            self.height -= frame.height() - 1;
            frame.next_item();
        }
    }

    /// Reports and gives up: what follows would only repeat the finding.
    fn stop(&mut self, diagnostic: Diagnostic) -> Option<()> {
        self.report(diagnostic);
        None
    }

    /// Reports and goes on, as if a good operand stood there.
    fn report(&mut self, diagnostic: Diagnostic) {
        self.failed = true;
        self.diagnostics.push(diagnostic);
    }

    fn step(&mut self) -> Option<()> {
        let lexeme = self.peek(0)?;
        if !self.wants_operand {
            self.end_item(lexeme)?;
        }
        match lexeme.kind {
            TokenKind::CloseRound => self.close(Tok::Close, lexeme),
            TokenKind::CloseSquare => self.close(Tok::CloseSquare, lexeme),
            TokenKind::Comma => self.comma(lexeme),
            _ if self.wants_operand => self.step_operand(lexeme),
            _ => self.step_operator(lexeme),
        }
    }

    /// After an operand: ends the item of a list when the next token begins another, or when the line ended it.
    fn end_item(&mut self, lexeme: &Lexeme) -> Option<()> {
        let frame = self.frames.last()?;
        if lexeme.kind.closes() || lexeme.kind == TokenKind::Comma {
            return Some(());
        }
        let in_list = frame.bracket == Bracket::List;
        let begins_list = (lexeme.is(Keyword::And) && frame.betweens == 0 || lexeme.is(Keyword::Or))
            && self.peek(1).is_some_and(|next| next.kind == TokenKind::OpenRound);
        if self.dialect == Dialect::FilterQl && lexeme.newline && !frame.lines_are_blanks {
            let goes_on = self.is_infix(lexeme) && !(in_list && begins_list);
            return match frame.bracket {
                _ if goes_on => {
                    let previous = self.previous();
                    self.stop(words::line_begins_with_operator(self.text, previous, lexeme, in_list))
                }
                Bracket::List => {
                    self.separate(lexeme);
                    Some(())
                }
                Bracket::Top => self.stop(words::several_conditions(lexeme.span, self.whole())),
                _ => Some(()),
            };
        }
        if in_list && (lexeme.is(Keyword::And) && begins_list || !self.is_infix(lexeme)) {
            if !lexeme.newline {
                let before = self.previous().unwrap_or(lexeme);
                self.diagnostics.push(words::items_without_comma(self.text, before, lexeme));
            }
            self.separate(lexeme);
        }
        Some(())
    }

    fn separate(&mut self, lexeme: &Lexeme) {
        self.push(Tok::Separator, Span::at(lexeme.span.start));
        self.next_item();
        self.wants_operand = true;
    }

    /// Whether the token, after an operand, goes on with the expression.
    fn is_infix(&self, lexeme: &Lexeme) -> bool {
        if let Some(keyword) = lexeme.keyword {
            let negates = keyword == Keyword::Not
                && self.peek(1).and_then(|next| next.keyword).is_some_and(Keyword::follows_not);
            return negates || keyword.is_infix() || keyword == Keyword::As;
        }
        symbol(lexeme.kind).is_some()
    }

    fn comma(&mut self, lexeme: &Lexeme) -> Option<()> {
        if self.wants_operand {
            let previous = self.previous();
            if previous.is_some_and(|it| it.kind == TokenKind::Comma || it.kind.opens()) {
                return self.stop(words::empty_item(lexeme.span));
            }
            return self.stop(words::missing_operand(self.text, previous, lexeme));
        }
        let tok = match self.top() {
            Bracket::List => Tok::Separator,
            Bracket::Top => return self.stop(words::several_conditions(lexeme.span, self.whole())),
            Bracket::Group => return self.stop(words::list_without_operator(lexeme.span)),
            Bracket::Call | Bracket::Set | Bracket::Square => Tok::Comma,
        };
        self.push(tok, lexeme.span);
        self.next_item();
        self.at += 1;
        self.wants_operand = true;
        Some(())
    }

    fn close(&mut self, tok: Tok, lexeme: &Lexeme) -> Option<()> {
        self.next_item();
        if self.frames.len() > 1 {
            self.depth -= 1;
            self.height -= 1;
            let inner = self.frames.pop().map_or(0, |frame| frame.highest);
            // What closed here may become the left side of all that follows.
            if let Some(frame) = self.frames.last_mut() {
                self.height += inner.saturating_sub(frame.inner);
                frame.inner = frame.inner.max(inner);
            }
        }
        self.operand(tok, lexeme.span, 1)
    }

    fn step_operand(&mut self, lexeme: &'t Lexeme) -> Option<()> {
        let span = lexeme.span;
        let call = self.peek(1).is_some_and(|next| next.kind == TokenKind::OpenRound && !next.blank);
        match lexeme.kind {
            TokenKind::Word if lexeme.keyword.is_some() => self.keyword_operand(lexeme, call),
            TokenKind::Word if call => self.open_call(lexeme),
            TokenKind::Word | TokenKind::QuotedName | TokenKind::BracketName => {
                let field = literal::field(lexeme.kind, span.of(self.text));
                if field.text.is_empty() {
                    self.report(words::empty_name(span));
                }
                self.operand(Tok::Field(field), span, 1)
            }
            TokenKind::Text => self.operand(Tok::Text(literal::unquote(span.of(self.text))), span, 1),
            TokenKind::SingleQuoted => {
                if self.dialect == Dialect::Lql {
                    return self.operand(Tok::Text(literal::unquote(span.of(self.text))), span, 1);
                }
                self.diagnostics.push(words::single_quotes(self.text, span));
                let field = literal::field(lexeme.kind, span.of(self.text));
                if field.text.is_empty() {
                    self.report(words::empty_name(span));
                }
                self.operand(Tok::Field(field), span, 1)
            }
            TokenKind::Int | TokenKind::Hex | TokenKind::Float => self.number(lexeme, span, false, 1),
            TokenKind::Duration | TokenKind::DigitWord => {
                self.report(words::bad_number(self.text, lexeme));
                self.operand(Tok::Literal(Literal::Null), span, 1)
            }
            TokenKind::Minus => match self.peek(1) {
                Some(next)
                    if !next.blank
                        && matches!(next.kind, TokenKind::Int | TokenKind::Float | TokenKind::Hex) =>
                {
                    self.number(next, span.cover(next.span), true, 2)
                }
                _ => self.prefix(Tok::Negative, span),
            },
            TokenKind::Bang => self.prefix(Tok::Not, span),
            TokenKind::OpenRound => self.open(Tok::Open, span, Bracket::Group, 1),
            TokenKind::OpenSquare => self.open(Tok::OpenSquare, span, Bracket::Square, 1),
            TokenKind::Star => self.operand(Tok::LoneStar, span, 1),
            kind if kind.is_error() => {
                // Reported with the tokens.
                self.failed = true;
                self.operand(Tok::Literal(Literal::Null), span, 1)
            }
            _ => {
                let previous = self.previous();
                self.stop(words::missing_operand(self.text, previous, lexeme))
            }
        }
    }

    fn number(&mut self, lexeme: &Lexeme, span: Span, negative: bool, lexemes: usize) -> Option<()> {
        let digits = lexeme.span.of(self.text);
        let value = if lexeme.kind == TokenKind::Float {
            literal::float(digits, negative).map(Literal::Number)
        } else {
            literal::int(lexeme.kind, digits, negative).map(Literal::Int)
        };
        let value = value.unwrap_or_else(|| {
            self.report(words::overflow(lexeme.kind, span));
            Literal::Null
        });
        self.operand(Tok::Literal(value), span, lexemes)
    }

    fn open_call(&mut self, lexeme: &Lexeme) -> Option<()> {
        let name = Name { text: lexeme.span.of(self.text).to_owned(), span: lexeme.span };
        self.open(Tok::Call(name), lexeme.span, Bracket::Call, 2)
    }

    /// A keyword where an operand is due.
    fn keyword_operand(&mut self, lexeme: &'t Lexeme, call: bool) -> Option<()> {
        let span = lexeme.span;
        let keyword = lexeme.keyword?;
        let next = self.peek(1);
        match keyword {
            Keyword::And | Keyword::Or if next.is_some_and(|next| next.kind == TokenKind::OpenRound) => {
                let tok = if keyword == Keyword::And { Tok::AndList } else { Tok::OrList };
                self.open(tok, span.cover(next?.span), Bracket::List, 2)
            }
            // Of these, directly before a bracket, functions are named.
            Keyword::Not
            | Keyword::Exists
            | Keyword::Contains
            | Keyword::Select
            | Keyword::Filter
            | Keyword::Limit
                if call =>
            {
                self.open_call(lexeme)
            }
            Keyword::Not => self.prefix(Tok::Not, span),
            Keyword::Exists => {
                self.push(Tok::Exists, span);
                self.at += 1;
                Some(())
            }
            Keyword::Null => self.operand(Tok::Literal(Literal::Null), span, 1),
            Keyword::True => self.operand(Tok::Literal(Literal::Bool(true)), span, 1),
            Keyword::False => self.operand(Tok::Literal(Literal::Bool(false)), span, 1),
            Keyword::Include => self.include(lexeme),
            // These begin clauses elsewhere only; inside an expression they are names.
            Keyword::Select | Keyword::Filter | Keyword::Limit => {
                let field = literal::field(lexeme.kind, span.of(self.text));
                self.operand(Tok::Field(field), span, 1)
            }
            _ => {
                let previous = self.previous();
                self.stop(words::keyword_operand(self.text, previous, lexeme, next))
            }
        }
    }

    /// `INCLUDE` and its name, which may begin with a digit and then consists of several tokens.
    fn include(&mut self, lexeme: &'t Lexeme) -> Option<()> {
        let Some(first) = self.peek(1) else {
            return self.stop(words::include_without_name(lexeme.span));
        };
        let quoted = match first.kind {
            TokenKind::QuotedName | TokenKind::BracketName => true,
            TokenKind::SingleQuoted if self.dialect == Dialect::FilterQl => {
                self.diagnostics.push(words::single_quotes(self.text, first.span));
                true
            }
            _ => false,
        };
        let (name, count) = if quoted {
            (Name { text: literal::field(first.kind, first.span.of(self.text)).text, span: first.span }, 1)
        } else if first.keyword.is_some_and(Keyword::is_of_expressions) {
            return self.stop(words::include_without_name(first.span));
        } else {
            let run = words::glued(self.lexemes.get(self.at + 1..).unwrap_or_default());
            let span = run.first().zip(run.last()).map(|(a, z)| a.span.cover(z.span));
            let text = span.map_or("", |span| span.of(self.text));
            if text.chars().all(|c| c.is_ascii_digit()) {
                return self.stop(words::include_without_name(first.span));
            }
            (Name { text: text.to_owned(), span: span.unwrap_or(first.span) }, run.len())
        };
        if name.text.is_empty() {
            self.report(words::empty_name(name.span));
        }
        let span = lexeme.span.cover(name.span);
        self.operand(Tok::Include(name), span, count + 1)
    }

    fn step_operator(&mut self, lexeme: &'t Lexeme) -> Option<()> {
        let span = lexeme.span;
        if let Some(tok) = symbol(lexeme.kind) {
            return self.operator(tok, span);
        }
        let Some(keyword) = lexeme.keyword else {
            return self.unexpected(lexeme);
        };
        match keyword {
            Keyword::Or => self.operator(Tok::Or, span),
            Keyword::And => match self.frames.last_mut() {
                Some(frame) if frame.betweens > 0 => {
                    frame.betweens -= 1;
                    self.operator(Tok::BetweenAnd, span)
                }
                _ => self.operator(Tok::And, span),
            },
            Keyword::Between => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.betweens += 1;
                }
                self.operator(Tok::Between, span)
            }
            Keyword::Like => {
                if self.peek(1).is_some_and(|next| next.kind == TokenKind::OpenRound)
                    && words::round_patterns(self.lexemes.get(self.at + 1..).unwrap_or_default())
                {
                    return self.stop(words::like_round(self.text, self.lexemes.get(self.at + 1..)?));
                }
                self.operator(Tok::Like, span)
            }
            Keyword::In => self.set_operator(Tok::In, span),
            Keyword::Intersects => self.set_operator(Tok::Intersects, span),
            Keyword::Contains => self.set_operator(Tok::Contains, span),
            Keyword::If => self.operator(Tok::If, span),
            Keyword::Else => self.operator(Tok::Else, span),
            Keyword::Is => self.is_null(lexeme),
            Keyword::Not if self.is_infix(lexeme) => {
                self.push(Tok::InfixNot, span);
                self.at += 1;
                Some(())
            }
            Keyword::As if self.top() == Bracket::Call => self.cast_type(lexeme),
            _ => self.unexpected(lexeme),
        }
    }

    /// `IN`, `INTERSECTS`, `CONTAINS`: a bracket to the right is a set.
    fn set_operator(&mut self, tok: Tok, span: Span) -> Option<()> {
        let plain = matches!(tok, Tok::Contains);
        self.operator(tok, span)?;
        match self.peek(0) {
            Some(next) if next.kind == TokenKind::OpenRound => {
                self.open(Tok::Set, next.span, Bracket::Set, 1)
            }
            Some(next) if !plain && (next.kind.is_number_like() || next.kind == TokenKind::Minus) => {
                self.stop(words::not_a_set(self.text, next))
            }
            _ => Some(()),
        }
    }

    fn is_null(&mut self, lexeme: &Lexeme) -> Option<()> {
        let not = usize::from(self.peek(1).is_some_and(|next| next.is(Keyword::Not)));
        match self.peek(1 + not) {
            Some(null) if null.is(Keyword::Null) => {
                let tok = if not == 1 { Tok::IsNotNull } else { Tok::IsNull };
                self.operand(tok, lexeme.span.cover(null.span), 2 + not)
            }
            _ => self.stop(words::is_without_null(self.text, lexeme, self.peek(1))),
        }
    }

    /// `AS int` of `cast(x AS int)`.
    fn cast_type(&mut self, lexeme: &Lexeme) -> Option<()> {
        let rest = self.lexemes.get(self.at + 1..).unwrap_or_default();
        let (name, count) = words::kind_name(self.text, rest);
        let Some(name) = name else {
            return self.stop(words::bad_kind(self.text, lexeme, rest.first()));
        };
        let span = name.span;
        self.push(Tok::As, lexeme.span);
        self.at += 1;
        self.operand(Tok::Type(name), span, count)
    }

    /// No operator, where one is due.
    fn unexpected(&mut self, lexeme: &Lexeme) -> Option<()> {
        let previous = self.previous();
        if lexeme.kind.is_error() {
            // Reported with the tokens.
            self.failed = true;
            return None;
        }
        let end = self.top() == Bracket::Top;
        self.stop(match previous {
            Some(name)
                if lexeme.kind == TokenKind::OpenRound
                    && name.kind == TokenKind::Word
                    && name.keyword.is_none() =>
            {
                words::space_before_arguments(self.text, name, lexeme)
            }
            _ => Diagnostic::error(
                codes::UNEXPECTED,
                format!("unexpected {} after a complete expression", found(self.text, lexeme)),
                lexeme.span,
            )
            .label(if end {
                "expected an operator or the end"
            } else {
                "expected an operator, `,` or `)`"
            }),
        })
    }
}

/// The operator that a symbol is, after an operand.
fn symbol(kind: TokenKind) -> Option<Tok> {
    Some(match kind {
        TokenKind::EqEq | TokenKind::Eq => Tok::Eq,
        TokenKind::BangEq | TokenKind::LtGt => Tok::Ne,
        TokenKind::Lt => Tok::Lt,
        TokenKind::Le => Tok::Le,
        TokenKind::Gt => Tok::Gt,
        TokenKind::Ge => Tok::Ge,
        TokenKind::AndAnd => Tok::And,
        TokenKind::OrOr => Tok::Or,
        TokenKind::Plus => Tok::Plus,
        TokenKind::Minus => Tok::Minus,
        TokenKind::Star => Tok::Star,
        TokenKind::Slash => Tok::Slash,
        TokenKind::Percent => Tok::Percent,
        _ => return None,
    })
}
