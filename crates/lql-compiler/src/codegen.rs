//! Graph to instructions: guards become jumps, shared nodes run once, everything else is evaluated where it is used.
//!
//! A node that several places use is computed inline if the first place is always reached before the others;
//! otherwise it becomes a [`Shared`] sub-expression that runs on first demand.

use crate::graph::{Graph, Node, NodeId, operands};
use crate::program::{CallSite, Column, Op, Program, Query, Reg, Shared};
use std::collections::{HashMap, HashSet, VecDeque};

/// Registers while generating: classes far apart, packed at the end. The order of the classes is the order of the
/// register file; see [`Program`].
const KEY: Reg = 0x4000;
const CAPTURE: Reg = 0x7000;
const KEPT: Reg = 0x8000;
const TEMP: Reg = 0xC000;

/// A program needs more constants, keys or registers than instructions can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

pub(crate) struct Codegen<'g> {
    graph: &'g Graph,
    /// How many places use a node.
    uses: HashMap<NodeId, u32>,
    program: Program,
    /// Nodes whose register is valid here, in the order they became so.
    available: Vec<(NodeId, Reg)>,
    /// Shared nodes: index into `program.shared` and result register.
    shared: HashMap<NodeId, (u16, Reg)>,
    pending: VecDeque<NodeId>,
    kept: Reg,
    temps: Reg,
    most_temps: Reg,
    /// How many conditions enclose this place.
    depth: u32,
    too_large: bool,
}

/// One query, lowered.
pub(crate) struct LoweredQuery {
    pub(crate) info: Query,
    pub(crate) condition: Option<NodeId>,
    pub(crate) columns: Vec<LoweredColumn>,
}

/// One column, lowered.
pub(crate) struct LoweredColumn {
    pub(crate) info: Column,
    pub(crate) guard: Option<NodeId>,
    pub(crate) value: NodeId,
}

/// The program of a stream.
pub(crate) fn stream(name: &str, graph: &Graph, queries: Vec<LoweredQuery>) -> Result<Program, TooLarge> {
    let roots = queries.iter().flat_map(|q| {
        q.condition.into_iter().chain(q.columns.iter().flat_map(|c| c.guard.into_iter().chain([c.value])))
    });
    let mut this = Codegen::new(graph, roots);
    name.clone_into(&mut this.program.stream);
    for query in queries {
        this.query(query);
    }
    this.finish()
}

/// The program of one condition or value.
pub(crate) fn expression(graph: &Graph, root: NodeId) -> Result<Program, TooLarge> {
    let mut this = Codegen::new(graph, [root]);
    let from = this.value(root);
    this.emit(Op::Result { from });
    this.finish()
}

/// The program that computes several values, and the registers that hold them afterwards. Operands come before what
/// uses them: then nothing is jumped over.
pub(crate) fn registers(graph: &Graph, roots: &[NodeId]) -> Result<(Program, Vec<Reg>), TooLarge> {
    if roots.len() > usize::from(Reg::MAX) {
        return Err(TooLarge);
    }
    // Counted twice, so that every value is shared and keeps its register.
    let mut this = Codegen::new(graph, roots.iter().chain(roots).copied());
    let registers = roots.iter().map(|root| this.value(*root)).collect();
    this.finish_with(registers)
}

impl<'g> Codegen<'g> {
    fn new(graph: &'g Graph, roots: impl IntoIterator<Item = NodeId>) -> Self {
        let mut uses = HashMap::new();
        let mut seen = HashSet::new();
        let mut queue: Vec<NodeId> = roots.into_iter().collect();
        while let Some(id) = queue.pop() {
            *uses.entry(id).or_insert(0) += 1;
            if seen.insert(id) {
                queue.extend(operands(graph.node(id)));
            }
        }
        Self {
            graph,
            uses,
            program: Program::default(),
            available: Vec::new(),
            shared: HashMap::new(),
            pending: VecDeque::new(),
            kept: KEPT,
            temps: TEMP,
            most_temps: TEMP,
            depth: 0,
            too_large: false,
        }
    }

