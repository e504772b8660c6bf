//! Which values pass a condition on one operand: enough to see that two conditions exclude each other, or that one covers the
//! other. What cannot be said for certain is left unsaid.

use super::project::{Comparison, comparison, number_of, spelt, text_of};
use crate::{Kind, Time, convert, dates};
use lql_syntax::ast::{BinaryOp, Expr, ExprKind};

/// A condition on one operand.
#[derive(Clone, Debug)]
pub(super) struct Test<'t> {
    /// The operand, spelt.
    pub subject: String,
    /// The operand.
    pub operand: &'t Expr,
    /// The whole condition.
    pub expr: &'t Expr,
    passes: Passes,
}

/// What passes.
#[derive(Clone, Debug)]
enum Passes {
    /// These values. Of `IN`, a list passes that has one of them.
    These(Vec<Point>),
    In(Vec<Point>),
    /// All but these, and a missing one.
    NotThese(Vec<Point>),
    /// What lies between two ends; an absent end is open.
    Between {
        low: Option<End>,
        high: Option<End>,
        whole: bool,
    },
    /// Any value, the empty text aside.
    Present,
    /// No value, or the empty text.
    Absent,
}

#[derive(Clone, Copy, Debug)]
struct End {
    at: f64,
    scale: Scale,
    included: bool,
}

/// What a literal says.
#[derive(Clone, Debug, PartialEq)]
enum Point {
    On(f64, Scale),
    Text(String),
    /// A boolean, `NULL`: not reasoned about.
    Other(String),
}

/// Numbers, dates and times counted from now have no common order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Number,
    Date,
    FromNow,
}

/// Reads a condition on one operand that is compared with literals. `kind` is the operand's static kind.
pub(super) fn test(expr: &Expr, kind: impl Fn(&Expr) -> Kind) -> Option<Test<'_>> {
    let (operand, passes) = match &expr.kind {
        ExprKind::Exists(operand) => (&**operand, Passes::Present),
        ExprKind::Not(inner) => match &inner.kind {
            ExprKind::Exists(operand) => (&**operand, Passes::Absent),
            _ => return None,
        },
        ExprKind::Between { value, low, high } => {
            let kind = kind(value);
            let end = |bound| Some(End { included: false, ..end(bound, kind)? });
            let whole = kind == Kind::Int;
            (&**value, Passes::Between { low: Some(end(low)?), high: Some(end(high)?), whole })
        }
        ExprKind::Binary { op: BinaryOp::In, left, right, .. } => {
            let ExprKind::Set { items, .. } = &right.kind else { return None };
            let kind = kind(left);
            (&**left, Passes::In(items.iter().map(|item| point(item, kind)).collect::<Option<_>>()?))
        }
        _ => {
            let Comparison { op, left, right } = comparison(expr)?;
            let of = kind(left);
            let passes = match op {
                BinaryOp::Eq => Passes::These(vec![point(right, of)?]),
                BinaryOp::Ne => Passes::NotThese(vec![point(right, of)?]),
                _ => {
                    let included = matches!(op, BinaryOp::Ge | BinaryOp::Le);
                    let end = End { included, ..end(right, of)? };
                    let whole = of == Kind::Int;
                    if matches!(op, BinaryOp::Gt | BinaryOp::Ge) {
                        Passes::Between { low: Some(end), high: None, whole }
                    } else {
                        Passes::Between { low: None, high: Some(end), whole }
                    }
                }
            };
            (left, passes)
        }
    };
    // Of a set, one element may pass one condition and another the other.
    let many = kind(operand);
    if many.is_set() || many.is_map() || matches!(operand.kind, ExprKind::Literal(_)) {
        return None;
    }
    Some(Test { subject: spelt(operand), operand, expr, passes })
}

fn end(bound: &Expr, kind: Kind) -> Option<End> {
    match point(bound, kind)? {
        Point::On(at, scale) => Some(End { at, scale, included: false }),
        _ => None,
    }
}

fn point(literal: &Expr, kind: Kind) -> Option<Point> {
    if let Some(number) = number_of(literal) {
        let scale = if kind == Kind::Date { Scale::Date } else { Scale::Number };
        return Some(Point::On(if kind == Kind::Date { number / 1000.0 } else { number }, scale));
    }
    if let Some(text) = text_of(literal) {
        if kind == Kind::Date {
            let relative = dates::parse_math(text).is_some();
            // Any fixed clock serves to compare two offsets.
            let time = dates::parse(text, Time::from_seconds(1_700_000_000)?)?;
            let scale = if relative { Scale::FromNow } else { Scale::Date };
            return Some(Point::On(time.seconds() as f64, scale));
        }
        if matches!(kind, Kind::Int | Kind::Number) {
            return Some(Point::On(convert::parse_number(text)?, Scale::Number));
        }
        return Some(Point::Text(text.to_owned()));
    }
    matches!(literal.kind, ExprKind::Literal(_)).then(|| Point::Other(spelt(literal)))
}

