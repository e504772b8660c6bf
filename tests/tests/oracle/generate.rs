//! Random expressions, by the type that their value should have, so that most have one.
//!
//! A tree is made in two steps: a few conditions and values are the pool, and trees made over them name them by
//! number. So the same sub-expression stands in many places, which is what sharing must get right.

use lql_syntax::Span;
use lql_syntax::ast::{BinaryOp, Expr, ExprKind, FieldRef, ListOp, Literal, Name, Path};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A strategy for expressions.
pub type Exprs = BoxedStrategy<Expr>;

/// Sub-expressions that trees share.
#[derive(Clone, Debug)]
pub struct Pool {
    pub conditions: Vec<Expr>,
    pub values: Vec<Expr>,
}

/// How many of each there are.
const POOL: usize = 3;

pub fn expr(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

pub fn name(text: &str) -> Name {
    Name { text: text.into(), span: Span::default() }
}

pub fn call(function: &str, args: Vec<Expr>) -> Expr {
    expr(ExprKind::Call { name: name(function), args })
}

pub fn field(text: &str) -> Expr {
    let path = text.find('.').map_or(Path::Whole, |at| Path::Entry { at: at as u32 });
    expr(ExprKind::Field(FieldRef { text: text.into(), path }))
}

fn fields(names: &'static [&'static str]) -> Exprs {
    select(names).prop_map(field).boxed()
}

fn text(text: &str) -> Expr {
    expr(ExprKind::Literal(Literal::Text(text.into())))
}

fn texts(texts: &'static [&'static str]) -> Exprs {
    select(texts).prop_map(text).boxed()
}

fn int(int: i64) -> Expr {
    expr(ExprKind::Literal(Literal::Int(int)))
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    expr(ExprKind::Binary { op, op_span: Span::default(), left: Box::new(left), right: Box::new(right) })
}

fn not(a: Expr) -> Expr {
    expr(ExprKind::Not(Box::new(a)))
}

/// What stands for a part of the pool until [`Pool::fill`].
fn hole(kind: char) -> Exprs {
    (0..POOL).prop_map(move |at| field(&format!("#{kind}{at}"))).boxed()
}

impl Pool {
    /// Puts the pool's parts in place of their names.
    pub fn fill(&self, tree: Expr) -> Expr {
        let number = |text: &str| text.parse::<usize>().unwrap();
        rewrite(tree, &|kind| match kind {
            ExprKind::Field(field) => match field.text.strip_prefix('#')?.split_at(1) {
                ("c", at) => Some(self.conditions[number(at)].clone()),
                (_, at) => Some(self.values[number(at)].clone()),
            },
            _ => None,
        })
    }
}

/// The same without `match`, which filters do not have.
pub fn without_match(tree: Expr) -> Expr {
    rewrite(tree, &|kind| match kind {
        ExprKind::Call { name, .. } if name.text == "match" => Some(field("m")),
        _ => None,
    })
}

/// Replaces parts of a tree.
fn rewrite(tree: Expr, part: &impl Fn(&ExprKind) -> Option<Expr>) -> Expr {
    if let Some(part) = part(&tree.kind) {
        return part;
    }
    let all = |items: Vec<Expr>| items.into_iter().map(|item| rewrite(item, part)).collect();
    let one = |item: Box<Expr>| Box::new(rewrite(*item, part));
    expr(match tree.kind {
        ExprKind::Call { name, args } => ExprKind::Call { name, args: all(args) },
        ExprKind::Cast { value, kind } => ExprKind::Cast { value: one(value), kind },
        ExprKind::Not(a) => ExprKind::Not(one(a)),
        ExprKind::Negate(a) => ExprKind::Negate(one(a)),
        ExprKind::Exists(a) => ExprKind::Exists(one(a)),
        ExprKind::Binary { op, op_span, left, right } => {
            ExprKind::Binary { op, op_span, left: one(left), right: one(right) }
        }
        ExprKind::Between { value, low, high } => {
            ExprKind::Between { value: one(value), low: one(low), high: one(high) }
        }
        ExprKind::List { op, items } => ExprKind::List { op, items: all(items) },
        ExprKind::Set { items, square } => ExprKind::Set { items: all(items), square },
        ExprKind::IfElse { condition, then, otherwise } => {
            ExprKind::IfElse { condition: one(condition), then: one(then), otherwise: one(otherwise) }
        }
        ExprKind::Guarded { value, condition } => {
            ExprKind::Guarded { value: one(value), condition: one(condition) }
        }
        leaf => leaf,
    })
}

/// Pools whose parts know no pool.
pub fn pool() -> impl Strategy<Value = Pool> {
    (vec(Plain.condition(2), POOL), vec(Plain.value(2), POOL))
        .prop_map(|(conditions, values)| Pool { conditions, values })
}

/// Trees over a pool, to be filled.
pub fn condition() -> Exprs {
    Pooled.condition(3)
}

/// Trees over a pool, to be filled.
pub fn value() -> Exprs {
    Pooled.value(3)
}

