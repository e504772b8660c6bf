//! Whole streams: several queries that share sub-expressions, conditions and guards.

use crate::generate::{self, Pool};
use crate::{event, text};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::{Settings, Source, check, convert};
use lql_syntax::Diagnostic;
use lql_syntax::ast::Expr;
use lql_tests::oracle::{Oracle, fields};
use lql_tests::{Outcome, Project, TS, time, to_json};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value as Json;
use std::collections::HashMap;

/// A column over a pool.
#[derive(Clone, Debug)]
struct Column {
    tree: Expr,
    guard: Option<Expr>,
    kind: Option<&'static str>,
}

/// A query over a pool. It finds its identities in the keys `id` and `mail`.
#[derive(Clone, Debug)]
struct Query {
    columns: Vec<Column>,
    identity_guard: Option<Expr>,
    condition: Option<Expr>,
}

fn column() -> impl Strategy<Value = Column> {
    let aggregate = (select(&["count", "sum", "set", "valuect", "min"][..]), generate::value())
        .prop_map(|(function, tree)| generate::call(function, vec![tree]));
    let tree = prop_oneof![3 => generate::value(), 1 => generate::condition(), 1 => aggregate];
    let kind = prop_oneof![3 => Just(None), 1 => select(&["string", "int", "number", "bool", "[]string", "date"][..]).prop_map(Some)];
    (tree, prop::option::of(generate::condition()), kind).prop_map(|(tree, guard, kind)| Column {
        tree,
        guard,
        kind,
    })
}

fn query() -> impl Strategy<Value = Query> {
    let optional = || prop::option::weighted(0.4, generate::condition());
    (prop::collection::vec(column(), 1..5), optional(), optional())
        .prop_map(|(columns, identity_guard, condition)| Query { columns, identity_guard, condition })
}

impl Query {
    fn fill(self, pool: &Pool) -> Self {
        let columns = self.columns.into_iter().map(|column| Column {
            tree: text::reread(&pool.fill(column.tree)),
            guard: column.guard.map(|guard| text::reread(&pool.fill(guard))),
            kind: column.kind,
        });
        Query {
            columns: columns.collect(),
            identity_guard: self.identity_guard.map(|guard| text::reread(&pool.fill(guard))),
            condition: self.condition.map(|condition| text::reread(&pool.fill(condition))),
        }
    }

    /// The statement. Its identity columns stand last, and are evaluated first.
    fn text(&self, number: usize) -> String {
        let mut columns: Vec<String> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let guard = column
                .guard
                .as_ref()
                .map_or(String::new(), |guard| format!(" IF {}", text::expression(guard)));
            let kind = column.kind.map_or(String::new(), |kind| format!(" KIND {kind}"));
            columns.push(format!("{} AS f{number}_{at}{guard}{kind}", text::expression(&column.tree)));
        }
        let guard = self
            .identity_guard
            .as_ref()
            .map_or(String::new(), |guard| format!(" IF {}", text::expression(guard)));
        columns.push(format!("id AS id{guard}"));
        columns.push("email(mail) AS email".into());
        let condition = self
            .condition
            .as_ref()
            .map_or(String::new(), |condition| format!("WHERE {}", text::expression(condition)));
        format!(
            "SELECT {}\nFROM s INTO user BY id OR email {condition} ALIAS q{number};\n",
            columns.join("\n     , ")
        )
    }
}

/// What each column gives on its own, by the oracle.
fn expected(queries: &[Query], project: &Project, event: &Json) -> Vec<(String, Json)> {
    let arena = Bump::new();
    let env = Env { arena: &arena, event_time: time(TS), clock: time(TS) };
    let fields = fields(event, &arena);
    let (kinds, segments) = (HashMap::new(), HashMap::new());
    let oracle = Oracle { fields: &fields, kinds: &kinds, segments: &segments, env };
    let kind_of = |name: &str| project.fields().into_iter().find(|f| f.name == name).unwrap().kind;
    let mut all = Vec::new();
    for (number, query) in queries.iter().enumerate() {
        if query.condition.as_ref().is_some_and(|condition| !oracle.holds(condition)) {
            continue;
        }
        let mut found = Vec::new();
        let mut put = |name: String, tree: &Expr, guard: Option<&Expr>| {
            if guard.is_none_or(|guard| oracle.holds(guard)) {
                let value = convert::cast(oracle.value(tree), kind_of(&name), &oracle.env);
                found.extend(to_json(value).map(|value| (name, value)));
            }
        };
        put("id".into(), &generate::field("id"), query.identity_guard.as_ref());
        put("email".into(), &generate::call("email", vec![generate::field("mail")]), None);
        for (at, column) in query.columns.iter().enumerate() {
            put(format!("f{number}_{at}"), &column.tree, column.guard.as_ref());
        }
        if found.iter().any(|(name, _)| name == "id" || name == "email") {
            all.append(&mut found);
        }
    }
    all
}

