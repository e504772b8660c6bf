//! Which rules are used: those that are on, the asked-for others, without the ignored.

use super::{Category, RULES, Rule};
use crate::codes;
use crate::suggest::nearest;
use lql_syntax::Code;
use std::collections::BTreeSet;

/// Which rules are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    selected: BTreeSet<Code>,
    ignored: BTreeSet<Code>,
}

/// A word that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// The word.
    pub word: String,
    /// Names that are spelt nearly so.
    pub near: Vec<&'static str>,
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no rule is called `{}`", self.word)?;
        match self.near.as_slice() {
            [] => f.write_str("; `lql explain` lists the codes"),
            near => write!(f, "; did you mean `{}`?", near.join("` or `")),
        }
    }
}

impl std::error::Error for UnknownRule {}

impl Selection {
    /// Also uses the rules that this word names, although they are off by default.
    pub fn select(&mut self, word: &str) -> Result<(), UnknownRule> {
        self.selected.extend(codes_of(word)?);
        Ok(())
    }

    /// Does without the rules, or warnings of the checker, that this word names.
    pub fn ignore(&mut self, word: &str) -> Result<(), UnknownRule> {
        self.ignored.extend(codes_of(word)?);
        Ok(())
    }

    /// Whether a rule is used.
    pub fn has(&self, rule: &Rule) -> bool {
        (!rule.opt_in || self.selected.contains(&rule.code())) && !self.ignores(rule.code())
    }

    /// Whether warnings of this code are left out.
    pub fn ignores(&self, code: Code) -> bool {
        self.ignored.contains(&code)
    }
}

/// What a word names: the code or name of a rule, the code of any warning, or a category.
///
/// ```
/// # use lql_compiler::lint::Selection;
/// let mut selection = Selection::default();
/// assert!(["LQL0601", "text-order", "style"].iter().all(|word| selection.ignore(word).is_ok()));
/// assert_eq!(selection.ignore("text-ordre").unwrap_err().to_string(), "no rule is called `text-ordre`; did you mean `text-order`?");
/// ```
pub(super) fn codes_of(word: &str) -> Result<Vec<Code>, UnknownRule> {
    let of_category: Vec<Code> =
        RULES.iter().filter(|rule| rule.category().name() == word).map(|rule| rule.code()).collect();
    if !of_category.is_empty() {
        return Ok(of_category);
    }
    if let Some(rule) = RULES.iter().find(|rule| rule.name == word) {
        return Ok(vec![rule.code()]);
    }
    let looks_like_code =
        word.len() > 3 && word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("LQL"));
    if let Some(entry) = codes::find(word).filter(|_| looks_like_code) {
        return Ok(vec![entry.code]);
    }
    let names = RULES.iter().map(|rule| rule.name).chain(Category::ALL.map(Category::name));
    Err(UnknownRule { word: word.to_owned(), near: nearest(word, names) })
}
