//! Checks of one expression: names, arity, argument kinds, literals, places; and the kind it gives.

use crate::catalog::{self, Function, ParamKind, Presence, ResultKind, Scope};
use crate::codes;
use crate::lower::{kind_of, literal_text};
use crate::suggest::{choice, nearest};
use crate::{Kind, Time};
use lql_syntax::ast::{BinaryOp, Dialect, Expr, ExprKind, Literal, Name};
use lql_syntax::{Diagnostic, Safety, Span};
use std::collections::HashMap;

/// Where an expression stands, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The whole value of a column: an aggregate may stand here.
    Column,
    /// An operand or argument.
    Inner,
    /// An argument of `ifcase`: `v IF c` may stand here.
    Arm,
    /// A whole filter: `*` may stand here.
    Filter,
}

/// What surrounds the expressions of a statement.
pub(crate) struct Scene<'s> {
    pub(crate) dialect: Dialect,
    /// In a filter: the fields of its table, or `None` when nothing writes it (then any name goes).
    pub(crate) fields: Option<&'s HashMap<String, Kind>>,
    /// In a filter: whether segments may be included. The project checks their names.
    pub(crate) includes: bool,
    /// Kinds of single fields, as the batch door declares them.
    pub(crate) kinds: Option<&'s HashMap<String, Kind>>,
}

/// Names that every profile has besides its fields.
pub(crate) const SYSTEM_FIELDS: &[(&str, Kind)] =
    &[("_id", Kind::Text), ("_created", Kind::Date), ("_modified", Kind::Date)];

/// The findings of a statement's expressions and the kind of each.
pub(crate) struct ExprChecker<'s> {
    pub(crate) scene: Scene<'s>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The static kind of every sub-expression, innermost first.
    pub(crate) types: Vec<(Span, Kind)>,
    /// Every `INCLUDE`.
    pub(crate) included: Vec<Name>,
}

impl<'s> ExprChecker<'s> {
    pub(crate) fn new(scene: Scene<'s>) -> Self {
        Self { scene, diagnostics: Vec::new(), types: Vec::new(), included: Vec::new() }
    }

    /// Checks an expression; its static kind, [`Kind::Dynamic`] when it shows only at run time.
    pub(crate) fn expr(&mut self, expr: &Expr, place: Place) -> Kind {
        let kind = self.kind_of(expr, place);
        self.types.push((expr.span, kind));
        kind
    }

    /// Checks a condition: warns when it can never be a boolean.
    pub(crate) fn condition(&mut self, expr: &Expr) {
        let place = if self.scene.dialect == Dialect::FilterQl { Place::Filter } else { Place::Inner };
        let kind = self.expr(expr, place);
        if !matches!(kind, Kind::Bool | Kind::Dynamic)
            && !matches!(expr.kind, ExprKind::Broken | ExprKind::Star)
        {
            let mut finding = Diagnostic::warning(
                codes::GUARD_NOT_BOOLEAN,
                format!("this condition is {}, so it is never true", article(kind)),
                expr.span,
            )
            .label("only the boolean `true` passes")
            .note("compare the value, or test that it exists with `EXISTS`");
            if matches!(expr.kind, ExprKind::Field(_)) {
                finding =
                    finding.fix("test that it exists", Safety::Unsafe, Span::at(expr.span.start), "EXISTS ");
            }
            self.diagnostics.push(finding);
        }
    }