    fn query(&mut self, query: LoweredQuery) {
        let by = query.info.by.clone();
        let index = self.program.queries.len() as u16;
        self.program.queries.push(query.info);
        let open = self.available.len();
        let skip = query.condition.map(|condition| {
            let at = self.jump_unless_true(condition);
            self.depth += 1;
            at
        });
        self.emit(Op::Query { query: index });
        // Identity columns first: nothing else of the query counts without one.
        let (identities, others): (Vec<_>, Vec<_>) =
            query.columns.into_iter().partition(|column| by.contains(&column.info.field));
        for column in identities.into_iter().chain(others) {
            self.column(column);
        }
        self.emit(Op::EndQuery);
        if let Some(at) = skip {
            self.depth -= 1;
            self.available.truncate(open);
            self.land(at);
        }
    }

    fn column(&mut self, column: LoweredColumn) {
        let index = self.program.columns.len() as u16;
        self.program.columns.push(column.info);
        let temps = self.temps;
        match column.guard {
            Some(guard) => {
                let skip = self.jump_unless_true(guard);
                self.inside_condition(|this| this.output(index, column.value));
                self.land(skip);
            }
            None => self.output(index, column.value),
        }
        self.temps = temps;
    }

    /// Contributes a value to a column; a cast that nothing else uses is one step with it, and so is a call under it.
    fn output(&mut self, column: u16, value: NodeId) {
        match self.graph.node(value) {
            Node::Cast(kind, inner) if self.is_used_once(value) => {
                if let Node::Call { function, literals, args, .. } = self.graph.node(*inner)
                    && self.is_used_once(*inner)
                {
                    let site = self.call(function, literals.clone(), args);
                    self.emit(Op::EmitCall { column, site, kind: *kind });
                    return;
                }
                let from = self.value(*inner);
                self.emit(Op::EmitAs { column, from, kind: *kind });
            }
            _ => {
                let from = self.value(value);
                self.emit(Op::Emit { column, from });
            }
        }
    }

    fn is_used_once(&self, id: NodeId) -> bool {
        self.uses.get(&id).copied().unwrap_or(0) < 2
    }

    /// Code that gives the arguments of a call; the index of the call.
    fn call(&mut self, function: &str, literals: Vec<Option<String>>, args: &[NodeId]) -> u16 {
        let args = args.iter().map(|arg| self.value(*arg)).collect();
        let site = self.program.calls.len() as u16;
        self.program.calls.push(CallSite { function: function.to_owned(), args, literals });
        site
    }

    /// Code that gives the node's value; the register that holds it.
    fn value(&mut self, id: NodeId) -> Reg {
        match self.graph.node(id) {
            Node::Constant(at) => return *at,
            Node::Key(at) => return KEY.saturating_add(*at),
            Node::Capture(at) => return CAPTURE.saturating_add(*at),
            _ => {}
        }
        if let Some((_, reg)) = self.available.iter().rev().find(|(node, _)| *node == id) {
            return *reg;
        }
        if self.is_used_once(id) {
            let to = self.temp();
            self.compute(id, to);
            return to;
        }
        let reg = if self.depth == 0 && !self.shared.contains_key(&id) {
            let to = self.keep();
            self.compute(id, to);
            to
        } else {
            self.once(id)
        };
        self.available.push((id, reg));
        reg
    }

    /// Asks for a shared node.
    fn once(&mut self, id: NodeId) -> Reg {
        let (index, reg) = if let Some(known) = self.shared.get(&id) {
            *known
        } else {
            let (mark, reg) = (self.keep(), self.keep());
            let index = self.program.shared.len() as u16;
            self.program.shared.push(Shared { start: 0, mark });
            self.shared.insert(id, (index, reg));
            self.pending.push_back(id);
            (index, reg)
        };
        self.emit(Op::Once { shared: index });
        reg
    }

