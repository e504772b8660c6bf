//! The fixes of the linter on random projects: they come to an end, what they leave is sound, and the safe ones change
//! nothing that any event says or any audience holds.

use crate::generate::{self, Pool};
use crate::{event, text};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::lint::{Mended, Selection, Tier, lint, mend};
use lql_compiler::{MergeOp, Settings, Source, check};
use lql_syntax::ast::{Dialect, Expr, Statement};
use lql_syntax::{Diagnostic, Safety};
use lql_tests::oracle::{Oracle, fields};
use lql_tests::{Project, TS, time};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;
use std::collections::HashMap;

/// Values that rules speak of; `V` is a value, `C` and `D` are conditions.
const VALUES: &[&str] = &[
    "V",
    "V",
    "(V IF C ELSE V)",
    "((V) IF C ELSE (V))",
    "ifcase(V IF C, V IF D, V)",
    "ifcase(V IF C, V IF D)",
    "tolower(tolower(V))",
    "tolower(email(V))",
    "string.uppercase(string.uppercase(V))",
    "strip(string.strip(V))",
    "todate(todate(V))",
    "toint(toint(V))",
    "tonumber(tonumber(V))",
    "tobool(tobool(V))",
    "tostring(tostring(V))",
    "oneof(V, \"a\")",
    "(C)",
    "regex.match(tolower(V), \"^a\")",
];

/// Conditions that rules speak of.
const CONDITIONS: &[&str] = &[
    "C",
    "(C AND C)",
    "(C OR D OR C)",
    "(C AND (D AND C))",
    "(NOT (C OR C))",
    "AND (C, D, C)",
    "OR (C, C)",
    "(`s` == \"a\" AND `s` == \"a\")",
    "(`s` == \"a\" OR `u` == \"b\" OR `s` == \"a\")",
    "(NOT OR (EXISTS V, `i` > 1, EXISTS V))",
    "(tolower(V) IN (\"a\"))",
    "(tolower(V) NOT IN (\"a\"))",
    "(V IN (\"a\", \"b\", \"a\"))",
    "(V IN [\"a\", 5, \"a\", 5])",
    "(V LIKE [\"a*\", \"b\", \"a*\"])",
    "(V contains (\"a\", \"a\"))",
    "(tolower(V) LIKE \"ab\")",
    "(NOT (tolower(V) LIKE \"ab\"))",
    "(V LIKE \"ab\")",
    "(tolower(V) LIKE \"**a**\")",
    "(tolower(V) LIKE \"*a*\")",
    "(tolower(V) NOT LIKE \"**a**\")",
    "regex.match(tolower(V), \"^a\")",
    "regex.match(tolower(V), \"b$\")",
    "regex.match(tolower(V), \"^ab$\")",
    "regex.match(tolower(V), \"a\")",
    "(NOT regex.match(tolower(V), \"a\"))",
    "(tolower(V) == \"a\" OR tolower(V) == \"b\" OR tolower(V) == \"ab\")",
    "(NOT OR (tolower(V) == \"a\", tolower(V) == \"b\", tolower(V) == \"5\"))",
    "(V == \"a\" OR V == \"b\" OR V == \"5\")",
    "(todate(V) > \"03/04/2026\")",
    "(todate(V) BETWEEN \"01/02/2026\" AND \"05/06/2026\")",
    "(V != \"a\")",
    "(V == NULL)",
    "true",
];

/// A template and what it is filled with.
#[derive(Clone, Debug)]
struct Filled {
    template: &'static str,
    value: Expr,
    conditions: [Expr; 2],
}

impl Filled {
    fn text(&self, pool: &Pool) -> String {
        let spell = |tree: &Expr| text::expression(&text::reread(&pool.fill(tree.clone())));
        let mut out = String::new();
        let mut before = ' ';
        for c in self.template.chars() {
            match c {
                // Capitals inside words are no holes.
                'V' | 'C' | 'D' if matches!(before, '(' | ' ') => match c {
                    'V' => out.push_str(&spell(&self.value)),
                    'C' => out.push_str(&spell(&self.conditions[0])),
                    _ => out.push_str(&spell(&self.conditions[1])),
                },
                c => out.push(c),
            }
            before = c;
        }
        out
    }
}

fn filled(templates: &'static [&'static str]) -> impl Strategy<Value = Filled> {
    (select(templates), generate::value(), generate::condition(), generate::condition())
        .prop_map(|(template, value, c, d)| Filled { template, value, conditions: [c, d] })
}

