//! The tree: what a text says, with the place of every part. Knows no function, kind or merge operator.
//!
//! Parts that recovery could not read are `None` or [`ExprKind::Broken`]; a diagnostic stands beside the tree then.

use crate::Span;
use serde::Serialize;

/// Which of the three texts is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Mapping statements: `SELECT … FROM … INTO … BY … ALIAS …`.
    Lql,
    /// Audience statements: `FILTER … FROM … ALIAS …`; newlines end list items, single quotes quote names.
    FilterQl,
}

/// A name as written, with its place; `text` is without quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Name {
    /// The name, unquoted, letter case kept.
    pub text: String,
    /// The place, quotes included.
    pub span: Span,
}

/// A string literal with its place; `text` is the value, quotes resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The value.
    pub text: String,
    /// The place, quotes included.
    pub span: Span,
}

/// One statement of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// `SELECT … FROM … INTO … BY … ALIAS …`
    Query(Query),
    /// `FILTER …`, or in FilterQL `SELECT … FROM … FILTER …`
    Filter(Filter),
}

impl Statement {
    /// From the first keyword to the last token.
    pub fn span(&self) -> Span {
        match self {
            Self::Query(query) => query.span,
            Self::Filter(filter) => filter.span,
        }
    }
}

/// A mapping statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Query {
    /// From the first keyword to the last token (the `;` excluded).
    pub span: Span,
    /// The comment block before the statement, markers removed.
    pub description: Option<String>,
    /// The columns that could be read, in order.
    pub columns: Vec<Column>,
    /// `FROM stream`
    pub from: Option<Name>,
    /// `INTO table`
    pub into: Option<Name>,
    /// `BY a OR b`
    pub by: Vec<Name>,
    /// `WHERE condition`
    pub condition: Option<Expr>,
    /// `WITH key = value, …`
    pub with: Vec<Setting>,
    /// `ALIAS name`
    pub alias: Option<Name>,
}

/// One column: an expression and its clauses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    /// From the expression to the last clause.
    pub span: Span,
    /// The value.
    pub expr: Expr,
    /// `AS name`
    pub name: Option<Name>,
    /// `IF condition`
    pub guard: Option<Expr>,
    /// `SHORTDESC "…"`
    pub shortdesc: Option<Text>,
    /// `LONGDESC "…"`
    pub longdesc: Option<Text>,
    /// `KIND map[string]int`; the text is as written, blanks removed.
    pub kind: Option<Name>,
    /// `MERGEOP latest`
    pub mergeop: Option<Name>,
}

/// An audience statement. With `columns`, it is the projecting form `SELECT … FILTER …`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Filter {
    /// From the first keyword to the last token (the `;` excluded).
    pub span: Span,
    /// The comment block before the statement, markers removed.
    pub description: Option<String>,
    /// Columns of the projecting form; empty for a plain `FILTER`.
    pub columns: Vec<Column>,
    /// The condition; [`ExprKind::Star`] for `*` and `match_all`.
    pub condition: Option<Expr>,
    /// `FROM table`
    pub from: Option<Name>,
    /// `LIMIT n`
    pub limit: Option<u64>,
    /// `WITH key = value, …`
    pub with: Vec<Setting>,
    /// `ALIAS slug`; letter case as written.
    pub alias: Option<Name>,
}

/// One `key = value` of `WITH`; of a JSON object, one member.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// The key.
    pub key: Name,
    /// The value.
    pub value: Literal,
    /// The place of the value.
    pub span: Span,
}

/// A literal value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// `NULL`
    Null,
    /// `true`, `FALSE`
    Bool(bool),
    /// `-3`, `0x1F`
    Int(i64),
    /// `1.5`, `6e23`
    Number(f64),
    /// `"text"`
    Text(String),
}

/// How a field name was written, which decides how it is looked up (reference 2.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct FieldRef {
    /// The name without quotes: `cart.total`, `cart.grand total`.
    pub text: String,
    /// How to find it when no key has the whole name.
    pub path: Path,
}

/// The second look-up of a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Only the whole name is a key: `` `cart.total` ``, `total`.
    Whole,
    /// Otherwise the map before byte `at` and its entry after it (the byte is the dot): `cart.total`,
    /// ``cart.`grand total` ``.
    Entry {
        /// Offset of the separating dot in `text`.
        at: u32,
    },
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, its own parentheses excluded.
    pub span: Span,
}

