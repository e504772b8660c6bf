//! The call around a cursor: how the function is called, and which argument the cursor is in.

use super::context::Context;
use super::{Place, Snapshot};
use lql_compiler::catalog::{self, Function};
use lql_syntax::{Span, Token, TokenKind};

/// How a function is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// `join(part, …, separator)`
    pub label: String,
    /// What it gives.
    pub documentation: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Index of the parameter that the cursor is at; nothing if there are more arguments than parameters.
    pub active: Option<usize>,
}

/// A parameter in the label of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its bytes in the label.
    pub span: Span,
    /// What it means.
    pub documentation: &'static str,
}

/// The call around a place.
pub fn signature_help(snapshot: &Snapshot, place: Place) -> Option<Signature> {
    let context = Context::at(snapshot.text(place.file)?, snapshot.parsed(place.file)?, place.offset);
    // The innermost call that has parameters to show; brackets and lists inside it belong to it.
    let open = context.call()?;
    let function = catalog::find(open.function?.of(context.text))?;
    let count = arguments(context.tokens, open.bracket).max(open.argument + 1);
    let param = catalog::param_at(function, open.argument, count);
    let active = param.and_then(|param| function.params.iter().position(|it| std::ptr::eq(it, param)));
    Some(signature(function, active))
}

/// How a function is called, with one parameter marked.
fn signature(function: &Function, active: Option<usize>) -> Signature {
    let label = catalog::signature(function);
    let mut from = function.name.len();
    let parameters = function.params.iter().map(|param| {
        // The signature names the parameters in their order.
        let start = label.get(from..).and_then(|rest| rest.find(param.name)).map_or(from, |at| from + at);
        let end = start + param.name.len();
        from = end;
        Parameter { span: Span::new(start as u32, end as u32), documentation: param.doc }
    });
    let parameters = parameters.collect();
    Signature { label, documentation: function.summary.to_owned(), parameters, active }
}

/// How many arguments a call has so far.
fn arguments(tokens: &[Token], bracket: Span) -> usize {
    let from = tokens.partition_point(|token| token.span.start < bracket.end);
    let (mut depth, mut commas, mut any) = (0_usize, 0, false);
    for token in tokens.iter().skip(from).filter(|token| !token.kind.is_trivia()) {
        match token.kind {
            kind if kind.opens() => depth += 1,
            kind if kind.closes() && depth == 0 => break,
            kind if kind.closes() => depth -= 1,
            TokenKind::Comma if depth == 0 => commas += 1,
            TokenKind::Semicolon => return 0,
            _ => {}
        }
        any = true;
    }
    commas + usize::from(any)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    fn at(web: &str) -> String {
        let fixture = Fixture::shop(web);
        let Some(found) = signature_help(&fixture.snapshot, fixture.cursor) else { return "nothing".into() };
        let active = found.active.and_then(|at| found.parameters.get(at));
        format!("{} <{}>", found.label, active.map_or("", |it| it.span.of(&found.label)))
    }

    #[test]
    fn the_argument_at_the_cursor_is_marked() {
        assert_eq!(at("SELECT replace(a, $0) AS x FROM web"), "replace(s, old, [new]) <old>");
        assert_eq!(at("SELECT replace($0"), "replace(s, old, [new]) <s>");
        assert_eq!(at("SELECT join(a, b$0, \" \") AS x FROM web"), "join(part, …, separator) <part>");
        assert_eq!(at("SELECT join(a, b, $0\" \") AS x FROM web"), "join(part, …, separator) <separator>");
        assert_eq!(at("SELECT lower(replace(a, [\"x\", $0])) AS x FROM web"), "replace(s, old, [new]) <old>");
        assert_eq!(at("SELECT a AS x$0 FROM web"), "nothing");
        assert_eq!(at("SELECT lower(a) $0 AS x FROM web"), "nothing");
    }
}
