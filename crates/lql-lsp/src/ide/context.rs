//! What may stand at a cursor, from the tokens before it: works in any text, however broken.
//!
//! The scan begins where the statement begins and keeps what the words so far ask for. Trees are not looked at, for the
//! place where somebody types is the place where the tree is broken.

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
        let mut scan = Scan { context: &mut context, clause: "", wants: Slot::Statement, operand: None };
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

/// Goes over the tokens of a statement, up to the cursor.
struct Scan<'c, 't> {
    context: &'c mut Context<'t>,
    /// The clause of the statement; of a column, its own.
    clause: &'static str,
    wants: Slot,
    /// The last operand, and what was compared with it.
    operand: Option<Operand>,
}

#[derive(Clone, Copy)]
struct Operand {
    name: Option<Span>,
    /// Set by a comparison: the name on its left.
    subject: Option<Span>,
}

impl Scan<'_, '_> {
    fn token(&mut self, at: usize) {
        let Some(token) = self.context.tokens.get(at).copied() else { return };
        let written = token.span.of(self.context.text);
        match token.kind {
            kind if kind.is_trivia() => {}
            TokenKind::Word => self.word(at, token.span, written),
            TokenKind::Comma => self.comma(at),
            TokenKind::OpenRound | TokenKind::OpenSquare | TokenKind::OpenCurly => self.opens(at, token.span),
            TokenKind::CloseRound | TokenKind::CloseSquare | TokenKind::CloseCurly => {
                self.context.open.pop();
                self.operand_ends(None);
            }
            TokenKind::Semicolon | TokenKind::Colon => {}
            kind if kind.is_name() => self.name(token.span),
            TokenKind::SingleQuoted if self.context.dialect == Dialect::FilterQl => self.name(token.span),
            TokenKind::Text | TokenKind::SingleQuoted | TokenKind::UnclosedText | TokenKind::UnclosedName => {
                self.operand_ends(None);
            }
            kind if kind.is_number_like() => self.operand_ends(None),
            TokenKind::Star if self.wants == Slot::Operand => self.operand_ends(None),
            TokenKind::Error => {}
            TokenKind::EqEq
            | TokenKind::Eq
            | TokenKind::BangEq
            | TokenKind::LtGt
            | TokenKind::Lt
            | TokenKind::Le
            | TokenKind::Gt
            | TokenKind::Ge => self.compares(),
            _ => self.operator(),
        }
    }

    fn word(&mut self, at: usize, span: Span, written: &str) {
        let Some(word) = keyword(written) else { return self.name(span) };
        let begins_line = self.begins_line(at);
        let loose = self.context.open.is_empty();
        let calls = self.context.tokens.get(at + 1).is_some_and(|it| it.kind == TokenKind::OpenRound);
        let expects_name = matches!(self.wants, Slot::FieldName | Slot::Stream | Slot::Table | Slot::Alias);
        if calls && !matches!(word, "AND" | "OR" | "IN" | "NOT" | "FILTER" | "IF") {
            return self.name(span);
        }
        if clauses(self.context.dialect).contains(&word)
            && (begins_line || loose && !expects_name)
            && !(calls && word == "FILTER" && self.wants == Slot::Operand)
        {
            return self.begin_clause(at, word);
        }
        let in_columns = self.context.clauses.contains(&"SELECT")
            && matches!(self.context.part, Part::Value | Part::Guard | Part::None)
            && !matches!(
                self.clause,
                "FROM" | "INTO" | "BY" | "ALIAS" | "WHERE" | "WITH" | "FILTER" | "LIMIT"
            );
        if COLUMN.contains(&word)
            && in_columns
            && (loose || begins_line && !matches!(word, "AS" | "IF"))
            && !matches!(self.wants, Slot::Operand | Slot::FieldName if !begins_line)
        {
            return self.begin_column_clause(word);
        }
        match word {
            "AS" if !loose => self.wants = Slot::CastType,
            "OR" if self.clause == "BY" => self.wants = Slot::Identity,
            "INCLUDE" => self.wants = Slot::Segment,
            "ELSE" if loose && self.context.part == Part::Guard && self.clause == "IF" => {
                // It was no guard but a choice.
                self.context.part = Part::Value;
                self.context.column_clauses.retain(|clause| *clause != "IF");
                self.clause = "SELECT";
                self.operator();
            }
            "IN" | "LIKE" | "CONTAINS" | "INTERSECTS" | "BETWEEN" => self.compares(),
            "IS" => self.operator(),
            "NULL" | "TRUE" | "FALSE" => self.operand_ends(None),
            word if INFIX.contains(&word) && self.context.part != Part::None => self.operator(),
            _ => self.name(span),
        }
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.context.tokens.get(..at).unwrap_or_default();
        before.iter().rev().take_while(|it| it.kind.is_trivia()).any(|it| it.kind == TokenKind::Newline)
    }

