//! The codes of the checker, with what `lql explain` says about each. A code that was released is never used again.

use crate::Source;
use lql_syntax::ast::Dialect;
use lql_syntax::{Code, CodeEntry, detect_dialect};

macro_rules! codes {
    ($($name:ident = $code:literal, $title:literal, $explanation:literal, $wrong:literal, $right:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code($code);)*
        /// Every code of the checker, in order.
        pub const CODES: &[CodeEntry] = &[$(CodeEntry {
            code: $name, title: $title, explanation: $explanation, wrong: $wrong, right: $right,
        }),*];
    };
}

codes! {
    UNKNOWN_FUNCTION = 201, "unknown function",
        "No function has this name. Names of functions may be written in any letter case; `lql doc` lists them all.",
        "SELECT emial(m) AS email FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a";
    REFUSED_FUNCTION = 202, "function that is not supported",
        "The name is known from the product's editor grammar, but nothing public says what it does.",
        "SELECT content_filter(m) AS email FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a";
    ARITY = 203, "wrong number of arguments",
        "A function got fewer or more arguments than it takes. The note shows how it is called; brackets mark what may be left out.",
        "SELECT email(m) AS email, replace(x) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, replace(x, \"-\") AS y FROM web INTO user BY email ALIAS a";
    ARGUMENT_KIND = 204, "argument of the wrong kind",
        "The argument can never be what the function or operator takes, so the result would never have a value. Arguments whose kind shows only at run time, such as event keys, are not refused.",
        "SELECT email(m) AS email, \"x\" + 1 AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, join(\"x\", 1, \"\") AS y FROM web INTO user BY email ALIAS a";
    LITERAL_NEEDED = 205, "literal needed",
        "Regular expressions, JMESPath queries, time zones and the like are compiled once, when the query is checked. They stand in the query as literals and cannot come from the event.",
        "SELECT email(m) AS email, regex.match(x, pattern) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, regex.match(x, \"^a\") AS y FROM web INTO user BY email ALIAS a";
    BAD_LITERAL = 206, "literal that cannot be compiled",
        "A literal argument is no regular expression, date layout, time zone, JMESPath query or address range. The message says what is wrong with it.",
        "SELECT email(m) AS email, regex.match(x, \"(\") AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, regex.match(x, \"[(]\") AS y FROM web INTO user BY email ALIAS a";
    AGGREGATE_INSIDE = 207, "aggregate inside another expression",
        "`count`, `sum`, `min`, `max`, `avg`, `set`, `valuect` and `cap` say how a field accumulates over events. They are no values inside an event, so each must be the outermost call of its column.",
        "SELECT email(m) AS email, sum(x) + 1 AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, sum(x + 1) AS y FROM web INTO user BY email ALIAS a";
    FUNCTION_SCOPE = 208, "function in the wrong place",
        "Some functions ask about a merged profile and stand only in filters; others read event keys and stand only in mappings.",
        "SELECT email(m) AS email, timewindow(x, 1, 7) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, timebucket(x) AS y FROM web INTO user BY email ALIAS a";
    TOLERATED_SPELLING = 209, "old spelling of a function",
        "The name works, but it is a misspelling or an old name that other tools may not know.",
        "SELECT email(m) AS email, tofloat(x) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, tonumber(x) AS y FROM web INTO user BY email ALIAS a";
    STAR_MISPLACED = 210, "`*` where a value is needed",
        "`*` counts every event in `count(*)` and matches everyone in `FILTER *`. It is no value.",
        "SELECT email(m) AS email, len(*) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, count(*) AS y FROM web INTO user BY email ALIAS a";
    INCLUDE_IN_MAPPING = 211, "INCLUDE in a mapping",
        "`INCLUDE` names a segment, and a segment is a condition on a merged profile. A mapping sees one event only.",
        "SELECT email(m) AS email, x AS y IF INCLUDE buyers FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y IF bought > 0 FROM web INTO user BY email ALIAS a";
    NAME_NEEDED = 212, "column without a name",
        "A column without `AS` takes its name from the first event key in it. This one has none.",
        "SELECT email(m) AS email, 5 FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, 5 AS five FROM web INTO user BY email ALIAS a";
    CAST_TYPE = 214, "unknown type in cast",
        "`cast(x AS type)` gives string, int, time, []byte or char.",
        "SELECT email(m) AS email, cast(x AS bool) AS y FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, tobool(x) AS y FROM web INTO user BY email ALIAS a";
    TOO_LARGE = 215, "stream with too many expressions",
        "All queries of one stream compile into one program, and this one needs more constants, keys or registers than a program can name (some ten thousand).",
        "", "";
    UNKNOWN_KIND = 301, "unknown kind",
        "`KIND` names what a field holds. `lql doc kinds` lists the kinds.",
        "SELECT email(m) AS email, x AS y KIND strnig FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y KIND string FROM web INTO user BY email ALIAS a";
    SYSTEM_KIND = 302, "kind that the system keeps for itself",
        "Memberships, embeddings and flows are written by the system, not by mappings.",
        "SELECT email(m) AS email, x AS y KIND membership FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y KIND []string FROM web INTO user BY email ALIAS a";
    KIND_CANNOT_HOLD = 303, "kind that cannot hold the value",
        "The expression's value can never be cast to the column's kind, so the field would stay empty.",
        "SELECT email(m) AS email, map(k, v) AS y KIND int FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, map(k, v) AS y KIND map[string]int FROM web INTO user BY email ALIAS a";
    TWO_KINDS = 304, "one field with two kinds",
        "Several columns may write one field, but all must agree on what it holds. Columns that only name an event key take the kind that another column declares.",
        "SELECT email(m) AS email, x AS y KIND int, z AS y KIND date FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y KIND int, z AS y KIND int FROM web INTO user BY email ALIAS a";
    GUARD_NOT_BOOLEAN = 305, "condition that is never true",
        "A condition passes only if it is the boolean `true`. A text or a number never passes, whatever it holds.",
        "SELECT email(m) AS email, x AS y IF toint(z) FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y IF toint(z) > 0 FROM web INTO user BY email ALIAS a";
    UNQUOTED_DATE = 306, "date math without quotes",
        "`now-3d` without quotes is the name of a field, because `-` may stand in names. Date math is a text.",
        "FILTER last_order > now-3d ALIAS recent",
        "FILTER last_order > \"now-3d\" ALIAS recent";
    NOT_A_DATE = 307, "text that is no date",
        "A date is compared with a text, and the text is neither a date nor date math such as \"now-7d\", so the comparison never has a value. The units of date math are y, M, w, d, h, m and s; letter case counts.",
        "FILTER todate(x) > \"now-3x\" ALIAS recent",
        "FILTER todate(x) > \"now-3d\" ALIAS recent";
    UNKNOWN_MERGEOP = 401, "unknown merge operator",
        "`MERGEOP` says how values of several events become one. `lql doc mergeops` lists the operators.",
        "SELECT email(m) AS email, x AS y MERGEOP lastest FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y MERGEOP latest FROM web INTO user BY email ALIAS a";
    MERGEOP_UNFIT = 402, "merge operator that does not fit the kind",
        "Each merge operator works on certain kinds: a text has no larger or smaller, a set is not added.",
        "SELECT email(m) AS email, x AS y MERGEOP max FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y KIND number MERGEOP max FROM web INTO user BY email ALIAS a";
    IDENTITY_MERGEOP = 403, "identity field with a merge operator",
        "A field named in BY identifies profiles; how its values merge is fixed (a text: latest, a set: union).",
        "SELECT email(m) AS email MERGEOP oldest FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a";
    TWO_MERGEOPS = 404, "one field with two merge operators",
        "All columns of a field must agree on how it merges. Columns that do not say take what another says.",
        "SELECT email(m) AS email, x AS y MERGEOP oldest, z AS y MERGEOP latest FROM web INTO user BY email ALIAS a",
        "SELECT email(m) AS email, x AS y MERGEOP oldest, z AS y FROM web INTO user BY email ALIAS a";
    IDENTITY_KIND = 405, "identity field of the wrong kind",
        "Identity values are compared as text: an identity field is a string, or a []string when one profile may have many values.",
        "SELECT id AS id KIND int FROM web INTO user BY id ALIAS a",
        "SELECT id AS id KIND string FROM web INTO user BY id ALIAS a";
    BY_NO_COLUMN = 501, "BY names no column",
        "BY names the fields that identify a profile. Each must be a column of the same statement, by its name after AS.",
        "SELECT email(m) AS email FROM web INTO user BY mail ALIAS a",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a";
    DUPLICATE_ALIAS = 502, "one alias for two statements",
        "The alias is the statement's identity: uploading a second statement with the same alias replaces the first.",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a; SELECT email(m) AS email FROM app INTO user BY email ALIAS a",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a; SELECT email(m) AS email FROM app INTO user BY email ALIAS b";
    UNKNOWN_SEGMENT = 503, "unknown segment",
        "INCLUDE names a segment by its alias. No segment of the project has this one.",
        "FILTER INCLUDE buyer ALIAS a; FILTER * ALIAS buyers",
        "FILTER INCLUDE buyers ALIAS a; FILTER * ALIAS buyers";
    CYCLIC_SEGMENT = 504, "segment that includes itself",
        "Segments may include others, but not in a circle: membership would depend on itself.",
        "FILTER INCLUDE b ALIAS a; FILTER INCLUDE a ALIAS b",
        "FILTER INCLUDE b ALIAS a; FILTER * ALIAS b";
    UNWRITTEN_FIELD = 505, "filter on a field that nothing writes",
        "The filter reads a field that no query of the project writes into its table, so it never has a value. Often it is a typo, or text without double quotes.",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a; FILTER EXISTS emial ALIAS s",
        "SELECT email(m) AS email FROM web INTO user BY email ALIAS a; FILTER EXISTS email ALIAS s";
    SEGMENT_UNNAMED = 506, "segment without a name",
        "A saved segment is known by its alias. Without one nothing can include it, and it does not show in profiles.",
        "FILTER EXISTS email",
        "FILTER EXISTS email ALIAS has_email";
    SETTING_UNKNOWN = 507, "setting for something that is not there",
        "lql.toml names a table, field or identity that no query writes.",
        "", "";
    SETTING_KEY = 508, "unknown setting",
        "lql.toml has a key that means nothing. A typo there would silently change how profiles merge, so unknown keys are refused.",
        "", "";
    SETTING_VALUE = 509, "setting with a wrong value",
        "lql.toml cannot be read as TOML, or a setting has a value of the wrong type, or one outside its range.",
        "", "";
    NOT_UTF8 = 510, "text that is not UTF-8",
        "Texts are read as UTF-8. Bytes of another encoding, often from an older editor, would silently become other characters, so the file is refused. Save it as UTF-8.",
        "", "";
    SEGMENT_TOO_DEEP = 511, "segment too deep to be included",
        "A segment may include others, which may include others. A chain of more than 100 segments is refused, and so is a condition that has more than 1,000 levels with everything it includes.",
        "", "";
    TEST_KEY = 520, "unknown key in a test",
        "A test file has a key that means nothing. An expectation that nobody reads would pass whatever happens, so unknown keys are refused. docs/testing.md lists the keys.",
        "", "";
    TEST_VALUE = 521, "wrong value in a test",
        "A test file cannot be read as TOML, or a key has a value of the wrong type, or one that makes no sense there.",
        "", "";
    TEST_NAME = 522, "name in a test that the project does not have",
        "A test names a stream, table, field, identity or segment that the project does not have, or a filter that cannot be compiled. The case is not run, and counts as failed.",
        "", "";
}

