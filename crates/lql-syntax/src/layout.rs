//! The layout of a statement: tokens and their comments to a document.

use crate::adapt::{Spanned, Tok, adapt};
use crate::ast::Dialect;
use crate::clause::spell;
use crate::column::heads;
use crate::comments::Comment;
use crate::doc::Doc;
use crate::lexeme::{Keyword, Lexeme};
use crate::print::spell_field;
use crate::split::{Clause, Piece};
use crate::{TokenKind, literal, words};
use std::ops::Range;

/// Deeper statements are left as they are: nobody has written them.
const MAX_DEPTH: usize = 200;

/// Builds the document of one statement.
pub(crate) struct Builder<'p> {
    piece: &'p Piece<'p>,
    /// The lexemes of the statement, and its semicolon.
    lexemes: &'p [Lexeme],
    comments: &'p [Comment],
    /// For each lexeme whether an empty line stands directly before it.
    after_empty_line: &'p [bool],
    /// Comments behind the last token: they go behind a comma that may follow.
    held: Vec<Doc>,
    /// The lexeme whose leading comments are printed already.
    led: Option<usize>,
    /// Tokens of the expression that is printed, next one last; and the lexeme of the next one.
    toks: Vec<Spanned>,
    at: usize,
    depth: usize,
}

impl<'p> Builder<'p> {
    pub fn new(
        piece: &'p Piece<'p>,
        lexemes: &'p [Lexeme],
        comments: &'p [Comment],
        after_empty_line: &'p [bool],
    ) -> Self {
        let (held, toks) = (Vec::new(), Vec::new());
        Self { piece, lexemes, comments, after_empty_line, held, led: None, toks, at: 0, depth: 0 }
    }

    /// The whole statement, or nothing when it is nested too deep.
    pub fn statement(mut self) -> Option<Doc> {
        let mut clauses = self.piece.clauses();
        let mut parts = Vec::new();
        self.description(&mut parts);
        let lql = self.piece.dialect == Dialect::Lql;
        if lql {
            let order = [
                Keyword::Select,
                Keyword::From,
                Keyword::Into,
                Keyword::By,
                Keyword::Where,
                Keyword::With,
                Keyword::Alias,
            ];
            clauses.sort_by_key(|it| order.iter().position(|keyword| it.keyword == Some(*keyword)));
        }
        let mut lines = Vec::new();
        for (nth, clause) in clauses.iter().enumerate() {
            if nth > 0 {
                self.flush(&mut lines);
                lines.push(if lql { Doc::HardLine } else { Doc::Line });
            }
            self.clause(clause, &mut lines)?;
        }
        let semicolon = self.piece.lexemes.len();
        let mut after = Vec::new();
        if self.lexemes.len() > semicolon {
            self.lead(semicolon, &mut lines);
            after = self.comma(";", semicolon, &mut lines);
            // Its own comments are printed before it.
            after.drain(..self.leading(semicolon).len());
        }
        self.flush(&mut lines);
        parts.push(Doc::Concat(lines).group());
        if !after.is_empty() {
            // Not to be taken for the description of the next statement.
            parts.push(Doc::EmptyLine);
            parts.append(&mut after);
        }
        Some(Doc::Concat(parts))
    }

    /// The comments before the statement, with the empty lines between them.
    fn description(&mut self, parts: &mut Vec<Doc>) {
        for (nth, comment) in self.leading(0).iter().enumerate() {
            if comment.after_empty_line && nth > 0 {
                parts.push(Doc::EmptyLine);
            }
            parts.push(comment.doc());
        }
        if !self.leading(0).is_empty() {
            let empty = self.after_empty_line.first() == Some(&true);
            parts.push(if empty { Doc::EmptyLine } else { Doc::HardLine });
        }
        self.led = Some(0);
    }

