//! Laws that hold for every text: nothing is lost, nothing panics, whatever stands there.

use crate::ast::{Dialect, ExprKind};
use crate::generate::{expressions, statements};
use crate::{TokenKind, lex, parse, parse_expression, print_expr};
use proptest::prelude::*;

const QUERY: &str = include_str!("fixtures/orders.lql");
const FILTER: &str = include_str!("fixtures/paying.lql");

pub(crate) fn dialects() -> impl Strategy<Value = Dialect> {
    prop_oneof![Just(Dialect::Lql), Just(Dialect::FilterQl)]
}

/// Texts out of pieces that mean something, in any order: they get deeper into the parser than noise does.
pub(crate) fn word_soup() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "SELECT",
        "FILTER",
        "FROM",
        "INTO",
        "BY",
        "WHERE",
        "WITH",
        "ALIAS",
        "LIMIT",
        "AS",
        "IF",
        "ELSE",
        "KIND",
        "SHORTDESC",
        "MERGEOP",
        "AND",
        "OR",
        "NOT",
        "IN",
        "LIKE",
        "BETWEEN",
        "CONTAINS",
        "EXISTS",
        "INCLUDE",
        "IS",
        "NULL",
        "true",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ";",
        ":",
        "=",
        "==",
        "!=",
        "<",
        ">",
        "!",
        "+",
        "-",
        "*",
        "/",
        "%",
        "&&",
        "||",
        "a",
        "b.c",
        "`q q`",
        "f(",
        "cast(",
        "ifcase(",
        "\"s\"",
        "'t'",
        "\"un",
        "`un",
        "/*",
        "-- c\n",
        "\n",
        "7",
        "1.5",
        "14d",
        "3f9a",
        "007",
        "map[string]int",
        "SELCT",
        "FORM",
        "GROUP",
        "§",
    ]);
    let gaps = prop::sample::select(vec![" ", "", "\n"]);
    prop::collection::vec((words, gaps), 0..60)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

/// A good text with a part cut out, and something else put there.
pub(crate) fn broken_text() -> impl Strategy<Value = String> {
    (prop::sample::select(vec![QUERY, FILTER]), any::<prop::sample::Index>(), 0..12_usize, word_soup())
        .prop_map(|(text, at, length, soup)| {
            let chars: Vec<char> = text.chars().collect();
            let at = at.index(chars.len());
            let soup: String = soup.chars().take(20).collect();
            let tail = chars.iter().skip(at + length);
            chars.iter().take(at).copied().chain(soup.chars()).chain(tail.copied()).collect()
        })
}

fn tokens_cover(text: &str) {
    let mut at = 0;
    for token in lex(text) {
        assert_eq!(token.span.start, at, "tokens follow each other");
        assert!(!token.span.is_empty(), "tokens are not empty");
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len(), "tokens reach the end");
}

/// Reads a text in every way, and checks what must hold.
fn read(text: &str, dialect: Dialect) {
    tokens_cover(text);
    let parsed = parse(text, dialect);
    let places = parsed.diagnostics.iter().map(|it| it.primary.span.start);
    assert!(places.is_sorted(), "findings are in order of place");
    for diagnostic in &parsed.diagnostics {
        let spans = diagnostic.secondary.iter().map(|it| it.span).chain([diagnostic.primary.span]);
        let edits = diagnostic.fixes.iter().flat_map(|it| &it.edits).map(|it| it.span);
        for span in spans.chain(edits) {
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} of {diagnostic:?}");
        }
    }
    let (expr, diagnostics) = parse_expression(text, dialect);
    assert_eq!(
        matches!(expr.kind, ExprKind::Broken),
        diagnostics.iter().any(crate::Diagnostic::is_error),
        "an expression is broken exactly when a finding says why"
    );
}

