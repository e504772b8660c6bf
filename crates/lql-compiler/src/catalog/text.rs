//! Text functions (reference 9.3). Lengths and positions count characters, except in `string.index`.

use super::{Call, Example, Function, Group, Param, ParamKind, PrepareError, Prepared, ResultKind};
use crate::convert::{elements, to_int, to_text};
use crate::{Kind, Value};
use bumpalo::collections::String as ArenaString;

const TEXT: Function = Function { group: Group::Text, ..Function::PLAIN };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "join",
        summary: "Joins texts and numbers with a separator between them.",
        details: "Lists are expanded. Empty and missing parts are skipped, as are booleans and dates; when nothing \
                  is left there is no value.",
        params: &[
            Param::repeated("part", ParamKind::Any, "a text, a number, or a list of them"),
            Param::required("separator", ParamKind::Text, "what stands between the parts; may be empty"),
        ],
        examples: &[
            Example::gives(r#"join("x", 3, 2.5, "/")"#, "", r#""x/3/2.5""#),
            Example::gives(r#"join(first, last, " ")"#, r#"{"last": "Berg"}"#, r#""Berg""#),
            Example::none(r#"join(first, last, " ")"#, r#"{"first": ""}"#),
        ],
        eval_text: Some(join),
        ..TEXT
    },
    Function {
        name: "len",
        aliases: &["char_length"],
        summary: "The number of characters of a text, or of items of a list or map.",
        details: "Numbers, booleans and dates have length 0.",
        params: &[Param::required("x", ParamKind::Any, "a text, list or map")],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example::gives(r#"len("blå")"#, "", "3"),
            Example::gives(r#"len(split("a,b", ","))"#, "", "2"),
            Example::none("len(x)", ""),
        ],
        eval: len,
        ..TEXT
    },
    Function {
        name: "oneof",
        summary: "The first argument that has a value.",
        details: "The empty text is no value; `0` and `false` are values.",
        params: &[
            Param::required("x", ParamKind::Any, "the first choice"),
            Param::repeated("y", ParamKind::Any, "the next choice"),
        ],
        result: ResultKind::From(|kinds| match kinds.split_first() {
            Some((first, rest)) if rest.iter().all(|kind| kind == first) => *first,
            _ => Kind::Dynamic,
        }),
        examples: &[
            Example::gives("oneof(nick, name)", r#"{"nick": "", "name": "Ana"}"#, r#""Ana""#),
            Example::gives(r#"oneof(nick, 0, "z")"#, "", "0"),
            Example::none("oneof(nick, name)", ""),
        ],
        eval: |call| call.args.iter().copied().find(|arg| !arg.is_nil()).into(),
        ..TEXT
    },
    Function {
        name: "replace",
        summary: "Replaces every occurrence of a text.",
        details: "Without a replacement the occurrences are deleted.",
        params: &[
            Param::required("s", ParamKind::Text, "the text to change"),
            Param::required("old", ParamKind::Text, "what is replaced"),
            Param::optional("new", ParamKind::Text, "what stands there afterwards"),
        ],
        examples: &[
            Example::gives(r#"replace("a-b-c", "-", "+")"#, "", r#""a+b+c""#),
            Example::gives(r#"replace("a-b-c", "-")"#, "", r#""abc""#),
            Example::none(r#"replace("a-b", sep)"#, ""),
        ],
        eval_text: Some(replace),
        ..TEXT
    },
    Function {
        name: "split",
        aliases: &["string.split"],
        summary: "Cuts a text at every separator.",
        details: "The pieces keep their order and their blanks, and empty pieces stay. An empty text or separator \
                  gives no value.",
        params: &[
            Param::required("s", ParamKind::Text, "the text to cut"),
            Param::required("separator", ParamKind::Text, "where to cut"),
        ],
        result: ResultKind::Is(Kind::TextSet),
        examples: &[
            Example::gives(r#"split(tags, ",")"#, r#"{"tags": "b, a,,c"}"#, r#"["b", " a", "", "c"]"#),
            Example::none(r#"split(tags, ",")"#, ""),
        ],
        eval: split,
        ..TEXT
    },
    Function {
        name: "strip",
        aliases: &["string.strip"],
        summary: "Removes spaces, tabs and line breaks from both ends.",
        details: "Of a list, from each text in it. Other values give no value.",
        params: &[Param::required("x", ParamKind::Any, "a text or a list of texts")],
        result: ResultKind::From(|kinds| match kinds {
            [kind] if kind.is_set() => Kind::TextSet,
            [Kind::Dynamic] => Kind::Dynamic,
            _ => Kind::Text,
        }),
        examples: &[
            Example::gives("strip(name)", r#"{"name": "  Ana "}"#, r#""Ana""#),
            Example::gives(r#"strip(split(" a ; b ", ";"))"#, "", r#"["a", "b"]"#),
            Example::none("strip(5)", ""),
        ],
        eval: strip,
        ..TEXT
    },
    Function {
        name: "string.lowercase",
        aliases: &["tolower"],
        summary: "The text in lower case.",
        details: "",
        params: &[Param::required("s", ParamKind::Text, "the text")],
        examples: &[
            Example::gives("tolower(city)", r#"{"city": "ÅLESUND"}"#, r#""ålesund""#),
            Example::none("string.lowercase(city)", ""),
        ],
        eval_text: Some(lowercase),
        ..TEXT
    },
    Function {
        name: "string.uppercase",
        summary: "The text in upper case.",
        details: "Character by character, so `ß`, which has no single upper-case letter, stays.",
        params: &[Param::required("s", ParamKind::Text, "the text")],
        examples: &[
            Example::gives("string.uppercase(street)", r#"{"street": "Hauptstraße"}"#, r#""HAUPTSTRAßE""#),
            Example::none("string.uppercase(street)", ""),
        ],
        eval: |call| map_chars(call, |c| one(c.to_uppercase(), c)),
        ..TEXT
    },
    Function {
        name: "string.titlecase",
        summary: "The text with the first letter of each word in upper case.",
        details: "The other letters stay; put `tolower` inside to lower them. A word begins after anything that is \
                  no letter.",
        params: &[Param::required("s", ParamKind::Text, "the text")],
        examples: &[
            Example::gives(r#"string.titlecase("mary-jane o'neil")"#, "", r#""Mary-Jane O'Neil""#),
            Example::gives(r#"string.titlecase("ANA berg")"#, "", r#""ANA Berg""#),
            Example::none("string.titlecase(name)", ""),
        ],
        eval: titlecase,
        ..TEXT
    },
    Function {
        name: "string.index",
        summary: "Where a text first occurs in another, counted in bytes from 0.",
        details: "No value when it does not occur.",
        params: &[
            Param::required("s", ParamKind::Text, "the text to search"),
            Param::required("sub", ParamKind::Text, "the text to find"),
        ],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example::gives(r#"string.index("banana", "na")"#, "", "2"),
            Example::none(r#"string.index("banana", "x")"#, ""),
        ],
        eval: index,
        ..TEXT
    },
    Function {
        name: "string.substr",
        summary: "A part of a text, by positions counted in characters from 0.",
        details: "The end is excluded. A position that is negative or beyond the end of the text, and an end before \
                  the start, give no value.",
        params: &[
            Param::required("s", ParamKind::Text, "the text"),
            Param::required("start", ParamKind::Number, "the first position"),
            Param::optional(
                "end",
                ParamKind::Number,
                "the position after the last; the end of the text if absent",
            ),
        ],
        examples: &[
            Example::gives(r#"string.substr("banana", 1, 4)"#, "", r#""ana""#),
            Example::gives(r#"string.substr("blåbær", 2)"#, "", r#""åbær""#),
            Example::none(r#"string.substr("banana", 4, 9)"#, ""),
        ],
        eval: substr,
        ..TEXT
    },
    Function {
        name: "contains",
        summary: "Whether a text contains another, letter case included.",
        details: "False when either is missing; no value when either is the empty text.",
        params: &[
            Param::required("s", ParamKind::Text, "the text to search"),
            Param::required("sub", ParamKind::Text, "the text to find"),
        ],
        result: ResultKind::Is(Kind::Bool),
        examples: &[
            Example::gives(r#"contains(url, "/shop/")"#, r#"{"url": "https://e.org/shop/a"}"#, "true"),
            Example::gives(r#"contains(url, "/shop/")"#, "", "false"),
            Example::none(r#"contains("tulip", "")"#, ""),
        ],
        eval: contains,
        ..TEXT
    },
    Function {
        name: "hasprefix",
        summary: "Whether a text begins with another.",
        details: AT_AN_END,
        params: &[
            Param::required("s", ParamKind::Text, "the text"),
            Param::required("prefix", ParamKind::Text, "how it should begin"),
        ],
        result: ResultKind::Is(Kind::Bool),
        examples: &[
            Example::gives(r#"hasprefix(sku, "TU-")"#, r#"{"sku": "TU-12"}"#, "true"),
            Example::gives(r#"hasprefix(sku, "TU-")"#, "", "false"),
            Example::none(r#"hasprefix("tulip", "")"#, ""),
        ],
        eval: |call| at_an_end(call, |text, prefix| text.starts_with(prefix)),
        ..TEXT
    },
    Function {
        name: "hassuffix",
        summary: "Whether a text ends with another.",
        details: AT_AN_END,
        params: &[
            Param::required("s", ParamKind::Text, "the text"),
            Param::required("suffix", ParamKind::Text, "how it should end"),
        ],
        result: ResultKind::Is(Kind::Bool),
        examples: &[
            Example::gives(r#"hassuffix(mail, ".org")"#, r#"{"mail": "ana@example.org"}"#, "true"),
            Example::gives(r#"hassuffix(mail, ".org")"#, "", "false"),
            Example::none(r#"hassuffix("tulip", "")"#, ""),
        ],
        eval: |call| at_an_end(call, |text, suffix| text.ends_with(suffix)),
        ..TEXT
    },
    Function {
        name: "regex.match",
        summary: "Whether a regular expression matches somewhere in a text.",
        details: "RE2 syntax; write `^` and `$` to match the whole text. The expression must stand in the query. A \
                  first argument that is no text gives no value.",
        params: &[
            Param::required("s", ParamKind::Text, "the text to search"),
            Param::required("pattern", ParamKind::LiteralText, "the regular expression"),
        ],
        result: ResultKind::Is(Kind::Bool),
        prepare: Some(prepare_regex),
        examples: &[
            Example::gives(r#"regex.match(zip, "^[0-9]{5}$")"#, r#"{"zip": "01234"}"#, "true"),
            Example::gives(r#"regex.match(zip, "^[0-9]{5}$")"#, r#"{"zip": "1234"}"#, "false"),
            Example::none(r#"regex.match(zip, "^[0-9]{5}$")"#, ""),
        ],
        eval: regex_match,
        ..TEXT
    },
    Function {
        name: "tostring",
        summary: "Turns a value into text.",
        details: "A missing value gives the empty text, a date its epoch milliseconds. Of a list, the first element \
                  counts. A map has no text and gives no value.",
        params: &[Param::required("x", ParamKind::Any, "the value")],
        examples: &[
            Example::gives("tostring(5)", "", r#""5""#),
            Example::gives("tostring(x)", "", r#""""#),
            Example::none(r#"tostring(map("a", 1))"#, ""),
        ],
        eval: tostring,
        ..TEXT
    },
];

const AT_AN_END: &str =
    "False when the text is missing; no value when what it is tested for is missing or empty.";

fn join<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let (separator, parts) = call.args.split_last()?;
    let separator = match separator {
        Value::Text(text) => text,
        other => to_text(other.first(), call.env.arena)?,
    };
    let length = |part: &Value<'_>| match part {
        Value::Text(text) => text.len() + separator.len(),
        _ => separator.len(),
    };
    let room = parts.iter().flat_map(elements).map(length).sum();
    let mut joined = ArenaString::with_capacity_in(room, call.env.arena);
    for part in parts.iter().flat_map(elements) {
        let text = match part {
            Value::Text(text) => Some(*text),
            Value::Int(_) | Value::Number(_) => to_text(*part, call.env.arena),
            _ => None,
        };
        let Some(text) = text.filter(|text| !text.is_empty()) else { continue };
        if !joined.is_empty() {
            joined.push_str(separator);
        }
        joined.push_str(text);
    }
    (!joined.is_empty()).then(|| joined.into_bump_str())
}

fn len<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    Value::Int(match call.arg(0) {
        Value::Missing | Value::Null => return Value::Missing,
        Value::List(items) => items.len() as i64,
        Value::Map(entries) => entries.len() as i64,
        Value::Text(text) => text.chars().count() as i64,
        Value::Bool(_) | Value::Int(_) | Value::Number(_) | Value::Time(_) => 0,
    })
}

fn replace<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    let Some(text) = call.text(0) else { return Some("") };
    let old = call.text(1)?;
    let new = call.text(2).unwrap_or("");
    if old.is_empty() {
        return Some(call.env.arena.alloc_str(&text.replace(old, new)));
    }
    // The search for a text prepares tables; a single byte needs none.
    let find = |text: &str| match old.as_bytes() {
        [byte] => memchr::memchr(*byte, text.as_bytes()),
        _ => text.find(old),
    };
    let Some(mut at) = find(text) else { return Some(text) };
    let mut replaced = ArenaString::with_capacity_in(text.len() + new.len(), call.env.arena);
    let mut rest = text;
    loop {
        replaced.push_str(rest.get(..at).unwrap_or_default());
        replaced.push_str(new);
        rest = rest.get(at + old.len()..).unwrap_or_default();
        match find(rest) {
            Some(next) => at = next,
            None => break,
        }
    }
    replaced.push_str(rest);
    Some(replaced.into_bump_str())
}

fn lowercase<'a>(call: &Call<'_, 'a>) -> Option<&'a str> {
    call.env.ascii_lower(call.text(0)?).or_else(|| match map_chars(call, |c| one(c.to_lowercase(), c)) {
        Value::Text(text) => Some(text),
        _ => None,
    })
}

fn split<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match (call.text(0), call.text(1)) {
        (None | Some(""), _) | (_, None | Some("")) => Value::Missing,
        (Some(text), Some(separator)) => call.env.list(text.split(separator).map(Value::Text)),
    }
}

fn strip<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    fn strip(value: Value<'_>) -> Option<Value<'_>> {
        match value {
            Value::Text(text) => Some(Value::Text(text.trim_matches([' ', '\t', '\r', '\n']))),
            _ => None,
        }
    }
    match call.arg(0) {
        Value::List(items) => call.env.list(items.iter().filter_map(|item| strip(*item))),
        scalar => strip(scalar).into(),
    }
}

/// The case mapping if it is one character, else the character as it was.
fn one(mut mapped: impl Iterator<Item = char>, c: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(mapped), None) => mapped,
        _ => c,
    }
}

fn map_chars<'a>(call: &Call<'_, 'a>, mut map: impl FnMut(char) -> char) -> Value<'a> {
    let Some(text) = call.text(0) else { return Value::Missing };
    let mut mapped = ArenaString::with_capacity_in(text.len(), call.env.arena);
    mapped.extend(text.chars().map(&mut map));
    Value::Text(mapped.into_bump_str())
}

fn titlecase<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let mut within_word = false;
    map_chars(call, |c| {
        let first = !within_word;
        within_word = c.is_alphabetic();
        if first { one(c.to_uppercase(), c) } else { c }
    })
}

fn index<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let (Some(text), Some(sub)) = (call.text(0), call.text(1)) else { return Value::Missing };
    text.find(sub).map(|at| Value::Int(at as i64)).into()
}

fn substr<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let position = |i| to_int(call.arg(i)).and_then(|at| usize::try_from(at).ok());
    let (Some(text), Some(start)) = (call.text(0), position(1)) else { return Value::Missing };
    // The byte offset of a character; the end of the text is one, too.
    let offset = |at| text.char_indices().map(|(offset, _)| offset).chain([text.len()]).nth(at);
    let end = if call.has(2) { position(2).and_then(offset) } else { Some(text.len()) };
    match (offset(start), end) {
        (Some(start), Some(end)) => text.get(start..end).map(Value::Text).into(),
        _ => Value::Missing,
    }
}

fn contains<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match (call.text(0), call.text(1)) {
        (Some(""), _) | (_, Some("")) => Value::Missing,
        (Some(text), Some(sub)) => Value::Bool(text.contains(sub)),
        _ => Value::Bool(false),
    }
}

fn at_an_end<'a>(call: &Call<'_, 'a>, holds: fn(&str, &str) -> bool) -> Value<'a> {
    match (call.text(0), call.text(1)) {
        (_, None | Some("")) => Value::Missing,
        (None, Some(_)) => Value::Bool(false),
        (Some(text), Some(end)) => Value::Bool(holds(text, end)),
    }
}

fn prepare_regex(args: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let refuse = |message: String, help: &str| PrepareError { arg: 1, message, help: help.to_owned() };
    let Some(pattern) = args.get(1).copied().flatten() else {
        return Err(refuse(
            "the regular expression must stand in the query".to_owned(),
            "Write it as a text in quotes.",
        ));
    };
    match regex::Regex::new(pattern) {
        Ok(regex) => Ok(Prepared::Regex(vec![regex])),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err(refuse("the regular expression is too large".to_owned(), "Use smaller repetition counts."))
        }
        Err(error) => {
            // The parser's message is a drawing; its last line says what is wrong.
            let text = error.to_string();
            let reason = text.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
            Err(refuse(
                format!("`{pattern}` is no regular expression: {reason}"),
                "The syntax is RE2's, which has no look-around and no back-references.",
            ))
        }
    }
}

fn regex_match<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match (call.scalar(0), call.prepared) {
        (Value::Text(text), Some(Prepared::Regex(regexes))) => {
            regexes.first().map(|regex| Value::Bool(regex.is_match(text))).into()
        }
        _ => Value::Missing,
    }
}

fn tostring<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match call.scalar(0) {
        Value::Missing | Value::Null => Value::Text(""),
        value => to_text(value, call.env.arena).map(Value::Text).into(),
    }
}
