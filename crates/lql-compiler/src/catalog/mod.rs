//! The catalog of functions: one entry each, and the entry is all there is.
//!
//! The checker, the VM, completion, hover, `lql doc`, the book and the example tests read these entries.
//! Adding a function means adding an entry to the table of its group file.

mod aggregate;
mod cast;
mod collection;
mod date;
#[cfg(test)]
mod fuzz;
mod hash;
mod logic;
mod network;
mod other;
mod prepared;
#[cfg(test)]
mod testing;
mod text;
mod web;

pub use cast::CAST_TYPES;
pub use prepared::{Cap, PrepareError, Prepared};
pub(crate) use web::USERAGENT_FEATURES;

use crate::{Kind, MergeOp, Time, Value};
use bumpalo::Bump;
use hashbrown::HashMap;
use std::sync::LazyLock;

/// A function of the language.
pub struct Function {
    /// The name it is printed with, lower case.
    pub name: &'static str,
    /// Other accepted names, lower case.
    pub aliases: &'static [&'static str],
    /// Which part of the reference it belongs to.
    pub group: Group,
    /// What it gives, one sentence with a full stop.
    pub summary: &'static str,
    /// Edge cases, Markdown; may be empty.
    pub details: &'static str,
    /// Its parameters, in order.
    pub params: &'static [Param],
    /// The kind of its result.
    pub result: ResultKind,
    /// Whether it accumulates over events, and how.
    pub aggregate: Option<Aggregate>,
    /// What its result depends on besides the arguments.
    pub purity: Purity,
    /// Where it may stand.
    pub scope: Scope,
    /// Compiles literal arguments once, at check time.
    pub prepare: Option<Prepare>,
    /// What this and other functions make of their first argument before all else: of a URL, its parts. Where
    /// several calls need it, it is made once an event and handed to each as [`Call::view`].
    pub view: Option<View>,
    /// Examples with results; each is a test.
    pub examples: &'static [Example],
    /// The implementation, unless it is [`Function::eval_text`].
    pub eval: Eval,
    /// The implementation of a function that gives texts only: they need no way through memory.
    pub eval_text: Option<EvalText>,
}

impl Function {
    /// Calls it.
    pub fn call<'a>(&self, call: &Call<'_, 'a>) -> Value<'a> {
        match self.eval_text {
            Some(eval) => eval(call).map(Value::Text).into(),
            None => (self.eval)(call),
        }
    }

    /// What most entries share; an entry names the rest.
    pub(crate) const PLAIN: Function = Function {
        name: "",
        aliases: &[],
        group: Group::Other,
        summary: "",
        details: "",
        params: &[],
        result: ResultKind::Is(Kind::Text),
        aggregate: None,
        purity: Purity::Pure,
        scope: Scope::Everywhere,
        prepare: None,
        view: None,
        examples: &[],
        eval: |_| Value::Missing,
        eval_text: None,
    };
}

/// The parts of the function library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Accumulate over events.
    Aggregate,
    /// Conditions and choices.
    Logic,
    /// Text.
    Text,
    /// Conversions.
    Cast,
    /// Hashes and encodings.
    Hash,
    /// Maps, lists and sets.
    Collection,
    /// URLs, e-mail, user agents.
    Web,
    /// Dates and times.
    Date,
    /// Network, phone, JSON, maths and the rest.
    Other,
}

/// A parameter of a function.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: ParamKind,
    /// Whether it must be given.
    pub presence: Presence,
    /// What it means, one phrase without full stop.
    pub doc: &'static str,
}

impl Param {
    /// A parameter that must be given.
    pub(crate) const fn required(name: &'static str, kind: ParamKind, doc: &'static str) -> Self {
        Self { name, kind, presence: Presence::Required, doc }
    }

    /// A parameter that may be left out.
    pub(crate) const fn optional(name: &'static str, kind: ParamKind, doc: &'static str) -> Self {
        Self { name, kind, presence: Presence::Optional, doc }
    }

    /// A parameter that is given once or more.
    pub(crate) const fn repeated(name: &'static str, kind: ParamKind, doc: &'static str) -> Self {
        Self { name, kind, presence: Presence::Repeated, doc }
    }
}

/// What a parameter takes. Arguments whose type shows only at run time always pass the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Anything.
    Any,
    /// Text; numbers and booleans are turned into text.
    Text,
    /// A number, or text that holds one.
    Number,
    /// A boolean, or text that holds one.
    Bool,
    /// An instant, or text or a number that holds one.
    Date,
    /// A list; one value counts as a list of one.
    List,
    /// A map.
    Map,
    /// A list or a map or text.
    Collection,
    /// A text that stands in the query itself, because it is compiled at check time (see [`Function::prepare`]).
    LiteralText,
    /// A number that stands in the query itself.
    LiteralNumber,
}