    fn clause(&mut self, clause: &Clause, parts: &mut Vec<Doc>) -> Option<()> {
        let keyword = clause.keyword?;
        self.token(clause.head, keyword.text(), parts);
        let body = clause.body.clone();
        match keyword {
            Keyword::Select => self.columns(body, parts),
            Keyword::Where | Keyword::Filter => {
                self.space(parts);
                self.expression(body, parts)
            }
            Keyword::With => {
                self.settings(body, parts);
                Some(())
            }
            _ => {
                self.names(body, parts);
                Some(())
            }
        }
    }

    fn columns(&mut self, body: Range<usize>, parts: &mut Vec<Doc>) -> Option<()> {
        let mut ranges = self.piece.columns(body);
        ranges.retain(|it| !it.is_empty());
        let lql = self.piece.dialect == Dialect::Lql;
        let break_line = || if lql { Doc::HardLine } else { Doc::Line };
        let mut inner = vec![break_line()];
        let mut before = Vec::new();
        self.flush(parts);
        let last = ranges.len().saturating_sub(1);
        for (nth, range) in ranges.into_iter().enumerate() {
            let comma = range.end;
            if nth > 0 && self.stands_apart(range.start) {
                inner.push(Doc::EmptyLine);
            }
            inner.append(&mut before);
            self.lead(range.start, &mut inner);
            self.column(range, &mut inner)?;
            let real = self.piece.get(comma).is_some_and(|it| it.kind == TokenKind::Comma);
            if nth < last {
                before = self.comma(",", comma, &mut inner);
                inner.push(break_line());
            } else if real {
                self.drop_token(comma);
            }
        }
        parts.push(Doc::Concat(inner).indent().group());
        Some(())
    }

    /// Whether an empty line stands before a column, its comments or its comma.
    fn stands_apart(&self, start: usize) -> bool {
        let lines = [Some(start), start.checked_sub(1)];
        let before = lines.iter().flatten().any(|&it| self.after_empty_line.get(it) == Some(&true));
        before
            || lines
                .iter()
                .flatten()
                .any(|&it| self.leading(it).first().is_some_and(|it| it.after_empty_line))
    }

    fn column(&mut self, range: Range<usize>, parts: &mut Vec<Doc>) -> Option<()> {
        let mut clauses = heads(self.piece, range.clone());
        let end = clauses.first().map_or(range.end, |it| it.head);
        let order = [
            Keyword::As,
            Keyword::If,
            Keyword::Shortdesc,
            Keyword::Longdesc,
            Keyword::Kind,
            Keyword::Mergeop,
        ];
        clauses.sort_by_key(|it| order.iter().position(|keyword| it.keyword == Some(*keyword)));
        let mut line = Vec::new();
        self.expression(range.start..end, &mut line)?;
        let mut tail = Vec::new();
        for clause in &clauses {
            let keyword = clause.keyword?;
            let out = if keyword == Keyword::As { &mut line } else { &mut tail };
            self.flush(out);
            out.push(if keyword == Keyword::As { Doc::Space } else { Doc::Line });
            self.token(clause.head, keyword.text(), out);
            self.space(out);
            let body = clause.body.clone();
            match keyword {
                Keyword::If => self.expression(body, out)?,
                Keyword::Kind => self.kind(body, out),
                _ => self.names(body, out),
            }
        }
        line.push(Doc::Concat(tail).indent());
        parts.push(Doc::Concat(line).group());
        Some(())
    }

    /// Names, descriptions and numbers: tokens with a blank before each.
    fn names(&mut self, body: Range<usize>, parts: &mut Vec<Doc>) {
        let start = body.start;
        for at in body {
            let Some(lexeme) = self.piece.get(at) else { continue };
            // `3f9a-12` is several tokens and one name.
            if at == start || lexeme.blank {
                self.space(parts);
            }
            let written = lexeme.span.of(self.piece.text);
            let text = match lexeme.kind {
                TokenKind::SingleQuoted if self.piece.dialect == Dialect::FilterQl => {
                    spell(&literal::unquote(written))
                }
                // The OR of BY; elsewhere names only.
                TokenKind::Word if lexeme.is(Keyword::Or) => written.to_ascii_uppercase(),
                _ => written.to_owned(),
            };
            self.token(at, text, parts);
        }
    }