/// A column: its value, its guard, a clause, and whether it stands twice.
type Column = (Filled, Option<Filled>, &'static str, bool);

fn column() -> impl Strategy<Value = Column> {
    let clauses = select(&["", "", "", " KIND string", " KIND []string", " MERGEOP oldest"][..]);
    (filled(VALUES), prop::option::of(filled(CONDITIONS)), clauses, prop::bool::weighted(0.2))
}

fn query(columns: &[String], condition: Option<&str>) -> String {
    let condition = condition.map_or(String::new(), |condition| format!("WHERE {condition}"));
    let columns: String = columns.iter().map(|column| format!("{column},\n    ")).collect();
    format!("SELECT\n    {columns}id AS id\nFROM s\nINTO user\nBY id\n{condition}\nALIAS Query")
}

fn sources(mapping: &str, filter: &str) -> [Source; 2] {
    [Source::lql("a.lql", mapping), Source::filterql("b.fql", filter)]
}

fn find(texts: &[String]) -> Vec<Diagnostic> {
    let sources = sources(&texts[0], &texts[1]);
    let settings = Settings::default();
    lint(&check(&sources, &settings), &sources, &settings, &Selection::default())
}

fn is_sound(mapping: &str, filter: &str) -> bool {
    check(&sources(mapping, filter), &Settings::default()).is_sound()
}

/// What a stream emits; what says nothing when it is said twice, once.
fn emitted(project: &Project, event: &Json) -> Vec<(String, String)> {
    let adds = |name: &str| project.fields().iter().any(|f| f.name == name && f.mergeop == MergeOp::Sum);
    let mut all: Vec<(String, String)> = project
        .emit("s", &event.to_string(), TS)
        .into_iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    all.sort();
    all.dedup_by(|a, b| a == b && !adds(&a.0));
    all
}

fn condition(filter: &str) -> Expr {
    match lql_syntax::parse(filter, Dialect::FilterQl).statements.pop() {
        Some(Statement::Filter(filter)) => filter.condition.unwrap(),
        _ => panic!("{filter}"),
    }
}

fn holds(filter: &str, event: &Json) -> bool {
    let arena = Bump::new();
    let env = Env { arena: &arena, event_time: time(TS), clock: time(TS) };
    let fields = fields(event, &arena);
    let (kinds, segments) = (HashMap::new(), HashMap::new());
    Oracle { fields: &fields, kinds: &kinds, segments: &segments, env }.holds(&condition(filter))
}

/// The project after fixing, and once more.
fn mended(texts: &[String; 2], tier: Tier) -> Mended {
    let once = mend(texts.to_vec(), tier, find);
    assert!(once.settled, "{texts:?}\n{once:?}");
    assert!(!once.left.iter().any(Diagnostic::is_error), "{texts:?}\n{:?}", once.texts);
    let again = mend(once.texts.clone(), tier, find);
    assert!(again.applied.is_empty(), "{:?}\n{:?}", once.texts, again.texts);
    once
}

proptest! {
    #![proptest_config(lql_cases::cases(150))]

    #[test]
    fn fixes_come_to_an_end_and_safe_ones_keep_the_meaning(
        pool in generate::pool(),
        columns in prop::collection::vec(column(), 1..4),
        where_ in prop::option::of(filled(CONDITIONS)),
        filter in filled(CONDITIONS),
        events in prop::collection::vec(event::flat(), 3),
        profiles in prop::collection::vec(event::with_map(), 3),
    ) {
        // What the check refuses is left out, column by column.
        let mut texts: Vec<String> = Vec::new();
        for (at, (value, guard, clause, twice)) in columns.iter().enumerate() {
            let guard = guard.as_ref().map_or(String::new(), |guard| format!(" IF {}", guard.text(&pool)));
            let column = format!("{} AS f{at}{guard}{clause}", value.text(&pool));
            if is_sound(&query(std::slice::from_ref(&column), None), "") {
                texts.push(column.clone());
                texts.extend(twice.then_some(column));
            }
        }
        let where_ = where_.map(|filled| filled.text(&pool)).filter(|text| is_sound(&query(&[], Some(text)), ""));
        let mapping = query(&texts, where_.as_deref());
        let filter = format!("FILTER {} FROM other ALIAS All", filter.text(&pool));
        let filter = if is_sound(&mapping, &filter) { filter } else { "FILTER * FROM other ALIAS All".into() };
        let texts = [mapping, filter];
        prop_assert!(is_sound(&texts[0], &texts[1]), "{:?}", texts);

        let safe = mended(&texts, Tier::Safe);
        let (before, after) = (Project::lql(&texts[0]), Project::lql(&safe.texts[0]));
        prop_assert_eq!(before.fields(), after.fields(), "{}\n{}", texts[0], safe.texts[0]);
        for event in &events {
            prop_assert_eq!(emitted(&before, event), emitted(&after, event), "{}\n{}\non {}", texts[0], safe.texts[0], event);
        }
        for profile in &profiles {
            prop_assert_eq!(
                holds(&texts[1], profile), holds(&safe.texts[1], profile),
                "{}\n{}\non {}", texts[1], safe.texts[1], profile
            );
        }
        mended(&texts, Tier::Unsafe);
    }
}

/// The templates are not in vain: each safe fix is offered by one of them.
#[test]
fn templates_lead_to_safe_fixes() {
    let fill = |template: &str| {
        template.replace('V', "`s`").replace('C', "(EXISTS `i`)").replace('D', "(EXISTS `u`)")
    };
    let mut codes = std::collections::BTreeSet::new();
    for (templates, column) in [(VALUES, true), (CONDITIONS, false)] {
        for template in templates {
            let filled = fill(template);
            let column = if column { format!("{filled} AS f") } else { format!("`i` AS f IF {filled}") };
            let texts = [query(&[column.clone(), column], Some("true")), String::new()];
            let safe =
                find(&texts).into_iter().filter(|it| it.fixes.iter().any(|fix| fix.safety == Safety::Safe));
            codes.extend(safe.map(|finding| finding.code.0));
        }
    }
    let expected = [603, 607, 612, 614, 616, 617, 618, 802, 804, 905, 906, 907, 908];
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), expected);
}
