//! Lints: texts that are sound, and probably not what their author means.
//!
//! A rule is one file below `rules/` and its line in [`RULES`]. Its entry is all there is: `lql explain`, the book, the tests
//! of the examples and the linter itself read it.
//!
//! ```
//! use lql_compiler::lint::{Selection, lint};
//! use lql_compiler::{Settings, Source, check};
//!
//! let sources = [Source::filterql("old.fql", "FILTER age > 60 AND age < 18 ALIAS old")];
//! let settings = Settings::default();
//! let findings = lint(&check(&sources, &settings), &sources, &settings, &Selection::default());
//! assert_eq!(findings[0].to_string(), "LQL0611: `age` cannot be both `> 60` and `< 18`");
//! ```

mod allow;
mod mend;
mod names;
mod project;
mod range;
mod rules;
mod select;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use allow::{allowances, settle};
pub use mend::{Mended, Tier, mend};
pub use rules::RULES;
pub use select::{Selection, UnknownRule};

use crate::{Checked, Settings, Source};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};
use project::Project;

/// A rule.
pub struct Rule {
    /// Its name, for people and for `lint: allow`: `text-order`.
    pub name: &'static str,
    /// Code, title, why it matters, a wrong and a right text. A text may end in a part `lql.toml:`.
    pub entry: CodeEntry,
    /// How safe its fix is, where it has one. Single findings may be without.
    pub fix: Option<Safety>,
    /// Whether it is off unless somebody asks for it.
    pub opt_in: bool,
    /// Finds; `None` for the rules about suppressions, which the engine finds itself.
    find: Option<Find>,
}

type Find = fn(&Project<'_>, &mut Vec<Diagnostic>);

impl Rule {
    /// Its code.
    pub fn code(&self) -> Code {
        self.entry.code
    }

    /// Its category; the hundreds of its code say it.
    pub fn category(&self) -> Category {
        match self.entry.code.0 / 100 {
            6 => Category::Mistake,
            7 => Category::Risk,
            8 => Category::Cost,
            _ => Category::Style,
        }
    }

    /// A finding of this rule.
    fn at(&self, file: u32, span: Span, title: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(self.entry.code, title, span).in_file(file)
    }
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// It does not do what it says.
    Mistake,
    /// It works today, and goes wrong with other events.
    Risk,
    /// It could be cheaper.
    Cost,
    /// It could be easier to read.
    Style,
}

impl Category {
    /// All of them, in order of code.
    pub const ALL: [Category; 4] = [Category::Mistake, Category::Risk, Category::Cost, Category::Style];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Category::Mistake => "mistake",
            Category::Risk => "risk",
            Category::Cost => "cost",
            Category::Style => "style",
        }
    }
}

/// The findings of the checker and of the rules, by file and place, without those that a comment allows.
///
/// A file with errors is not linted: what stands there is not yet what is meant.
pub fn lint(
    checked: &Checked,
    sources: &[Source],
    settings: &Settings,
    selection: &Selection,
) -> Vec<Diagnostic> {
    let project = Project::new(checked, sources, settings);
    let mut found = Vec::new();
    for rule in RULES.iter().filter(|rule| selection.has(rule)) {
        if let Some(find) = rule.find {
            find(&project, &mut found);
        }
    }
    let broken = |file: u32| checked.diagnostics.iter().any(|d| d.is_error() && d.primary.file == file);
    let known: Vec<(u32, Span)> =
        checked.diagnostics.iter().map(|d| (d.primary.file, d.primary.span)).collect();
    found.retain(|d| !broken(d.primary.file) && !known.contains(&(d.primary.file, d.primary.span)));

    let mut used = checked.allowed.clone();
    let mut allowances = allowances(&checked.parsed, sources);
    settle(&mut found, &mut used, &mut allowances);
    found.extend(
        allow::findings(&allowances, sources, selection)
            .into_iter()
            .filter(|finding| !broken(finding.primary.file)),
    );
    found.extend(checked.diagnostics.iter().filter(|d| d.is_error() || !selection.ignores(d.code)).cloned());
    sort(&mut found);
    found
}

/// By file and place.
fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.file, d.primary.span, d.code);
        key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
    });
    findings.dedup();
}
