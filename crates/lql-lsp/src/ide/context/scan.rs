//! The scan itself: from token to token, what is open and what is wanted next.

use super::{COLUMN, Context, INFIX, Open, Part, Slot, clauses, keyword};
use lql_syntax::ast::Dialect;
use lql_syntax::{Span, TokenKind};

/// Goes over the tokens of a statement, up to the cursor.
pub(super) struct Scan<'c, 't> {
    pub(super) context: &'c mut Context<'t>,
    /// The clause of the statement; of a column, its own.
    pub(super) clause: &'static str,
    pub(super) wants: Slot,
    /// The last operand, and what was compared with it.
    pub(super) operand: Option<Operand>,
}

#[derive(Clone, Copy)]
pub(super) struct Operand {
    name: Option<Span>,
    /// Set by a comparison: the name on its left.
    pub(super) subject: Option<Span>,
}

impl Scan<'_, '_> {
    /// Takes the next token.
    pub(super) fn token(&mut self, at: usize) {
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
