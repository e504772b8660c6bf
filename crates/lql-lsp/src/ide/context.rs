//! What may stand at a cursor, from the tokens before it: works in any text, however broken.
//!
//! The scan begins where the statement begins and keeps what the words so far ask for. Trees are not looked at, for the
//! place where somebody types is the place where the tree is broken.

mod scan;
#[cfg(test)]
mod tests;

use super::tree;
use lql_syntax::ast::Dialect;
use lql_syntax::{KEYWORDS, Parsed, Span, Token, TokenKind};

/// What a cursor may continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A statement may begin.
    Statement,
    /// An expression, or a part of one, may begin.
    Operand,
    /// An expression is complete: an operator or a clause may follow.
    AfterOperand,
    /// A clause of the statement may follow, and nothing else.
    Clause,
    /// After `AS`.
    FieldName,
    /// After `KIND`.
    Kind,
    /// After `MERGEOP`.
    MergeOp,
    /// After `AS` in `cast(`.
    CastType,
    /// After `FROM` of a mapping.
    Stream,
    /// After `INTO`, and after `FROM` of a filter.
    Table,
    /// After `BY`, and after `OR` there.
    Identity,
    /// After `ALIAS`.
    Alias,
    /// After `INCLUDE`.
    Segment,
    /// In a string.
    Text,
    /// Nothing is known to fit: after `LIMIT`, `WITH`, `SHORTDESC`, and in comments.
    Other,
}

/// The part of a statement in which an expression stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// No expression.
    #[default]
    None,
    /// The value of a column.
    Value,
    /// `IF` of a column.
    Guard,
    /// `WHERE`, or the condition of a filter.
    Condition,
}

/// A bracket that is open at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The word directly before it: a function's name.
    pub function: Option<Span>,
    /// The opening bracket.
    pub bracket: Span,
    /// Index of the argument that the cursor is in.
    pub argument: usize,
    /// What the elements of a list are compared with: of `event IN (`, the name.
    subject: Option<Span>,
}

/// What surrounds a cursor.
#[derive(Clone, Debug)]
pub struct Context<'t> {
    /// The text.
    pub text: &'t str,
    /// Its language.
    pub dialect: Dialect,
    /// Its tokens.
    pub tokens: &'t [Token],
    /// Tokens of the statement, as far as can be seen.
    pub statement: std::ops::Range<usize>,
    /// What may stand here.
    pub slot: Slot,
    /// The part of the statement.
    pub part: Part,
    /// What a completion replaces: the word at the cursor.
    pub replace: Span,
    /// The replaced text before the cursor.
    pub prefix: &'t str,
    /// Open brackets, the innermost last.
    pub open: Vec<Open>,
    /// Clauses of the column so far.
    pub column_clauses: Vec<&'static str>,
    /// Clauses of the statement, before and behind the cursor.
    pub clauses: Vec<&'static str>,
    /// The first token of the column that is being written.
    pub column: usize,
    /// What the value at the cursor is compared with: a name.
    pub subject: Option<Span>,
    /// The last token before the word at the cursor.
    pub previous: Option<usize>,
}

/// Words that begin a clause of a mapping.
const MAPPING: &[&str] = &["SELECT", "FROM", "INTO", "BY", "WHERE", "WITH", "ALIAS"];
/// Words that begin a clause of a filter.
const FILTER: &[&str] = &["SELECT", "FILTER", "FROM", "WHERE", "WITH", "LIMIT", "ALIAS"];
/// Words that begin a clause of a column.
const COLUMN: &[&str] = &["AS", "IF", "SHORTDESC", "LONGDESC", "KIND", "MERGEOP"];
/// Words after which an operand follows.
const INFIX: &[&str] =
    &["AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "CONTAINS", "INTERSECTS", "EXISTS", "ELSE", "IF"];

/// The clauses of a statement of a language, in the order in which they are printed.
pub fn clauses(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Lql => MAPPING,
        Dialect::FilterQl => FILTER,
    }
}

/// The clauses of a column, in the order in which they are printed.
pub fn column_clauses() -> &'static [&'static str] {
    COLUMN
}

/// The keyword that a word spells, if its place allows one.
pub fn keyword(word: &str) -> Option<&'static str> {
    KEYWORDS.iter().copied().find(|keyword| keyword.eq_ignore_ascii_case(word))
}

impl<'t> Context<'t> {
    /// What surrounds an offset.
    pub fn at(text: &'t str, parsed: &'t Parsed, offset: u32) -> Self {
        let tokens = parsed.tokens.as_slice();
        let after = tokens.partition_point(|token| token.span.start < offset);
        let touched = after.checked_sub(1).filter(|at| {
            tokens.get(*at).is_some_and(|token| {
                let inside = offset < token.span.end;
                match token.kind {
                    TokenKind::Text | TokenKind::SingleQuoted | TokenKind::BlockComment => inside,
                    TokenKind::Whitespace | TokenKind::Newline => false,
                    kind if kind.is_name() || kind.is_number_like() || kind.is_error() => true,
                    TokenKind::LineComment => true,
                    _ => inside,
                }
            })
        });
        let word = touched.filter(|at| tokens.get(*at).is_some_and(|token| !token.kind.is_comment()));
        let end = word.unwrap_or(after);
        let replace = word.and_then(|at| tokens.get(at)).map_or(Span::at(offset), |token| token.span);
        let start = statement_start(text, parsed.dialect, tokens, end);
        let mut context = Self {
            text,
            dialect: parsed.dialect,
            tokens,
            statement: start..statement_end(text, tokens, end),
            slot: Slot::Other,
            part: Part::None,
            replace,
            prefix: Span::new(replace.start, offset).of(text),
            open: Vec::new(),
            column_clauses: Vec::new(),
            clauses: Vec::new(),
            column: start,
            subject: None,
            previous: tree::before(tokens, end).filter(|at| *at >= start),
        };
        let mut scan =
            scan::Scan { context: &mut context, clause: "", wants: Slot::Statement, operand: None };
        for at in start..end {
            scan.token(at);
        }
        let (mut wants, subject) = (scan.wants, scan.operand.as_ref().and_then(|it| it.subject));
        // `map[string]i|` goes on without a blank.
        if scan.clause == "KIND" && end.checked_sub(1).is_some_and(|at| context.previous == Some(at)) {
            wants = Slot::Kind;
        }
        context.slot = wants;
        context.subject = context.subject.or(subject);
        context.settle(end, touched, word);
        context
    }

