//! Conversions by name (reference 9.4); the rules are those of [`crate::convert`].

use super::{Call, Example, Function, Group, Param, ParamKind, Purity, ResultKind};
use crate::convert::{to_bool, to_int, to_number, to_text, to_time};
use crate::{Kind, Value};

const CAST: Function = Function { group: Group::Cast, ..Function::PLAIN };

/// The types that `cast` knows; any other gives no value.
pub const CAST_TYPES: &[&str] = &["string", "int", "time", "[]byte", "char"];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "toint",
        summary: "Turns a value into an integer.",
        details: "Digits after a point are cut off. Text may hold `$`, `,`, `£`, `€` and spaces, which are removed. \
                  A date gives epoch milliseconds. A list of several values gives the list of their integers, \
                  without those that are none.",
        params: &[Param::required("x", ParamKind::Any, "a number, text, boolean, date, or a list")],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example::gives("toint(total)", r#"{"total": "1,234.9"}"#, "1234"),
            Example::gives(r#"toint("$12")"#, "", "12"),
            Example::gives(r#"toint(split("3,4", ","))"#, "", "[3, 4]"),
            Example::none(r#"toint("0x1F")"#, ""),
        ],
        eval: toint,
        ..CAST
    },
    Function {
        name: "tonumber",
        summary: "Turns a value into a float.",
        details: "Text may hold `$`, `,`, `£`, `€` and spaces, which are removed: the comma is no decimal mark.",
        params: &[Param::required("x", ParamKind::Any, "a number, text, boolean or date")],
        result: ResultKind::Is(Kind::Number),
        examples: &[
            Example::gives("tonumber(price)", r#"{"price": "$1,200.50"}"#, "1200.5"),
            Example::gives(r#"tonumber("€1,5")"#, "", "15"),
            Example::none(r#"tonumber("twelve")"#, ""),
        ],
        eval: |call| to_number(call.scalar(0)).map(Value::Number).into(),
        ..CAST
    },
    Function {
        name: "tobool",
        summary: "Turns a value into a boolean.",
        details: "Text: `1 t T TRUE true True` and `0 f F FALSE false False`. Numbers: 1 and 0.",
        params: &[Param::required("x", ParamKind::Any, "a boolean word, 1 or 0")],
        result: ResultKind::Is(Kind::Bool),
        examples: &[
            Example::gives("tobool(opt_in)", r#"{"opt_in": "T"}"#, "true"),
            Example::none(r#"tobool("yes")"#, ""),
        ],
        eval: |call| to_bool(call.scalar(0)).map(Value::Bool).into(),
        ..CAST
    },
    Function {
        name: "cast",
        summary: "Turns a value into the named type, as `cast(x AS type)` or `cast(x, \"type\")`.",
        details: "The types are `string`, `int` and `time`; `[]byte` and `char` give text. Any other type gives no \
                  value.",
        params: &[
            Param::required("x", ParamKind::Any, "the value"),
            Param::required("type", ParamKind::LiteralText, "`string`, `int`, `time`, `[]byte` or `char`"),
        ],
        result: ResultKind::Is(Kind::Dynamic),
        purity: Purity::EventTime,
        examples: &[
            Example::gives("cast(n AS int)", r#"{"n": "12.7"}"#, "12"),
            Example::gives(r#"cast(12, "string")"#, "", r#""12""#),
            Example::none("cast(n AS int)", r#"{"n": "many"}"#),
        ],
        eval: cast,
        ..CAST
    },
    Function {
        name: "unsign",
        summary: "Reads an integer as unsigned 64-bit and gives its digits as text.",
        details: "",
        params: &[Param::required("x", ParamKind::Any, "an integer, or text that holds one")],
        examples: &[
            Example::gives(r#"unsign("-1")"#, "", r#""18446744073709551615""#),
            Example::gives("unsign(7)", "", r#""7""#),
            Example::none(r#"unsign("x")"#, ""),
        ],
        eval: |call| to_int(call.scalar(0)).map(|int| call.env.keep(&int.cast_unsigned().to_string())).into(),
        ..CAST
    },
];

fn toint<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match call.arg(0) {
        Value::List(items @ [_, _, ..]) => {
            call.env.list(items.iter().filter_map(|item| to_int(*item)).map(Value::Int))
        }
        other => to_int(other).map(Value::Int).into(),
    }
}

fn cast<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let x = call.scalar(0);
    let kind = call.text(1).map(str::to_ascii_lowercase);
    match kind.as_deref() {
        Some("string" | "[]byte" | "char") => to_text(x, call.env.arena).map(Value::Text).into(),
        Some("int") => to_int(x).map(Value::Int).into(),
        Some("time") => to_time(x, call.env.event_time).map(Value::Time).into(),
        _ => Value::Missing,
    }
}