/// Whether an argument must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Exactly once.
    Required,
    /// At most once; only optional or repeated parameters follow.
    Optional,
    /// Once or more, as the last parameter (or the last but one, before a required one, as in `join`).
    Repeated,
    /// Any number of times, as the last parameter.
    Any,
}

/// The static kind of a result.
#[derive(Clone, Copy)]
pub enum ResultKind {
    /// Always this kind.
    Is(Kind),
    /// Worked out from the arguments' static kinds.
    From(fn(&[Kind]) -> Kind),
}

/// How an aggregate accumulates. Its column's kind is [`Function::result`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// The merge operator of its field when `MERGEOP` is absent.
    pub mergeop: MergeOp,
}

/// What a result depends on besides the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purity {
    /// Nothing.
    Pure,
    /// The event's time.
    EventTime,
    /// Chance; never shared between columns.
    Random,
}

/// Where a function may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In mappings and filters.
    Everywhere,
    /// Only in mappings.
    Mapping,
    /// Only in filters.
    Filter,
}

/// Compiles literal arguments. An element is the literal's text, or `None` where the argument is no literal
/// (integers and floats come as their text). An error names the argument.
pub type Prepare = fn(&[Option<&str>]) -> Result<Prepared, PrepareError>;

/// The implementation of a function: arguments in, value out, [`Value::Missing`] for *no value*.
pub type Eval = for<'a> fn(&Call<'_, 'a>) -> Value<'a>;

/// The implementation of a function that gives texts only; `None` for *no value*.
pub type EvalText = for<'a> fn(&Call<'_, 'a>) -> Option<&'a str>;

/// Makes a view of a function's first argument, never [`Value::Missing`].
pub type View = for<'a> fn(Value<'a>, &Env<'a>) -> Value<'a>;

/// A call at run time.
pub struct Call<'c, 'a> {
    /// The arguments; missing ones are [`Value::Missing`]. As many as were written.
    pub args: &'c [Value<'a>],
    /// What [`Function::prepare`] gave at load time.
    pub prepared: Option<&'a Prepared>,
    /// What [`Function::view`] gave for the first argument; [`Value::Missing`] where it was not made.
    pub view: &'c Value<'a>,
    /// What surrounds the call.
    pub env: &'c Env<'a>,
}

/// What surrounds an evaluation.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    /// Where texts and collections of this event live.
    pub arena: &'a Bump,
    /// The event's time: what `now()` gives, what `todate("now-3d")` counts from.
    pub event_time: Time,
    /// What `"now-3d"` counts from in a comparison: the filter's clock; in a mapping, the event's time.
    pub clock: Time,
}

impl<'a> Call<'_, 'a> {
    /// Argument `i`, or `Missing`.
    pub fn arg(&self, i: usize) -> Value<'a> {
        self.args.get(i).copied().unwrap_or(Value::Missing)
    }

    /// Argument `i` as a scalar: the first element of a list.
    pub fn scalar(&self, i: usize) -> Value<'a> {
        self.arg(i).first()
    }

    /// Argument `i` as text ([`crate::convert::to_text`] of the first element); `None` when it has no value.
    pub fn text(&self, i: usize) -> Option<&'a str> {
        match self.args.get(i) {
            Some(Value::Text(text)) => Some(text),
            Some(other) => crate::convert::to_text(other.first(), self.env.arena),
            None => None,
        }
    }

    /// Whether argument `i` was written.
    pub fn has(&self, i: usize) -> bool {
        i < self.args.len()
    }
}

