//! Maps, sets and lists (reference 9.6). Lists keep the order of the input; only stored sets are sorted.

use super::{
    Call, Example, Function, Group, Param, ParamKind, PrepareError, Prepared, Purity, ResultKind, Scope,
};
use crate::convert::{elements, to_int, to_text, to_time};
use crate::pattern::FilterPattern;
use crate::{Kind, Value};
use bumpalo::collections::Vec as ArenaVec;
use std::ops::Range;

const COLLECTION: Function = Function { group: Group::Collection, ..Function::PLAIN };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "map",
        summary: "A map with one entry.",
        details: "The key is turned into text, the value keeps its type; `KIND` gives the field its type. An empty \
                  or missing key or value gives no value.",
        params: &[
            Param::required("key", ParamKind::Text, "the key"),
            Param::required("value", ParamKind::Any, "the value"),
        ],
        result: ResultKind::Is(Kind::MapValue),
        examples: &[
            Example::gives("map(sku, toint(qty))", r#"{"sku": "tulip", "qty": "3"}"#, r#"{"tulip": 3}"#),
            Example::none("map(sku, qty)", r#"{"sku": "tulip"}"#),
        ],
        eval: map,
        ..COLLECTION
    },
    Function {
        name: "maptime",
        summary: "A map with one entry, from a lower-cased key to a time.",
        details: "Without a second argument the time is the event's.",
        params: &[
            Param::required("key", ParamKind::Text, "the key; its letters are lower-cased"),
            Param::optional("t", ParamKind::Date, "the time"),
        ],
        result: ResultKind::Is(Kind::MapTime),
        purity: Purity::EventTime,
        examples: &[
            Example::gives(
                "maptime(page, todate(at))",
                r#"{"page": "Home", "at": "2026-03-04"}"#,
                r#"{"home": "2026-03-04T00:00:00Z"}"#,
            ),
            Example::none("maptime(page)", ""),
        ],
        eval: maptime,
        ..COLLECTION
    },
    Function {
        name: "match",
        summary: "The event's values whose key begins with a prefix, as a map without the prefix.",
        details: "The prefix is plain text, without wildcards, and must stand in the query. A key that is the prefix \
                  itself is left out. Several prefixes make one map; of two equal keys the later prefix's stays.",
        params: &[Param::repeated("prefix", ParamKind::LiteralText, "how the keys begin")],
        result: ResultKind::Is(Kind::MapValue),
        scope: Scope::Mapping,
        examples: &[
            Example::gives(
                r#"match("utm_")"#,
                r#"{"utm_source": "news", "utm_term": "tulip", "page": "/"}"#,
                r#"{"source": "news", "term": "tulip"}"#,
            ),
            Example::none(r#"match("utm_")"#, r#"{"page": "/"}"#),
        ],
        eval: merge_maps,
        ..COLLECTION
    },
    Function {
        name: "mapkeys",
        summary: "The keys of maps, each once, in alphabetical order.",
        details: "",
        params: &[Param::repeated("m", ParamKind::Map, "a map")],
        result: ResultKind::Is(Kind::TextSet),
        examples: &[
            Example::gives(r#"mapkeys(match("utm_"))"#, r#"{"utm_b": "1", "utm_a": "2"}"#, r#"["a", "b"]"#),
            Example::none(r#"mapkeys(match("utm_"))"#, ""),
        ],
        eval: mapkeys,
        ..COLLECTION
    },
    Function {
        name: "mapvalues",
        summary: "The values of a map as text, each once, in alphabetical order.",
        details: "",
        params: &[Param::required("m", ParamKind::Map, "a map")],
        result: ResultKind::Is(Kind::TextSet),
        examples: &[
            Example::gives(
                r#"mapvalues(match("tag_"))"#,
                r#"{"tag_1": "b", "tag_2": "a", "tag_3": "b"}"#,
                r#"["a", "b"]"#,
            ),
            Example::none(r#"mapvalues(match("tag_"))"#, ""),
        ],
        eval: mapvalues,
        ..COLLECTION
    },
    Function {
        name: "mapinvert",
        summary: "The map with keys and values exchanged.",
        details: "Values become text. Of entries with the same value, the last in the order of keys stays.",
        params: &[Param::required("m", ParamKind::Map, "a map")],
        result: ResultKind::Is(Kind::MapText),
        examples: &[
            Example::gives(
                r#"mapinvert(match("id_"))"#,
                r#"{"id_a": "7", "id_b": "8"}"#,
                r#"{"7": "a", "8": "b"}"#,
            ),
            Example::none(r#"mapinvert(match("id_"))"#, ""),
        ],
        eval: mapinvert,
        ..COLLECTION
    },
    Function {
        name: "filter",
        summary: "Removes what matches a pattern from a list, or from a map by its keys.",
        details: FILTERED,
        params: FILTER,
        result: ResultKind::From(|kinds| kinds.first().copied().unwrap_or(Kind::Dynamic)),
        prepare: Some(prepare_filters),
        examples: &[
            Example::gives(r#"filter(split("a,,b", ","), "")"#, "", r#"["a", "b"]"#),
            Example::gives(
                r#"filter(match("utm_"), "te*")"#,
                r#"{"utm_term": "x", "utm_id": "7"}"#,
                r#"{"id": "7"}"#,
            ),
            Example::none(r#"filter(page, "/admin")"#, r#"{"page": "/admin/users"}"#),
        ],
        eval: |call| keep_where(call, false),
        ..COLLECTION
    },
    Function {
        name: "filtermatch",
        summary: "Keeps what matches a pattern in a list, or in a map by its keys.",
        details: FILTERED,
        params: FILTER,
        result: ResultKind::From(|kinds| kinds.first().copied().unwrap_or(Kind::Dynamic)),
        prepare: Some(prepare_filters),
        examples: &[
            Example::gives(r#"filtermatch(split("a1,b1,a2", ","), "a")"#, "", r#"["a1", "a2"]"#),
            Example::gives(r#"filtermatch(split("x_id,id_x", ","), "*_id")"#, "", r#"["x_id"]"#),
            Example::none(r#"filtermatch(page, "/admin")"#, r#"{"page": "/"}"#),
        ],
        eval: |call| keep_where(call, true),
        ..COLLECTION
    },
    Function {
        name: "array.index",
        summary: "The element of a list at a position, counted from 0.",
        details: "A negative position counts from the end: -1 is the last element. The list is in input order. No \
                  value out of range.",
        params: &[
            Param::required("list", ParamKind::List, "the list"),
            Param::required("i", ParamKind::Number, "the position"),
        ],
        result: ResultKind::From(|kinds| match kinds.first() {
            Some(Kind::TextSet | Kind::TimedSet) => Kind::Text,
            Some(Kind::TimeSet) => Kind::Date,
            _ => Kind::Dynamic,
        }),
        examples: &[
            Example::gives(r#"array.index(split("c,a,b", ","), 0)"#, "", r#""c""#),
            Example::gives(r#"array.index(split("c,a,b", ","), -1)"#, "", r#""b""#),
            Example::none(r#"array.index(split("c,a,b", ","), 3)"#, ""),
        ],
        eval: array_index,
        ..COLLECTION
    },
    Function {
        name: "array.slice",
        summary: "The elements of a list between two positions, counted from 0.",
        details: "The end is excluded; negative positions count from the end. The list is in input order. A position \
                  out of range, or nothing between the two, gives no value.",
        params: &[
            Param::required("list", ParamKind::List, "the list"),
            Param::required("from", ParamKind::Number, "the first position"),
            Param::optional(
                "to",
                ParamKind::Number,
                "the position after the last; the end of the list if absent",
            ),
        ],
        result: ResultKind::From(|kinds| match kinds.first() {
            Some(Kind::TimeSet) => Kind::TimeSet,
            _ => Kind::TextSet,
        }),
        examples: &[
            Example::gives(r#"array.slice(split("c,a,b", ","), 1)"#, "", r#"["a", "b"]"#),
            Example::gives(r#"array.slice(split("c,a,b", ","), 0, -1)"#, "", r#"["c", "a"]"#),
            Example::none(r#"array.slice(split("c,a,b", ","), 1, 4)"#, ""),
        ],
        eval: array_slice,
        ..COLLECTION
    },
];

const FILTER: &[Param] = &[
    Param::required("x", ParamKind::Collection, "a list, a map or a text"),
    Param::repeated("pattern", ParamKind::Any, "a pattern"),
];

const FILTERED: &str = "A pattern with `*` or `%` must match the whole text, by the rules of `LIKE`; a pattern without \
                        them matches texts that begin with it; `\"\"` matches the empty text. When nothing is left \
                        there is no value.";

fn map<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let value = call.arg(1);
    match call.text(0) {
        None | Some("") => Value::Missing,
        Some(_) if value.is_nil() => Value::Missing,
        Some(key) => call.env.map([(key, value)]),
    }
}

fn maptime<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let now = call.env.event_time;
    let time = if call.has(1) { to_time(call.scalar(1), now) } else { Some(now) };
    match (call.text(0), time) {
        (None | Some(""), _) | (_, None) => Value::Missing,
        (Some(key), Some(time)) => {
            let key = if key.chars().any(char::is_uppercase) {
                call.env.arena.alloc_str(&key.to_lowercase())
            } else {
                key
            };
            call.env.map([(key, Value::Time(time))])
        }
    }
}

/// The entries of a map; none of any other value.
fn entries(value: Value<'_>) -> &[(&str, Value<'_>)] {
    match value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// `match`: by now each prefix is the map of what the event has under it.
fn merge_maps<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    match call.args {
        [only @ Value::Map(_)] => *only,
        several => call.env.map(several.iter().flat_map(|map| entries(*map)).copied()),
    }
}

fn sorted_set<'a>(call: &Call<'_, 'a>, texts: impl Iterator<Item = &'a str>) -> Value<'a> {
    let mut texts = ArenaVec::from_iter_in(texts, call.env.arena);
    texts.sort_unstable();
    texts.dedup();
    call.env.list(texts.into_iter().map(Value::Text))
}

fn mapkeys<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    sorted_set(call, call.args.iter().flat_map(|map| entries(*map)).map(|(key, _)| *key))
}

fn mapvalues<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    sorted_set(call, entries(call.arg(0)).iter().filter_map(|(_, value)| to_text(*value, call.env.arena)))
}

fn mapinvert<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let inverted = entries(call.arg(0)).iter();
    call.env
        .map(inverted.filter_map(|(key, value)| Some((to_text(*value, call.env.arena)?, Value::Text(key)))))
}

fn prepare_filters(args: &[Option<&str>]) -> Result<Prepared, PrepareError> {
    let patterns = args.iter().enumerate().skip(1).map(|(arg, text)| match text.map(FilterPattern::new) {
        None => Ok(None),
        Some(Ok(pattern)) => Ok(Some(pattern)),
        Some(Err(error)) => Err(PrepareError {
            arg,
            message: format!("`{}` is no pattern: {error}", text.unwrap_or_default()),
            help: "Write `\\[` for a bracket that stands for itself.".to_owned(),
        }),
    });
    Ok(Prepared::Filters(patterns.collect::<Result<_, _>>()?))
}

/// Whether any of the call's patterns matches. Patterns that are no literals are compiled here; a malformed one
/// matches nothing.
fn any_matches(call: &Call<'_, '_>, text: &str) -> bool {
    let prepared = match call.prepared {
        Some(Prepared::Filters(patterns)) => patterns.as_slice(),
        _ => &[],
    };
    call.args.iter().skip(1).enumerate().any(|(i, arg)| match prepared.get(i) {
        Some(Some(pattern)) => pattern.matches(text),
        _ => elements(arg).iter().any(|pattern| {
            to_text(*pattern, call.env.arena)
                .and_then(|pattern| FilterPattern::new(pattern).ok())
                .is_some_and(|pattern| pattern.matches(text))
        }),
    })
}

fn keep_where<'a>(call: &Call<'_, 'a>, matching: bool) -> Value<'a> {
    let keep = |text: &str| any_matches(call, text) == matching;
    let keep_value = |value: &Value<'a>| to_text(*value, call.env.arena).is_some_and(keep);
    match call.arg(0) {
        Value::Map(entries) => call.env.map(entries.iter().filter(|(key, _)| keep(key)).copied()),
        Value::List(items) => call.env.list(items.iter().filter(|item| keep_value(item)).copied()),
        scalar if keep_value(&scalar) => scalar,
        _ => Value::Missing,
    }
}

/// A position in a list of `len` elements; negative ones count from the end.
fn position(value: Value<'_>, len: usize) -> Option<usize> {
    let at = to_int(value)?;
    usize::try_from(if at < 0 { at.checked_add(len as i64)? } else { at }).ok()
}

fn array_index<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let list = call.arg(0);
    let items = elements(&list);
    position(call.arg(1), items.len()).and_then(|at| items.get(at).copied()).into()
}

fn array_slice<'a>(call: &Call<'_, 'a>) -> Value<'a> {
    let list = call.arg(0);
    let items = elements(&list);
    let range = || -> Option<Range<usize>> {
        let to = if call.has(2) { position(call.arg(2), items.len())? } else { items.len() };
        Some(position(call.arg(1), items.len())?..to)
    };
    match range().and_then(|range| items.get(range)) {
        Some(slice) => call.env.list(slice.iter().copied()),
        None => Value::Missing,
    }
}
