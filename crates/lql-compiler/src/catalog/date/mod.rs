//! Dates (reference 9.9). Every instant is UTC; a function without its date argument takes the event's time.

mod format;
mod parts;
mod read;
mod write;

pub use format::Format;

use super::{
    Call, Example, Function, Group, Param, ParamKind, PrepareError, Prepared, Presence, Purity, ResultKind,
};
use crate::{Kind, Time, Value, convert};

/// The entries; their fields that are alike are in [`BASE`].
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "now",
        summary: "The event's time.",
        details: "In a filter it is the filter's clock. Where an event has no time of its own, the time of its arrival counts.",
        result: ResultKind::Is(Kind::Date),
        examples: &[
            Example { expr: "now()", event: "", result: Some("\"2026-03-04T12:30:15.25Z\"") },
            Example { expr: "now()", event: r#"{"now": "2020-01-01"}"#, result: Some("\"2026-03-04T12:30:15.25Z\"") },
        ],
        eval: parts::now,
        ..BASE
    },
    Function {
        name: "epochms",
        summary: "The event's time as milliseconds since 1970.",
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "epochms()", event: "", result: Some("1772627415250") },
            Example { expr: "epochms()", event: r#"{"x": "2020-01-01"}"#, result: Some("1772627415250") },
        ],
        eval: parts::epochms,
        ..BASE
    },
    Function {
        name: "todate",
        summary: "The instant that a text or a number stands for.",
        details: "With one argument, many forms are understood; of an ambiguous order, US order is taken (`3/4/2026` is March 4), \
            and a text without a zone is UTC. Digits alone are a year (4), a date (8, 14), or the time since 1970 in seconds (10), \
            milliseconds (13), microseconds (16) or nanoseconds (19). Text beginning with `now` is date math, counted from the event's time.\n\n\
            With two arguments, the first is a layout: how 2 January 2006, 15:04:05 would be written. A text that does not match gives no value. \
            The layout only reads; `extract` writes.",
        params: &[
            Param { name: "x", kind: ParamKind::Any, presence: Presence::Required, doc: "the date; before a second argument, the layout of that" },
            Param { name: "text", kind: ParamKind::Any, presence: Presence::Optional, doc: "the date, written in the layout" },
        ],
        result: ResultKind::Is(Kind::Date),
        prepare: Some(read::prepare_todate),
        examples: &[
            Example { expr: "todate(d)", event: r#"{"d": "3/4/2026 5:06 PM"}"#, result: Some("\"2026-03-04T17:06:00Z\"") },
            Example { expr: "todate(\"02/01/2006\", d)", event: r#"{"d": "13/04/2026"}"#, result: Some("\"2026-04-13T00:00:00Z\"") },
            Example { expr: "todate(\"now-3d\")", event: "", result: Some("\"2026-03-01T12:30:15.25Z\"") },
            Example { expr: "todate(d)", event: r#"{"d": "13/04/2026"}"#, result: None },
        ],
        eval: read::todate,
        ..BASE
    },
    Function {
        name: "todatein",
        summary: "The instant that a text stands for, read in a time zone.",
        details: "The zone counts only if the text has none of its own. A local time that a clock change skips or repeats is taken with \
            the offset from before the change. Numbers are times since 1970 and need no zone.",
        params: &[
            X,
            Param { name: "zone", kind: ParamKind::LiteralText, presence: Presence::Required, doc: "a zone of the tz database, such as `Europe/Paris`" },
        ],
        result: ResultKind::Is(Kind::Date),
        prepare: Some(read::prepare_zone),
        examples: &[
            Example { expr: "todatein(d, \"Europe/Paris\")", event: r#"{"d": "2026-07-01 09:00:00"}"#, result: Some("\"2026-07-01T07:00:00Z\"") },
            Example { expr: "todatein(d, \"Europe/Paris\")", event: r#"{"d": "2026-07-01T09:00:00Z"}"#, result: Some("\"2026-07-01T09:00:00Z\"") },
            Example { expr: "todatein(d, \"Europe/Paris\")", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: read::todatein,
        ..BASE
    },
    Function {
        name: "totimestamp",
        summary: "A date as whole seconds since 1970.",
        params: &[X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "totimestamp(d)", event: r#"{"d": "2026-03-04T00:34:56Z"}"#, result: Some("1772584496") },
            Example { expr: "totimestamp(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::totimestamp,
        ..BASE
    },
    Function {
        name: "totimeset",
        summary: "The instants that a text or the texts of a list stand for, oldest first, each once.",
        details: "Elements that are no dates are left out.",
        params: &[Param { name: "x", kind: ParamKind::List, presence: Presence::Required, doc: "a date, or a list of dates" }],
        result: ResultKind::Is(Kind::TimeSet),
        examples: &[
            Example { expr: "totimeset(d)", event: r#"{"d": ["2026-03-05", "soon", "2026-03-04"]}"#, result: Some(r#"["2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"]"#) },
            Example { expr: "totimeset(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: read::totimeset,
        ..BASE
    },
    Function {
        name: "timebucket",
        summary: "One count on the day of a date, for `timewindow`.",
        details: "Buckets are UTC days: the value is the start of the day.",
        params: &[X],
        result: ResultKind::Is(Kind::TimeBuckets),
        examples: &[
            Example { expr: "timebucket(d)", event: r#"{"d": "2026-03-04 05:06"}"#, result: Some("\"2026-03-04T00:00:00Z\"") },
            Example { expr: "timebucket(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::timebucket,
        ..BASE
    },
    Function {
        name: "extract",
        aliases: &["strftime"],
        summary: "A date written in a strftime format.",
        details: "Directives: `%Y %y` year, `%m %B %b` month, `%d %e` day, `%j` day of the year, `%A %a %w` weekday, `%U %W %V` week, \
            `%H %I %p` hour, `%M` minute, `%S` second, `%f` fraction, `%F` = `%Y-%m-%d`, `%T` = `%H:%M:%S`, `%s` seconds since 1970, \
            `%Z %z` zone (always UTC), `%%` a percent sign.",
        params: &[
            X,
            Param { name: "format", kind: ParamKind::LiteralText, presence: Presence::Required, doc: "the format, such as `%Y-%m-%d`" },
        ],
        result: ResultKind::Is(Kind::Text),
        prepare: Some(write::prepare_extract),
        examples: &[
            Example { expr: "extract(d, \"%B %d\")", event: r#"{"d": "2026-03-04"}"#, result: Some("\"March 04\"") },
            Example { expr: "extract(d, \"%H\")", event: r#"{"d": "2026-03-04 05:06"}"#, result: Some("\"05\"") },
            Example { expr: "extract(d, \"%B\")", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval_text: Some(write::extract),
        ..BASE
    },
    Function {
        name: "yy",
        summary: "The last two digits of a date's year, as an integer.",
        details: "An integer has no leading zero: 2005 gives 5.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "yy(d)", event: r#"{"d": "2026-03-04"}"#, result: Some("26") },
            Example { expr: "yy(d)", event: r#"{"d": "2005-03-04"}"#, result: Some("5") },
            Example { expr: "yy(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::yy,
        ..BASE
    },
    Function {
        name: "yymm",
        summary: "Year and month of a date as four digits.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Text),
        examples: &[
            Example { expr: "yymm(d)", event: r#"{"d": "2031-01-15"}"#, result: Some("\"3101\"") },
            Example { expr: "yymm(d)", event: r#"{"d": "2005-12-15"}"#, result: Some("\"0512\"") },
            Example { expr: "yymm(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::yymm,
        ..BASE
    },
    Function {
        name: "mm",
        aliases: &["monthofyear"],
        summary: "The month of a date, 1 to 12.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "mm(d)", event: r#"{"d": "2031-12-01"}"#, result: Some("12") },
            Example { expr: "monthofyear(d)", event: r#"{"d": "2031-01-01"}"#, result: Some("1") },
            Example { expr: "mm(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::mm,
        ..BASE
    },
    Function {
        name: "dayofweek",
        summary: "The weekday of a date, 0 to 6; Sunday is 0.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "dayofweek(d)", event: r#"{"d": "2026-03-01"}"#, result: Some("0") },
            Example { expr: "dayofweek(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::dayofweek,
        ..BASE
    },
    Function {
        name: "hourofday",
        summary: "The hour of a date in UTC, 0 to 23.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "hourofday(d)", event: r#"{"d": "2026-03-04T23:59:00Z"}"#, result: Some("23") },
            Example { expr: "hourofday(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::hourofday,
        ..BASE
    },
    Function {
        name: "hourofweek",
        summary: "The hour of a date within its week, 0 to 167; the first hour of Sunday is 0.",
        params: &[OPTIONAL_X],
        result: ResultKind::Is(Kind::Int),
        examples: &[
            Example { expr: "hourofweek(d)", event: r#"{"d": "2026-03-07T23:00:00Z"}"#, result: Some("167") },
            Example { expr: "hourofweek(d)", event: r#"{"d": "soon"}"#, result: None },
        ],
        eval: parts::hourofweek,
        ..BASE
    },
    Function {
        name: "seconds",
        summary: "A duration in seconds.",
        details: "`MM:SS` and `Mmm:ss` are minutes and seconds; there may be more than 59 minutes. A number is itself. Any other text is read \
            as a date and gives its seconds since 1970. A duration of zero is no value.",
        params: &[Param { name: "x", kind: ParamKind::Any, presence: Presence::Required, doc: "a duration, a number of seconds, or a date" }],
        result: ResultKind::Is(Kind::Number),
        examples: &[
            Example { expr: "seconds(t)", event: r#"{"t": "10:30"}"#, result: Some("630") },
            Example { expr: "seconds(t)", event: r#"{"t": "M2:05"}"#, result: Some("125") },
            Example { expr: "seconds(t)", event: r#"{"t": "90"}"#, result: Some("90") },
            Example { expr: "seconds(t)", event: r#"{"t": "00:00"}"#, result: None },
        ],
        eval: write::seconds,
        ..BASE
    },
    Function {
        name: "unixtrunc",
        summary: "A date as the text of its seconds since 1970, cut to a precision.",
        details: "Precisions: `s` or `seconds` seconds with milliseconds after the point, `ms` milliseconds, `sm` or `secondsmicro` seconds with \
            microseconds after the point. Without one, whole seconds.",
        params: &[
            X,
            Param { name: "precision", kind: ParamKind::Text, presence: Presence::Optional, doc: "`s`, `ms` or `sm`" },
        ],
        result: ResultKind::Is(Kind::Text),
        prepare: Some(write::prepare_unixtrunc),
        examples: &[
            Example { expr: "unixtrunc(t)", event: r#"{"t": "1772584496250"}"#, result: Some("\"1772584496\"") },
            Example { expr: "unixtrunc(t, \"s\")", event: r#"{"t": "1772584496250"}"#, result: Some("\"1772584496.250\"") },
            Example { expr: "unixtrunc(t)", event: r#"{"t": "soon"}"#, result: None },
        ],
        eval: write::unixtrunc,
        ..BASE
    },
];

const X: Param = Param { name: "x", kind: ParamKind::Date, presence: Presence::Required, doc: "the date" };

const OPTIONAL_X: Param = Param {
    name: "x",
    kind: ParamKind::Date,
    presence: Presence::Optional,
    doc: "the date; without it, the event's time",
};

/// Dates may be date math, so every function of the group depends on the event's time.
const BASE: Function = Function {
    group: Group::Date,
    result: ResultKind::Is(Kind::Dynamic),
    purity: Purity::EventTime,
    ..Function::PLAIN
};

/// Argument `i` as an instant.
fn date_arg(call: &Call, i: usize) -> Option<Time> {
    convert::to_time(call.scalar(i), call.env.event_time)
}

/// The first argument as an instant; the event's time if the call has none.
fn date_or_event_time(call: &Call) -> Option<Time> {
    if call.has(0) { date_arg(call, 0) } else { Some(call.env.event_time) }
}

#[cfg(test)]
mod tests;
