//! Instants on the command line, and the clock of this machine: the only place that reads it.

use lql_compiler::{Time, dates};

/// The present.
pub fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time::new(since.as_secs() as i64, since.subsec_nanos()).unwrap_or_default()
}

/// Reads an instant such as `2024-06-30T00:00:00Z` or `2024-06-30`; date math has no meaning here.
pub fn parse(text: &str) -> Result<Time, String> {
    let is_math = text.trim_start().get(..3).is_some_and(|start| start.eq_ignore_ascii_case("now"));
    let time = if is_math { None } else { dates::parse(text, Time::default()) };
    time.ok_or_else(|| "expected a time such as 2024-06-30T00:00:00Z".to_owned())
}
