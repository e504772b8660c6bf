//! JSON, maths and chance (reference 9.8).

use super::{
    Call, Env, Example, Function, Group, Param, ParamKind, PrepareError, Prepared, Purity, ResultKind,
};
use crate::convert::to_number;
use crate::{Kind, Value};
use jmespath::Variable;

const OTHER: Function = Function { group: Group::Other, ..Function::PLAIN };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "json.jmespath",
        summary: "Reads a text as JSON and applies a JMESPath expression to it.",
        details: "The expression must stand in the query. The result has the type it has in the JSON; text that is \
                  no JSON, and a path that leads nowhere, give no value.",
        params: &[
            Param::required("text", ParamKind::Text, "the JSON"),
            Param::required("path", ParamKind::LiteralText, "the JMESPath expression"),
        ],
        result: ResultKind::Is(Kind::Dynamic),
        prepare: Some(prepare_jmespath),
        examples: &[
            Example::gives(
                r#"json.jmespath(cart, "items[0].sku")"#,
                r#"{"cart": "{\"items\": [{\"sku\": \"tulip\"}]}"}"#,
                r#""tulip""#,
            ),
            Example::gives(
                r#"json.jmespath(cart, "items[].qty")"#,
                r#"{"cart": "{\"items\": [{\"qty\": 2}, {\"qty\": 1.5}]}"}"#,
                "[2, 1.5]",
            ),
            Example::none(r#"json.jmespath(cart, "total")"#, r#"{"cart": "no JSON"}"#),
        ],
        eval: query_json,
        ..OTHER
    },
    Function {
        name: "sqrt",
        summary: "The square root of a number.",
        details: "Text gives no value, even if it holds a number: write `sqrt(tonumber(x))`. So does a negative \
                  number.",
        params: &[Param::required("x", ParamKind::Number, "the number")],
        result: ResultKind::Is(Kind::Number),
        examples: &[
            Example::gives("sqrt(2.25)", "", "1.5"),
            Example::gives("sqrt(tonumber(area))", r#"{"area": "9"}"#, "3"),
            Example::none("sqrt(area)", r#"{"area": "9"}"#),
        ],
        eval: sqrt,
        ..OTHER
    },
    Function {
        name: "pow",
        summary: "A number to the power of another.",
        details: "A result that is no finite number is no value.",
        params: &[
            Param::required("x", ParamKind::Number, "the base"),
            Param::required("y", ParamKind::Number, "the exponent"),
        ],
        result: ResultKind::Is(Kind::Number),
        examples: &[
            Example::gives("pow(side, 2)", r#"{"side": "1.5"}"#, "2.25"),
            Example::none("pow(side, 2)", ""),
            Example::none("pow(-1, 0.5)", ""),
        ],
        eval: pow,
        ..OTHER
    },
    Function {
        name: "uuid",
        summary: "A random UUID.",
        details: "Another one for every event and every use, so it is not fit to identify a profile.",
        params: &[],
        purity: Purity::Random,
        examples: &[
            Example::gives("len(uuid())", "", "36"),
            Example::gives(r#"regex.match(uuid(), "^[0-9a-f]{8}-")"#, "", "true"),
        ],
        eval: |call| call.env.keep(uuid::Uuid::new_v4().hyphenated().encode_lower(&mut [0; 36])),
        ..OTHER
    },
];

/// Longer expressions are refused, since the library reads and runs nested ones by recursion.
const JMESPATH_LIMIT: usize = 1_000;

fn prepare_jmespath(args: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let refuse = |message: String, help: &str| PrepareError { arg: 1, message, help: help.to_owned() };
    let Some(path) = args.get(1).copied().flatten() else {
        return Err(refuse(
            "the JMESPath expression must stand in the query".to_owned(),
            "Write it as a text in quotes.",
        ));
    };
    if JMESPATH_LIMIT < path.len() {
        return Err(refuse(
            format!("the JMESPath expression is longer than {JMESPATH_LIMIT} bytes"),
            "Split it over several columns.",
        ));
    }
    match jmespath::compile(path) {
        Ok(expression) => Ok(Prepared::Jmes(expression)),
        Err(error) => {
            let reason = error.reason.to_string();
            let reason = reason.trim_start_matches("Parse error: ").trim_end();
            let reason = reason.replace("-- found Eof", "but found the end").replace("-- found", "but found");
            Err(refuse(
                format!("`{path}` is no JMESPath expression at character {}: {reason}", error.column + 1),
                "Keys with special characters stand in double quotes: `\"first-name\"`.",
            ))
        }
    }
}

fn query_json<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (Some(text), Some(Prepared::Jmes(expression))) = (call.text(0), call.prepared) else {
        return Value::Missing;
    };
    match Variable::from_json(text).ok().and_then(|json| expression.search(json).ok()) {
        Some(found) => from_json(&found, call.env),
        None => Value::Missing,
    }
}

fn from_json<'a>(json: &Variable, env: &Env<'a>) -> Value<'a> {
    let some = |value: Value<'a>| (!value.is_absent()).then_some(value);
    match json {
        Variable::Null | Variable::Expref(_) => Value::Missing,
        Variable::Bool(flag) => Value::Bool(*flag),
        Variable::String(text) => env.keep(text),
        Variable::Number(number) => match number.as_i64() {
            Some(int) => Value::Int(int),
            None => number.as_f64().map(Value::Number).into(),
        },
        Variable::Array(items) => env.list(items.iter().filter_map(|item| some(from_json(item, env)))),
        Variable::Object(entries) => env.map(
            entries
                .iter()
                .filter_map(|(key, entry)| Some((&*env.arena.alloc_str(key), some(from_json(entry, env))?))),
        ),
    }
}

fn sqrt<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match call.scalar(0) {
        number @ (Value::Int(_) | Value::Number(_)) => finite(to_number(number).map(f64::sqrt)),
        _ => Value::Missing,
    }
}

fn pow<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    finite(to_number(call.scalar(0)).zip(to_number(call.scalar(1))).map(|(x, y)| x.powf(y)))
}

fn finite<'a>(number: Option<f64>) -> Value<'a> {
    number.filter(|number| number.is_finite()).map(Value::Number).into()
}
