//! Expressions: one line per point of the grammar.

use crate::ast::Dialect;
use crate::testing::read;

#[track_caller]
fn lql(text: &str, expect: &str) {
    assert_eq!(read(text, Dialect::Lql), expect, "{text}");
}

#[test]
fn operators_of_one_level_group_to_the_left() {
    lql("10 - 4 - 3", "(- (- 10 4) 3)");
}
