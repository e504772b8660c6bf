//! The virtual machine: a program's instructions over the registers of one event.

use crate::ops::{self, ConstantSet};
use bumpalo::Bump;
use lql_compiler::catalog::{self, Call, Env, Eval, Prepared};
use lql_compiler::program::{Constant, Op, Program, Reg};
use lql_compiler::{Value, convert};

/// A program ready to run: functions found by name, literals compiled, constants in place.
///
/// Borrows the program and an arena for its constants; both outlive it. It may be shared by threads.
///
/// ```
/// use bumpalo::Bump;
/// use lql_compiler::catalog::Env;
/// use lql_compiler::{Surroundings, Time, Value, check_expression};
/// use lql_runtime::Machine;
/// use lql_syntax::ast::Dialect;
///
/// let checked = check_expression("total + 1", Dialect::Lql, &Surroundings::default()).unwrap();
/// let constants = Bump::new();
/// let machine = Machine::load(&checked.program, &constants).unwrap();
///
/// let arena = Bump::new();
/// let env = Env { arena: &arena, event_time: Time::default(), clock: Time::default() };
/// let registers = machine.registers(&arena);
/// machine.slots(registers)[0] = Value::Int(41);
/// assert_eq!(machine.value(registers, &env), Value::Int(42));
/// ```
#[derive(Debug)]
pub struct Machine<'p> {
    program: &'p Program,
    constants: &'p [Value<'p>],
    sites: Vec<Site<'p>>,
    sets: Vec<ConstantSet<'p>>,
}

/// A call that is ready to run.
#[derive(Debug)]
struct Site<'p> {
    eval: Eval,
    args: &'p [Reg],
    prepared: Option<Prepared>,
}

/// Why a program cannot be loaded: it was made by another version, or its bytes are damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// It calls a function that this version does not have.
    UnknownFunction(String),
    /// A literal of this function cannot be compiled.
    BadLiteral {
        /// The function.
        function: String,
        /// What is wrong with the literal.
        message: String,
    },
    /// A register, jump or table index lies outside the program.
    OutOfRange,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LoadError::UnknownFunction(name) => {
                write!(f, "the program calls `{name}`, which this version does not have")
            }
            LoadError::BadLiteral { function, message } => write!(f, "a literal of `{function}`: {message}"),
            LoadError::OutOfRange => f.write_str("the program is damaged: an index lies outside it"),
        }
    }
}

impl std::error::Error for LoadError {}

/// What a mapping program emits for one event, in program order: column and value of its field's kind.
pub type Emitted<'a> = bumpalo::collections::Vec<'a, (u16, Value<'a>)>;

impl<'p> Machine<'p> {
    /// Makes a program ready. `arena` holds list constants.
    pub fn load(program: &'p Program, arena: &'p Bump) -> Result<Self, LoadError> {
        validate(program)?;
        let constants =
            arena.alloc_slice_fill_iter(program.constants.iter().map(|constant| match constant {
                Constant::List(items) => {
                    Value::List(arena.alloc_slice_fill_iter(items.iter().map(ops::scalar_constant)))
                }
                scalar => ops::scalar_constant(scalar),
            }));
        let mut sites = Vec::with_capacity(program.calls.len());
        for call in &program.calls {
            let function = catalog::find(&call.function)
                .ok_or_else(|| LoadError::UnknownFunction(call.function.clone()))?;
            let prepared = match function.prepare {
                None => None,
                Some(prepare) => {
                    let literals: Vec<Option<&str>> = call.literals.iter().map(Option::as_deref).collect();
                    Some(prepare(&literals).map_err(|error| LoadError::BadLiteral {
                        function: call.function.clone(),
                        message: error.message,
                    })?)
                }
            };
            sites.push(Site { eval: function.eval, args: &call.args, prepared });
        }
        let sets = program.sets.iter().map(|items| ConstantSet::new(items)).collect();
        Ok(Self { program, constants, sites, sets })
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Fresh registers for one event: constants in place, everything else without value.
    pub fn registers<'a>(&self, arena: &'a Bump) -> &'a mut [Value<'a>]
    where
        'p: 'a,
    {
        self.registers_with_room(0, arena)
    }

    /// The same with at least `slots` registers after the constants, for a decoder that fills more than the program reads.
    /// What the program does not read has to be taken out before it runs.
    pub fn registers_with_room<'a>(&self, slots: usize, arena: &'a Bump) -> &'a mut [Value<'a>]
    where
        'p: 'a,
    {
        let count = usize::from(self.program.registers).max(self.program.constants.len() + slots);
        let registers: &mut [Value<'a>] = arena.alloc_slice_fill_copy(count, Value::Missing);
        for (to, constant) in registers.iter_mut().zip(self.constants) {
            *to = *constant;
        }
        registers
    }

    /// The part of the registers that a decoder fills: one per key, then one per captured prefix.
    pub fn slots<'r, 'a>(&self, registers: &'r mut [Value<'a>]) -> &'r mut [Value<'a>] {
        let first = self.program.constants.len();
        let count = self.program.keys.len() + self.program.captures.len();
        registers.get_mut(first..first + count).unwrap_or_default()
    }

    /// Runs a mapping program. Queries whose `WHERE` is not true, or that find no identity, emit nothing.
    pub fn map<'a>(&'a self, registers: &mut [Value<'a>], env: &Env<'a>) -> Emitted<'a> {
        let mut run = Run {
            machine: self,
            registers,
            env,
            emitted: Emitted::with_capacity_in(self.program.columns.len(), env.arena),
            query: 0,
            start: 0,
            identified: false,
            result: Value::Missing,
        };
        run.from(0);
        run.emitted
    }

    /// Runs the program of an expression or filter: its value.
    pub fn value<'a>(&'a self, registers: &mut [Value<'a>], env: &Env<'a>) -> Value<'a> {
        let mut run = Run {
            machine: self,
            registers,
            env,
            emitted: Emitted::new_in(env.arena),
            query: 0,
            start: 0,
            identified: false,
            result: Value::Missing,
        };
        run.from(0);
        run.result
    }
}

