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

pub(crate) use allow::{Allowance, allowances, allowances_of, settle};
pub use mend::{Mended, Tier, mend};
pub use rules::RULES;
pub use select::{Selection, UnknownRule};

use crate::check::{CheckedFile, CheckedQuery};
use crate::{Checked, Kind, Settings, Source};
use lql_syntax::{Code, CodeEntry, Diagnostic, Safety, Span};
use project::Project;
use std::collections::HashSet;
use std::sync::Arc;

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
    find: Find,
}

/// How a rule finds.
#[derive(Clone, Copy)]
enum Find {
    /// In each file on its own, with the final kinds of fields and the settings, whatever else the other files say.
    InFile(FindIn),
    /// In all files together.
    InProject(FindIn),
    /// Not at all: suppressions are judged by the engine.
    ByEngine,
}

type FindIn = fn(&Project<'_>, &mut Vec<Diagnostic>);

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
    lint_after(None, checked, sources, settings, selection).findings
}

/// A project that was linted.
#[derive(Debug)]
pub struct Linted {
    /// What [`lint`] gives.
    pub findings: Vec<Diagnostic>,
    settings: Settings,
    selection: Selection,
    files: Vec<Arc<LintedFile>>,
}

/// What the rules that look at single files found in one, and all that they saw.
#[derive(Debug)]
struct LintedFile {
    file: Arc<CheckedFile>,
    queries: Vec<Arc<CheckedQuery>>,
    kinds: Option<Arc<Vec<(Span, Kind)>>>,
    found: Vec<Diagnostic>,
}

/// [`lint`] after an earlier one of the project: what is still true of single files is not worked out again. The answer
/// does not depend on what the earlier one was.
pub fn lint_after(
    earlier: Option<&Linted>,
    checked: &Checked,
    sources: &[Source],
    settings: &Settings,
    selection: &Selection,
) -> Linted {
    let earlier = earlier.filter(|it| it.settings == *settings && it.selection == *selection);
    let broken: HashSet<u32> =
        checked.diagnostics.iter().filter(|it| it.is_error()).map(|it| it.primary.file).collect();
    let of_file = |(number, file): (u32, &Arc<CheckedFile>)| {
        let known = earlier.and_then(|earlier| earlier.files.get(number as usize));
        if let Some(known) = known.filter(|known| known.is_of(checked, number, file)) {
            return Arc::clone(known);
        }
        let mut found = Vec::new();
        let project = Project::of_file(checked, sources, settings, number);
        for rule in RULES.iter().filter(|rule| selection.has(rule)) {
            if let Find::InFile(find) = rule.find {
                find(&project, &mut found);
            }
        }
        Arc::new(LintedFile {
            file: Arc::clone(file),
            queries: checked.queries_of(number).to_vec(),
            kinds: checked.kinds_of(number as usize).cloned(),
            found,
        })
    };
    let files: Vec<Arc<LintedFile>> = (0u32..).zip(&checked.files).map(of_file).collect();
    let mut found: Vec<Diagnostic> = files.iter().flat_map(|file| file.found.iter().cloned()).collect();
    let project = Project::whole(checked, sources, settings);
    for rule in RULES.iter().filter(|rule| selection.has(rule)) {
        if let Find::InProject(find) = rule.find {
            find(&project, &mut found);
        }
    }
    let place = |it: &Diagnostic| (it.primary.file, it.primary.span);
    let known: HashSet<(u32, Span)> = checked.diagnostics.iter().map(place).collect();
    found.retain(|it| !broken.contains(&it.primary.file) && !known.contains(&place(it)));

    let mut used = checked.allowed.clone();
    let mut allowances = allowances_of(&checked.files);
    settle(&mut found, &mut used, &mut allowances);
    let of_allowances = allow::findings(&allowances, sources, selection).into_iter();
    found.extend(of_allowances.filter(|finding| !broken.contains(&finding.primary.file)));
    found.extend(checked.diagnostics.iter().filter(|d| d.is_error() || !selection.ignores(d.code)).cloned());
    sort(&mut found);
    Linted { findings: found, settings: settings.clone(), selection: selection.clone(), files }
}

impl LintedFile {
    /// Whether its rules would see the same again.
    fn is_of(&self, checked: &Checked, number: u32, file: &Arc<CheckedFile>) -> bool {
        let queries = checked.queries_of(number);
        Arc::ptr_eq(&self.file, file)
            && self.queries.len() == queries.len()
            && self.queries.iter().zip(queries).all(|(a, b)| Arc::ptr_eq(a, b))
            && match (&self.kinds, checked.kinds_of(number as usize)) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (a, b) => a.is_none() && b.is_none(),
            }
    }
}

/// What else there is to say about the code of a rule: its name, its fix, and how it is allowed.
pub fn of_rule(code: Code) -> Option<String> {
    let rule = RULES.iter().find(|rule| rule.code() == code)?;
    let category = rule.category().name();
    let off = if rule.opt_in { ", off unless asked for" } else { "" };
    let fix = match rule.fix {
        Some(Safety::Safe) => " `lql lint --fix` can mend it.",
        Some(_) => " `lql lint --fix --unsafe-fixes` can mend it.",
        None => "",
    };
    // Suppressions themselves are not suppressed.
    let allow = match rule.find {
        Find::InFile(_) | Find::InProject(_) => {
            format!(" A comment allows it: `lint: allow {}: the reason`.", rule.name)
        }
        Find::ByEngine => String::new(),
    };
    Some(format!("Rule `{}` of `lql lint` ({category}{off}).{fix}{allow}", rule.name))
}

/// By file and place.
fn sort(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.primary.file, d.primary.span, d.code);
        key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
    });
    findings.dedup();
}
