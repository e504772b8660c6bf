//! Checked trees to graph nodes. Assumes what the checker has proven; anything else becomes *no value*.

use crate::catalog::{self, Purity};
use crate::graph::{Graph, Node, NodeId};
use crate::program::{ArithOp, CompareOp, Constant, Key, SetOp};
use crate::{Kind, Time, dates};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind, FieldRef, ListOp, Literal, Path};
use std::collections::HashMap;

/// What lowering knows about names.
pub(crate) struct Names<'n> {
    /// Fields that are read as a kind (the batch door); mappings read keys as they come.
    pub(crate) kinds: Option<&'n HashMap<String, Kind>>,
    /// Kinds of profile fields, in a filter: they let date literals be read once.
    pub(crate) fields: Option<&'n HashMap<String, Kind>>,
    /// Conditions of the segments that may be included, by lower-case slug. Free of cycles.
    pub(crate) segments: &'n HashMap<String, Expr>,
}

/// Lowers one expression.
pub(crate) fn expr(graph: &mut Graph, names: &Names<'_>, tree: &Expr) -> NodeId {
    Lowering { graph, names, included: HashMap::new() }.expr(tree)
}

struct Lowering<'g, 'n> {
    graph: &'g mut Graph,
    names: &'g Names<'n>,
    /// Segments that were lowered. Each is lowered once, however many others include it.
    included: HashMap<String, NodeId>,
}