/// Columns that the check refuses for good reason: a kind that cannot hold the value
/// or does not fit the aggregate, an operand that is no number.
fn refused(finding: &Diagnostic) -> bool {
    use lql_compiler::codes::{ARGUMENT_KIND, KIND_CANNOT_HOLD, MERGEOP_UNFIT};
    finding.is_error() && [ARGUMENT_KIND, KIND_CANNOT_HOLD, MERGEOP_UNFIT].contains(&finding.code)
}

proptest! {
    #![proptest_config(lql_cases::cases(800))]

    #[test]
    fn a_stream_emits_what_each_column_gives_on_its_own(
        pool in generate::pool(),
        queries in prop::collection::vec(query(), 1..4),
        events in prop::collection::vec(event::flat(), 4),
    ) {
        let mut queries: Vec<Query> = queries.into_iter().map(|query| query.fill(&pool)).collect();
        // Drop what is refused, column by column.
        for query in &mut queries {
            query.columns.retain(|column| {
                let guard = column.guard.clone();
                let lone = Query { columns: vec![Column { guard, ..column.clone() }], identity_guard: None, condition: None };
                !check(&[Source::lql("a.lql", lone.text(0))], &Settings::default()).diagnostics.iter().any(refused)
            });
            for condition in [&mut query.condition, &mut query.identity_guard] {
                let lone = Query { columns: Vec::new(), identity_guard: condition.clone(), condition: None };
                if check(&[Source::lql("a.lql", lone.text(0))], &Settings::default()).diagnostics.iter().any(refused) {
                    *condition = None;
                }
            }
        }
        let text: String = queries.iter().enumerate().map(|(number, query)| query.text(number)).collect();
        let checked = check(&[Source::lql("a.lql", text.as_str())], &Settings::default());
        prop_assert!(checked.is_sound(), "{}\n{}", text, Outcome::Refused(checked.diagnostics));
        let project = Project::lql(&text);
        for event in &events {
            let found = project.emit("s", &event.to_string(), TS);
            prop_assert_eq!(found, expected(&queries, &project, event), "machine (left), oracle (right)\n{}\non {}", text, event);
        }
    }
}

/// One column that is not random: guards and branches around the same sub-expression.
#[test]
fn a_sub_expression_first_asked_for_in_a_branch_not_taken_is_computed_later() {
    let shared = r#"(toint(`n`) + 1)"#;
    let text = format!(
        "SELECT id AS id
              , {shared} AS a IF b == true AND {shared} > 3
              , {shared} AS b IF b == false OR {shared} > 3
              , (1 IF b == true ELSE {shared}) AS c
              , AND (b == true, {shared} > 3) AS d
              , {shared} AS e
         FROM s INTO user BY id WHERE OR (b == true, {shared} > 0) ALIAS q"
    );
    let project = Project::lql(&text);
    let emitted = |event: &str| {
        project.emit("s", event, TS).into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(emitted(r#"{"id": "u", "b": true, "n": "5"}"#), "id a b c d e");
    assert_eq!(emitted(r#"{"id": "u", "b": false, "n": "5"}"#), "id b c d e");
    assert_eq!(emitted(r#"{"id": "u", "b": true, "n": "1"}"#), "id c d e");
    assert_eq!(emitted(r#"{"id": "u", "b": false, "n": "x"}"#), "");
    assert_eq!(emitted(r#"{"id": "u", "b": true, "n": "x"}"#), "id c d");
}