impl Point {
    /// Whether no value equals both.
    fn differs(&self, other: &Point) -> bool {
        match (self, other) {
            (Point::On(a, of_a), Point::On(b, of_b)) => of_a == of_b && a != b,
            (Point::Text(a), Point::Text(b)) => {
                let numbers = convert::parse_number(a).zip(convert::parse_number(b));
                let words = |text: &str| convert::to_bool(crate::Value::Text(text));
                let flags = words(a).zip(words(b));
                // Of an unknown kind: a number or a boolean may equal texts that are spelt differently.
                a != b && numbers.is_none_or(|(a, b)| a != b) && flags.is_none_or(|(a, b)| a != b)
            }
            _ => false,
        }
    }
}

impl Test<'_> {
    /// Whether no value passes both.
    pub fn excludes(&self, other: &Test<'_>) -> bool {
        use Passes::{Absent, Between, In, NotThese, Present, These};
        match (&self.passes, &other.passes) {
            (These(a), These(b) | In(b)) | (In(b), These(a)) => {
                a.iter().all(|a| b.iter().all(|b| a.differs(b)))
            }
            (These(a), NotThese(b)) | (NotThese(b), These(a)) => a.iter().all(|a| b.contains(a)),
            (These(points), between @ Between { .. }) | (between @ Between { .. }, These(points)) => {
                points.iter().all(|point| between.is_outside(point))
            }
            (Between { low, high, whole }, Between { low: other_low, high: other_high, .. }) => {
                is_empty(*low, *other_high, *whole) || is_empty(*other_low, *high, *whole)
            }
            (Present | Between { .. }, Absent) | (Absent, Present | Between { .. }) => true,
            (These(points) | In(points), Absent) | (Absent, These(points) | In(points)) => {
                points.iter().all(Point::is_something)
            }
            _ => false,
        }
    }

    /// Whether nothing passes at all: `x BETWEEN 5 AND 5`.
    pub fn is_empty(&self) -> bool {
        match &self.passes {
            Passes::Between { low, high, whole } => is_empty(*low, *high, *whole),
            Passes::These(points) | Passes::In(points) => points.is_empty(),
            _ => false,
        }
    }

    /// Whether everything that passes `other` passes this.
    pub fn covers(&self, other: &Test<'_>) -> bool {
        use Passes::{Between, In, NotThese, Present, These};
        match (&self.passes, &other.passes) {
            (These(a), These(b)) | (In(a), These(b) | In(b)) => b.iter().all(|point| a.contains(point)),
            (between @ Between { .. }, These(points)) => points.iter().all(|point| between.is_inside(point)),
            (Between { low, high, .. }, Between { low: other_low, high: other_high, .. }) => {
                reaches(*low, *other_low, |a, b| a < b) && reaches(*high, *other_high, |a, b| a > b)
            }
            (NotThese(a), These(b)) => a.iter().all(|a| b.iter().all(|b| a.differs(b))),
            (NotThese(a), NotThese(b)) => a.iter().all(|point| b.contains(point)),
            (Present, Between { .. }) => true,
            (Present, These(points)) => points.iter().all(Point::is_something),
            _ => false,
        }
    }

    /// Whether every value passes one or the other.
    pub fn completes(&self, other: &Test<'_>) -> bool {
        use Passes::{Absent, Between, NotThese, Present, These};
        match (&self.passes, &other.passes) {
            (NotThese(a), NotThese(b)) => a.iter().all(|a| b.iter().all(|b| a.differs(b))),
            (NotThese(a), These(b)) | (These(b), NotThese(a)) => a.iter().all(|point| b.contains(point)),
            (Between { low: Some(low), high: None, .. }, Between { low: None, high: Some(high), .. })
            | (Between { low: None, high: Some(high), .. }, Between { low: Some(low), high: None, .. }) => {
                low.scale == high.scale
                    && (low.at < high.at || low.at == high.at && (low.included || high.included))
            }
            (Present, Absent) | (Absent, Present) => true,
            _ => false,
        }
    }
}

