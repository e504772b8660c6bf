//! The clock of this machine: the only place that reads it.

pub use lql_authoring::instant as parse;
use lql_compiler::Time;

/// The present.
pub fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Time::new(since.as_secs() as i64, since.subsec_nanos()).unwrap_or_default()
}
