//! Compiled programs: flat instructions over registers, with everything a run needs and no source.
//!
//! One [`Program`] holds all queries of one stream, or one segment. Registers are numbered: first the constants,
//! then one per projected event key, then one per captured prefix, then temporaries.

mod encode;

pub use encode::{DecodeError, MAGIC, VERSION};

use crate::schema::{FieldId, Schema, TableId};
use crate::{Kind, Time};
use serde::{Deserialize, Serialize};

/// A compiled project: what `lql build` writes and a host loads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Package {
    /// Tables and fields.
    pub schema: Schema,
    /// One program per stream, sorted by stream.
    pub streams: Vec<Program>,
    /// One per segment, sorted by slug.
    pub segments: Vec<Segment>,
    /// Names of the source files, for provenance.
    pub files: Vec<String>,
    /// The clock that the project sets for filters and retention.
    pub now: Option<Time>,
}

/// A compiled audience filter. Its program's keys are profile fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// The alias, lower case.
    pub slug: String,
    /// The table it selects from; `None` when no query writes that table.
    pub table: Option<TableId>,
    /// The filter.
    pub program: Program,
}

/// How the events of a stream are read, as far as the project says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamInput {
    /// The event key that holds the event time.
    pub timestamp: Option<String>,
    /// The event key that holds the message id.
    pub id: Option<String>,
    /// What stands between the cells of CSV rows: one ASCII byte.
    pub delimiter: Option<u8>,
}

/// Instructions and tables of one stream or one segment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// The stream's name; empty for a segment.
    pub stream: String,
    /// How its events are read.
    pub input: StreamInput,
    /// Registers `0..constants.len()`.
    pub constants: Vec<Constant>,
    /// The next registers: the only event keys that are read.
    pub keys: Vec<Key>,
    /// The next registers: prefixes whose keys are gathered into a map (`match`).
    pub captures: Vec<String>,
    /// How many registers there are in all.
    pub registers: u16,
    /// Calls, by the index in [`Op::Call`].
    pub calls: Vec<CallSite>,
    /// Operand lists of constants that are compiled at load: sets for `IN`, patterns for `LIKE`.
    pub sets: Vec<Vec<Constant>>,
    /// Shared sub-expressions, by the index in [`Op::Once`].
    pub shared: Vec<Shared>,
    /// The instructions; execution starts at 0 and ends at [`Op::End`].
    pub code: Vec<Op>,
    /// What each [`Op::Emit`], [`Op::EmitAs`] and [`Op::EmitCall`] writes.
    pub columns: Vec<Column>,
    /// The queries, by the index in [`Op::Query`].
    pub queries: Vec<Query>,
}

/// An event key (in a segment: a profile field) that a program reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// The flattened key: `cart.total`.
    pub text: String,
    /// When no key has the whole name: look for the map before this byte offset (a dot) and its entry after it.
    pub entry_at: Option<u32>,
}

impl Key {
    /// The map field and entry of the second look-up.
    pub fn entry(&self) -> Option<(&str, &str)> {
        let at = self.entry_at? as usize;
        Some((self.text.get(..at)?, self.text.get(at + 1..)?))
    }
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Constant {
    /// `NULL`
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Number(f64),
    /// An instant.
    Time(Time),
    /// A text.
    Text(String),
    /// A list literal.
    List(Vec<Constant>),
}

/// A call: the function by name, its argument registers, and the literals to prepare at load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallSite {
    /// The function's canonical name.
    pub function: String,
    /// Argument registers.
    pub args: Vec<Reg>,
    /// Text of literal arguments, for [`crate::catalog::Function::prepare`].
    pub literals: Vec<Option<String>>,
}

/// A register number.
pub type Reg = u16;

/// A sub-expression that several columns use: run at most once an event, and only if asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// First instruction; it ends at [`Op::End`].
    pub start: u32,
    /// Register of the mark that it has run.
    pub mark: Reg,
}

/// A column: what an emitted value means, and where it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// The field it contributes to.
    pub field: FieldId,
    /// Its query.
    pub query: u16,
    /// Byte offsets of the column in its file.
    pub span: (u32, u32),
    /// Line of the column in its file, counted from 1.
    pub line: u32,
    /// The expression as canonical text.
    pub text: String,
}

/// A query of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Its alias.
    pub alias: String,
    /// The table it writes.
    pub table: TableId,
    /// Its identity fields (`BY`), in the order written.
    pub by: Vec<FieldId>,
    /// Index into [`Package::files`].
    pub file: u32,
}

