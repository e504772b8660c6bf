//! The clock of the machine.

use lql_compiler::Time;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::new(since.as_secs() as i64, since.subsec_nanos()).unwrap_or_default()
}
