//! An event that expressions and queries are tried on.

use super::{Answer, probe};
use crate::shown;
use crate::trial::{Event, Recording, Tracer};
use bumpalo::Bump;
use lql_compiler::program::StreamInput;
use lql_compiler::{
    Checked, CheckedExpression, Kind, Settings, Source, Surroundings, Time, check, check_expression,
};
use lql_runtime::merge::Owned;
use lql_syntax::ast::Dialect;
use lql_syntax::{Diagnostic, lex};
use std::collections::HashMap;
use std::fmt::Write as _;

/// An event, and how expressions are read.
#[derive(Clone, Debug)]
pub struct Bench {
    /// The event.
    pub event: Event,
    /// How its stream is read.
    pub input: StreamInput,
    /// What expressions are written in.
    pub dialect: Dialect,
    /// For filters, the kinds of fields.
    pub kinds: HashMap<String, Kind>,
    /// The clock, and the time of events that have none.
    pub clock: Time,
}

/// The kinds of a project's fields.
pub fn kinds_of(checked: &Checked) -> HashMap<String, Kind> {
    checked.schema.fields.iter().map(|field| (field.name.clone(), field.kind)).collect()
}

/// An event that holds nothing.
pub fn nothing() -> Event {
    let mut recording = Recording::default();
    recording.push_json("", "", 1, "{}");
    // One was pushed.
    recording.events.remove(0)
}

impl Bench {
    /// What an expression is worth on the event, or what a query makes of it.
    pub fn evaluate(&self, text: &str) -> Answer {
        let first = lex(text).into_iter().find(|token| !token.kind.is_trivia());
        let word = first.map_or("", |token| token.span.of(text));
        if word.eq_ignore_ascii_case("select") && self.dialect == Dialect::Lql {
            return self.query(text);
        }
        if word.eq_ignore_ascii_case("filter") && self.dialect == Dialect::Lql {
            return Self { dialect: Dialect::FilterQl, ..self.clone() }.evaluate(text);
        }
        let time = self.time();
        self.checked(text, |checked| {
            let value = match self.dialect {
                Dialect::Lql => {
                    probe::Probed::new(text, &self.event, time).ok().and_then(|probed| probed.value())
                }
                Dialect::FilterQl => probe::filter(&checked.program, &self.event, self.clock),
            };
            match value {
                Some(value) => format!("{} : {}\n", shown::json(&value), kind_of(&value, checked.kind)),
                None => format!("no value : {}\n", checked.kind),
            }
        })
    }

    /// The value of every part of an expression.
    pub fn why(&self, text: &str) -> Answer {
        if self.dialect == Dialect::FilterQl {
            return Answer::of("`lql why` explains filters on profiles; here, `.why` explains mappings\n");
        }
        let time = self.time();
        self.checked(text, |_| match probe::Probed::new(text, &self.event, time) {
            Ok(probed) => probed.tree(),
            Err(message) => format!("{message}\n"),
        })
    }

    /// Checks an expression and says something about it.
    pub(super) fn checked(&self, text: &str, say: impl Fn(&CheckedExpression) -> String) -> Answer {
        let around = Surroundings { kinds: self.kinds.clone(), ..Surroundings::default() };
        match check_expression(text, self.dialect, &around) {
            Ok(checked) => Answer {
                text: say(&checked),
                findings: checked.diagnostics,
                of: text.to_owned(),
                ..Answer::default()
            },
            Err(findings) => Answer { findings, of: text.to_owned(), ..Answer::default() },
        }
    }

    /// What each column of a query writes for the event, whatever its stream.
    fn query(&self, text: &str) -> Answer {
        let checked = check(&[Source::lql("line", text.to_owned())], &Settings::default());
        let answer =
            Answer { of: text.to_owned(), findings: checked.diagnostics.clone(), ..Answer::default() };
        if checked.diagnostics.iter().any(Diagnostic::is_error) {
            return answer;
        }
        let text = self.columns(&checked).unwrap_or_else(|| "the event cannot be read\n".to_owned());
        Answer { text, ..answer }
    }

    fn columns(&self, checked: &Checked) -> Option<String> {
        let query = checked.queries.first()?;
        let probes = checked.probe_stream(&query.stream).ok()??;
        let constants = Bump::new();
        let trace = Tracer::of_stream(&probes, &constants).ok()?.event(&self.event, self.time())?;
        let probed = probes.queries.first()?;
        let mut text = String::new();
        if probed.condition.as_ref().is_some_and(|condition| !trace.is_true(condition)) {
            text.push_str("WHERE is not true: the event would be passed over\n");
        }
        for (column, known) in probed.columns.iter().zip(&query.columns) {
            let passes = column.guard.as_ref().is_none_or(|guard| trace.is_true(guard));
            let _ = match trace.register(column.written).filter(|_| passes) {
                Some(value) => writeln!(text, "{} = {} : {}", known.field, shown::json(value), known.kind),
                None => writeln!(text, "{} has no value : {}", known.field, known.kind),
            };
        }
        Some(text)
    }

    /// When the event happened.
    fn time(&self) -> Time {
        let key = self.input.timestamp.as_deref().and_then(crate::infer::words::spelled);
        let read = key.and_then(|key| {
            probe::Probed::new(&format!("todate({key})"), &self.event, self.clock).ok()?.time()
        });
        read.unwrap_or(self.clock)
    }
}

/// The kind of a value: that of its expression, or of a plain key, what it holds in this event.
fn kind_of(value: &Owned, kind: Kind) -> &'static str {
    match (kind, value) {
        (Kind::Dynamic, Owned::Text(_)) => Kind::Text.name(),
        (Kind::Dynamic, Owned::Int(_)) => Kind::Int.name(),
        (Kind::Dynamic, Owned::Number(_)) => Kind::Number.name(),
        (Kind::Dynamic, Owned::Bool(_)) => Kind::Bool.name(),
        (Kind::Dynamic, Owned::Time(_)) => Kind::Date.name(),
        (Kind::Dynamic, Owned::List(_)) => Kind::TextSet.name(),
        (kind, _) => kind.name(),
    }
}
