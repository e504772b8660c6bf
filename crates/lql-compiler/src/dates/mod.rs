//! Dates (reference 9.9 and 11.4): the lenient parser, Go layouts, date math.

/// A layout in Go's reference-time notation.
#[derive(Clone, Debug)]
pub struct Layout {
    text: String,
}