/// The forms of an expression. Each names the smallest text that leads to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExprKind {
    /// `5`, `"text"`, `true`, `NULL`
    Literal(Literal),
    /// `total`, `` `my key` ``; in FilterQL also `'my key'`
    Field(FieldRef),
    /// `email(x)`; letter case of the name as written
    Call {
        /// The function's name and its place.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// `cast(x AS int)`
    Cast {
        /// The value.
        value: Box<Expr>,
        /// The type's name.
        kind: Name,
    },
    /// `NOT x`, `!x`
    Not(Box<Expr>),
    /// `-x` of anything but a number literal
    Negate(Box<Expr>),
    /// `EXISTS x`, `x IS NOT NULL`; `x IS NULL` is `Not(Exists(x))`
    Exists(Box<Expr>),
    /// `a + b`, `a == b`, `a AND b`, `a LIKE b`, `a IN b`; `a NOT IN b` is `Not(Binary(In))`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where the operator stands.
        op_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `x BETWEEN a AND b`
    Between {
        /// The value.
        value: Box<Expr>,
        /// Lower bound, excluded.
        low: Box<Expr>,
        /// Upper bound, excluded.
        high: Box<Expr>,
    },
    /// `AND ( a, b )`, `OR ( a, b )`
    List {
        /// Which of the two.
        op: ListOp,
        /// The items.
        items: Vec<Expr>,
    },
    /// `["a", 5]` anywhere; `("a", b)` after `IN`, `INTERSECTS`, `CONTAINS`
    Set {
        /// The items.
        items: Vec<Expr>,
        /// Whether it was written with square brackets (`LIKE` takes only those).
        square: bool,
    },
    /// `INCLUDE other_segment`
    Include(Name),
    /// `"vip" IF spend > 9 ELSE "std"`
    IfElse {
        /// The condition.
        condition: Box<Expr>,
        /// Value when it is true.
        then: Box<Expr>,
        /// Value otherwise.
        otherwise: Box<Expr>,
    },
    /// `v IF c` as an argument of `ifcase`
    Guarded {
        /// The value.
        value: Box<Expr>,
        /// When it counts.
        condition: Box<Expr>,
    },
    /// `*` in `count(*)` and `FILTER *`
    Star,
    /// A part that could not be read; a diagnostic says why.
    Broken,
}

/// The two list operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ListOp {
    /// `AND (…)`
    And,
    /// `OR (…)`
    Or,
}

/// Operators between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BinaryOp {
    /// `OR`, `||`
    Or,
    /// `AND`, `&&`
    And,
    /// `==`, `=`
    Eq,
    /// `!=`, `<>`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `<`
    Lt,
    /// `<=`
    Le,
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
    /// `IN`
    In,
    /// `LIKE`
    Like,
    /// `CONTAINS`
    Contains,
    /// `INTERSECTS`
    Intersects,
}

impl BinaryOp {
    /// The operator as it is printed, of its spellings the one that the formatter chooses.
    pub fn text(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::In => "IN",
            Self::Like => "LIKE",
            Self::Contains => "CONTAINS",
            Self::Intersects => "INTERSECTS",
        }
    }
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// Calls `visit` on every direct operand, left to right.
    pub fn children<'t>(&'t self, mut visit: impl FnMut(&'t Expr)) {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Field(_)
            | ExprKind::Include(_)
            | ExprKind::Star
            | ExprKind::Broken => {}
            ExprKind::Call { args: items, .. }
            | ExprKind::List { items, .. }
            | ExprKind::Set { items, .. } => items.iter().for_each(visit),
            ExprKind::Cast { value, .. }
            | ExprKind::Not(value)
            | ExprKind::Negate(value)
            | ExprKind::Exists(value) => visit(value),
            ExprKind::Binary { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::Between { value, low, high } => {
                visit(value);
                visit(low);
                visit(high);
            }
            ExprKind::IfElse { condition, then, otherwise } => {
                visit(then);
                visit(condition);
                visit(otherwise);
            }
            ExprKind::Guarded { value, condition } => {
                visit(value);
                visit(condition);
            }
        }
    }
}