impl Lowering<'_, '_> {
    fn expr(&mut self, tree: &Expr) -> NodeId {
        match &tree.kind {
            ExprKind::Literal(literal) => self.graph.constant(constant(literal)),
            ExprKind::Field(field) => self.field(field),
            ExprKind::Call { name, args } => self.call(&name.text, args),
            ExprKind::Cast { value, kind } => {
                let value = self.expr(value);
                let literal = kind.text.clone();
                let text = self.graph.constant(Constant::Text(literal.clone()));
                self.function("cast", vec![None, Some(literal)], vec![value, text])
            }
            ExprKind::Not(a) => self.unary(a, Node::Not),
            ExprKind::Negate(a) => self.unary(a, Node::Negate),
            ExprKind::Exists(a) => self.unary(a, Node::Exists),
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right),
            ExprKind::Between { value, low, high } => {
                let date = self.is_date(value);
                let value = self.expr(value);
                let (low, high) = (self.operand(low, date), self.operand(high, date));
                self.graph.add(Node::Between(value, low, high))
            }
            ExprKind::List { op, items } => {
                let items = items.iter().map(|item| self.expr(item)).collect();
                self.graph.add(if *op == ListOp::And { Node::AllOf(items) } else { Node::AnyOf(items) })
            }
            ExprKind::Set { items, .. } => match constants(items) {
                Some(list) => self.graph.constant(Constant::List(list)),
                None => {
                    let items = items.iter().map(|item| self.expr(item)).collect();
                    self.graph.add(Node::List(items))
                }
            },
            ExprKind::Include(name) => self.include(name.text.to_lowercase()),
            ExprKind::IfElse { condition, then, otherwise } => {
                let (condition, then, otherwise) =
                    (self.expr(condition), self.expr(then), self.expr(otherwise));
                self.graph.add(Node::If(condition, then, Some(otherwise)))
            }
            ExprKind::Guarded { value, condition } => {
                let (condition, value) = (self.expr(condition), self.expr(value));
                self.graph.add(Node::If(condition, value, None))
            }
            ExprKind::Star => self.graph.constant(Constant::Bool(true)),
            ExprKind::Broken => self.none(),
        }
    }

    fn include(&mut self, slug: String) -> NodeId {
        if let Some(known) = self.included.get(&slug) {
            return *known;
        }
        let segments = self.names.segments;
        let node = match segments.get(&slug) {
            Some(condition) => {
                let condition = self.expr(condition);
                self.graph.add(Node::IsTrue(condition))
            }
            None => self.none(),
        };
        self.included.insert(slug, node);
        node
    }

    fn unary(&mut self, operand: &Expr, node: impl Fn(NodeId) -> Node) -> NodeId {
        let operand = self.expr(operand);
        self.graph.add(node(operand))
    }

    /// No value: a choice whose condition is never true.
    fn none(&mut self) -> NodeId {
        let never = self.graph.constant(Constant::Bool(false));
        self.graph.add(Node::If(never, never, None))
    }

    fn field(&mut self, field: &FieldRef) -> NodeId {
        let entry_at = match field.path {
            Path::Whole => None,
            Path::Entry { at } => Some(at),
        };
        let key = self.graph.key(Key { text: field.text.clone(), entry_at });
        match self.names.kinds.and_then(|kinds| kind_of(kinds, &field.text)) {
            Some(kind) => self.graph.add(Node::Cast(kind, key)),
            None => key,
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> NodeId {
        if let Some(op) = arithmetic(op) {
            let (a, b) = (self.expr(left), self.expr(right));
            return self.graph.add(Node::Arith(op, a, b));
        }
        if let Some((set_op, list)) = set_operator(op).zip(constant_list(op, right)) {
            let a = self.expr(left);
            let set = self.graph.set(list);
            return self.graph.add(Node::Against(set_op, a, set));
        }
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let (a, b) = (self.expr(left), self.expr(right));
                self.graph.add(if op == BinaryOp::And { Node::And(a, b) } else { Node::Or(a, b) })
            }
            _ => {
                let date = self.is_date(left);
                let a = self.expr(left);
                let b = self.operand(right, date);
                self.graph.add(Node::Compare(comparison(op), a, b))
            }
        }
    }

    /// An operand; where the other side is a date, a date literal is read here instead of once an event.
    fn operand(&mut self, tree: &Expr, date: bool) -> NodeId {
        if date
            && let ExprKind::Literal(Literal::Text(text)) = &tree.kind
            && dates::parse_math(text).is_none()
            && let Some(time) = dates::parse(text, Time::default())
        {
            return self.graph.constant(Constant::Time(time));
        }
        self.expr(tree)
    }

    /// Whether an operand is known to be an instant.
    fn is_date(&self, tree: &Expr) -> bool {
        match &tree.kind {
            ExprKind::Field(field) => {
                let of =
                    |kinds: Option<&HashMap<String, Kind>>| kinds.and_then(|k| k.get(&field.text)).copied();
                of(self.names.kinds).or_else(|| of(self.names.fields)) == Some(Kind::Date)
            }
            ExprKind::Call { name, .. } => {
                matches!(catalog::find(&name.text).map(|f| f.name), Some("todate" | "todatein" | "now"))
            }
            _ => false,
        }
    }

    fn call(&mut self, name: &str, args: &[Expr]) -> NodeId {
        let Some(function) = catalog::find(name) else { return self.none() };
        match (function.name, args) {
            ("exists", [arg]) => self.unary(arg, Node::Exists),
            ("ifcase", args) => self.ifcase(args),
            ("match", prefixes) => {
                let captures = prefixes
                    .iter()
                    .map(|prefix| match literal_text(prefix) {
                        Some(prefix) => self.graph.capture(&prefix),
                        None => self.none(),
                    })
                    .collect();
                self.function("match", Vec::new(), captures)
            }
            _ => {
                let nodes: Vec<NodeId> = args.iter().map(|arg| self.expr(arg)).collect();
                let literals = if function.prepare.is_some() {
                    args.iter().map(literal_text).collect()
                } else {
                    Vec::new()
                };
                self.function(function.name, literals, nodes)
            }
        }
    }

    /// The first arm whose condition is true, else the default; an argument without `IF` hides those after it.
    fn ifcase(&mut self, args: &[Expr]) -> NodeId {
        let mut otherwise = None;
        for arm in args.iter().rev() {
            otherwise = Some(match &arm.kind {
                ExprKind::Guarded { value, condition } => {
                    let (condition, value) = (self.expr(condition), self.expr(value));
                    self.graph.add(Node::If(condition, value, otherwise))
                }
                _ => self.expr(arm),
            });
        }
        otherwise.unwrap_or_else(|| self.none())
    }

    fn function(&mut self, name: &'static str, literals: Vec<Option<String>>, args: Vec<NodeId>) -> NodeId {
        let random = catalog::find(name).is_some_and(|f| f.purity == Purity::Random);
        let salt = if random { self.graph.salt() } else { 0 };
        self.graph.add(Node::Call { function: name, literals, args, salt })
    }
}