    /// `map[string]int`, in one word.
    fn kind(&mut self, body: Range<usize>, parts: &mut Vec<Doc>) {
        let slice = self.piece.slice(body.clone());
        let text: String = slice
            .iter()
            .map(|it| match it.kind {
                TokenKind::QuotedName => it.span.of(self.piece.text).to_owned(),
                _ => it.span.of(self.piece.text).split_whitespace().collect(),
            })
            .collect();
        self.tokens(body, text, parts);
    }

    /// `a = 1, b = 2` or `{"a": 1}`
    fn settings(&mut self, body: Range<usize>, parts: &mut Vec<Doc>) {
        let mut inner = Vec::new();
        let mut previous = None;
        for at in body {
            let Some(lexeme) = self.piece.get(at) else { continue };
            let written = lexeme.span.of(self.piece.text);
            if lexeme.kind == TokenKind::Comma {
                let before = self.comma(",", at, &mut inner);
                inner.push(Doc::Line);
                inner.extend(before);
                previous = None;
                continue;
            }
            let tight = matches!(lexeme.kind, TokenKind::Colon | TokenKind::CloseCurly)
                || matches!(previous, Some(TokenKind::Minus | TokenKind::OpenCurly))
                || previous.is_none() && at > 0 && !inner.is_empty();
            if !tight {
                self.space(&mut inner);
            }
            let text = match lexeme.kind {
                TokenKind::Text if self.piece.dialect == Dialect::FilterQl => {
                    words::quote(&literal::unquote(written))
                }
                _ => written.to_owned(),
            };
            self.token(at, text, &mut inner);
            previous = Some(lexeme.kind);
        }
        parts.push(Doc::Concat(inner).indent().group());
    }

    fn expression(&mut self, range: Range<usize>, parts: &mut Vec<Doc>) -> Option<()> {
        let slice = self.piece.slice(range.clone());
        if let [only] = slice
            && only.kind == TokenKind::Star
        {
            self.token(range.start, "*", parts);
            return Some(());
        }
        let mut toks = adapt(self.piece.text, self.piece.dialect, slice, &mut Vec::new())?;
        toks.reverse();
        (self.toks, self.at) = (toks, range.start);
        let doc = self.chain()?;
        parts.push(doc);
        Some(())
    }

    fn peek(&self) -> Option<&Tok> {
        self.toks.last().map(|(_, tok, _)| tok)
    }

    /// Operands and operators up to the end of the item.
    fn chain(&mut self) -> Option<Doc> {
        // What stands on the first line decides the indentation; the lines after it stand further right.
        let mut first = Vec::new();
        let mut more = Vec::new();
        let mut previous: Option<Tok> = None;
        while let Some(tok) = self.peek() {
            if matches!(tok, Tok::Separator | Tok::Comma | Tok::Close | Tok::CloseSquare) {
                break;
            }
            let next = tok.clone();
            let line = self.breaks_before(previous.as_ref(), &next);
            let parts = if line || !more.is_empty() { &mut more } else { &mut first };
            if line {
                self.line(parts);
            } else {
                self.gap(previous.as_ref(), &next, parts);
            }
            if opens(&next) {
                self.bracket(parts)?;
            } else {
                self.tok(parts);
            }
            previous = Some(next);
        }
        first.push(Doc::Concat(more).indent());
        Some(Doc::Concat(first).group())
    }

    /// Whether a line may break between two tokens: behind AND and OR, which suits FilterQL, too.
    fn breaks_before(&self, previous: Option<&Tok>, next: &Tok) -> bool {
        let lql = self.piece.dialect == Dialect::Lql;
        matches!(previous, Some(Tok::And | Tok::Or)) || lql && matches!(next, Tok::If | Tok::Else)
    }

