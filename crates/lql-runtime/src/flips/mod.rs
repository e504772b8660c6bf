//! When a filter turns: the next instant at which the clock alone changes its answer.
//!
//! A filter is run while somebody looks on. Every test that the clock decides tells the next instant at which it may come
//! out otherwise: a comparison with `"now-3d"` or `now()` by turning the date math around, `timewindow` at the next UTC
//! day, `hourofday()` at the next hour. Until the first of these instants the run would be the same, instruction by
//! instruction. So the filter is run again there, and so on, until its answer is another.
//!
//! Nothing of this needs the source: what is looked at are the instructions and their operands.
//!
//! Other arithmetic on the clock, such as `epochms() - 1000 * totimestamp(last)`, has no such instants. There the answer is
//! searched in steps that double, and what is found is [`Flip::About`].

mod hands;
mod turn;

use bumpalo::Bump;
use lql_compiler::Time;
use lql_compiler::Value;
use lql_compiler::catalog::Env;
use lql_compiler::schema::Schema;

use crate::{Machine, Profile};
use hands::Hands;

/// When a filter turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flip {
    /// At this instant, and not before.
    At(Time),
    /// At this instant; perhaps it turned there and back before.
    About(Time),
    /// Not before this instant: ask again then.
    NotBefore(Time),
}

impl Flip {
    /// The instant, whatever is known of it.
    pub fn instant(self) -> Time {
        let (Self::At(at) | Self::About(at) | Self::NotBefore(at)) = self;
        at
    }
}

/// A profile as it is read at an instant.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The profile.
    pub profile: Profile,
    /// When it is read otherwise, because elements of it are too old then.
    pub expires: Option<Time>,
}

/// After this many runs a search gives up.
pub(crate) const MOST_RUNS: usize = 20_000;

/// The next instant after `clock`, no later than `until`, at which the answer of a filter is another. `runs` limits how
/// long it is looked for: then it is [`Flip::NotBefore`] the instant that was come to.
pub(crate) fn next(
    machine: &Machine<'_>,
    schema: &Schema,
    clock: Time,
    until: Time,
    runs: usize,
    read: impl FnMut(Time) -> Reading,
) -> Option<Flip> {
    let mut filter = Filter { machine, schema, read, reading: None, arena: Bump::new() };
    let mut now = filter.run(clock);
    let before = now.is_member;
    let mut at = clock;
    for _ in 0..runs {
        let next = now.next.filter(|next| *next <= until);
        if now.flows
            && let Some(found) = filter.search(at, next.unwrap_or(until), before)
        {
            return Some(Flip::About(found));
        }
        at = next?;
        now = filter.run(at);
        if now.is_member != before {
            return Some(Flip::At(at));
        }
    }
    Some(Flip::NotBefore(at))
}

/// A filter on one profile.
struct Filter<'f, R> {
    machine: &'f Machine<'f>,
    schema: &'f Schema,
    read: R,
    /// What was read last, and when.
    reading: Option<(Time, Reading)>,
    arena: Bump,
}

/// What a run at an instant showed.
struct Shown {
    is_member: bool,
    /// Until then, a run would show the same.
    next: Option<Time>,
    /// But for what depends on the clock in other ways.
    flows: bool,
}

impl<R: FnMut(Time) -> Reading> Filter<'_, R> {
    fn run(&mut self, clock: Time) -> Shown {
        let is_valid = |(read, reading): &(Time, Reading)| {
            *read <= clock && reading.expires.is_none_or(|end| clock < end)
        };
        if !self.reading.as_ref().is_some_and(is_valid) {
            self.reading = Some((clock, (self.read)(clock)));
        }
        self.arena.reset();
        let Some((_, reading)) = &self.reading else {
            return Shown { is_member: false, next: None, flows: false };
        };
        let env = Env { arena: &self.arena, event_time: clock, clock };
        let registers = self.machine.registers(&self.arena);
        let program = self.machine.program();
        let slots = self.machine.slots(registers);
        reading.profile.fill(self.schema, &program.keys, &program.captures, &self.arena, slots);
        let mut hands = Hands::new(program, clock);
        let value = self.machine.watched(registers, &env, &mut hands);
        let next = hands.next.into_iter().chain(reading.expires).min();
        Shown { is_member: matches!(value, Value::Bool(true)), next, flows: hands.flows }
    }

    /// Looks in steps that double, then closer.
    fn search(&mut self, from: Time, end: Time, before: bool) -> Option<Time> {
        let second = |seconds: i64| Time::new(seconds, from.nanos());
        let mut low = from.seconds();
        let mut step = 1i64;
        let mut high = loop {
            let at = second(from.seconds().checked_add(step)?).filter(|at| *at < end)?;
            if self.run(at).is_member != before {
                break at.seconds();
            }
            low = at.seconds();
            step = step.checked_mul(2)?;
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.run(second(middle)?).is_member == before {
                low = middle;
            } else {
                high = middle;
            }
        }
        second(high)
    }
}