/// One run over one event.
struct Run<'r, 'a> {
    machine: &'a Machine<'a>,
    registers: &'r mut [Value<'a>],
    env: &'r Env<'a>,
    emitted: Emitted<'a>,
    /// The query whose columns are being evaluated.
    query: u16,
    /// How much had been emitted when it began.
    start: usize,
    /// Whether it has emitted an identity value.
    identified: bool,
    result: Value<'a>,
}

impl<'a> Run<'_, 'a> {
    fn get(&self, reg: Reg) -> Value<'a> {
        self.registers.get(usize::from(reg)).copied().unwrap_or(Value::Missing)
    }

    fn set(&mut self, reg: Reg, value: Value<'a>) {
        if let Some(to) = self.registers.get_mut(usize::from(reg)) {
            *to = value;
        }
    }

    /// Executes from an instruction to the next [`Op::End`]. Jumps lead forward only, so it ends.
    fn from(&mut self, start: u32) {
        let program = self.machine.program;
        let mut at = start as usize;
        while let Some(op) = program.code.get(at) {
            at += 1;
            match *op {
                Op::Copy { to, from } => self.set(to, self.get(from)),
                Op::Clear { to } => self.set(to, Value::Missing),
                Op::Arith { op, to, a, b } => self.set(to, ops::arithmetic(op, self.get(a), self.get(b))),
                Op::Compare { op, to, a, b } => {
                    self.set(to, ops::compare(op, self.get(a), self.get(b), self.env.clock));
                }
                Op::Against { op, to, a, set } => {
                    if let Some(set) = self.machine.sets.get(usize::from(set)) {
                        self.set(to, ops::against(op, self.get(a), set, self.env.clock));
                    }
                }
                Op::Between { to, a, low } => {
                    let (a, low, high) = (self.get(a), self.get(low), self.get(low.saturating_add(1)));
                    self.set(to, ops::between(a, low, high, self.env.clock));
                }
                Op::List { to, first, count } => {
                    let from = usize::from(first);
                    let items = self.registers.get(from..from + usize::from(count)).unwrap_or_default();
                    let items = items.iter().copied().filter(|item| !matches!(item, Value::Missing));
                    let list = bumpalo::collections::Vec::from_iter_in(items, self.env.arena);
                    self.set(to, Value::List(list.into_bump_slice()));
                }
                Op::Not { to, a } => self.set(to, ops::not(self.get(a))),
                Op::Negate { to, a } => self.set(to, ops::negate(self.get(a))),
                Op::Exists { to, a } => self.set(to, Value::Bool(ops::exists(self.get(a)))),
                Op::And { to, a, b } => self.set(to, ops::and(self.get(a), self.get(b))),
                Op::Or { to, a, b } => self.set(to, ops::or(self.get(a), self.get(b))),
                Op::Call { to, site } => {
                    let value = self.call(site);
                    self.set(to, value);
                }
                Op::Cast { to, from, kind } => self.set(to, convert::cast(self.get(from), kind, self.env)),
                Op::Once { shared } => {
                    if let Some(shared) = program.shared.get(usize::from(shared))
                        && matches!(self.get(shared.mark), Value::Missing)
                    {
                        self.set(shared.mark, Value::Bool(true));
                        self.from(shared.start);
                    }
                }
                Op::Jump { to } => at = to as usize,
                Op::JumpUnlessTrue { a, to } => {
                    if !matches!(self.get(a), Value::Bool(true)) {
                        at = to as usize;
                    }
                }
                Op::JumpIf { a, on, to } => {
                    if matches!(self.get(a), Value::Bool(flag) if flag == on) {
                        at = to as usize;
                    }
                }
                Op::JumpUnlessBool { a, to } => {
                    if !matches!(self.get(a), Value::Bool(_)) {
                        at = to as usize;
                    }
                }
                Op::Query { query } => {
                    self.query = query;
                    self.start = self.emitted.len();
                    self.identified = false;
                }
                Op::Emit { column, from } => self.emit(column, from),
                Op::EndQuery => {
                    if !self.identified {
                        self.emitted.truncate(self.start);
                    }
                }
                Op::Result { from } => self.result = self.get(from),
                Op::End => return,
            }
        }
    }

    fn call(&self, site: u16) -> Value<'a> {
        let Some(site) = self.machine.sites.get(usize::from(site)) else { return Value::Missing };
        // Nearly all calls have at most four arguments: those need no allocation.
        let mut few = [Value::Missing; 4];
        let prepared = site.prepared.as_ref();
        if site.args.len() <= few.len() {
            for (to, reg) in few.iter_mut().zip(site.args) {
                *to = self.get(*reg);
            }
            let args = few.get(..site.args.len()).unwrap_or_default();
            return (site.eval)(&Call { args, prepared, env: self.env });
        }
        let args = bumpalo::collections::Vec::from_iter_in(
            site.args.iter().map(|reg| self.get(*reg)),
            self.env.arena,
        );
        (site.eval)(&Call { args: &args, prepared, env: self.env })
    }

    fn emit(&mut self, column: u16, from: Reg) {
        let value = self.get(from);
        if value.is_nil() {
            return;
        }
        let program = self.machine.program;
        let is_identity = || {
            let field = program.columns.get(usize::from(column))?.field;
            Some(program.queries.get(usize::from(self.query))?.by.contains(&field))
        };
        self.identified = self.identified || is_identity() == Some(true);
        self.emitted.push((column, value));
    }
}

