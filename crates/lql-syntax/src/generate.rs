//! Random good expressions and statements, for the laws of printing and formatting.

use crate::ast::{BinaryOp, Dialect, Expr, ExprKind, FieldRef, ListOp, Literal, Name, Path};
use crate::{Span, TokenKind};
use proptest::prelude::*;

fn at(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::default())
}

fn boxed(expr: Expr) -> Box<Expr> {
    Box::new(expr)
}

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), span: Span::default() }
}

fn field() -> impl Strategy<Value = ExprKind> + Clone {
    let texts = [
        "a",
        "total-tax",
        "grand total",
        "from",
        "x.y",
        "has.dot",
        "3f",
        "straße",
        "match_all",
        "true",
        "_e",
    ];
    prop_oneof![
        prop::sample::select(texts.to_vec())
            .prop_map(|text| ExprKind::Field(FieldRef { text: text.to_owned(), path: Path::Whole })),
        prop::sample::select(vec![
            ("cart", "total"),
            ("a b", "c"),
            ("m", "2601"),
            ("m", "k.l"),
            ("m", "k l"),
            ("x.y", "z")
        ])
        .prop_map(|(map, entry)| ExprKind::Field(FieldRef {
            text: format!("{map}.{entry}"),
            path: Path::Entry { at: map.len() as u32 },
        })),
    ]
}

fn text() -> impl Strategy<Value = ExprKind> + Clone {
    let texts = ["", "a", "say \"hi\"", "it's", "-- no", "a\\b", "C:\\\\", "ü, (x"];
    prop::sample::select(texts.to_vec()).prop_map(|text| ExprKind::Literal(Literal::Text(text.to_owned())))
}

fn scalar() -> impl Strategy<Value = ExprKind> + Clone {
    prop_oneof![
        any::<i64>().prop_map(|value| ExprKind::Literal(Literal::Int(value))),
        prop::num::f64::NORMAL.prop_map(|value| ExprKind::Literal(Literal::Number(value))),
        prop_oneof![Just(Literal::Null), Just(Literal::Bool(true)), Just(Literal::Bool(false))]
            .prop_map(ExprKind::Literal),
        text(),
    ]
}

fn operators() -> impl Strategy<Value = BinaryOp> {
    use BinaryOp as B;
    prop::sample::select(vec![
        B::Or,
        B::And,
        B::And,
        B::Eq,
        B::Ne,
        B::Gt,
        B::Ge,
        B::Lt,
        B::Le,
        B::Add,
        B::Sub,
        B::Mul,
        B::Div,
        B::Rem,
        B::Like,
    ])
}

/// Any expression that a text can say.
pub(crate) fn expressions() -> impl Strategy<Value = Expr> {
    let includes = ["seg", "my seg", "3f9a-2", "14d", "5", "and"];
    let leaf = prop_oneof![
        4 => field(),
        3 => scalar(),
        1 => prop::sample::select(includes.to_vec()).prop_map(|it| ExprKind::Include(name(it))),
        1 => Just(ExprKind::Call { name: name("count"), args: vec![at(ExprKind::Star)] }),
    ]
    .prop_map(at);
    leaf.prop_recursive(5, 48, 4, |inner| {
        let calls = prop::sample::select(vec!["f", "not", "exists", "hash.md5", "contains"]);
        let square = prop::collection::vec(scalar().prop_map(literal_without_constants), 0..4)
            .prop_map(|items| at(ExprKind::Set { items: items.into_iter().map(at).collect(), square: true }));
        let round = prop::collection::vec(inner.clone(), 0..4)
            .prop_map(|items| at(ExprKind::Set { items, square: false }));
        let within = prop_oneof![
            square.clone(),
            round,
            field().prop_map(at),
            text().prop_map(at),
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|args| at(ExprKind::Call { name: name("g"), args })),
        ];
        let sets = prop::sample::select(vec![BinaryOp::In, BinaryOp::Intersects, BinaryOp::Contains]);
        prop_oneof![
            4 => (operators(), inner.clone(), inner.clone()).prop_map(|(op, l, r)| at(ExprKind::Binary {
                op, op_span: Span::default(), left: boxed(l), right: boxed(r),
            })),
            2 => (sets, inner.clone(), within).prop_map(|(op, l, r)| at(ExprKind::Binary {
                op, op_span: Span::default(), left: boxed(l), right: boxed(r),
            })),
            1 => (inner.clone(), square).prop_map(|(l, r)| at(ExprKind::Binary {
                op: BinaryOp::Like, op_span: Span::default(), left: boxed(l), right: boxed(r),
            })),
            2 => inner.clone().prop_map(|it| at(ExprKind::Not(boxed(it)))),
            1 => inner.clone().prop_map(|it| at(ExprKind::Negate(boxed(it)))),
            1 => inner.clone().prop_map(|it| at(ExprKind::Exists(boxed(it)))),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| at(ExprKind::Between {
                value: boxed(a), low: boxed(b), high: boxed(c),
            })),
            3 => (any::<bool>(), prop::collection::vec(inner.clone(), 0..4)).prop_map(|(and, mut items)| {
                // A list of one item is that item.
                if items.len() == 1 {
                    return items.remove(0);
                }
                at(ExprKind::List { op: if and { ListOp::And } else { ListOp::Or }, items })
            }),
            2 => (calls, prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(it, args)| at(ExprKind::Call { name: name(it), args })),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| at(ExprKind::IfElse {
                condition: boxed(a), then: boxed(b), otherwise: boxed(c),
            })),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| at(ExprKind::Call {
                name: name("ifcase"),
                args: vec![at(ExprKind::Guarded { value: boxed(a), condition: boxed(b) }), c],
            })),
            1 => (inner, prop::sample::select(vec!["int", "map[string]int", "[]string", "ts[]string"]))
                .prop_map(|(it, kind)| at(ExprKind::Cast { value: boxed(it), kind: name(kind) })),
        ]
    })
}