impl Point {
    /// Whether a missing value never equals it, and the empty text neither.
    fn is_something(&self) -> bool {
        match self {
            Point::On(..) => true,
            Point::Text(text) => !text.is_empty(),
            Point::Other(_) => false,
        }
    }
}

impl Passes {
    fn is_inside(&self, point: &Point) -> bool {
        let (Passes::Between { low, high, .. }, Point::On(at, scale)) = (self, point) else { return false };
        let point = Some(End { at: *at, scale: *scale, included: true });
        reaches(*low, point, |a, b| a < b) && reaches(*high, point, |a, b| a > b)
    }

    fn is_outside(&self, point: &Point) -> bool {
        let (Passes::Between { low, high, .. }, Point::On(at, scale)) = (self, point) else { return false };
        let point = Some(End { at: *at, scale: *scale, included: true });
        is_empty(*low, point, false) || is_empty(point, *high, false)
    }
}

/// Whether nothing lies above `low` and below `high`.
fn is_empty(low: Option<End>, high: Option<End>, whole: bool) -> bool {
    let (Some(low), Some(high)) = (low, high) else { return false };
    if low.scale != high.scale {
        return false;
    }
    let closed = low.included && high.included;
    let gap = whole && !low.included && !high.included && low.at.fract() == 0.0 && high.at - low.at <= 1.0;
    low.at > high.at || low.at == high.at && !closed || gap
}

/// Whether an end of a range lies at or beyond the end of another.
fn reaches(end: Option<End>, other: Option<End>, beyond: fn(f64, f64) -> bool) -> bool {
    match (end, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(a), Some(b)) => {
            a.scale == b.scale && (beyond(a.at, b.at) || a.at == b.at && (a.included || !b.included))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_syntax::ast::Dialect;

    /// Whether the first excludes, covers and completes the second.
    fn relation(a: &str, b: &str, kind: Kind) -> (bool, bool, bool) {
        let read = |text| lql_syntax::parse_expression(text, Dialect::Lql).0;
        let (a, b) = (read(a), read(b));
        let (a, b) = (test(&a, |_| kind).unwrap(), test(&b, |_| kind).unwrap());
        assert_eq!(a.excludes(&b), b.excludes(&a), "excluding is mutual");
        (a.excludes(&b), a.covers(&b), a.completes(&b))
    }

    #[test]
    fn what_excludes_what() {
        for (a, b, kind) in [
            ("x > 5", "x < 3", Kind::Number),
            ("x > 5", "x <= 5", Kind::Dynamic),
            ("x > 5", "x < 6", Kind::Int),
            ("x == \"a\"", "x == \"b\"", Kind::Text),
            ("x == \"a\"", "x IN (\"b\", \"c\")", Kind::Text),
            ("x == 5", "x > 5", Kind::Number),
            ("EXISTS x", "NOT EXISTS x", Kind::Text),
            ("x > \"now-7d\"", "x < \"now-30d\"", Kind::Date),
            ("x == 1", "x != 1", Kind::Number),
        ] {
            assert!(relation(a, b, kind).0, "{a} excludes {b}");
        }
        for (a, b, kind) in [
            ("x > 5", "x < 6", Kind::Number),
            ("x >= 5", "x <= 5", Kind::Number),
            ("x == \"1\"", "x == \"1.0\"", Kind::Dynamic),
            ("x IN (\"a\")", "x IN (\"b\")", Kind::Dynamic),
            ("x > \"now-7d\"", "x < \"2026-01-01\"", Kind::Date),
            ("x == \"\"", "NOT EXISTS x", Kind::Text),
        ] {
            assert!(!relation(a, b, kind).0, "{a} does not exclude {b}");
        }
    }

    #[test]
    fn what_covers_and_completes_what() {
        for (a, b) in [("x > 5", "x > 7"), ("x >= 5", "x == 5"), ("x != 1", "x == 2"), ("EXISTS x", "x > 0")]
        {
            assert!(relation(a, b, Kind::Number).1, "{a} covers {b}");
            assert!(!relation(b, a, Kind::Number).1, "{b} does not cover {a}");
        }
        for (a, b) in [("x != 1", "x != 2"), ("x > 5", "x < 7"), ("x >= 5", "x < 5"), ("x == 1", "x != 1")] {
            assert!(relation(a, b, Kind::Number).2, "{a} completes {b}");
        }
        assert!(!relation("x > 5", "x < 5", Kind::Number).2);
    }
}
