//! Words of the language: functions, clauses, operators, kinds, merge operators.

use super::{ItemKind, List};
use crate::ide::about::Topic;
use crate::ide::context::{self, Part};
use crate::ide::keywords;
use lql_compiler::catalog::{self, CAST_TYPES, Function, Param, ParamKind, Presence, ResultKind, Scope};
use lql_compiler::{KINDS, Kind, MERGE_OPS, MergeOp, Surroundings, check_expression};
use lql_syntax::ast::Dialect;
use lql_syntax::{Span, TokenKind};

impl List<'_> {
    pub(super) fn statements(&mut self) {
        const MAPPING: &str = "SELECT\n    ${1:email(mail)} AS ${2:email}\nFROM ${3:stream}\nINTO ${4:user}\nBY ${2}\nALIAS ${5:name}\n";
        const SEGMENT: &str = "FILTER ${1:condition} FROM ${2:user} ALIAS ${3:name}\n";
        let filters = self.context.dialect == Dialect::FilterQl;
        let of = |dialect| if filters == dialect { 50 } else { 0 };
        let (mapping, segment) = (of(false), of(true));
        self.keyword("SELECT", mapping + 10);
        self.keyword("FILTER", segment + 10);
        for (label, text, bonus) in
            [("SELECT … ALIAS", MAPPING, mapping), ("FILTER … ALIAS", SEGMENT, segment)]
        {
            let item = self.add(ItemKind::Snippet, label, bonus);
            (item.insert, item.is_snippet, item.detail) = (text.into(), true, "a whole statement".into());
        }
    }

    fn keyword(&mut self, word: &str, bonus: i32) {
        let topic = keywords::find(word).map(Topic::Keyword);
        let topic = topic.or_else(|| lql_compiler::operators::find(word).map(Topic::Operator));
        let item = self.add(ItemKind::Keyword, word, bonus);
        item.insert = format!("{word} ");
        item.topic = topic.map(|topic| topic.id());
        item.retrigger = true;
    }

    /// What may begin an expression.
    pub(super) fn operands(&mut self) {
        self.names();
        self.functions();
        let is_condition = self.context.part != Part::Value;
        let bonus = if is_condition { 25 } else { 0 };
        for word in ["NOT", "EXISTS"] {
            self.keyword(word, bonus);
        }
        if is_condition {
            for list in ["AND", "OR"] {
                let item = self.add(ItemKind::Keyword, list, 20);
                item.detail = "a list of conditions".into();
                item.topic = Some(format!("operator {list} (…)"));
                (item.insert, item.is_snippet) = (format!("{list} ( ${{1}} )"), true);
            }
        }
        if self.context.dialect == Dialect::FilterQl {
            self.keyword("INCLUDE", bonus);
        }
        for word in ["true", "false", "NULL"] {
            self.add(ItemKind::Keyword, word, -20);
        }
    }

    /// What may follow an expression.
    pub(super) fn after_operand(&mut self) {
        let column = self.context.open.is_empty() && self.context.clauses.contains(&"SELECT");
        let named = self.context.column_clauses.clone();
        let in_value = column && named.is_empty();
        if column && self.context.part != Part::Condition {
            for (at, clause) in context::column_clauses().iter().enumerate() {
                if !named.contains(clause) && (*clause != "AS" || named.is_empty()) {
                    self.keyword(clause, 100 - at as i32);
                }
            }
        }
        if self.context.open.is_empty() {
            let complete = !in_value || self.context.part == Part::Condition;
            let next = if self.begins_line() && !in_value { 110 } else { 60 };
            self.clauses(if complete { next } else { 20 });
        }
        if self.context.part == Part::None {
            return;
        }
        let bonus = if self.context.part == Part::Value { 0 } else { 70 };
        for (at, word) in [
            "AND",
            "OR",
            "IN",
            "LIKE",
            "CONTAINS",
            "INTERSECTS",
            "BETWEEN",
            "NOT IN",
            "NOT LIKE",
            "IS NOT NULL",
            "IS NULL",
        ]
        .into_iter()
        .enumerate()
        {
            self.keyword(word, bonus - at as i32);
        }
        let choice = self.context.part == Part::Guard || !self.context.open.is_empty();
        if choice {
            self.keyword("ELSE", 10);
            if !self.context.open.is_empty() {
                self.keyword("IF", 10);
            }
        }
    }

    /// Clauses of the statement that are not there yet; the next one first.
    pub(super) fn clauses(&mut self, bonus: i32) {
        if self.context.clauses.last() == Some(&"BY") {
            self.keyword("OR", bonus - 1);
        }
        let present = self.context.clauses.clone();
        let all = context::clauses(self.context.dialect);
        let last = present.iter().filter_map(|it| all.iter().position(|clause| clause == it)).max();
        for (at, clause) in all.iter().enumerate().skip(1).filter(|(_, it)| !present.contains(it)) {
            let is_optional = matches!(*clause, "WHERE" | "WITH" | "LIMIT");
            let passed = last.is_some_and(|last| at < last);
            self.keyword(clause, bonus - at as i32 - 12 * i32::from(is_optional) - 5 * i32::from(passed));
        }
    }

    /// Whether a line break stands before the word at the cursor.
    fn begins_line(&self) -> bool {
        let from =
            self.context.previous.and_then(|at| self.context.tokens.get(at)).map_or(0, |it| it.span.end);
        Span::new(from, self.context.replace.start).of(self.context.text).contains('\n')
    }

    fn functions(&mut self) {
        let filters = self.context.dialect == Dialect::FilterQl;
        let begins_column = self.context.part == Part::Value
            && self.context.open.is_empty()
            && self.context.previous.is_none_or(|at| at < self.context.column);
        let wanted = self.parameter().map(|param| param.kind);
        let text = self.context.text;
        let around = self.context.open.iter().filter_map(|open| catalog::find(open.function?.of(text)));
        let called_in: Vec<&str> = around.map(|function| function.name).collect();
        let after = self.context.tokens.partition_point(|token| token.span.start < self.offset);
        let called = self.context.tokens.get(after).is_some_and(|token| token.kind == TokenKind::OpenRound);
        for function in catalog::functions() {
            let misplaced = match function.scope {
                Scope::Everywhere => false,
                Scope::Mapping => filters,
                Scope::Filter => !filters,
            };
            if misplaced || function.aggregate.is_some() && !begins_column {
                continue;
            }
            let used = self.snapshot.index().calls(function.name).min(10) as i32 * 3;
            let result = match function.result {
                ResultKind::Is(kind) => Some(kind),
                ResultKind::From(_) => None,
            };
            // Nobody takes the e-mail address of an e-mail address.
            let used = if called_in.contains(&function.name) { used - 150 } else { used };
            let condition = self.context.part != Part::Value && self.context.open.is_empty();
            let fits = match (wanted, result) {
                (Some(wanted), Some(result)) => fits(wanted, result),
                (None, Some(Kind::Bool)) if condition => 25,
                (None, Some(_)) if condition => -25,
                _ => 0,
            };
            let item = self.add(ItemKind::Function, function.name, 40 + used + fits);
            let signature = catalog::signature(function);
            signature.strip_prefix(function.name).unwrap_or_default().clone_into(&mut item.detail);
            item.topic = Some(Topic::Function(function).id());
            if !called {
                (item.insert, item.is_snippet) = (call(function), true);
                item.retrigger = !function.params.is_empty();
            }
        }
    }

    /// The parameter that the cursor is at.
    pub(super) fn parameter(&self) -> Option<&'static Param> {
        let open = self.context.open.last()?;
        let function = catalog::find(open.function?.of(self.context.text))?;
        catalog::param_at(function, open.argument, open.argument + 1)
    }

    pub(super) fn kinds(&mut self) {
        let own = self.column_kind();
        for kind in KINDS {
            // What the expression gives anyway need not be said, but is what is meant if it is said.
            let bonus = match own {
                Some(own) if own == kind.kind => 60,
                Some(Kind::MapValue) if kind.kind.is_map() => 50,
                _ => 0,
            };
            let item = self.add(ItemKind::Kind, kind.name, bonus);
            kind.summary.clone_into(&mut item.detail);
            item.topic = Some(Topic::Kind(kind).id());
        }
    }

    pub(super) fn merge_ops(&mut self) {
        let kind = self.declared_kind().or_else(|| self.column_kind());
        for op in MERGE_OPS.iter().filter(|op| kind.is_none_or(|kind| op.op.fits(kind))) {
            let is_default = kind.is_some_and(|kind| MergeOp::default_for(kind) == op.op);
            // The default need not be said.
            let item = self.add(ItemKind::MergeOp, op.name, if is_default { -10 } else { 0 });
            op.summary.clone_into(&mut item.detail);
            item.topic = Some(Topic::MergeOp(op).id());
        }
    }

    pub(super) fn cast_types(&mut self) {
        for name in CAST_TYPES {
            self.add(ItemKind::Kind, *name, 0);
        }
    }

    /// `KIND` of the column that is being written.
    fn declared_kind(&self) -> Option<Kind> {
        let tokens = self.context.tokens.get(self.context.column..)?;
        let text = self.context.text;
        let at = tokens
            .iter()
            .take_while(|token| token.span.start < self.offset)
            .position(|token| context::keyword(token.span.of(text)) == Some("KIND"))?;
        let after = tokens.get(at + 1..)?;
        let begin = after.iter().position(|token| !token.kind.is_trivia())?;
        let words: String = after
            .get(begin..)?
            .iter()
            .take_while(|token| !token.kind.is_trivia())
            .map(|token| token.span.of(text))
            .collect();
        Kind::parse(&words)
    }

    /// The kind of the column's expression, or that the field has by other queries.
    fn column_kind(&self) -> Option<Kind> {
        let span = self.column_expression()?;
        let kind = check_expression(span.of(self.context.text), Dialect::Lql, &Surroundings::default());
        let kind = kind.ok().map(|checked| checked.kind).filter(|kind| *kind != Kind::Dynamic);
        kind.or_else(|| self.column_field().and_then(|name| self.field(&name)).map(|field| field.kind))
    }

    /// Where the expression of the column stands.
    pub(super) fn column_expression(&self) -> Option<Span> {
        let tokens = self.context.tokens.get(self.context.column..)?;
        let text = self.context.text;
        let ends = |span: Span| {
            span.start >= self.context.replace.start
                || context::keyword(span.of(text))
                    .is_some_and(|word| context::column_clauses().contains(&word))
        };
        let mut depth = 0_usize;
        let mut own = Vec::new();
        for token in tokens {
            depth = depth.saturating_sub(usize::from(token.kind.closes()));
            if depth == 0 && ends(token.span) {
                break;
            }
            depth += usize::from(token.kind.opens());
            own.extend((!token.kind.is_trivia()).then_some(token.span));
        }
        Some(own.first()?.cover(*own.last()?))
    }
}