    /// Code that computes the node into `to`; temporaries used on the way are free again afterwards.
    fn compute(&mut self, id: NodeId, to: Reg) {
        let temps = self.temps;
        match self.graph.node(id).clone() {
            Node::Constant(_) | Node::Key(_) | Node::Capture(_) => {}
            Node::Arith(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.emit(Op::Arith { op, to, a, b });
            }
            Node::Compare(op, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                self.emit(Op::Compare { op, to, a, b });
            }
            Node::Against(op, a, set) => {
                let a = self.value(a);
                self.emit(Op::Against { op, to, a, set });
            }
            Node::Between(value, low, high) => {
                let a = self.value(value);
                let first = self.row(&[low, high]);
                self.emit(Op::Between { to, a, low: first });
            }
            Node::List(items) => {
                let first = self.row(&items);
                self.emit(Op::List { to, first, count: items.len() as u16 });
            }
            Node::Not(a) => {
                let a = self.value(a);
                self.emit(Op::Not { to, a });
            }
            Node::Negate(a) => {
                let a = self.value(a);
                self.emit(Op::Negate { to, a });
            }
            Node::Exists(a) => {
                let a = self.value(a);
                self.emit(Op::Exists { to, a });
            }
            Node::And(a, b) => self.infix(a, b, false, to),
            Node::Or(a, b) => self.infix(a, b, true, to),
            Node::AllOf(items) => self.all_of(&items, to),
            Node::AnyOf(items) => self.any_of(&items, to),
            Node::If(condition, then, otherwise) => self.choice(condition, then, otherwise, to),
            Node::IsTrue(a) => {
                self.bool_into(to, false);
                let skip = self.jump_unless_true(a);
                self.bool_into(to, true);
                self.land(skip);
            }
            Node::Call { function, literals, args, .. } => {
                let site = self.call(function, literals, &args);
                self.emit(Op::Call { to, site });
            }
            Node::Cast(kind, a) => {
                let from = self.value(a);
                self.emit(Op::Cast { to, from, kind });
            }
        }
        self.temps = temps.max(if to >= TEMP { to + 1 } else { TEMP });
    }

    /// `a AND b`, `a OR b`: the left operand decides alone when it holds the boolean `decisive`.
    fn infix(&mut self, a: NodeId, b: NodeId, decisive: bool, to: Reg) {
        let left = self.value(a);
        self.bool_into(to, decisive);
        let skip = self.emit(Op::JumpIf { a: left, on: decisive, to: 0 });
        self.inside_condition(|this| {
            let right = this.value(b);
            this.emit(if decisive {
                Op::Or { to, a: left, b: right }
            } else {
                Op::And { to, a: left, b: right }
            });
        });
        self.land(skip);
    }

    /// `AND (…)`: in order, an item without value leaves none, a false one gives false.
    fn all_of(&mut self, items: &[NodeId], to: Reg) {
        let (mut to_false, mut to_none) = (Vec::new(), Vec::new());
        let mut open = None;
        for item in items {
            let temps = self.temps;
            let a = self.value(*item);
            open.get_or_insert(self.available.len());
            to_false.push(self.emit(Op::JumpIf { a, on: false, to: 0 }));
            to_none.push(self.emit(Op::JumpUnlessBool { a, to: 0 }));
            self.temps = temps;
            self.depth += 1;
        }
        self.depth -= items.len() as u32;
        // The first item is always evaluated; the others may be jumped over.
        self.available.truncate(open.unwrap_or(usize::MAX));
        self.bool_into(to, true);
        let end = self.emit(Op::Jump { to: 0 });
        to_false.into_iter().for_each(|at| self.land(at));
        self.bool_into(to, false);
        let end_false = self.emit(Op::Jump { to: 0 });
        to_none.into_iter().for_each(|at| self.land(at));
        self.emit(Op::Clear { to });
        self.land(end);
        self.land(end_false);
    }