fn literal_without_constants(kind: ExprKind) -> ExprKind {
    // `[true]` and `[null]` are quoted names.
    match kind {
        ExprKind::Literal(Literal::Null | Literal::Bool(_)) => ExprKind::Literal(Literal::Int(0)),
        kind => kind,
    }
}

/// What may stand between two tokens of a good text.
fn gaps() -> impl Strategy<Value = &'static str> {
    let mut gaps = vec![" ", " ", " ", "  ", "\t", " /* c */ ", " /* two\n   lines */ "];
    gaps.extend(["\n", "\n\n", " -- c\n", "\n-- own line\n", "\n\n# own\n// more\n"]);
    prop::sample::select(gaps)
}

/// A good text: one or two statements with blanks and comments between any two tokens.
pub(crate) fn statements(dialect: Dialect) -> impl Strategy<Value = String> {
    let conditions = prop::collection::vec(expressions(), 6);
    (conditions, prop::collection::vec(gaps(), 1..200), any::<u16>()).prop_map(
        move |(exprs, gaps, choice)| {
            let texts: Vec<String> = exprs.iter().map(|it| crate::print_expr(it, dialect)).collect();
            let flat = match dialect {
                Dialect::Lql => query(&texts, choice),
                Dialect::FilterQl => filter(&texts, choice),
            };
            respaced(&flat, dialect, &gaps)
        },
    )
}

fn query(texts: &[String], choice: u16) -> String {
    let pick = |bit: u16| choice & (1 << bit) != 0;
    let [first, guard, second, condition, third, last] = texts else { return String::new() };
    let clauses = ["KIND map[string]int", "SHORTDESC \"s\"", "MERGEOP latest", "LONGDESC 'l'"];
    let column =
        if pick(0) { clauses.join(" ") } else { clauses.iter().rev().copied().collect::<Vec<_>>().join(" ") };
    let mut rest = vec!["FROM s".to_owned(), "INTO user".to_owned(), "BY x OR `y z`".to_owned()];
    if pick(1) {
        rest.push(format!("WHERE {condition}"));
    }
    if pick(2) {
        rest.push("WITH a = 1, kind = \"x\", z = -2.5".to_owned());
    }
    if pick(3) {
        rest.push("WITH {\"a\": true, \"b\": null}".to_owned());
        rest.retain(|it| !it.starts_with("WITH a"));
    }
    rest.push("ALIAS q".to_owned());
    let rotation = usize::from(choice >> 8) % rest.len();
    rest.rotate_left(rotation);
    let comma = if pick(4) { "," } else { "" };
    let end = if pick(5) && pick(6) { ";" } else { "" };
    format!(
        "SELECT {first} AS x {column} IF {guard} , {second} AS `y z` , {third} AS w IF {last} {comma} {} {end} {}",
        rest.join(" "),
        if pick(6) { "" } else { "; SELECT a FROM b INTO c BY a ALIAS d" }
    )
}

fn filter(texts: &[String], choice: u16) -> String {
    let pick = |bit: u16| choice & (1 << bit) != 0;
    let [a, b, c, d, ..] = texts else { return String::new() };
    let condition = if pick(0) { format!("AND ( {a} , OR ( {b} , {c} , ) )") } else { a.clone() };
    let tail = if pick(1) { "LIMIT 5 WITH name = \"n\" ALIAS q" } else { "ALIAS `q r`" };
    if pick(2) {
        format!("FILTER {condition} FROM user {tail}")
    } else {
        format!("SELECT {d} AS x IF {b} , * , {c} FROM user FILTER {condition} {tail} ; FILTER *")
    }
}

/// The text with other blanks between its tokens, where it has any.
fn respaced(text: &str, dialect: Dialect, gaps: &[&str]) -> String {
    let mut gaps = gaps.iter().cycle();
    let mut complete = true;
    let mut spaced = String::new();
    for token in crate::lex(text) {
        if token.kind == TokenKind::Whitespace {
            let gap = gaps.next().copied().unwrap_or(" ");
            // In FilterQL a line may end only where nothing is complete.
            let ends_line = gap.contains('\n') && !gap.contains("two");
            let fits = dialect == Dialect::Lql || !complete || !ends_line;
            spaced.push_str(if fits { gap } else { " " });
        } else {
            complete = !matches!(token.kind, TokenKind::Comma | TokenKind::OpenRound | TokenKind::OpenSquare);
            spaced.push_str(token.span.of(text));
        }
    }
    spaced
}
