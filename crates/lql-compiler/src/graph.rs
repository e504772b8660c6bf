//! Expressions as a graph without repetition: equal sub-expressions of all queries of a stream are one node.

use crate::Kind;
use crate::program::{ArithOp, CompareOp, Constant, Key, SetOp};
use std::collections::HashMap;

/// Index of a [`Node`] in its [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub u32);

/// An operation on other nodes. Indices of constants, keys, captures and sets are those of the graph's tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    /// A literal.
    Constant(u16),
    /// An event key or profile field.
    Key(u16),
    /// The keys under a prefix.
    Capture(u16),
    Arith(ArithOp, NodeId, NodeId),
    Compare(CompareOp, NodeId, NodeId),
    /// Against a constant list.
    Against(SetOp, NodeId, u16),
    Between(NodeId, NodeId, NodeId),
    /// A list with computed items.
    List(Vec<NodeId>),
    Not(NodeId),
    Negate(NodeId),
    Exists(NodeId),
    /// Infix `AND`, infix `OR`.
    And(NodeId, NodeId),
    Or(NodeId, NodeId),
    /// `AND (…)`, `OR (…)`.
    AllOf(Vec<NodeId>),
    AnyOf(Vec<NodeId>),
    /// Condition, value when it is true, value otherwise (`None`: no value).
    If(NodeId, NodeId, Option<NodeId>),
    /// `INCLUDE`: true if the operand is true, else false.
    IsTrue(NodeId),
    /// `salt` keeps calls of random functions apart.
    Call {
        function: &'static str,
        literals: Vec<Option<String>>,
        args: Vec<NodeId>,
        salt: u32,
    },
    Cast(Kind, NodeId),
}

/// The nodes of one program and the tables they point into.
#[derive(Debug)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    index: HashMap<Node, NodeId>,
    pub(crate) constants: Vec<Constant>,
    pub(crate) keys: Vec<Key>,
    pub(crate) captures: Vec<String>,
    pub(crate) sets: Vec<Vec<Constant>>,
    salts: u32,
}

impl Graph {
    /// An empty graph, with `false` and `true` as constants 0 and 1.
    pub(crate) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            index: HashMap::new(),
            constants: vec![Constant::Bool(false), Constant::Bool(true)],
            keys: Vec::new(),
            captures: Vec::new(),
            sets: Vec::new(),
            salts: 0,
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        // Ids are made by `add` alone, so the fallback is never taken.
        self.nodes.get(id.0 as usize).unwrap_or(&Node::Constant(0))
    }

    /// The node, new or met before.
    pub(crate) fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.index.get(&node) {
            return *id;
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.index.insert(node, id);
        id
    }

    pub(crate) fn constant(&mut self, constant: Constant) -> NodeId {
        let at = intern(&mut self.constants, constant, same_constant);
        self.add(Node::Constant(at))
    }

    pub(crate) fn key(&mut self, key: Key) -> NodeId {
        let at = intern(&mut self.keys, key, Key::eq);
        self.add(Node::Key(at))
    }

    pub(crate) fn capture(&mut self, prefix: &str) -> NodeId {
        let at = intern(&mut self.captures, prefix.to_owned(), String::eq);
        self.add(Node::Capture(at))
    }

    pub(crate) fn set(&mut self, items: Vec<Constant>) -> u16 {
        intern(&mut self.sets, items, |a, b| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_constant(a, b))
        })
    }

    /// A number no other call has.
    pub(crate) fn salt(&mut self) -> u32 {
        self.salts += 1;
        self.salts
    }
}

/// The direct operands of a node.
pub(crate) fn operands(node: &Node) -> Vec<NodeId> {
    match node {
        Node::Constant(_) | Node::Key(_) | Node::Capture(_) => Vec::new(),
        Node::Arith(_, a, b) | Node::Compare(_, a, b) | Node::And(a, b) | Node::Or(a, b) => vec![*a, *b],
        Node::Against(_, a, _)
        | Node::Not(a)
        | Node::Negate(a)
        | Node::Exists(a)
        | Node::IsTrue(a)
        | Node::Cast(_, a) => vec![*a],
        Node::Between(a, low, high) => vec![*a, *low, *high],
        Node::List(items) | Node::AllOf(items) | Node::AnyOf(items) => items.clone(),
        Node::If(condition, then, otherwise) => [*condition, *then].into_iter().chain(*otherwise).collect(),
        Node::Call { args, .. } => args.clone(),
    }
}

fn intern<T>(table: &mut Vec<T>, item: T, same: impl Fn(&T, &T) -> bool) -> u16 {
    let at = table.iter().position(|known| same(known, &item)).unwrap_or_else(|| {
        table.push(item);
        table.len() - 1
    });
    // Codegen refuses programs whose tables outgrow the register file, before this could wrap.
    at.min(usize::from(u16::MAX)) as u16
}

/// Equality that tells `0.0` from `-0.0` and `NaN` from nothing.
fn same_constant(a: &Constant, b: &Constant) -> bool {
    match (a, b) {
        (Constant::Number(a), Constant::Number(b)) => a.to_bits() == b.to_bits(),
        (Constant::List(a), Constant::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_constant(a, b))
        }
        _ => a == b,
    }
}
