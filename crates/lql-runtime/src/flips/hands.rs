//! Looks on while a filter runs, and notes when the clock changes what it sees.

use lql_compiler::catalog::{self, Purity};
use lql_compiler::dates::{self, Offset, Unit};
use lql_compiler::program::{Op, Program, Reg};
use lql_compiler::{Kind, Time, Value};
use std::collections::HashMap;

use super::turn;
use crate::ops::scalar_constant;
use crate::vm::Watch;

/// What moves with the clock.
pub(super) struct Hands<'p> {
    program: &'p Program,
    clock: Time,
    /// Registers that hold an instant this far from the clock. The others hold still until `next`.
    moving: HashMap<Reg, Offset>,
    /// The next instant at which something of what was seen may change.
    pub(super) next: Option<Time>,
    /// Whether something depends on the clock in a way that has no such instants.
    pub(super) flows: bool,
}

impl<'p> Hands<'p> {
    pub(super) fn new(program: &'p Program, clock: Time) -> Self {
        Self { program, clock, moving: HashMap::new(), next: None, flows: false }
    }

    fn note(&mut self, at: Option<Time>) {
        self.next = at.into_iter().chain(self.next).min();
    }

    /// A register that holds still is written.
    fn still(&mut self, to: Reg) {
        self.moving.remove(&to);
    }

    /// A value is computed from registers in a way that we do not follow.
    fn lose(&mut self, to: Reg, from: &[Reg]) {
        self.flows |= from.iter().any(|reg| self.moving.contains_key(reg));
        self.still(to);
    }

