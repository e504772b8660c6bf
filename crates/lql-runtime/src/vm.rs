//! The virtual machine: a program's instructions over the registers of one event.

use crate::change::Contribution;
use crate::ops::{self, ConstantSet};
use bumpalo::Bump;
use lql_compiler::catalog::{self, Call, Env, Eval, EvalText, Prepared, View};
use lql_compiler::program::{Constant, Op, Program, Reg};
use lql_compiler::schema::FieldId;
use lql_compiler::{Kind, Value, convert};

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
    /// The registers as they are before an event: constants in place, everything else without value.
    fresh: Vec<Value<'p>>,
    sites: Vec<Site<'p>>,
    sets: Vec<ConstantSet<'p>>,
    outlets: Vec<Outlet>,
}

/// A call that is ready to run.
#[derive(Debug)]
struct Site<'p> {
    eval: Eval,
    eval_text: Option<EvalText>,
    args: &'p [Reg],
    prepared: Option<Prepared>,
    /// The view of the first argument that the call shares with others, and the register it is kept in.
    view: Option<(View, usize)>,
}

/// What a column writes.
#[derive(Debug)]
struct Outlet {
    field: FieldId,
    /// Whether its query identifies by it.
    identity: bool,
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

/// What a mapping program emits for one event, in program order.
pub type Emitted<'a> = bumpalo::collections::Vec<'a, Contribution<'a>>;

impl<'p> Machine<'p> {
    /// Makes a program ready. `arena` holds list constants.
    pub fn load(program: &'p Program, arena: &'p Bump) -> Result<Self, LoadError> {
        validate(program)?;
        let constants = program.constants.iter().map(|constant| match constant {
            Constant::List(items) => {
                Value::List(arena.alloc_slice_fill_iter(items.iter().map(ops::scalar_constant)))
            }
            scalar => ops::scalar_constant(scalar),
        });
        let mut fresh: Vec<Value<'p>> = constants.collect();
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
            let (eval, eval_text) = (function.eval, function.eval_text);
            sites.push(Site { eval, eval_text, args: &call.args, prepared, view: None });
        }
        // The views that calls share are kept in the last registers.
        let views = share_views(program, &mut sites);
        fresh.resize(usize::from(program.registers) + views, Value::Missing);
        let outlets = program.columns.iter().map(|column| Outlet {
            field: column.field,
            identity: program
                .queries
                .get(usize::from(column.query))
                .is_some_and(|query| query.by.contains(&column.field)),
        });
        let outlets = outlets.collect();
        let sets = program.sets.iter().map(|items| ConstantSet::new(items)).collect();
        Ok(Self { program, fresh, sites, sets, outlets })
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
        let count = self.program.constants.len() + slots;
        if count <= self.fresh.len() {
            return arena.alloc_slice_copy(&self.fresh);
        }
        let registers = self.fresh.iter().copied().chain(std::iter::repeat(Value::Missing)).take(count);
        bumpalo::collections::Vec::from_iter_in(registers, arena).into_bump_slice_mut()
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
            start: 0,
            identified: false,
            result: Value::Missing,
            watch: Nobody,
        };
        run.from(0);
        run.emitted
    }

    /// The same, and adds the instructions that were executed to a count; the end is none.
    pub fn map_counted<'a>(
        &'a self,
        registers: &mut [Value<'a>],
        env: &Env<'a>,
        executed: &mut u64,
    ) -> Emitted<'a> {
        let mut run = Run {
            machine: self,
            registers,
            env,
            emitted: Emitted::new_in(env.arena),
            start: 0,
            identified: false,
            result: Value::Missing,
            watch: Counter { executed },
        };
        run.from(0);
        run.emitted
    }

    /// Runs the program of an expression or filter: its value.
    pub fn value<'a>(&'a self, registers: &mut [Value<'a>], env: &Env<'a>) -> Value<'a> {
        self.watched(registers, env, Nobody)
    }

    /// The same while somebody looks on.
    pub(crate) fn watched<'a>(
        &'a self,
        registers: &mut [Value<'a>],
        env: &Env<'a>,
        watch: impl Watch,
    ) -> Value<'a> {
        let mut run = Run {
            machine: self,
            registers,
            env,
            emitted: Emitted::new_in(env.arena),
            start: 0,
            identified: false,
            result: Value::Missing,
            watch,
        };
        run.from(0);
        run.result
    }
}