    /// `OR (…)`: the first true item gives true; items without value are skipped.
    fn any_of(&mut self, items: &[NodeId], to: Reg) {
        self.bool_into(to, true);
        let mut ends = Vec::new();
        let mut open = None;
        for item in items {
            let temps = self.temps;
            let a = self.value(*item);
            open.get_or_insert(self.available.len());
            ends.push(self.emit(Op::JumpIf { a, on: true, to: 0 }));
            self.temps = temps;
            self.depth += 1;
        }
        self.depth -= items.len() as u32;
        // The first item is always evaluated; the others may be jumped over.
        self.available.truncate(open.unwrap_or(usize::MAX));
        self.bool_into(to, false);
        ends.into_iter().for_each(|at| self.land(at));
    }

    fn choice(&mut self, condition: NodeId, then: NodeId, otherwise: Option<NodeId>, to: Reg) {
        let skip = self.jump_unless_true(condition);
        self.inside_condition(|this| {
            let from = this.value(then);
            this.emit(Op::Copy { to, from });
        });
        let end = self.emit(Op::Jump { to: 0 });
        self.land(skip);
        self.inside_condition(|this| match otherwise {
            Some(otherwise) => {
                let from = this.value(otherwise);
                this.emit(Op::Copy { to, from });
            }
            None => {
                this.emit(Op::Clear { to });
            }
        });
        self.land(end);
    }

    /// Copies values into neighbouring registers; the first of them.
    fn row(&mut self, items: &[NodeId]) -> Reg {
        let first = self.temps;
        let row: Vec<Reg> = items.iter().map(|_| self.temp()).collect();
        for (to, item) in row.iter().zip(items) {
            let temps = self.temps;
            let from = self.value(*item);
            self.emit(Op::Copy { to: *to, from });
            self.temps = temps;
        }
        first
    }

    fn jump_unless_true(&mut self, condition: NodeId) -> usize {
        let temps = self.temps;
        let a = self.value(condition);
        self.temps = temps;
        self.emit(Op::JumpUnlessTrue { a, to: 0 })
    }

    /// Runs `body` where it may be jumped over: what it computes is not available afterwards.
    fn inside_condition(&mut self, body: impl FnOnce(&mut Self)) {
        let (open, temps) = (self.available.len(), self.temps);
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.available.truncate(open);
        self.temps = temps;
    }

    fn bool_into(&mut self, to: Reg, value: bool) {
        // The lowering adds both constants to every graph first, so they are constants 0 and 1.
        self.emit(Op::Copy { to, from: Reg::from(value) });
    }

    fn emit(&mut self, op: Op) -> usize {
        self.program.code.push(op);
        self.program.code.len() - 1
    }

    /// Makes the jump at `at` lead to the next instruction.
    fn land(&mut self, at: usize) {
        let here = self.program.code.len() as u32;
        match self.program.code.get_mut(at) {
            Some(
                Op::Jump { to }
                | Op::JumpUnlessTrue { to, .. }
                | Op::JumpIf { to, .. }
                | Op::JumpUnlessBool { to, .. },
            ) => *to = here,
            _ => self.too_large = true,
        }
    }

    fn temp(&mut self) -> Reg {
        let reg = self.temps;
        self.too_large |= reg == Reg::MAX;
        self.temps = reg.saturating_add(1);
        self.most_temps = self.most_temps.max(self.temps);
        reg
    }

    fn keep(&mut self) -> Reg {
        let reg = self.kept;
        self.too_large |= reg + 1 >= TEMP;
        self.kept = (reg + 1).min(TEMP - 1);
        reg
    }

    /// Appends the shared sub-expressions and packs the registers.
    fn finish(self) -> Result<Program, TooLarge> {
        self.finish_with(Vec::new()).map(|(program, _)| program)
    }

