//! Single expressions, in both dialects.

use crate::generate::{self, Pool};
use crate::{event, text};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::{Kind, Surroundings, check_expression};
use lql_runtime::Machine;
use lql_runtime::decode::Projection;
use lql_syntax::ast::{Dialect, Expr, ExprKind, ListOp};
use lql_tests::oracle::{Oracle, fields};
use lql_tests::{Outcome, TS, time, to_json};
use proptest::prelude::*;
use serde_json::Value as Json;
use std::collections::HashMap;

/// The clock, an hour after the event.
const CLOCK: &str = "2026-03-04T06:06:07Z";

/// What the machine gives for a text on each event; nothing where the check refuses the text.
fn machine(
    text: &str,
    dialect: Dialect,
    around: &Surroundings,
    events: &[Json],
) -> Result<Vec<Option<Json>>, String> {
    let checked =
        check_expression(text, dialect, around).map_err(|findings| Outcome::Refused(findings).to_string())?;
    let constants = Bump::new();
    let machine = Machine::load(&checked.program, &constants).unwrap();
    let projection = Projection::new(&checked.program, &[]);
    let run = |event| {
        let arena = Bump::new();
        let env = Env { arena: &arena, event_time: time(TS), clock: time(CLOCK) };
        let registers = machine.registers(&arena);
        projection.fill_from_json_value(event, &arena, machine.slots(registers)).unwrap();
        to_json(machine.value(registers, &env))
    };
    Ok(events.iter().map(run).collect())
}

/// What the oracle gives for a tree on an event.
fn oracle(
    tree: &Expr,
    around: &Surroundings,
    segments: &HashMap<String, Expr>,
    event: &Json,
) -> Option<Json> {
    let arena = Bump::new();
    let env = Env { arena: &arena, event_time: time(TS), clock: time(CLOCK) };
    let fields = fields(event, &arena);
    to_json(Oracle { fields: &fields, kinds: &around.kinds, segments, env }.value(tree))
}

fn around(segments: &HashMap<String, Expr>) -> Surroundings {
    let include = |(slug, tree): (&String, &Expr)| format!("FILTER {} ALIAS {slug}", text::expression(tree));
    Surroundings {
        kinds: HashMap::from([("t".to_owned(), Kind::Date), ("times".to_owned(), Kind::TimeSet)]),
        includes: segments.iter().map(include).collect(),
    }
}

fn compare(
    tree: &Expr,
    dialect: Dialect,
    segments: &HashMap<String, Expr>,
    events: &[Json],
) -> Result<(), TestCaseError> {
    let around = around(segments);
    let expected: Vec<Option<Json>> =
        events.iter().map(|event| oracle(tree, &around, segments, event)).collect();
    for text in [text::expression(tree), lql_syntax::print_expr(tree, dialect)] {
        match machine(&text, dialect, &around, events) {
            // Some combinations can never have a value, and the check says so.
            Err(refusal) if refusal.contains("LQL0204") => return Err(TestCaseError::reject(refusal)),
            Err(refusal) => return Err(TestCaseError::fail(format!("{text}\n{refusal}"))),
            Ok(found) => {
                for ((event, expected), found) in events.iter().zip(&expected).zip(found) {
                    prop_assert_eq!(
                        &found,
                        expected,
                        "machine (left) and oracle (right) differ\n{}\non {}",
                        text,
                        event
                    );
                }
            }
        }
    }
    Ok(())
}

fn filled(tree: impl Strategy<Value = Expr>) -> impl Strategy<Value = (Expr, Pool)> {
    (generate::pool(), tree).prop_map(|(pool, tree)| (text::reread(&pool.fill(tree)), pool))
}

proptest! {
    #![proptest_config(lql_cases::cases(1_500))]

    #[test]
    fn the_machine_gives_what_the_oracle_gives(
        (tree, _) in filled(prop_oneof![generate::value(), generate::condition()]),
        events in prop::collection::vec(event::with_map(), 3),
    ) {
        compare(&tree, Dialect::Lql, &HashMap::new(), &events)?;
    }

    #[test]
    fn filters_and_the_segments_they_include_do_too(
        (tree, pool) in filled(generate::condition()),
        negated in any::<bool>(),
        events in prop::collection::vec(event::with_map(), 3),
    ) {
        let segments: HashMap<String, Expr> =
            (0..).zip(pool.conditions).map(|(at, part)| (format!("s{at}"), text::reread(&generate::without_match(part)))).collect();
        let include = generate::expr(ExprKind::Include(generate::name("S1")));
        let include = if negated { generate::expr(ExprKind::Not(Box::new(include))) } else { include };
        let tree = generate::expr(ExprKind::List { op: ListOp::Or, items: vec![include, generate::without_match(tree)] });
        compare(&tree, Dialect::FilterQl, &segments, &events)?;
    }
}
