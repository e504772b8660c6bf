//! What each token is, for colours: from the tree where there is one, from the tokens where there is none.

use super::symbols::{Occurrence, Role, Spelling, Symbol};
use super::{Snapshot, context, tree};
use lql_compiler::catalog;
use lql_syntax::ast::ExprKind;
use lql_syntax::{Parsed, Span, TokenKind};

/// A token with its meaning. Never reaches over a line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemanticToken {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub class: Class,
    /// Whether it makes the thing that it names.
    pub declares: bool,
    /// Whether it names an identity.
    pub identity: bool,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A word of the language.
    Keyword,
    /// A function.
    Function,
    /// A field of a table.
    Field,
    /// A key of events.
    Key,
    /// An entry of a map.
    Entry,
    /// A stream.
    Stream,
    /// A table.
    Table,
    /// The alias of a query or segment.
    Alias,
    /// A kind.
    Kind,
    /// A merge operator.
    MergeOp,
    /// A string.
    Text,
    /// A number.
    Number,
    /// An operator.
    Operator,
    /// A comment.
    Comment,
}

/// The tokens of a file that have a colour, in order.
pub fn semantic_tokens(snapshot: &Snapshot, file: u32) -> Vec<SemanticToken> {
    let (Some(parsed), Some(text)) = (snapshot.parsed(file), snapshot.text(file)) else { return Vec::new() };
    let named = named(snapshot, parsed, file);
    let mut named = named.iter().copied().peekable();
    let mut found = Vec::with_capacity(parsed.tokens.len() / 2);
    for (at, token) in parsed.tokens.iter().enumerate() {
        while named.next_if(|it| it.span.end <= token.span.start).is_some() {}
        match named.peek() {
            Some(name) if name.span.start <= token.span.start && !token.kind.is_trivia() => {
                let end = name.span.end.min(token.span.end);
                found.push(SemanticToken { span: Span::new(token.span.start, end), ..*name });
                // `countries.France`: one token, a field and its entry.
                if end < token.span.end {
                    let span = Span::new(end + 1, token.span.end);
                    found.push(SemanticToken { span, class: Class::Entry, declares: false, identity: false });
                }
            }
            _ => {
                let calls = parsed.tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::OpenRound);
                if let Some(class) = class_of(token.kind, token.span.of(text), calls) {
                    lines(text, token.span, class, &mut found);
                }
            }
        }
    }
    found
}

/// One token a line.
fn lines(text: &str, span: Span, class: Class, found: &mut Vec<SemanticToken>) {
    let mut start = span.start;
    for line in span.of(text).split_inclusive('\n') {
        let shown = line.trim_end_matches(['\n', '\r']).len() as u32;
        if shown > 0 {
            let span = Span::new(start, start + shown);
            found.push(SemanticToken { span, class, declares: false, identity: false });
        }
        start += line.len() as u32;
    }
}

/// What a token is by itself.
fn class_of(kind: TokenKind, written: &str, calls: bool) -> Option<Class> {
    Some(match kind {
        kind if kind.is_comment() => Class::Comment,
        kind if kind.is_trivia() => return None,
        TokenKind::Word if calls && catalog::find(written).is_some() => Class::Function,
        TokenKind::Word if context::keyword(written).is_some() => Class::Keyword,
        kind if kind.is_name() || kind == TokenKind::UnclosedName => Class::Key,
        TokenKind::Text | TokenKind::SingleQuoted | TokenKind::UnclosedText => Class::Text,
        kind if kind.is_number_like() => Class::Number,
        kind if kind.opens() || kind.closes() => return None,
        TokenKind::Comma | TokenKind::Semicolon | TokenKind::Error => return None,
        _ => Class::Operator,
    })
}

/// What the tree says of names, in order.
fn named(snapshot: &Snapshot, parsed: &Parsed, file: u32) -> Vec<SemanticToken> {
    let of_index = snapshot.index().of_file(file).iter().map(|it| of_occurrence(snapshot, it));
    let mut named: Vec<SemanticToken> = of_index.collect();
    let mut plain = |span: Span, class: Class| {
        named.push(SemanticToken { span, class, declares: false, identity: false });
    };
    for statement in &parsed.statements {
        for column in tree::columns(statement) {
            column.kind.iter().for_each(|name| plain(name.span, Class::Kind));
            column.mergeop.iter().for_each(|name| plain(name.span, Class::MergeOp));
        }
        for (_, expr) in tree::expressions(statement) {
            tree::walk(expr, &mut |expr| match &expr.kind {
                ExprKind::Call { name, .. } => plain(name.span, Class::Function),
                ExprKind::Cast { kind, .. } => plain(kind.span, Class::Kind),
                _ => {}
            });
        }
    }
    named.sort_by_key(|it| (it.span.start, it.span.end));
    named
}

fn of_occurrence(snapshot: &Snapshot, it: &Occurrence) -> SemanticToken {
    let class = match it.symbol() {
        Symbol::Field { .. } => Class::Field,
        Symbol::Key { .. } => Class::Key,
        Symbol::Stream(_) => Class::Stream,
        Symbol::Table(_) => Class::Table,
        Symbol::Query(_) | Symbol::Segment(_) => Class::Alias,
    };
    let declares = it.role == Role::Defines && it.spelling == Spelling::Name;
    SemanticToken { span: it.range.span, class, declares, identity: snapshot.is_identity(it.symbol()) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;
    use std::fmt::Write as _;

    fn told(fixture: &Fixture) -> String {
        let file = fixture.cursor.file;
        let text = fixture.snapshot.text(file).unwrap();
        let mut told = String::new();
        for it in semantic_tokens(&fixture.snapshot, file) {
            let _ = write!(told, "{:?} {}", it.class, it.span.of(text));
            let _ = writeln!(
                told,
                "{}{}",
                if it.declares { " declares" } else { "" },
                if it.identity { " identity" } else { "" }
            );
        }
        told
    }

    #[test]
    fn every_token_of_a_mapping_has_its_class() {
        insta::assert_snapshot!(told(&Fixture::shop(
            "/* two\nlines */\nSELECT email(m) AS email, cast(x AS int) + 5 AS n IF y == \"z\" KIND map[string]int MERGEOP latest\nFROM web INTO user BY email ALIAS web -- e$0nd"
        )));
    }

    #[test]
    fn entries_of_maps_and_broken_text() {
        insta::assert_snapshot!(told(&Fixture::new(
            "==> a.lql\nSELECT id, valuect(c) AS m FROM s INTO user BY id ALIAS a\n\
             ==> b.fql\nFILTER AND ( m.`x y` > 1, m.z > 2, INCLUDE c ) $0ALIAS b; FILTER ((( tolower(a LIKE \"x\n"
        )));
    }
}