/// Every code of the project: those of the syntax, of the checker, and of the linter's rules.
pub fn all() -> impl Iterator<Item = &'static CodeEntry> {
    let rules = crate::lint::RULES.iter().map(|rule| &rule.entry);
    lql_syntax::codes::CODES.iter().chain(CODES).chain(rules)
}

/// The entry of a code.
pub fn entry(code: Code) -> Option<&'static CodeEntry> {
    all().find(|entry| entry.code == code)
}

/// Finds the entry of a code written as `LQL0201`, `lql201` or `201`.
pub fn find(text: &str) -> Option<&'static CodeEntry> {
    let digits = text.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let number: u16 = digits.parse().ok()?;
    all().find(|entry| entry.code.0 == number)
}

/// A text of an entry as a project.
#[derive(Clone, Debug)]
pub struct Example {
    /// Mappings, and filters after them.
    pub sources: Vec<Source>,
    /// The text of `lql.toml`; may be empty.
    pub settings: String,
}

/// Whether a text of an entry is an expression: codes below 100 are about those, and most of their texts are no more.
pub fn is_expression(code: Code, text: &str) -> bool {
    code.0 < 100 && !text.starts_with("SELECT") && !text.starts_with("FILTER")
}

/// The project that a text of an entry is: mappings, then filters, which stand in a file of their own, then settings.
///
/// ```
/// # use lql_compiler::codes::example;
/// # use lql_syntax::Code;
/// let text = "SELECT a AS a FROM s INTO user BY a ALIAS q; FILTER EXISTS a ALIAS f\n\nlql.toml:\nnow = \"2026-01-01\"\n";
/// let example = example(Code(505), text);
/// assert_eq!((example.sources.len(), example.settings.as_str()), (2, "now = \"2026-01-01\"\n"));
/// ```
pub fn example(code: Code, text: &str) -> Example {
    let (text, settings) = text.split_once("\n\nlql.toml:\n").unwrap_or((text, ""));
    let mut parts = vec![text];
    if detect_dialect(text) == Dialect::Lql
        && let Some(at) = text.find("; FILTER")
    {
        let (mappings, filters) = text.split_at(at);
        parts = vec![mappings, filters.trim_start_matches([';', ' '])];
    }
    let source = |(number, part): (usize, &str)| {
        let name = if number == 0 { "example" } else { "filter" };
        // A projecting statement of FilterQL that lacks its filter looks like a mapping.
        let filters = (150..200).contains(&code.0) || detect_dialect(part) == Dialect::FilterQl;
        if filters {
            Source::filterql(format!("{name}.fql"), part)
        } else {
            Source::lql(format!("{name}.lql"), part)
        }
    };
    let sources = if is_expression(code, text) {
        vec![Source::lql("expression", text)]
    } else {
        parts.into_iter().enumerate().map(source).collect()
    };
    Example { sources, settings: settings.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_code_is_used_twice() {
        let mut seen = HashSet::new();
        for entry in all() {
            assert!(seen.insert(entry.code), "{} twice", entry.code);
        }
    }
}