    fn kind_of(&mut self, expr: &Expr, place: Place) -> Kind {
        match &expr.kind {
            ExprKind::Broken => Kind::Dynamic,
            ExprKind::Literal(literal) => literal_kind(literal),
            ExprKind::Field(field) => self.field(expr.span, &field.text),
            ExprKind::Call { name, args } => self.call(expr, name, args, place),
            ExprKind::Cast { value, kind } => self.cast(value, kind),
            ExprKind::Not(operand) | ExprKind::Exists(operand) => {
                self.expr(operand, Place::Inner);
                Kind::Bool
            }
            ExprKind::Negate(operand) => {
                self.number(operand, "-");
                Kind::Number
            }
            ExprKind::Binary { op, left, right, .. } => self.binary(*op, left, right),
            ExprKind::Between { value, low, high } => {
                let kind = self.expr(value, Place::Inner);
                for bound in [low, high] {
                    self.expr(bound, Place::Inner);
                    self.date_text(kind, bound);
                }
                Kind::Bool
            }
            ExprKind::List { items, .. } => {
                for item in items {
                    self.expr(item, Place::Inner);
                }
                Kind::Bool
            }
            ExprKind::Set { items, .. } => {
                for item in items {
                    self.expr(item, Place::Inner);
                }
                Kind::TextSet
            }
            ExprKind::Include(name) => {
                self.include(name);
                Kind::Bool
            }
            ExprKind::IfElse { condition, then, otherwise } => {
                self.condition(condition);
                let (then, otherwise) = (self.expr(then, Place::Inner), self.expr(otherwise, Place::Inner));
                join(then, otherwise)
            }
            ExprKind::Guarded { value, condition } => {
                // The parser takes it nowhere but in `ifcase`.
                self.condition(condition);
                self.expr(value, Place::Inner)
            }
            ExprKind::Star => {
                if !matches!(place, Place::Arm | Place::Filter) {
                    self.diagnostics.push(
                        Diagnostic::error(
                            codes::STAR_MISPLACED,
                            "`*` stands only in `count(*)` here",
                            expr.span,
                        )
                        .label("not a value")
                        .note("name the event key, or use `match(\"prefix\")` to gather keys into a map"),
                    );
                }
                Kind::Bool
            }
        }
    }