/// Whether trees name parts of a pool.
trait Source: Copy + 'static {
    /// A condition or value out of nothing.
    fn part(self, kind: char) -> Option<Exprs>;

    /// Something that is true, false or without value.
    fn condition(self, depth: u32) -> Exprs {
        let leaf = prop_oneof![
            6 => self.comparison(depth),
            2 => fields(&["b", "c", "s", "q", "m.a"]),
            1 => any::<bool>().prop_map(|flag| expr(ExprKind::Literal(Literal::Bool(flag)))),
        ];
        let leaf = match self.part('c') {
            Some(part) => prop_oneof![1 => leaf, 2 => part].boxed(),
            None => leaf.boxed(),
        };
        if depth == 0 {
            return leaf;
        }
        let inner = self.condition(depth - 1);
        let list = (select(&[ListOp::And, ListOp::Or][..]), vec(inner.clone(), 0..4))
            .prop_map(|(op, items)| expr(ExprKind::List { op, items }));
        let infix = (select(&[BinaryOp::And, BinaryOp::Or][..]), inner.clone(), inner.clone())
            .prop_map(|(op, a, b)| binary(op, a, b));
        prop_oneof![
            3 => leaf,
            1 => inner.clone().prop_map(not),
            2 => list,
            2 => infix,
            1 => choice(inner.clone(), inner.clone(), inner.clone()),
            1 => (select(&["not", "tobool"][..]), inner.clone()).prop_map(|(f, a)| call(f, vec![a])),
            1 => (select(&["any", "all"][..]), vec(inner, 1..3)).prop_map(|(f, args)| call(f, args)),
        ]
        .boxed()
    }

    /// A comparison or set operator.
    fn comparison(self, depth: u32) -> Exprs {
        use BinaryOp::{Contains, Eq, Ge, Gt, In, Intersects, Le, Like, Lt, Ne};
        let depth = depth.saturating_sub(1);
        let (value, number, date) = (self.value(depth), self.number(depth), self.date());
        let order = || select(&[Eq, Ne, Gt, Ge, Lt, Le][..]);
        let bounds = prop_oneof![
            (self.number(0), self.number(0)),
            (texts(&["2026-03-01", "now-3d", "x"]), texts(&["2026-03-05", "now", "2026-03-04"])),
            (self.value(0), self.value(0)),
        ];
        let patterns = || texts(&["a*", "*", "**", "?", "[ab]", "a", "/a/*", "/**", r"a\*b", "%b", "[^a]*"]);
        let pattern = prop_oneof![
            4 => patterns(),
            2 => vec(patterns(), 0..3).prop_map(|items| expr(ExprKind::Set { items, square: true })),
            1 => fields(&["s", "u", "l", "q"]),
        ];
        prop_oneof![
            3 => (order(), number.clone(), number.clone()).prop_map(|(op, a, b)| binary(op, a, b)),
            3 => (order(), value.clone(), value.clone()).prop_map(|(op, a, b)| binary(op, a, b)),
            2 => (order(), date.clone(), prop_oneof![date.clone(), self.text(), number.clone()])
                .prop_map(|(op, a, b)| binary(op, a, b)),
            1 => (order(), self.text(), date).prop_map(|(op, a, b)| binary(op, a, b)),
            3 => (select(&[In, Intersects][..]), value.clone(), self.set()).prop_map(|(op, a, b)| binary(op, a, b)),
            1 => (value.clone(), texts(&["a", "5", ""])).prop_map(|(a, b)| binary(In, a, b)),
            2 => (value.clone(), prop_oneof![self.text(), number.clone(), self.set()]).prop_map(|(a, b)| binary(Contains, a, b)),
            2 => (prop_oneof![self.text(), fields(&["l", "k", "i"])], pattern).prop_map(|(a, b)| binary(Like, a, b)),
            2 => (prop_oneof![number, self.date(), value.clone()], bounds).prop_map(|(value, (low, high))| {
                expr(ExprKind::Between { value: Box::new(value), low: Box::new(low), high: Box::new(high) })
            }),
            2 => value.clone().prop_map(|a| expr(ExprKind::Exists(Box::new(a)))),
            1 => value.prop_map(|a| call("exists", vec![a])),
            1 => (select(&["eq", "ne"][..]), self.value(0), self.value(0)).prop_map(|(f, a, b)| call(f, vec![a, b])),
        ]
        .boxed()
    }

    /// Anything.
    fn value(self, depth: u32) -> Exprs {
        let leaf = prop_oneof![
            4 => fields(&["i", "j", "f", "n", "s", "u", "b", "c", "d", "t", "times", "l", "k", "q", "r", "m.a", "m.b"]),
            2 => self.text(),
            1 => self.date(),
            1 => self.number(0),
        ];
        let leaf = match self.part('v') {
            Some(part) => prop_oneof![1 => leaf, 2 => part].boxed(),
            None => leaf.boxed(),
        };
        if depth == 0 {
            return leaf;
        }
        let (inner, condition) = (self.value(depth - 1), self.condition(depth - 1));
        let arms =
            (vec((inner.clone(), condition.clone()), 1..3), inner.clone()).prop_map(|(arms, default)| {
                let arms = arms.into_iter().map(|(value, condition)| {
                    expr(ExprKind::Guarded { value: Box::new(value), condition: Box::new(condition) })
                });
                call("ifcase", arms.chain([default]).collect())
            });
        prop_oneof![
            2 => leaf,
            3 => self.number(depth),
            1 => condition.clone(),
            2 => choice(condition, inner.clone(), inner.clone()),
            1 => arms,
            1 => (select(&["toint", "tonumber", "tostring", "len", "tolower", "hash.md5", "todate", "email"][..]), inner.clone())
                .prop_map(|(f, a)| call(f, vec![a])),
            1 => vec(inner.clone(), 2..4).prop_map(|args| call("oneof", args)),
            1 => (vec(inner.clone(), 1..3)).prop_map(|mut args| {
                args.push(text("-"));
                call("join", args)
            }),
            1 => (inner.clone(), inner.clone()).prop_map(|(k, v)| call("map", vec![k, v])),
            1 => inner.clone().prop_map(|a| call("split", vec![a, text("/")])),
            1 => (inner, select(&["int", "string", "time"][..]))
                .prop_map(|(a, kind)| expr(ExprKind::Cast { value: Box::new(a), kind: name(kind) })),
            1 => select(&["m.", "t", "zz"][..]).prop_map(|prefix| call("match", vec![text(prefix)])),
        ]
        .boxed()
    }

    /// A number, or text or a key that may hold one.
    fn number(self, depth: u32) -> Exprs {
        let leaf = prop_oneof![
            4 => fields(&["i", "j", "f", "n", "s", "q", "k", "m.a"]),
            2 => (-3_i64..10).prop_map(int),
            1 => select(&[0.5, 2.5, 5.0, -1.5][..]).prop_map(|number| expr(ExprKind::Literal(Literal::Number(number)))),
            1 => texts(&["5", "2.5", "-3"]),
        ];
        if depth == 0 {
            return leaf.boxed();
        }
        use BinaryOp::{Add, Div, Mul, Rem, Sub};
        let inner = self.number(depth - 1);
        prop_oneof![
            2 => leaf,
            3 => (select(&[Add, Sub, Mul, Div, Rem][..]), inner.clone(), inner.clone()).prop_map(|(op, a, b)| binary(op, a, b)),
            1 => inner.clone().prop_map(|a| match a.kind {
                // The minus of a literal is part of the literal.
                ExprKind::Literal(_) => a,
                _ => expr(ExprKind::Negate(Box::new(a))),
            }),
            1 => (select(&["toint", "tonumber", "len"][..]), self.value(0)).prop_map(|(f, a)| call(f, vec![a])),
            1 => choice(self.condition(depth - 1), inner.clone(), inner),
        ]
        .boxed()
    }

    fn text(self) -> Exprs {
        prop_oneof![
            2 => fields(&["s", "u", "n", "d", "q"]),
            2 => texts(&["", "a", "ab", "b", "5", "true", "2026-03-04", "now-1d", "é", "say \"a\""]),
            1 => fields(&["s", "u"]).prop_map(|a| call("tolower", vec![a])),
        ]
        .boxed()
    }

    fn date(self) -> Exprs {
        prop_oneof![
            2 => fields(&["t", "times"]),
            1 => fields(&["d", "s"]).prop_map(|a| call("todate", vec![a])),
            1 => Just(call("now", vec![])),
        ]
        .boxed()
    }

    /// The right side of a set operator.
    fn set(self) -> Exprs {
        let literals = || prop_oneof![self::texts(&["a", "5", "true", "b"]), (-3_i64..10).prop_map(int)];
        prop_oneof![
            2 => vec(literals(), 0..4).prop_map(|items| expr(ExprKind::Set { items, square: false })),
            1 => vec(literals(), 1..4).prop_map(|items| expr(ExprKind::Set { items, square: true })),
            2 => vec(self.value(0), 1..4).prop_map(|items| expr(ExprKind::Set { items, square: false })),
            1 => fields(&["l", "k", "s", "q"]),
            1 => Just(call("split", vec![field("s"), text("/")])),
        ]
        .boxed()
    }
}

/// `then IF condition ELSE otherwise`
fn choice(condition: Exprs, then: Exprs, otherwise: Exprs) -> Exprs {
    (condition, then, otherwise)
        .prop_map(|(condition, then, otherwise)| {
            let (condition, then, otherwise) = (Box::new(condition), Box::new(then), Box::new(otherwise));
            expr(ExprKind::IfElse { condition, then, otherwise })
        })
        .boxed()
}

#[derive(Clone, Copy)]
struct Plain;

impl Source for Plain {
    fn part(self, _: char) -> Option<Exprs> {
        None
    }
}

#[derive(Clone, Copy)]
struct Pooled;

impl Source for Pooled {
    fn part(self, kind: char) -> Option<Exprs> {
        Some(hole(kind))
    }
}