/// How a function is called, with places to fill in.
fn call(function: &Function) -> String {
    let mut at = 0;
    let mut places = Vec::new();
    for param in
        function.params.iter().filter(|it| matches!(it.presence, Presence::Required | Presence::Repeated))
    {
        at += 1;
        places.push(match param.kind {
            ParamKind::LiteralText => format!("\"${{{at}:{}}}\"", param.name),
            _ => format!("${{{at}:{}}}", param.name),
        });
    }
    let places =
        if places.is_empty() && !function.params.is_empty() { "$1".into() } else { places.join(", ") };
    format!("{}({places})", function.name)
}

/// Whether a parameter takes values of a kind, as a bonus.
pub(super) fn fits(wanted: ParamKind, kind: Kind) -> i32 {
    let (yes, no) = (30, -30);
    let is = |fits: bool| if fits { yes } else { no };
    match wanted {
        ParamKind::Any | ParamKind::LiteralText | ParamKind::LiteralNumber => 0,
        ParamKind::Text => is(kind == Kind::Text),
        ParamKind::Number => is(matches!(kind, Kind::Int | Kind::Number)),
        ParamKind::Bool => is(kind == Kind::Bool),
        ParamKind::Date => is(kind == Kind::Date),
        ParamKind::List => is(kind.is_set()),
        ParamKind::Map => is(kind.is_map()),
        ParamKind::Collection => is(kind.is_set() || kind.is_map() || kind == Kind::Text),
    }
}