    /// What else stands between two tokens of a chain.
    fn gap(&mut self, previous: Option<&Tok>, next: &Tok, parts: &mut Vec<Doc>) {
        let Some(previous) = previous else { return };
        let bang = self
            .at
            .checked_sub(1)
            .and_then(|it| self.piece.get(it))
            .is_some_and(|it| it.kind == TokenKind::Bang);
        let minus = matches!(next, Tok::Negative)
            || self.piece.get(self.at).is_some_and(|it| it.kind == TokenKind::Minus);
        match previous {
            // `--` would begin a comment.
            Tok::Negative if !minus => self.flush(parts),
            Tok::Not if bang => self.flush(parts),
            Tok::And | Tok::Or => self.line(parts),
            _ if self.piece.dialect == Dialect::Lql && matches!(next, Tok::If | Tok::Else) => {
                self.line(parts);
            }
            _ => self.space(parts),
        }
    }

    /// A bracket with all that is in it.
    fn bracket(&mut self, parts: &mut Vec<Doc>) -> Option<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let list = matches!(self.peek(), Some(Tok::AndList | Tok::OrList));
        let edge = || if list { Doc::Line } else { Doc::SoftLine };
        self.tok(parts);
        let empty = matches!(self.peek(), Some(Tok::Close | Tok::CloseSquare));
        let mut all = Vec::new();
        let mut inner = Vec::new();
        self.flush(&mut inner);
        if !empty {
            inner.push(edge());
        }
        while !matches!(self.peek(), Some(Tok::Close | Tok::CloseSquare) | None) {
            self.lead(self.at, &mut inner);
            inner.push(self.chain()?);
            if matches!(self.peek(), Some(Tok::Separator | Tok::Comma)) {
                let written = self.toks.pop().is_some_and(|(start, _, end)| start < end);
                let last = matches!(self.peek(), Some(Tok::Close | Tok::CloseSquare));
                let mut before = Vec::new();
                if last && written {
                    self.drop_token(self.at);
                } else if written {
                    before = self.comma(",", self.at, &mut inner);
                } else if !last {
                    inner.push(Doc::text(","));
                    self.flush(&mut inner);
                }
                self.at += usize::from(written);
                if !last {
                    inner.push(Doc::Line);
                }
                inner.append(&mut before);
            }
        }
        self.flush(&mut inner);
        self.lead(self.at, &mut inner);
        all.push(Doc::Concat(inner).indent());
        if !empty {
            all.push(edge());
        }
        self.tok(&mut all);
        parts.push(Doc::Concat(all).group());
        self.depth -= 1;
        Some(())
    }

    /// The next token of the expression.
    fn tok(&mut self, parts: &mut Vec<Doc>) {
        let Some((start, tok, end)) = self.toks.pop() else { return };
        let first = self.at;
        let mut count =
            self.piece.lexemes.iter().skip(first).take_while(|it| it.span.end <= end).count().max(1);
        let raw = crate::Span::new(start, end).of(self.piece.text);
        let filterql = self.piece.dialect == Dialect::FilterQl;
        let single = self.piece.get(first).is_some_and(|it| it.kind == TokenKind::SingleQuoted);
        let text = match &tok {
            Tok::Call(name) => {
                count = 2;
                format!("{}(", name.text)
            }
            Tok::AndList => "AND (".to_owned(),
            Tok::OrList => "OR (".to_owned(),
            // Word by word, for a line must not break behind the last one because of a comment between them.
            Tok::IsNull | Tok::IsNotNull => {
                for at in first..first + count - 1 {
                    let word = self.piece.span(at..at + 1).of(self.piece.text).to_ascii_uppercase();
                    self.token(at, word, parts);
                    self.space(parts);
                }
                self.token(first + count - 1, "NULL", parts);
                self.at = first + count;
                return;
            }
            Tok::Include(name) => {
                self.token(first, "INCLUDE", parts);
                self.space(parts);
                let written = name.span.of(self.piece.text);
                let quoted = written.starts_with('\'');
                let text = if quoted { spell(&name.text) } else { written.to_owned() };
                self.tokens(first + 1..first + count, text, parts);
                self.at = first + count;
                return;
            }
            Tok::Type(_) => {
                self.kind(first..first + count, parts);
                self.at = first + count;
                return;
            }
            Tok::Text(value) if filterql => words::quote(value),
            Tok::Field(field) if filterql && single => spell_field(field),
            Tok::Literal(crate::ast::Literal::Null) => "NULL".to_owned(),
            Tok::Field(_) | Tok::Text(_) | Tok::Literal(_) => raw.to_owned(),
            _ => raw.to_ascii_uppercase(),
        };
        self.tokens(first..first + count, text, parts);
        self.at = first + count;
    }

    /// Prints a token with its comments; those behind it are held back.
    fn token(&mut self, at: usize, text: impl Into<String>, parts: &mut Vec<Doc>) {
        self.tokens(at..at + 1, text, parts);
    }

    /// Several tokens that are printed as one.
    fn tokens(&mut self, range: Range<usize>, text: impl Into<String>, parts: &mut Vec<Doc>) {
        self.lead(range.start, parts);
        self.flush(parts);
        parts.push(Doc::text(text));
        for at in range.clone() {
            if at > range.start {
                self.hold(self.leading(at));
            }
            self.hold(self.trailing(at));
        }
    }

    /// Keeps comments for later. Behind one that ends its line, the others get lines of their own.
    fn hold(&mut self, comments: &[Comment]) {
        for comment in comments {
            let full = self.held.iter().any(|it| matches!(it, Doc::EndOfLine(_) | Doc::OwnLine(_)));
            self.held.push(if full { Doc::OwnLine(comment.text.clone()) } else { comment.doc() });
        }
    }

    /// A separator. What is commented behind the item before it goes behind it; what is commented on lines before it
    /// is given back, for it belongs before what follows.
    fn comma(&mut self, text: &str, at: usize, parts: &mut Vec<Doc>) -> Vec<Doc> {
        parts.push(Doc::text(text));
        let mut after: Vec<Doc> = self.leading(at).iter().map(Comment::doc).collect();
        if self.held.iter().any(|it| matches!(it, Doc::EndOfLine(_) | Doc::OwnLine(_))) {
            // The line is full.
            after.extend(self.trailing(at).iter().map(|it| Doc::OwnLine(it.text.clone())));
        } else {
            self.hold(self.trailing(at));
        }
        self.flush(parts);
        after
    }

    /// Keeps the comments of a token that is not printed.
    fn drop_token(&mut self, at: usize) {
        self.hold(self.leading(at));
        self.hold(self.trailing(at));
    }

    /// Prints the comments before a token, once.
    fn lead(&mut self, at: usize, parts: &mut Vec<Doc>) {
        if self.led == Some(at) {
            return;
        }
        self.led = Some(at);
        if !self.leading(at).is_empty() {
            self.flush(parts);
            parts.extend(self.leading(at).iter().map(Comment::doc));
        }
    }

    fn flush(&mut self, parts: &mut Vec<Doc>) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            parts.extend(held);
            // An inline comment does not touch what follows.
            parts.push(Doc::Space);
        }
    }

    fn space(&mut self, parts: &mut Vec<Doc>) {
        let held = std::mem::take(&mut self.held);
        parts.extend(held);
        parts.push(Doc::Space);
    }

    fn line(&mut self, parts: &mut Vec<Doc>) {
        let held = std::mem::take(&mut self.held);
        parts.extend(held);
        parts.push(Doc::Line);
    }

    fn leading(&self, at: usize) -> &'p [Comment] {
        let from = self.comments.partition_point(|it| it.owner < at);
        let to = self.comments.partition_point(|it| it.owner < at || it.owner == at && it.leading);
        self.comments.get(from..to).unwrap_or_default()
    }

    fn trailing(&self, at: usize) -> &'p [Comment] {
        let from = self.comments.partition_point(|it| it.owner < at || it.owner == at && it.leading);
        let to = self.comments.partition_point(|it| it.owner <= at);
        self.comments.get(from..to).unwrap_or_default()
    }
}

fn opens(tok: &Tok) -> bool {
    matches!(tok, Tok::Call(_) | Tok::AndList | Tok::OrList | Tok::Set | Tok::Open | Tok::OpenSquare)
}
