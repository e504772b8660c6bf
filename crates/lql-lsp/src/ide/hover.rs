//! What stands at a place: the thing, what is known of it, what it gives here.

use super::about::{self, Topic};
use super::symbols::Symbol;
use super::{Place, Snapshot, keywords, lenses, toml, tree};
use lql_authoring::toml_keys::SETTINGS;
use lql_compiler::{Kind, MergeOp, catalog, operators};
use lql_syntax::ast::{Expr, ExprKind, ListOp, Statement};
use lql_syntax::{Parsed, Span, TokenKind};
use std::fmt::Write as _;

/// What is shown for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// What it is about.
    pub span: Span,
    /// Markdown.
    pub markdown: String,
}

/// What stands at a place.
pub fn hover(snapshot: &Snapshot, place: Place) -> Option<Hover> {
    let Some((span, topic)) = topic_at(snapshot, place) else {
        return toml::hover::hover(&SETTINGS, snapshot.settings(place.file)?, place.offset);
    };
    let mut markdown = topic.as_ref().map_or(String::new(), |topic| topic.about(snapshot));
    // Of a key the kind is never known.
    let is_key = matches!(topic, Some(Topic::Symbol(_)));
    if let Some(kind) = gives(snapshot, place, span, topic.as_ref()).filter(|_| !is_key) {
        if !markdown.is_empty() {
            markdown.push_str("\n---\n");
        }
        let what =
            if kind == Kind::Dynamic { "any kind, as the event has it".into() } else { format!("`{kind}`") };
        let _ = writeln!(markdown, "Gives {what} here.");
    }
    if let Some(worth) = worth(snapshot, place, span, topic.as_ref()) {
        markdown.push_str(&worth);
    }
    (!markdown.is_empty()).then_some(Hover { span, markdown })
}

/// What stands at a place and how far it goes; an expression without a topic, such as a literal, has only its kind.
fn topic_at(snapshot: &Snapshot, place: Place) -> Option<(Span, Option<Topic>)> {
    if let Some(it) = snapshot.index().at(place) {
        return Some((it.range.span, Some(Topic::Symbol(it.symbol().clone()))));
    }
    let parsed = snapshot.parsed(place.file)?;
    let text = snapshot.text(place.file)?;
    let at = tree::token_at(&parsed.tokens, place.offset)?;
    let token = *parsed.tokens.get(at)?;
    if token.kind.is_trivia() {
        return None;
    }
    let statement = tree::statement_at(parsed, place.offset);
    if let Some((span, topic)) = statement.and_then(|it| clause_word(it, place.offset)) {
        return Some((span, Some(topic)));
    }
    let written = token.span.of(text);
    if token.kind == TokenKind::Word {
        let calls = parsed.tokens.get(at + 1).is_some_and(|next| next.kind == TokenKind::OpenRound);
        if let Some(function) = catalog::find(written).filter(|_| calls) {
            return Some((token.span, Some(Topic::Function(function))));
        }
    }
    if let Some(operator) = statement.and_then(|it| operator_at(it, parsed, at, written)) {
        return Some((token.span, Some(Topic::Operator(operator))));
    }
    if token.kind == TokenKind::Word
        && let Some(keyword) = keywords::find(written)
    {
        return Some((token.span, Some(Topic::Keyword(keyword))));
    }
    about::kind_at(snapshot, place.file, place.offset).map(|(span, _)| (span, None))
}

/// Kinds and merge operators after their clause.
fn clause_word(statement: &Statement, offset: u32) -> Option<(Span, Topic)> {
    let column = tree::columns(statement).iter().find(|column| column.span.touches(offset))?;
    if let Some(name) = column.kind.as_ref().filter(|name| name.span.touches(offset)) {
        return Some((name.span, Topic::Kind(Kind::parse(&name.text)?.entry()?)));
    }
    let name = column.mergeop.as_ref().filter(|name| name.span.touches(offset))?;
    Some((name.span, Topic::MergeOp(MergeOp::parse(&name.text)?.entry()?)))
}

/// The operator that a token belongs to.
fn operator_at(
    statement: &Statement,
    parsed: &Parsed,
    at: usize,
    written: &str,
) -> Option<&'static operators::OperatorEntry> {
    let token = parsed.tokens.get(at)?;
    let path = tree::expressions_at(statement, token.span.start);
    let owner = path.iter().rev().find(|expr| owns(expr, token.span))?;
    let name = match &owner.kind {
        ExprKind::List { op: ListOp::And, .. } => "AND (…)",
        ExprKind::List { op: ListOp::Or, .. } => "OR (…)",
        ExprKind::IfElse { .. } | ExprKind::Guarded { .. } => "IF ELSE",
        ExprKind::Exists(_) => "EXISTS",
        ExprKind::Include(_) => "INCLUDE",
        ExprKind::Between { .. } => "BETWEEN",
        _ => written,
    };
    operators::find(name)
}

/// Whether a token is the expression's own: in it, and in none of its operands.
fn owns(expr: &Expr, token: Span) -> bool {
    if !tree::holds(expr.span, token) {
        return false;
    }
    let mut below = false;
    expr.children(|child| below |= tree::holds(child.span, token));
    let is_operator = matches!(
        expr.kind,
        ExprKind::Binary { .. }
            | ExprKind::Not(_)
            | ExprKind::Negate(_)
            | ExprKind::Exists(_)
            | ExprKind::Between { .. }
            | ExprKind::List { .. }
            | ExprKind::Include(_)
            | ExprKind::IfElse { .. }
            | ExprKind::Guarded { .. }
    );
    is_operator && !below
}