    fn field(&mut self, span: Span, name: &str) -> Kind {
        if crate::dates::parse_math(name).is_some() && name.len() > 3 {
            self.diagnostics.push(
                Diagnostic::warning(
                    codes::UNQUOTED_DATE,
                    format!("`{name}` is a field here, not a date"),
                    span,
                )
                .label("without quotes this is a name")
                .note("date math stands in double quotes")
                .fix(
                    format!("write \"{name}\""),
                    Safety::Unsafe,
                    span,
                    format!("\"{name}\""),
                ),
            );
            return Kind::Dynamic;
        }
        if let Some(kind) = self.scene.kinds.and_then(|kinds| kind_of(kinds, name)) {
            return kind;
        }
        let Some(fields) = self.scene.fields else { return Kind::Dynamic };
        let known = |name: &str| {
            fields
                .get(name)
                .copied()
                .or_else(|| SYSTEM_FIELDS.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind))
        };
        if let Some(kind) = known(name) {
            return kind;
        }
        let map = name.split_once('.').map(|(map, _)| map);
        if let Some(entry) = map.and_then(known).and_then(Kind::entry_kind) {
            return entry;
        }
        let base = map.unwrap_or(name);
        let mut finding = match map.and_then(known) {
            Some(kind) => Diagnostic::error(
                codes::UNWRITTEN_FIELD,
                format!("field `{base}` is {} and has no entries", article(kind)),
                span,
            )
            .label(format!("`{base}` is no map")),
            None => {
                Diagnostic::error(codes::UNWRITTEN_FIELD, format!("no query writes field `{base}`"), span)
                    .label("the filter would never see a value here")
            }
        };
        let near = nearest(base, fields.keys().map(String::as_str).filter(|field| *field != base));
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        } else if map.is_none() {
            finding = finding.note("text stands in double quotes: an unquoted word is always a field");
        }
        if let [one] = near[..] {
            let text = name.replacen(base, one, 1);
            finding = finding.fix(format!("write `{text}`"), Safety::Unsafe, span, text);
        }
        self.diagnostics.push(finding);
        Kind::Dynamic
    }

    fn include(&mut self, name: &Name) {
        if self.scene.includes {
            self.included.push(name.clone());
        } else {
            self.diagnostics.push(
                Diagnostic::error(codes::INCLUDE_IN_MAPPING, "`INCLUDE` belongs to filters", name.span)
                    .label("a mapping sees one event, not a profile")
                    .note("a segment is a condition on the merged profile; write the condition on the event itself"),
            );
        }
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Kind {
        match op {
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                let word = match op {
                    BinaryOp::Add => "+",
                    BinaryOp::Sub => "-",
                    BinaryOp::Mul => "*",
                    BinaryOp::Div => "/",
                    _ => "%",
                };
                self.number(left, word);
                self.number(right, word);
                Kind::Number
            }
            _ => {
                let (a, b) = (self.expr(left, Place::Inner), self.expr(right, Place::Inner));
                if matches!(
                    op,
                    BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Gt | BinaryOp::Ge | BinaryOp::Lt | BinaryOp::Le
                ) {
                    self.date_text(a, right);
                    self.date_text(b, left);
                }
                Kind::Bool
            }
        }
    }

    /// A literal that is compared with a value of this kind: with a date, it must be one.
    fn date_text(&mut self, kind: Kind, literal: &Expr) {
        if let (Kind::Date | Kind::TimeSet, ExprKind::Literal(Literal::Text(text))) = (kind, &literal.kind)
            && crate::dates::parse(text, Time::default()).is_none()
        {
            self.diagnostics.push(
                Diagnostic::warning(codes::NOT_A_DATE, format!("{text:?} is no date, so there will be no value"), literal.span)
                    .label("compared with a date")
                    .note("write a date such as \"2026-03-04\", or date math such as \"now-7d\" (units y M w d h m s)"),
            );
        }
    }

    /// An operand of arithmetic.
    fn number(&mut self, operand: &Expr, op: &str) {
        let kind = self.expr(operand, Place::Inner);
        let text_literal = match &operand.kind {
            ExprKind::Literal(Literal::Text(text)) => crate::convert::parse_number(text).is_none(),
            _ => false,
        };
        if text_literal || kind.is_map() || kind.is_set() || matches!(kind, Kind::Bool | Kind::TimeBuckets) {
            let mut finding = wrong_kind(format!("`{op}` takes numbers, found {}", article(kind)), operand)
                .label("no number: there will be no value");
            if op == "+" && kind == Kind::Text {
                finding = finding.note("texts are put together with `join(a, b, \"\")`");
            }
            self.diagnostics.push(finding);
        }
    }

    fn cast(&mut self, value: &Expr, kind: &Name) -> Kind {
        self.expr(value, Place::Inner);
        match cast_kind(&kind.text) {
            Some(kind) => kind,
            None => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        codes::CAST_TYPE,
                        format!("`cast` cannot give `{}`, so there will be no value", kind.text),
                        kind.span,
                    )
                    .label("unknown type")
                    .note("`cast` gives string, int, time, []byte or char; for other kinds use `tonumber`, `tobool` or KIND"),
                );
                Kind::Dynamic
            }
        }
    }

    fn call(&mut self, expr: &Expr, name: &Name, args: &[Expr], place: Place) -> Kind {
        let Some(function) = catalog::find(&name.text) else {
            self.unknown_function(name);
            for arg in args {
                self.expr(arg, Place::Arm);
            }
            return Kind::Dynamic;
        };
        self.placement(function, name, place);
        let arm = matches!(function.name, "ifcase" | "count");
        let kinds: Vec<Kind> =
            args.iter().map(|arg| self.expr(arg, if arm { Place::Arm } else { Place::Inner })).collect();
        if self.arity(function, name, expr.span, args) {
            self.arguments(function, args, &kinds);
        }
        match function.result {
            ResultKind::Is(kind) => kind,
            ResultKind::From(of) => of(&kinds),
        }
    }

    fn unknown_function(&mut self, name: &Name) {
        if let Some((_, reason)) = catalog::REFUSED.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name.text)) {
            self.diagnostics.push(
                Diagnostic::error(
                    codes::REFUSED_FUNCTION,
                    format!("function `{}` is not supported", name.text),
                    name.span,
                )
                .label("refused")
                .note(*reason),
            );
            return;
        }
        let all = catalog::functions().flat_map(|f| f.aliases.iter().copied().chain([f.name]));
        let near = nearest(&name.text, all);
        let mut finding = Diagnostic::error(
            codes::UNKNOWN_FUNCTION,
            format!("unknown function `{}`", name.text),
            name.span,
        )
        .label("no function has this name");
        if let Some(question) = choice(&near) {
            finding = finding.note(question);
        }
        finding = finding.note("`lql doc` lists every function");
        if let [one] = near[..] {
            finding = finding.fix(format!("write `{one}`"), Safety::Unsafe, name.span, one);
        }
        self.diagnostics.push(finding);
    }

    fn placement(&mut self, function: &Function, name: &Name, place: Place) {
        if let Some((_, better)) = catalog::TOLERATED.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name.text))
        {
            self.diagnostics.push(
                Diagnostic::warning(
                    codes::TOLERATED_SPELLING,
                    format!("`{}` is an old spelling of `{better}`", name.text),
                    name.span,
                )
                .label("tolerated")
                .replace(format!("write `{better}`"), name.span, *better),
            );
        }
        let mapping = self.scene.dialect == Dialect::Lql;
        if function.aggregate.is_some() {
            if place != Place::Column {
                self.aggregate_inside(function, name, mapping);
            }
            return;
        }
        let (home, reason) = match function.scope {
            Scope::Filter if mapping => {
                ("filters", "it asks about a whole profile, and a mapping sees one event")
            }
            Scope::Mapping if !mapping => ("mappings", "it reads event keys, and a filter sees a profile"),
            _ => return,
        };
        self.diagnostics.push(
            Diagnostic::error(
                codes::FUNCTION_SCOPE,
                format!("`{}` can only be used in {home}", function.name),
                name.span,
            )
            .label(format!("not in {}", if mapping { "a mapping" } else { "a filter" }))
            .note(reason),
        );
    }

    fn aggregate_inside(&mut self, function: &Function, name: &Name, mapping: bool) {
        self.diagnostics.push(
            Diagnostic::error(
                codes::AGGREGATE_INSIDE,
                format!("`{}` accumulates over events, so it must be the outermost call of a column", function.name),
                name.span,
            )
            .label("inside another expression")
            .note(if mapping {
                "write the calculation inside it, as in `sum(price * quantity)`, or give it a column of its own"
            } else {
                "filters read the merged field: give the aggregate a column in a query and name that field here"
            }),
        );
    }

    /// Whether the number of arguments fits.
    fn arity(&mut self, function: &Function, name: &Name, span: Span, args: &[Expr]) -> bool {
        let least = function
            .params
            .iter()
            .filter(|p| matches!(p.presence, Presence::Required | Presence::Repeated))
            .count();
        let open = function.params.iter().any(|p| matches!(p.presence, Presence::Repeated | Presence::Any));
        let most = if open { usize::MAX } else { function.params.len() };
        if (least..=most).contains(&args.len()) {
            return true;
        }
        let wanted = match (least, most) {
            (0, 0) => "no arguments".to_owned(),
            (a, usize::MAX) => format!("at least {}", arguments(a)),
            (a, b) if a == b => arguments(a),
            (a, b) => format!("{a} to {}", arguments(b)),
        };
        let place = match args.get(most) {
            Some(first_extra) => {
                args.last().map_or(first_extra.span, |last| first_extra.span.cover(last.span))
            }
            None => span,
        };
        self.diagnostics.push(
            Diagnostic::error(
                codes::ARITY,
                format!("`{}` takes {wanted}, found {}", name.text, args.len()),
                place,
            )
            .label(if args.len() < least { "an argument is missing" } else { "too many" })
            .note(format!("it is called as `{}`", catalog::signature(function))),
        );
        false
    }

    fn arguments(&mut self, function: &Function, args: &[Expr], kinds: &[Kind]) {
        let before = self.diagnostics.len();
        for (i, (arg, kind)) in args.iter().zip(kinds).enumerate() {
            let Some(param) = catalog::param_at(function, i, args.len()) else { continue };
            let literal = literal_text(arg);
            let refused = match param.kind {
                ParamKind::LiteralText | ParamKind::LiteralNumber if literal.is_none() => {
                    if !matches!(arg.kind, ExprKind::Broken) {
                        self.diagnostics.push(
                            Diagnostic::error(
                                codes::LITERAL_NEEDED,
                                format!("`{}` of `{}` must be written out", param.name, function.name),
                                arg.span,
                            )
                            .label("not a literal")
                            .note("it is compiled once when the query is checked, so it cannot come from the event"),
                        );
                    }
                    None
                }
                ParamKind::LiteralNumber | ParamKind::Number => match &arg.kind {
                    ExprKind::Literal(Literal::Text(text))
                        if crate::convert::parse_number(text).is_some() =>
                    {
                        None
                    }
                    ExprKind::Literal(Literal::Text(_)) => Some("a number"),
                    _ if kind.is_map() || matches!(kind, Kind::TimeBuckets | Kind::Geo) => Some("a number"),
                    _ => None,
                },
                ParamKind::Text | ParamKind::LiteralText => {
                    (kind.is_map() || *kind == Kind::TimeBuckets).then_some("text")
                }
                ParamKind::Date => {
                    (kind.is_map() || matches!(kind, Kind::Bool | Kind::TimeBuckets)).then_some("a date")
                }
                ParamKind::Bool => {
                    (kind.is_map() || kind.is_set() || *kind == Kind::Date).then_some("a boolean")
                }
                ParamKind::Map => (kind.is_scalar() || kind.is_set()).then_some("a map"),
                ParamKind::List => kind.is_map().then_some("a list"),
                ParamKind::Any | ParamKind::Collection => None,
            };
            if let Some(wanted) = refused {
                self.diagnostics.push(
                    wrong_kind(
                        format!(
                            "`{}` of `{}` takes {wanted}, found {}",
                            param.name,
                            function.name,
                            article(*kind)
                        ),
                        arg,
                    )
                    .label(format!("this is {}", article(*kind)))
                    .note(format!("it is called as `{}`", catalog::signature(function))),
                );
            }
        }
        // Literals are compiled only when nothing else is wrong with them.
        let Some(prepare) = function.prepare else { return };
        if self.diagnostics.len() > before {
            return;
        }
        let literals: Vec<Option<String>> = args.iter().map(literal_text).collect();
        let borrowed: Vec<Option<&str>> = literals.iter().map(Option::as_deref).collect();
        if let Err(error) = prepare(&borrowed) {
            let span = args.get(error.arg).map_or(Span::default(), |arg| arg.span);
            let mut finding =
                Diagnostic::error(codes::BAD_LITERAL, error.message, span).label("refused by the check");
            if !error.help.is_empty() {
                finding = finding.note(error.help);
            }
            self.diagnostics.push(finding);
        }
    }
}

