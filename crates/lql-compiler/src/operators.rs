//! The catalog of operators: what each does, what a missing operand makes of it, and examples that are tests.
//!
//! The grammar knows how they are written and lowering what they become; `lql doc`, the book and editors read these entries.

use crate::catalog::Example;

/// An operator of the expression language.
#[derive(Clone, Copy)]
pub struct OperatorEntry {
    /// As the formatter writes it.
    pub name: &'static str,
    /// Other accepted spellings.
    pub spellings: &'static [&'static str],
    /// How it is written, with its operands.
    pub form: &'static str,
    /// How tightly it binds.
    pub level: Level,
    /// What it gives, one sentence with a full stop.
    pub summary: &'static str,
    /// Edge cases, Markdown; may be empty.
    pub details: &'static str,
    /// What it gives where an operand has no value, a phrase.
    pub missing: &'static str,
    /// Examples with results; each is a test.
    pub examples: &'static [Example],
}

/// How tightly an operator binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `a IF b ELSE c`
    Choice,
    /// `a OR b`
    Or,
    /// `a AND b`
    And,
    /// `NOT a`
    Not,
    /// `a = b`, `a IN b`, `a LIKE b`
    Comparison,
    /// `a + b`
    Sum,
    /// `a * b`
    Product,
    /// `-a`, `EXISTS a`, `AND (…)`, `INCLUDE a`
    Operand,
}

impl Level {
    /// A title for listings.
    pub fn title(self) -> &'static str {
        match self {
            Level::Choice => "Choices",
            Level::Or | Level::And | Level::Not => "Logic",
            Level::Comparison => "Comparisons",
            Level::Sum | Level::Product => "Arithmetic",
            Level::Operand => "Before an operand",
        }
    }
}

/// Finds an operator by any of its spellings, in any letter case.
pub fn find(spelling: &str) -> Option<&'static OperatorEntry> {
    let is = |name: &&str| name.eq_ignore_ascii_case(spelling);
    OPERATORS.iter().find(|entry| is(&entry.name) || entry.spellings.iter().any(is))
}

const fn gives(expr: &'static str, event: &'static str, result: &'static str) -> Example {
    Example { expr, event, result: Some(result) }
}

const fn none(expr: &'static str, event: &'static str) -> Example {
    Example { expr, event, result: None }
}