    fn begin_clause(&mut self, at: usize, word: &'static str) {
        self.context.open.clear();
        self.context.clauses.push(word);
        self.clause = word;
        self.operand = None;
        let mapping = self.context.dialect == Dialect::Lql;
        (self.context.part, self.wants) = match word {
            "SELECT" => (Part::Value, Slot::Operand),
            "WHERE" | "FILTER" => (Part::Condition, Slot::Operand),
            "FROM" if mapping => (Part::None, Slot::Stream),
            "FROM" | "INTO" => (Part::None, Slot::Table),
            "BY" => (Part::None, Slot::Identity),
            "ALIAS" => (Part::None, Slot::Alias),
            _ => (Part::None, Slot::Other),
        };
        if word == "SELECT" {
            self.context.column = at + 1;
        }
    }

    fn begin_column_clause(&mut self, word: &'static str) {
        self.context.open.clear();
        self.context.column_clauses.push(word);
        self.clause = word;
        self.operand = None;
        (self.context.part, self.wants) = match word {
            "AS" => (Part::None, Slot::FieldName),
            "IF" => (Part::Guard, Slot::Operand),
            "KIND" => (Part::None, Slot::Kind),
            "MERGEOP" => (Part::None, Slot::MergeOp),
            _ => (Part::None, Slot::Other),
        };
    }

    fn comma(&mut self, at: usize) {
        if let Some(open) = self.context.open.last_mut() {
            open.argument += 1;
            let subject = open.subject;
            self.operand = Some(Operand { name: None, subject });
            self.wants = Slot::Operand;
        } else if self.context.clauses.last() == Some(&"SELECT") {
            self.context.part = Part::Value;
            self.context.column_clauses.clear();
            self.context.column = at + 1;
            self.clause = "SELECT";
            self.operand = None;
            self.wants = Slot::Operand;
        }
    }

    fn opens(&mut self, at: usize, bracket: Span) {
        if matches!(self.clause, "KIND") {
            return;
        }
        let word = at.checked_sub(1).and_then(|before| self.context.tokens.get(before));
        let word = word.filter(|it| it.kind == TokenKind::Word && bracket.of(self.context.text) == "(");
        let function =
            word.filter(|it| !matches!(keyword(it.span.of(self.context.text)), Some("AND" | "OR" | "IN")));
        let subject = match (&self.operand, function) {
            (Some(operand), None) => operand.subject,
            _ => None,
        };
        self.context.open.push(Open { function: function.map(|it| it.span), bracket, argument: 0, subject });
        self.operand = Some(Operand { name: None, subject });
        if self.context.part == Part::None {
            // A bracket where none belongs: whatever follows is an expression.
            self.context.part = Part::Value;
        }
        self.wants = Slot::Operand;
    }

    fn name(&mut self, span: Span) {
        match self.wants {
            Slot::Statement => {}
            Slot::Operand | Slot::AfterOperand | Slot::Segment | Slot::CastType => {
                self.operand_ends((self.wants == Slot::Operand).then_some(span));
            }
            Slot::FieldName | Slot::Kind | Slot::MergeOp => self.wants = Slot::AfterOperand,
            Slot::Other if matches!(self.clause, "WITH" | "LIMIT") => {}
            _ => self.wants = Slot::Clause,
        }
    }

    fn operand_ends(&mut self, name: Option<Span>) {
        match (self.clause, self.wants) {
            ("SHORTDESC" | "LONGDESC", _) => self.wants = Slot::AfterOperand,
            ("LIMIT" | "ALIAS" | "WITH", _) => self.wants = Slot::Clause,
            (_, Slot::Statement) => {}
            // `map[string]int` goes on.
            ("KIND", _) => self.wants = Slot::AfterOperand,
            _ => {
                self.operand = Some(Operand { name, subject: None });
                self.wants = Slot::AfterOperand;
            }
        }
    }

