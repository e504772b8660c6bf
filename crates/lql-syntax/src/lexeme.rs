//! Tokens that carry meaning, each with what stands before it. All later stages read slices of these.

use crate::{Span, Token, TokenKind};

/// A token that is no trivia.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub kind: TokenKind,
    pub span: Span,
    /// The keyword that the word would be, if its place allows one.
    pub keyword: Option<Keyword>,
    /// Whether a line break stands between the previous lexeme and this one.
    pub newline: bool,
    /// Whether anything at all stands between them.
    pub blank: bool,
    /// Index in the list of all tokens.
    pub index: usize,
}

impl Lexeme {
    pub fn is(&self, keyword: Keyword) -> bool {
        self.keyword == Some(keyword)
    }

    /// Whether an operand may end with this token: what follows it directly is no operand, outside of lists.
    pub fn ends_operand(&self) -> bool {
        match self.keyword {
            Some(keyword) => keyword.is_constant(),
            None => {
                self.kind.is_name()
                    || self.kind.is_number_like()
                    || self.kind.is_error()
                    || matches!(
                        self.kind,
                        TokenKind::Text
                            | TokenKind::SingleQuoted
                            | TokenKind::CloseRound
                            | TokenKind::CloseSquare
                    )
            }
        }
    }
}

/// Drops blanks and comments, keeping a note of them.
pub(crate) fn lexemes(text: &str, tokens: &[Token]) -> Vec<Lexeme> {
    let mut lexemes = Vec::with_capacity(tokens.len() / 2);
    let (mut newline, mut blank) = (false, false);
    for (index, token) in tokens.iter().enumerate() {
        if token.kind.is_trivia() {
            newline |= token.kind == TokenKind::Newline;
            blank = true;
            continue;
        }
        let keyword = match token.kind {
            TokenKind::Word => Keyword::of(token.span.of(text)),
            _ => None,
        };
        lexemes.push(Lexeme { kind: token.kind, span: token.span, keyword, newline, blank, index });
        (newline, blank) = (false, false);
    }
    lexemes
}

macro_rules! keywords {
    ($($name:ident $text:literal,)*) => {
        /// Words with a meaning of their own, any letter case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Keyword { $($name,)* }

        /// Every keyword as it is printed: words with a meaning of their own, where their place allows it.
        pub const KEYWORDS: &[&str] = &[$($text,)*];

        impl Keyword {
            /// The keyword as it is printed.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The keyword that a word spells.
            pub fn of(word: &str) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($text) { return Some(Self::$name); })*
                None
            }
        }
    };
}

keywords! {
    Select "SELECT", Filter "FILTER",
    From "FROM", Into "INTO", By "BY", Where "WHERE", With "WITH", Alias "ALIAS", Limit "LIMIT",
    As "AS", If "IF", Shortdesc "SHORTDESC", Longdesc "LONGDESC", Kind "KIND", Mergeop "MERGEOP",
    And "AND", Or "OR", Not "NOT", In "IN", Like "LIKE", Between "BETWEEN", Contains "CONTAINS",
    Intersects "INTERSECTS", Exists "EXISTS", Include "INCLUDE", Is "IS", Else "ELSE",
    Null "NULL", True "TRUE", False "FALSE",
}

impl Keyword {
    pub fn is_constant(self) -> bool {
        matches!(self, Self::Null | Self::True | Self::False)
    }

    /// Whether the word begins a clause of a column.
    pub fn is_column_clause(self) -> bool {
        matches!(self, Self::As | Self::If | Self::Shortdesc | Self::Longdesc | Self::Kind | Self::Mergeop)
    }

    /// Whether the word stands between two operands.
    pub fn is_infix(self) -> bool {
        self.follows_not() || matches!(self, Self::And | Self::Or | Self::Is | Self::Else | Self::If)
    }

    /// Whether `x NOT` may go on with this word.
    pub fn follows_not(self) -> bool {
        matches!(self, Self::In | Self::Like | Self::Between | Self::Contains | Self::Intersects)
    }

    /// Whether the word is a keyword inside expressions; others are names there.
    pub fn is_of_expressions(self) -> bool {
        self.is_infix() || self.is_constant() || matches!(self, Self::Not | Self::Exists | Self::Include)
    }
}