/// The right side of a set operator when it is made of literals only.
fn constant_list(op: BinaryOp, right: &Expr) -> Option<Vec<Constant>> {
    match &right.kind {
        ExprKind::Set { items, .. } => constants(items),
        ExprKind::Literal(literal @ Literal::Text(_)) if op == BinaryOp::Like => {
            Some(vec![constant(literal)])
        }
        _ => None,
    }
}

/// The declared kind of a field, or of an entry of a declared map.
pub(crate) fn kind_of(kinds: &HashMap<String, Kind>, name: &str) -> Option<Kind> {
    let entry = || kinds.get(name.split_once('.')?.0)?.entry_kind();
    kinds.get(name).copied().or_else(entry)
}

fn arithmetic(op: BinaryOp) -> Option<ArithOp> {
    Some(match op {
        BinaryOp::Add => ArithOp::Add,
        BinaryOp::Sub => ArithOp::Sub,
        BinaryOp::Mul => ArithOp::Mul,
        BinaryOp::Div => ArithOp::Div,
        BinaryOp::Rem => ArithOp::Rem,
        _ => return None,
    })
}

fn set_operator(op: BinaryOp) -> Option<SetOp> {
    Some(match op {
        BinaryOp::In => SetOp::In,
        BinaryOp::Intersects => SetOp::Intersects,
        BinaryOp::Contains => SetOp::Contains,
        BinaryOp::Like => SetOp::Like,
        _ => return None,
    })
}

fn comparison(op: BinaryOp) -> CompareOp {
    match op {
        BinaryOp::Ne => CompareOp::Ne,
        BinaryOp::Gt => CompareOp::Gt,
        BinaryOp::Ge => CompareOp::Ge,
        BinaryOp::Lt => CompareOp::Lt,
        BinaryOp::Le => CompareOp::Le,
        BinaryOp::In => CompareOp::In,
        BinaryOp::Intersects => CompareOp::Intersects,
        BinaryOp::Contains => CompareOp::Contains,
        BinaryOp::Like => CompareOp::Like,
        _ => CompareOp::Eq,
    }
}

/// A literal as a constant. A float without fraction counts as an integer (reference 6.3).
pub(crate) fn constant(literal: &Literal) -> Constant {
    match literal {
        Literal::Null => Constant::Null,
        Literal::Bool(flag) => Constant::Bool(*flag),
        Literal::Int(int) => Constant::Int(*int),
        Literal::Number(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => {
            Constant::Int(*number as i64)
        }
        Literal::Number(number) => Constant::Number(*number),
        Literal::Text(text) => Constant::Text(text.clone()),
    }
}

fn constants(items: &[Expr]) -> Option<Vec<Constant>> {
    items
        .iter()
        .map(|item| match &item.kind {
            ExprKind::Literal(literal) => Some(constant(literal)),
            _ => None,
        })
        .collect()
}

/// The text of a literal argument, as [`crate::catalog::Function::prepare`] takes it.
pub(crate) fn literal_text(arg: &Expr) -> Option<String> {
    match &arg.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(text.clone()),
        ExprKind::Literal(Literal::Int(int)) => Some(int.to_string()),
        ExprKind::Literal(Literal::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}