    /// The same; `registers` are packed as the program's are.
    fn finish_with(mut self, mut registers: Vec<Reg>) -> Result<(Program, Vec<Reg>), TooLarge> {
        self.emit(Op::End);
        while let Some(id) = self.pending.pop_front() {
            let Some((index, reg)) = self.shared.get(&id).copied() else { continue };
            let start = self.program.code.len() as u32;
            if let Some(shared) = self.program.shared.get_mut(usize::from(index)) {
                shared.start = start;
            }
            self.available.clear();
            self.depth = 1;
            // Temporaries of the asking place may be in use: those of a shared sub-expression lie above all others.
            self.temps = self.most_temps;
            self.compute(id, reg);
            self.emit(Op::End);
        }
        let graph = self.graph;
        let counts = [graph.constants.len(), graph.keys.len(), graph.captures.len()];
        let (kept, temps) = (usize::from(self.kept - KEPT), usize::from(self.most_temps - TEMP));
        let total = counts.iter().sum::<usize>() + kept + temps;
        let limits = [KEY, CAPTURE - KEY, KEPT - CAPTURE].map(usize::from);
        let tables = [
            &self.program.calls.len(),
            &self.program.columns.len(),
            &graph.sets.len(),
            &self.program.queries.len(),
        ];
        if self.too_large
            || counts.iter().zip(limits).any(|(count, limit)| *count >= limit)
            || tables.iter().any(|len| **len > usize::from(u16::MAX))
            || total > usize::from(u16::MAX)
        {
            return Err(TooLarge);
        }
        let [constants, keys, captures] = counts.map(|count| count as u16);
        let key_base = constants;
        let capture_base = key_base + keys;
        let kept_base = capture_base + captures;
        let temp_base = kept_base + kept as u16;
        let pack = |reg: Reg| match reg {
            TEMP.. => reg - TEMP + temp_base,
            KEPT.. => reg - KEPT + kept_base,
            CAPTURE.. => reg - CAPTURE + capture_base,
            KEY.. => reg - KEY + key_base,
            _ => reg,
        };
        let mut program = self.program;
        program.constants.clone_from(&graph.constants);
        program.keys.clone_from(&graph.keys);
        program.captures.clone_from(&graph.captures);
        program.sets.clone_from(&graph.sets);
        program.registers = total as u16;
        program.code.iter_mut().for_each(|op| op.map_registers(pack));
        program.shared.iter_mut().for_each(|shared| shared.mark = pack(shared.mark));
        program.calls.iter_mut().flat_map(|site| &mut site.args).for_each(|reg| *reg = pack(*reg));
        registers.iter_mut().for_each(|reg| *reg = pack(*reg));
        Ok((program, registers))
    }
}

impl Op {
    /// Renames every register.
    fn map_registers(&mut self, rename: impl Fn(Reg) -> Reg) {
        let each = |regs: &mut [&mut Reg]| regs.iter_mut().for_each(|reg| **reg = rename(**reg));
        match self {
            Op::Copy { to, from } | Op::Cast { to, from, .. } => each(&mut [to, from]),
            Op::Clear { to } | Op::Call { to, .. } => each(&mut [to]),
            Op::Arith { to, a, b, .. }
            | Op::Compare { to, a, b, .. }
            | Op::And { to, a, b }
            | Op::Or { to, a, b } => each(&mut [to, a, b]),
            Op::Against { to, a, .. } | Op::Not { to, a } | Op::Negate { to, a } | Op::Exists { to, a } => {
                each(&mut [to, a]);
            }
            Op::Between { to, a, low } => each(&mut [to, a, low]),
            Op::List { to, first, .. } => each(&mut [to, first]),
            Op::JumpUnlessTrue { a, .. } | Op::JumpIf { a, .. } | Op::JumpUnlessBool { a, .. } => {
                each(&mut [a]);
            }
            Op::Emit { from, .. } | Op::EmitAs { from, .. } | Op::Result { from } => each(&mut [from]),
            Op::EmitCall { .. }
            | Op::Once { .. }
            | Op::Jump { .. }
            | Op::Query { .. }
            | Op::EndQuery
            | Op::End => {}
        }
    }
}
