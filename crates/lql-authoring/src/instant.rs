//! Instants as people write them.

use lql_compiler::{Time, dates};

/// Reads an instant such as `2024-06-30T00:00:00Z` or `2024-06-30`; date math has no meaning here.
pub fn instant(text: &str) -> Result<Time, String> {
    let is_math = text.trim_start().get(..3).is_some_and(|start| start.eq_ignore_ascii_case("now"));
    let time = if is_math { None } else { dates::parse(text, Time::default()) };
    time.ok_or_else(|| "expected a time such as 2024-06-30T00:00:00Z".to_owned())
}
