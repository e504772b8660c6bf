//! Which segments include which: unknown names, circles, and chains that are too long to be one condition.
//!
//! Walks keep their way in a list, not on the stack: nothing bounds the chains that a text may hold.

use crate::codes;
use crate::suggest::{choice, nearest};
use lql_syntax::ast::{Expr, ExprKind, Name};
use lql_syntax::{Diagnostic, Safety};
use std::collections::{HashMap, HashSet};

/// Most segments in a chain of includes (reference 11.5).
const LONGEST_CHAIN: usize = 100;

/// Most levels of a condition with everything it includes (reference 5.1).
const MOST_LEVELS: usize = 1_000;

/// The conditions of segments by lower-case slug, and what they include.
pub(crate) struct Includes<'c> {
    conditions: &'c HashMap<String, Expr>,
    /// The included slugs, in the order of the text.
    of: HashMap<&'c str, Vec<String>>,
    sizes: HashMap<&'c str, Size>,
    /// Whether there is any circle, which is rare.
    circular: bool,
    /// Circles that were reported, each once, by its sorted members.
    circles: Vec<Vec<String>>,
}

/// How much a condition is with everything it includes.
#[derive(Clone, Copy, Default)]
struct Size {
    /// Segments in the longest chain, this one counted in.
    chain: usize,
    /// Levels of the tree.
    levels: usize,
}

impl<'c> Includes<'c> {
    pub(crate) fn new(conditions: &'c HashMap<String, Expr>) -> Self {
        let mut of = HashMap::new();
        for (slug, condition) in conditions {
            let mut included = Vec::new();
            collect(condition, &mut included);
            of.insert(slug.as_str(), included);
        }
        let mut this = Self { conditions, of, sizes: HashMap::new(), circular: false, circles: Vec::new() };
        this.measure();
        this
    }

    /// What is wrong with an included name.
    pub(crate) fn check(&mut self, name: &Name) -> Option<Diagnostic> {
        let slug = name.text.to_lowercase();
        if !self.of.contains_key(slug.as_str()) {
            return Some(self.unknown(name, &slug));
        }
        if self.circular
            && let Some(way) = self.way_back(&slug)
        {
            return self.circle(name, way);
        }
        let deep = |slug: &str| {
            self.sizes.get(slug).is_some_and(|size| size.chain > LONGEST_CHAIN || size.levels > MOST_LEVELS)
        };
        let included = self.of.get(slug.as_str()).into_iter().flatten();
        // Where an included segment is too deep itself, that is the finding.
        (deep(&slug) && !included.map(String::as_str).any(deep)).then(|| {
            Diagnostic::error(
                codes::SEGMENT_TOO_DEEP,
                format!("segment `{}` is too deep to be included", name.text),
                name.span,
            )
            .label("too much hangs on this")
            .note(format!(
                "a chain of includes has at most {LONGEST_CHAIN} segments, \
                 and a condition with all it includes {MOST_LEVELS} levels"
            ))
        })
    }

    fn unknown(&self, name: &Name, slug: &str) -> Diagnostic {
        let near = nearest(slug, self.conditions.keys().map(String::as_str));
        let mut finding =
            Diagnostic::error(codes::UNKNOWN_SEGMENT, format!("unknown segment `{}`", name.text), name.span)
                .label("no segment has this alias");
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        }
        if let [one] = near[..] {
            finding = finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, one);
        }
        finding
    }

    fn circle(&mut self, name: &Name, mut way: Vec<String>) -> Option<Diagnostic> {
        let mut members = way.clone();
        members.sort();
        if self.circles.contains(&members) {
            return None;
        }
        self.circles.push(members);
        way.push(name.text.to_lowercase());
        let finding = Diagnostic::error(
            codes::CYCLIC_SEGMENT,
            format!("segment `{}` includes itself", name.text),
            name.span,
        )
        .label("the circle closes here")
        .note(format!("the circle is {}", way.join(" → ")));
        Some(finding)
    }

    /// The segments on a way from one back to itself, that one first.
    fn way_back(&self, slug: &str) -> Option<Vec<String>> {
        let mut visited = HashSet::new();
        // A segment, and which of its includes comes next.
        let mut way = vec![(slug, 0)];
        while let Some((at, next)) = way.last_mut() {
            let Some(included) = self.of.get(*at).and_then(|all| all.get(*next)) else {
                way.pop();
                continue;
            };
            *next += 1;
            if included == slug {
                return Some(way.into_iter().map(|(slug, _)| slug.to_owned()).collect());
            }
            if visited.insert(included) {
                way.push((included, 0));
            }
        }
        None
    }

    /// Measures every segment after those that it includes. A circle counts as if it were open at its end: one that is
    /// short is found as a circle, one that is long is too deep.
    fn measure(&mut self) {
        let mut slugs: Vec<&'c str> = self.conditions.keys().map(String::as_str).collect();
        slugs.sort_unstable();
        let mut visited = HashSet::new();
        for slug in slugs {
            let mut way = if visited.insert(slug) { vec![(slug, 0)] } else { Vec::new() };
            while let Some((at, next)) = way.last_mut() {
                let included = self.of.get(*at).and_then(|all| all.get(*next));
                *next += 1;
                let Some(included) = included else {
                    let slug = *at;
                    way.pop();
                    if let Some(condition) = self.conditions.get(slug) {
                        let size = self.size(condition);
                        self.sizes.insert(slug, Size { chain: size.chain + 1, ..size });
                    }
                    continue;
                };
                let Some((included, _)) = self.conditions.get_key_value(included) else { continue };
                if visited.insert(included) {
                    way.push((included, 0));
                } else {
                    // Visited and not measured yet: it is on the way here.
                    self.circular |= !self.sizes.contains_key(included.as_str());
                }
            }
        }
    }

    /// The size of a tree whose includes are measured. Recurses no deeper than the parser does.
    fn size(&self, expr: &Expr) -> Size {
        let mut size = Size::default();
        let mut grow = |other: Size| {
            size = Size { chain: size.chain.max(other.chain), levels: size.levels.max(other.levels) };
        };
        if let ExprKind::Include(name) = &expr.kind {
            grow(self.sizes.get(name.text.to_lowercase().as_str()).copied().unwrap_or_default());
        }
        expr.children(|child| grow(self.size(child)));
        Size { levels: size.levels + 1, ..size }
    }
}

fn collect(expr: &Expr, into: &mut Vec<String>) {
    if let ExprKind::Include(name) = &expr.kind {
        into.push(name.text.to_lowercase());
    }
    expr.children(|child| collect(child, into));
}
