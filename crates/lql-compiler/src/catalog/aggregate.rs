//! Aggregates (reference 9.1): what one event contributes. Adding up over events is the merge operator's work.

use super::{
    Aggregate, Call, Cap, Env, Example, Function, Group, Param, ParamKind, PrepareError, Prepared,
    ResultKind, Scope,
};
use crate::convert::{elements, to_number, to_text};
use crate::{Kind, MergeOp, Value};

const AGGREGATE: Function = Function { group: Group::Aggregate, scope: Scope::Mapping, ..Function::PLAIN };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "count",
        summary: "Counts the events in which the argument has a value.",
        details: "`count(*)` counts every event. Zero and `false` are values, the empty text is none.",
        params: &[Param::required("x", ParamKind::Any, "what must have a value")],
        result: ResultKind::Is(Kind::Int),
        aggregate: Some(Aggregate { mergeop: MergeOp::Sum }),
        examples: &[
            Example::gives("count(sku)", r#"{"sku": "tulip"}"#, "1"),
            Example::gives("count(*)", "", "1"),
            Example::none("count(sku)", r#"{"sku": ""}"#),
        ],
        eval: count,
        ..AGGREGATE
    },
    Function {
        name: "sum",
        summary: "Adds the numbers of the arguments, in one event and over events.",
        details: "Lists are expanded and text that is no number is skipped; in a list that does not hold text only, \
                  such as one taken from JSON, anything but a number makes the sum no value. So does a total of 0, \
                  which would change nothing.",
        params: &[Param::repeated("x", ParamKind::Any, "a number, a text that holds one, or a list of them")],
        result: ResultKind::Is(Kind::Number),
        aggregate: Some(Aggregate { mergeop: MergeOp::Sum }),
        examples: &[
            Example::gives("sum(price)", r#"{"price": "$1,200.50"}"#, "1200.5"),
            Example::gives(r#"sum(toint("2.9"), toint("4"))"#, "", "6"),
            Example::none("sum(price)", r#"{"price": "0"}"#),
        ],
        eval: sum,
        ..AGGREGATE
    },
    Function {
        name: "min",
        summary: "Keeps the smallest number, or the earliest date.",
        details: "",
        params: &[Param::required("x", ParamKind::Any, "a number, a text that holds one, or a date")],
        result: ResultKind::From(number_or_date),
        aggregate: Some(Aggregate { mergeop: MergeOp::Min }),
        examples: &[
            Example::gives("min(price)", r#"{"price": "2.5"}"#, "2.5"),
            Example::gives("min(todate(at))", r#"{"at": "2026-03-04"}"#, r#""2026-03-04T00:00:00Z""#),
            Example::none("min(price)", r#"{"price": "free"}"#),
        ],
        eval: number_or_instant,
        ..AGGREGATE
    },
    Function {
        name: "max",
        summary: "Keeps the largest number, or the latest date.",
        details: "",
        params: &[Param::required("x", ParamKind::Any, "a number, a text that holds one, or a date")],
        result: ResultKind::From(number_or_date),
        aggregate: Some(Aggregate { mergeop: MergeOp::Max }),
        examples: &[
            Example::gives("max(price)", r#"{"price": "2.5"}"#, "2.5"),
            Example::gives("max(todate(at))", r#"{"at": "2026-03-04"}"#, r#""2026-03-04T00:00:00Z""#),
            Example::none("max(price)", ""),
        ],
        eval: number_or_instant,
        ..AGGREGATE
    },
    Function {
        name: "avg",
        summary: "The mean of the arguments within one event.",
        details: "No running average is kept: the newest event's mean stays. Lists are expanded. A text that is no \
                  number is skipped as an argument, but inside a list it makes the mean no value.",
        params: &[Param::repeated("x", ParamKind::Any, "a number, a text that holds one, or a list of them")],
        result: ResultKind::Is(Kind::Number),
        aggregate: Some(Aggregate { mergeop: MergeOp::Latest }),
        examples: &[
            Example::gives("avg(a, b)", r#"{"a": "2", "b": "5"}"#, "3.5"),
            Example::gives("avg(marks)", r#"{"marks": ["1", "2", "6"]}"#, "3"),
            Example::none("avg(marks)", r#"{"marks": ["1", "ill"]}"#),
        ],
        eval: avg,
        ..AGGREGATE
    },
    Function {
        name: "set",
        summary: "Collects the values of the argument, each once.",
        details: "Every element of a list is collected, as text. A stored set is printed in alphabetical order.",
        params: &[Param::required("x", ParamKind::Any, "a value or a list of values")],
        result: ResultKind::Is(Kind::TextSet),
        aggregate: Some(Aggregate { mergeop: MergeOp::Merge }),
        examples: &[
            Example::gives("set(sku)", r#"{"sku": "tulip"}"#, r#"["tulip"]"#),
            Example::gives(r#"set(toint(split(ids, "|")))"#, r#"{"ids": "7|12"}"#, r#"["12", "7"]"#),
            Example::none("set(sku)", ""),
        ],
        eval: texts,
        ..AGGREGATE
    },
    Function {
        name: "valuect",
        aliases: &["mapct"],
        summary: "Counts, for each value of the argument, the events it occurs in.",
        details: "A value that stands twice in one event counts once.",
        params: &[Param::required("x", ParamKind::Any, "a value or a list of values")],
        result: ResultKind::Is(Kind::MapIntSum),
        aggregate: Some(Aggregate { mergeop: MergeOp::Sum }),
        examples: &[
            Example::gives("valuect(sku)", r#"{"sku": "tulip"}"#, r#"{"tulip": 1}"#),
            Example::gives("valuect(tags)", r#"{"tags": ["a", "b"]}"#, r#"{"a": 1, "b": 1}"#),
            Example::none("valuect(sku)", r#"{"sku": ""}"#),
        ],
        eval: valuect,
        ..AGGREGATE
    },
    Function {
        name: "cap",
        summary: "Collects values like `set`, but keeps only the newest.",
        details: "The limit is a number of values, or an age in days such as `\"30d\"`. It must stand in the query.",
        params: &[
            Param::required("x", ParamKind::Any, "a value or a list of values"),
            Param::required("limit", ParamKind::Any, "how many values, or for how many days"),
        ],
        result: ResultKind::Is(Kind::TextSet),
        aggregate: Some(Aggregate { mergeop: MergeOp::Capped }),
        prepare: Some(prepare_cap),
        examples: &[
            Example::gives("cap(sku, 10)", r#"{"sku": "tulip"}"#, r#"["tulip"]"#),
            Example::gives(r#"cap(sku, "30d")"#, r#"{"sku": ["b", "a"]}"#, r#"["a", "b"]"#),
            Example::none("cap(sku, 10)", ""),
        ],
        eval: texts,
        ..AGGREGATE
    },
];

fn number_or_date(args: &[Kind]) -> Kind {
    match args {
        [Kind::Date] => Kind::Date,
        _ => Kind::Number,
    }
}

fn count<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    if call.arg(0).is_nil() { Value::Missing } else { Value::Int(1) }
}

/// Dates are no amounts, though they convert to a number.
fn amount(value: Value<'_>) -> Option<f64> {
    if matches!(value, Value::Time(_)) { None } else { to_number(value) }
}

fn sum<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    // Integers are added as integers for as long as there is nothing else: a float would lose the last digits.
    let (mut whole, mut total) = (Some(0_i64), 0.0);
    for arg in call.args {
        let lenient = elements(arg).iter().all(|item| matches!(item, Value::Text(_)));
        for item in elements(arg) {
            match amount(*item) {
                Some(number) => {
                    total += number;
                    whole = match item {
                        Value::Int(int) => whole.and_then(|sum| sum.checked_add(*int)),
                        _ => None,
                    };
                }
                None if lenient || !matches!(arg, Value::List(_)) => {}
                None => return Value::Missing,
            }
        }
    }
    match whole {
        Some(0) => Value::Missing,
        Some(sum) => Value::Int(sum),
        None if total == 0.0 || total.is_nan() => Value::Missing,
        None => Value::Number(total),
    }
}

fn avg<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (mut total, mut numbers) = (0.0, 0_u32);
    for arg in call.args {
        for item in elements(arg) {
            match amount(*item) {
                Some(number) => {
                    total += number;
                    numbers += 1;
                }
                None if matches!(arg, Value::List(_)) => return Value::Missing,
                None => {}
            }
        }
    }
    if numbers == 0 { Value::Missing } else { Value::Number(total / f64::from(numbers)) }
}

fn number_or_instant<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match call.scalar(0) {
        Value::Time(time) => Value::Time(time),
        other => to_number(other).map(Value::Number).into(),
    }
}

fn texts<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let x = call.arg(0);
    if x.is_nil() { Value::Missing } else { call.env.list(each_text(&x, call.env).map(Value::Text)) }
}

fn valuect<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let x = call.arg(0);
    call.env.map(each_text(&x, call.env).filter(|text| !text.is_empty()).map(|text| (text, Value::Int(1))))
}

fn each_text<'a>(value: &Value<'a>, env: &Env<'a>) -> impl Iterator<Item = &'a str> {
    elements(value).iter().filter_map(|item| to_text(*item, env.arena))
}

fn prepare_cap(args: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let refuse = |message: String| PrepareError {
        arg: 1,
        message,
        help: "Write a number of values such as `10`, or an age in days such as `\"30d\"`.".to_owned(),
    };
    let Some(limit) = args.get(1).copied().flatten() else {
        return Err(refuse("the limit of `cap` must stand in the query".to_owned()));
    };
    let (number, cap): (&str, fn(u32) -> Cap) = match limit.strip_suffix('d') {
        Some(days) => (days, Cap::Days),
        None => (limit, Cap::Count),
    };
    match number.parse() {
        Ok(0) => Err(refuse("a limit of 0 keeps nothing".to_owned())),
        Ok(number) => Ok(Prepared::Cap(cap(number))),
        Err(_) => Err(refuse(format!("`{limit}` is no limit"))),
    }
}
