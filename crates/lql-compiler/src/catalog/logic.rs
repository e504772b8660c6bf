//! Conditions and choices (reference 9.2). `and`, `or` and `ifcase` are lowered by the compiler, which evaluates
//! their arguments one by one; the implementations here do the same on values that are all there.

use super::{Call, Env, Example, Function, Group, Param, ParamKind, Purity, ResultKind};
use crate::convert::{parse_number, to_bool, to_number, to_text, to_time};
use crate::{Kind, Value};

const LOGIC: Function =
    Function { group: Group::Logic, result: ResultKind::Is(Kind::Bool), ..Function::PLAIN };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "all",
        summary: "Whether every argument is non-zero.",
        details: "Zero are: no value, the empty text, an empty list or map, `0` and `false`. The text `\"0\"` is \
                  not zero.",
        params: &[Param::repeated("x", ParamKind::Any, "what must be non-zero")],
        examples: &[
            Example::gives("all(a, 5, true)", r#"{"a": "x"}"#, "true"),
            Example::gives("all(a, b)", r#"{"a": "x"}"#, "false"),
        ],
        eval: |call| Value::Bool(call.args.iter().all(|arg| is_non_zero(*arg))),
        ..LOGIC
    },
    Function {
        name: "any",
        summary: "Whether at least one argument is non-zero.",
        details: "Zero are: no value, the empty text, an empty list or map, `0` and `false`. To test membership, \
                  write `x IN (\"a\", \"b\")`.",
        params: &[Param::repeated("x", ParamKind::Any, "what may be non-zero")],
        examples: &[
            Example::gives("any(a, b)", r#"{"b": "x"}"#, "true"),
            Example::gives("any(a, 0, false)", r#"{"a": ""}"#, "false"),
        ],
        eval: |call| Value::Bool(call.args.iter().any(|arg| is_non_zero(*arg))),
        ..LOGIC
    },
    Function {
        name: "exists",
        summary: "Whether the argument has a value.",
        details: "False for an absent key and for the empty text; `0` and `false` exist.",
        params: &[Param::required("x", ParamKind::Any, "what may be absent")],
        examples: &[
            Example::gives("exists(a)", r#"{"a": "0"}"#, "true"),
            Example::gives("exists(a)", r#"{"a": ""}"#, "false"),
            Example::gives("exists(a)", "", "false"),
        ],
        eval: |call| Value::Bool(!call.arg(0).is_nil()),
        ..LOGIC
    },
    Function {
        name: "eq",
        summary: "Whether two values are equal.",
        details: "The left value decides: text compares as text, any other value converts the right one to its \
                  own type. Dates compare in whole seconds. False when either value is absent.",
        params: COMPARED,
        purity: Purity::EventTime,
        examples: &[
            Example::gives("eq(5, a)", r#"{"a": "5"}"#, "true"),
            Example::gives("eq(a, b)", r#"{"a": "x", "b": "X"}"#, "false"),
            Example::gives("eq(a, b)", "", "false"),
        ],
        eval: |call| Value::Bool(equal(call.scalar(0), call.scalar(1), call.env)),
        ..LOGIC
    },
    Function {
        name: "ne",
        summary: "Whether two values differ.",
        details: "The opposite of `eq`, so true when either value is absent.",
        params: COMPARED,
        purity: Purity::EventTime,
        examples: &[
            Example::gives("ne(a, \"x\")", r#"{"a": "y"}"#, "true"),
            Example::gives("ne(5, a)", r#"{"a": "5"}"#, "false"),
            Example::gives("ne(a, \"x\")", "", "true"),
        ],
        eval: |call| Value::Bool(!equal(call.scalar(0), call.scalar(1), call.env)),
        ..LOGIC
    },
    Function {
        name: "lt",
        summary: "Whether the left number is smaller.",
        details: NUMBERS_ONLY,
        params: ORDERED,
        examples: &[
            Example::gives("lt(price, 10)", r#"{"price": "9.5"}"#, "true"),
            Example::none("lt(price, 10)", r#"{"price": "free"}"#),
        ],
        eval: |call| order(call, |left, right| left < right),
        ..LOGIC
    },
    Function {
        name: "le",
        summary: "Whether the left number is smaller or equal.",
        details: NUMBERS_ONLY,
        params: ORDERED,
        examples: &[
            Example::gives("le(price, 10)", r#"{"price": "10"}"#, "true"),
            Example::none("le(price, 10)", ""),
        ],
        eval: |call| order(call, |left, right| left <= right),
        ..LOGIC
    },
    Function {
        name: "gt",
        summary: "Whether the left number is larger.",
        details: NUMBERS_ONLY,
        params: ORDERED,
        examples: &[
            Example::gives("gt(price, 10)", r#"{"price": "9.5"}"#, "false"),
            Example::none("gt(price, limit)", r#"{"price": "9.5"}"#),
        ],
        eval: |call| order(call, |left, right| right < left),
        ..LOGIC
    },
    Function {
        name: "ge",
        summary: "Whether the left number is larger or equal.",
        details: NUMBERS_ONLY,
        params: ORDERED,
        examples: &[
            Example::gives("ge(5, a)", r#"{"a": "5"}"#, "true"),
            Example::none("ge(day, 5)", r#"{"day": "2026-03-05"}"#),
        ],
        eval: |call| order(call, |left, right| right <= left),
        ..LOGIC
    },
    Function {
        name: "not",
        summary: "The opposite of a boolean.",
        details: "Text counts if it is a boolean word such as `true`, `T` or `0`.",
        params: &[Param::required("x", ParamKind::Bool, "a boolean, or text that holds one")],
        examples: &[
            Example::gives("not(a)", r#"{"a": "false"}"#, "true"),
            Example::none("not(a)", r#"{"a": "yes"}"#),
            Example::none("not(a)", ""),
        ],
        eval: |call| to_bool(call.scalar(0)).map(|flag| Value::Bool(!flag)).into(),
        ..LOGIC
    },
    Function {
        name: "or",
        summary: "Whether any argument is true.",
        details: "The same as the list form `OR (a, b)`: an argument without value is skipped.",
        params: &[Param::repeated("x", ParamKind::Bool, "a condition")],
        examples: &[
            Example::gives("or(a == \"x\", exists(b))", r#"{"b": "y"}"#, "true"),
            Example::gives("or(a == \"x\", exists(b))", "", "false"),
        ],
        eval: |call| Value::Bool(call.args.iter().any(|arg| to_bool(arg.first()) == Some(true))),
        ..LOGIC
    },
    Function {
        name: "and",
        summary: "Whether all arguments are true.",
        details: "The same as the list form `AND (a, b)`: the first argument that is not true decides, and without \
                  value it makes the result no value.",
        params: &[Param::repeated("x", ParamKind::Bool, "a condition")],
        examples: &[
            Example::gives("and(a == \"x\", exists(b))", r#"{"a": "x", "b": "y"}"#, "true"),
            Example::gives("and(a == \"x\", exists(b))", r#"{"a": "x"}"#, "false"),
            Example::none("and(exists(a), not(b))", r#"{"a": "x"}"#),
        ],
        eval: and,
        ..LOGIC
    },
    Function {
        name: "ifcase",
        summary: "The value of the first arm whose condition is true, else the last argument.",
        details: "An arm is written `value IF condition`. Without a default and without a true arm there is no \
                  value.",
        params: &[Param::repeated(
            "arm",
            ParamKind::Any,
            "a value and its condition, `value IF condition`; as the last argument, the default alone",
        )],
        result: ResultKind::From(kind_of_choice),
        examples: &[
            Example::gives(
                r#"ifcase("gold" IF toint(n) > 9, "silver" IF toint(n) > 4, "none")"#,
                r#"{"n": "5"}"#,
                r#""silver""#,
            ),
            Example::gives(r#"ifcase("gold" IF toint(n) > 9, "none")"#, "", r#""none""#),
            Example::none(r#"ifcase("gold" IF toint(n) > 9)"#, ""),
        ],
        eval: ifcase,
        ..LOGIC
    },
];

const COMPARED: &[Param] = &[
    Param::required("left", ParamKind::Any, "the value that decides how to compare"),
    Param::required("right", ParamKind::Any, "the value it is compared with"),
];

const ORDERED: &[Param] = &[
    Param::required("left", ParamKind::Number, "a number, or text that holds one"),
    Param::required("right", ParamKind::Number, "a number, or text that holds one"),
];

const NUMBERS_ONLY: &str = "No value when either side is no number. Dates as text are no numbers: compare \
                            `todate(x)` with an operator instead.";

fn is_non_zero(value: Value<'_>) -> bool {
    !value.is_nil() && !matches!(value, Value::Bool(false) | Value::Int(0) | Value::Number(0.0))
}

fn equal<'a>(left: Value<'a>, right: Value<'a>, env: &Env<'a>) -> bool {
    match (left, right) {
        (Value::Text(left), right) => to_text(right, env.arena) == Some(left),
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Int(left), Value::Text(right)) => match right.parse::<i64>() {
            Ok(right) => left == right,
            Err(_) => parse_number(right) == Some(left as f64),
        },
        (Value::Int(_) | Value::Number(_), right) => {
            to_number(left).is_some_and(|l| to_number(right) == Some(l))
        }
        (Value::Bool(left), right) => to_bool(right) == Some(left),
        (Value::Time(left), right) => {
            to_time(right, env.clock).is_some_and(|r| r.seconds() == left.seconds())
        }
        _ => false,
    }
}

fn order<'a>(call: &Call<'_, 'a>, holds: fn(f64, f64) -> bool) -> Value<'a> {
    match (to_number(call.scalar(0)), to_number(call.scalar(1))) {
        (Some(left), Some(right)) => Value::Bool(holds(left, right)),
        _ => Value::Missing,
    }
}

fn and<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    for arg in call.args {
        match to_bool(arg.first()) {
            Some(true) => {}
            Some(false) => return Value::Bool(false),
            None => return Value::Missing,
        }
    }
    Value::Bool(true)
}

/// The arguments as value, condition, value, condition, …; a last one without condition is the default.
fn ifcase<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    for arm in call.args.chunks(2) {
        match *arm {
            [value, Value::Bool(true)] => return value,
            [default] => return default,
            _ => {}
        }
    }
    Value::Missing
}

/// The kind that all arms share; the kinds are those of the values, without the conditions.
fn kind_of_choice(args: &[Kind]) -> Kind {
    match args.split_first() {
        Some((first, rest)) if rest.iter().all(|kind| kind == first) => *first,
        _ => Kind::Dynamic,
    }
}