/// An instruction. `to` is the register written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// `to = from`
    Copy {
        /// Register written.
        to: Reg,
        /// Register read.
        from: Reg,
    },
    /// `to = no value`
    Clear {
        /// Register written.
        to: Reg,
    },
    /// Arithmetic of two values.
    Arith {
        /// The operator.
        op: ArithOp,
        /// Register written.
        to: Reg,
        /// Left operand.
        a: Reg,
        /// Right operand.
        b: Reg,
    },
    /// A comparison of two values (three-valued rules of reference 5.4).
    Compare {
        /// The operator.
        op: CompareOp,
        /// Register written.
        to: Reg,
        /// Left operand.
        a: Reg,
        /// Right operand.
        b: Reg,
    },
    /// `a` against a constant list: `IN`, `INTERSECTS`, `CONTAINS`, `LIKE` with literals only.
    Against {
        /// The operator.
        op: SetOp,
        /// Register written.
        to: Reg,
        /// Left operand.
        a: Reg,
        /// Index into [`Program::sets`].
        set: u16,
    },
    /// `a BETWEEN low AND high`; `high` stands in the register after `low`.
    Between {
        /// Register written.
        to: Reg,
        /// The value.
        a: Reg,
        /// The lower bound; the upper is the next register.
        low: Reg,
    },
    /// A list of the `count` registers from `first`, without those that have no value.
    List {
        /// Register written.
        to: Reg,
        /// First register.
        first: Reg,
        /// How many.
        count: u16,
    },
    /// `NOT a`
    Not {
        /// Register written.
        to: Reg,
        /// Operand.
        a: Reg,
    },
    /// `-a`
    Negate {
        /// Register written.
        to: Reg,
        /// Operand.
        a: Reg,
    },
    /// `EXISTS a`
    Exists {
        /// Register written.
        to: Reg,
        /// Operand.
        a: Reg,
    },
    /// Infix `AND` of two evaluated operands.
    And {
        /// Register written.
        to: Reg,
        /// Left operand.
        a: Reg,
        /// Right operand.
        b: Reg,
    },
    /// Infix `OR` of two evaluated operands.
    Or {
        /// Register written.
        to: Reg,
        /// Left operand.
        a: Reg,
        /// Right operand.
        b: Reg,
    },
    /// Calls a function.
    Call {
        /// Register written.
        to: Reg,
        /// Index into [`Program::calls`].
        site: u16,
    },
    /// Casts to a kind (reference 7.2).
    Cast {
        /// Register written.
        to: Reg,
        /// Register read.
        from: Reg,
        /// The kind.
        kind: Kind,
    },
    /// Runs a shared sub-expression unless it has run.
    Once {
        /// Index into [`Program::shared`].
        shared: u16,
    },
    /// Goes on at `to`.
    Jump {
        /// Index of an instruction.
        to: u32,
    },
    /// Goes on at `to` unless the register holds `true`.
    JumpUnlessTrue {
        /// Register read.
        a: Reg,
        /// Index of an instruction.
        to: u32,
    },
    /// Goes on at `to` if the register holds the boolean `on`.
    JumpIf {
        /// Register read.
        a: Reg,
        /// The boolean.
        on: bool,
        /// Index of an instruction.
        to: u32,
    },
    /// Goes on at `to` if the register holds no boolean.
    JumpUnlessBool {
        /// Register read.
        a: Reg,
        /// Index of an instruction.
        to: u32,
    },
    /// The columns of this query follow.
    Query {
        /// Index into [`Program::queries`].
        query: u16,
    },
    /// Contributes a value to a column's field, unless there is none.
    Emit {
        /// Index into [`Program::columns`].
        column: u16,
        /// Register read.
        from: Reg,
    },
    /// Casts a value to the column's kind and contributes it, unless there is none.
    EmitAs {
        /// Index into [`Program::columns`].
        column: u16,
        /// Register read.
        from: Reg,
        /// The kind.
        kind: Kind,
    },
    /// Calls a function, casts what it gives to the column's kind and contributes it, unless there is none.
    EmitCall {
        /// Index into [`Program::columns`].
        column: u16,
        /// Index into [`Program::calls`].
        site: u16,
        /// The kind.
        kind: Kind,
    },
    /// Ends the query: without an identity value, what it emitted is dropped.
    EndQuery,
    /// The result of a segment's filter.
    Result {
        /// Register read.
        from: Reg,
    },
    /// Ends the program or the shared sub-expression.
    End,
}

/// Arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ArithOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

/// Comparisons of two evaluated operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `IN`
    In,
    /// `INTERSECTS`
    Intersects,
    /// `CONTAINS`
    Contains,
    /// `LIKE`
    Like,
}

/// Operators whose right side is a constant list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SetOp {
    /// `IN`
    In,
    /// `INTERSECTS`
    Intersects,
    /// `CONTAINS`
    Contains,
    /// `LIKE`
    Like,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_is_eight_bytes() {
        assert!(std::mem::size_of::<Op>() <= 8, "{}", std::mem::size_of::<Op>());
    }
}
