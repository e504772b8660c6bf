//! How much of a set or map stays (reference 8.5).

use lql_compiler::Time;
use lql_compiler::schema::Field;

use crate::Stamp;

const DAY: i64 = 86_400;

/// The limits of a field; zero is none.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limit {
    pub(crate) capacity: Option<usize>,
    keep_days: Option<u32>,
}

impl Limit {
    pub(crate) fn of(field: &Field) -> Self {
        Self {
            capacity: field.capacity.filter(|n| *n > 0).map(|n| n as usize),
            keep_days: field.keep_days.filter(|n| *n > 0),
        }
    }

    /// Whether elements need the stamp of their newest contribution.
    pub(crate) fn needs_stamps(self) -> bool {
        self.capacity.is_some() || self.keep_days.is_some()
    }

    /// How many elements too many there are.
    pub(crate) fn excess(self, len: usize) -> usize {
        self.capacity.map_or(0, |capacity| len.saturating_sub(capacity))
    }

    /// Elements with stamps before this one are left out when the profile is read.
    pub(crate) fn oldest_kept(self, as_of: Time) -> Option<Time> {
        let days = self.keep_days?;
        Time::new(as_of.seconds() - i64::from(days) * DAY, as_of.nanos())
    }
}

/// Whether an element is still there when the profile is read.
pub(crate) fn is_kept(stamp: Stamp, oldest_kept: Option<Time>) -> bool {
    oldest_kept.is_none_or(|oldest| stamp.time >= oldest)
}

/// Days since the epoch of an instant, UTC.
pub(crate) fn day_of(time: Time) -> i32 {
    time.seconds().div_euclid(DAY) as i32
}

/// `2026-03-04`
pub(crate) fn day_text(day: i32) -> String {
    let text = Time::from_seconds(i64::from(day) * DAY).map(Time::to_rfc3339).unwrap_or_default();
    text.split_once('T').map(|(day, _)| day.to_owned()).unwrap_or_default()
}

/// Inserts with room for half as many again, not the usual four at least: there are very many collections, and most
/// stay small.
pub(crate) fn insert_snugly<T>(items: &mut Vec<T>, at: usize, item: T) {
    if items.len() == items.capacity() {
        items.reserve_exact(items.len() / 2 + 1);
    }
    items.insert(at, item);
}
