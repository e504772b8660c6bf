//! The tree of an expression to text, on one line, so that reading it gives the same tree again.
//!
//! For diagnostics and for trees that were made and not read. Text that people wrote is formatted from its tokens.

use crate::ast::{BinaryOp, Dialect, Expr, ExprKind, FieldRef, ListOp, Literal, Name};
use crate::lexeme::{Keyword, lexemes};
use crate::{TokenKind, lex, literal, words};

/// An expression as text, canonically spelt; places aside, [`crate::parse_expression`] gives it back.
///
/// ```
/// # use lql_syntax::{parse_expression, print_expr, ast::Dialect};
/// let (expr, _) = parse_expression("and(a=1 , not x in ('b'))", Dialect::Lql);
/// assert_eq!(print_expr(&expr, Dialect::Lql), r#"AND ( a == 1, x NOT IN ("b") )"#);
/// ```
pub fn print_expr(expr: &Expr, dialect: Dialect) -> String {
    let mut printer = Printer { dialect, out: String::new() };
    printer.expr(expr, Level::Value);
    printer.out
}

/// How tightly a form binds; a looser one inside a tighter one gets brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Value,
    Or,
    And,
    Comparison,
    Closed,
    Sum,
    Product,
    Unary,
    Operand,
}

struct Printer {
    dialect: Dialect,
    out: String,
}

impl Printer {
    fn expr(&mut self, expr: &Expr, at_least: Level) {
        if self.level(expr) < at_least {
            self.out.push('(');
            self.bare(expr);
            self.out.push(')');
        } else {
            self.bare(expr);
        }
    }

    fn level(&self, expr: &Expr) -> Level {
        match &expr.kind {
            ExprKind::IfElse { .. } | ExprKind::Guarded { .. } => Level::Value,
            ExprKind::Binary { op, .. } => binary_level(*op),
            ExprKind::Between { .. } => Level::Closed,
            ExprKind::Not(inner) if self.negated_operator(inner) => Level::Closed,
            ExprKind::Not(_) => Level::Comparison,
            ExprKind::Negate(_) | ExprKind::Exists(_) => Level::Unary,
            _ => Level::Operand,
        }
    }

    /// Whether `NOT` stands inside: `x NOT IN (…)`. In FilterQL the canonical form has it inside for BETWEEN only.
    fn negated_operator(&self, inner: &Expr) -> bool {
        match &inner.kind {
            ExprKind::Between { .. } => true,
            ExprKind::Binary { op, .. } => self.dialect == Dialect::Lql && is_word_operator(*op),
            _ => false,
        }
    }

    fn bare(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Field(field) => self.out.push_str(&spell_field(field)),
            ExprKind::Call { name, args } => {
                self.out.push_str(&name.text);
                self.items("(", args, ")");
            }
            ExprKind::Cast { value, kind } => {
                self.out.push_str("cast(");
                self.expr(value, Level::Value);
                self.out.push_str(" AS ");
                self.out.push_str(&spell_kind(kind));
                self.out.push(')');
            }
            ExprKind::Not(inner) => self.not(inner),
            ExprKind::Negate(inner) => self.negate(inner),
            ExprKind::Exists(inner) => {
                self.out.push_str("EXISTS ");
                self.expr(inner, Level::Operand);
            }
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, false, left, right),
            ExprKind::Between { value, low, high } => self.between(false, value, low, high),
            ExprKind::List { op, items } => self.list(*op, items),
            ExprKind::Set { items, square: true } => self.items("[", items, "]"),
            ExprKind::Set { items, square: false } => self.items("(", items, ")"),
            ExprKind::Include(name) => {
                self.out.push_str("INCLUDE ");
                self.out.push_str(&spell_included(&name.text));
            }
            ExprKind::IfElse { condition, then, otherwise } => {
                self.expr(then, Level::Or);
                self.out.push_str(" IF ");
                self.expr(condition, Level::Or);
                self.out.push_str(" ELSE ");
                self.expr(otherwise, Level::Value);
            }
            ExprKind::Guarded { value, condition } => {
                self.expr(value, Level::Or);
                self.out.push_str(" IF ");
                self.expr(condition, Level::Or);
            }
            ExprKind::Star => self.out.push('*'),
            ExprKind::Broken => self.out.push('…'),
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null => self.out.push_str("NULL"),
            Literal::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Literal::Int(value) => self.out.push_str(&value.to_string()),
            Literal::Number(value) => self.out.push_str(&number(*value)),
            Literal::Text(value) => self.out.push_str(&quote(value)),
        }
    }

    fn items(&mut self, open: &str, items: &[Expr], close: &str) {
        self.out.push_str(open);
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            self.expr(item, Level::Value);
        }
        self.out.push_str(close);
    }

    fn not(&mut self, inner: &Expr) {
        match &inner.kind {
            ExprKind::Between { value, low, high } => self.between(true, value, low, high),
            ExprKind::Binary { op, left, right, .. } if self.negated_operator(inner) => {
                self.binary(*op, true, left, right);
            }
            ExprKind::Binary { op, .. } if is_word_operator(*op) => {
                self.out.push_str("NOT (");
                self.bare(inner);
                self.out.push(')');
            }
            _ => {
                self.out.push_str("NOT ");
                self.expr(inner, Level::Comparison);
            }
        }
    }

    fn negate(&mut self, inner: &Expr) {
        // `-5` is a literal and `--` a comment.
        let number = matches!(inner.kind, ExprKind::Literal(Literal::Int(_) | Literal::Number(_)));
        if number || matches!(inner.kind, ExprKind::Negate(_)) {
            self.out.push_str("-(");
            self.bare(inner);
            self.out.push(')');
        } else {
            self.out.push('-');
            self.expr(inner, Level::Unary);
        }
    }

    fn binary(&mut self, op: BinaryOp, not: bool, left: &Expr, right: &Expr) {
        let level = binary_level(op);
        self.expr(left, level);
        self.out.push_str(if not { " NOT " } else { " " });
        self.out.push_str(op.text());
        self.out.push(' ');
        let round = matches!(right.kind, ExprKind::Set { square: false, .. });
        match op {
            BinaryOp::Or => self.expr(right, Level::And),
            BinaryOp::And => self.expr(right, Level::Comparison),
            BinaryOp::Add | BinaryOp::Sub => self.expr(right, Level::Product),
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => self.expr(right, Level::Unary),
            _ if round => self.bare(right),
            _ => self.expr(right, Level::Sum),
        }
    }

    fn between(&mut self, not: bool, value: &Expr, low: &Expr, high: &Expr) {
        self.expr(value, Level::Closed);
        self.out.push_str(if not { " NOT BETWEEN " } else { " BETWEEN " });
        self.expr(low, Level::Sum);
        self.out.push_str(" AND ");
        self.expr(high, Level::Sum);
    }

    fn list(&mut self, op: ListOp, items: &[Expr]) {
        let op = match op {
            ListOp::And => "AND",
            ListOp::Or => "OR",
        };
        self.out.push_str(op);
        if items.is_empty() {
            self.out.push_str(" ()");
            return;
        }
        self.out.push_str(" ( ");
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push_str(", ");
            }
            let start = self.out.len();
            self.expr(item, Level::Value);
            // Directly in a list, `AND (` would begin the next item.
            let chain = matches!(
                item.kind,
                ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or, .. } | ExprKind::IfElse { .. }
            );
            if chain && self.out.get(start..).is_some_and(|it| it.contains(" AND (")) {
                self.out.insert(start, '(');
                self.out.push(')');
            }
        }
        self.out.push_str(" )");
    }
}

