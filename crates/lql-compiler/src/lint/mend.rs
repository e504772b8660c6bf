//! Applies fixes: those of a safety tier, as many at once as do not overlap, until nothing is left to apply.

use lql_syntax::{Code, Diagnostic, Edit, Fix, Safety};
use std::collections::{BTreeMap, BTreeSet};

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Those that keep the meaning.
    Safe,
    /// Also those that change it to the likely intent.
    Unsafe,
}

impl Tier {
    fn takes(self, fix: &Fix) -> bool {
        match fix.safety {
            Safety::Safe => true,
            Safety::Unsafe => self == Tier::Unsafe,
            Safety::Display => false,
        }
    }
}

/// Texts after fixing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The texts, numbered as before.
    pub texts: Vec<String>,
    /// How many fixes of each code were applied.
    pub applied: BTreeMap<Code, usize>,
    /// What is still found.
    pub left: Vec<Diagnostic>,
    /// Whether nothing more can be applied. If not, fixes kept leading to new ones.
    pub settled: bool,
}

/// More rounds than any fix needs that leads to others.
const ROUNDS: usize = 20;

/// Applies fixes to texts, which findings number by their place in the list. `find` finds what is wrong with texts.
///
/// A fix that would add an error is not applied.
///
/// ```
/// # use lql_compiler::lint::{Tier, mend};
/// # use lql_syntax::{Code, Diagnostic, Span};
/// let find = |texts: &[String]| match texts[0].find("teh") {
///     Some(at) => vec![Diagnostic::warning(Code(1), "typo", Span::new(at as u32, at as u32 + 3)).replace(
///         "write `the`", Span::new(at as u32, at as u32 + 3), "the")],
///     None => Vec::new(),
/// };
/// let mended = mend(vec!["teh end of teh text".to_owned()], Tier::Safe, find);
/// assert_eq!(mended.texts, ["the end of the text"]);
/// assert!(mended.settled && mended.left.is_empty());
/// ```
pub fn mend(texts: Vec<String>, tier: Tier, find: impl Fn(&[String]) -> Vec<Diagnostic>) -> Mended {
    let left = find(&texts);
    let mut mended = Mended { texts, applied: BTreeMap::new(), left, settled: false };
    let mut refused = BTreeSet::new();
    for _ in 0..ROUNDS {
        let chosen = choose(&mended, tier, &refused);
        if chosen.is_empty() {
            mended.settled = true;
            return mended;
        }
        let errors = errors(&mended.left);
        let attempt = |fixes: &[Chosen]| {
            let texts = apply(&mended.texts, fixes);
            let left = find(&texts);
            (self::errors(&left) <= errors).then_some((texts, left))
        };
        let (accepted, after) = match attempt(&chosen) {
            Some(after) => (chosen, after),
            None => {
                // One of them does harm: the first that does none goes in alone, the harmful ones never.
                let mut harmless = None;
                for fix in chosen {
                    match attempt(std::slice::from_ref(&fix)) {
                        Some(after) => {
                            harmless = Some((vec![fix], after));
                            break;
                        }
                        None => {
                            refused.insert(fix.key());
                        }
                    }
                }
                let Some(harmless) = harmless else { continue };
                harmless
            }
        };
        for fix in &accepted {
            *mended.applied.entry(fix.code).or_default() += 1;
        }
        (mended.texts, mended.left) = after;
    }
    mended.settled = choose(&mended, tier, &refused).is_empty();
    mended
}

fn errors(findings: &[Diagnostic]) -> usize {
    findings.iter().filter(|finding| finding.is_error()).count()
}

/// A fix that is going to be applied.
struct Chosen {
    code: Code,
    edits: Vec<Edit>,
    title: String,
}

impl Chosen {
    /// What is the same when the fix is offered again at another place of the text.
    fn key(&self) -> (Code, String, Vec<String>) {
        (self.code, self.title.clone(), self.edits.iter().map(|edit| edit.text.clone()).collect())
    }
}

/// Of each finding the first fix of the tier; those that overlap an earlier one wait for the next round.
fn choose(mended: &Mended, tier: Tier, refused: &BTreeSet<(Code, String, Vec<String>)>) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut taken: Vec<Edit> = Vec::new();
    for finding in &mended.left {
        let Some(fix) = finding.fixes.iter().find(|fix| tier.takes(fix)) else { continue };
        let one = Chosen { code: finding.code, edits: fix.edits.clone(), title: fix.title.clone() };
        let fits = !one.edits.is_empty()
            && one.edits.iter().all(|edit| is_change(&mended.texts, edit))
            && !refused.contains(&one.key())
            && !one.edits.iter().any(|edit| taken.iter().any(|other| overlap(edit, other)));
        if fits {
            taken.extend(one.edits.iter().cloned());
            chosen.push(one);
        }
    }
    chosen
}

/// Whether an edit lies in its text and changes it.
fn is_change(texts: &[String], edit: &Edit) -> bool {
    let range = edit.span.start as usize..edit.span.end as usize;
    texts.get(edit.file as usize).and_then(|text| text.get(range)).is_some_and(|old| old != edit.text)
}

/// Whether two edits touch each other. Two insertions at one place do: their order would be chance.
fn overlap(a: &Edit, b: &Edit) -> bool {
    a.file == b.file && a.span.start <= b.span.end && b.span.start <= a.span.end
}

/// The texts with all edits, which do not overlap.
fn apply(texts: &[String], fixes: &[Chosen]) -> Vec<String> {
    let mut texts = texts.to_vec();
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.file, edit.span)));
    for edit in edits {
        if let Some(text) = texts.get_mut(edit.file as usize) {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
    }
    texts
}
