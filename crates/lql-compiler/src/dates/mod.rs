//! Dates (reference 9.9 and 11.4): the lenient parser, Go layouts, date math.

/// A layout in Go's reference-time notation.
#[derive(Clone, Debug)]
pub struct Layout {
    text: String,
}

/// Reads a date: date math on `now` when it begins with `now`, else any of the formats of reference 9.9.
pub fn parse(_text: &str, _now: crate::Time) -> Option<crate::Time> {
    None
}
