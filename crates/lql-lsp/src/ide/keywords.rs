//! What to say about the words of the language that are no functions, kinds or operators: one entry each.

/// A keyword that begins a clause, or part of one.
#[derive(Clone, Copy, Debug)]
pub struct KeywordEntry {
    /// The word.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it does, Markdown.
    pub about: &'static str,
}

/// Finds a keyword, any letter case.
pub fn find(word: &str) -> Option<&'static KeywordEntry> {
    KEYWORDS.iter().find(|entry| entry.name.eq_ignore_ascii_case(word))
}

const fn entry(name: &'static str, form: &'static str, about: &'static str) -> KeywordEntry {
    KeywordEntry { name, form, about }
}

/// Every keyword that has no entry among the operators.
#[rustfmt::skip]
pub const KEYWORDS: &[KeywordEntry] = &[
    entry("SELECT", "SELECT column, … FROM …", "Begins a mapping. Each column writes one field of the profile; a column without value writes nothing."),
    entry("FILTER", "FILTER condition FROM table ALIAS name", "Begins a segment: the profiles for which the condition is true."),
    entry("FROM", "FROM stream", "In a mapping, the stream whose events are read. In a filter, the table, `user` if it is left out."),
    entry("INTO", "INTO table", "The table of profiles that is written: `user` for people."),
    entry("BY", "BY field OR field", "The identity fields: columns of this statement, by the names after `AS`. Events that share a value belong to one profile. The first is the strongest."),
    entry("WHERE", "WHERE condition", "Drops every event for which the condition is not true, for all columns of this statement."),
    entry("WITH", "WITH key = value, …", "Options of the statement."),
    entry("ALIAS", "ALIAS name", "The name of the statement, unique in the project, kept in lower case. Filters include other segments by it."),
    entry("LIMIT", "LIMIT n", "At most so many profiles."),
    entry("AS", "expression AS field", "Names the field. Without it, the name is made from the first event key in the expression."),
    entry("IF", "expression AS field IF condition", "A guard: the column writes only where the condition is true. With `ELSE` it is a choice between two values."),
    entry("ELSE", "value IF condition ELSE other", "The value where the condition is not true."),
    entry("SHORTDESC", "SHORTDESC \"text\"", "A title of the field for people."),
    entry("LONGDESC", "LONGDESC \"text\"", "A longer description of the field for people."),
    entry("KIND", "KIND kind", "What the field holds; values are cast to it. Without it, the kind follows from the expression."),
    entry("MERGEOP", "MERGEOP operator", "How values of several events become one. Without it, the kind or the aggregate decides."),
    entry("NULL", "NULL", "No value."),
    entry("TRUE", "true", "The boolean."),
    entry("FALSE", "false", "The boolean. It is a value: `EXISTS` is true for it."),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_keyword_of_the_grammar_is_explained() {
        for word in lql_syntax::KEYWORDS {
            let known =
                super::find(word).is_some() || lql_compiler::operators::find(word).is_some() || *word == "IS";
            assert!(known, "{word}");
        }
    }
}
