//! What every sub-expression was worth for one event or one profile.

use super::{Event, Stage};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::probe::{Probe, SegmentProbes, StreamProbes};
use lql_compiler::program::{Program, Reg};
use lql_compiler::schema::Schema;
use lql_compiler::{Time, Value};
use lql_runtime::decode::{Decoder, Projection};
use lql_runtime::merge::Owned;
use lql_runtime::{LoadError, Machine, Profile};

/// Runs the probes of a stream or of a segment.
#[derive(Debug)]
pub struct Tracer<'p> {
    machine: Machine<'p>,
    projection: Projection,
}

/// The values of sub-expressions for one event or profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    registers: Vec<Option<Owned>>,
}

impl Trace {
    /// What a sub-expression was worth; `None` is *no value*.
    pub fn value(&self, probe: &Probe) -> Option<&Owned> {
        self.register(probe.register)
    }

    /// What a register holds.
    pub fn register(&self, register: Reg) -> Option<&Owned> {
        self.registers.get(usize::from(register))?.as_ref()
    }

    /// Whether a condition was true. Anything else, *no value* among it, is not.
    pub fn is_true(&self, probe: &Probe) -> bool {
        matches!(self.value(probe), Some(Owned::Bool(true)))
    }
}

impl<'p> Tracer<'p> {
    /// For the queries of a stream.
    pub fn of_stream(probes: &'p StreamProbes, constants: &'p Bump) -> Result<Self, LoadError> {
        Self::new(&probes.program, constants)
    }

    /// For a segment.
    pub fn of_segment(probes: &'p SegmentProbes, constants: &'p Bump) -> Result<Self, LoadError> {
        Self::new(&probes.program, constants)
    }

    fn new(program: &'p Program, constants: &'p Bump) -> Result<Self, LoadError> {
        Ok(Self { machine: Machine::load(program, constants)?, projection: Projection::new(program, &[]) })
    }

    /// The values for an event that happened at `time`; nothing if the event cannot be decoded.
    pub fn event(&self, event: &Event, time: Time) -> Option<Trace> {
        let arena = Bump::new();
        let record = event.record.records().next()?.ok()?;
        let mut slots = vec![Value::Missing; self.projection.slots()];
        Decoder::new(&self.projection, event.record.layout()).decode(&record, &arena, &mut slots).ok()?;
        let registers = self.machine.registers(&arena);
        for (to, from) in self.machine.slots(registers).iter_mut().zip(&slots) {
            *to = *from;
        }
        let env = Env { arena: &arena, event_time: time, clock: time };
        Some(self.run(registers, &env))
    }

    /// The values for a profile at an instant.
    pub fn profile(&self, profile: &Profile, schema: &Schema, clock: Time) -> Trace {
        let arena = Bump::new();
        let registers = self.machine.registers(&arena);
        let program = self.machine.program();
        profile.fill(schema, &program.keys, &program.captures, &arena, self.machine.slots(registers));
        let env = Env { arena: &arena, event_time: clock, clock };
        self.run(registers, &env)
    }

    fn run<'a>(&'a self, registers: &mut [Value<'a>], env: &Env<'a>) -> Trace {
        self.machine.value(registers, env);
        Trace { registers: registers.iter().map(|value| Owned::new(*value)).collect() }
    }
}

impl Stage<'_> {
    /// When an event happened, if it is one.
    pub fn time_of(&self, event: &Event) -> Option<Time> {
        self.map(event).ok().map(|mapped| mapped.stamp.time)
    }
}