impl<'a> Env<'a> {
    /// Copies a text into the arena.
    pub fn keep(&self, text: &str) -> Value<'a> {
        Value::Text(self.arena.alloc_str(text))
    }

    /// An ASCII text in lower case, itself if it is; `None` for texts beyond ASCII.
    pub(crate) fn ascii_lower(&self, text: &'a str) -> Option<&'a str> {
        // Without an early exit the tests run over many bytes at a time.
        let (high, upper) = text
            .bytes()
            .fold((0, false), |(high, upper), byte| (high | byte, upper | byte.is_ascii_uppercase()));
        if !high.is_ascii() {
            return None;
        }
        if !upper {
            return Some(text);
        }
        let lower = self.arena.alloc_str(text);
        lower.make_ascii_lowercase();
        Some(lower)
    }

    /// A list of these values; no value when there are none.
    pub fn list(&self, items: impl IntoIterator<Item = Value<'a>>) -> Value<'a> {
        let items = bumpalo::collections::Vec::from_iter_in(items, self.arena);
        if items.is_empty() { Value::Missing } else { Value::List(items.into_bump_slice()) }
    }

    /// A map of these entries, sorted here; of entries with one key the last stays. No value when there are none.
    pub fn map(&self, entries: impl IntoIterator<Item = (&'a str, Value<'a>)>) -> Value<'a> {
        let mut entries = bumpalo::collections::Vec::from_iter_in(entries, self.arena);
        entries.sort_by(|a, b| a.0.cmp(b.0));
        let mut unique: bumpalo::collections::Vec<'a, (&'a str, Value<'a>)> =
            bumpalo::collections::Vec::with_capacity_in(entries.len(), self.arena);
        for entry in entries {
            match unique.last_mut() {
                Some(last) if last.0 == entry.0 => *last = entry,
                _ => unique.push(entry),
            }
        }
        if unique.is_empty() { Value::Missing } else { Value::Map(unique.into_bump_slice()) }
    }
}

/// An example of a call; the tests run it.
pub struct Example {
    /// The expression.
    pub expr: &'static str,
    /// The event it is evaluated on, a JSON object; `""` for none. Nested objects are map fields.
    pub event: &'static str,
    /// The result as JSON (instants as RFC 3339 text), or `None` for no value.
    pub result: Option<&'static str>,
}

impl Example {
    /// An example with a result.
    pub(crate) const fn gives(expr: &'static str, event: &'static str, result: &'static str) -> Self {
        Self { expr, event, result: Some(result) }
    }

    /// An example without value.
    pub(crate) const fn none(expr: &'static str, event: &'static str) -> Self {
        Self { expr, event, result: None }
    }
}

/// The tables of the groups. Nothing else lists functions.
const GROUPS: &[&[Function]] = &[
    aggregate::FUNCTIONS,
    logic::FUNCTIONS,
    text::FUNCTIONS,
    cast::FUNCTIONS,
    hash::FUNCTIONS,
    collection::FUNCTIONS,
    web::FUNCTIONS,
    date::FUNCTIONS,
    network::FUNCTIONS,
    other::FUNCTIONS,
];

/// Spellings that are read with a warning, each with the name that is meant.
pub const TOLERATED: &[(&str, &str)] = &[("tofloat", "tonumber"), ("urlminusqa", "urlminusqs")];

/// Names that are known but refused, each with the reason, one sentence without full stop.
pub const REFUSED: &[(&str, &str)] =
    &[("content_filter", "what `content_filter` does is documented nowhere, so it cannot be evaluated")];

/// Every function, by group, in the order of the reference.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    GROUPS.iter().flat_map(|group| group.iter())
}

/// Finds a function by name, alias or tolerated spelling, any letter case.
pub fn find(name: &str) -> Option<&'static Function> {
    static INDEX: LazyLock<HashMap<&'static str, &'static Function>> = LazyLock::new(|| {
        let names = |f: &'static Function| f.aliases.iter().chain([&f.name]).map(move |name| (*name, f));
        let mut index: HashMap<&str, &Function> = functions().flat_map(names).collect();
        for (spelling, meant) in TOLERATED {
            index.extend(index.get(meant).map(|function| (*spelling, *function)));
        }
        index
    });
    // Asked for every call of a project, again and again: most are in lower case already.
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return INDEX.get(name.to_ascii_lowercase().as_str()).copied();
    }
    INDEX.get(name).copied()
}

/// The parameter that argument `i` of `count` stands for.
///
/// A [`Presence::Repeated`] parameter takes as many arguments as those after it leave over.
pub fn param_at(function: &Function, i: usize, count: usize) -> Option<&'static Param> {
    let params = function.params;
    let Some(open) = params.iter().position(|p| matches!(p.presence, Presence::Repeated | Presence::Any))
    else {
        return params.get(i);
    };
    let after = params.len() - open - 1;
    if i < open {
        params.get(i)
    } else if i + after >= count {
        params.get(params.len().saturating_sub(count.saturating_sub(i)))
    } else {
        params.get(open)
    }
}

/// How a function is called: `join(part, …, separator)`.
pub fn signature(function: &Function) -> String {
    let params: Vec<String> = function
        .params
        .iter()
        .map(|param| match param.presence {
            Presence::Required => param.name.to_owned(),
            Presence::Optional => format!("[{}]", param.name),
            Presence::Repeated => format!("{}, …", param.name),
            Presence::Any => format!("[{}, …]", param.name),
        })
        .collect();
    format!("{}({})", function.name, params.join(", "))
}

#[cfg(test)]
mod tests;
