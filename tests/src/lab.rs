//! Expressions and filters on one event, through the checker, the code generator and the machine.

use crate::{NV, TS, time, to_json};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::{Kind, Surroundings, check_expression};
use lql_runtime::Machine;
use lql_runtime::decode::Projection;
use lql_syntax::ast::Dialect;
use lql_syntax::{Code, Diagnostic};
use serde_json::Value as Json;

/// What became of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It did not pass the check: the findings.
    Refused(Vec<Diagnostic>),
    /// *No value*.
    NoValue,
    /// Its value; instants are RFC 3339 text.
    Value(Json),
}

impl Outcome {
    /// The value, or nothing.
    pub fn value(self) -> Option<Json> {
        match self {
            Outcome::Value(value) => Some(value),
            Outcome::Refused(_) | Outcome::NoValue => None,
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Refused(findings) => {
                let titles: Vec<String> =
                    findings.iter().map(|d| format!("{}: {}", d.code, d.title)).collect();
                write!(f, "refused: {}", titles.join("; "))
            }
            Outcome::NoValue => f.write_str(NV),
            Outcome::Value(value) => write!(f, "{value}"),
        }
    }
}

/// Evaluates one expression (in [`Dialect::FilterQl`] also a whole filter) on one event, an object whose members are
/// fields: nested objects are map fields. `ts` is the event's time and the clock.
pub fn eval(text: &str, dialect: Dialect, event: &str, ts: &str) -> Outcome {
    let lab = match dialect {
        Dialect::Lql => Lab::lql(),
        Dialect::FilterQl => Lab::filterql(),
    };
    lab.event(event).at(ts).eval(text)
}

/// The codes of the errors that an expression is refused with; empty when it passes.
pub fn compile_error(text: &str, dialect: Dialect) -> Vec<Code> {
    match check_expression(text, dialect, &Surroundings::default()) {
        Ok(_) => Vec::new(),
        Err(findings) => findings.iter().filter(|d| d.is_error()).map(|d| d.code).collect(),
    }
}

/// Where cases are evaluated: a dialect, an event, its time, and what surrounds the expression.
#[derive(Clone, Debug)]
pub struct Lab {
    dialect: Dialect,
    event: Json,
    ts: String,
    clock: String,
    around: Surroundings,
}

impl Lab {
    /// Expressions of mappings, on an empty event.
    pub fn lql() -> Self {
        Self {
            dialect: Dialect::Lql,
            event: Json::Object(serde_json::Map::new()),
            ts: TS.into(),
            clock: TS.into(),
            around: Surroundings::default(),
        }
    }

    /// Filters, on an empty profile.
    pub fn filterql() -> Self {
        Self { dialect: Dialect::FilterQl, ..Self::lql() }
    }

    /// The same with this event, a JSON object.
    #[must_use]
    pub fn event(mut self, json: &str) -> Self {
        self.event = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
        self
    }

    /// The same with this event time and clock.
    #[must_use]
    pub fn at(mut self, ts: &str) -> Self {
        ts.clone_into(&mut self.ts);
        ts.clone_into(&mut self.clock);
        self
    }

    /// The same with a clock that differs from the event time.
    #[must_use]
    pub fn clock(mut self, clock: &str) -> Self {
        clock.clone_into(&mut self.clock);
        self
    }

    /// The same with a field that is read as a kind.
    #[must_use]
    pub fn kind(mut self, field: &str, kind: Kind) -> Self {
        self.around.kinds.insert(field.into(), kind);
        self
    }

    /// The same with a segment that `INCLUDE` may name.
    #[must_use]
    pub fn include(mut self, filter: &str) -> Self {
        self.around.includes.push(filter.into());
        self
    }

    /// Evaluates an expression.
    pub fn eval(&self, text: &str) -> Outcome {
        let checked = match check_expression(text, self.dialect, &self.around) {
            Ok(checked) => checked,
            Err(findings) => return Outcome::Refused(findings),
        };
        let (constants, arena) = (Bump::new(), Bump::new());
        let machine = Machine::load(&checked.program, &constants).unwrap_or_else(|e| panic!("{text}: {e}"));
        let env = Env { arena: &arena, event_time: time(&self.ts), clock: time(&self.clock) };
        let registers = machine.registers(&arena);
        Projection::new(&checked.program, &[])
            .fill_from_json_value(&self.event, &arena, machine.slots(registers))
            .unwrap_or_else(|e| panic!("{}: {e:?}", self.event));
        to_json(machine.value(registers, &env)).map_or(Outcome::NoValue, Outcome::Value)
    }

    /// The static kind of an expression.
    pub fn kind_of(&self, text: &str) -> Kind {
        check_expression(text, self.dialect, &self.around)
            .unwrap_or_else(|findings| panic!("{text}: {}", Outcome::Refused(findings)))
            .kind
    }

    /// Checks a table of expressions and results: JSON, or [`NV`]. All failures are shown at once.
    #[track_caller]
    pub fn gives(&self, cases: &[(&str, &str)]) {
        let failures: Vec<String> = cases
            .iter()
            .filter_map(|(text, expected)| {
                let found = self.eval(text);
                let fits = match &found {
                    Outcome::Refused(_) => false,
                    Outcome::NoValue => *expected == NV,
                    Outcome::Value(value) => {
                        *expected != NV
                            && *value
                                == serde_json::from_str::<Json>(expected)
                                    .unwrap_or_else(|e| panic!("{expected}: {e}"))
                    }
                };
                (!fits).then(|| format!("  {text}\n    expected {expected}\n    found    {found}"))
            })
            .collect();
        assert!(failures.is_empty(), "on {}\n{}", self.event, failures.join("\n"));
    }

    /// Checks that each of these is refused.
    #[track_caller]
    pub fn refuses(&self, cases: &[&str]) {
        let passed: Vec<&str> =
            cases.iter().copied().filter(|text| !matches!(self.eval(text), Outcome::Refused(_))).collect();
        assert!(passed.is_empty(), "accepted, but wrong:\n  {}", passed.join("\n  "));
    }

    /// Checks that each of these is refused with exactly this error.
    #[track_caller]
    pub fn refuses_with(&self, cases: &[(&str, Code)]) {
        let wrong: Vec<String> = cases
            .iter()
            .filter_map(|(text, code)| {
                let found = self.eval(text);
                let fits = matches!(&found, Outcome::Refused(findings)
                    if findings.iter().filter(|d| d.is_error()).map(|d| d.code).eq([*code]));
                (!fits).then(|| format!("  {text}\n    expected {code}\n    found    {found}"))
            })
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }
}
