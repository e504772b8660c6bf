//! Which segments a profile is in.

use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::program::Segment;
use lql_compiler::schema::{Schema, TableId};
use lql_compiler::{Time, Value};

use crate::flips::{self, Flip, Reading};
use crate::{LoadError, Machine, Profile};

/// Tells which segments a profile is in. May be shared by threads.
#[derive(Debug)]
pub struct Memberships<'m> {
    segments: Vec<(&'m Segment, Machine<'m>)>,
}

impl<'m> Memberships<'m> {
    /// Makes segments ready; `constants` keeps what their literals compile to.
    pub fn new(segments: &'m [Segment], constants: &'m Bump) -> Result<Self, LoadError> {
        let load = |segment: &'m Segment| Ok((segment, Machine::load(&segment.program, constants)?));
        Ok(Self { segments: segments.iter().map(load).collect::<Result<_, _>>()? })
    }

    /// The slugs of the segments that a profile is in, sorted as the segments are.
    pub fn of(&self, profile: &Profile, schema: &Schema, clock: Time) -> Vec<&'m str> {
        let mut arena = Bump::new();
        let mut slugs = Vec::new();
        for (segment, machine) in &self.segments {
            arena.reset();
            if segment.table == Some(profile.table) && is_member(profile, machine, schema, clock, &arena) {
                slugs.push(segment.slug.as_str());
            }
        }
        slugs
    }

    /// When the clock alone next takes a profile into a segment or out of it, after `clock` and no later than `until`;
    /// `None` if it does not, or there is no such segment.
    ///
    /// `read` gives the profile as of an instant. It is asked again when that reading expires.
    pub fn next_flip(
        &self,
        slug: &str,
        schema: &Schema,
        clock: Time,
        until: Time,
        read: impl FnMut(Time) -> Reading,
    ) -> Option<Flip> {
        let (_, machine) = self.segments.iter().find(|(segment, _)| segment.slug == slug)?;
        flips::next(machine, schema, clock, until, flips::MOST_RUNS, read)
    }

    /// Until when the clock alone takes a profile neither into a segment of its table nor out of one: the instant at which
    /// to look again. `None` if it never does.
    ///
    /// It is cheap rather than far: where a filter is to be run again at ever more instants, such as every midnight, the
    /// answer is one of the first of these.
    pub fn look_again(
        &self,
        table: TableId,
        schema: &Schema,
        clock: Time,
        mut read: impl FnMut(Time) -> Reading,
    ) -> Option<Time> {
        /// At most so many instants are looked at.
        const FEW: usize = 3;
        let of_table = self.segments.iter().filter(|(segment, _)| segment.table == Some(table));
        let flips = of_table
            .filter_map(|(_, machine)| flips::next(machine, schema, clock, Time::MAX, FEW, &mut read));
        flips.map(Flip::instant).min()
    }
}

/// Whether a filter is true of a profile. *No value* is not.
fn is_member(profile: &Profile, machine: &Machine<'_>, schema: &Schema, clock: Time, arena: &Bump) -> bool {
    let env = Env { arena, event_time: clock, clock };
    let registers = machine.registers(arena);
    let program = machine.program();
    profile.fill(schema, &program.keys, &program.captures, arena, machine.slots(registers));
    matches!(machine.value(registers, &env), Value::Bool(true))
}
