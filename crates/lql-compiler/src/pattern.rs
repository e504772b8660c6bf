//! `LIKE` patterns (reference 5.3): `*` stops at `/`, `**` crosses it, `%` is `*`.

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
}