/// Looks on while a program runs.
pub(crate) trait Watch {
    /// An instruction is about to run.
    fn before(&mut self, op: Op, registers: &[Value<'_>]);
}

/// Costs nothing.
struct Nobody;

impl Watch for Nobody {
    #[inline]
    fn before(&mut self, _: Op, _: &[Value<'_>]) {}
}

/// Counts instructions.
struct Counter<'c> {
    executed: &'c mut u64,
}

impl Watch for Counter<'_> {
    fn before(&mut self, op: Op, _: &[Value<'_>]) {
        *self.executed += u64::from(!matches!(op, Op::End));
    }
}

/// One run over one event.
struct Run<'r, 'a, W> {
    machine: &'a Machine<'a>,
    registers: &'r mut [Value<'a>],
    env: &'r Env<'a>,
    emitted: Emitted<'a>,
    /// How much had been emitted when the current query began.
    start: usize,
    /// Whether the query has emitted an identity value.
    identified: bool,
    result: Value<'a>,
    watch: W,
}

impl<'a, W: Watch> Run<'_, 'a, W> {
    fn get(&self, reg: Reg) -> &Value<'a> {
        self.registers.get(usize::from(reg)).unwrap_or(&Value::Missing)
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
            self.watch.before(*op, self.registers);
            match *op {
                Op::Copy { to, from } => self.set(to, *self.get(from)),
                Op::Clear { to } => self.set(to, Value::Missing),
                Op::Arith { op, to, a, b } => self.set(to, ops::arithmetic(op, *self.get(a), *self.get(b))),
                Op::Compare { op, to, a, b } => {
                    self.set(to, ops::compare(op, *self.get(a), *self.get(b), self.env.clock));
                }
                Op::Against { op, to, a, set } => {
                    if let Some(set) = self.machine.sets.get(usize::from(set)) {
                        self.set(to, ops::against(op, *self.get(a), set, self.env.clock));
                    }
                }
                Op::Between { to, a, low } => {
                    let (a, low, high) = (*self.get(a), *self.get(low), *self.get(low.saturating_add(1)));
                    self.set(to, ops::between(a, low, high, self.env.clock));
                }
                Op::List { to, first, count } => {
                    let from = usize::from(first);
                    let items = self.registers.get(from..from + usize::from(count)).unwrap_or_default();
                    let items = items.iter().copied().filter(|item| !matches!(item, Value::Missing));
                    let list = bumpalo::collections::Vec::from_iter_in(items, self.env.arena);
                    self.set(to, Value::List(list.into_bump_slice()));
                }
                Op::Not { to, a } => self.set(to, ops::not(*self.get(a))),
                Op::Negate { to, a } => self.set(to, ops::negate(*self.get(a))),
                Op::Exists { to, a } => self.set(to, Value::Bool(ops::exists(*self.get(a)))),
                Op::And { to, a, b } => self.set(to, ops::and(*self.get(a), *self.get(b))),
                Op::Or { to, a, b } => self.set(to, ops::or(*self.get(a), *self.get(b))),
                Op::Call { to, site } => {
                    let machine: &'a Machine<'a> = self.machine;
                    if let Some(site) = machine.sites.get(usize::from(site)) {
                        let value = self.call(site);
                        self.set(to, value);
                    }
                }
                Op::Cast { to, from, kind } => self.set(to, self.cast(self.get(from), kind)),
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
                    if matches!(self.get(a), Value::Bool(flag) if *flag == on) {
                        at = to as usize;
                    }
                }
                Op::JumpUnlessBool { a, to } => {
                    if !matches!(self.get(a), Value::Bool(_)) {
                        at = to as usize;
                    }
                }
                Op::Query { .. } => {
                    self.start = self.emitted.len();
                    self.identified = false;
                }
                Op::Emit { column, from } => self.emit(column, *self.get(from)),
                Op::EmitAs { column, from, kind } => match (self.get(from), kind) {
                    (Value::Missing, _) => {}
                    (Value::Text(text), Kind::Text) if !text.is_empty() => {
                        self.contribute(column, Value::Text(text));
                    }
                    (value, kind) => {
                        let value = self.cast(value, kind);
                        self.emit(column, value);
                    }
                },
                Op::EmitCall { column, site, kind } => self.emit_call(column, site, kind),
                Op::EndQuery => {
                    if !self.identified {
                        self.emitted.truncate(self.start);
                    }
                }
                Op::Result { from } => self.result = *self.get(from),
                Op::End => return,
            }
        }
    }

    /// Nearly all values are of their column's kind already.
    fn cast(&self, value: &Value<'a>, kind: Kind) -> Value<'a> {
        match (value, kind) {
            (Value::Missing, _) => Value::Missing,
            (Value::Text(text), Kind::Text) if !text.is_empty() => Value::Text(text),
            (Value::Int(int), Kind::Int) => Value::Int(*int),
            _ => convert::cast(*value, kind, self.env),
        }
    }

    /// Calls a function; what it gives is cast and contributed.
    fn emit_call(&mut self, column: u16, site: u16, kind: Kind) {
        let machine: &'a Machine<'a> = self.machine;
        let Some(site) = machine.sites.get(usize::from(site)) else { return };
        if let (Some(eval), Kind::Text) = (site.eval_text, kind) {
            // A text comes in registers of the processor: it is written once.
            match self.with_call(site, |call| eval(call)) {
                Some(text) if !text.is_empty() => self.contribute(column, Value::Text(text)),
                _ => {}
            }
            return;
        }
        match (self.call(site), kind) {
            (Value::Missing, _) => {}
            (Value::Int(int), Kind::Int) => self.contribute(column, Value::Int(int)),
            (value, kind) => {
                let value = self.cast(&value, kind);
                self.emit(column, value);
            }
        }
    }

    fn call(&mut self, site: &'a Site<'a>) -> Value<'a> {
        match site.eval_text {
            Some(eval) => self.with_call(site, |call| eval(call)).map(Value::Text).into(),
            None => self.with_call(site, |call| (site.eval)(call)),
        }
    }

    /// Puts the call of a site together.
    #[inline]
    fn with_call<T>(&mut self, site: &'a Site<'a>, eval: impl FnOnce(&Call<'_, 'a>) -> T) -> T {
        if let Some((view, at)) = site.view {
            self.view(site, view, at);
        }
        let view = site.view.and_then(|(_, at)| self.registers.get(at)).unwrap_or(&Value::Missing);
        let (prepared, env) = (site.prepared.as_ref(), self.env);
        let (two, three);
        // Nearly all calls have at most three arguments: those need no allocation.
        let args: &[Value<'a>] = match *site.args {
            [a] => std::slice::from_ref(self.get(a)),
            [a, b] => {
                two = [*self.get(a), *self.get(b)];
                &two
            }
            [a, b, c] => {
                three = [*self.get(a), *self.get(b), *self.get(c)];
                &three
            }
            ref args => {
                let args = args.iter().map(|reg| *self.get(*reg));
                bumpalo::collections::Vec::from_iter_in(args, self.env.arena).into_bump_slice()
            }
        };
        eval(&Call { args, prepared, view, env })
    }

    /// Makes the view of a call's first argument, when the first call asks for it.
    fn view(&mut self, site: &Site<'_>, view: View, at: usize) {
        if let Some(Value::Missing) = self.registers.get(at) {
            let made = view(site.args.first().map_or(Value::Missing, |reg| *self.get(*reg)), self.env);
            if let Some(to) = self.registers.get_mut(at) {
                *to = made;
            }
        }
    }

    fn emit(&mut self, column: u16, value: Value<'a>) {
        if !value.is_nil() {
            self.contribute(column, value);
        }
    }

    /// The same for what is known to be a value.
    #[inline]
    fn contribute(&mut self, column: u16, value: Value<'a>) {
        let Some(outlet) = self.machine.outlets.get(usize::from(column)) else { return };
        self.identified |= outlet.identity;
        self.emitted.push(Contribution { field: outlet.field, column, value });
    }
}

