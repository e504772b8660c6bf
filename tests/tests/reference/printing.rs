//! Reference 11.1: the canonical printed form.

use lql_syntax::ast::Dialect;

#[test]
fn printing_a_filter_and_reading_it_again_gives_the_same_tree() {
    for text in [
        r#"AND (plan = "pro", NOT EXISTS churned_at)"#,
        r#"a == 1 AND (b < 2 OR c = "say ""x""")"#,
        "x NOT IN (1, 2)",
        "x NOT BETWEEN 1 AND 2",
        "NOT INCLUDE s",
        "OR (AND (a, b), NOT OR (c, d))",
        "topics.`Iced Tea` > 0.5",
        r#"p LIKE ["a*", "b*"]"#,
        "10 - (4 - 3) == 9",
    ] {
        let (tree, findings) = lql_syntax::parse_expression(text, Dialect::FilterQl);
        assert!(findings.iter().all(|d| !d.is_error()), "{text}: {findings:?}");
        let printed = lql_syntax::print_expr(&tree, Dialect::FilterQl);
        let (again, findings) = lql_syntax::parse_expression(&printed, Dialect::FilterQl);
        assert!(findings.is_empty(), "{printed}: {findings:?}");
        assert_eq!(lql_syntax::print_expr(&again, Dialect::FilterQl), printed, "{text}");
    }
}