    /// What is known only at the cursor itself.
    fn settle(&mut self, end: usize, touched: Option<usize>, word: Option<usize>) {
        let touched = touched.and_then(|at| self.tokens.get(at)).map(|token| token.kind);
        match touched {
            Some(kind) if kind.is_comment() => self.slot = Slot::Other,
            Some(TokenKind::Text | TokenKind::UnclosedText) => self.slot = Slot::Text,
            Some(TokenKind::SingleQuoted) if self.dialect == Dialect::Lql => self.slot = Slot::Text,
            _ => {}
        }
        // `a ==|`: the operator is no word that is replaced.
        if word.and_then(|at| self.tokens.get(at)).is_some_and(|token| token.kind == TokenKind::Error) {
            self.replace = Span::at(self.replace.end);
            self.prefix = "";
        }
        let newline = self.tokens.get(self.previous.map_or(0, |at| at + 1)..end).unwrap_or_default();
        let newline = newline.iter().any(|token| token.kind == TokenKind::Newline);
        // A line break ends an item of a list in filters.
        if self.dialect == Dialect::FilterQl
            && newline
            && !self.open.is_empty()
            && self.slot == Slot::AfterOperand
        {
            self.slot = Slot::Operand;
        }
        if self.slot == Slot::Kind {
            self.take_whole_kind(end);
        }
        let behind =
            self.tokens.get(end + usize::from(word.is_some())..self.statement.end).unwrap_or_default();
        let mut line_begins = false;
        for token in behind {
            match token.kind {
                TokenKind::Newline => line_begins = true,
                TokenKind::Word => {
                    let clause = keyword(token.span.of(self.text)).filter(|word| {
                        clauses(self.dialect).contains(word) && (line_begins || self.open.is_empty())
                    });
                    self.clauses.extend(clause);
                    line_begins = false;
                }
                kind => line_begins &= kind.is_trivia(),
            }
        }
    }

    /// A kind is several tokens: `map[string]int`.
    fn take_whole_kind(&mut self, end: usize) {
        let mut start = end;
        while let Some(token) = start.checked_sub(1).and_then(|at| self.tokens.get(at)) {
            if token.kind.is_trivia() || keyword(token.span.of(self.text)) == Some("KIND") {
                break;
            }
            start -= 1;
        }
        if let Some(token) = self.tokens.get(start).filter(|_| start < end) {
            let offset = self.replace.start + self.prefix.len() as u32;
            self.replace.start = token.span.start;
            self.prefix = Span::new(token.span.start, offset).of(self.text);
        }
    }

    /// The words of the statement, with their indices.
    pub fn words(&self) -> impl Iterator<Item = (usize, &'t str)> {
        let tokens = self.tokens.get(self.statement.clone()).unwrap_or_default();
        let (text, first) = (self.text, self.statement.start);
        tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| token.kind.is_name())
            .map(move |(at, token)| (first + at, token.span.of(text)))
    }

    /// The name after a clause of the statement: of `FROM web`, `web`.
    pub fn named_after(&self, clause: &str) -> Option<&'t str> {
        let mut words = self.words().skip_while(|(_, word)| keyword(word) != Some(clause));
        let (at, _) = words.next()?;
        let next = self.tokens.get(tree::after(self.tokens, at)?)?;
        let word = next.span.of(self.text);
        let is_name =
            next.kind.is_name() && !keyword(word).is_some_and(|it| clauses(self.dialect).contains(&it));
        // The word that is being typed says nothing yet.
        (is_name && next.span != self.replace).then(|| word.trim_matches('`'))
    }

    /// The innermost open bracket that belongs to a function.
    pub fn call(&self) -> Option<&Open> {
        self.open.iter().rev().find(|open| open.function.is_some())
    }
}

/// The first token of the statement that token `end` belongs to.
fn statement_start(text: &str, dialect: Dialect, tokens: &[Token], end: usize) -> usize {
    let before = tokens.get(..end).unwrap_or_default();
    let mut at = before.len();
    let mut word_behind: Option<&str> = None;
    while let Some(token) = at.checked_sub(1).and_then(|at| before.get(at)) {
        match token.kind {
            TokenKind::Semicolon => return at,
            // A statement begins with SELECT at the beginning of a line, also where the `;` before it is missing.
            TokenKind::Newline if dialect == Dialect::Lql && word_behind == Some("SELECT") => return at,
            TokenKind::Word => word_behind = keyword(token.span.of(text)),
            kind if !kind.is_trivia() => word_behind = None,
            _ => {}
        }
        at -= 1;
    }
    0
}

/// Behind the last token of the statement that token `from` belongs to.
fn statement_end(text: &str, tokens: &[Token], from: usize) -> usize {
    let mut line_begins = false;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.kind {
            TokenKind::Semicolon => return at,
            TokenKind::Newline => line_begins = true,
            TokenKind::Word if line_begins && keyword(token.span.of(text)) == Some("SELECT") => return at,
            kind => line_begins &= kind.is_trivia(),
        }
    }
    tokens.len()
}