    fn call(&mut self, to: Reg, site: u16, registers: &[Value<'_>]) {
        let Some(call) = self.program.calls.get(usize::from(site)) else { return };
        let args = call.args.as_slice();
        let value = |reg: &Reg| registers.get(usize::from(*reg)).copied().unwrap_or(Value::Missing);
        let offset = args.first().and_then(|arg| self.offset(*arg, value(arg)));
        let begins = |hour: bool| if hour { turn::next_hour(self.clock) } else { turn::next_day(self.clock) };
        let is_now = offset.is_none_or(|offset| offset.amount == 0);
        match (call.function.as_str(), args) {
            ("now", _) => {
                self.moving.insert(to, NOW);
            }
            ("todate", [_]) if offset.is_some() => {
                self.moving.extend(offset.map(|offset| (to, offset)));
            }
            ("timewindow", _) => {
                self.note(begins(false));
                self.still(to);
            }
            ("hourofday" | "hourofweek", [] | [_]) if is_now && (args.is_empty() || offset.is_some()) => {
                self.note(begins(true));
                self.still(to);
            }
            ("dayofweek" | "mm" | "yy" | "yymm", [] | [_])
                if is_now && (args.is_empty() || offset.is_some()) =>
            {
                self.note(begins(false));
                self.still(to);
            }
            ("eq" | "ne", [a, b]) => {
                let (left, right) = ((*a, value(a)), (*b, value(b)));
                // A text on the left is compared as a text.
                self.flows |= matches!(left.1, Value::Text(_)) && self.moving.contains_key(b);
                self.test(left, right);
                self.still(to);
            }
            (name, args) => {
                let reads_clock = catalog::find(name).is_some_and(|function| {
                    function.purity == Purity::EventTime
                        && (args.is_empty()
                            && function
                                .params
                                .iter()
                                .all(|param| param.presence != catalog::Presence::Required)
                            || args.iter().any(|arg| has_math(value(arg))))
                });
                self.flows |= reads_clock;
                self.lose(to, args);
            }
        }
    }

    /// How far from the clock a value is, if it moves with it.
    fn offset(&self, reg: Reg, value: Value<'_>) -> Option<Offset> {
        match value {
            Value::Text(text) => dates::parse_math(text),
            _ => self.moving.get(&reg).copied(),
        }
    }

    /// Two operands are compared as instants, elements of lists each for itself.
    fn test(&mut self, a: (Reg, Value<'_>), b: (Reg, Value<'_>)) {
        let (first, second) = (elements(&a.1), elements(&b.1));
        for x in first {
            for y in second {
                let at = self.turn((a.0, *x), (b.0, *y));
                self.note(at);
            }
        }
    }

    fn turn(&self, a: (Reg, Value<'_>), b: (Reg, Value<'_>)) -> Option<Time> {
        match (self.offset(a.0, a.1), self.offset(b.0, b.1)) {
            (None, None) => None,
            (Some(offset), None) => turn::next(offset, instant(b.1)?, self.clock),
            (None, Some(offset)) => turn::next(offset, instant(a.1)?, self.clock),
            (Some(x), Some(y)) => {
                let may_differ = x != y && (turn::is_calendar(x) || turn::is_calendar(y));
                may_differ.then(|| turn::next_day(self.clock)).flatten()
            }
        }
    }
}

/// The clock itself.
const NOW: Offset = Offset { amount: 0, unit: Unit::Second };

impl Watch for &mut Hands<'_> {
    fn before(&mut self, op: Op, registers: &[Value<'_>]) {
        let value = |reg: Reg| registers.get(usize::from(reg)).copied().unwrap_or(Value::Missing);
        match op {
            Op::Copy { to, from } => match self.moving.get(&from).copied() {
                Some(offset) => drop(self.moving.insert(to, offset)),
                None => self.still(to),
            },
            Op::Cast { to, from, kind } => match self.offset(from, value(from)) {
                Some(offset) if kind == Kind::Date => drop(self.moving.insert(to, offset)),
                _ => {
                    let is_of_times =
                        matches!(kind, Kind::Date | Kind::TimeSet | Kind::MapTime | Kind::TimeBuckets);
                    self.flows |= is_of_times && has_math(value(from));
                    self.lose(to, &[from]);
                }
            },
            Op::Compare { to, a, b, .. } => {
                self.test((a, value(a)), (b, value(b)));
                self.still(to);
            }
            Op::Between { to, a, low } => {
                let high = low.saturating_add(1);
                self.test((a, value(a)), (low, value(low)));
                self.test((a, value(a)), (high, value(high)));
                self.still(to);
            }
            Op::Against { to, a, set, .. } => {
                let program = self.program;
                for item in program.sets.get(usize::from(set)).into_iter().flatten() {
                    // No register holds a literal of a set.
                    self.test((a, value(a)), (Reg::MAX, scalar_constant(item)));
                }
                self.still(to);
            }
            Op::Arith { to, a, b, .. } => self.lose(to, &[a, b]),
            Op::Negate { to, a } => self.lose(to, &[a]),
            Op::List { to, first, count } => {
                let items: Vec<Reg> = (first..first.saturating_add(count)).collect();
                self.lose(to, &items);
            }
            Op::Call { to, site } => self.call(to, site, registers),
            Op::Clear { to }
            | Op::Not { to, .. }
            | Op::Exists { to, .. }
            | Op::And { to, .. }
            | Op::Or { to, .. } => self.still(to),
            Op::Once { .. }
            | Op::Jump { .. }
            | Op::JumpUnlessTrue { .. }
            | Op::JumpIf { .. }
            | Op::JumpUnlessBool { .. }
            | Op::Query { .. }
            | Op::Emit { .. }
            | Op::EmitAs { .. }
            | Op::EmitCall { .. }
            | Op::EndQuery
            | Op::Result { .. }
            | Op::End => {}
        }
    }
}

/// The elements of a list; of a scalar, itself.
fn elements<'s, 'a>(value: &'s Value<'a>) -> &'s [Value<'a>] {
    match value {
        Value::List(items) => items,
        scalar => std::slice::from_ref(scalar),
    }
}

/// The instant that holds still on the other side of a comparison.
fn instant(value: Value<'_>) -> Option<Time> {
    match value {
        Value::Time(time) => Some(time),
        Value::Int(millis) => Time::from_millis(millis),
        Value::Number(millis) => Time::from_millis(millis as i64),
        Value::Text(text) => dates::parse(text, Time::default()),
        _ => None,
    }
}

/// Whether a value is date math, or a list with some.
fn has_math(value: Value<'_>) -> bool {
    elements(&value).iter().any(|item| matches!(item, Value::Text(text) if dates::parse_math(text).is_some()))
}
