//! Literal arguments compiled at check time.

use crate::pattern::{FilterPattern, Pattern};

/// A compiled literal argument (or several of one call).
#[derive(Debug)]
pub enum Prepared {
    /// The literals were checked, or there were none; the arguments are read at run time.
    Nothing,
    /// Regular expressions, in the order of the arguments.
    Regex(Vec<regex::Regex>),
    /// Patterns of `LIKE`.
    Patterns(Vec<Pattern>),
    /// Patterns of `filter` and `filtermatch`, one per argument after the first; `None` where it is no literal.
    Filters(Vec<Option<FilterPattern>>),
    /// The capacity of a `cap`.
    Cap(Cap),
    /// A layout in Go's reference-time notation.
    Layout(crate::dates::Layout),
    /// A time zone.
    Zone(jiff::tz::TimeZone),
    /// A JMESPath query.
    Jmes(jmespath::Expression<'static>),
    /// An address range.
    Network(ipnet::IpNet),
    /// A strftime format that was checked.
    Strftime(super::date::Format),
}

/// How much of a set `cap` keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cap {
    /// `cap(x, 10)`: this many values, the newest.
    Count(u32),
    /// `cap(x, "30d")`: the values of this many days.
    Days(u32),
}

/// Why a literal argument was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepareError {
    /// Which argument, counted from 0.
    pub arg: usize,
    /// What is wrong with it, one sentence without full stop.
    pub message: String,
    /// A way out, one sentence; may be empty.
    pub help: String,
}

impl PrepareError {
    /// Argument `arg` is refused.
    pub fn new(arg: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { arg, message: message.into(), help: help.into() }
    }
}
