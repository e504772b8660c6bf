//! Date math turned around: at which clock a comparison with `now` plus an offset comes out otherwise.

use lql_compiler::Time;
use lql_compiler::dates::{Offset, Unit};

const DAY: i64 = 86_400;

/// The first instant after `clock` at which `offset` from the clock may compare otherwise with `fixed`, by whole seconds.
pub(super) fn next(offset: Offset, fixed: Time, clock: Time) -> Option<Time> {
    if is_calendar(offset) {
        return around(offset, fixed, clock);
    }
    let shift = offset.apply(clock)?.seconds() - clock.seconds();
    reaching(fixed, shift).into_iter().flatten().filter(|at| *at > clock).min()
}

/// Whether units are as long as the calendar says.
pub(super) fn is_calendar(offset: Offset) -> bool {
    matches!(offset.unit, Unit::Month | Unit::Year)
}

/// The next UTC day.
pub(super) fn next_day(clock: Time) -> Option<Time> {
    next_multiple(clock, DAY)
}

/// The next full hour.
pub(super) fn next_hour(clock: Time) -> Option<Time> {
    next_multiple(clock, 3600)
}

fn next_multiple(clock: Time, seconds: i64) -> Option<Time> {
    Time::from_seconds((clock.seconds().div_euclid(seconds) + 1) * seconds)
}

/// When a clock that is `shift` seconds ahead gets to an instant, and when it is past it.
fn reaching(fixed: Time, shift: i64) -> [Option<Time>; 2] {
    let at = fixed.seconds() - shift;
    [Time::from_seconds(at), Time::from_seconds(at + 1)]
}

/// All instants of one UTC day move by the same number of days, but months have different lengths: the last days of a
/// month may move past what the first of the next one move to. So every day is looked at for which it matters.
fn around(offset: Offset, fixed: Time, clock: Time) -> Option<Time> {
    const DAYS: i64 = 5;
    let back = Offset { amount: offset.amount.checked_neg()?, ..offset };
    let middle = back.apply(fixed)?.seconds().div_euclid(DAY);
    let mut found: Option<Time> = None;
    for day in middle - DAYS..=middle + DAYS {
        let Some(midnight) = Time::from_seconds(day * DAY) else { continue };
        let Some(moved) = offset.apply(midnight) else { continue };
        let within = |at: &Time| at.seconds().div_euclid(DAY) == day;
        let reached =
            reaching(fixed, moved.seconds() - midnight.seconds()).into_iter().flatten().filter(within);
        let candidates = reached.chain([midnight]).filter(|at| *at > clock);
        found = candidates.chain(found).min();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(text: &str) -> Time {
        lql_compiler::dates::parse(text, Time::default()).unwrap()
    }

    #[test]
    fn three_days_after_an_instant_it_is_three_days_ago() {
        let offset = Offset { amount: -3, unit: Unit::Day };
        let at = next(offset, time("2024-03-01T10:00:00Z"), time("2024-03-01T12:00:00Z"));
        assert_eq!(at, Some(time("2024-03-04T10:00:00Z")));
        // Now it is the same second, a second later it is longer ago.
        assert_eq!(
            next(offset, time("2024-03-01T10:00:00Z"), time("2024-03-04T10:00:00Z")),
            Some(time("2024-03-04T10:00:01Z"))
        );
        assert_eq!(next(offset, time("2024-03-01"), time("2024-03-10")), None);
    }

    proptest! {
        #![proptest_config(lql_cases::cases(200))]

        /// Between the clock and what is told, every second of interest compares the same.
        #[test]
        fn nothing_turns_before(
            amount in -14i64..14,
            unit in prop::sample::select(vec![Unit::Year, Unit::Month, Unit::Week, Unit::Day, Unit::Hour, Unit::Second]),
            fixed in 1_700_000_000i64..1_720_000_000,
            ahead in 0i64..60 * DAY,
        ) {
            let offset = Offset { amount, unit };
            let fixed = Time::from_seconds(fixed).unwrap();
            let back = Offset { amount: -amount, unit };
            let clock = Time::from_seconds(back.apply(fixed).unwrap().seconds() - 30 * DAY + ahead).unwrap();
            let sign = |at: Time| offset.apply(at).unwrap().seconds().cmp(&fixed.seconds());
            let end = next(offset, fixed, clock).map_or(clock.seconds() + 90 * DAY, Time::seconds);
            // Every hour, and around midnights.
            for at in (clock.seconds()..end).step_by(1800).chain([end - 1]).filter(|at| *at >= clock.seconds()) {
                let at = Time::from_seconds(at).unwrap();
                prop_assert_eq!(sign(at), sign(clock), "{:?} at {}", offset, at.to_rfc3339());
            }
        }
    }
}
