//! Formatting: what it makes of texts, and its laws.

use super::*;
use crate::generate::statements as texts;
use crate::properties::{broken_text, dialects, word_soup};
use proptest::prelude::*;

fn laws(text: &str, dialect: Dialect, width: usize) {
    let once = format(text, dialect, width);
    let before = parse(text, dialect);
    let after = parse(&once.text, dialect);
    let erase =
        |parsed: &Parsed| -> Vec<_> { parsed.statements.iter().map(|it| it.without_spans()).collect() };
    assert_eq!(sorted_comments(&once.text), sorted_comments(text), "comments of\n{text}\n{}", once.text);
    assert_eq!(erase(&after), erase(&before), "tree of\n{text}\nas\n{}", once.text);
    let twice = format(&once.text, dialect, width);
    assert_eq!(twice.text, once.text, "twice\n{text}");
    if !before.has_errors() {
        assert_eq!(once.skipped, [], "skipped\n{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn laws_hold_for_queries(text in texts(Dialect::Lql), width in 20..120_usize) {
        laws(&text, Dialect::Lql, width);
    }

    #[test]
    fn laws_hold_beside_broken_statements(text in broken_text(), dialect in dialects(), width in 20..120_usize) {
        laws(&text, dialect, width);
    }

    #[test]
    fn laws_hold_for_word_soup(text in word_soup(), dialect in dialects()) {
        laws(&text, dialect, 80);
    }

    #[test]
    fn laws_hold_for_filters(text in texts(Dialect::FilterQl), width in 20..120_usize) {
        laws(&text, Dialect::FilterQl, width);
    }
}

#[test]
fn show() {
    for (text, dialect) in [
        (include_str!("../fixtures/orders.lql"), Dialect::Lql),
        (include_str!("../fixtures/paying.lql"), Dialect::FilterQl),
    ] {
        laws(text, dialect, 80);
        println!("{}", format(text, dialect, 80).text);
    }
}