proptest! {
    #![proptest_config(lql_cases::cases(300))]

    #[test]
    fn any_text_is_read(text in any::<String>(), dialect in dialects()) {
        read(&text, dialect);
    }

    #[test]
    fn any_ascii_is_read(text in "[ -~\n]{0,80}", dialect in dialects()) {
        read(&text, dialect);
    }

    #[test]
    fn word_soup_is_read(text in word_soup(), dialect in dialects()) {
        read(&text, dialect);
    }

    #[test]
    fn a_printed_expression_reads_as_the_same(expr in expressions(), dialect in dialects()) {
        let text = print_expr(&expr, dialect);
        let (again, diagnostics) = parse_expression(&text, dialect);
        prop_assert!(!diagnostics.iter().any(crate::Diagnostic::is_error), "{text}: {diagnostics:#?}");
        prop_assert_eq!(again.without_spans(), expr, "{}", text);
    }

    #[test]
    fn generated_statements_are_good(text in statements(Dialect::Lql), filter in statements(Dialect::FilterQl)) {
        let errors = |parsed: crate::Parsed| -> Vec<_> { parsed.diagnostics.into_iter().filter(crate::Diagnostic::is_error).collect() };
        prop_assert_eq!(errors(parse(&text, Dialect::Lql)), [], "{}", text);
        prop_assert_eq!(errors(parse(&filter, Dialect::FilterQl)), [], "{}", filter);
    }

    #[test]
    fn broken_texts_are_read(text in broken_text(), dialect in dialects()) {
        read(&text, dialect);
    }
}

#[test]
fn good_texts_have_no_findings() {
    assert_eq!(parse(QUERY, Dialect::Lql).diagnostics, []);
    assert_eq!(parse(FILTER, Dialect::FilterQl).diagnostics, []);
}

#[test]
fn every_way_of_going_deep_is_a_finding_and_no_overflow() {
    let deep = 20_000;
    for text in [
        "(".repeat(deep),
        format!("{}a{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}a", "NOT ".repeat(deep)),
        format!("{}a", "- ".repeat(deep)),
        format!("a{}", " OR a".repeat(deep)),
        format!("a{}", " + 1".repeat(deep)),
        format!("a{}", " IF a ELSE a".repeat(deep)),
        format!("{}a{}", "f(".repeat(deep), ")".repeat(deep)),
        format!("{}a{}", "AND (a, ".repeat(deep), ")".repeat(deep)),
        format!("{}a{}", "(".repeat(900), " + 1)".repeat(900)),
        format!("{}a{}", "(".repeat(900), format!("{})", " + 1".repeat(50)).repeat(900)),
        "[".repeat(deep),
        "{".repeat(deep),
    ] {
        for dialect in [Dialect::Lql, Dialect::FilterQl] {
            parse_expression(&text, dialect);
            parse(&format!("FILTER {text}"), dialect);
            crate::format(&format!("FILTER {text}"), dialect, 80);
            parse(&format!("SELECT {text} AS b FROM c INTO d BY b ALIAS e"), dialect);
        }
    }
}

#[test]
fn a_long_list_has_no_limit() {
    let items = vec!["a == 1"; 10_000].join(", ");
    let (expr, diagnostics) = parse_expression(&format!("OR ({items})"), Dialect::Lql);
    assert!(
        diagnostics.is_empty() && matches!(expr.kind, ExprKind::List { items, .. } if items.len() == 10_000)
    );
}

#[test]
fn a_thousand_conditions_in_a_row_are_welcome() {
    let terms = vec!["domain(a) == \"x\""; 1_000].join(" OR ");
    let (_, diagnostics) = parse_expression(&terms, Dialect::Lql);
    assert_eq!(diagnostics, []);
}

#[test]
fn no_token_of_a_good_text_is_an_error() {
    assert!(lex(QUERY).iter().all(|token| token.kind != TokenKind::Error));
}

#[test]
fn the_generated_parser_stays_small() {
    let lines = include_str!(concat!(env!("OUT_DIR"), "/grammar.rs")).lines().count();
    assert!(lines < 12_000, "{lines} lines: a macro over expressions, or a new start symbol?");
}

#[test]
fn a_token_never_depends_on_what_follows_it() {
    for text in [QUERY, FILTER] {
        for token in lex(text) {
            let written = token.span.of(text);
            let kinds: Vec<TokenKind> = lex(written).iter().map(|it| it.kind).collect();
            assert_eq!(kinds, [token.kind], "{written}");
        }
    }
}