/// The shortest form that has a decimal point or an exponent.
fn number(value: f64) -> String {
    format!("{value:?}")
}

fn binary_level(op: BinaryOp) -> Level {
    match op {
        BinaryOp::Or => Level::Or,
        BinaryOp::And => Level::And,
        BinaryOp::Add | BinaryOp::Sub => Level::Sum,
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => Level::Product,
        _ => Level::Closed,
    }
}

fn is_word_operator(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::In | BinaryOp::Like | BinaryOp::Contains | BinaryOp::Intersects)
}

/// A string in double quotes; in single ones when a backslash stands where it would escape the quote.
fn quote(value: &str) -> String {
    let doubled = words::quote(value);
    if literal::unquote(&doubled) == value && lex(&doubled).len() == 1 {
        return doubled;
    }
    format!("'{}'", value.replace('\'', "''"))
}

/// A field as it must be written to be looked up the same way.
pub(crate) fn spell_field(field: &FieldRef) -> String {
    let mut spellings = Vec::new();
    // `FILTER match_all` means everybody.
    if !field.text.eq_ignore_ascii_case("match_all") {
        spellings.push(field.text.clone());
    }
    if let crate::ast::Path::Entry { at } = field.path {
        let (map, entry) = field.text.split_at_checked(at as usize).unwrap_or((&field.text, ""));
        let entry = entry.strip_prefix('.').unwrap_or(entry);
        spellings.push(format!("{map}.`{entry}`"));
        spellings.push(format!("`{map}`.`{entry}`"));
    }
    spellings.push(format!("`{}`", field.text));
    let same = |spelling: &String| match lex(spelling).as_slice() {
        [token] => {
            token.kind.is_name()
                && (token.kind != TokenKind::Word || Keyword::of(spelling).is_none())
                && literal::field(token.kind, spelling) == *field
        }
        _ => false,
    };
    // Only single quotes can hold a backquote.
    spellings.into_iter().find(same).unwrap_or_else(|| format!("'{}'", field.text.replace('\'', "''")))
}

fn spell_kind(kind: &Name) -> String {
    let tokens = lex(&kind.text);
    let lexemes = lexemes(&kind.text, &tokens);
    match words::kind_name(&kind.text, &lexemes) {
        (Some(name), count) if name.text == kind.text && count == lexemes.len() => kind.text.clone(),
        _ => format!("`{}`", kind.text),
    }
}

fn spell_included(name: &str) -> String {
    let tokens = lex(name);
    let lexemes = lexemes(name, &tokens);
    let bare = words::glued(&lexemes).len() == tokens.len()
        && !name.chars().all(|c| c.is_ascii_digit())
        && lexemes.first().is_some_and(|it| it.keyword.is_none());
    match (bare, name.contains('`')) {
        (true, _) => name.to_owned(),
        (false, false) => format!("`{name}`"),
        (false, true) => format!("'{}'", name.replace('\'', "''")),
    }
}