/// Every operator, the loosest first.
#[rustfmt::skip]
pub const OPERATORS: &[OperatorEntry] = &[
    OperatorEntry {
        name: "IF ELSE", spellings: &[], form: "value IF condition ELSE other", level: Level::Choice,
        summary: "Gives the value if the condition is true, else the other one.",
        details: "Without `ELSE` it is the guard of a column, or an arm of `ifcase`.",
        missing: "a condition without value is not true: the other",
        examples: &[gives("\"vip\" IF spend > 100 ELSE \"guest\"", r#"{"spend": 120}"#, r#""vip""#), gives("\"vip\" IF spend > 100 ELSE \"guest\"", "", r#""guest""#)],
    },
    OperatorEntry {
        name: "OR", spellings: &["||"], form: "a OR b", level: Level::Or,
        summary: "True if one of the operands is.",
        details: "",
        missing: "the other operand; false if both are missing",
        examples: &[gives("a = 1 OR b = 2", r#"{"b": 2}"#, "true"), gives("x OR b = 2", r#"{"b": 2}"#, "true")],
    },
    OperatorEntry {
        name: "AND", spellings: &["&&"], form: "a AND b", level: Level::And,
        summary: "True if both operands are.",
        details: "",
        missing: "false; no value if both are missing",
        examples: &[gives("a = 1 AND b = 2", r#"{"a": 1, "b": 2}"#, "true"), gives("a = 1 AND x", r#"{"a": 1}"#, "false"), none("x AND y", "")],
    },
    OperatorEntry {
        name: "NOT", spellings: &["!"], form: "NOT a", level: Level::Not,
        summary: "True if the operand is false, false if it is true.",
        details: "It takes a whole comparison: `NOT a = b` is `NOT (a = b)`. Before `IN`, `LIKE`, `CONTAINS`, `INTERSECTS` and `BETWEEN` it negates them.",
        missing: "no value. But a comparison with a missing operand is false, so its `NOT` is true",
        examples: &[gives("NOT age > 17", r#"{"age": 12}"#, "true"), gives("NOT age > 17", "", "true"), none("NOT adult", "")],
    },
    OperatorEntry {
        name: "=", spellings: &["=="], form: "a = b", level: Level::Comparison,
        summary: "True if both are equal; the right side is turned into the kind of the left.",
        details: "A set is never equal to a scalar; use `IN`, `INTERSECTS` or `CONTAINS`.",
        missing: "false, also if both are missing",
        examples: &[gives("amount = \"5\"", r#"{"amount": 5}"#, "true"), gives("plan = \"pro\"", "", "false")],
    },
    OperatorEntry {
        name: "!=", spellings: &["<>"], form: "a != b", level: Level::Comparison,
        summary: "True if the two differ.",
        details: "It lets pass what has no value at all. Write `EXISTS a AND a != b` where that is not meant.",
        missing: "true if one is missing, false if both are",
        examples: &[gives("env != \"test\"", r#"{"env": "live"}"#, "true"), gives("env != \"test\"", "", "true")],
    },
    OperatorEntry {
        name: ">", spellings: &[], form: "a > b", level: Level::Comparison,
        summary: "True if the left number or date is greater.",
        details: "**Two texts are never ordered**, also not `\"10\"` and `\"9\"`: write `tonumber(a) > 9` or `todate(a) > \"2026-01-01\"`.",
        missing: "false",
        examples: &[gives("total > 9", r#"{"total": 10}"#, "true"), gives("todate(day) > \"2026-01-01\"", r#"{"day": "2026-02-01"}"#, "true")],
    },
    OperatorEntry {
        name: ">=", spellings: &[], form: "a >= b", level: Level::Comparison,
        summary: "True if the left number or date is greater or equal.",
        details: "", missing: "false",
        examples: &[gives("total >= 9", r#"{"total": 9}"#, "true")],
    },
    OperatorEntry {
        name: "<", spellings: &[], form: "a < b", level: Level::Comparison,
        summary: "True if the left number or date is smaller.",
        details: "", missing: "false",
        examples: &[gives("total < 9", r#"{"total": 8.5}"#, "true"), gives("total < 9", "", "false")],
    },
    OperatorEntry {
        name: "<=", spellings: &[], form: "a <= b", level: Level::Comparison,
        summary: "True if the left number or date is smaller or equal.",
        details: "", missing: "false",
        examples: &[gives("total <= 9", r#"{"total": 9}"#, "true")],
    },
    OperatorEntry {
        name: "IN", spellings: &["NOT IN"], form: "a IN (b, …)", level: Level::Comparison,
        summary: "True if the value equals an element of the list, or is a key of the map.",
        details: "Of a set or a map on the left, any element or key counts, as with `INTERSECTS`.",
        missing: "false",
        examples: &[gives("plan IN (\"pro\", \"team\")", r#"{"plan": "team"}"#, "true"), gives("plan NOT IN (\"pro\", \"team\")", r#"{"plan": "free"}"#, "true")],
    },
    OperatorEntry {
        name: "INTERSECTS", spellings: &["NOT INTERSECTS"], form: "a INTERSECTS (b, …)", level: Level::Comparison,
        summary: "True if the two share an element; of maps, the keys count.",
        details: "", missing: "false",
        examples: &[gives("tags INTERSECTS (\"red\", \"blue\")", r#"{"tags": ["green", "blue"]}"#, "true")],
    },
    OperatorEntry {
        name: "CONTAINS", spellings: &["NOT CONTAINS"], form: "a CONTAINS b", level: Level::Comparison,
        summary: "True if the text holds the other text; of a set, if any element does.",
        details: "Letter case counts. With no blank before a parenthesis it is the function `contains(a, b)`.",
        missing: "false",
        examples: &[gives("name CONTAINS \"garden\"", r#"{"name": "The garden shop"}"#, "true"), gives("name CONTAINS \"Garden\"", r#"{"name": "The garden shop"}"#, "false")],
    },
    OperatorEntry {
        name: "LIKE", spellings: &["NOT LIKE"], form: "a LIKE \"pattern\"", level: Level::Comparison,
        summary: "True if the whole text fits the pattern, or one of several in square brackets; of a set, if any element does.",
        details: "`*` is any run of characters but `/`, `**` any run at all, `?` one character but `/`, `[abc]`, `[a-z]` and `[^a]` one of a class; a backslash takes the next character as it is. Letter case counts. Without wildcards it is equality.",
        missing: "false",
        examples: &[gives("path LIKE \"/shop/*\"", r#"{"path": "/shop/fruit"}"#, "true"), gives("path LIKE \"/shop/*\"", r#"{"path": "/shop/fruit/pear"}"#, "false"), gives("path LIKE \"/shop/**\"", r#"{"path": "/shop/fruit/pear"}"#, "true"), gives("mail LIKE [\"*.de\", \"*.at\"]", r#"{"mail": "a@b.at"}"#, "true")],
    },
    OperatorEntry {
        name: "BETWEEN", spellings: &["NOT BETWEEN"], form: "a BETWEEN low AND high", level: Level::Comparison,
        summary: "True if the number or date lies strictly between the bounds; neither bound belongs to it.",
        details: "", missing: "no value",
        examples: &[gives("age BETWEEN 17 AND 66", r#"{"age": 18}"#, "true"), gives("age BETWEEN 17 AND 66", r#"{"age": 17}"#, "false"), none("age BETWEEN 17 AND 66", "")],
    },
    OperatorEntry {
        name: "+", spellings: &[], form: "a + b", level: Level::Sum,
        summary: "Adds two numbers.",
        details: "Texts are not put together by it: `join(a, b, \"\")` does that.", missing: "no value",
        examples: &[gives("price + 1", r#"{"price": 2}"#, "3"), none("price + 1", "")],
    },
    OperatorEntry {
        name: "-", spellings: &[], form: "a - b", level: Level::Sum,
        summary: "Subtracts; before a single operand, the negative number.",
        details: "With no blanks around it, it belongs to the name: `total-tax` is one key.", missing: "no value",
        examples: &[gives("total - tax", r#"{"total": 9, "tax": 2}"#, "7"), gives("-x", r#"{"x": 2}"#, "-2")],
    },
    OperatorEntry {
        name: "*", spellings: &[], form: "a * b", level: Level::Product,
        summary: "Multiplies two numbers.",
        details: "", missing: "no value",
        examples: &[gives("price * 3", r#"{"price": 2}"#, "6")],
    },
    OperatorEntry {
        name: "/", spellings: &[], form: "a / b", level: Level::Product,
        summary: "Divides; where the left number is an integer, so is the result.",
        details: "With no blanks around it, it belongs to the name. Write `tonumber(a) / b` where the fraction counts. Dividing by zero gives no value.", missing: "no value",
        examples: &[gives("total / 2", r#"{"total": 5.0}"#, "2.5"), gives("total / 2", r#"{"total": 5}"#, "2"), none("total / 0", r#"{"total": 5}"#)],
    },
    OperatorEntry {
        name: "%", spellings: &[], form: "a % b", level: Level::Product,
        summary: "The rest of a division.",
        details: "", missing: "no value",
        examples: &[gives("n % 4", r#"{"n": 10}"#, "2")],
    },
    OperatorEntry {
        name: "EXISTS", spellings: &["IS NOT NULL", "IS NULL"], form: "EXISTS a", level: Level::Operand,
        summary: "True if there is a value: the empty text is none, `0` and `false` are.",
        details: "`a IS NOT NULL` says the same, `a IS NULL` the opposite.", missing: "false",
        examples: &[gives("EXISTS note", r#"{"note": ""}"#, "false"), gives("EXISTS visits", r#"{"visits": 0}"#, "true"), gives("note IS NULL", "", "true")],
    },
    OperatorEntry {
        name: "AND (…)", spellings: &[], form: "AND ( a, b, … )", level: Level::Operand,
        summary: "True if all items of the list are; looked at in order.",
        details: "Separate items with commas. `AND ()` is true.",
        missing: "an item without value gives no value, unless one before it is false",
        examples: &[gives("AND ( a = 1, b = 2 )", r#"{"a": 1, "b": 2}"#, "true"), none("AND ( a = 1, x )", r#"{"a": 1}"#)],
    },
    OperatorEntry {
        name: "OR (…)", spellings: &[], form: "OR ( a, b, … )", level: Level::Operand,
        summary: "True if one item of the list is.",
        details: "Separate items with commas. `OR ()` is false.",
        missing: "an item without value is skipped",
        examples: &[gives("OR ( a = 1, b = 2 )", r#"{"b": 2}"#, "true"), gives("OR ( x, a = 1 )", r#"{"a": 1}"#, "true")],
    },
    OperatorEntry {
        name: "INCLUDE", spellings: &[], form: "INCLUDE segment", level: Level::Operand,
        summary: "True if the filter of the other segment is; only in filters.",
        details: "The segment is named by its alias, in any letter case. A circle of includes is an error.",
        missing: "a filter without value is not true, so `NOT INCLUDE` is true",
        examples: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_finds_its_entry() {
        for entry in OPERATORS {
            for spelling in entry.spellings.iter().chain([&entry.name]) {
                assert_eq!(find(&spelling.to_lowercase()).map(|found| found.name), Some(entry.name));
            }
        }
    }

    #[test]
    fn entries_stand_in_the_order_of_their_levels() {
        assert!(OPERATORS.is_sorted_by_key(|entry| entry.level));
    }
}
