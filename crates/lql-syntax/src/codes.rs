//! The codes of everything that the syntax alone can refuse, each with its page for `lql explain`.
//!
//! 1-49 tokens, 50-99 expressions, 100-149 statements, 150-199 FilterQL. A number is never used again.
//! The examples below 100 are LQL expressions unless they begin with `SELECT` or `FILTER`; the others are whole texts.

use crate::{Code, CodeEntry};

macro_rules! codes {
    ($($name:ident = $number:literal, $title:literal, $explanation:literal, $wrong:literal => $right:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code($number);)*

        /// Every code of this crate, in order of number.
        pub const CODES: &[CodeEntry] = &[$(CodeEntry {
            code: $name,
            title: $title,
            explanation: $explanation,
            wrong: $wrong,
            right: $right,
        },)*];
    };
}

codes! {
    UNCLOSED_TEXT = 1, "string without closing quote",
        "A string ends with the quote it began with, on the same line. Inside, a quote is doubled or stands after a \
         backslash: \"say \"\"hi\"\"\".",
        "city == \"Oslo" => "city == \"Oslo\"";
    UNCLOSED_NAME = 2, "name without closing backquote",
        "A quoted name ends with a backquote on the line it began on. There is no way to write a backquote inside a \
         name.",
        "`grand total" => "`grand total`";
    UNCLOSED_COMMENT = 3, "comment without end",
        "A comment that begins with /* runs to the next */. Without one, all the rest of the text is a comment. Such \
         comments do not nest.",
        "a /* net" => "a /* net */";
    UNEXPECTED_CHARACTER = 4, "unexpected character",
        "The character begins no name, literal, operator or bracket. Often it is a typographic quote or dash from a \
         word processor; the plain ones of the keyboard are meant.",
        "city == “Oslo”" => "city == \"Oslo\"";
    LEADING_ZERO = 5, "number with a needless zero",
        "Numbers are written without zeros before the first digit, so that nobody reads them as octal. A code such as \
         a postal code is a string and is written in quotes.",
        "x == 007" => "x == 7";
    BAD_NUMBER = 6, "malformed number",
        "A number has digits on both sides of its one decimal point; its exponent begins with a lower-case e; \
         hexadecimal digits are upper-case after 0x.",
        "x == 1.5.2" => "x == 1.5";
    INT_OVERFLOW = 7, "integer too large",
        "Integers have 64 bits, signed. A longer number of digits is an identifier, written as a string, or a measure, \
         written with a decimal point.",
        "x == 9223372036854775808" => "x == 9223372036854775807";
    DURATION = 8, "duration",
        "No operator takes a duration such as 14d. A time relative to now is written as a string.",
        "todate(x) > 14d" => "todate(x) > \"now-14d\"";
    DIGIT_NAME = 9, "name that begins with a digit",
        "A name begins with a letter, an underscore, a dot or @. Other names are written in backquotes. Only INCLUDE \
         takes an id that begins with a digit.",
        "3f9a == 1" => "`3f9a` == 1";
    EMPTY_NAME = 10, "name without characters",
        "Two quotes of names with nothing between them name nothing.",
        "`` == 1" => "`x` == 1";

    UNEXPECTED = 50, "unexpected token",
        "The expression is complete before this word or symbol. Two values stand next to each other only in the lists \
         of AND ( … ) and OR ( … ); elsewhere an operator or a comma is missing.",
        "a b" => "a == b";
    MISSING_OPERAND = 51, "value missing",
        "A value was due: after an operator, after a bracket, or at the beginning.",
        "a ==" => "a == 1";
    UNCLOSED_BRACKET = 52, "bracket without end",
        "The bracket is never closed. The text behind it was read as if the bracket ended before the next clause, so \
         that other mistakes are found, too.",
        "email(mail" => "email(mail)";
    UNOPENED_BRACKET = 53, "bracket without beginning",
        "The bracket closes nothing.",
        "email(mail))" => "email(mail)";
    KEYWORD_AS_NAME = 54, "keyword as a name",
        "Words that begin clauses and the operators that are words cannot be names. A field with such a name is written \
         in backquotes.",
        "from == 1" => "`from` == 1";
    TOO_DEEP = 55, "expression too deep",
        "Brackets and signs such as NOT stand inside each other more than 1,000 levels deep.",
        "NOT NOT NOT a, and so on a thousand times" => "NOT a";
    TOO_LONG = 56, "expression too long",
        "More than 3,000 operators stand in one row. Lists such as OR ( a, b ) and IN ( 1, 2 ) have no limit.",
        "a OR b OR c, and so on three thousand times" => "OR (a, b, c)";
    EMPTY_ITEM = 57, "nothing beside a comma",
        "A comma separates two values. Only lists in AND ( … ), OR ( … ), IN ( … ) and [ … ] may end with one.",
        "f(a,,b)" => "f(a, b)";
    SPACE_BEFORE_ARGUMENTS = 58, "space before arguments",
        "A name is a function only when a bracket follows it directly.",
        "email (mail)" => "email(mail)";
    NOT_A_SET = 59, "not something to look into",
        "IN and INTERSECTS look for the left side in a list, in a field, in the result of a function or in a string.",
        "5 IN 5" => "5 IN (5)";
    ROUND_PATTERNS = 60, "patterns in round brackets",
        "LIKE takes one pattern, or several in square brackets.",
        "x LIKE (\"a*\", \"b*\")" => "x LIKE [\"a*\", \"b*\"]";
    IS_WITHOUT_NULL = 61, "IS without NULL",
        "IS asks for the presence of a value only: x IS NULL, x IS NOT NULL. Values are compared with ==.",
        "x IS 5" => "x == 5";
    LIST_WITHOUT_OPERATOR = 62, "list without operator",
        "Brackets alone hold one expression. A list of conditions says before the bracket how they combine. After a \
         complete item, OR ( on the same line joins what is left of it; a comma before OR ( begins a list instead.",
        "(a, b)" => "AND (a, b)";
    NAME_IN_LIST = 63, "name in square brackets",
        "Square brackets hold strings and numbers only. After IN, round brackets take any expression.",
        "x IN [y, z]" => "x IN (y, z)";
    ARM_OUTSIDE_IFCASE = 64, "arm outside of ifcase",
        "Only ifcase takes arguments of the form value IF condition. Elsewhere the form is value IF condition ELSE \
         other.",
        "f(\"a\" IF x)" => "f(\"a\" IF x ELSE \"b\")";
    AS_OUTSIDE_CAST = 65, "AS outside of cast",
        "Inside brackets, AS stands in cast(value AS kind) only.",
        "f(x AS int)" => "cast(x AS int)";
    INCLUDE_WITHOUT_NAME = 66, "INCLUDE without name",
        "INCLUDE is followed by the alias or the id of an audience. An id of digits only is written in backquotes.",
        "INCLUDE 5" => "INCLUDE `5`";
    SEVERAL_CONDITIONS = 67, "second condition",
        "A condition is one expression. Several are joined by AND or OR, or listed in AND ( … ) or OR ( … ).",
        "FILTER a > 1, b < 2" => "FILTER AND (a > 1, b < 2)";
    EMPTY_BRACKETS = 68, "empty brackets",
        "Brackets hold an expression. Only AND () and OR (), and calls, may be empty.",
        "()" => "(a)";
    BETWEEN_WITHOUT_AND = 69, "BETWEEN without AND",
        "BETWEEN takes two bounds: x BETWEEN low AND high. Both are excluded.",
        "x BETWEEN 1" => "x BETWEEN 1 AND 5";
    ITEMS_WITHOUT_COMMA = 70, "items without a comma",
        "The end of one expression and the beginning of the next separate the items of a list. On one line that is \
         more often a name with a space in it, or an AND that was meant to join.",
        "OR (topics.Iced Tea > 0.5)" => "OR (topics.`Iced Tea` > 0.5)";
    IF_WITHOUT_ELSE = 71, "IF without ELSE",
        "Inside an expression, IF chooses between two values and needs ELSE. The guard of a column, IF without ELSE, \
         stands behind the expression and outside of brackets.",
        "(a IF b)" => "(a IF b ELSE c)";

    NO_SELECT = 100, "statement without SELECT",
        "A statement of LQL begins with SELECT.",
        "mail AS email FROM s INTO user BY email ALIAS q" => "SELECT mail AS email FROM s INTO user BY email ALIAS q";
    MISSING_CLAUSE = 101, "missing clause",
        "A statement of LQL has FROM, INTO, BY and ALIAS.",
        "SELECT email FROM s INTO user BY email" => "SELECT email FROM s INTO user BY email ALIAS q";
    DUPLICATE_CLAUSE = 102, "clause twice",
        "Each clause stands once in a statement.",
        "SELECT email FROM s FROM t INTO user BY email ALIAS q" => "SELECT email FROM s INTO user BY email ALIAS q";
    DUPLICATE_COLUMN_CLAUSE = 103, "column clause twice",
        "Each clause stands once in a column. Two conditions are joined by AND.",
        "SELECT email IF a IF b FROM s INTO user BY email ALIAS q"
            => "SELECT email IF a AND b FROM s INTO user BY email ALIAS q";
    NO_COLUMNS = 104, "no columns",
        "A statement writes at least one field.",
        "SELECT FROM s INTO user BY email ALIAS q" => "SELECT email FROM s INTO user BY email ALIAS q";
    EMPTY_COLUMN = 105, "empty column",
        "A comma separates two columns. One after the last column is allowed, one before the first or two in a row are \
         not.",
        "SELECT a,, email FROM s INTO user BY email ALIAS q" => "SELECT a, email FROM s INTO user BY email ALIAS q";
    SELECT_STAR = 106, "SELECT *",
        "Each field of a profile is written by a column of its own, so there is no all. match(\"prefix\") collects many keys into a map.",
        "SELECT * FROM s INTO user BY email ALIAS q" => "SELECT email FROM s INTO user BY email ALIAS q";
    BY_WITHOUT_OR = 107, "identities not joined by OR",
        "Each field of BY identifies the profile on its own, so they are joined by OR.",
        "SELECT a, b FROM s INTO user BY a, b ALIAS q" => "SELECT a, b FROM s INTO user BY a OR b ALIAS q";
    SEVERAL_STREAMS = 108, "several streams",
        "A statement reads one stream. Several statements may write the same fields.",
        "SELECT a FROM s, t INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    SELECT_NOT_FIRST = 109, "SELECT not first",
        "SELECT and its columns stand first; the other clauses follow in any order.",
        "FROM s SELECT a INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    RESERVED_CLAUSE = 110, "no such clause",
        "Capacity and retention are properties of a field in the schema, not of a query. Groups, orders and joins do \
         not exist, for a query looks at one event at a time; valuect(x) counts per value.",
        "SELECT a CAPACITY 5 FROM s INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    MISSPELT_KEYWORD = 111, "misspelt keyword",
        "The word stands where only a keyword can, and one is spelt nearly so.",
        "SELECT a FORM s INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    UNEXPECTED_AFTER_CLAUSE = 112, "unexpected word after a clause",
        "The clause is complete before this word.",
        "SELECT a FROM s 5 INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    MISSING_COMMA = 113, "comma missing between columns",
        "A column begins where the last one has not been ended by a comma.",
        "SELECT a AS x b AS y FROM s INTO user BY x ALIAS q" => "SELECT a AS x, b AS y FROM s INTO user BY x ALIAS q";
    MISSING_SEMICOLON = 114, "semicolon missing between statements",
        "Statements of one text are separated by semicolons; blank lines do not separate.",
        "SELECT a FROM s INTO user BY a ALIAS q\nSELECT a FROM t INTO user BY a ALIAS r"
            => "SELECT a FROM s INTO user BY a ALIAS q;\nSELECT a FROM t INTO user BY a ALIAS r";
    NOT_A_NAME = 115, "not a name",
        "The clause takes a name, bare or in backquotes; strings and numbers are none.",
        "SELECT a FROM \"s\" INTO user BY a ALIAS q" => "SELECT a FROM s INTO user BY a ALIAS q";
    NOT_A_DESCRIPTION = 116, "not a description",
        "SHORTDESC and LONGDESC take a string in quotes.",
        "SELECT a SHORTDESC Mail FROM s INTO user BY a ALIAS q"
            => "SELECT a SHORTDESC \"Mail\" FROM s INTO user BY a ALIAS q";
    BAD_SETTING = 117, "bad setting",
        "WITH takes key = value, separated by commas, or one object, {\"key\": value}. Values are strings, numbers, true \
         and false.",
        "SELECT a FROM s INTO user BY a WITH b ALIAS q" => "SELECT a FROM s INTO user BY a WITH b = 1 ALIAS q";
    AS_NOT_FIRST = 118, "AS not first",
        "In a column, AS follows the expression directly; the other clauses come after it in any order.",
        "SELECT a KIND int AS b FROM s INTO user BY b ALIAS q" => "SELECT a AS b KIND int FROM s INTO user BY b ALIAS q";
    OTHER_DIALECT = 119, "clause of FilterQL",
        "FILTER and LIMIT belong to FilterQL, whose statements live in texts of their own.",
        "SELECT a FROM s INTO user BY a ALIAS q LIMIT 5" => "SELECT a FROM s INTO user BY a ALIAS q";
    BAD_KIND = 120, "bad kind",
        "A kind is a name, perhaps with brackets: int, []string, ts[]string, map[string]int.",
        "SELECT a KIND 5 FROM s INTO user BY a ALIAS q" => "SELECT a KIND int FROM s INTO user BY a ALIAS q";

    NO_FILTER = 150, "statement without FILTER",
        "A statement of FilterQL begins with FILTER, or with SELECT when it projects.",
        "FROM user FILTER a" => "FILTER a FROM user";
    CLAUSE_ORDER = 151, "clause out of order",
        "The clauses of FilterQL have one order: FILTER, FROM, LIMIT, WITH, ALIAS; and in the projecting form SELECT, \
         FROM, FILTER, LIMIT, WITH, ALIAS.",
        "FILTER * ALIAS a FROM user" => "FILTER * FROM user ALIAS a";
    QUOTED_ALIAS = 152, "alias in double quotes",
        "Double quotes make strings. An alias is a name: bare, or in backquotes if it holds blanks.",
        "FILTER * ALIAS \"all people\"" => "FILTER * ALIAS `all people`";
    LINE_BEGINS_WITH_OPERATOR = 153, "line that begins with an operator",
        "In FilterQL a line break after a complete value ends the condition, or the item of a list. So an operator stands \
         at the end of the line before, and lists have one item per line.",
        "FILTER a > 1\n  AND b < 2" => "FILTER a > 1 AND\n  b < 2";
    SINGLE_QUOTES = 154, "single quotes",
        "In FilterQL single quotes are quotes of names: 'Ada' is the field Ada. Strings have double quotes, unusual \
         names backquotes.",
        "FILTER name = 'Ada'" => "FILTER name = \"Ada\"";
    BAD_LIMIT = 155, "bad limit",
        "LIMIT takes a whole number.",
        "FILTER * LIMIT many" => "FILTER * LIMIT 10";
    LQL_ONLY = 156, "clause of LQL",
        "A filter reads finished profiles. Where fields come from, and what kind they have, is said in LQL.",
        "FILTER a INTO user" => "FILTER a FROM user";
    MISSING_FILTER = 157, "SELECT without FILTER",
        "The projecting form says which profiles it projects: FILTER *, if all.",
        "SELECT a FROM user; FILTER *" => "SELECT a FROM user FILTER *; FILTER *";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast::Dialect;
    use crate::{Diagnostic, detect_dialect, parse, parse_expression};

    fn findings(code: Code, text: &str) -> Vec<Diagnostic> {
        let statement = code.0 >= 100 || text.starts_with("SELECT") || text.starts_with("FILTER");
        // A projecting statement is known by the filter that this one lacks.
        let dialect = if code == MISSING_FILTER { Dialect::FilterQl } else { detect_dialect(text) };
        if statement { parse(text, dialect).diagnostics } else { parse_expression(text, Dialect::Lql).1 }
    }

    #[test]
    fn numbers_are_unique_and_in_order() {
        assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
        assert!(CODES.iter().all(|it| (1..200).contains(&it.code.0)));
    }

    #[test]
    fn every_wrong_example_raises_its_code_and_every_right_one_nothing() {
        for entry in CODES {
            let right = findings(entry.code, entry.right);
            assert_eq!(right, [], "{} right: {}", entry.code, entry.right);
            // Too large for a page.
            if entry.code == TOO_DEEP || entry.code == TOO_LONG {
                continue;
            }
            let wrong = findings(entry.code, entry.wrong);
            assert!(
                wrong.iter().any(|it| it.code == entry.code),
                "{} wrong: {} {wrong:#?}",
                entry.code,
                entry.wrong
            );
            assert!(
                wrong.iter().all(|it| it.code == entry.code || entry.code == UNEXPECTED_CHARACTER),
                "{} says more: {wrong:#?}",
                entry.code
            );
        }
    }

    #[test]
    fn what_is_too_large_for_a_page_is_refused() {
        assert_eq!(findings(TOO_DEEP, &format!("{}a", "NOT ".repeat(1_001)))[0].code, TOO_DEEP);
        assert_eq!(findings(TOO_LONG, &format!("a{}", " OR a".repeat(3_001)))[0].code, TOO_LONG);
    }
}
