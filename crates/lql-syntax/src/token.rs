//! Tokens: the kinds of smallest parts of a text. A token is a kind and a place; its text stays in the source.

use crate::Span;
use logos::Logos;
use serde::Serialize;

/// One token of a text. The tokens of a text cover every byte once, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is, as far as its own text tells. Keywords are words: only their place makes them keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Logos, Serialize)]
#[serde(rename_all = "snake_case")]
// A character of a name, and a name without quotes. `-` and `/` count when a name character follows,
// so `total-tax` is one name and `a --b` is a name and a comment.
#[logos(subpattern c = r"[\p{L}\p{M}\p{Nd}_.]")]
#[logos(subpattern word = r"(@@?(?&c)|[\p{L}_.])(?&c)*([-/](?&c)+)*")]
#[logos(subpattern quoted = r"`[^`\r\n]*`")]
#[logos(subpattern joined = r"((?&word)\.)?(?&quoted)(\.(?&quoted)|\.(?&c)+([-/](?&c)+)*)*")]
pub enum TokenKind {
    /// Blanks, without line breaks.
    #[regex(r"[\p{White_Space}\u{FEFF}--[\r\n]]+", priority = 3)]
    Whitespace,
    /// One line break.
    #[regex(r"\r\n|\n|\r")]
    Newline,
    /// `-- text`, `# text`, `// text`; without the line break.
    #[regex(r"(--|#|//)[^\r\n]*", allow_greedy = true)]
    LineComment,
    /// `/* text */`
    #[regex(r"/\*([^*]|\*+[^*/])*\*+/")]
    BlockComment,
    /// `/* text` up to the end of the text.
    #[regex(r"/\*([^*]|\*+[^*/])*\**", allow_greedy = true, priority = 2)]
    UnclosedComment,

    /// `total`, `cart.total`, `SELECT`
    #[regex(r"(?&word)", priority = 8)]
    Word,
    /// `` `my key` ``, ``cart.`grand total` ``
    #[regex(r"(?&joined)", priority = 9)]
    QuotedName,
    /// `[my key]`
    #[regex("\\[[\\p{L}_@][^\\]\\[,\"'`\\r\\n]*\\]", priority = 9)]
    BracketName,
    /// `` `my key `` up to the end of the line.
    #[regex(r"((?&word)\.)?`[^`\r\n]*", priority = 1)]
    UnclosedName,

    /// `"text"`
    #[regex(r#""([^"\\\r\n]|\\[^\r\n]|"")*""#)]
    Text,
    /// `'text'`: a string in LQL, a name in FilterQL.
    #[regex(r"'([^'\\\r\n]|\\[^\r\n]|'')*'")]
    SingleQuoted,
    /// `"text` up to the end of the line.
    #[regex(r#""([^"\\\r\n]|\\[^\r\n]|"")*\\?"#, priority = 1)]
    #[regex(r"'([^'\\\r\n]|\\[^\r\n]|'')*\\?", priority = 1)]
    UnclosedText,

    /// `42`
    #[regex(r"0|[1-9][0-9]*", priority = 20)]
    Int,
    /// `0x1A2B`
    #[regex(r"0x[0-9A-F]+", priority = 20)]
    Hex,
    /// `1.5`, `6.02e23`, `3e-3`
    #[regex(r"(0|[1-9][0-9]*)(\.[0-9]+(e[+-]?[0-9]+)?|e[+-]?[0-9]+)", priority = 20)]
    Float,
    /// `14d`
    #[regex(r"[0-9]+(ns|us|ms|[smhdwMy])", priority = 20)]
    Duration,
    /// `3f9a`, and numbers that are none: `007`, `1.5.2`, `0x1f`
    #[regex(r"[0-9](?&c)*", priority = 5)]
    DigitWord,

    /// `==`
    #[token("==")]
    EqEq,
    /// `=`
    #[token("=")]
    Eq,
    /// `!=`
    #[token("!=")]
    BangEq,
    /// `<>`
    #[token("<>")]
    LtGt,
    /// `<`
    #[token("<")]
    Lt,
    /// `<=`
    #[token("<=")]
    Le,
    /// `>`
    #[token(">")]
    Gt,
    /// `>=`
    #[token(">=")]
    Ge,
    /// `!`
    #[token("!")]
    Bang,
    /// `&&`
    #[token("&&")]
    AndAnd,
    /// `||`
    #[token("||")]
    OrOr,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `*`
    #[token("*")]
    Star,
    /// `/`
    #[token("/")]
    Slash,
    /// `%`
    #[token("%")]
    Percent,
    /// `(`
    #[token("(")]
    OpenRound,
    /// `)`
    #[token(")")]
    CloseRound,
    /// `[`
    #[token("[")]
    OpenSquare,
    /// `]`
    #[token("]")]
    CloseSquare,
    /// `{`
    #[token("{")]
    OpenCurly,
    /// `}`
    #[token("}")]
    CloseCurly,
    /// `,`
    #[token(",")]
    Comma,
    /// `;`
    #[token(";")]
    Semicolon,
    /// `:`
    #[token(":")]
    Colon,

    /// Characters that begin nothing: `§`, `?`.
    Error,
}

impl TokenKind {
    /// Whether the token only separates: blanks, line breaks, comments.
    pub fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace | Self::Newline) || self.is_comment()
    }

    /// Whether the token is a comment, closed or not.
    pub fn is_comment(self) -> bool {
        matches!(self, Self::LineComment | Self::BlockComment | Self::UnclosedComment)
    }

    /// Whether the token itself is a mistake, wherever it stands.
    pub fn is_error(self) -> bool {
        matches!(self, Self::UnclosedComment | Self::UnclosedName | Self::UnclosedText | Self::Error)
    }

    /// Whether the token begins with a digit.
    pub fn is_number_like(self) -> bool {
        matches!(self, Self::Int | Self::Hex | Self::Float | Self::Duration | Self::DigitWord)
    }

    /// Whether the token is a name of some spelling; keywords are among them.
    pub fn is_name(self) -> bool {
        matches!(self, Self::Word | Self::QuotedName | Self::BracketName)
    }

    /// Whether the token opens a bracket.
    pub fn opens(self) -> bool {
        matches!(self, Self::OpenRound | Self::OpenSquare | Self::OpenCurly)
    }

    /// Whether the token closes a bracket.
    pub fn closes(self) -> bool {
        matches!(self, Self::CloseRound | Self::CloseSquare | Self::CloseCurly)
    }
}