/// Refuses programs whose indices lie outside their tables, or that could run in circles.
fn validate(program: &Program) -> Result<(), LoadError> {
    let registers = usize::from(program.registers);
    let fixed = program.constants.len() + program.keys.len() + program.captures.len();
    let code = program.code.len();
    let mut sound = fixed <= registers && matches!(program.code.last(), Some(Op::End));
    for (at, op) in program.code.iter().enumerate() {
        sound &= match *op {
            Op::Jump { to }
            | Op::JumpUnlessTrue { to, .. }
            | Op::JumpIf { to, .. }
            | Op::JumpUnlessBool { to, .. } => (to as usize) > at && (to as usize) < code,
            Op::Call { site, .. } => usize::from(site) < program.calls.len(),
            Op::Against { set, .. } => usize::from(set) < program.sets.len(),
            Op::Once { shared } => usize::from(shared) < program.shared.len(),
            Op::Query { query } => usize::from(query) < program.queries.len(),
            Op::Emit { column, .. } => usize::from(column) < program.columns.len(),
            _ => true,
        };
    }
    sound &= program.shared.iter().all(|s| (s.start as usize) < code && usize::from(s.mark) < registers);
    sound &= program.calls.iter().flat_map(|c| &c.args).all(|reg| usize::from(*reg) < registers);
    if sound { Ok(()) } else { Err(LoadError::OutOfRange) }
}