/// An operand of the wrong kind. A literal is a value like any other and gives *no value* at run time, so it is only
/// warned about; a kind that no value can have is an error.
fn wrong_kind(title: String, operand: &Expr) -> Diagnostic {
    if matches!(operand.kind, ExprKind::Literal(_)) {
        Diagnostic::warning(codes::ARGUMENT_KIND, title, operand.span)
    } else {
        Diagnostic::error(codes::ARGUMENT_KIND, title, operand.span)
    }
}

/// The kind that `cast(x AS …)` gives.
pub(crate) fn cast_kind(name: &str) -> Option<Kind> {
    match name.to_ascii_lowercase().as_str() {
        "string" | "[]byte" | "char" => Some(Kind::Text),
        "int" => Some(Kind::Int),
        "time" => Some(Kind::Date),
        _ => None,
    }
}

fn literal_kind(literal: &Literal) -> Kind {
    match literal {
        Literal::Null => Kind::Dynamic,
        Literal::Bool(_) => Kind::Bool,
        Literal::Int(_) => Kind::Int,
        Literal::Number(_) => Kind::Number,
        Literal::Text(_) => Kind::Text,
    }
}

/// The kind of a value that is one of two.
pub(crate) fn join(a: Kind, b: Kind) -> Kind {
    match (a, b) {
        _ if a == b => a,
        (Kind::Int, Kind::Number) | (Kind::Number, Kind::Int) => Kind::Number,
        _ => Kind::Dynamic,
    }
}

/// A kind in a sentence.
pub(crate) fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Int => "an integer",
        Kind::Number => "a number",
        Kind::Bool => "a boolean",
        Kind::Date => "a date",
        Kind::TextSet => "a set of texts",
        Kind::TimeSet => "a set of dates",
        Kind::TimedSet => "a time-ordered set",
        Kind::TimeBuckets => "time buckets",
        Kind::Geo => "a geolocation",
        Kind::Dynamic => "a value of unknown kind",
        _ => "a map",
    }
}

fn arguments(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}