    fn compares(&mut self) {
        if self.context.part == Part::None {
            return;
        }
        let subject = self.operand.and_then(|it| it.name);
        self.operand = Some(Operand { name: None, subject });
        self.wants = Slot::Operand;
    }

    fn operator(&mut self) {
        if self.context.part != Part::None {
            // `x NOT IN (…)` still compares `x`.
            let name = self.operand.and_then(|it| it.name);
            self.operand = Some(Operand { name, subject: None });
            self.wants = Slot::Operand;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_syntax::parse;

    fn slot(marked: &str) -> (Slot, String, String) {
        let offset = marked.find("$0").unwrap();
        let text = marked.replace("$0", "");
        let dialect = lql_syntax::detect_dialect(&text);
        let parsed = parse(&text, dialect);
        let context = Context::at(&text, &parsed, offset as u32);
        let subject = context.subject.map_or(String::new(), |it| it.of(&text).to_owned());
        (context.slot, context.prefix.to_owned(), subject)
    }

    #[test]
    fn every_place_asks_for_its_own() {
        let cases = [
            ("$0", Slot::Statement, "", ""),
            ("SEL$0", Slot::Statement, "SEL", ""),
            ("SELECT $0", Slot::Operand, "", ""),
            ("SELECT em$0", Slot::Operand, "em", ""),
            ("SELECT email(m$0) AS e FROM web", Slot::Operand, "m", ""),
            ("SELECT email(m) $0", Slot::AfterOperand, "", ""),
            ("SELECT email(m) AS e$0", Slot::FieldName, "e", ""),
            ("SELECT email(m) AS e KI$0", Slot::AfterOperand, "KI", ""),
            ("SELECT a AS b KIND map[string]i$0", Slot::Kind, "map[string]i", ""),
            ("SELECT a AS b KIND $0", Slot::Kind, "", ""),
            ("SELECT a AS b MERGEOP la$0", Slot::MergeOp, "la", ""),
            ("SELECT a AS b IF $0", Slot::Operand, "", ""),
            ("SELECT a AS b IF c = \"p$0\"", Slot::Text, "\"p", "c"),
            ("SELECT a AS b IF c IN (\"x\", \"p$0\")", Slot::Text, "\"p", "c"),
            ("SELECT a AS b,\n$0\nFROM web", Slot::Operand, "", ""),
            ("SELECT a FROM $0", Slot::Stream, "", ""),
            ("SELECT a FROM web $0", Slot::Clause, "", ""),
            ("SELECT a FROM web INTO us$0", Slot::Table, "us", ""),
            ("SELECT a FROM web INTO user BY $0", Slot::Identity, "", ""),
            ("SELECT a FROM web INTO user BY a OR $0", Slot::Identity, "", ""),
            ("SELECT a FROM web INTO user BY a WHERE $0", Slot::Operand, "", ""),
            ("SELECT a FROM web INTO user BY a ALIAS $0", Slot::Alias, "", ""),
            ("SELECT cast(a AS $0) AS b", Slot::CastType, "", ""),
            ("SELECT tonumber(a\nFROM $0", Slot::Stream, "", ""),
            ("SELECT a -- co$0mment\nFROM web", Slot::Other, "", ""),
            ("FILTER $0", Slot::Operand, "", ""),
            ("FILTER AND (a = 1\n  $0", Slot::Operand, "", ""),
            ("FILTER INCLUDE b$0", Slot::Segment, "b", ""),
            ("FILTER a = 1 FROM $0", Slot::Table, "", ""),
            ("FILTER a = 1 A$0", Slot::AfterOperand, "A", ""),
            ("FILTER a NOT IN (\"$0", Slot::Text, "\"", "a"),
        ];
        for (text, wanted, prefix, subject) in cases {
            assert_eq!(slot(text), (wanted, prefix.to_owned(), subject.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_statement_begins_at_its_select_also_without_a_semicolon() {
        let (slot, ..) = slot("SELECT a FROM web INTO user BY a ALIAS one\nSELECT b FROM $0");
        assert_eq!(slot, Slot::Stream);
    }
}