/// Gives calls that make the same view of the same key a register for it, after all others; how many there are.
/// Keys do not change during an event, other registers may.
fn share_views(program: &Program, sites: &mut [Site<'_>]) -> usize {
    let keys = program.constants.len()..program.constants.len() + program.keys.len();
    let wanted: Vec<Option<(View, Reg)>> = program
        .calls
        .iter()
        .map(|call| {
            let key = call.args.first().copied().filter(|reg| keys.contains(&usize::from(*reg)))?;
            Some((catalog::find(&call.function)?.view?, key))
        })
        .collect();
    let mut shared: Vec<(View, Reg)> = Vec::new();
    for (site, wanted_here) in sites.iter_mut().zip(&wanted) {
        let Some((view, key)) = *wanted_here else { continue };
        let same = |other: &(View, Reg)| std::ptr::fn_addr_eq(other.0, view) && other.1 == key;
        if wanted.iter().flatten().filter(|other| same(other)).count() < 2 {
            continue;
        }
        let at = shared.iter().position(same).unwrap_or_else(|| {
            shared.push((view, key));
            shared.len() - 1
        });
        site.view = Some((view, usize::from(program.registers) + at));
    }
    shared.len()
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
            Op::EmitCall { column, site, .. } => {
                usize::from(site) < program.calls.len() && usize::from(column) < program.columns.len()
            }
            Op::Against { set, .. } => usize::from(set) < program.sets.len(),
            Op::Once { shared } => usize::from(shared) < program.shared.len(),
            Op::Query { query } => usize::from(query) < program.queries.len(),
            Op::Emit { column, .. } | Op::EmitAs { column, .. } => {
                usize::from(column) < program.columns.len()
            }
            _ => true,
        };
    }
    sound &= program.shared.iter().all(|s| (s.start as usize) < code && usize::from(s.mark) < registers);
    sound &= program.calls.iter().flat_map(|c| &c.args).all(|reg| usize::from(*reg) < registers);
    if sound { Ok(()) } else { Err(LoadError::OutOfRange) }
}
