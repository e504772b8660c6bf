//! The codes of everything that the syntax alone can refuse.
//!
//! 1-49 tokens, 50-99 expressions, 100-149 statements, 150-199 FilterQL. A number is never used again.

use crate::Code;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        $($(#[$doc])* pub const $name: Code = Code($number);)*
        /// Every code of this crate, in order of number.
        pub const ALL: &[Code] = &[$($name,)*];
    };
}

codes! {
    /// `"text` without the second quote.
    UNCLOSED_TEXT = 1;
    /// `` `name `` without the second backquote.
    UNCLOSED_NAME = 2;
    /// `/* text` without `*/`.
    UNCLOSED_COMMENT = 3;
    /// A character that begins no token.
    UNEXPECTED_CHARACTER = 4;
    /// `007`
    LEADING_ZERO = 5;
    /// `1.5.2`, `0x1f`, `6E23`
    BAD_NUMBER = 6;
    /// An integer beyond 64 bits.
    INT_OVERFLOW = 7;
    /// `14d`
    DURATION = 8;
    /// `3f9a` where a number or a name is wanted.
    DIGIT_NAME = 9;
    /// ` `` `: a name of no characters.
    EMPTY_NAME = 10;

    /// A token that cannot stand here.
    UNEXPECTED = 50;
    /// `a ==` and no more.
    MISSING_OPERAND = 51;
    /// `(` without `)`.
    UNCLOSED_BRACKET = 52;
    /// `)` without `(`.
    UNOPENED_BRACKET = 53;
    /// `from == 1`
    KEYWORD_AS_NAME = 54;
    /// Brackets or `NOT` nested too deep.
    TOO_DEEP = 55;
    /// Too many operators in one expression.
    TOO_LONG = 56;
    /// `f(a,,b)`
    EMPTY_ITEM = 57;
    /// `contains (a, b)`
    SPACE_BEFORE_ARGUMENTS = 58;
    /// `x IN 5`
    NOT_A_SET = 59;
    /// `x LIKE ("a", "b")`
    ROUND_PATTERNS = 60;
    /// `x IS 5`
    IS_WITHOUT_NULL = 61;
    /// `(a, b)` without `AND` or `OR`.
    LIST_WITHOUT_OPERATOR = 62;
    /// `[a, b]`
    NAME_IN_LIST = 63;
    /// `f(a IF b)`
    ARM_OUTSIDE_IFCASE = 64;
    /// `f(a AS int)`
    AS_OUTSIDE_CAST = 65;
    /// `INCLUDE 5 + 1`
    INCLUDE_WITHOUT_NAME = 66;
    /// `WHERE a, b`
    SEVERAL_CONDITIONS = 67;
    /// `()`
    EMPTY_BRACKETS = 68;
    /// `a BETWEEN 1`
    BETWEEN_WITHOUT_AND = 69;
    /// `AND (a b)`
    ITEMS_WITHOUT_COMMA = 70;
    /// `a IF b` inside brackets.
    IF_WITHOUT_ELSE = 71;

    /// A statement that does not begin with `SELECT`.
    NO_SELECT = 100;
    /// A statement without one of its clauses.
    MISSING_CLAUSE = 101;
    /// A clause of a statement twice.
    DUPLICATE_CLAUSE = 102;
    /// A clause of a column twice.
    DUPLICATE_COLUMN_CLAUSE = 103;
    /// `SELECT FROM …`
    NO_COLUMNS = 104;
    /// `SELECT a,,b`
    EMPTY_COLUMN = 105;
    /// `SELECT *`
    SELECT_STAR = 106;
    /// `BY a, b`
    BY_WITHOUT_OR = 107;
    /// `FROM a, b`
    SEVERAL_STREAMS = 108;
    /// `FROM a SELECT b`
    SELECT_NOT_FIRST = 109;
    /// `CAPACITY 5`
    RESERVED_CLAUSE = 110;
    /// `SELCT`
    MISSPELT_KEYWORD = 111;
    /// A word after a complete clause.
    UNEXPECTED_AFTER_CLAUSE = 112;
    /// Two columns without a comma between them.
    MISSING_COMMA = 113;
    /// Two statements without a semicolon between them.
    MISSING_SEMICOLON = 114;
    /// `FROM "orders"`
    NOT_A_NAME = 115;
    /// `SHORTDESC text`
    NOT_A_DESCRIPTION = 116;
    /// `WITH a`
    BAD_SETTING = 117;
    /// `x KIND int AS y`
    AS_NOT_FIRST = 118;
    /// `FILTER` in an LQL file.
    OTHER_DIALECT = 119;
    /// `KIND 5`
    BAD_KIND = 120;

    /// A statement that does not begin with `FILTER` or `SELECT`.
    NO_FILTER = 150;
    /// `ALIAS a FROM b`
    CLAUSE_ORDER = 151;
    /// `ALIAS "a"`
    QUOTED_ALIAS = 152;
    /// A line that begins with an operator.
    LINE_BEGINS_WITH_OPERATOR = 153;
    /// `'text'` in FilterQL.
    SINGLE_QUOTES = 154;
    /// `LIMIT x`
    BAD_LIMIT = 155;
    /// `INTO` in FilterQL.
    LQL_ONLY = 156;
    /// A projecting `SELECT` without `FILTER`.
    MISSING_FILTER = 157;
}