/// The kind of the expression at a place, where that is news.
fn gives(snapshot: &Snapshot, place: Place, span: Span, topic: Option<&Topic>) -> Option<Kind> {
    snapshot.kind_of(place.file, expression(snapshot, place, span, topic)?.span)
}

/// What the expression at a place is worth for the first sample event that its query matches.
fn worth(snapshot: &Snapshot, place: Place, span: Span, topic: Option<&Topic>) -> Option<String> {
    let trial = snapshot.trials_if_ready()?.query(lenses::query_at(snapshot, place)?)?;
    let expr = expression(snapshot, place, span, topic)?;
    if matches!(expr.kind, ExprKind::Literal(_)) {
        return None;
    }
    let worth =
        trial.worth(place.file, expr.span)?.map_or("no value".to_owned(), |worth| format!("`{worth}`"));
    let (file, line) = trial.first.as_ref()?;
    Some(format!("\nIn {file}:{line}, the first sample event that matches: {worth}\n"))
}

/// The expression that a topic stands for.
fn expression<'s>(
    snapshot: &'s Snapshot,
    place: Place,
    span: Span,
    topic: Option<&Topic>,
) -> Option<&'s Expr> {
    let parsed = snapshot.parsed(place.file)?;
    let path = tree::expressions_at(tree::statement_at(parsed, place.offset)?, place.offset);
    let expr = match topic {
        None => path.iter().rev().find(|expr| expr.span == span)?,
        Some(Topic::Function(_)) => path
            .iter()
            .rev()
            .find(|expr| matches!(&expr.kind, ExprKind::Call { name, .. } if name.span == span))?,
        Some(Topic::Operator(_)) => path.iter().rev().find(|expr| owns(expr, span))?,
        Some(Topic::Symbol(Symbol::Key { .. })) => path.iter().rev().find(|expr| expr.span == span)?,
        _ => return None,
    };
    Some(expr)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    fn at(web: &str) -> String {
        let fixture = Fixture::shop(web);
        // As after the lenses of the file.
        fixture.snapshot.trials();
        let text = fixture.snapshot.text(fixture.cursor.file).unwrap();
        match hover(&fixture.snapshot, fixture.cursor) {
            Some(found) => format!("[{}]\n{}", found.span.of(text), found.markdown),
            None => "nothing".into(),
        }
    }

    #[test]
    fn a_function_shows_its_page_and_what_it_gives() {
        insta::assert_snapshot!(at("SELECT em$0ail(m) AS email FROM web INTO user BY email ALIAS web"));
    }

    #[test]
    fn a_function_shows_its_page_in_broken_text() {
        assert!(at("SELECT em$0ail(m AS email, ) FROM").starts_with("[email]\n```lql\nemail(x)"));
    }

    #[test]
    fn a_field_shows_every_query_that_writes_it() {
        insta::assert_snapshot!(at(
            "SELECT email(m) AS em$0ail, total AS spent IF total > 1 FROM web INTO user BY email ALIAS web"
        ));
    }

    #[test]
    fn a_key_shows_samples_and_readers() {
        insta::assert_snapshot!(at(
            "SELECT email(m) AS email, total AS spent IF to$0tal > 1 FROM web INTO user BY email WHERE total > 0 ALIAS web"
        ));
    }

    #[test]
    fn operators_kinds_merge_operators_and_keywords() {
        let shown = [
            "SELECT email(m) AS email, tonumber(x) AS s KIND nu$0mber FROM web INTO user BY email ALIAS web",
            "SELECT email(m) AS email, x AS s MERGEOP old$0est FROM web INTO user BY email ALIAS web",
            "SELECT email(m) AS email, x AS s FROM web INTO user B$0Y email ALIAS web",
            "SELECT email(m) AS email, x AS s IF y LI$0KE \"a*\" FROM web INTO user BY email ALIAS web",
            "SELECT email(m) AS email, x AS s IF AN$0D ( y, z ) FROM web INTO user BY email ALIAS web",
            "SELECT email(m) AS email, \"li$0teral\" AS s FROM web INTO user BY email ALIAS web",
            "SELECT email(m) AS email FROM we$0b INTO user BY email ALIAS web",
            "SELECT email(m) AS email FROM web INTO us$0er BY email ALIAS web",
            "SELECT email(m) AS email FROM web INTO user BY email ALIAS we$0b",
        ]
        .map(at);
        insta::assert_snapshot!(shown.join("\n════\n"));
    }

    #[test]
    fn a_hover_does_not_wait_for_the_sample_events() {
        let fixture =
            Fixture::shop("SELECT email(m) AS email, to$0tal AS t FROM web INTO user BY email ALIAS web");
        let shown = hover(&fixture.snapshot, fixture.cursor).unwrap().markdown;
        assert!(shown.contains("sample events: `3`") && !shown.contains("the first sample event"), "{shown}");
        assert!(fixture.snapshot.trials_if_ready().is_none());
    }

    #[test]
    fn an_included_segment_shows_its_filter() {
        let fixture = Fixture::new(
            "==> a.fql\nFILTER INCLUDE bu$0yers ALIAS a\n==> b.fql\n-- All who bought.\nFILTER spent > 1 ALIAS Buyers\n",
        );
        insta::assert_snapshot!(hover(&fixture.snapshot, fixture.cursor).unwrap().markdown);
    }

    #[test]
    fn blanks_and_comments_show_nothing() {
        assert_eq!(at("SELECT  $0  email(m) AS email FROM web INTO user BY email ALIAS web"), "nothing");
        assert_eq!(
            at("-- com$0ment\nSELECT email(m) AS email FROM web INTO user BY email ALIAS web"),
            "nothing"
        );
    }
}
